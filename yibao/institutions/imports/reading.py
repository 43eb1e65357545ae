"""Read the rows of a CSV or XLSX file in batches, or say why the file cannot be a list.

A file that is not what it seems is refused whole, before any row is looked at: too large,
another format, neither UTF-8 nor GB18030, a packed bomb, merged cells, headers that are
missing or doubled.
"""

import codecs
import csv
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

MAX_BYTES = 150 * 1024 * 1024
MAX_COLUMNS = 100
BATCH = 2_000
_BLOCK = 1024 * 1024

# What an XLSX of 650,000 rows and thirty columns unpacks to, with room to spare.
MAX_UNPACKED = 1024 * 1024 * 1024
# The reader holds the shared texts in memory.
MAX_SHARED_TEXTS = 128 * 1024 * 1024
MAX_PARTS = 2_000
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")

# Control and formatting signs (bidirectional marks, zero width), private use, replacement.
_ODD_SIGNS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]"
)


class ImportFileRefused(Exception):
    """The file as a whole cannot be read as a list; the message says why, in plain words."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of text cells with the line (sheet row) each begins on, counted from 1.

    `is_plain` promises that no cell holds a control or formatting sign. `position` and
    `total` say how far the reading is; their unit is the file's own (bytes or rows).
    """

    lines: Sequence[int]
    rows: list[list[str]]
    is_plain: bool
    position: int
    total: int


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file that can be read: its headers, how it is written, and its rows."""

    headers: tuple[str, ...]
    encoding: str
    batches: Iterator[Batch]


@contextmanager
def open_list(path: Path) -> Iterator[ListFile]:
    """Open a list.

    Raises:
        ImportFileRefused: the file as a whole is wrong; also while batches are read.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ImportFileRefused(
            _("文件有 %(size)d MB，超过 %(limit)d MB 的上限。请分省或分市导入。")
            % {"size": size >> 20, "limit": MAX_BYTES >> 20}
        )
    if not size:
        raise ImportFileRefused(_("文件是空的。"))
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK\x03\x04"):
        with _open_workbook(path) as found:
            yield found
    elif head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportFileRefused(
            _("这是旧格式的 Excel 文件（xls）或加了密码的文件。请另存为 xlsx 或 CSV，不加密码。")
        )
    else:
        with _open_text(path, size) as found:
            yield found


def is_plain(text: str) -> bool:
    """Tell whether the text is free of control, formatting and replacement signs."""
    return _ODD_SIGNS.search(text) is None


# --- CSV ------------------------------------------------------------------------------


def detect_encoding(path: Path) -> str:
    """Return `utf-8-sig` or `gb18030`, whichever the whole file is written in.

    Raises:
        ImportFileRefused: it is written in neither.
    """
    with path.open("rb") as file:
        head = file.read(_BLOCK)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ImportFileRefused(_("文件是 UTF-16 编码。请另存为 UTF-8 编码的 CSV。"))
    broken_at = _first_undecodable(path, "utf-8")
    if broken_at is None:
        return "utf-8-sig"
    first_line = head.partition(b"\n")[0]
    speaks_utf8 = head.startswith(codecs.BOM_UTF8) or (
        broken_at > len(first_line) and not first_line.isascii()
    )
    if speaks_utf8:
        raise ImportFileRefused(
            _("文件是 UTF-8 编码，但第 %(offset)d 字节处已损坏。请重新导出。")
            % {"offset": broken_at + 1}
        )
    broken_at = _first_undecodable(path, "gb18030")
    if broken_at is None:
        return "gb18030"
    raise ImportFileRefused(
        _("文件既不是 UTF-8 也不是 GB18030 编码（第 %(offset)d 字节处无法读取）。")
        % {"offset": broken_at + 1}
    )


def _first_undecodable(path: Path, encoding: str) -> int | None:
    """Return the offset of the first byte that the encoding does not allow."""
    decoder = codecs.getincrementaldecoder(encoding)()
    read = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return read - pending + error.start
            if not block:
                return None
            read += len(block)


@contextmanager
def _open_text(path: Path, size: int) -> Iterator[ListFile]:
    encoding = detect_encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = max(",\t;", key=file.readline().count)
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            headers = next(reader, [])
        except csv.Error as error:
            raise _broken_text(1) from error
        yield ListFile(
            checked_headers(headers), encoding.removesuffix("-sig"), _text_batches(reader, size)
        )


def _text_batches(reader: Any, size: int) -> Iterator[Batch]:
    position = 0
    while True:
        before = reader.line_num
        try:
            rows = list(islice(reader, BATCH))
        except csv.Error as error:
            raise _broken_text(reader.line_num) from error
        if not rows:
            return
        joined = "\n".join(map("\t".join, rows))
        position += len(joined.encode())
        yield Batch(
            _lines(rows, before, reader.line_num),
            rows,
            is_plain(joined),
            min(position, size),
            size,
        )


def _lines(rows: list[list[str]], before: int, after: int) -> Sequence[int]:
    """Return the line each row begins on; a quoted cell may span several."""
    if after - before == len(rows):
        return range(before + 1, after + 1)
    lines = []
    line = before + 1
    for row in rows:
        lines.append(line)
        line += 1 + sum(cell.count("\n") for cell in row)
    return lines


def _broken_text(line: int) -> ImportFileRefused:
    return ImportFileRefused(
        _("第 %(line)d 行附近的引号不成对，无法分列。请检查后重新导出。") % {"line": line}
    )


# --- XLSX -----------------------------------------------------------------------------


def check_workbook(path: Path) -> None:
    """Refuse a workbook whose directory or parts tell that it is not an honest list.

    `zipfile` never unpacks more of a part than the directory states, so the sums hold.

    Raises:
        ImportFileRefused: with the reason.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            names = [part.filename for part in parts]
            if len(parts) > MAX_PARTS or len(names) != len(set(names)):
                raise ImportFileRefused(_("文件里的部件太多或重名，不是正常的 xlsx 文件。"))
            unpacked = sum(part.file_size for part in parts)
            shared = sum(part.file_size for part in parts if "sharedStrings" in part.filename)
            if unpacked > MAX_UNPACKED or shared > MAX_SHARED_TEXTS:
                raise ImportFileRefused(
                    _("文件解开后有 %(size)d MB，超过上限。请另存为 CSV，或分省分市导入。")
                    % {"size": unpacked >> 20}
                )
            if any(part.flag_bits & 1 for part in parts):
                raise ImportFileRefused(_("文件加了密码，请去掉密码后再导入。"))
            if "xl/workbook.xml" not in names:
                raise ImportFileRefused(_("这是一个压缩包，不是 xlsx 文件。"))
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _check_part(archive, part)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise ImportFileRefused(_("xlsx 文件已损坏，无法打开。")) from error


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse declared entities anywhere, and merged cells in a sheet."""
    with archive.open(part) as file:
        head = file.read(4096)
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise ImportFileRefused(_("xlsx 文件里有不该有的声明，已拒绝。"))
        if _SHEET.fullmatch(part.filename) and _holds(file, head, b"<mergeCell "):
            raise ImportFileRefused(
                _("工作表里有合并的单元格，合并处无法判断属于哪一行。请取消合并后再导入。")
            )


def _holds(file: IO[bytes], head: bytes, needle: bytes) -> bool:
    block = head
    while block:
        if needle in block:
            return True
        tail = block[-len(needle) :]
        fresh = file.read(_BLOCK)
        block = tail + fresh if fresh else b""
    return False


@contextmanager
def _open_workbook(path: Path) -> Iterator[ListFile]:
    # Half a second that only whoever reads a workbook should pay.
    from openpyxl import load_workbook

    check_workbook(path)
    with ExitStack() as stack:
        # openpyxl trusts a path by its ending, a file by its content.
        file = stack.enter_context(path.open("rb"))
        try:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # openpyxl raises whatever its parsers do
            raise ImportFileRefused(_("xlsx 文件已损坏，无法打开。")) from error
        stack.callback(book.close)
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if len(visible) != 1:
            raise ImportFileRefused(
                _("文件里有 %(count)d 个工作表，请只留一个。") % {"count": len(visible)}
            )
        sheet = visible[0]
        total = sheet.max_row or 0
        # What a sheet says of its own size may be wrong.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(values_only=True)
        headers = [_cell(value) for value in next(rows, ())]
        while headers and not headers[-1]:
            headers.pop()
        yield ListFile(checked_headers(headers), "xlsx", _sheet_batches(rows, len(headers), total))


def _sheet_batches(rows: Iterator[tuple[Any, ...]], width: int, total: int) -> Iterator[Batch]:
    line = 1
    while True:
        try:
            chunk = [_sheet_row(values, width) for values in islice(rows, BATCH)]
        except Exception as error:  # a sheet broken in the middle
            raise ImportFileRefused(
                _("工作表在第 %(line)d 行之后已损坏，无法读取。") % {"line": line}
            ) from error
        if not chunk:
            return
        lines = range(line + 1, line + 1 + len(chunk))
        line += len(chunk)
        joined = "\n".join(map("\t".join, chunk))
        yield Batch(lines, chunk, is_plain(joined), line, max(total, line))


def _sheet_row(values: Sequence[Any], width: int) -> list[str]:
    """Return a row's cells as text, empty ones at its end cut or added to fit the headers."""
    cells = [_cell(value) for value in values]
    while len(cells) > width and not cells[-1]:
        cells.pop()
    if not any(cells):
        return []
    return cells + [""] * (width - len(cells))


def _cell(value: Any) -> str:
    """Return a cell as a person reads it: whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# --- headers --------------------------------------------------------------------------


def checked_headers(cells: Sequence[str]) -> tuple[str, ...]:
    """Return the headers without surrounding blanks.

    Raises:
        ImportFileRefused: none, too many, an empty one, or two alike.
    """
    headers = tuple("".join(cell.split()) for cell in cells)
    if sum(map(bool, headers)) < 2:
        raise ImportFileRefused(_("第一行应是表头，这里没有读到表头。"))
    if len(headers) > MAX_COLUMNS:
        raise ImportFileRefused(_("表头多于 %(limit)d 列。") % {"limit": MAX_COLUMNS})
    if "" in headers:
        raise ImportFileRefused(
            _("第 %(column)d 列没有表头。请补上，或删去这一列。")
            % {"column": headers.index("") + 1}
        )
    doubled = next((header for header in headers if headers.count(header) > 1), "")
    if doubled:
        raise ImportFileRefused(_("表头“%(header)s”出现了两次，请只留一列。") % {"header": doubled})
    return headers
