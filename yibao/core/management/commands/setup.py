from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Bring the database up to date: migrate, then load the data that ships with the code."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        for name in settings.SETUP_COMMANDS:
            self.stdout.write(f"{name} …")
            call_command(name, verbosity=options["verbosity"], stdout=self.stdout)
