"""Work on the imports that wait."""

from argparse import ArgumentParser
from time import sleep
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from yibao.institutions.imports import worker
from yibao.institutions.imports.operations import work


class Command(BaseCommand):
    help = (
        "Check, write and undo the lists that wait, also those whose worker was killed; "
        "ends when there is nothing left, or keeps looking with --watch."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--watch", type=int, metavar="SECONDS", help="look again every so many seconds"
        )

    def handle(self, *args: Any, watch: int | None, **options: Any) -> None:
        name = worker.new_name()
        while True:
            run = work(worker=name, is_alive=worker.is_alive, clock=timezone.now)
            if run is not None:
                run.refresh_from_db()
                self.stdout.write(f"import {run.pk}: {run.state} {run.message}".rstrip())
            elif watch is None:
                return
            else:
                sleep(watch)
