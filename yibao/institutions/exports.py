"""The list as a file for spreadsheet programs, and the report of an import."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Field, QuerySet
from django.utils.translation import gettext as _

from yibao.institutions.import_models import ImportProblem, ImportRow, ImportRun, Outcome
from yibao.institutions.imports import comparing
from yibao.institutions.models import Institution

# A workbook is built whole before it is sent.
MOST_XLSX_ROWS = 100_000
_PAGE = 2_000
_FIELDS = (
    "code", "name", "aliases", "kind", "level", "grade", "class_slug", "region_id", "address",
    "phones", "effective_from", "effective_to", "end_reason", "merged_into_id", "source_name",
    "source_date", "checked_on",
)  # fmt: skip


def header() -> list[str]:
    """Return the column heads of an export, in the words of the import."""
    return [_label(name) for name in _FIELDS]


def rows(institutions: QuerySet[Institution]) -> Iterator[Sequence[Any]]:
    """Yield institutions in the order of results, read page by page.

    Each page is a query of its own by `position`: a server-side cursor would not survive
    a connection pooler.
    """
    choices = {
        name: dict(_field(name).flatchoices) for name in ("kind", "level", "grade", "class_slug")
    }
    ordered = institutions.order_by("position").values_list("position", *_FIELDS)
    after = -1
    while True:
        page = list(ordered.filter(position__gt=after)[:_PAGE])
        for _position, *values in page:
            yield [
                choices[name].get(value, "") if name in choices else value
                for name, value in zip(_FIELDS, values, strict=True)
            ]
        if len(page) < _PAGE:
            return
        after = page[-1][0]


def report_header() -> list[str]:
    """Return the column heads of an import's report."""
    return [_("行"), _("结果"), _("编码"), _("名称"), _("列"), _("原值"), _("新值"), _("原因")]


def report_rows(run: ImportRun) -> Iterator[Sequence[Any]]:
    """Yield what a checked list would do: refused rows, then doubles, changes and new rows.

    What was refused is kept for good, the rest until the next list is written.
    """
    for problem in ImportProblem.objects.filter(run=run).iterator(chunk_size=_PAGE):
        yield [
            problem.line, Outcome.REFUSED.label, "", "", problem.column, problem.value, "",
            problem.reason,
        ]  # fmt: skip
    for outcome in (Outcome.TWICE, Outcome.TWIN, Outcome.SKIPPED):
        for row in _staged(run, outcome):
            yield [row.line, outcome.label, row.code, row.name, "", row.twin, "", ""]
    after = 0
    while found := comparing.changes(run, limit=_PAGE, after_line=after):
        for change in found:
            for name, before, now in change.fields:
                yield [
                    change.line, Outcome.CHANGED.label, change.code, change.name,
                    field_label(name), before, now, "",
                ]  # fmt: skip
        after = found[-1].line
    for row in _staged(run, Outcome.NEW):
        yield [row.line, Outcome.NEW.label, row.code, row.name, "", "", "", ""]


def field_label(name: str) -> str:
    """Return the word for a field of a change."""
    if name == "services":
        return _("开通的服务")
    column = comparing.COLUMN_OF.get(name, name)
    return _label(column)


def _field(name: str) -> "Field[Any, Any]":
    return next(field for field in Institution._meta.concrete_fields if field.attname == name)


def _label(name: str) -> str:
    return str(_field(name).verbose_name)


def _staged(run: ImportRun, outcome: Outcome) -> Iterator[ImportRow]:
    rows = ImportRow.objects.filter(run=run, outcome=outcome).order_by("line")
    return rows.only("line", "code", "name", "twin").iterator(chunk_size=_PAGE)
