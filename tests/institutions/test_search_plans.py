"""No search reads a table whole, and what a written list leaves behind is tidied."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.institutions import make_institution, make_regions
from yibao.institutions import gin
from yibao.institutions.models import CommonToken, Institution, Kind
from yibao.institutions.search import Wanted, search
from yibao.institutions.upkeep import tidy_index
from yibao.rules.terms import Level

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 23)


@pytest.fixture
def peking_union() -> Institution:
    return make_institution("中国医学科学院北京协和医院", "110101", level="tertiary", grade="a")


def test_tokens_that_many_hold_are_counted_by_tier(peking_union: Institution) -> None:
    make_institution("协和药店", "110101", kind=Kind.PHARMACY)
    make_institution("协和诊所", "110101", kind=Kind.PHARMACY)
    if connection.vendor == "sqlite":
        pytest.skip("SQLite reads in rank order by itself")

    with connection.cursor() as cursor:
        cursor.execute("SELECT institutions_count_tokens(100, 3)")

    held = CommonToken.objects.filter(token="协和").order_by("tier").values_list("rows", flat=True)
    assert [*held] == [1, 2]
    assert not CommonToken.objects.filter(token="药店").exists()


def test_the_index_is_tidied_and_finds_the_same(peking_union: Institution) -> None:
    make_institution("成都市第三人民医院", "510105")

    tidy_index()

    assert [row.name for row in search(Wanted(on=ON, text="协和")).rows] == [peking_union.name]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT segid) FROM institutions_search_idx")
            assert cursor.fetchone() == (1,)


# --- no table is read whole -----------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        {"text": "院"},
        {"text": "协和医院"},
        {"text": "xieh"},
        {"text": "东城 协和"},
        {"text": "东城"},
        {"region": "110000", "level": Level.TERTIARY},
        {"text": "医院", "service": "chronic", "disease": "M01600", "insured": "370600"},
        {"insured": "370600"},
    ],
)
@pytest.mark.parametrize("count", [0, 100_000])
def test_no_search_reads_a_table_whole(
    asked: dict[str, Any], count: int, peking_union: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_regions(["370600"])
    common = {token: dict.fromkeys(range(15), count) for token in peking_union.grams.split()}
    monkeypatch.setattr(gin.COMMON, "get", lambda: common)
    wanted = Wanted(on=ON, **asked)

    assert _tables_read_whole(wanted) == []


def _tables_read_whole(wanted: Wanted) -> list[str]:
    """Return what the database says it reads from end to end for a search."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # A table of a few rows would be read whole although an index serves.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(_SCANS)
            before = dict(cursor.fetchall())
            search(wanted)
            cursor.execute(_SCANS)
            return [name for name, scans in cursor.fetchall() if scans > before[name]]
    with CaptureQueriesContext(connection) as captured:
        search(wanted)
    plans = []
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            if "institutions_" in query["sql"]:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}".replace("%", "%%"), ())
                plans += [row[3] for row in cursor.fetchall()]
    assert plans
    # The index is a virtual table: SQLite calls every way of reading it a scan.
    return [step for step in plans if step.startswith("SCAN") and not _IS_INDEXED.match(step)]


_SCANS = (
    "SELECT relname, seq_scan FROM pg_stat_xact_user_tables"
    " WHERE relname IN ('institutions_institution', 'institutions_serviceopening')"
)
_IS_INDEXED = re.compile(r"SCAN (f VIRTUAL TABLE INDEX [0-9]+:.*M|\(subquery)")
