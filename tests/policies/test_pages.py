"""The public policy pages, on the shipped data."""

import re
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

TODAY = date(2026, 12, 1)
DATA = re.compile(r'<data class="figure" data-figure="([^"]+)" value="([^"]+)"([^>]*)>')
CITED = re.compile(r'data-citation="([^"]+)"')


@pytest.fixture(autouse=True)
def shipped_today(db: None, shipped: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: TODAY)


def read(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


PAGES = (
    "/regions/370600/",
    "/regions/370600/?on=2026-12-01",
    "/regions/110000/",
    "/regions/310000/",
    "/regions/320500/",
    "/regions/XPCC/",
    "/regions/000000/",
    "/regions/370600/history/",
    "/regions/compare/",
    "/regions/compare/?a=370600&b=370200&insurance=employee",
    "/conflicts/",
    "/conflicts/?region=440600",
    "/coverage/",
    "/sources/",
    "/sources/s-seed4/",
)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_one_heading_and_says_which_page_it_is(client: Client, address: str) -> None:
    html = read(client, address)

    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert re.search(r'<main [^>]*data-page="policies:\w+"', html)
    assert '<html lang="zh-Hans"' in html


@pytest.mark.parametrize("address", PAGES)
def test_ids_on_a_page_are_unique_and_links_within_it_lead_somewhere(
    client: Client, address: str
) -> None:
    html = read(client, address)
    ids = re.findall(r'\bid="([^"]+)"', html)

    assert sorted(set(ids)) == sorted(ids)
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


@pytest.mark.parametrize("code", ["370600", "360100", "110000", "440600", "320000", "000000"])
def test_every_figure_of_a_region_points_to_a_source_on_the_page(client: Client, code: str) -> None:
    html = read(client, f"/regions/{code}/")
    figures = DATA.findall(html)

    assert figures
    for name, value, rest in figures:
        cited = CITED.search(rest)
        assert cited, (name, value)
        assert re.search(rf'<li id="{re.escape(cited[1])}" data-standing="\w+"', html)


def test_a_region_page_shows_the_rule_with_document_and_standing(client: Client) -> None:
    html = read(client, "/regions/360100/?on=2026-12-01")

    assert 'data-figure="deductible" value="600.00"' in html
    assert 'data-figure="payment_band" value="0.6000"' in html
    assert "洪府发〔2022〕38号" in html
    assert "转引" in html


def test_a_day_before_everything_known_shows_no_rule_of_the_region(client: Client) -> None:
    html = read(client, "/regions/370600/?on=2010-01-01")

    assert "还没有收录这里自己的规定" in html
    assert 'data-figure="payment_cap"' not in html


def test_a_region_without_facts_says_so_and_whom_to_ask(client: Client) -> None:
    html = read(client, "/regions/510100/")

    assert "还没有收录这里自己的规定" in html
    assert "12393" in html
    assert "按全国的规定" in html


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("/regions/370602/?on=2026-01-01", "/regions/370600/?on=2026-01-01"),
        ("/regions/110103/", "/regions/110000/"),
        ("/regions/370602/history/", "/regions/370600/history/"),
    ],
)
def test_a_county_or_retired_code_leads_to_its_pooling_region(
    client: Client, asked: str, target: str
) -> None:
    response = client.get(asked)

    assert response.status_code == 301
    assert response["Location"] == target


@pytest.mark.parametrize(
    "address",
    ["/regions/999999/", "/regions/abc/", "/sources/no-such/", "/conflicts/?region=999999"],
)
def test_what_does_not_exist_is_a_plain_not_found(client: Client, address: str) -> None:
    assert "12393" in read(client, address, 404)


@pytest.mark.parametrize("day", ["2026-13-01", "昨天", "1990-01-01", "2030-01-01", "x" * 10_000])
def test_a_bad_day_is_refused_beside_its_field_and_kept(client: Client, day: str) -> None:
    html = read(client, f"/regions/370600/?on={day}", 422)

    assert 'aria-invalid="true"' in html
    assert day[:10] in html


def test_inherited_rules_stand_apart_and_name_their_origin(client: Client) -> None:
    html = read(client, "/regions/320100/")

    own, inherited = html.split('id="level-320000"')
    assert "江苏省" in inherited
    assert 'data-provision="320100' in own
    assert 'data-provision="320000' not in own


def test_both_readings_of_a_disputed_rule_are_shown(client: Client) -> None:
    html = read(client, "/regions/440600/?on=2026-12-01")

    assert 'data-figure="away_adjustment" value="0.3000"' in html
    assert 'data-figure="away_adjustment" value="0.7000"' in html
    assert html.count('data-standing="disputed"') >= 2


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/regions/370600/", 1),
        ("/regions/compare/?a=370600&b=370200&insurance=employee", 1),
        ("/conflicts/", 4),
        ("/coverage/", 1),
        ("/sources/", 1),
        ("/sources/s-seed4/", 2),
        ("/regions/370600/history/", 2),
    ],
)
def test_a_page_asks_the_database_at_most_for_freshness_and_its_own_rows(
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    address: str,
    queries: int,
) -> None:
    with django_assert_max_num_queries(queries):
        client.get(address)


def test_an_unchanged_page_is_answered_with_304(client: Client) -> None:
    first = client.get("/regions/370600/")

    again = client.get("/regions/370600/", headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304


# --- comparison -------------------------------------------------------------------------


def test_comparison_asks_for_the_second_place_without_calling_it_an_error(
    client: Client,
) -> None:
    html = read(client, "/regions/compare/?a=370600")

    assert "山东省烟台市 370600" in html
    assert "aria-invalid" not in html


def test_comparison_keeps_what_was_typed_and_says_what_is_wrong(client: Client) -> None:
    html = read(client, "/regions/compare/?a=朝阳&b=", 422)

    assert html.count('aria-invalid="true"') >= 1
    assert "朝阳" in html


def test_comparison_shows_differing_lines_and_unknown_ones_as_unknown(client: Client) -> None:
    html = read(client, "/regions/compare/?a=370600&b=370200&insurance=employee")

    assert 'value="250000.00"' in html
    assert 'value="400000.00"' in html
    assert "没有查到" in html


def test_a_region_compared_with_itself_does_not_differ(client: Client) -> None:
    html = read(client, "/regions/compare/?a=360100&b=360100&insurance=resident")

    assert "不同的</caption>" not in html
    assert "相同的" in html


# --- boards and sources ------------------------------------------------------------------


def test_the_board_can_be_narrowed_to_one_region(client: Client) -> None:
    html = read(client, "/conflicts/?region=440600")

    keys = re.findall(r'data-conflict="([^"]+)"', html)
    assert keys
    assert all(key.startswith("440600/") for key in keys)


def test_statements_that_no_table_holds_are_on_the_board_with_a_ruling(client: Client) -> None:
    html = read(client, "/conflicts/")

    assert 'data-kind="statement"' in html
    assert "本站的判断" in html


def test_coverage_counts_every_cell_once(client: Client) -> None:
    html = read(client, "/coverage/")
    counts = [
        int(value) for name, value, _rest in DATA.findall(html) if name.startswith("coverage_")
    ]
    said = re.search(r"共 (\d+) 项", html)

    assert said
    assert sum(counts) == int(said[1])


@pytest.mark.parametrize(
    ("code", "insurance", "care", "status"),
    [
        ("360100", "resident", "inpatient", "secondary"),
        ("610403", "resident", "inpatient", "unverified"),
        ("370600", "employee", "inpatient", "range"),
        ("440600", "employee", "inpatient", "missing"),
    ],
)
def test_coverage_says_what_is_known(
    client: Client, code: str, insurance: str, care: str, status: str
) -> None:
    html = read(client, f"/regions/{code}/")

    assert f'data-coverage="{status}" data-insurance="{insurance}" data-care="{care}"' in html


def test_a_source_page_lists_the_figures_that_rest_on_it_and_hides_where_it_was_seen(
    client: Client,
) -> None:
    html = read(client, "/sources/s-seed4/")

    assert "烟台市" in html
    assert 'value="250000.00"' in html
    assert "seeds/" not in html
