"""Load the shipped regions."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yibao.regions.files import RegionFileRefused
from yibao.regions.operations import load_regions


class Command(BaseCommand):
    help = "Load divisions, pooling regions, retired codes and local classes of institutions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="load files loaded before, too")

    def handle(self, *args: Any, force: bool, **options: Any) -> None:
        loader = get_user_model()(username="loader")
        try:
            report = load_regions(by=loader, at=timezone.now(), force=force)
        except RegionFileRefused as error:
            raise CommandError(str(error)) from error
        if report.unchanged:
            self.stdout.write("regions: unchanged")
            return
        self.stdout.write(
            f"regions: {report.regions} regions, {report.retired} retired codes, "
            f"{report.mappings} classes; {report.kept_poolings} confirmed poolings kept"
        )
