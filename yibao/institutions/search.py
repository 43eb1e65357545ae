"""The search: one question, one page of institutions, the same on SQLite and PostgreSQL.

Results come in strata, each a list of its own in the order of `position`: first by how
well the name fits, then those whose service is known to be open, then by how near to the
insured region. One statement runs the strata one after the other until the page is full.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from django.core import signing
from django.db import connection

from yibao.institutions import indexing, matching, sql
from yibao.institutions.matching import Groups
from yibao.institutions.models import Service
from yibao.institutions.sql import Found, Stratum
from yibao.regions import queries as regions
from yibao.rules.terms import Level

__all__ = ["MOST_MATCHES", "PAGE_SIZE", "BadCursor", "Found", "Page", "Wanted", "search"]

PAGE_SIZE = 20
MOST_MATCHES = 200
"""Matches are counted up to this number; beyond it a page says 'more than'. Each match costs
a look at its row, and nobody reads ten pages."""
_SALT = "institutions.page"


class BadCursor(ValueError):
    """The page's cursor is not one of ours, or belongs to another search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One question. Regions are codes as `regions.get_region` returns them.

    `text` is what was typed; a text without letters or digits finds nothing. `disease`
    narrows the service `chronic`. `insured` decides what is near and which openings count:
    those across provinces only, unless the institution lies in the insured province.
    """

    on: date
    text: str = ""
    region: str = ""
    level: Level | None = None
    service: Service | None = None
    disease: str = ""
    insured: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page; `next_cursor` is "" on the last one.

    `matches` counts all pages; where `has_more_matches`, there are more than that.
    """

    rows: tuple[Found, ...]
    matches: int
    has_more_matches: bool
    next_cursor: str


def search(wanted: Wanted, cursor: str = "") -> Page:
    """Return one page of results in two statements at most. Raises BadCursor."""
    text = matching.read(wanted.text) if wanted.text else None
    if wanted.text and text is None:
        return Page((), 0, has_more_matches=False, next_cursor="")
    # Only PostgreSQL has to know how long a list is before it reads from it.
    matches = _count(wanted, text) if sql.must_count_first() else None
    is_long = matches is not None and matches > MOST_MATCHES
    strata = tuple(_strata(wanted, text, is_long=is_long))
    start, after = _read_cursor(cursor, wanted, len(strata)) if cursor else (0, -1)
    if matches == 0:
        return Page((), 0, has_more_matches=False, next_cursor="")
    ahead = [(start, strata[start], after)]
    ahead += [(number, strata[number], -1) for number in range(start + 1, len(strata))]
    found = _rows(ahead, wanted)
    shown, is_last = found[:PAGE_SIZE], len(found) <= PAGE_SIZE
    if matches is None:
        matches = len(found) if is_last and not cursor else _count(wanted, text)
    next_cursor = "" if is_last else _cursor(wanted, shown[-1])
    return Page(shown, min(matches, MOST_MATCHES), matches > MOST_MATCHES, next_cursor)


def _strata(wanted: Wanted, text: matching.Text | None, *, is_long: bool) -> Iterator[Stratum]:
    base = _base(wanted)
    before: tuple[Groups, ...] = ()
    ways: list[Groups] = [groups for _closeness, groups in text.ways] if text else [()]
    for groups in ways:
        for is_open in (True, False) if wanted.service else (None,):
            for near in _nearness(wanted, base):
                is_wide = is_long and bool(groups) and not _has_place(near)
                yield replace(near, groups=groups, besides=before, is_open=is_open, is_wide=is_wide)
        before = (*before, groups)


def _has_place(stratum: Stratum) -> bool:
    return any(token.startswith("r:") for token in stratum.tokens)


def _base(wanted: Wanted) -> Stratum:
    tokens = [f"r:{wanted.region}"] if wanted.region else []
    if wanted.level:
        tokens.append(f"l:{wanted.level}")
    service = f"s:{wanted.disease.lower() or wanted.service}" if wanted.service else ""
    return Stratum(tokens=tuple(tokens), service=service)


def _nearness(wanted: Wanted, base: Stratum) -> Iterator[Stratum]:
    """Yield the stratum of the insured pool, of its province, of the rest: what can have rows."""
    if not wanted.insured:
        yield base
        return
    pool, *above = (code for code in regions.chain(wanted.insured) if code != regions.NATION)
    province = above[0] if above else pool
    if wanted.region and wanted.region not in (pool, province):
        inside = province in indexing.region_line(wanted.region)
        yield base if inside else replace(base, is_across=True)
        return
    yield replace(base, tokens=(*base.tokens, f"r:{pool}"))
    if pool != province and wanted.region != pool:
        yield replace(base, tokens=(*base.tokens, f"r:{province}"), without=f"r:{pool}")
    if not wanted.region:
        yield replace(base, without=f"r:{province}", is_across=True)


def _rows(ahead: list[tuple[int, Stratum, int]], wanted: Wanted) -> tuple[Found, ...]:
    statement, values = sql.page(ahead, wanted.on, wanted.service, wanted.disease, PAGE_SIZE + 1)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return sql.read_rows(cursor.fetchall())


def _count(wanted: Wanted, text: matching.Text | None) -> int:
    stratum = replace(_base(wanted), groups=text.any_way if text else ())
    statement, values = sql.count(stratum, wanted.on, MOST_MATCHES + 1)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.fetchone()[0])


def _fingerprint(wanted: Wanted) -> str:
    return sha256(repr(wanted).encode()).hexdigest()[:12]


def _cursor(wanted: Wanted, last: Found) -> str:
    return signing.dumps([_fingerprint(wanted), last.stratum, last.position], salt=_SALT)


def _read_cursor(cursor: str, wanted: Wanted, strata: int) -> tuple[int, int]:
    try:
        fingerprint, stratum, position = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor from error
    if fingerprint != _fingerprint(wanted) or not 0 <= stratum < strata:
        raise BadCursor
    return stratum, position
