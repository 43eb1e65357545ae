"""Publish the revisions whose approved moment has come; run it every minute or so."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yibao.policies.operations import publish_due


class Command(BaseCommand):
    help = "Publish revisions that were approved for a moment that has come."

    def handle(self, *args: Any, **options: Any) -> None:
        report = publish_due(at=timezone.now())
        for revision, problems in report.refused:
            self.stderr.write(f"{revision}: {' '.join(problems)}")
        self.stdout.write(f"policies: {len(report.published)} published")
        if report.refused:
            raise CommandError(f"policies: {len(report.refused)} revisions refused")
