"""Write tables for spreadsheet programs, so that no cell is ever taken for a formula."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import Any

# What a program may read as a formula, half and full width.
_FORMULA_SIGNS = "=+-@\t\r\n\0＝＋－＠"
# What XML cannot hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LINES = 500


def safe_cell(value: Any) -> str:
    """Return a value as text that a spreadsheet shows and never computes.

    >>> safe_cell("=1+1"), safe_cell(None), safe_cell(12)
    ("'=1+1", '', '12')
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(tuple(_FORMULA_SIGNS)) else text


def csv_lines(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield a CSV file piece by piece, with the mark by which Excel knows UTF-8."""
    buffer = StringIO("\ufeff")
    buffer.seek(1)
    writer = csv.writer(buffer)
    writer.writerow([safe_cell(value) for value in header])
    for number, row in enumerate(rows, start=1):
        writer.writerow([safe_cell(value) for value in row])
        if number % _LINES == 0:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def write_xlsx(path: Path, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    """Write a workbook of text cells, row by row: openpyxl would take `=…` for a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in chain([header], rows):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, _FORBIDDEN.sub("", "" if value is None else str(value)))
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(path)
