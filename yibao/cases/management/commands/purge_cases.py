"""Remove personal data that have been kept long enough."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from yibao.cases.operations.retention import purge


class Command(BaseCommand):
    help = (
        "Remove expired drafts, the files of filings refused long ago, cases that nothing "
        "happened in for years, and old counts of look-ups. Run it every night."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="only say how many would be removed"
        )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        done = purge(today=timezone.localdate(now), at=now, dry_run=dry_run)
        self.stdout.write(
            f"{'would remove' if dry_run else 'removed'}: {done.drafts} drafts, files of "
            f"{done.uploads_of_cases} refused filings, {done.cases} cases, "
            f"{done.counts} counts of look-ups"
        )
