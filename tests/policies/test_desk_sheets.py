"""A draft as a workbook: out, edited, tried, taken back; moved columns refused."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.factories.policies import AT, make_draft, make_revision, publish
from yibao.accounts.models import User
from yibao.policies.desk.drafts import DraftMoved, end_row
from yibao.policies.desk.spreadsheet import (
    SheetRefused,
    SheetReport,
    read_workbook,
    workbook_of,
)
from yibao.policies.models import Ending, PaymentBand, Revision
from yibao.policies.rows import rows_in

NEXT_YEAR = date(2027, 1, 1)


@pytest.fixture
def draft(author: User, checker: User) -> Revision:
    """A draft for 2027 on two ratios, an account rule and a filing rule in force."""
    publish(
        make_draft("payment_band", level="tertiary", ratio_bp=6550, from_fen=123_456),
        make_draft("payment_band", level="secondary", ratio_bp=7500, quote="二级七成五"),
        make_draft("account_rule", usable_away=True, may_pay=frozenset()),
        make_draft("filing_rule", categories=frozenset({"referral", "emergency"}), required=True),
        by=author,
        other=checker,
    )
    return make_revision(by=author, starts_on=NEXT_YEAR)


def edited(draft: Revision, edit: Callable[[Workbook], None]) -> bytes:
    book = load_workbook(BytesIO(workbook_of(draft)))
    edit(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def cell(book: Workbook, header: str, line: int) -> Any:
    sheet = book[sheet_name()]
    column = [entry.value for entry in sheet[1]].index(header) + 1
    return sheet.cell(line, column)


def sheet_name() -> str:
    return str(PaymentBand._meta.verbose_name)


def ratio_header() -> str:
    return str(PaymentBand._meta.get_field("ratio_bp").verbose_name)


def take(draft: Revision, content: bytes, by: User, *, dry_run: bool = False) -> SheetReport:
    return read_workbook(revision=draft, content=content, by=by, at=AT, dry_run=dry_run)


def test_an_untouched_workbook_changes_nothing(draft: Revision, author: User) -> None:
    report = take(draft, workbook_of(draft), author)

    assert (report.problems, report.changed, report.ended, report.same) == ([], [], [], 4)
    assert rows_in(draft) == []


def test_only_the_changed_line_becomes_a_new_row(draft: Revision, author: User) -> None:
    def change(book: Workbook) -> None:
        cell(book, ratio_header(), 2).value = 70

    tried = take(draft, edited(draft, change), author, dry_run=True)
    assert (len(tried.changed), tried.same, rows_in(draft)) == (1, 3, [])

    report = take(draft, edited(draft, change), author)

    (row,) = rows_in(draft)
    assert isinstance(row, PaymentBand)
    assert (row.ratio_bp, row.level, row.from_fen) == (7000, "tertiary", 123_456)
    assert row.effective_from == NEXT_YEAR
    assert Ending.objects.get().ends_on == NEXT_YEAR
    assert (len(report.changed), report.problems) == (1, [])


def test_a_line_of_the_draft_is_changed_in_place_and_new_lines_come_in(
    draft: Revision, author: User
) -> None:
    def add(book: Workbook) -> None:
        sheet = book[sheet_name()]
        copied = [entry.value for entry in sheet[3]]
        sheet.append(["", *copied[1:]])
        line = sheet.max_row
        cell(book, str(PaymentBand._meta.get_field("level").verbose_name), line).value = "一级"
        cell(book, ratio_header(), line).value = "85.5"

    take(draft, edited(draft, add), author)
    (row,) = rows_in(draft)
    assert isinstance(row, PaymentBand)
    assert (row.level, row.ratio_bp, row.clause.quote) == ("primary", 8550, "二级七成五")
    draft.refresh_from_db()

    def change(book: Workbook) -> None:
        cell(book, ratio_header(), 4).value = 90

    take(draft, edited(draft, change), author)

    (row,) = rows_in(draft)
    assert isinstance(row, PaymentBand)
    assert row.ratio_bp == 9000


def test_a_line_that_is_gone_ends_its_rule(draft: Revision, author: User) -> None:
    report = take(draft, edited(draft, lambda book: book[sheet_name()].delete_rows(2)), author)

    ending = Ending.objects.get()
    assert (ending.table, ending.ends_on) == ("payment_band", NEXT_YEAR)
    assert len(report.ended) == 1


def test_lines_that_cannot_stand_are_named_and_nothing_is_written(
    draft: Revision, author: User
) -> None:
    def spoil(book: Workbook) -> None:
        cell(book, ratio_header(), 2).value = "0.85"
        cell(book, "条款", 3).value = "没有的条"

    report = take(draft, edited(draft, spoil), author)

    assert [(problem.sheet, problem.line) for problem in report.problems] == [
        (sheet_name(), 2),
        (sheet_name(), 3),
    ]
    assert "85% 在文件中写 8500" in report.problems[0].text
    assert "没有这条来源" in report.problems[1].text
    assert rows_in(draft) == []
    assert not Ending.objects.exists()
    draft.refresh_from_db()
    assert draft.version == 0


def test_shifted_columns_are_refused_whole(draft: Revision, author: User) -> None:
    with pytest.raises(SheetRefused, match="第 3 列的表头不对"):
        take(draft, edited(draft, lambda book: book[sheet_name()].insert_cols(3)), author)

    def shift_values(book: Workbook) -> None:
        sheet = book[sheet_name()]
        values = [entry.value for entry in sheet[2]]
        for place, value in enumerate(["", *values[:-1]], start=1):
            sheet.cell(2, place).value = value

    report = take(draft, edited(draft, shift_values), author)

    assert [problem.line for problem in report.problems] == [2]
    assert rows_in(draft) == []


def test_a_workbook_of_another_draft_or_of_an_older_state_is_refused(
    draft: Revision, author: User
) -> None:
    other = make_revision(by=author, starts_on=NEXT_YEAR)
    with pytest.raises(SheetRefused, match="不是从本草稿导出"):
        take(draft, workbook_of(other), author)

    content = workbook_of(draft)
    row = PaymentBand.objects.earliest("pk")
    end_row(revision=draft, table="payment_band", pk=row.pk, by=author, at=AT, version=0)
    with pytest.raises(DraftMoved):
        take(draft, content, author)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_refused(draft: Revision, author: User, content: bytes) -> None:
    with pytest.raises(SheetRefused, match="不是 xlsx"):
        take(draft, content, author)
