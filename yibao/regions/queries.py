"""Read the regions. Everything comes from memory; the stamp is checked once per request."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from yibao.core.stamps import Stamped
from yibao.regions.index import (
    NATION,
    Ambiguous,
    RegionIndex,
    RegionRef,
    RetiredRegion,
    RetiredRow,
    SearchRow,
    UnknownRegion,
)
from yibao.regions.models import (
    LevelMapping,
    PoolingBasis,
    Region,
    RegionKind,
    RetiredCode,
)
from yibao.rules.policy import LocalClass
from yibao.rules.terms import Level, Scope

__all__ = [
    "ABROAD",
    "HOTLINE",
    "MEMORY",
    "NATION",
    "Ambiguous",
    "ClassRow",
    "ProvinceGroup",
    "RegionRef",
    "RetiredRegion",
    "UnknownRegion",
    "build",
    "chain",
    "find_region",
    "get_region",
    "list_class_rows",
    "list_classes",
    "list_members",
    "list_provinces",
    "named",
    "resolve",
    "scope",
    "search",
    "whom_to_ask",
]

ABROAD = "abroad"
"""The care place outside the country; the contract's literal beside region codes."""

HOTLINE = "12393"
"""医保服务热线, the same number in every area code."""


@dataclass(frozen=True, slots=True)
class ProvinceGroup:
    """A province-level unit with the pooling regions in it, itself first where it is one."""

    province: RegionRef
    pools: tuple[RegionRef, ...]


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A local class of institutions as a page shows it; `rank` 1 is the region's highest."""

    slug: str
    local_name: str
    level: Level
    rank: int
    document_slug: str
    clause: str
    is_inferred: bool
    note: str
    region_code: str


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything that the queries read."""

    index: RegionIndex
    classes: Mapping[str, tuple[ClassRow, ...]]
    provinces: tuple[ProvinceGroup, ...]
    members: Mapping[str, tuple[RegionRef, ...]]


def _build() -> Memory:
    return build(Region.objects.all(), RetiredCode.objects.all(), LevelMapping.objects.all())


def build(
    regions: Iterable[Region], retired: Iterable[RetiredCode], mappings: Iterable[LevelMapping]
) -> Memory:
    """Put the rows together as memory holds them; saved or not makes no difference."""
    rows = {row.code: row for row in sorted(regions, key=lambda row: row.code)}
    index = RegionIndex(
        [
            SearchRow(_ref(row, rows), row.pinyin, tuple(row.aliases.split()))
            for row in rows.values()
        ],
        {row.code: RetiredRow(row.name, row.successor_code) for row in retired},
    )
    members: dict[str, list[RegionRef]] = defaultdict(list)
    for region in index.regions.values():
        if region.pooling_code is not None and not region.is_pooling:
            members[region.pooling_code].append(region)
    return Memory(
        index,
        _classes(mappings),
        _provinces(index),
        {code: tuple(found) for code, found in members.items()},
    )


def _line(row: Region, rows: Mapping[str, Region]) -> list[Region]:
    """Return the row and its ancestors below the nation, nearest first."""
    line = [row]
    while (parent := rows.get(line[-1].parent_id or "")) and parent.kind != RegionKind.NATION:
        line.append(parent)
    return line


def _ref(row: Region, rows: Mapping[str, Region]) -> RegionRef:
    line = _line(row, rows)
    province = line[-1] if row.kind != RegionKind.NATION else None
    above = [region.name for region in line[1:] if not row.name.startswith(region.name)]
    if row.is_pooling and row.kind == RegionKind.COUNTY:
        # A county that is its own pool (杨凌) does not answer to the prefecture.
        above = above[-1:]
    return RegionRef(
        code=row.code,
        name=row.name,
        short_name=row.short_name,
        full_name="".join([*reversed(above), row.name]),
        kind=RegionKind(row.kind),
        parent_code=row.parent_id,
        province_code=province.code if province else None,
        pooling_code=row.pooling_region_id,
        pooling_basis=PoolingBasis(row.pooling_basis),
        note=row.note,
    )


def _classes(mappings: Iterable[LevelMapping]) -> dict[str, tuple[ClassRow, ...]]:
    found: dict[str, list[ClassRow]] = defaultdict(list)
    for row in sorted(mappings, key=lambda row: (row.region_id, row.rank, row.slug)):
        found[row.region_id].append(
            ClassRow(
                row.slug,
                row.local_name,
                Level(row.level),
                row.rank,
                row.document_slug,
                row.clause,
                row.is_inferred,
                row.note,
                row.region_id,
            )
        )
    return {code: tuple(rows) for code, rows in found.items()}


def _provinces(index: RegionIndex) -> tuple[ProvinceGroup, ...]:
    pools: dict[str, list[RegionRef]] = defaultdict(list)
    for region in index.regions.values():
        if region.is_pooling:
            pools[region.province_code or ""].append(region)
    return tuple(
        ProvinceGroup(region, tuple(pools[region.code]))
        for region in index.regions.values()
        if region.province_code == region.code and not region.is_outside
    )


MEMORY = Stamped("regions", _build)


def get_region(code: str) -> RegionRef:
    """Return the region itself, of a live, retired (its successor) or 本级 code.

    Raises UnknownRegion, or RetiredRegion where no successor is known.
    """
    return MEMORY.get().index.get(code)


def resolve(code: str) -> RegionRef:
    """Return the pooling region (统筹区) whose rules hold for people insured under the code.

    A region that has none (a province whose cities pool for themselves, the nation, Taiwan,
    Hong Kong, Macau) stands for itself; its `is_pooling` is False and a form asks further.
    Raises as `get_region` does.
    """
    index = MEMORY.get().index
    region = index.get(code)
    return index.get(region.pooling_code) if region.pooling_code else region


def chain(code: str) -> tuple[str, ...]:
    """Return the codes whose rules hold, nearest first: pooling region, province, nation.

    Municipalities are both first and second. The corps stands directly under the nation:
    it runs its own insurance beside the autonomous region's. Outside the mainland scheme
    nothing is inherited. Raises as `get_region` does.
    """
    pool = resolve(code)
    if pool.is_outside:
        return (pool.code,)
    return tuple(dict.fromkeys((pool.code, pool.province_code or NATION, NATION)))


def scope(insured: str, care: str) -> Scope:
    """Return where care is given, seen from the insured region.

    - Same pooling region: local.
    - Same province: in_province. So is care anywhere in the province, the capital too, for
      people insured at 省本级: no source says that the capital counts as their home, and
      whether a filing is asked for is the province's rule, not ours to assume.
    - 兵团 and Xinjiang are two province-level units: cross_province.
    - Taiwan, Hong Kong, Macau and `abroad`: abroad.

    Raises as `get_region` does, and UnknownRegion for the nation, which is no place.
    """
    home = resolve(insured)
    if care == ABROAD:
        return Scope.ABROAD
    place = resolve(care)
    for region in (home, place):
        if region.code == NATION:
            raise UnknownRegion(NATION)
    if home.is_outside or place.is_outside:
        return Scope.ABROAD
    if home.code == place.code and home.is_pooling:
        return Scope.LOCAL
    if home.province_code == place.province_code:
        return Scope.IN_PROVINCE
    return Scope.CROSS_PROVINCE


def search(text: str, limit: int = 10) -> tuple[RegionRef, ...]:
    """Return at most `limit` regions for what a person typed, best first.

    The text may be a code, name, short name, pinyin, initials or another name, after the
    same of its province and prefecture (`山东 yt`). Exact matches come first, then
    initials, beginnings and parts of names; among equals provinces, then pooling regions,
    before the rest. A text that only `find_region` understands (a former code, a field's
    label) gives what that finds.
    """
    index = MEMORY.get().index
    if found := index.search(text, limit):
        return tuple(region for _rank, region in found)
    match index.find(text):
        case RegionRef() as region:
            return (region,)
        case Ambiguous(candidates):
            return candidates[:limit]
    return ()


def find_region(text: str) -> RegionRef | Ambiguous | None:
    """Read one region from what a person typed, or say which ones it may be.

    A code decides, unless a name beside it says something else. A name or pinyin that fits
    one region, or only regions of one pooling region that bears it, decides too. None
    where nothing fits, and for a retired code without a known successor.
    """
    return MEMORY.get().index.find(text)


def named(text: str, *, with_initials: bool = False) -> tuple[RegionRef, ...]:
    """Return the regions that the whole text names: by name, pinyin or code, or by initials
    where asked for. No region is guessed from a part of its name."""
    return MEMORY.get().index.named(text, with_initials=with_initials)


def list_provinces() -> tuple[ProvinceGroup, ...]:
    """Return every province-level unit of the mainland with its pooling regions, by code."""
    return MEMORY.get().provinces


def list_members(code: str) -> tuple[RegionRef, ...]:
    """Return the divisions that belong to a pooling region, without itself, by code."""
    return MEMORY.get().members.get(code, ())


def list_class_rows(code: str) -> tuple[ClassRow, ...]:
    """Return the local classes of institutions that hold in a region, highest first.

    A region's own classes, or, where it has none, those of its province.
    """
    classes = MEMORY.get().classes
    return next((classes[level] for level in chain(code) if level in classes), ())


def list_classes(code: str) -> tuple[LocalClass, ...]:
    """Return the same classes as the engine takes them."""
    return tuple(
        LocalClass(slug=row.slug, name=row.local_name, level=row.level)
        for row in list_class_rows(code)
    )


def whom_to_ask(code: str) -> str:
    """Return whom a person insured under the code can ask, as a Chinese sentence."""
    region = resolve(code)
    if not region.is_pooling:
        return _(
            "请向参保地的医疗保障局询问，电话 %(hotline)s（人不在参保地时，先拨参保地的长途区号）。"
        ) % {"hotline": HOTLINE}
    if region.kind == RegionKind.PROVINCE_LEVEL_POOL and region.province_code:
        region = get_region(region.province_code)
    return _(
        "请向%(region)s医疗保障局询问，电话 %(hotline)s（人不在当地时，先拨当地的长途区号）。"
    ) % {"region": region.full_name, "hotline": HOTLINE}
