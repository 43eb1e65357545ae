"""Import a list of institutions: a dry run first, the list itself with --apply."""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from yibao.institutions import operations
from yibao.institutions.import_models import ImportRun, ImportSource, Outcome, State
from yibao.institutions.imports import columns as import_columns
from yibao.institutions.imports import worker
from yibao.institutions.imports.operations import work
from yibao.institutions.imports.reading import ImportFileRefused


class Command(BaseCommand):
    help = "Read a CSV or XLSX list, say what it would change, and with --apply write it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="whose list it is, as pages show it")
        parser.add_argument("--user", required=True, help="the officer who imports it")
        parser.add_argument("--date", required=True, type=date.fromisoformat, dest="list_date")
        parser.add_argument("--region", default="000000", help="code of the area it covers")
        parser.add_argument("--full", action="store_true", help="it names all of the area's")
        parser.add_argument(
            "--column", action="append", default=[], metavar="FIELD=HEADER", help="may be repeated"
        )
        parser.add_argument("--twice", choices=operations.TWICE_CHOICES, help="rows named twice")
        parser.add_argument(
            "--twin", choices=operations.TWIN_CHOICES, help="namesakes of held ones"
        )
        parser.add_argument("--apply", action="store_true")
        parser.add_argument("--skip-refused", action="store_true")
        parser.add_argument(
            "--close-missing", type=int, metavar="COUNT", help="as many as the dry run said"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"no active user {options['user']!r}")
        source, _made = ImportSource.objects.get_or_create(name=options["source"])
        try:
            run = self._start(source, user, options)
            self._decide(run, user, options)
            if options["apply"]:
                run = self._apply(run, user, options)
        except (ImportFileRefused, operations.ImportRefused) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        self.stdout.write(f"import {run.pk}: {run.state} {json.dumps(run.counts)}")
        if run.state == State.CHECKED:
            operations.cancel_import(run, by=user, at=timezone.now())

    def _start(self, source: ImportSource, user: Any, options: dict[str, Any]) -> ImportRun:
        with options["file"].open("rb") as file:
            run = operations.start_import(
                source=source,
                region_code=options["region"],
                list_date=options["list_date"],
                is_full=options["full"],
                upload=operations.Upload(
                    options["file"].name, iter(lambda: file.read(1 << 20), b"")
                ),
                by=user,
                at=timezone.now(),
            )
        if run.state == State.COLUMNS:
            named = dict(text.split("=", 1) for text in options["column"] if "=" in text)
            columns = import_columns.suggest(run.headers, source.columns) | named
            try:
                operations.choose_columns(run, columns, by=user, at=timezone.now())
            except operations.ImportRefused:
                operations.cancel_import(run, by=user, at=timezone.now())
                raise
        return self._work(run, State.CHECKED)

    def _decide(self, run: ImportRun, user: Any, options: dict[str, Any]) -> None:
        for outcome in (Outcome.TWICE, Outcome.TWIN):
            if options[outcome.value]:
                operations.decide(run, outcome, options[outcome.value], by=user, at=timezone.now())

    def _apply(self, run: ImportRun, user: Any, options: dict[str, Any]) -> ImportRun:
        try:
            operations.ask_to_apply(
                run,
                skip_refused=options["skip_refused"],
                close_missing=options["close_missing"],
                by=user,
                at=timezone.now(),
            )
        except operations.ImportRefused:
            operations.cancel_import(run, by=user, at=timezone.now())
            raise
        return self._work(run, State.APPLIED)

    def _work(self, run: ImportRun, wanted: State) -> ImportRun:
        """Do the work here and now."""
        work(worker=worker.new_name(), is_alive=worker.is_alive, clock=timezone.now)
        run.refresh_from_db()
        if run.state != wanted:
            raise CommandError(run.message or f"import {run.pk}: {run.state}")
        return run
