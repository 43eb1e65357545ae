"""Compare the kept files with their rows."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yibao.cases.uploads.operations import sweep


class Command(BaseCommand):
    help = (
        "Remove files that no row names: what a crash left between the file and its row. "
        "Run it every night; with --verify once a week, which reads every file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--verify",
            action="store_true",
            help="read every file and compare it with its row; fails when one is not as kept",
        )

    def handle(self, *args: Any, verify: bool, **options: Any) -> None:
        swept = sweep(at=timezone.now(), verify=verify)
        self.stdout.write(f"{swept.removed} files without a row removed")
        if verify:
            self.stdout.write(f"{swept.checked} files compared with their rows")
        if swept.damaged:
            raise CommandError(f"missing or damaged: {', '.join(swept.damaged)}")
