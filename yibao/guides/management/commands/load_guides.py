"""Load the shipped guides and glossary, or only check them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yibao.guides.files import DATA, GuideFileRefused, read
from yibao.guides.operations import load_guides


class Command(BaseCommand):
    help = "Load the guides and the glossary; load_sources comes first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dir", type=Path, default=DATA, help="folder of the files")
        parser.add_argument("--check", action="store_true", help="only check, change nothing")
        parser.add_argument("--force", action="store_true", help="load files loaded before, too")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["dir"]
        try:
            if options["check"]:
                files = read(folder)
                self.stdout.write(
                    f"guides: {len(files.guides)} guides, {len(files.terms)} terms, "
                    "no problem found"
                )
                return
            report = load_guides(at=timezone.now(), folder=folder, force=options["force"])
        except GuideFileRefused as error:
            for problem in error.problems:
                self.stderr.write(problem)
            raise CommandError(f"guides: refused, {len(error.problems)} problems") from error
        if report.unchanged:
            self.stdout.write("guides: unchanged")
            return
        self.stdout.write(
            f"guides: {report.guides} guides ({report.published} published, "
            f"{report.waiting} waiting for review), {report.terms} terms"
        )
