"""Let somebody in again whose account closed because nobody used it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yibao.accounts.models import User
from yibao.accounts.operations import reopen_account


class Command(BaseCommand):
    help = "Open an unused account again, for a site whose only administrator was away too long."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["username"]
        user = User.objects.filter(username=name, is_system=False).first()
        if user is None:
            raise CommandError(f"no account has the name {name}")
        reopen_account(user=user, by=None, at=timezone.now())
        self.stdout.write(f"{name} may sign in again")
