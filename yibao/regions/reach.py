"""How far down a region reaches: which regions a person answers for who was given one."""

from collections.abc import Iterable, Mapping

from yibao.core.stamps import Stamped
from yibao.regions.index import NATION, RegionRef
from yibao.regions.models import RegionKind
from yibao.regions.queries import MEMORY


def within(given: Iterable[str]) -> frozenset[str] | None:
    """Return all regions that lie in the given ones, these included; None is every region.

    A county that is a pooling region of its own (杨凌) lies in its province and not in the
    prefecture around it. The corps lies in no province. A code that is no region stands
    for itself.
    """
    wanted = frozenset(given)
    if NATION in wanted:
        return None
    return wanted.union(*(BELOW.get().get(code, frozenset()) for code in wanted))


def _build() -> Mapping[str, frozenset[str]]:
    regions = MEMORY.get().index.regions
    below: dict[str, set[str]] = {}
    for code in regions:
        for above in _line(code, regions):
            below.setdefault(above, set()).add(code)
    return {code: frozenset(found) for code, found in below.items()}


def _line(code: str, regions: Mapping[str, RegionRef]) -> Iterable[str]:
    """Yield a region and what lies above it, the nation left out."""
    at: str | None = code
    while at is not None and at != NATION and at in regions:
        yield at
        region = regions[at]
        is_apart = region.is_pooling and region.kind == RegionKind.COUNTY
        at = region.province_code if is_apart and region.province_code != at else region.parent_code


BELOW = Stamped("regions", _build)
