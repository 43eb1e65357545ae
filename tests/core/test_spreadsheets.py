"""No cell of an export is ever computed by the program that opens it."""

import csv
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from yibao.core.spreadsheets import csv_lines, safe_cell, write_xlsx

SIGNS = "=+-@\t\r\n\0＝＋－＠"


@given(st.text(alphabet=st.one_of(st.sampled_from(SIGNS + "'\",;"), st.characters(codec="utf-8"))))
def test_a_csv_reads_back_as_text(text):
    content = "".join(csv_lines(["表头"], [[text]])).removeprefix("\ufeff")

    (_header, (cell,)) = csv.reader(StringIO(content, newline=""))

    assert cell in (text, f"'{text}")
    assert not cell.startswith(tuple(SIGNS))


def test_long_tables_come_in_pieces():
    pieces = list(csv_lines(["行"], ([number] for number in range(1_200))))

    assert len(pieces) == 3
    assert "".join(pieces).splitlines()[-1] == "1199"


def test_a_workbook_holds_text_only(tmp_path):
    path = tmp_path / "a.xlsx"

    write_xlsx(path, ["=头"], [["=1+1"], ["http://example.org"], [None], [12], ["控\x00制"]])

    cells = [row[0] for row in load_workbook(path).active.iter_rows()]
    assert [cell.value for cell in cells] == [
        "=头",
        "=1+1",
        "http://example.org",
        None,
        "12",
        "控制",
    ]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []


def test_plain_values_stay_as_they_are():
    assert [safe_cell(value) for value in ("甲院", 12, None, "0535-1")] == [
        "甲院",
        "12",
        "",
        "0535-1",
    ]
