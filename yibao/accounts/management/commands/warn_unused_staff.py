"""Tell people whose account is about to close because nobody uses it; run it daily."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yibao.accounts.operations import warn_unused


class Command(BaseCommand):
    help = "Write to staff whose account closes within two weeks unless they sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        address = f"{settings.PUBLIC_ADDRESS}/admin/" if settings.PUBLIC_ADDRESS else ""
        try:
            written = warn_unused(at=timezone.now(), address=address)
        except OSError as error:
            raise CommandError(f"mail was not sent: {error}") from error
        self.stdout.write(f"{len(written)} warned")
