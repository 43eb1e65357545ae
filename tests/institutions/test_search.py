"""The search finds what a look at every row finds, in the same order, page after page."""

import csv
import random
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.institutions import make_institution, make_regions
from tests.factories.regions import shipped_memory
from tests.institutions import brute
from yibao.institutions import gin
from yibao.institutions.indexing import POSITIONS_PER_TIER, index, region_line
from yibao.institutions.matching import LONGEST_TEXT
from yibao.institutions.models import Institution, Kind, ServiceOpening
from yibao.institutions.pinyin import syllables
from yibao.institutions.search import PAGE_SIZE, BadCursor, Wanted, search
from yibao.regions import queries as regions
from yibao.rules.terms import Level

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 23)
SHIPPED = Path(regions.__file__).parents[1] / "institutions" / "data" / "institutions.csv"
QUERIES = 500


def codes(wanted: Wanted) -> list[str]:
    """Return the codes of all pages."""
    found: list[str] = []
    cursor = ""
    while True:
        page = search(wanted, cursor)
        found += [row.code for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            return found


def names(text: str, **wanted: object) -> list[str]:
    return [row.name for row in search(Wanted(on=ON, text=text, **wanted)).rows]  # type: ignore[arg-type]


@pytest.fixture
def peking_union() -> Institution:
    return make_institution(
        "中国医学科学院北京协和医院", "110101", aliases="协和医院", level="tertiary", grade="a"
    )


@pytest.mark.parametrize(
    "typed",
    [
        "协", "协和", "协和医院", "北京协和", "xhyy", "bjxh", "xiehe", "xieheyiyua", "xie he",
        "XieHe", "协和 东城", "东城 协和", "dc xh", "北京 协和", "东城协和", "１１０１０１",
        "“协和”（医院）",
    ],
)  # fmt: skip
def test_a_hospital_is_found_however_it_is_typed(typed: str, peking_union: Institution) -> None:
    make_institution("成都市第三人民医院", "510105")

    assert names(typed) == [peking_union.name]


@pytest.mark.parametrize(
    "typed", ["协和天", "海淀 协和", "xhyyy", "iehe", "协院", "!!!", "😀", '"', "*", "'"]
)
def test_what_does_not_fit_is_not_found(typed: str, peking_union: Institution) -> None:
    assert names(typed) == []


def test_the_same_name_comes_before_a_beginning_before_a_part() -> None:
    part = make_institution("武汉协和医院", "420102", level="tertiary", grade="a")
    beginning = make_institution("协和医院分院", "420102", level="secondary")
    same = make_institution("协和医院", "420102", level="unrated")

    assert names("协和医院") == [same.name, beginning.name, part.name]


def test_a_name_comes_before_a_place() -> None:
    placed = make_institution("第一人民医院", "510104", level="tertiary", grade="a")
    named = make_institution("锦江口腔门诊部", "510105", level="unrated", kind=Kind.CLINIC)

    assert names("锦江") == [named.name, placed.name]


def test_higher_levels_come_first_and_pharmacies_after_hospitals_of_no_level() -> None:
    make_institution("甲一", "110101", level="unrated", kind=Kind.PHARMACY)
    make_institution("甲二", "110101", level="unrated")
    make_institution("甲三", "110101", level="secondary")
    make_institution("甲四", "110101", level="tertiary", grade="b")
    make_institution("甲五", "110101", level="tertiary", grade="a")
    make_institution("甲六", "110101", level="")

    assert names("甲") == ["甲五", "甲四", "甲三", "甲六", "甲二", "甲一"]


def test_near_the_insured_region_comes_first() -> None:
    far = make_institution("人民医院", "110101", level="tertiary")
    province = make_institution("人民医院", "370102", level="secondary")
    home = make_institution("人民医院", "370602", level="unrated")

    found = search(Wanted(on=ON, text="人民医院", insured="370600")).rows

    assert [row.code for row in found] == [home.code, province.code, far.code]


def test_confirmed_openings_come_first_and_the_rest_stays() -> None:
    unknown = make_institution("甲医院", "510105", level="tertiary")
    is_open = make_institution("乙医院", "510105", open_for=[("chronic", "M01600")])
    other = make_institution("丙医院", "510105", open_for=[("chronic", "M03900")])

    found = search(Wanted(on=ON, text="医院", service="chronic", disease="M01600")).rows  # type: ignore[arg-type]

    assert [row.code for row in found] == [is_open.code, unknown.code, other.code]
    assert [opening.disease for opening in found[0].openings] == ["M01600"]


def test_an_opening_inside_the_province_is_of_no_use_to_others() -> None:
    hospital = make_institution("甲医院", "510105", level="unrated", open_for=["inpatient"])
    hospital.openings.update(scope="in_province")
    unknown = make_institution("乙医院", "510105", level="tertiary")

    def first(insured: str) -> str:
        wanted = Wanted(on=ON, text="医院", service="inpatient", insured=insured)  # type: ignore[arg-type]
        return search(wanted).rows[0].code

    assert first("510700") == hospital.code
    assert first("370600") == unknown.code


@pytest.mark.parametrize(
    ("day", "is_listed"),
    [
        (date(2024, 12, 31), False),
        (date(2025, 1, 1), True),
        (date(2025, 12, 31), True),
        (date(2026, 1, 1), False),
    ],
)
def test_the_list_of_a_day_holds_what_was_listed_then(day: date, is_listed: bool) -> None:
    make_institution(
        "协和医院",
        "110101",
        effective_from=date(2025, 1, 1),
        effective_to=date(2026, 1, 1),
        end_reason="注销",
    )

    assert bool(search(Wanted(on=day, text="协和")).rows) is is_listed


def test_pages_follow_one_another_without_gaps_or_repeats() -> None:
    for number in range(2 * PAGE_SIZE + 5):
        make_institution(f"第{number}医院", "110101", level="tertiary" if number % 3 else "")

    found = codes(Wanted(on=ON, text="医院"))

    assert len(found) == len(set(found)) == 2 * PAGE_SIZE + 5


def test_matches_are_counted_up_to_the_end_of_the_page() -> None:
    for number in range(PAGE_SIZE + 2):
        make_institution(f"第{number}医院", "110101")
    wanted = Wanted(on=ON, text="医院")

    first = search(wanted)
    last = search(wanted, first.next_cursor)

    assert (first.matches, first.has_more_matches) == (PAGE_SIZE, True)
    assert (last.matches, last.has_more_matches) == (PAGE_SIZE + 2, False)


def test_a_text_is_read_up_to_the_length_of_a_name(peking_union: Institution) -> None:
    """Whatever is typed, the database is asked little."""
    start = "协和" + "！" * (LONGEST_TEXT - 2)

    assert names(start + "天" * 10_000) == [peking_union.name]
    assert names("天" * 10_000) == []
    assert names(" ".join("协和医院" * 3_000)) == [peking_union.name]


@pytest.mark.parametrize("cursor", ["x", "x:y:z", "WyJhIiwwLDBd:1abc:def"])
def test_a_cursor_that_is_not_ours_is_refused(cursor: str, peking_union: Institution) -> None:
    with pytest.raises(BadCursor):
        search(Wanted(on=ON, text="协和"), cursor)


def test_a_cursor_of_another_search_is_refused() -> None:
    for number in range(PAGE_SIZE + 1):
        make_institution(f"第{number}医院", "110101")
    cursor = search(Wanted(on=ON, text="医院")).next_cursor

    with pytest.raises(BadCursor):
        search(Wanted(on=ON, text="院"), cursor)


def test_the_index_follows_every_change(peking_union: Institution) -> None:
    peking_union.name, peking_union.aliases = "海淀医院", ""
    index(peking_union)
    peking_union.save()
    assert names("协和") == []
    assert names("海淀医院") == ["海淀医院"]

    Institution.objects.all().delete()
    assert names("海淀医院") == []


def test_a_page_takes_two_statements_at_most(peking_union: Institution) -> None:
    for number in range(PAGE_SIZE + 1):
        make_institution(f"协和第{number}医院", "110101", open_for=["inpatient", "outpatient"])

    wanted = Wanted(on=ON, text="协和", service="inpatient", insured="370600")  # type: ignore[arg-type]
    search(wanted)  # reads which tokens are common, once

    with CaptureQueriesContext(connection) as captured:
        page = search(wanted)

    assert len(page.rows) == PAGE_SIZE
    assert sum("institutions_" in query["sql"] for query in captured.captured_queries) == 2


# --- against brute force --------------------------------------------------------------------


def _load(dice: random.Random) -> tuple[list[Institution], list[ServiceOpening]]:
    """Save some hundred real names of some places, with invented levels, openings and periods."""
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        real = [row for row in csv.DictReader(file) if row["region"][:2] in ("11", "37", "51")]
    chosen = dice.sample(real, 350)
    make_regions({row["region"] for row in chosen} | {"370600", "370602", "110108", "510105"})
    rows = []
    for number, real_row in enumerate(chosen):
        row = Institution(
            code=f"{dice.choice('HPY')}{real_row['region']}{number:05d}",
            name=real_row["name"],
            aliases=real_row["aliases"],
            kind=dice.choice(Kind.values),
            level=dice.choice(["tertiary", "secondary", "primary", "unrated", ""]),
            grade=dice.choice(["a", "b", ""]),
            region_id=region_line(real_row["region"])[0],
            effective_from=dice.choice([None, date(2025, 6, 1)]),
            effective_to=dice.choice([None, None, None, date(2026, 3, 1)]),
            source_name="卫健委",
            source_date=date(2020, 1, 31),
        )
        rows.append(row)
    openings = [
        ServiceOpening(
            institution=row,
            service=service,
            disease=dice.choice(["M01600", "M03900", ""]) if service == "chronic" else "",
            scope=dice.choice(["in_province", "cross_province"]),
            effective_from=dice.choice([date(2024, 1, 1), date(2026, 2, 1)]),
            effective_to=dice.choice([None, date(2026, 6, 1)]),
            source_name="名单",
            checked_on=ON,
        )
        for row in rows
        for service in dice.sample(["inpatient", "outpatient", "chronic", "pharmacy"], 2)
    ]
    for row in rows:
        index(row, [(o.service, o.disease) for o in openings if o.institution is row])
    Institution.objects.bulk_create(rows)
    ServiceOpening.objects.bulk_create(openings)
    return rows, openings


def _typed(dice: random.Random, rows: list[Institution]) -> str:
    row = dice.choice(rows)
    name = dice.choice([row.name, *row.aliases.split()])
    start = dice.randrange(len(name))
    piece = name[start : start + dice.choice([1, 2, 2, 3, 4, 6, 30])]
    said = syllables(piece.lower())
    place = regions.get_region(row.region_id)
    return dice.choice(
        [
            "",
            piece,
            piece,
            name,
            "".join(syllable[0] for syllable in said),
            "".join(said)[: dice.choice([2, 5, 9, 40])],
            f"{place.short_name} {piece}",
            f"{place.short_name}{piece}",
            f"{piece[:1]} {piece[-1:]}",
            place.short_name,
            piece[::-1],
            f"{piece}医院",
        ]
    )[:60]


def _wanted(dice: random.Random, rows: list[Institution]) -> Wanted:
    service = dice.choice([None, None, "inpatient", "chronic", "pharmacy"])
    return Wanted(
        on=dice.choice([ON, date(2025, 1, 1), date(2026, 3, 1)]),
        text=_typed(dice, rows),
        region=dice.choice(["", "", "", "110000", "370600", "370602", "510100", "510105"]),
        level=dice.choice([None, None, Level.TERTIARY, Level.UNRATED]),
        service=service,  # type: ignore[arg-type]
        disease=dice.choice(["", "M01600"]) if service == "chronic" else "",
        insured=dice.choice(["", "", "370600", "110000", "370100", "360100"]),
    )


@pytest.mark.parametrize("reading", ["at once", "by blocks"])
def test_every_search_equals_brute_force(reading: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told that tokens are common, PostgreSQL takes the ways that are meant for long lists."""
    # Outside a request each look into memory would ask the database whether it is fresh.
    monkeypatch.setattr(regions.MEMORY, "get", shipped_memory)
    dice = random.Random(20261123)  # noqa: S311 - chance that repeats
    rows, openings = _load(dice)
    common = _called_common(dice, rows) if reading == "by blocks" else {}
    monkeypatch.setattr(gin.COMMON, "get", lambda: common)
    sizes: Counter[str] = Counter()
    for _number in range(QUERIES):
        wanted = _wanted(dice, rows)

        found, expected = codes(wanted), brute.find(rows, openings, wanted)

        assert found == expected, wanted
        sizes["none" if not found else "one page" if len(found) <= PAGE_SIZE else "more"] += 1

    # The comparison means little where most searches find nothing.
    assert sizes["one page"] > QUERIES // 5
    assert sizes["more"] > QUERIES // 7


def _called_common(dice: random.Random, rows: list[Institution]) -> dict[str, dict[int, int]]:
    """Return counts that make each tier be read in one of all ways, whatever it holds."""
    counts = (0, 100, 5_000, 100_000)
    common: dict[str, dict[int, int]] = {}
    for row in rows:
        for token in row.grams.split():
            common.setdefault(token, {})[row.position // POSITIONS_PER_TIER] = dice.choice(counts)
    return common


def test_synthetic_rows_are_refused_by_the_database(peking_union: Institution) -> None:
    peking_union.code, peking_union.position, peking_union.synthetic = "H11010190001", 1, True

    with pytest.raises(Exception, match="synthetic"), connection.cursor():
        peking_union.save(force_insert=True)
