"""Load the shipped cases whose answers are known."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yibao.policies.golden.files import DATA, GoldenFileRefused
from yibao.policies.golden.loader import load_golden_cases


class Command(BaseCommand):
    help = "Load the known cases that every revision is held to; load_policies comes first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dir", type=Path, default=DATA, help="folder of the files")
        parser.add_argument("--force", action="store_true", help="load files loaded before, too")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load_golden_cases(
                at=timezone.now(), folder=options["dir"], force=options["force"]
            )
        except GoldenFileRefused as error:
            raise CommandError(f"golden cases: refused: {error}") from error
        for slug in report.wrong:
            self.stderr.write(f"golden case {slug}: does not come out as it must")
        self.stdout.write(
            "golden cases: unchanged" if report.unchanged else f"golden cases: {report.cases}"
        )
