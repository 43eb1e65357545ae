"""Searches in a national list, against a scan of names and a fetch of neighbouring rows.

`python -m tests.benchmarks.bench_finder` makes the list in a folder of its own, or in the
empty database named by DATABASE_URL; `pytest -m bench tests/benchmarks/bench_finder.py`
does so too and holds the goals. INSTITUTIONS sets the size of the list. All sides of a
ratio are measured in one run, round robin.
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

import pytest

ROOT = Path(__file__).resolve().parents[2]
COUNT = int(os.environ.get("INSTITUTIONS", "650000"))
ROUNDS = 7
ON = date(2026, 11, 23)
USUAL = {
    "one sign": ["院", "协", "眼", "康"],
    "two signs": ["医院", "协和", "同济", "口腔"],
    "four signs": ["协和医院", "肿瘤医院", "人民医院", "仁济大药"],
    "initials": ["xhyy", "rmyy", "zlyy", "tjyy"],
    "pinyin": ["xiehe", "zhongliu", "tongji", "renmin"],
    "place and name": ["海淀 肿瘤", "成都 医院", "烟台 眼科"],
}
WORST = ["医药房", "大药房", "药房 医院 诊所", "卫生室村", "dayaofang", "甲乙丙丁", "y"]
FILTERS: tuple[dict[str, str], ...] = (
    {},
    {"region": "110000"},
    {"region": "510100", "service": "chronic", "disease": "M01600"},
    {"insured": "370600"},
    {"insured": "370600", "service": "inpatient"},
    {"level": "tertiary"},
)


@pytest.mark.bench
def test_searches_of_a_national_list(tmp_path):
    figures = _run(tmp_path)

    print(f"\n{figures}", end="")
    worst = next(line for line in figures.splitlines() if line.startswith("worst"))
    assert float(worst.split(":")[1].split()[0]) <= 1 / 3


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
    for kind, texts in USUAL.items():
        found = {text: _sides(text, {}, ("like", "neighbours", "search")) for text in texts}
        like = [sides["like"] / sides["search"] for sides in found.values()]
        fetch = [sides["search"] / sides["neighbours"] for sides in found.values()]
        ms = median(sides["search"] for sides in found.values())
        print(
            f"{kind}: a LIKE scan takes {_range(like)} × as long; "
            f"{_range(fetch)} × ten neighbours; {ms:.2f} ms"
        )
    ratios = {}
    for text in WORST:
        for filters in FILTERS:
            sides = _sides(text, filters, ("scan", "search"), rounds=3)
            ratios[sides["search"] / sides["scan"]] = (text, filters)
    print(f"worst: {max(ratios):.2f} × LIKE scan {ratios[max(ratios)]}")


def _range(ratios: list[float]) -> str:
    return f"{median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"


def _sides(
    text: str, filters: dict[str, str], names: tuple[str, ...], rounds: int = ROUNDS
) -> dict[str, float]:
    """Return the median milliseconds of each named side."""
    from yibao.institutions.search import Wanted, search

    wanted = Wanted(on=ON, text=text, **filters)  # type: ignore[arg-type]
    sides: dict[str, Callable[[], object]] = {
        "like": lambda: _fetch("name LIKE %s ORDER BY position LIMIT 20", f"%{text}%"),
        "scan": lambda: _fetch("name LIKE %s ORDER BY position LIMIT 20", "%没有这家医院%"),
        "neighbours": lambda: _fetch("position > %s ORDER BY position LIMIT 10", 5 * 10**12),
        "search": lambda: search(wanted),
    }
    spent: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds + 1):
        for name in names:
            start = time.perf_counter()
            sides[name]()
            if number:
                spent[name].append((time.perf_counter() - start) * 1000)
    return {name: median(found) for name, found in spent.items()}


def _fetch(where: str, value: object) -> object:
    from django.db import connection

    columns = "code, name, kind, level, grade, region_id, address, phones"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM institutions_institution WHERE {where}",  # noqa: S608
            [value],
        )
        return cursor.fetchall()


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        import django

        django.setup()
        measure()
    else:
        with tempfile.TemporaryDirectory() as made:
            print(_run(Path(made)))
