"""Load the shipped list of institutions."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.utils import timezone

from yibao.institutions.loader import load_institutions


class Command(BaseCommand):
    help = "Load the list of institutions that ships with the code (names of January 2020)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="load a list loaded before, too")

    def handle(self, *args: Any, force: bool, **options: Any) -> None:
        loader = get_user_model()(username="loader")
        report = load_institutions(by=loader, at=timezone.now(), force=force)
        if report.unchanged:
            self.stdout.write("institutions: unchanged")
        else:
            self.stdout.write(f"institutions: {report.added} added, {report.changed} corrected")
