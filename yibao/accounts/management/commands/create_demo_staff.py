from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yibao.accounts.operations import DEMO, create_demo_staff


class Command(BaseCommand):
    help = "Make the superuser 'demo' with a random password, shown once. Demonstration sites only."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.OPERATOR:
            raise CommandError("an operator's site has no demo staff; use createsuperuser")
        password = create_demo_staff(at=timezone.now())
        if password is not None:
            self.stdout.write(f"staff panel /admin/: user {DEMO}, password {password} (shown once)")
