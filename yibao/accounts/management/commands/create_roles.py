from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from yibao.accounts.operations import create_roles


class Command(BaseCommand):
    help = "Bring the groups of the roles and their permissions up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        for name in create_roles(at=timezone.now()):
            self.stdout.write(f"role brought up to date: {name}")
