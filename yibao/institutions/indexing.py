"""What an institution is found by: the columns that the search reads and nobody edits.

* `name_key`: `|name|alias|…|`, letters and digits only. `|` marks beginnings and ends, so
  that "begins with 协和" is to contain `|协和`, and "is 协和医院" to contain `|协和医院|`.
* `initials`: the same of the first letters. `pinyin`: the same of the syllables, each
  after a `'`, so that what is typed can only begin where a syllable does.
* `grams`: tokens, separated by a blank. Each sign and each pair of neighbours of
  `name_key`; `i:` single letters, pairs and triples of `initials`, which are few
  and would otherwise not tell names apart; `p:` syllables; `r:` the region
  and everything above it up to the nation; `l:` the level; `s:` each service and chronic
  disease that has an opening of any day; `k:` the block of `position`, a class of
  institutions in a province, by which PostgreSQL walks a long list in order.
* `position`: the order of results. Higher levels and grades come first, hospitals before
  clinics and pharmacies, then the order of codes; unique because the code is part of it.
"""

import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from yibao.institutions.models import Grade, Institution, Kind
from yibao.institutions.pinyin import syllables
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
POSITIONS_PER_BLOCK = 10**10


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
    folded = unicodedata.normalize("NFKC", text).lower().replace("ü", "v")
    return "".join(sign for sign in folded if sign.isalnum())


def grams(key: str) -> list[str]:
    """Return the tokens of one key or of a searched text: signs, and pairs of neighbours.

    >>> grams("|协和|")
    ['协', '和', '|协', '协和', '和|']
    """
    return [sign for sign in key if sign != EDGE] + [a + b for a, b in pairwise(key)]


def spelled(key: str) -> list[str]:
    """Return the tokens of initials: letters, pairs and triples of neighbours.

    >>> spelled("|xh|")
    ['i:x', 'i:h', 'i:|x', 'i:xh', 'i:h|', 'i:|xh', 'i:xh|']
    """
    triples = [key[place : place + 3] for place in range(len(key) - 2)]
    return [f"i:{token}" for token in (*grams(key), *triples)]


def apart(syllables_: Iterable[str]) -> str:
    """Return syllables as `pinyin` has them.

    >>> apart(["xie", "he"])
    "'xie'he"
    """
    return "".join(f"'{syllable}" for syllable in syllables_)


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

    Args:
        line: `region_line` of its region.
        services: (service, disease) of its openings of any day.
    """
    names = [key for key in map(normalise, (name, *aliases.split())) if key]
    spoken = [syllables(key) for key in names]
    initials = ["".join(syllable[0] for syllable in said) for said in spoken]
    tokens = [token for key in names for token in grams(f"{EDGE}{key}{EDGE}")]
    tokens += [token for key in initials for token in spelled(f"{EDGE}{key}{EDGE}")]
    tokens += [f"p:{syllable}" for said in spoken for syllable in said]
    tokens += [f"r:{region}" for region in line]
    position = _position(code, kind, level, grade)
    tokens += [f"l:{level}", f"k:{position // POSITIONS_PER_BLOCK}"]
    for service, disease in services:
        tokens += [f"s:{service}", *([f"s:{disease.lower()}"] if disease else [])]
    return Keys(
        name_key=f"{EDGE}{EDGE.join(names)}{EDGE}",
        initials=f"{EDGE}{EDGE.join(initials)}{EDGE}",
        pinyin=f"{EDGE}{EDGE.join(map(apart, spoken))}{EDGE}",
        grams=" ".join(dict.fromkeys(tokens)),
        position=position,
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


def _position(code: str, kind: str, level: str, grade: str) -> int:
    """Return the place in the order: class, then the code's digits, then its letter."""
    size = 2 if kind == Kind.PHARMACY else 1 if kind in _CLINICS else 0
    number = (_LEVELS.index(level) * 3 + size) * len(_GRADES) + _GRADES.index(grade)
    return number * POSITIONS_PER_CLASS + int(code[1:]) * 10 + _LETTERS.index(code[0])
