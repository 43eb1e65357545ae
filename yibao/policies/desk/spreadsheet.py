"""A draft as a workbook and back: one sheet a table, what is in force beside what is drafted.

A line names its row: `现行-12` is published, `草稿-7` the draft's own, empty is new. Read
back, a published line that differs becomes a changed row of the draft, one that is missing
ends its row; sheets that are missing leave their table alone. All lines or none.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django import forms
from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext as _

from yibao.core.spreadsheets import safe_cell
from yibao.policies.desk.drafts import amend_row, end_row, rows_to_change, take_turn
from yibao.policies.desk.row_forms import ProvisionForm, form_of
from yibao.policies.models import MODEL_OF, Provision, Revision
from yibao.policies.rows import rows_in
from yibao.policies.succession import PolicyRefused

if TYPE_CHECKING:
    from yibao.accounts.models import User

MAX_BYTES = 2 << 20
_MAX_UNPACKED = 40 << 20
_MAX_LINES = 2_000
_HELD, _OWN = "现行", "草稿"  # not shown
_ID, _DOCUMENT, _ARTICLE, _QUOTE = ("编号", "文件编号", "条款", "原句")  # not shown
_FIRST = (_ID, _DOCUMENT, _ARTICLE, _QUOTE)
_COVER = "说明"  # not shown
_YES, _NO = "是", "否"  # not shown


class SheetRefused(PolicyRefused):
    """The workbook cannot be taken; nothing was changed."""


@dataclass(frozen=True, slots=True)
class LineProblem:
    """One reason why a line is refused; `line` is its number in the sheet."""

    sheet: str
    line: int
    text: str


@dataclass(slots=True)
class SheetReport:
    """What a workbook would do or did: lines by what becomes of them, and what is refused."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    same: int = 0
    problems: list[LineProblem] = field(default_factory=list)

    @property
    def does_anything(self) -> bool:
        return bool(self.new or self.changed or self.ended)


# --- out --------------------------------------------------------------------------------


def workbook_of(revision: Revision) -> bytes:
    """Return the workbook of a draft."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    cover = book.create_sheet(_COVER)
    for line in (("修订", revision.pk), ("版本", revision.version)):  # not shown
        cover.append(line)
    rows = _lines(revision)
    for table, model in MODEL_OF.items():
        sheet = book.create_sheet(_title(model))
        sheet.append([*_FIRST, *_headers(table).values()])
        for name, row in rows:
            if row.terms_type.table == table:
                sheet.append([safe_cell(cell) for cell in _cells(name, row)])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _lines(revision: Revision) -> list[tuple[str, Provision]]:
    """Return the rows that would hold: what is in force and not ended, and the draft's own."""
    ended = set(revision.endings.values_list("table", "provision_id"))
    held = [
        (f"{_HELD}-{row.pk}", row)
        for row in rows_to_change(revision)
        if (row.terms_type.table, row.pk) not in ended
    ]
    return held + [(f"{_OWN}-{row.pk}", row) for row in rows_in(revision)]


def _title(model: type[Provision]) -> str:
    return str(model._meta.verbose_name)[:31]


def _headers(table: str) -> dict[str, str]:
    """Return the column of each field but the clause; fields of one label get their name."""
    found: dict[str, str] = {}
    for name, item in form_of(table).base_fields.items():
        if name != "clause":
            label = str(item.label)
            found[name] = f"{label} {name}" if label in found.values() else label
    return found


def _cells(name: str, row: Provision) -> Iterator[object]:
    clause = row.clause
    yield from (name, clause.document_id, clause.article, clause.quote)
    form = form_of(row.terms_type.table)(instance=row)
    for column in _headers(row.terms_type.table):
        yield _shown(form.fields[column], form[column].value())


def _shown(item: forms.Field, value: Any) -> object:
    value = item.prepare_value(value)
    if isinstance(item, forms.BooleanField) and not isinstance(item, forms.NullBooleanField):
        return _YES if value else _NO
    words = _words(item)
    if isinstance(value, list | tuple | set | frozenset):
        return "；".join(words.get(str(part), str(part)) for part in value)
    if words:
        return words.get(_slug(value), "" if value is None else str(value))
    return value.isoformat() if isinstance(value, date) else value


def _slug(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _words(item: forms.Field) -> dict[str, str]:
    if isinstance(item, forms.NullBooleanField):
        return {"true": _YES, "false": _NO}
    choices = getattr(item, "choices", ())
    return {_slug(value): str(word) if value not in ("", None) else "" for value, word in choices}


# --- in ---------------------------------------------------------------------------------


def read_workbook(
    *, revision: Revision, content: bytes, by: User, at: datetime, dry_run: bool
) -> SheetReport:
    """Take a workbook back into the draft; with `dry_run` only say what it would do.

    Nothing is written while any line is refused.

    Raises:
        SheetRefused: it is no workbook of this draft, or its columns were moved.
        NotOpen, NotYourDraft, DraftMoved: as every edit of a draft.
    """
    sheets = _sheets(content)
    cover = dict(row[:2] for row in sheets.pop(_COVER, ()) if len(row) >= 2)
    if cover.get("修订") != str(revision.pk):  # not shown
        raise SheetRefused(_("这不是从本草稿导出的表格。"))
    version = cover.get("版本", "")  # not shown
    with transaction.atomic():
        revision = take_turn(revision, by=by, version=int(version) if version.isdigit() else -1)
        report = SheetReport()
        reader = _Reader(revision, by, at, report)
        titles = {_title(model): table for table, model in MODEL_OF.items()}
        for title, lines in sheets.items():
            if title not in titles:
                raise SheetRefused(_("没有“%(title)s”这个表。") % {"title": title})
            reader.sheet(titles[title], title, lines)
        if dry_run or report.problems:
            transaction.set_rollback(True)
    return report


def _sheets(content: bytes) -> dict[str, list[list[str]]]:
    from openpyxl import load_workbook

    if _is_too_large(content):
        raise SheetRefused(_("文件太大。"))
    try:
        book = load_workbook(BytesIO(content), data_only=True, keep_links=False)
        return {
            sheet.title: [
                [_text(value) for value in row]
                for row in sheet.iter_rows(max_row=_MAX_LINES, values_only=True)
            ]
            for sheet in book.worksheets
        }
    except Exception as error:  # openpyxl raises whatever its parsers do
        raise SheetRefused(_broken()) from error


def _is_too_large(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise SheetRefused(_broken()) from error
    return len(content) > MAX_BYTES or unpacked > _MAX_UNPACKED


def _broken() -> str:
    return _("这不是 xlsx 文件，或文件已损坏。")


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value).strip()
    bare = text.removeprefix("'")
    return bare if safe_cell(bare) == text else text


class _Reader:
    """Reads the sheets of one workbook into one draft, inside a transaction."""

    def __init__(self, revision: Revision, by: User, at: datetime, report: SheetReport) -> None:
        self.revision, self.by, self.at, self.report = revision, by, at, report
        self.rows = {(row.terms_type.table, name): row for name, row in _lines(revision)}

    def sheet(self, table: str, title: str, lines: Sequence[Sequence[str]]) -> None:
        headers = _headers(table)
        expected = [*_FIRST, *headers.values()]
        given = list(lines[0]) if lines else []
        while given and not given[-1]:
            given.pop()
        if given != expected:
            wrong = next(
                (
                    place
                    for place, name in enumerate(expected)
                    if given[place : place + 1] != [name]
                ),
                len(expected),
            )
            raise SheetRefused(
                _("“%(title)s”表第 %(column)d 列的表头不对，列可能移动过。")
                % {"title": title, "column": wrong + 1}
            )
        missing = {name for key, name in self.rows if key == table}
        for number, cells in enumerate(lines[1:], start=2):
            if any(cells):
                named = dict(zip(expected, cells, strict=False))
                missing.discard(named[_ID])
                for problem in self._line(table, headers, named):
                    self.report.problems.append(LineProblem(title, number, problem))
        for name in sorted(missing):
            self._drop(table, name)

    def _line(self, table: str, headers: dict[str, str], cells: dict[str, str]) -> Iterator[str]:
        name = cells[_ID]
        old = self.rows.get((table, name))
        if name and old is None:
            yield _("没有编号为“%(name)s”的行。") % {"name": name}
            return
        clause = (
            apps.get_model("sources", "Clause")
            .objects.filter(document=cells[_DOCUMENT], article=cells[_ARTICLE], quote=cells[_QUOTE])
            .first()
        )
        if clause is None:
            yield _("没有这条来源：先登记文件和条文，文件编号、条款、原句须一致。")
            return
        instance = MODEL_OF[table](revision=self.revision) if old is None else old
        form = self._form(table, headers, cells, instance, clause.pk)
        if old is not None and not form.has_changed():
            self.report.same += 1
            return
        if old is not None and name.startswith(_HELD):
            form = self._amended(table, headers, cells, old, clause.pk)
        if not form.is_valid():
            yield from _reasons(form, headers)
            return
        row = form.save()
        (self.report.new if old is None else self.report.changed).append(str(row))

    def _amended(
        self, table: str, headers: dict[str, str], cells: dict[str, str], old: Any, clause: int
    ) -> ProvisionForm:
        """Change a copy in place of the published row; it starts on the draft's first day."""
        first_day = old.effective_from.isoformat()
        copy = amend_row(
            revision=self.revision, table=table, pk=old.pk, by=self.by, at=self.at,
            version=self.revision.version,
        )  # fmt: skip
        self.revision.refresh_from_db()
        day, basis = headers["effective_from"], headers["effective_basis"]
        if cells[day] == first_day:
            words = _words(form_of(table).base_fields["effective_basis"])
            cells = cells | {
                day: copy.effective_from.isoformat(),
                basis: words[copy.effective_basis],
            }
        return self._form(table, headers, cells, copy, clause)

    def _drop(self, table: str, name: str) -> None:
        row = self.rows[table, name]
        self.report.ended.append(str(row))
        if name.startswith(_OWN):
            row.delete()
        else:
            end_row(
                revision=self.revision, table=table, pk=row.pk, by=self.by, at=self.at,
                version=self.revision.version,
            )  # fmt: skip
            self.revision.refresh_from_db()

    def _form(
        self,
        table: str,
        headers: dict[str, str],
        cells: dict[str, str],
        instance: Provision,
        clause: int,
    ) -> ProvisionForm:
        data: dict[str, Any] = {"clause": clause}
        for name, header in headers.items():
            data[name] = _typed(form_of(table).base_fields[name], cells.get(header, ""))
        return form_of(table)(data=data, instance=instance)


def _typed(item: forms.Field, text: str) -> Any:
    """Return a cell as a browser would send it: the slugs of words, on or nothing for yes."""
    if isinstance(item, forms.BooleanField) and not isinstance(item, forms.NullBooleanField):
        return text == _YES
    slugs = {word: slug for slug, word in _words(item).items() if word}
    if isinstance(item, forms.MultipleChoiceField | forms.TypedMultipleChoiceField):
        return [slugs.get(part, part) for part in text.split("；") if part]
    return slugs.get(text, text)


def _reasons(form: ProvisionForm, headers: dict[str, str]) -> Iterator[str]:
    for name, errors in form.errors.items():
        for error in errors:
            yield f"{headers[name]}：{error}" if name in headers else str(error)
