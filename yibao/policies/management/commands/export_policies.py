"""Write the published policies as files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from yibao.policies.export import write


class Command(BaseCommand):
    help = "Write what is published into a folder, in the form that load_policies reads."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dir", type=Path, required=True, help="folder to write into")

    def handle(self, *args: Any, **options: Any) -> None:
        report = write(options["dir"])
        for name in report.foreign:
            self.stderr.write(f"{name}: nothing published belongs to this file")
        self.stdout.write(f"policies: {report.files} files, {report.written} written")
