"""A small kit for printed papers: A4, an embedded Chinese font, and the parts official forms have.

Positions and sizes are millimetres from the upper left corner, sizes of type points. The same
input gives the same bytes: nothing is taken from the clock, from chance or from the machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final, Literal

import segno
from django.utils.translation import gettext as _

from yibao.cases.printing.glyphs import SANS, SERIF, font_path, printable
from yibao.cases.printing.lines import broken
from yibao.core.language import CHINESE, speaking

type Align = Literal["left", "right", "center"]

PAGE_WIDTH: Final = 210.0
PAGE_HEIGHT: Final = 297.0
MARGIN: Final = 22.0
TOP: Final = 18.0
BOTTOM: Final = PAGE_HEIGHT - 20.0
WIDTH: Final = PAGE_WIDTH - 2 * MARGIN

_POINT: Final = 0.352_778
_BODY: Final = 11.0
_SMALL: Final = 9.0
_LEADING: Final = 1.5
_PAD: Final = 1.8
_QR_SIDE: Final = 24.0
_FILL_STROKE: Final = 2  # type drawn with its outline: heavier, as titles are (ISO 32000-1, 9.3.6)
# How far a line of type reaches below its top, as a part of its size: where its foot stands.
_ASCENT: Final = 0.86
_NOON: Final = time(12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Where a paper comes from: its case, its day, its site.

    `reference` and `status_address` are public: they hold nothing about the person.
    `operator` is the bureau that runs the site; "" marks every page as a demonstration.
    """

    reference: str
    status_address: str
    made_on: date
    operator: str


class Document:
    """One paper, written from top to bottom; `to_bytes` ends it."""

    def __init__(self, title: str, issue: Issue, *, subtitle: str = "") -> None:
        self.issue = issue
        self._missing: dict[str, None] = {}
        from fpdf import FPDF  # half a second of loading that only who prints waits for

        self._pdf = FPDF(format="A4")
        self._pdf.set_auto_page_break(auto=False)
        self._pdf.set_creation_date(datetime.combine(issue.made_on, _NOON))
        self._pdf.set_title(f"{title} {issue.reference}")
        self._pdf.set_lang("zh-Hans")
        self._pdf.set_producer("yibao")
        for family in (SERIF, SANS):
            self._pdf.add_font(family, fname=font_path(family))
        self._y = TOP
        self._add_page()
        self._head(title, subtitle)

    # --- parts ---------------------------------------------------------------------------------

    def section(self, title: str) -> None:
        """Begin a part; the caller numbers it (一、二、三)."""
        self._need(22)
        self._y += 3
        self._line(title, x=MARGIN, size=13, family=SANS)
        self._y += 1.5

    def paragraph(self, text: str, *, size: float = _BODY, indent: bool = True) -> None:
        """Write running text; the first line is set in by two signs."""
        self._write(f"\u3000\u3000{text}" if indent else text, size=size)
        self._y += 1.5

    def items(self, texts: Sequence[str]) -> None:
        """Write numbered lines."""
        for number, text in enumerate(texts, start=1):
            mark = f"{number}. "
            self._font(SERIF, _BODY)
            inset = self._pdf.get_string_width("00. ")
            lines = self._broken(text, WIDTH - inset)
            for place, line in enumerate(lines):
                self._need(_height(_BODY))
                if place == 0:
                    self._font(SERIF, _BODY)
                    self._text(MARGIN, self._y, mark)
                self._text(MARGIN + inset, self._y, line)
                self._y += _height(_BODY)
        self._y += 1.5

    def pairs(self, rows: Sequence[tuple[str, str]], *, columns: Literal[1, 2] = 2) -> None:
        """Draw names and values in a ruled table, one or two pairs a line."""
        label, value = (30.0, WIDTH / 2 - 30) if columns == 2 else (42.0, WIDTH - 42)
        for start in range(0, len(rows), columns):
            cells: list[_Cell] = []
            for name, text in rows[start : start + columns]:
                cells += [_Cell(name, label, SANS), _Cell(text, value, SERIF)]
            if len(cells) == 2 and columns == 2:
                cells[1] = _Cell(cells[1].text, WIDTH - label, SERIF)
            self._row(cells)
        self._y += 2

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        widths: Sequence[float],
        aligns: Sequence[Align],
        total: Sequence[str] = (),
    ) -> None:
        """Draw a ruled table; its head stands on every page that it reaches.

        `widths` are parts of the whole width. `total` is a last line, in the other type.
        """
        sizes = [part * WIDTH / sum(widths) for part in widths]
        head = [_Cell(text, size, SANS, "center") for text, size in zip(heads, sizes, strict=True)]
        self._row(head, keep=14)
        for row in rows:
            cells = [
                _Cell(text, size, SERIF, align)
                for text, size, align in zip(row, sizes, aligns, strict=True)
            ]
            self._row(cells, head=head)
        if total:
            cells = [
                _Cell(text, size, SANS, align)
                for text, size, align in zip(total, sizes, aligns, strict=True)
            ]
            self._row(cells, head=head)
        self._y += 2

    def emphasis(self, label: str, text: str) -> None:
        """Put the one thing that matters most into a box of its own, in large type."""
        self._need(22)
        self._pdf.set_line_width(0.5)
        self._pdf.rect(MARGIN, self._y, WIDTH, 17)
        self._font(SANS, _BODY)
        self._text(MARGIN + 4, self._y + 6, label)
        self._font(SANS, 18)
        shown = self._shown(text)
        self._text(MARGIN + WIDTH - 4 - self._pdf.get_string_width(shown), self._y + 4, shown)
        self._y += 21

    def blank_box(self, label: str, height: float, foot: str) -> None:
        """Draw an empty field for what the bureau writes by hand, with its last line."""
        self._need(height + 2)
        self._pdf.set_line_width(0.25)
        self._pdf.rect(MARGIN, self._y, WIDTH, height)
        self._font(SANS, _BODY)
        self._text(MARGIN + _PAD, self._y + _PAD, self._shown(label))
        self._font(SERIF, _BODY)
        shown = self._shown(foot)
        x = MARGIN + WIDTH - 4 - self._pdf.get_string_width(shown)
        self._text(x, self._y + height - _height(_BODY) - 1, shown)
        self._y += height + 4

    def signature(self, label: str, name: str, day: str) -> None:
        """Write a line to sign on, with the typed name above it where there is one, and the day."""
        self._need(22)
        self._y += 6
        self._font(SERIF, _BODY)
        foot = self._y + _height(_BODY) - 0.8
        x = MARGIN + WIDTH / 2 - 8
        shown = self._shown(label)
        self._text(x, self._y, shown)
        start = x + self._pdf.get_string_width(shown) + 2
        if name:
            self._text(start + 3, self._y, self._shown(name))
        self._pdf.set_line_width(0.25)
        self._pdf.line(start, foot, MARGIN + WIDTH, foot)
        self._y += 10
        self._text(x, self._y, self._shown(day))
        self._y += _height(_BODY) + 2

    def gap(self, height: float) -> None:
        """Leave some room."""
        self._y += height

    # --- the end -------------------------------------------------------------------------------

    def to_bytes(self) -> bytes:
        """Return the finished PDF."""
        if self._missing:
            self._write(
                _("注：字库缺少下列编码的字：%(codes)s。请在方括号处手写补全，以证件上的字为准。")
                % {"codes": "、".join(self._missing)},
                size=_SMALL,
            )
        pages = self._pdf.pages_count
        for page in range(1, pages + 1):
            self._pdf.page = page
            self._foot(page, pages)
        return bytes(self._pdf.output())

    # --- the frame of a page -------------------------------------------------------------------

    def _add_page(self) -> None:
        self._pdf.add_page()
        self._y = TOP
        if not self.issue.operator:
            self._watermark()

    def _watermark(self) -> None:
        pdf = self._pdf
        self._font(SANS, 64)
        pdf.set_text_color(232)
        with pdf.rotation(38, PAGE_WIDTH / 2, PAGE_HEIGHT / 2):
            text = _("演示 不作凭证")
            width = pdf.get_string_width(text)
            pdf.text((PAGE_WIDTH - width) / 2, PAGE_HEIGHT / 2, text)
        pdf.set_text_color(0)

    def _head(self, title: str, subtitle: str) -> None:
        """Write the title, the number and the code that leads to the case's status."""
        right = PAGE_WIDTH - MARGIN - _QR_SIDE
        self._qr(right, TOP - 6)
        self._font(SERIF, _SMALL)
        self._text(MARGIN, TOP - 6, _("编号：%(number)s") % {"number": self.issue.reference})
        caption = _("扫码查进度")
        x = right + (_QR_SIDE - self._pdf.get_string_width(caption)) / 2
        self._text(x, TOP - 6 + _QR_SIDE - 1, caption)
        self._y = TOP + 4
        self._font(SERIF, 20)
        shown = self._shown(title)
        room = WIDTH - 2 * (_QR_SIDE - 4)
        for line in broken(shown, room, self._pdf.get_string_width):
            x = MARGIN + (WIDTH - self._pdf.get_string_width(line)) / 2
            with self._pdf.local_context(text_mode=_FILL_STROKE, line_width=0.25):
                self._font(SERIF, 20)
                self._text(x, self._y, line)
            self._y += _height(20) * 0.9
        if subtitle:
            self._font(SERIF, _BODY)
            shown = self._shown(subtitle)
            x = MARGIN + (WIDTH - self._pdf.get_string_width(shown)) / 2
            self._text(x, self._y, shown)
            self._y += _height(_BODY)
        self._y = max(self._y + 3, TOP + _QR_SIDE - 1)
        if not self.issue.operator:
            self._write(
                _("演示网站打印，没有主办单位，不能作为备案、报销或付款的凭证。"), size=_SMALL
            )
            self._y += 2

    def _foot(self, page: int, pages: int) -> None:
        self._pdf.set_line_width(0.2)
        y = BOTTOM + 6
        self._pdf.line(MARGIN, y, MARGIN + WIDTH, y)
        self._font(SANS, _SMALL)  # a change of font, so that this page names it too
        self._font(SERIF, _SMALL)
        about = self.issue.operator or _("演示网站")
        left = _("编号 %(number)s　%(day)s 打印　%(operator)s") % {
            "number": self.issue.reference,
            "day": day_words(self.issue.made_on),
            "operator": about,
        }
        self._text(MARGIN, y + 1.5, self._shown(left))
        right = _("第 %(page)d 页，共 %(pages)d 页") % {"page": page, "pages": pages}
        x = MARGIN + WIDTH - self._pdf.get_string_width(right)
        self._text(x, y + 1.5, right)

    def _qr(self, x: float, y: float) -> None:
        """Draw the status address as a code of black squares, four of them free all around."""
        code = segno.make(self.issue.status_address, error="m", micro=False)
        rows = [bytes(row) for row in code.matrix_iter(border=4)]
        side = _QR_SIDE / len(rows)
        self._pdf.set_fill_color(0)
        for line, row in enumerate(rows):
            start = None
            for place, dark in enumerate((*row, 0)):
                if dark and start is None:
                    start = place
                elif not dark and start is not None:
                    self._pdf.rect(
                        x + start * side, y + line * side, (place - start) * side, side, style="F"
                    )
                    start = None

    # --- lines and cells -----------------------------------------------------------------------

    def _write(self, text: str, *, size: float) -> None:
        self._font(SERIF, size)
        for line in self._broken(text, WIDTH):
            self._need(_height(size))
            self._font(SERIF, size)
            self._text(MARGIN, self._y, line)
            self._y += _height(size)

    def _line(self, text: str, *, x: float, size: float, family: str) -> None:
        self._font(family, size)
        self._text(x, self._y, self._shown(text))
        self._y += _height(size)

    def _row(
        self, cells: Sequence["_Cell"], *, keep: float = 0, head: Sequence["_Cell"] = ()
    ) -> None:
        """Draw one line of a table; where it does not fit, on the next page below the head."""
        laid = []
        for cell in cells:
            self._font(cell.family, _BODY)
            laid.append(self._broken(cell.text, cell.width - 2 * _PAD))
        line = _height(_BODY) * 0.92
        height = max(len(lines) for lines in laid) * line + 2 * _PAD - 0.6
        if self._y + height + keep > BOTTOM and self._y > TOP:
            self._add_page()
            if head:
                self._row(head)
        self._pdf.set_line_width(0.25)
        x = MARGIN
        for cell, lines in zip(cells, laid, strict=True):
            self._pdf.rect(x, self._y, cell.width, height)
            self._font(cell.family, _BODY)
            top = self._y + (height - len(lines) * line) / 2
            for place, text in enumerate(lines):
                free = cell.width - 2 * _PAD - self._pdf.get_string_width(text)
                inset = {"left": 0.0, "right": free, "center": free / 2}[cell.align]
                self._text(x + _PAD + inset, top + place * line, text)
            x += cell.width
        self._y += height

    def _broken(self, text: str, width: float) -> list[str]:
        return broken(self._shown(text), width, self._pdf.get_string_width)

    def _shown(self, text: str) -> str:
        shown, missing = printable(text)
        self._missing.update(dict.fromkeys(missing))
        return shown

    def _text(self, x: float, top: float, text: str) -> None:
        """Put signs on the page with their upper edge at `top`."""
        if text:
            self._pdf.text(x, top + self._pdf.font_size_pt * _POINT * _ASCENT + 0.8, text)

    def _font(self, family: str, size: float) -> None:
        self._pdf.set_font(family, size=size)

    def _need(self, height: float) -> None:
        if self._y + height > BOTTOM:
            self._add_page()


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    width: float
    family: str
    align: Align = "left"


def _height(size: float) -> float:
    """Return the height of a line of type, in millimetres."""
    return size * _POINT * _LEADING


def day_words(day: date | None) -> str:
    """Return a day as papers write it, and room to write one where there is none."""
    if day is None:
        return _("　　　年　　月　　日")
    return _("%(year)d年%(month)d月%(day)d日") % {
        "year": day.year,
        "month": day.month,
        "day": day.day,
    }


def in_chinese() -> Any:
    """Official papers are in Chinese, whatever language their reader reads the site in."""
    return speaking(CHINESE)
