"""Work on the replays that wait."""

from argparse import ArgumentParser
from time import sleep
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from yibao.core import background
from yibao.policies.replay.operations.running import work


class Command(BaseCommand):
    help = (
        "Replay the drafts that wait, also those whose worker was killed; ends when there is "
        "nothing left, or keeps looking with --watch."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--watch", type=int, metavar="SECONDS", help="look again every so many seconds"
        )

    def handle(self, *args: Any, watch: int | None, **options: Any) -> None:
        name = background.new_name()
        while True:
            run = work(worker=name, is_alive=background.is_alive, clock=timezone.now)
            if run is not None:
                self.stdout.write(f"replay {run.pk}: {run.state} {run.message}".rstrip())
            elif watch is None:
                return
            else:
                sleep(watch)
