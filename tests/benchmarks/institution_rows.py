"""An invented national list: as long and as uneven as a real one, the same for every seed.

No row is a real institution; a database that holds such rows is a test's or a benchmark's.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from random import Random

from yibao.regions.files import DATA

NATION_SIZE = 650_000
HEADER = (
    "code", "name", "aliases", "kind", "level", "grade", "region", "address", "phones",
    "inpatient", "outpatient", "pharmacy", "chronic",
)  # fmt: skip
SOURCE = "虚构名单（仅供测试）"
LIST_DATE = date(2026, 7, 1)

# kind, share of all rows in ‰, (level, grade, weight), services it may have with their odds in %.
_KINDS = (
    ("pharmacy", 400, (("", "", 1),), {"pharmacy": 98}),
    ("village", 255, (("unrated", "", 1),), {"outpatient": 70}),
    ("clinic", 125, (("unrated", "", 1),), {"outpatient": 65}),
    ("community_station", 60, (("unrated", "", 1),), {"outpatient": 80}),
    (
        "township", 62,
        (("primary", "a", 5), ("primary", "", 3), ("unrated", "", 2)),
        {"inpatient": 95, "outpatient": 90, "chronic": 30},
    ),
    (
        "community_centre", 22,
        (("primary", "a", 3), ("primary", "", 4), ("unrated", "", 3)),
        {"inpatient": 80, "outpatient": 95, "chronic": 50},
    ),
    (
        "general", 32,
        (("tertiary", "a", 6), ("tertiary", "b", 3), ("tertiary", "", 5), ("secondary", "a", 20),
         ("secondary", "", 16), ("primary", "", 30), ("unrated", "", 20)),
        {"inpatient": 100, "outpatient": 97, "chronic": 85},
    ),
    (
        "specialist", 25,
        (("tertiary", "a", 3), ("tertiary", "", 5), ("secondary", "", 30), ("primary", "", 30),
         ("unrated", "", 32)),
        {"inpatient": 100, "outpatient": 90, "chronic": 60},
    ),
    (
        "tcm", 12,
        (("tertiary", "a", 8), ("secondary", "a", 30), ("secondary", "", 25), ("primary", "", 37)),
        {"inpatient": 100, "outpatient": 97, "chronic": 80},
    ),
    (
        "maternal", 7,
        (("tertiary", "a", 5), ("secondary", "a", 30), ("secondary", "", 35), ("primary", "", 30)),
        {"inpatient": 100, "outpatient": 95, "chronic": 40},
    ),
)  # fmt: skip
_SHAPES = {
    "pharmacy": "{brand}大药房{short}{place}{ordinal}店",
    "village": "{county}{place}镇{family}村卫生室",
    "clinic": "{short}{place}{brand}{craft}诊所",
    "community_station": "{county}{place}街道{family}社区卫生服务站",
    "township": "{county}{place}镇卫生院",
    "community_centre": "{county}{place}街道社区卫生服务中心",
    "general": "{city}{county}{ordinal}人民医院",
    "specialist": "{short}{brand}{special}医院",
    "tcm": "{county}{brand}中医医院",
    "maternal": "{county}{place}妇幼保健院",
}
_WORDS = {
    "brand": (
        "康安",
        "仁济",
        "民泰",
        "福寿",
        "益民",
        "同和",
        "博爱",
        "德善",
        "百草",
        "春晖",
        "恒健",
        "佑民",
        "协和",
        "同济",
        "华康",
    ),
    "place": (
        "城关",
        "东关",
        "西门",
        "南湖",
        "北山",
        "新桥",
        "河口",
        "龙泉",
        "太平",
        "永安",
        "双河",
        "青山",
        "白云",
        "石桥",
        "柳林",
        "金山",
    ),
    "family": (
        "李家庄",
        "王家湾",
        "张家坪",
        "刘家沟",
        "陈家营",
        "杨家桥",
        "赵家店",
        "周家岭",
        "吴家河",
        "徐家坝",
    ),
    "ordinal": ("", "第一", "第二", "第三", "第四", "第五", "新区", "东区", "西区"),
    "craft": ("内科", "外科", "中医", "口腔", "儿科", "全科"),
    "special": ("肿瘤", "眼科", "骨科", "口腔", "精神", "儿童", "康复", "皮肤", "肛肠", "心血管"),
}
_DISEASES = ("M01600", "M03900", "M04600", "M05300", "M06900", "M07200", "M07801", "M08300")


def rows(count: int = NATION_SIZE, seed: int = 20260701) -> Iterator[list[str]]:
    """Yield rows in the order of HEADER; a name is used once in a county."""
    chance = Random(seed)  # noqa: S311 (a list for tests)
    counties, cities = _counties()
    weights = [chance.lognormvariate(0, 0.75) for _ in counties]
    kinds = [kind[0] for kind in _KINDS]
    shares = [kind[1] for kind in _KINDS]
    about = {kind[0]: kind for kind in _KINDS}
    numbers: Counter[str] = Counter()
    used: Counter[tuple[str, str]] = Counter()
    for county in chance.choices(counties, weights, k=count):
        kind = chance.choices(kinds, shares)[0]
        _name, _share, levels, odds = about[kind]
        level, grade, _weight = chance.choices(levels, [item[2] for item in levels])[0]
        words = {name: chance.choice(values) for name, values in _WORDS.items()}
        name = _SHAPES[kind].format(
            county=county["name"], short=county["short_name"],
            city=cities.get(county["parent"], ""), **words,
        )  # fmt: skip
        used[county["code"], name] += 1
        if used[county["code"], name] > 1:
            name += f"（{used[county['code'], name]}）"
        numbers[county["code"]] += 1
        services = {service: chance.randrange(100) < odd for service, odd in odds.items()}
        letter = "P" if kind == "pharmacy" else "H"
        flags = (services.get(flag, False) for flag in ("inpatient", "outpatient", "pharmacy"))
        diseases = chance.sample(_DISEASES, chance.randint(1, 4)) if services.get("chronic") else []
        yield [
            f"{letter}{county['code']}{90_000 + numbers[county['code']]:05d}",
            name, "", kind, level, grade, county["code"],
            f"{county['name']}{words['place']}路{chance.randint(1, 999)}号", "",
            *("1" if is_open else "0" for is_open in flags),
            " ".join(sorted(diseases)),
        ]  # fmt: skip


def write_csv(
    path: Path, count: int = NATION_SIZE, *, changed_per_mille: int = 0, columns: int | None = None
) -> None:
    """Write a list; so many rows in a thousand get another address than in the first list.

    `columns` cuts the file after its first columns (9: entries without services).
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER[:columns])
        for number, row in enumerate(rows(count)):
            if number % 1000 < changed_per_mille:
                row[7] += "（新址）"
            writer.writerow(row[:columns])


def fill(path: Path, count: int = NATION_SIZE) -> None:
    """Bring a list with services into the current database, through the import itself.

    `path` is a folder for the file. The regions must be loaded. The database is marked for
    what it is: it takes synthetic rows, and holds them.
    """
    from django.db import connection

    from yibao.accounts.models import User
    from yibao.institutions.models import Institution

    migration = import_module("yibao.institutions.migrations.0002_search")
    with connection.cursor() as cursor:
        for statement in migration.ALLOW_SYNTHETIC[connection.vendor]:
            cursor.execute(statement)

    file = path / "institutions.csv"
    write_csv(file, count)
    officer, _made = User.objects.get_or_create(username="bench")
    bring_in(file, officer, LIST_DATE)
    Institution.objects.filter(source_name=SOURCE).update(synthetic=True)


def bring_in(file: Path, officer: object, day: date) -> dict[str, int]:
    """Check and write a list in this process; return the counts of the check."""
    from yibao.institutions import operations
    from yibao.institutions.import_models import ImportRun, ImportSource, State
    from yibao.institutions.imports.columns import suggest
    from yibao.institutions.imports.operations import work

    def clock() -> datetime:
        return datetime.now(UTC)

    source, _made = ImportSource.objects.get_or_create(name=SOURCE)
    with file.open("rb") as opened:
        run = operations.start_import(
            source=source, region_code="000000", list_date=day, is_full=False,
            upload=operations.Upload(file.name, iter(lambda: opened.read(1 << 20), b"")),
            by=officer, at=clock(),
        )  # fmt: skip
    if run.state == State.COLUMNS:
        operations.choose_columns(run, suggest(run.headers, {}), by=officer, at=clock())
    for wanted in (State.CHECKED, State.APPLIED):
        work(worker="bench", is_alive=lambda worker: False, clock=clock)
        run = ImportRun.objects.get(pk=run.pk)
        assert run.state == wanted, run.message
        if wanted == State.CHECKED:
            operations.ask_to_apply(
                run, skip_refused=False, close_missing=None, by=officer, at=clock()
            )
    return dict(run.counts)


def _counties() -> tuple[list[dict[str, str]], dict[str, str]]:
    """Return the shipped counties, and the short names of what lies above them."""
    with (DATA / "divisions.csv").open(encoding="utf-8", newline="") as file:
        divisions = list(csv.DictReader(file))
    names = {row["code"]: row["short_name"] for row in divisions}
    return [row for row in divisions if row["kind"] == "county"], names
