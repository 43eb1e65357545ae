"""Searches in a national list, against a scan of names and a fetch of neighbouring rows.

`python -m tests.benchmarks.bench_finder` makes the list in a folder of its own, or in the
empty database named by DATABASE_URL; `pytest -m bench tests/benchmarks/bench_finder.py`
does so too and holds the goals. INSTITUTIONS sets the size of the list. All sides of a
ratio are measured in one run, round robin; a range is the least, the middle and the most.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.benchmarks.conftest import Request

ROOT = Path(__file__).resolve().parents[2]
COUNT = int(os.environ.get("INSTITUTIONS", "650000"))
ROUNDS = 15
ON = date(2026, 11, 23)
USUAL = {
    "one sign": ["院", "协", "眼", "康"],
    "two signs": ["医院", "协和", "同济", "口腔", "海淀", "锦江"],
    "four signs": ["协和医院", "肿瘤医院", "人民医院", "仁济大药", "王家湾村"],
    "initials": ["xhyy", "rmyy", "zlyy", "tjyy"],
    "pinyin": ["xiehe", "zhongliu", "tongji", "renmin"],
    "place and name": ["海淀 肿瘤", "成都 医院", "烟台 眼科"],
}
WORST = [
    "医药房", "大药房", "药房 医院 诊所", "卫生室村", "dayaofang", "甲乙丙丁", "y", "院 房 店",
    "医院" * 5_000, "院店室站" * 2_500, "yiyuan" * 1_667,
]  # fmt: skip
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"region": "110000"},
    {"region": "510100", "service": "chronic", "disease": "M01600"},
    {"insured": "370600"},
    {"insured": "370600", "service": "inpatient"},
    {"level": "tertiary"},
)
FRAGMENT = {"HX-Request": "true", "HX-Target": "results"}


@pytest.mark.bench
def test_searches_of_a_national_list(tmp_path):
    figures = _run(tmp_path)

    print(f"\n{figures}", end="")
    worst = next(line for line in figures.splitlines() if line.startswith("worst"))
    assert float(worst.split(":")[1].split()[0]) <= 1 / 3


@pytest.mark.bench
def test_a_fragment_that_is_kept(floors):
    address = "/institutions/?q=%E5%8D%8F%E5%92%8C"

    figures = floors(
        {
            "kept": Request(address, FRAGMENT),
            "new": Request(address, FRAGMENT, is_fresh=True),
        }
    )

    assert figures["kept"].middle <= 1.5


def _run(folder: Path) -> str:
    environment = {
        **os.environ,
        "YIBAO_DATA_DIR": str(folder),
        "YIBAO_OPERATOR": "",
        "DATABASE_URL": os.environ.get("DATABASE_URL", os.environ.get("TEST_DATABASE_URL", "")),
        "DJANGO_SETTINGS_MODULE": "yibao.config.settings",
    }
    for command in (["migrate", "-v0"], ["load_regions"]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench_finder", "measure"],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


# --- the measured process -------------------------------------------------------------------


def measure() -> None:
    """Print each kind of search as ratios; milliseconds beside them are of this run alone."""
    from django.db import connection

    from tests.factories.regions import shipped_memory
    from yibao.institutions import gin
    from yibao.institutions.models import Institution
    from yibao.regions import queries as regions

    if not Institution.objects.exists():
        from tests.benchmarks.institution_rows import fill

        with tempfile.TemporaryDirectory() as folder:
            fill(Path(folder), COUNT)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    # As in a request, memory is not asked again and again whether it is fresh.
    regions.MEMORY.get = shipped_memory  # type: ignore[method-assign]
    if connection.vendor == "postgresql":
        common = gin.COMMON.get()
        gin.COMMON.get = lambda: common  # type: ignore[method-assign]
    for filters in FILTERS:
        for kind, texts in USUAL.items():
            found = [_sides(text, filters, ROUNDS) for text in texts]
            scans = [sides["scan"] / sides["sql"] for sides in found]
            likes = [sides["like"] / sides["sql"] for sides in found]
            fetches = [sides["sql"] / sides["neighbours"] for sides in found]
            pages = [sides["sql"] / sides["page"] for sides in found]
            above = [sides["search"] / sides["sql"] for sides in found]
            ms = median(sides["search"] for sides in found)
            print(
                f"{kind} {filters or ''}: a scan takes {_range(scans)} x, this LIKE "
                f"{_range(likes)} x as long; {_range(fetches)} x ten neighbours, {_range(pages)} x "
                f"a page of neighbours; search {_range(above)} x its SQL, {ms:.2f} ms",
                flush=True,
            )
    ratios = {}
    for text in WORST:
        for filters in FILTERS:
            sides = _sides(text, filters, 3)
            ratios[sides["search"] / sides["scan"]] = (text[:12], filters)
    print(f"worst: {max(ratios):.3f} x a scan {ratios[max(ratios)]}")


def _range(ratios: list[float]) -> str:
    return f"{min(ratios):.1f}/{median(ratios):.1f}/{max(ratios):.1f}"


def _sides(text: str, filters: dict[str, str], rounds: int) -> dict[str, float]:
    """Return the median milliseconds of each side."""
    from django.db import connection

    from yibao.institutions.search import Wanted, search

    wanted = Wanted(on=ON, text=text, **filters)  # type: ignore[arg-type]
    statements: list[tuple[str, Any]] = []

    def noted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(noted):
        search(wanted)
    sides: dict[str, Callable[[], object]] = {
        "scan": lambda: _fetch("name LIKE %s ORDER BY position LIMIT 10", "%没有这家医院%"),
        "like": lambda: _fetch("name LIKE %s ORDER BY position LIMIT 10", f"%{text}%"),
        "neighbours": lambda: _fetch("position > %s ORDER BY position LIMIT 10", 5 * 10**12),
        "page": _page_of_neighbours,
        "sql": lambda: [_bare(*statement) for statement in statements],
        "search": lambda: search(wanted),
    }
    spent: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(rounds + 1):
        for name, side in sides.items():
            if name in ("scan", "like") and number > 1:
                continue  # takes hundreds of times as long, and varies little
            start = time.perf_counter()
            side()
            if number:
                spent[name].append((time.perf_counter() - start) * 1000)
    return {name: median(found) for name, found in spent.items()}


def _fetch(where: str, value: object) -> list[Any]:
    columns = "code, name, kind, level, grade, region_id, address, phones"
    return _bare(f"SELECT {columns} FROM institutions_institution WHERE {where}", [value])  # noqa: S608


def _page_of_neighbours() -> list[Any]:
    """Return the first rows after a position as a page shows them, and their openings."""
    from yibao.institutions.sql import _COLUMNS

    rows = _bare(
        f"SELECT {', '.join(_COLUMNS)} FROM institutions_institution"  # noqa: S608
        " WHERE position > %s ORDER BY position LIMIT 11",
        [5 * 10**12],
    )
    marks = ", ".join(["%s"] * 10)
    return _bare(
        "SELECT institution_id, service, disease, scope, effective_from, checked_on"  # noqa: S608
        f" FROM institutions_serviceopening WHERE institution_id IN ({marks})"
        " AND effective_from <= %s AND (effective_to IS NULL OR effective_to > %s)",
        [*(row[0] for row in rows[:10]), ON, ON],
    )


def _bare(sql: str, params: list[Any]) -> list[Any]:
    """Run a statement on the driver's own cursor."""
    from django.db import connection

    connection.ensure_connection()
    if connection.vendor == "sqlite":
        sql = sql.replace("%s", "?")
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql, params)
        return cursor.fetchall()  # type: ignore[no-any-return]
    finally:
        cursor.close()


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        import django

        django.setup()
        measure()
    else:
        with tempfile.TemporaryDirectory() as made:
            print(_run(Path(made)))
