# ruff: noqa: S608
"""The finder's page on PostgreSQL: the function `institutions_walk` (migration 0006) reads
one stratum in rank order off a GIN index.

A GIN index has no order. What few institutions hold is fetched and sorted; a longer list is
read block by block, best blocks first, until the page is full. How large a block may be
follows from counts of common tokens in each tier of the order; they decide how a list
is read, never what is found.

Everything that was typed is a parameter, which is why S608 is off in this file.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db import connection

from yibao.core.stamps import Stamped
from yibao.institutions.indexing import TIERS
from yibao.institutions.matching import Branch, Group, Tokens
from yibao.institutions.strata import Arm, Asked, Statement, Stratum
from yibao.regions.queries import NATION

STAMP = "institutions.tokens"
MOST_AT_ONCE = 60
_EVERY_ROW = f"r:{NATION}"
# Rows that hold a token, by tier.
type Counts = Mapping[int, int]
type Common = Mapping[str, Counts]
# About how many blocks a tier has: provinces, cities. Beyond that it is read by counties.
_BLOCKS = ((2, 31), (1, 340))
_COUNTY, _AT_ONCE = 0, 3
_FIELD = "[^ ]*"
# What stands before a field in the text that `institutions_walk` puts together.
_BEFORE = {"name_key": "", "initials": f"{_FIELD} ", "pinyin": f"{_FIELD} {_FIELD} "}


def page(arms: Sequence[Arm], asked: Asked, columns: Sequence[str], limit: int) -> Statement:
    """Return the statement of a page: stratum, position and columns, best first."""
    common = COMMON.get()
    parts: list[str] = []
    values: list[object] = []
    read = ", ".join(f"i.{column}" for column in columns)
    for arm in arms:
        parts.append(
            f"SELECT {int(arm.number)} AS stratum, position "
            "FROM institutions_walk(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
            " AS position"
        )
        values += _arguments(arm, asked, common, limit)
    statement = (
        f"WITH page AS MATERIALIZED ({' UNION ALL '.join(parts)} LIMIT {int(limit)}) "
        f"SELECT page.stratum, page.position, {read} FROM page "
        "CROSS JOIN LATERAL (SELECT * FROM institutions_institution held "
        "WHERE held.position = page.position OFFSET 0) AS i ORDER BY 1, 2"
    )
    return statement, values


def _arguments(arm: Arm, asked: Asked, common: Common, limit: int) -> list[object]:
    stratum = arm.stratum
    names, fits = _checks([group for group in stratum.groups if not _is_settled(group)])
    other_names, unfits = _checks([stratum.besides]) if stratum.besides else ([], [])
    groups = (*stratum.groups, stratum.besides)
    has_places = any(branch.places for group in groups for branch in group)
    return [
        _query(stratum), names, other_names, fits, unfits, has_places, asked.on,
        stratum.is_open, asked.service, asked.disease, stratum.is_across, arm.after, limit,
        *_plan(stratum, common),
    ]  # fmt: skip


# --- what is found --------------------------------------------------------------------------


def _query(stratum: Stratum) -> str:
    """Return the tokens as a tsquery, `~` for the tier. They hold letters, digits, `|`, `:`."""

    def any_of(tokens: Tokens) -> str:
        return " | ".join(f"'~:{token}'" for token in tokens)

    def branch_of(branch: Branch) -> str:
        return "(" + " & ".join(f"({any_of(tokens)})" for tokens in branch.tokens) + ")"

    parts = [any_of((token,)) for token in stratum.all_tokens]
    parts += [" | ".join(map(branch_of, group)) for group in stratum.groups]
    found = " & ".join(f"({part})" for part in parts or [any_of((_EVERY_ROW,))])
    return f"{found} & !{any_of((stratum.without,))}" if stratum.without else found


def _checks(groups: Sequence[Group]) -> tuple[list[str], list[str]]:
    """Return what names are like, and the patterns of groups that say more than that."""
    return (
        [f"%{group[0].text}%" for group in groups if _is_plain(group)],
        [_pattern(group) for group in groups if not _is_plain(group)],
    )


def _is_settled(group: Group) -> bool:
    """Whether the tokens say it all: a sign or a pair of signs."""
    return _is_plain(group) and group[0].tokens == ((group[0].text,),)


def _is_plain(group: Group) -> bool:
    return len(group) == 1 and group[0].column == "name_key" and not group[0].places


def _pattern(group: Group) -> str:
    """Return the regular expression of the rows that a group holds."""
    return "^(?:" + "|".join(map(_pattern_of, group)) + ")"


def _pattern_of(branch: Branch) -> str:
    text = branch.text.replace("|", "[|]")
    found = f"{_BEFORE[branch.column]}{_FIELD}{text}" if branch.column else ""
    return f"{found}.* (?:{'|'.join(branch.places)}) " if branch.places else found


# --- how it is read -------------------------------------------------------------------------


def _plan(stratum: Stratum, common: Common) -> tuple[list[int], list[int]]:
    """Return the tiers with which stretches begin, the last end, and the size of the first block.

    A stretch of tiers that hold little is read at once, every other tier by blocks.
    """
    counts = _bound(stratum, common)
    begins: list[int] = []
    sizes: list[int] = []
    for tier in range(TIERS):
        size = _size(counts.get(tier, 0))
        if not sizes or (size, sizes[-1]) != (_AT_ONCE, _AT_ONCE):
            begins.append(tier)
            sizes.append(size)
    return [*begins, TIERS], sizes


def _size(rows: int) -> int:
    if rows <= MOST_AT_ONCE:
        return _AT_ONCE
    return next((size for size, blocks in _BLOCKS if rows <= blocks * MOST_AT_ONCE), _COUNTY)


def _bound(stratum: Stratum, common: Common) -> Counts:
    """Return how many rows of each tier hold what all rows of a stratum hold, at most."""
    bounds = [common.get(token, {}) for token in stratum.all_tokens]
    bounds += [_sum([_of_branch(branch, common) for branch in group]) for group in stratum.groups]
    return _least(bounds or [common.get(_EVERY_ROW, {})])


def _of_branch(branch: Branch, common: Common) -> Counts:
    return _least([_sum([common.get(token, {}) for token in any_of]) for any_of in branch.tokens])


def _sum(counts: Sequence[Counts]) -> Counts:
    if len(counts) == 1:
        return counts[0]
    found: Counter[int] = Counter()
    for some in counts:
        found.update(some)
    return found


def _least(counts: Sequence[Counts]) -> Counts:
    first, *others = sorted(counts, key=len)
    return {tier: min([rows, *(o.get(tier, 0) for o in others)]) for tier, rows in first.items()}


def _read_common() -> Common:
    found: dict[str, dict[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT token, tier, rows FROM institutions_commontoken")
        for token, tier, rows in cursor.fetchall():
            found.setdefault(token, {})[tier] = rows
    return found


COMMON: Stamped[Common] = Stamped(STAMP, _read_common)
