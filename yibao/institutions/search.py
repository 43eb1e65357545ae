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

from yibao.institutions import indexing, matching, sql
from yibao.institutions.matching import Group
from yibao.institutions.models import Service
from yibao.institutions.sql import Found
from yibao.institutions.strata import Arm, Asked, Stratum
from yibao.regions import queries as regions
from yibao.rules.terms import Level

__all__ = ["PAGE_SIZE", "BadCursor", "Found", "Page", "Wanted", "search"]

PAGE_SIZE = 10
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

    `matches` counts the rows up to the end of this page; `has_more_matches` where others
    follow. Nothing counts them all: that would cost more than the page.
    """

    rows: tuple[Found, ...]
    matches: int
    has_more_matches: bool
    next_cursor: str


def search(wanted: Wanted, cursor: str = "") -> Page:
    """Return one page of results in two statements. Raises BadCursor."""
    text = matching.read(wanted.text) if wanted.text else None
    if wanted.text and text is None:
        return Page((), 0, has_more_matches=False, next_cursor="")
    strata = tuple(_strata(wanted, text))
    start, after, before = _read_cursor(cursor, wanted, len(strata)) if cursor else (0, -1, 0)
    arms = [
        Arm(number=number, stratum=strata[number], after=after if number == start else -1)
        for number in range(start, len(strata))
    ]
    asked = Asked(on=wanted.on, service=wanted.service or "", disease=wanted.disease)
    rows, has_more = sql.page(arms, asked, PAGE_SIZE)
    matches = before + len(rows)
    next_cursor = _cursor(wanted, rows[-1], matches) if has_more else ""
    return Page(rows, matches, has_more, next_cursor)


def _strata(wanted: Wanted, text: matching.Text | None) -> Iterator[Stratum]:
    near = tuple(_nearness(wanted, _base(wanted)))
    before: Group = ()
    for groups in text.ways if text else [()]:
        for is_open in (True, False) if wanted.service else (None,):
            for stratum in near:
                yield replace(stratum, groups=groups, besides=before, is_open=is_open)
        # What fits better fits this way too: only the way before is left out. It is one group,
        # for nothing follows the terms that are looked for apart.
        before = groups[0] if groups else ()


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


def _fingerprint(wanted: Wanted) -> str:
    return sha256(repr(wanted).encode()).hexdigest()[:12]


def _cursor(wanted: Wanted, last: Found, matches: int) -> str:
    place = [_fingerprint(wanted), last.stratum, last.position, matches]
    return signing.dumps(place, salt=_SALT)


def _read_cursor(cursor: str, wanted: Wanted, strata: int) -> tuple[int, int, int]:
    """Return the stratum and the position after which to go on, and how many rows came before."""
    try:
        fingerprint, stratum, position, matches = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise BadCursor from error
    if fingerprint != _fingerprint(wanted) or not 0 <= stratum < strata:
        raise BadCursor
    return stratum, position, matches
