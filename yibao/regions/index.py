"""All regions in memory: look-up by code, names, and search. Built once, read without a query."""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from django.utils.translation import gettext as _

from yibao.regions.models import PoolingBasis, RegionKind

NATION = "000000"
_LONGEST_QUERY = 60
_PROVINCE_KINDS = (RegionKind.PROVINCE, RegionKind.XPCC)
_LIMIT_OF_ANCESTORS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRef:
    """One region as pages, forms and the engine's callers see it.

    `full_name` begins with the province (山东省烟台市莱山区). `pooling_code` is None where
    the code alone does not say whose rules hold. `province_code` is None for the nation.
    `retired_code` is the former code that led here, "" otherwise.
    """

    code: str
    name: str
    short_name: str
    full_name: str
    kind: RegionKind
    parent_code: str | None
    province_code: str | None
    pooling_code: str | None
    pooling_basis: PoolingBasis
    note: str = ""
    retired_code: str = ""

    @property
    def is_pooling(self) -> bool:
        """Whether the region is a 统筹区 itself."""
        return self.pooling_code == self.code

    @property
    def is_outside(self) -> bool:
        """Whether it lies outside the mainland scheme (Taiwan, Hong Kong, Macau)."""
        return self.pooling_basis == PoolingBasis.OUTSIDE

    @property
    def label(self) -> str:
        """The name as form fields show it, before the code; `find_region` reads both back."""
        return self.full_name


class UnknownRegion(LookupError):
    """No region has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no region has the code {code!r}")
        self.code = code


class RetiredRegion(UnknownRegion):
    """The code was retired and no successor is known."""

    def __init__(self, code: str, name: str) -> None:
        super().__init__(code)
        self.args = (f"the code {code} ({name}) was retired; no successor is known",)
        self.name = name


@dataclass(frozen=True, slots=True)
class RetiredRow:
    """A former code with the code that took its place ("" where none is known)."""

    name: str
    successor_code: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A text that fits several regions; the candidates, best first."""

    candidates: tuple[RegionRef, ...]


class _Rank(IntEnum):
    EXACT = 0
    INITIALS = 1
    PREFIX = 2
    INSIDE = 3


@dataclass(frozen=True, slots=True)
class SearchRow:
    """What a region is found by, besides its code."""

    region: RegionRef
    pinyin: str
    aliases: tuple[str, ...]


def normalise(text: str) -> str:
    """Return the text as search keys have it: no spaces, marks or capitals, full width folded.

    >>> normalise("Shān Dōng ＹＴ")
    'shandongyt'
    """
    folded = unicodedata.normalize("NFKC", text[:_LONGEST_QUERY]).lower()
    plain = unicodedata.normalize("NFD", folded).replace("u\u0308", "v")
    return "".join(sign for sign in plain if sign.isalnum())


class RegionIndex:
    """Every region, every retired code and the search keys of all."""

    def __init__(self, rows: Iterable[SearchRow], retired: Mapping[str, RetiredRow]) -> None:
        rows = tuple(rows)
        self.regions: dict[str, RegionRef] = {row.region.code: row.region for row in rows}
        self.pinyin = {row.region.code: row.pinyin for row in rows}
        self._retired = dict(retired)
        self._ancestors = {code: tuple(self._climb(code)) for code in self.regions}
        self._parents = {code for line in self._ancestors.values() for code in line}
        self._initials: dict[str, list[str]] = defaultdict(list)
        self._exact: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            self._add(row)
        self._keys = sorted(
            (key, code) for key, codes in self._exact.items() for code in dict.fromkeys(codes)
        )
        self._names = tuple((normalise(row.region.name), row.region.code) for row in rows)

    def _climb(self, code: str) -> Iterator[str]:
        region = self.regions[code]
        while region.parent_code not in (None, NATION):
            region = self.regions[region.parent_code or ""]
            yield region.code

    def _add(self, row: SearchRow) -> None:
        region = row.region
        if region.kind == RegionKind.NATION:
            return
        keys = (region.code, region.name, region.short_name, row.pinyin, *row.aliases)
        for key in {normalise(key) for key in keys if key}:
            self._exact[key].append(region.code)
        if initials := "".join(syllable[0] for syllable in row.pinyin.split()):
            self._initials[initials].append(region.code)

    def get(self, code: str) -> RegionRef:
        """Return the region of a code: live, derived from a live one, or a retired code's
        successor. Raises UnknownRegion, RetiredRegion."""
        region = self.regions.get(code) or self._derived(code)
        if region is not None:
            return region
        step = self._retired.get(code)
        if step is None:
            raise UnknownRegion(code)
        name = step.name
        # The loader has refused circles.
        while step is not None and step.successor_code not in self.regions:
            step = self._retired.get(step.successor_code)
        if step is None:
            raise RetiredRegion(code, name)
        return replace(self.regions[step.successor_code], retired_code=code)

    def _derived(self, code: str) -> RegionRef | None:
        """Read `XX9900` 省本级 and `XXYY99` 市本级 codes that no row lists."""
        if not re.fullmatch(r"[0-9]{4}(00|99)", code):
            return None
        if code.endswith("9900"):
            above = self.regions.get(f"{code[:2]}0000")
            kind, basis = RegionKind.PROVINCE_LEVEL_POOL, PoolingBasis.PROVINCE_LEVEL
        elif code.endswith("99"):
            above = self.regions.get(f"{code[:4]}00")
            kind, basis = RegionKind.CITY_LEVEL_POOL, PoolingBasis.CITY_LEVEL
        else:
            return None
        if above is None or above.kind == RegionKind.NATION or above.is_outside:
            return None
        # 山东省 → 山东省省本级, 烟台市 → 烟台市市本级
        unit = above.name[-1]
        return RegionRef(
            code=code,
            name=_("%(region)s本级") % {"region": above.name + unit},
            short_name=_("%(region)s本级") % {"region": above.short_name + unit},
            full_name=_("%(region)s本级") % {"region": above.full_name + unit},
            kind=kind,
            parent_code=above.code,
            province_code=above.province_code,
            pooling_code=above.pooling_code or code,
            pooling_basis=basis,
        )

    def named(self, text: str, *, with_initials: bool) -> tuple[RegionRef, ...]:
        """Return the regions that the whole text names."""
        query = normalise(text)
        codes = self._exact.get(query, [])
        if with_initials:
            codes = [*codes, *self._initials.get(query, ())]
        return tuple(self.regions[code] for code in dict.fromkeys(codes))

    def search(self, text: str, limit: int) -> list[tuple[int, RegionRef]]:
        """Return at most `limit` regions with the rank of their match, best first."""
        query = normalise(text)
        if not query:
            return []
        best: dict[str, tuple[int, int]] = {}
        for rank, length, code in self._matches(query, None, _LIMIT_OF_ANCESTORS):
            best[code] = min((rank, length), best.get(code, (rank, length)))
        if len(best) < limit and len(query) > 1 and not query.isascii():
            for name, code in self._names:
                if query in name and code != NATION:
                    best.setdefault(code, (_Rank.INSIDE, len(name)))
        order = sorted(best, key=lambda code: (best[code][0], self._weight(code), best[code], code))
        return [(best[code][0], self.regions[code]) for code in order[:limit]]

    def _weight(self, code: str) -> int:
        region = self.regions[code]
        if region.kind == RegionKind.PROVINCE:
            return 0
        if region.is_pooling:
            return 1
        return 2 if region.kind == RegionKind.PREFECTURE else 3

    def _matches(
        self, query: str, within: str | None, deeper: int
    ) -> Iterator[tuple[int, int, str]]:
        """Yield (rank, length of the key, code); the query may begin with names of ancestors."""
        for rank, length, code in self._own_matches(query):
            if within is None or within in self._ancestors[code]:
                yield rank, length, code
        if deeper:
            for above, rest in self._heads(query):
                if within is None or within in self._ancestors[above]:
                    yield from self._matches(rest, above, deeper - 1)

    def _own_matches(self, query: str) -> Iterator[tuple[int, int, str]]:
        for code in self._exact.get(query, ()):
            yield _Rank.EXACT, len(query), code
        for code in self._initials.get(query, ()):
            yield _Rank.INITIALS, len(query), code
        for place in range(bisect_left(self._keys, (query, "")), len(self._keys)):
            key, code = self._keys[place]
            if not key.startswith(query):
                break
            yield _Rank.PREFIX, len(key), code

    def _heads(self, query: str) -> Iterator[tuple[str, str]]:
        """Yield (region with others under it, the rest) where the query begins with its name."""
        for cut in range(1, len(query)):
            head = query[:cut]
            for code in {*self._exact.get(head, ()), *self._initials.get(head, ())}:
                if code in self._parents:
                    yield code, query[cut:]

    def find(self, text: str) -> RegionRef | Ambiguous | None:
        """Read what a person typed; see `queries.find_region`."""
        text = text[:_LONGEST_QUERY].strip()
        written = re.search(r"(?<![0-9])([0-9]{6})(?![0-9])|XPCC", text.upper())
        if written is None:
            return self._find_name(text)
        try:
            region = self.get(written[0])
        except UnknownRegion:
            return None
        name = text[: written.start()] + text[written.end() :]
        named = [found for rank, found in self.search(name, 20) if rank == _Rank.EXACT]
        codes = {found.code for found in named}
        if named and region.code not in codes and normalise(name) != normalise(region.full_name):
            return Ambiguous((region, *named))
        return region

    def _find_name(self, text: str) -> RegionRef | Ambiguous | None:
        found = self.search(text, 20)
        if not found:
            return None
        exact = [region for rank, region in found if rank == _Rank.EXACT]
        if exact:
            return self._one_pool(exact) or Ambiguous(tuple(exact))
        rank, region = found[0]
        if len(found) == 1 and rank < _Rank.INSIDE:
            return region
        return Ambiguous(tuple(region for _rank, region in found[:10]))

    def _one_pool(self, regions: list[RegionRef]) -> RegionRef | None:
        """Return the only region, or the pooling region to which all of them belong."""
        if len(regions) == 1:
            return regions[0]
        pools = {region.pooling_code for region in regions}
        return next((region for region in regions if pools == {region.code}), None)
