"""Change the regions: load the shipped files. Staff edits are recorded by the admin."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import ProtectedError

from yibao.audit.operations import Actor, record
from yibao.core import stamps
from yibao.regions.files import DATA, FILES, RegionFileRefused, read
from yibao.regions.models import LevelMapping, PoolingBasis, Region, RetiredCode

STAMP = "regions"
_POOLING_FIELDS = ("pooling_region", "pooling_basis")
_REGION_FIELDS = ("name", "short_name", "kind", "parent", "note", "pinyin", "aliases")


@dataclass(frozen=True, slots=True)
class LoadReport:
    """How many rows the files hold; `unchanged` when they were loaded before."""

    regions: int = 0
    retired: int = 0
    mappings: int = 0
    kept_poolings: int = 0
    unchanged: bool = False


def load_regions(
    *, by: Actor, at: datetime, folder: Path = DATA, force: bool = False
) -> LoadReport:
    """Bring the tables in line with the files, all or nothing.

    Files that were loaded before are skipped unless `force`. A pooling region that an
    officer has confirmed stays as it is. Rows that staff added stay.

    Raises:
        RegionFileRefused: a file is wrong in itself, or retires a code that is in use.
    """
    paths = [folder / file for file in FILES]
    content = stamps.digest(path for path in paths if path.exists())
    if not force and stamps.loaded_content(STAMP) == content:
        return LoadReport(unchanged=True)
    files = read(folder)
    with transaction.atomic():
        _drop_retired([row.code for row in files.retired])
        confirmed = _save_regions(files.regions)
        RetiredCode.objects.filter(code__in=[row.code for row in files.regions]).delete()
        _upsert(
            RetiredCode,
            files.retired,
            ("name", "first_revision", "last_revision", "successor_code"),
            ("code",),
        )
        _upsert(
            LevelMapping,
            files.mappings,
            ("local_name", "level", "rank", "document_slug", "clause", "is_inferred", "note"),
            ("region", "slug"),
        )
        report = LoadReport(len(files.regions), len(files.retired), len(files.mappings), confirmed)
        stamps.bump(STAMP)
        stamps.record_content(STAMP, content)
        record(
            event="regions.files_loaded",
            by=by,
            at=at,
            object_type="regions.files",
            object_key=content,
            after={
                "regions": report.regions,
                "retired": report.retired,
                "mappings": report.mappings,
            },
        )
    return report


def _drop_retired(codes: list[str]) -> None:
    """Delete live rows whose code the files retire."""
    try:
        Region.objects.filter(code__in=codes).delete()
    except ProtectedError as error:
        code = ", ".join(sorted({str(row) for row in error.protected_objects})[:3])
        raise RegionFileRefused("retired.csv", code, "still rests on a retired code") from error


def _save_regions(regions: tuple[Region, ...]) -> int:
    """Return how many rows kept the pooling region that an officer confirmed."""
    confirmed = set(
        Region.objects.filter(pooling_basis=PoolingBasis.CONFIRMED).values_list("code", flat=True)
    )
    _upsert(
        Region,
        [row for row in regions if row.code not in confirmed],
        (*_REGION_FIELDS, *_POOLING_FIELDS),
        ("code",),
    )
    kept = [row for row in regions if row.code in confirmed]
    Region.objects.bulk_update(kept, _REGION_FIELDS)
    return len(kept)


def _upsert[M: (Region, RetiredCode, LevelMapping)](
    model: type[M], rows: "list[M] | tuple[M, ...]", fields: tuple[str, ...], key: tuple[str, ...]
) -> None:
    model._default_manager.bulk_create(
        rows, batch_size=1000, update_conflicts=True, update_fields=fields, unique_fields=key
    )
