"""What a search must find, worked out row by row from the names, without tokens or SQL."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from yibao.institutions.indexing import region_line
from yibao.institutions.models import Institution, ServiceOpening
from yibao.institutions.pinyin import SYLLABLES, syllables
from yibao.institutions.search import Wanted
from yibao.regions import queries as regions

LEVELS = ["tertiary", "secondary", "", "primary", "unrated"]
GRADES = ["special", "a", "b", "c", ""]
HOSPITALS = ("general", "tcm", "specialist", "maternal")


def find(
    institutions: Iterable[Institution], openings: Iterable[ServiceOpening], wanted: Wanted
) -> list[str]:
    """Return the codes of everything that fits, best first."""
    by_code: dict[str, list[ServiceOpening]] = {}
    for opening in openings:
        by_code.setdefault(opening.institution_id, []).append(opening)
    found = []
    for row in institutions:
        closeness = _closeness(row, wanted.text)
        if closeness is None or not _passes(row, wanted):
            continue
        is_open = wanted.service and any(
            _is_open(o, row, wanted) for o in by_code.get(row.code, [])
        )
        key = (closeness, not is_open, _distance(row, wanted.insured), *_importance(row))
        found.append((key, row.code))
    return [code for _key, code in sorted(found)]


def _passes(row: Institution, wanted: Wanted) -> bool:
    begins = row.effective_from or date.min
    ends = row.effective_to or date.max
    return (
        begins <= wanted.on < ends
        and (not wanted.region or wanted.region in region_line(row.region_id))
        and (not wanted.level or row.level == wanted.level)
    )


def _is_open(opening: ServiceOpening, row: Institution, wanted: Wanted) -> bool:
    is_near = not wanted.insured or _distance(row, wanted.insured) < 2
    return (
        opening.service == wanted.service
        and wanted.disease in ("", opening.disease)
        and (is_near or opening.scope == "cross_province")
        and opening.effective_from <= wanted.on
        and (opening.effective_to is None or wanted.on < opening.effective_to)
    )


def _distance(row: Institution, insured: str) -> int:
    if not insured:
        return 0
    home, place = regions.resolve(insured), regions.get_region(row.region_id)
    if place.pooling_code == home.code:
        return 0
    return 1 if place.province_code == home.province_code else 2


def _importance(row: Institution) -> tuple[int, int, int, int, int]:
    size = 2 if row.kind == "pharmacy" else 0 if row.kind in HOSPITALS else 1
    letter = "HPY".index(row.code[0])
    return LEVELS.index(row.level), size, GRADES.index(row.grade), int(row.code[1:]), letter


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def _closeness(row: Institution, text: str) -> int | None:
    if not text:
        return 0
    names = [_plain(name) for name in (row.name, *row.aliases.split())]
    words = re.split(r"[\W_]+", unicodedata.normalize("NFKC", text).lower())
    terms = list(dict.fromkeys(filter(None, words)))
    if not terms:
        return None
    whole = "".join(terms)
    is_alone = len(terms) == 1
    if any(_reads(name, whole, "exact", is_alone) for name in names):
        return 0
    if any(_reads(name, whole, "prefix", is_alone) for name in names):
        return 1
    inside = [any(_reads(name, term, "inside", by_sound=True) for name in names) for term in terms]
    around = [_is_around(row, names, term, not is_alone) for term in terms]
    if is_alone:
        return 2 if inside[0] else 3 if around[0] else None
    return 2 if all(a or b for a, b in zip(inside, around, strict=True)) else None


def _reads(name: str, term: str, how: str, by_sound: bool) -> bool:
    if _fits(name, term, how):
        return True
    if not by_sound or not term.isascii():
        return False
    said = syllables(name)
    return _fits("".join(syllable[0] for syllable in said), term, how) or _sounds(said, term, how)


def _fits(text: str, term: str, how: str) -> bool:
    return {"exact": text == term, "prefix": text.startswith(term), "inside": term in text}[how]


def _sounds(said: list[str], term: str, how: str) -> bool:
    starts = range(len(said)) if how == "inside" else range(1)
    return any(_says(said[start:], term, how, is_first=True) for start in starts)


def _says(said: list[str], rest: str, how: str, is_first: bool) -> bool:
    """Whether the rest of a term is said by the next syllables, the last perhaps unfinished."""
    if not said or not _is_known(said[0]):
        return False
    syllable, after = said[0], said[1:]
    if how == "exact":
        if syllable == rest and not after:
            return True
    elif syllable.startswith(rest) and (_is_known(rest) or not is_first):
        return True
    is_whole = rest.startswith(syllable) and rest != syllable
    return is_whole and _says(after, rest.removeprefix(syllable), how, is_first=False)


def _is_known(syllable: str) -> bool:
    return syllable in SYLLABLES or syllable.isdigit()


def _is_around(row: Institution, names: list[str], term: str, with_initials: bool) -> bool:
    line = region_line(row.region_id)
    if any(region.code in line for region in regions.named(term, with_initials=with_initials)):
        return True
    if term.isascii():
        return False
    return any(
        region.code in line and any(term[cut:] in name for name in names)
        for cut in range(2, min(len(term), 7))
        for region in regions.named(term[:cut])
    )
