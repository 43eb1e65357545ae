"""Send the messages that wait."""

from argparse import ArgumentParser
from time import sleep
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from yibao.cases.operations.delivery import deliver_next


class Command(BaseCommand):
    help = (
        "Send the messages that are due; ends when none is, or keeps looking with --watch. "
        "Several may run at once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--watch", type=int, metavar="SECONDS", help="look again every so many seconds"
        )

    def handle(self, *args: Any, watch: int | None, **options: Any) -> None:
        while True:
            tried = deliver_next(at=timezone.now())
            if tried is not None:
                self.stdout.write(f"message {tried.message_id}: {tried.outcome}")
            elif watch is None:
                return
            else:
                sleep(watch)
