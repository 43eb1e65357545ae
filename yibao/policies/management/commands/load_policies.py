"""Load the shipped policy files, or only check them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yibao.policies.canonical import in_canonical_form, text_of
from yibao.policies.files import DATA, PolicyFilesRefused
from yibao.policies.loader import check_files, load_policies


class Command(BaseCommand):
    help = "Load what the regions' policies say; load_regions and load_sources come first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dir", type=Path, default=DATA, help="folder of the files")
        parser.add_argument("--check", action="store_true", help="only check, change nothing")
        parser.add_argument(
            "--format", action="store_true", help="check, and write the files in canonical form"
        )

        parser.add_argument("--force", action="store_true", help="load files loaded before, too")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["dir"]
        try:
            if options["check"] or options["format"]:
                self._check(folder, write=options["format"])
            else:
                self._load(folder, force=options["force"])
        except PolicyFilesRefused as error:
            for problem in error.problems:
                self.stderr.write(str(problem))
            raise CommandError(f"policies: refused, {len(error.problems)} problems") from error

    def _load(self, folder: Path, *, force: bool) -> None:
        report = load_policies(at=timezone.now(), folder=folder, force=force)
        if report.unchanged:
            self.stdout.write("policies: unchanged")
            return
        self.stdout.write(
            f"policies: {report.files} files, {report.rows} rows; {report.revisions} revisions "
            f"({report.added} added, {report.ended} ended, {report.taken_back} taken back)"
        )

    def _check(self, folder: Path, *, write: bool) -> None:
        files = check_files(folder)
        for file in files:
            path = folder / file.name
            text = path.read_text(encoding="utf-8")
            if in_canonical_form(file, text):
                continue
            if write:
                path.write_text(
                    text_of(file.region_code, file.insurance, file.title, file.drafts),
                    encoding="utf-8",
                )
            self.stdout.write(f"{file.name}: {'rewritten' if write else 'not in canonical form'}")
        rows = sum(len(file.rows) for file in files)
        self.stdout.write(f"policies: {len(files)} files, {rows} rows, no problem found")
