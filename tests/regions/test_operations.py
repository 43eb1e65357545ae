"""Loading the shipped regions into the tables."""

import shutil
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from tests.factories.regions import shipped_memory
from yibao.audit.models import Event
from yibao.core import stamps
from yibao.regions import files, queries
from yibao.regions.files import RegionFileRefused
from yibao.regions.models import LevelMapping, PoolingBasis, Region, RetiredCode
from yibao.regions.operations import LoadReport, load_regions

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _load(folder: Path = files.DATA, *, force: bool = False) -> LoadReport:
    return load_regions(by=get_user_model()(username="loader"), at=AT, folder=folder, force=force)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small country: one province, one city, two counties."""
    texts = {
        "divisions.csv": "code,name,short_name,kind,parent,pinyin\n"
        "000000,全国,全国,nation,,quan guo\n"
        "370000,山东省,山东,province,000000,shan dong\n"
        "370600,烟台市,烟台,prefecture,370000,yan tai\n"
        "370611,福山区,福山,county,370600,fu shan\n"
        "370613,莱山区,莱山,county,370600,lai shan\n",
        "pooling.csv": "code,basis\n370600,prefecture_default\n",
        "overrides.csv": "code,name,short_name,kind,parent,pinyin,aliases,pooling,basis,note\n",
        "retired.csv": "code,name,first_revision,last_revision,successor\n"
        "370601,旧区,198012,198312,370611\n",
        "level_mappings.csv": "region,slug,local_name,level,rank,document,clause,inferred,note\n"
        "370600,class1,一类,tertiary,1,s-a,第一条,,\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_loads_what_the_files_hold_and_memory_reads_the_same_back() -> None:
    queries.MEMORY.forget()

    report = _load()

    assert (report.regions, report.retired, report.mappings) == (3220, 3450, 14)
    assert (Region.objects.count(), RetiredCode.objects.count()) == (3220, 3450)
    read, shipped = queries.MEMORY.get(), shipped_memory()
    assert read.index.regions == shipped.index.regions
    assert (read.classes, read.provinces, read.members) == (
        shipped.classes,
        shipped.provinces,
        shipped.members,
    )


def test_skips_files_that_were_loaded_before(folder: Path) -> None:
    _load(folder)
    stamp, events = stamps.current("regions"), Event.objects.count()

    assert _load(folder) == LoadReport(unchanged=True)
    assert (stamps.current("regions"), Event.objects.count()) == (stamp, events)


def test_loads_the_same_files_again_to_the_same_rows(folder: Path) -> None:
    _load(folder)
    before = list(Region.objects.values()), list(LevelMapping.objects.values())

    report = _load(folder, force=True)

    assert not report.unchanged
    assert (list(Region.objects.values()), list(LevelMapping.objects.values())) == before


def test_takes_over_what_changed_in_the_files(folder: Path) -> None:
    _load(folder)
    queries.MEMORY.get()
    path = folder / "divisions.csv"
    path.write_text(path.read_text("utf-8").replace("莱山区,莱山", "莱新区,莱新"), "utf-8")

    _load(folder)

    assert queries.get_region("370613").name == "莱新区"


def test_drops_a_region_whose_code_the_files_retire(folder: Path) -> None:
    _load(folder)
    path = folder / "divisions.csv"
    lines = [line for line in path.read_text("utf-8").splitlines() if "370613" not in line]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    with (folder / "retired.csv").open("a", encoding="utf-8") as stream:
        stream.write("370613,莱山区,198012,202612,370611\n")

    _load(folder)

    assert not Region.objects.filter(code="370613").exists()
    assert queries.get_region("370613").code == "370611"


def test_refuses_to_retire_a_region_that_others_rest_on(folder: Path) -> None:
    _load(folder)
    Region.objects.create(
        code="370688", name="新区", short_name="新", kind="county", parent_id="370613"
    )
    path = folder / "divisions.csv"
    lines = [line for line in path.read_text("utf-8").splitlines() if "370613" not in line]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    with (folder / "retired.csv").open("a", encoding="utf-8") as stream:
        stream.write("370613,莱山区,198012,202612,370611\n")

    with pytest.raises(RegionFileRefused, match="370688"):
        _load(folder)

    assert Region.objects.filter(code="370613").exists()
    assert not RetiredCode.objects.filter(code="370613").exists()


def test_keeps_a_pooling_region_that_an_officer_confirmed(folder: Path) -> None:
    _load(folder)
    Region.objects.filter(code="370613").update(
        pooling_region="370613", pooling_basis=PoolingBasis.CONFIRMED
    )
    path = folder / "divisions.csv"
    path.write_text(path.read_text("utf-8").replace("莱山区,莱山", "莱新区,莱新"), "utf-8")

    report = _load(folder)

    row = Region.objects.get(code="370613")
    assert report.kept_poolings == 1
    assert (row.name, row.pooling_region_id) == ("莱新区", "370613")
    assert row.pooling_basis == PoolingBasis.CONFIRMED


def test_keeps_regions_that_staff_added(folder: Path) -> None:
    _load(folder)
    Region.objects.create(
        code="370688", name="新区", short_name="新", kind="county", parent_id="370600"
    )

    _load(folder, force=True)

    assert Region.objects.filter(code="370688").exists()


def test_changes_nothing_when_a_file_is_wrong(folder: Path) -> None:
    _load(folder)
    shutil.copy(files.DATA / "pooling.csv", folder)
    before = Region.objects.count(), stamps.current("regions")

    with pytest.raises(RegionFileRefused):
        _load(folder)

    assert (Region.objects.count(), stamps.current("regions")) == before


def test_records_who_loaded_what(folder: Path) -> None:
    _load(folder)

    event = Event.objects.get(event="regions.files_loaded")

    assert (event.actor, event.at) == ("loader", AT)
    assert event.after == {"regions": 5, "retired": 1, "mappings": 1}


def test_command_loads_once_and_names_what_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    out = StringIO()
    call_command("load_regions", stdout=out)
    call_command("load_regions", stdout=out)

    assert out.getvalue().splitlines() == [
        "regions: 3220 regions, 3450 retired codes, 14 classes; 0 confirmed poolings kept",
        "regions: unchanged",
    ]

    def refuse(**options: object) -> LoadReport:
        raise RegionFileRefused("pooling.csv", "370600", "is no division")

    monkeypatch.setattr("yibao.regions.management.commands.load_regions.load_regions", refuse)
    with pytest.raises(CommandError, match=r"pooling\.csv, 370600: is no division"):
        call_command("load_regions", stdout=out)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("region_code_is_six_digits_or_xpcc", {"code": "37060"}),
        ("region_only_the_nation_has_no_parent", {"parent_id": None}),
        ("region_is_not_its_own_parent", {"parent_id": "370699"}),
        (
            "region_outside_has_no_pool",
            {"pooling_basis": PoolingBasis.OUTSIDE, "pooling_region_id": "370600"},
        ),
    ],
)
def test_database_refuses_an_impossible_region(
    folder: Path, constraint: str, fields: dict[str, str]
) -> None:
    _load(folder)
    whole = {"code": "370699", "kind": "county", "parent_id": "370600", "name": "甲"} | fields

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Region.objects.create(short_name="甲", **whole)


def test_database_refuses_an_impossible_retired_code_or_class(folder: Path) -> None:
    _load(folder)
    whole = {"code": "370602", "name": "甲", "first_revision": "198012", "last_revision": "199012"}

    with pytest.raises(IntegrityError, match="succeed_itself"), transaction.atomic():
        RetiredCode.objects.create(**whole, successor_code="370602")
    with pytest.raises(IntegrityError, match="in_order"), transaction.atomic():
        RetiredCode.objects.create(**whole | {"last_revision": "197912"})
    for rank, slug in ((0, "class2"), (1, "class1")):
        with pytest.raises(IntegrityError), transaction.atomic():
            LevelMapping.objects.create(
                region_id="370600", slug=slug, local_name="甲", level="primary", rank=rank
            )
