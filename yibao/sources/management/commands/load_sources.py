"""Load the shipped sources."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yibao.sources.files import SourceFileRefused
from yibao.sources.operations import load_sources


class Command(BaseCommand):
    help = "Load the documents that figures cite, and statements that no table can hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="load files loaded before, too")

    def handle(self, *args: Any, force: bool, **options: Any) -> None:
        loader = get_user_model()(username="loader")
        try:
            report = load_sources(by=loader, at=timezone.now(), force=force)
        except SourceFileRefused as error:
            raise CommandError(str(error)) from error
        if report.unchanged:
            self.stdout.write("sources: unchanged")
            return
        self.stdout.write(f"sources: {report.documents} documents, {report.statements} statements")
