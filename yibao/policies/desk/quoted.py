"""The figures that a quoted sentence states, to be held against those of the row beside it.

Reads what notices write: `80%`, `60-70%`, `百分之八十五`, `5个百分点`, `1.2倍`, `800元`, `8万`,
`600至2000元`. What only says by how much something changes ("提高5个百分点") states a
difference: a figure that was worked out with it need not stand in the sentence.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal

from django.utils.translation import gettext as _

from yibao.core.templatetags.figures import percent, yuan
from yibao.rules.policy import Provision

_SIGNS = "〇零一二两三四五六七八九"  # not shown
_DIGITS = dict(zip(_SIGNS, (0, 0, 1, 2, 2, *range(3, 10)), strict=True))
_TENS = {"十": 10, "百": 100, "千": 1_000}  # not shown
_UNITS = {"": 1, "百": 100, "千": 1_000, "万": 10_000}  # not shown
_WHOLE_BP = 10_000
_CENT = 1
"""The next fen above a limit: "over 30,000 yuan" is kept as from 30,000.01."""

_NUMBER = r"(?:\d+(?:[,，]\d{3})*(?:\.\d+)?|[零〇一二两三四五六七八九十百千]+)"  # not shown
_TO = r"[%％万千百]?元?\s*[-—~～至到]\s*"  # not shown
_RANGE = rf"(?P<first>{_NUMBER})(?:{_TO}(?P<last>{_NUMBER}))?"
_SHARE = re.compile(
    rf"百分之(?P<hundredths>{_NUMBER})"  # not shown
    rf"|(?P<times>{_NUMBER})\s*倍"  # not shown
    rf"|{_RANGE}\s*(?:[%％]|个百分点)"  # not shown
)
_SUM = re.compile(rf"{_RANGE}\s*(?P<unit>[万千百]?)\s*(?:元|(?<=万))")  # not shown
_CHANGE = re.compile(
    r"(?:提高|降低|上浮|下浮|上调|下调|下降|增加|减少|递减|递增)[^，。；\d]{0,4}$"  # not shown
)


@dataclass(frozen=True, slots=True)
class Stated:
    """Figures of one kind in a sentence: basis points, or fen.

    `outright` are stated for themselves, `changes` are differences.
    """

    outright: frozenset[int]
    changes: frozenset[int]

    @property
    def all(self) -> frozenset[int]:
        return self.outright | self.changes


def shares_in(text: str) -> Stated:
    """Return the shares and multiples that a sentence states, in basis points.

    >>> sorted(shares_in("三级85%，退休人员提高5个百分点").outright)
    [8500]
    """
    return _stated(text, _SHARE, _share)


def sums_in(text: str) -> Stated:
    """Return the amounts that a sentence states, in fen.

    >>> sorted(sums_in("起付线800元，年度限额600至2000元，封顶8万").outright)
    [60000, 80000, 200000, 8000000]
    """
    return _stated(text, _SUM, _sum)


def unfounded(row: Provision) -> Iterator[tuple[str, str]]:
    """Yield each figure of a row that its quote contradicts, and what the quote states instead.

    A sentence without figures of that kind contradicts nothing. What a sentence leaves to
    the insured ("个人负担20%") founds the share that is paid, and its figures found their
    sums and differences.
    """
    shares, sums = shares_in(row.citation.quote), sums_in(row.citation.quote)
    founded_shares, founded_sums = _founded_shares(shares.all), _founded_sums(sums.all)
    for column in fields(row):
        value = getattr(row, column.name)
        if not value:
            continue
        if column.name.endswith("_bp") and shares.outright and value not in founded_shares:
            yield percent(value), _listed(percent(one) for one in sorted(shares.all))
        if column.name.endswith("_fen") and sums.outright and value not in founded_sums:
            yield _money(value), _listed(_money(one) for one in sorted(sums.all))


def _money(fen: int) -> str:
    return _("%(yuan)s 元") % {"yuan": yuan(fen)}


def _listed(figures: Iterable[str]) -> str:
    return _("、").join(figures)


def _founded_sums(stated: frozenset[int]) -> set[int]:
    return {*stated, *(one + _CENT for one in stated)}


def _founded_shares(stated: frozenset[int]) -> set[int]:
    return {
        *stated,
        *(_WHOLE_BP - one for one in stated),
        *(_WHOLE_BP + one for one in stated),
        *(one + other for one in stated for other in stated),
        *(one - other for one in stated for other in stated),
    }


def _stated(
    text: str, pattern: re.Pattern[str], read: Callable[[re.Match[str]], Iterator[int]]
) -> Stated:
    outright: set[int] = set()
    changes: set[int] = set()
    for match in pattern.finditer(text):
        is_change = _CHANGE.search(text, 0, match.start()) is not None
        (changes if is_change else outright).update(read(match))
    return Stated(frozenset(outright), frozenset(changes))


def _share(match: re.Match[str]) -> Iterator[int]:
    if match["times"]:
        yield int(_value(match["times"]) * _WHOLE_BP)
        return
    for name in ("hundredths", "first", "last"):
        if match[name]:
            yield int(_value(match[name]) * 100)


def _sum(match: re.Match[str]) -> Iterator[int]:
    for name in ("first", "last"):
        if match[name]:
            yield int(_value(match[name]) * _UNITS[match["unit"]] * 100)


def _value(number: str) -> Decimal:
    """Read a number in digits, or in Chinese up to the thousands.

    >>> _value("1,200.5"), _value("一千二百"), _value("十五"), _value("八十")
    (Decimal('1200.5'), Decimal('1200'), Decimal('15'), Decimal('80'))
    """
    if number[0].isascii():
        return Decimal(re.sub("[,，]", "", number))
    total = digit = 0
    for sign in number:
        if sign in _TENS:
            total += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return Decimal(total + digit)
