"""What looks wrong with a draft as a whole: rows against each other, against what they
replace, against what is inherited, and against other regions.

Single rows are judged by `policies.checks`, which also refuses them. Findings here warn:
a region may mean what it says, and the checker decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.policies.conflicts import ConflictKind, find_conflicts
from yibao.policies.desk.quoted import unfounded
from yibao.policies.keys import SELECTORS, STRETCHES, SettledKey, settled_keys
from yibao.policies.presentation import describe
from yibao.policies.statements import Statement, statements_of
from yibao.rules.policy import Deductible, PaymentBand, PaymentCap, Provision
from yibao.rules.terms import CapPeriod, CareType, Kind, Level, Standing

_RANK = {Level.PRIMARY: 0, Level.SECONDARY: 1, Level.TERTIARY: 2}
_JUMP_BP = 2_000
_JUMP_TIMES = 2
_SMALL_DEDUCTIBLE_FEN = 50_00
_SMALL_CAP_FEN = 1_000_00
_BLOCK = 3
"""So many equal rows of one table are a copy and no coincidence."""


class FindingKind(StrEnum):
    OVERLAP = "overlap"
    GAP = "gap"
    LEVELS = "levels"
    BANDS = "bands"
    JUMP = "jump"
    COPY = "copy"
    QUOTE = "quote"
    FIGURE = "figure"
    UNIT = "unit"
    CONFLICT = "conflict"
    CAP = "cap"
    SAME = "same"

    @property
    def words(self) -> Promise:
        return _WORDS[self]


_WORDS = {
    FindingKind.OVERLAP: gettext_lazy("重叠"),
    FindingKind.GAP: gettext_lazy("有空缺"),
    FindingKind.LEVELS: gettext_lazy("级别倒挂"),
    FindingKind.BANDS: gettext_lazy("分段倒挂"),
    FindingKind.JUMP: gettext_lazy("变化太大"),
    FindingKind.COPY: gettext_lazy("与别处雷同"),
    FindingKind.QUOTE: gettext_lazy("没有原句"),
    FindingKind.FIGURE: gettext_lazy("与原句不符"),
    FindingKind.UNIT: gettext_lazy("单位可疑"),
    FindingKind.CONFLICT: gettext_lazy("与其他规定不一致"),
    FindingKind.CAP: gettext_lazy("封顶线低于起付线"),
    FindingKind.SAME: gettext_lazy("没有改动"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at; `row_id` is the draft's row it is about, "" for none."""

    kind: FindingKind
    text: str
    row_id: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a draft is judged by.

    `after` is what its region would have in force on the draft's first day, the draft
    included; `before` what the draft ends or takes back; `inherited` by region code what
    stands above, nearest first; `elsewhere` by name of region what others have in force.
    """

    draft: Sequence[Provision]
    after: Sequence[Provision]
    before: Sequence[Provision]
    inherited: Mapping[str, Sequence[Provision]]
    elsewhere: Mapping[str, Sequence[Provision]]


def findings_of(ground: Ground) -> tuple[Finding, ...]:
    """Return everything that looks wrong, each thing once."""
    checks: tuple[Callable[[Ground], Iterator[Finding]], ...] = (
        _overlaps,
        _gaps,
        _levels,
        _bands,
        _jumps,
        _copies,
        _quotes,
        _figures,
        _units,
        _conflicts,
        _caps,
    )
    return tuple(dict.fromkeys(finding for check in checks for finding in check(ground)))


def _overlaps(ground: Ground) -> Iterator[Finding]:
    settled: dict[str, list[tuple[SettledKey, Provision]]] = defaultdict(list)
    for row in ground.draft:
        for key in settled_keys(
            row.region_code, row.insurance, row.table, row.standing, row.kind, _values(row)
        ):
            for other_key, other in settled[key.path]:
                if key.overlaps(other_key) and row.period.overlaps(other.period):
                    yield Finding(
                        FindingKind.OVERLAP,
                        _("“%(one)s”和“%(other)s”说的是同一情形。")
                        % {"one": _say(row), "other": _say(other)},
                        row.id,
                    )
            settled[key.path].append((key, row))


def _gaps(ground: Ground) -> Iterator[Finding]:
    """Money that no band of a key covers, and keys that end with nothing in their place."""
    for rows in _by_key(ground.after, but=STRETCHES["payment_band"]).values():
        bands = sorted(rows, key=lambda row: row.from_fen or 0)
        for low, high in pairwise(bands):
            if low.to_fen is not None and (high.from_fen or 0) > low.to_fen:
                yield Finding(
                    FindingKind.GAP,
                    _("“%(low)s”和“%(high)s”之间有一段没有规定。")
                    % {"low": _say(low), "high": _say(high)},
                    high.id,
                )
    said = {statement.path for statement in statements_of(ground.after)}
    for statement in statements_of(ground.before):
        if statement.path not in said:
            yield Finding(
                FindingKind.GAP,
                _("“%(row)s”终止以后，没有新的规定接上。") % {"row": _say(statement.provision)},
            )


def _levels(ground: Ground) -> Iterator[Finding]:
    """A higher hospital that is paid a larger share, or has a lower deductible."""
    for rows in _by_key(ground.after, but=("level",)).values():
        yield from _inverted(rows, "ratio_bp", rises=False)
    for rows in _by_key(ground.after, but=("level",), table=Deductible).values():
        yield from _inverted(rows, "amount_fen", rises=True)


def _inverted(rows: Sequence[Any], name: str, *, rises: bool) -> Iterator[Finding]:
    ranked = sorted(
        (row for row in rows if row.level in _RANK and getattr(row, name) is not None),
        key=lambda row: _RANK[row.level],
    )
    for lower, higher in pairwise(ranked):
        low, high = getattr(lower, name), getattr(higher, name)
        if (high < low) if rises else (high > low):
            yield Finding(
                FindingKind.LEVELS,
                _("级别高低倒挂：“%(one)s”，而“%(other)s”。")
                % {"one": _say(lower), "other": _say(higher)},
                higher.id,
            )


def _bands(ground: Ground) -> Iterator[Finding]:
    """A band of higher costs that is paid a smaller share."""
    for rows in _by_key(ground.after, but=STRETCHES["payment_band"]).values():
        bands = sorted(rows, key=lambda row: row.from_fen or 0)
        for low, high in pairwise(bands):
            if high.ratio_bp < low.ratio_bp:
                yield Finding(
                    FindingKind.BANDS,
                    _("费用越高比例反而越低：“%(low)s”，而“%(high)s”。")
                    % {"low": _say(low), "high": _say(high)},
                    high.id,
                )


def _jumps(ground: Ground) -> Iterator[Finding]:
    before = {statement.path: statement for statement in statements_of(ground.before)}
    for new in statements_of(ground.draft):
        old = before.get(new.path)
        if old is None:
            continue
        if old.reading.text == new.reading.text and _basis(old) == _basis(new):
            yield Finding(
                FindingKind.SAME,
                _("“%(row)s”与现行规定完全相同，可以恢复原样。") % {"row": _say(new.provision)},
                new.provision.id,
            )
        if any(_is_jump(name, old.values[name], value) for name, value in new.values.items()):
            yield Finding(
                FindingKind.JUMP,
                _("原来“%(old)s”，现在“%(new)s”：变化很大，请核对。")
                % {"old": old.reading.text, "new": new.reading.text},
                new.provision.id,
            )


def _is_jump(name: str, old: Any, new: Any) -> bool:
    if not isinstance(old, int) or not isinstance(new, int) or isinstance(new, bool):
        return False
    if name.endswith("_bp"):
        return abs(new - old) >= _JUMP_BP
    if name.endswith(("_fen", "_months", "_days")):
        low, high = sorted((old, new))
        return low > 0 and high >= low * _JUMP_TIMES
    return False


def _copies(ground: Ground) -> Iterator[Finding]:
    """Three rows or more of one table, word for word those of another region."""
    tables: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
    for row in ground.draft:
        tables[row.table].add(_content(row))
    for table, own in tables.items():
        if len(own) < _BLOCK:
            continue
        for name, rows in ground.elsewhere.items():
            if own <= {_content(row) for row in rows if row.table == table}:
                title = next(describe(row).table_label for row in rows if row.table == table)
                yield Finding(
                    FindingKind.COPY,
                    _(
                        "“%(table)s”的 %(count)d 行与%(name)s完全相同。"
                        "若是上级统一规定，应写在上级，由本地沿用。"
                    )
                    % {"table": title, "count": len(own), "name": name},
                )


def _quotes(ground: Ground) -> Iterator[Finding]:
    for row in ground.draft:
        if row.standing is Standing.OFFICIAL and not row.citation.quote:
            yield Finding(
                FindingKind.QUOTE,
                _("“%(row)s”注明官方原文，却没有摘录原句。") % {"row": _say(row)},
                row.id,
            )


def _figures(ground: Ground) -> Iterator[Finding]:
    for row in ground.draft:
        for figure, stated in unfounded(row):
            yield Finding(
                FindingKind.FIGURE,
                _(
                    "“%(row)s”：原句里没有 %(figure)s，写的是 %(stated)s。"
                    "抄错了请改；是换算出来的，请在备注里写明怎么算。"
                )
                % {"row": _say(row), "figure": figure, "stated": stated},
                row.id,
            )


def _units(ground: Ground) -> Iterator[Finding]:
    """Amounts so small that hundreds or ten thousands were probably left out."""
    for row in ground.draft:
        small = (
            isinstance(row, Deductible)
            and CareType.INPATIENT in row.care_types
            and 0 < (row.amount_fen or 0) < _SMALL_DEDUCTIBLE_FEN
        ) or (
            isinstance(row, PaymentCap)
            and row.counts_per is CapPeriod.YEAR
            and 0 < (row.amount_fen or 0) < _SMALL_CAP_FEN
        )
        if small:
            yield Finding(
                FindingKind.UNIT,
                _("“%(row)s”：金额很小，是不是漏了“万”，或把单位看错？") % {"row": _say(row)},
                row.id,
            )


def _conflicts(ground: Ground) -> Iterator[Finding]:
    if not ground.draft:
        return
    code = ground.draft[0].region_code
    own = {row.id for row in ground.draft}
    by_region = {code: ground.after, **ground.inherited}
    for conflict in find_conflicts(by_region, lambda _code: tuple(ground.inherited)):
        if conflict.region_code != code or conflict.kind not in (
            ConflictKind.VALUES,
            ConflictKind.LOCAL,
        ):
            continue
        rows = [reading.provision.id for reading in conflict.readings]
        mine = next((row_id for row_id in rows if row_id in own), "")
        if mine:
            texts = "；".join(dict.fromkeys(reading.text for reading in conflict.readings))
            yield Finding(
                FindingKind.CONFLICT,
                (_("与上级规定不同：%(texts)s。") if conflict.kind is ConflictKind.LOCAL else
                 _("几处说法不同：%(texts)s。")) % {"texts": texts},
                mine,
            )  # fmt: skip


def _caps(ground: Ground) -> Iterator[Finding]:
    caps = [row for row in ground.after if isinstance(row, PaymentCap) and row.amount_fen]
    starts = [row for row in ground.after if isinstance(row, Deductible) and row.amount_fen]
    for cap in caps:
        for start in starts:
            if (
                _meet(cap.care_types, start.care_types)
                and _meet(cap.groups, start.groups)
                and cap.disease == start.disease
                and (cap.amount_fen or 0) < (start.amount_fen or 0)
            ):
                yield Finding(
                    FindingKind.CAP,
                    _("“%(cap)s”低于“%(start)s”。") % {"cap": _say(cap), "start": _say(start)},
                    cap.id,
                )


# --- helpers ------------------------------------------------------------------------------


def _by_key(
    rows: Iterable[Provision], *, but: Sequence[str], table: type[Provision] = PaymentBand
) -> dict[tuple[Any, ...], list[Any]]:
    """Group the rules of one table by their key without some of its fields."""
    names = [*SELECTORS[table.table], *STRETCHES.get(table.table, ())]
    groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in rows:
        is_rule = row.kind is Kind.RULE and row.standing is not Standing.DISPUTED
        if isinstance(row, table) and is_rule:
            key = tuple(getattr(row, name) for name in names if name not in but)
            groups[(row.insurance, *key)].append(row)
    return groups


def _meet(one: frozenset[Any], other: frozenset[Any]) -> bool:
    return not one or not other or bool(one & other)


def _values(row: Provision) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in fields(row)}


_HEAD = {column.name for column in fields(Provision)}


def _content(row: Provision) -> tuple[Any, ...]:
    return tuple(value for name, value in _values(row).items() if name not in _HEAD)


def _basis(statement: Statement) -> tuple[object, ...]:
    row = statement.provision
    return (row.citation.document_id, row.citation.article, row.citation.quote, row.standing)


def _say(row: Provision) -> str:
    described = describe(row)
    return "，".join([*described.qualifiers, "；".join(line.text for line in described.lines)])
