"""The shipped region files: read, put together and checked, without a database.

divisions.csv  GB/T 2260 as it stands; pooling.csv  which of them are pooling regions, the
others follow their parent; overrides.csv  rows that GB/T 2260 does not have, and fields of
its rows that are known better (an empty cell changes nothing); retired.csv  former codes;
level_mappings.csv  local classes of institutions.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from yibao.regions.models import (
    CODE_PATTERN,
    LEVEL_CHOICES,
    ClassSlug,
    LevelMapping,
    PoolingBasis,
    Region,
    RegionKind,
    RetiredCode,
)

DATA = Path(__file__).parent / "data"
FILES = ("divisions.csv", "pooling.csv", "overrides.csv", "retired.csv", "level_mappings.csv")
NATION = "000000"


class RegionFileRefused(Exception):
    """A shipped file cannot be loaded; the message names file, entry and reason."""

    def __init__(self, file: str, entry: str, reason: str) -> None:
        super().__init__(f"{file}, {entry}: {reason}")


@dataclass(frozen=True, slots=True)
class RegionFiles:
    """What the files say, unsaved and consistent in itself."""

    regions: tuple[Region, ...]
    retired: tuple[RetiredCode, ...]
    mappings: tuple[LevelMapping, ...]


def read(folder: Path = DATA) -> RegionFiles:
    """Read and check all five files. Raises RegionFileRefused."""
    regions = _regions(folder)
    return RegionFiles(
        tuple(regions.values()), _retired(folder, regions), _mappings(folder, regions)
    )


def _rows(folder: Path, file: str, *columns: str) -> list[dict[str, str]]:
    try:
        with (folder / file).open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            if tuple(reader.fieldnames or ()) != columns:
                raise RegionFileRefused(file, "header", f"expected {','.join(columns)}")
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RegionFileRefused(file, "whole file", str(error)) from error
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise RegionFileRefused(file, f"line {number}", f"expected {len(columns)} cells")
    return rows


def _regions(folder: Path) -> dict[str, Region]:
    regions: dict[str, Region] = {}
    file = "divisions.csv"
    columns = ("code", "name", "short_name", "kind", "parent", "pinyin")
    for row in _rows(folder, file, *columns):
        code = row["code"]
        if code in regions:
            raise RegionFileRefused(file, code, "is listed twice")
        regions[code] = Region(code=code)
        _set(regions[code], file, row)
    basis = _pooling(folder, regions)
    stated: dict[str, str] = {}
    _override(folder, regions, basis, stated)
    _check_tree(regions)
    _pool(regions, basis, stated)
    return regions


def _set(region: Region, file: str, row: dict[str, str]) -> None:
    """Set the fields of a row that are not empty, and check what the row then is."""
    for field in ("name", "short_name", "kind", "pinyin", "aliases", "note"):
        if text := row.get(field, ""):
            setattr(region, field, text)
    if parent := row["parent"]:
        region.parent_id = parent
    if not re.fullmatch(CODE_PATTERN, region.code):
        raise RegionFileRefused(file, region.code, "is not six digits")
    if region.kind not in RegionKind.values:
        raise RegionFileRefused(file, region.code, f"unknown kind {region.kind!r}")
    if (region.kind == RegionKind.NATION) != (region.code == NATION):
        raise RegionFileRefused(file, region.code, f"only {NATION} is the nation")
    if not region.name or not region.short_name:
        raise RegionFileRefused(file, region.code, "has no name")


def _pooling(folder: Path, regions: dict[str, Region]) -> dict[str, str]:
    """Return the basis of each pooling region that pooling.csv lists."""
    file = "pooling.csv"
    found: dict[str, str] = {}
    for row in _rows(folder, file, "code", "basis"):
        if row["code"] not in regions:
            raise RegionFileRefused(file, row["code"], "is no division")
        if row["basis"] not in PoolingBasis.values:
            raise RegionFileRefused(file, row["code"], f"unknown basis {row['basis']!r}")
        found[row["code"]] = row["basis"]
    return found


def _override(
    folder: Path, regions: dict[str, Region], basis: dict[str, str], stated: dict[str, str]
) -> None:
    file = "overrides.csv"
    columns = ("code", "name", "short_name", "kind", "parent", "pinyin", "aliases")
    for row in _rows(folder, file, *columns, "pooling", "basis", "note"):
        code = row["code"]
        if code == NATION:
            raise RegionFileRefused(file, code, "the nation cannot be overridden")
        _set(regions.setdefault(code, Region(code=code)), file, row)
        if row["basis"]:
            if row["basis"] not in PoolingBasis.values:
                raise RegionFileRefused(file, code, f"unknown basis {row['basis']!r}")
            basis[code] = row["basis"]
            stated[code] = row["pooling"]
        elif row["pooling"]:
            raise RegionFileRefused(file, code, "names a pooling region without its basis")


def _check_tree(regions: dict[str, Region]) -> None:
    for region in regions.values():
        seen = {region.code}
        above = region
        while above.kind != RegionKind.NATION:
            parent = regions.get(above.parent_id or "")
            if parent is None:
                raise RegionFileRefused(
                    "divisions.csv", above.code, f"unknown parent {above.parent_id!r}"
                )
            if parent.code in seen:
                raise RegionFileRefused("divisions.csv", region.code, "is its own ancestor")
            seen.add(parent.code)
            above = parent


def _pool(regions: dict[str, Region], basis: dict[str, str], stated: dict[str, str]) -> None:
    """Give each region its pooling region: the one stated, itself, or that of its parent."""
    for region in regions.values():
        above = region
        while above.code not in basis and above.kind != RegionKind.NATION:
            above = regions[above.parent_id or ""]
        if above.kind == RegionKind.NATION:
            continue
        region.pooling_basis = basis[above.code]
        region.pooling_region_id = stated.get(above.code, above.code) or None
    for region in regions.values():
        if region.pooling_region_id is None:
            continue
        pool = regions.get(region.pooling_region_id)
        if pool is None or not pool.is_pooling:
            raise RegionFileRefused(
                "overrides.csv", region.code, f"{region.pooling_region_id} is no pooling region"
            )


def _retired(folder: Path, regions: dict[str, Region]) -> tuple[RetiredCode, ...]:
    file = "retired.csv"
    columns = ("code", "name", "first_revision", "last_revision", "successor")
    found: dict[str, RetiredCode] = {}
    for row in _rows(folder, file, *columns):
        code = row["code"]
        if code in regions or code in found:
            raise RegionFileRefused(file, code, "is in use or listed twice")
        if not re.fullmatch(CODE_PATTERN, code):
            raise RegionFileRefused(file, code, "is not six digits")
        found[code] = RetiredCode(
            code=code,
            name=row["name"],
            first_revision=row["first_revision"],
            last_revision=row["last_revision"],
            successor_code=row["successor"],
        )
    for code, retired in found.items():
        seen = {code}
        step = retired.successor_code
        while step and step not in regions:
            if step not in found:
                raise RegionFileRefused(file, code, f"unknown successor {step}")
            if step in seen:
                raise RegionFileRefused(file, code, "its successors go round in a circle")
            seen.add(step)
            step = found[step].successor_code
    return tuple(found.values())


def _mappings(folder: Path, regions: dict[str, Region]) -> tuple[LevelMapping, ...]:
    file = "level_mappings.csv"
    columns = ("region", "slug", "local_name", "level", "rank", "document", "clause")
    found: dict[tuple[str, str], LevelMapping] = {}
    for row in _rows(folder, file, *columns, "inferred", "note"):
        entry = f"{row['region']} {row['slug']}"
        key = (row["region"], row["slug"])
        if key in found:
            raise RegionFileRefused(file, entry, "is listed twice")
        if row["region"] not in regions:
            raise RegionFileRefused(file, entry, "unknown region")
        if row["slug"] not in ClassSlug.values:
            raise RegionFileRefused(file, entry, "unknown class")
        if row["level"] not in dict(LEVEL_CHOICES):
            raise RegionFileRefused(file, entry, f"unknown level {row['level']!r}")
        if not re.fullmatch(r"[1-9]\d?", row["rank"]):
            raise RegionFileRefused(file, entry, "rank must be a whole number from 1")
        if row["inferred"] not in ("", "yes"):
            raise RegionFileRefused(file, entry, "inferred is 'yes' or empty")
        found[key] = LevelMapping(
            region_id=row["region"],
            slug=row["slug"],
            local_name=row["local_name"],
            level=row["level"],
            rank=int(row["rank"]),
            document_slug=row["document"],
            clause=row["clause"],
            is_inferred=bool(row["inferred"]),
            note=row["note"],
        )
    return tuple(found.values())
