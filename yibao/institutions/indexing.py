"""What an institution is found by: the columns that the search reads and nobody edits.

* `name_key`: `|name|alias|…|`, letters and digits only. `|` marks beginnings and ends, so
  that "begins with 协和" is to contain `|协和`, and "is 协和医院" to contain `|协和医院|`.
* `initials`: the same of the first letters. `pinyin`: the same of the syllables, each
  after a `'`, so that what is typed can only begin where a syllable does.
* `grams`: tokens, separated by a blank. Each sign and each pair of neighbours of
  `name_key`; `i:` single letters, pairs and triples of `initials`, which are few
  and would otherwise not tell names apart; `p:` syllables; `r:` the region
  and everything above it up to the nation; `l:` the level; `s:` each service and chronic
  disease that has an opening of any day.
* `position`: the order of results. Higher levels and grades come first, hospitals before
  clinics and pharmacies, then the order of codes; unique because the code is part of it.
"""

import unicodedata
from collections.abc import Iterable
from operator import add
from typing import NamedTuple

from yibao.institutions.models import Grade, Institution, Kind
from yibao.institutions.pinyin import sounds
from yibao.regions import queries as regions
from yibao.rules.terms import Level

EDGE = "|"
_LEVELS = (Level.TERTIARY, Level.SECONDARY, "", Level.PRIMARY, Level.UNRATED)
_GRADES = (Grade.SPECIAL, Grade.A, Grade.B, Grade.C, "")
_CLINICS = frozenset(
    (
        Kind.COMMUNITY_CENTRE,
        Kind.COMMUNITY_STATION,
        Kind.TOWNSHIP,
        Kind.VILLAGE,
        Kind.CLINIC,
        Kind.PREVENTION,
        Kind.OTHER,
    )
)
_LETTERS = "HPY"
POSITIONS_PER_CLASS = 10**12
POSITIONS_PER_TIER = len(_GRADES) * POSITIONS_PER_CLASS
TIERS = 3 * len(_LEVELS)


class Keys(NamedTuple):
    """The five columns, in the order of the model's fields."""

    name_key: str
    initials: str
    pinyin: str
    grams: str
    position: int


def normalise(text: str) -> str:
    """Return the letters and digits of a text, half-width and in lower case.

    >>> normalise("ＣＴ 中心（北京）")
    'ct中心北京'
    """
    is_folded = unicodedata.is_normalized("NFKC", text)
    folded = text if is_folded else unicodedata.normalize("NFKC", text)
    folded = folded.lower().replace("ü", "v")
    return folded if folded.isalnum() else "".join(filter(str.isalnum, folded))


def _grams(key: str) -> str:
    """Return the tokens of a name: its signs, and the pairs of neighbours with its edges.

    >>> _grams("协和")
    '协 和 |协 协和 和|'
    """
    edged = f"{EDGE}{key}{EDGE}"
    return " ".join((*key, *map(add, edged, edged[1:])))


def _spelled(initials: str) -> str:
    """Return the tokens of initials: letters, then pairs and triples with their edges.

    >>> _spelled("xh")
    'i:x i:h i:|x i:xh i:h| i:|xh i:xh|'
    """
    edged = f"{EDGE}{initials}{EDGE}"
    pairs = [*map(add, edged, edged[1:])]
    return "i:" + " i:".join((*initials, *pairs, *map(add, pairs, edged[2:])))


def region_line(code: str) -> tuple[str, ...]:
    """Return the codes under which a region is found: its own, its pool, those above it.

    Raises as `regions.get_region` does.
    """
    region = regions.get_region(code)
    line = [region.code]
    if region.pooling_code:
        line.append(region.pooling_code)
    while region.parent_code is not None:
        region = regions.get_region(region.parent_code)
        line.append(region.code)
    return tuple(dict.fromkeys(line))


def keys_of(
    *,
    code: str,
    name: str,
    aliases: str,
    kind: str,
    level: str,
    grade: str,
    line: Iterable[str],
    services: Iterable[tuple[str, str]] = (),
) -> Keys:
    """Return the index of one institution.

    Made for whole lists: signs are never looked at one by one in Python.

    Args:
        line: `region_line` of its region.
        services: (service, disease) of its openings of any day.
    """
    names = [key for key in map(normalise, (name, *aliases.split())) if key]
    said = [*map(sounds, names)]
    tokens = [*map(_grams, names)]
    for initials, apart in said:
        tokens += [_spelled(initials), apart.replace("'", " p:").lstrip()]
    tokens += ["r:" + " r:".join(line), f"l:{level}"]
    for service, disease in services:
        tokens.append(f"s:{service} s:{disease.lower()}" if disease else f"s:{service}")
    return Keys(
        name_key=f"{EDGE}{EDGE.join(names)}{EDGE}",
        initials=f"{EDGE}{EDGE.join([initials for initials, _apart in said])}{EDGE}",
        pinyin=f"{EDGE}{EDGE.join([apart for _initials, apart in said])}{EDGE}",
        grams=" ".join(tokens),
        position=position(code=code, kind=kind, level=level, grade=grade),
    )


def index(institution: Institution, services: Iterable[tuple[str, str]] | None = None) -> None:
    """Set the search columns of an institution from its other fields; call it before saving.

    `services` are the (service, disease) of its openings, read from the database where
    not given. Whoever adds or removes openings indexes and saves their institution too.
    """
    if services is None:
        services = institution.openings.values_list("service", "disease")
    keys = keys_of(
        code=institution.code,
        name=institution.name,
        aliases=institution.aliases,
        kind=institution.kind,
        level=institution.level,
        grade=institution.grade,
        line=region_line(institution.region_id),
        services=services,
    )
    for field, value in keys._asdict().items():
        setattr(institution, field, value)


def position(*, code: str, kind: str, level: str, grade: str) -> int:
    """Return the place in the order: class, then the code's digits, then its letter."""
    return _CLASSES[level, kind, grade] + int(code[1:]) * 10 + _LETTERS.index(code[0])


def _size(kind: str) -> int:
    return 2 if kind == Kind.PHARMACY else 1 if kind in _CLINICS else 0


# Where each class of institutions begins.
_CLASSES = {
    (level, kind, grade): ((i * 3 + _size(kind)) * len(_GRADES) + j) * POSITIONS_PER_CLASS
    for i, level in enumerate(map(str, _LEVELS))
    for j, grade in enumerate(map(str, _GRADES))
    for kind in Kind.values
}
