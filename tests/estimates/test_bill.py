"""A printed settlement sheet beside the rules."""

import pytest

from tests.estimates.conftest import Ask
from tests.estimates.test_views import AMBIGUOUS, JIANGXI

CASE = {**JIANGXI, "filing": "referral"}


def test_asks_for_a_line_of_the_sheet(ask: Ask) -> None:
    page = ask("/estimate/bill/", **CASE)

    assert page.status == 200
    assert page.one(href="#id_sheet_fund_total")


def test_says_when_every_line_agrees(ask: Ask) -> None:
    page = ask("/estimate/bill/", **CASE, sheet_fund_total="33,745.00", sheet_deductible="800")

    assert page.one(id="billcheck")["data-outcome"] == "agrees"
    assert [row["data-agrees"] for row in page.having("data-line")] == ["yes", "yes"]
    assert page.value("fund_total") == page.value("sheet_fund_total") == "33745.00"


def test_finds_the_case_that_the_sheet_was_settled_as(ask: Ask) -> None:
    page = ask("/estimate/bill/", **CASE, sheet_fund_total="29920", sheet_away_self_pay="9000")

    assert page.one(id="billcheck")["data-outcome"] == "differs"
    rows = {row["data-line"]: row.text for row in page.having("data-line")}
    assert "结算单少 3,825.00 元" in rows["fund_total"]
    assert "按哪种备案结的" in rows["away_self_pay"]
    other = page.one(class_="changes")
    assert "临时外出" in other.text
    links = [each["href"] for each in page.having("href") if other in each.parents]
    assert any("filing=other_temporary" in link and "sheet_" not in link for link in links)


def test_claims_nothing_where_no_case_fits(ask: Ask) -> None:
    page = ask("/estimate/bill/", **CASE, sheet_cash="1.23")

    assert page.one(id="billcheck")["data-outcome"] == "differs"
    assert page.all(class_="changes") == []


def test_a_range_holds_every_figure_between_its_ends(ask: Ask) -> None:
    inside = ask("/estimate/bill/", **AMBIGUOUS, sheet_fund_total="5000")
    outside = ask("/estimate/bill/", **AMBIGUOUS, sheet_fund_total="4000")

    assert inside.one(data_line="fund_total")["data-agrees"] == "yes"
    assert outside.one(data_line="fund_total")["data-agrees"] == "no"


def test_compares_nothing_where_the_rules_have_a_gap(ask: Ask) -> None:
    page = ask(
        "/estimate/bill/",
        insured="370600", care="510100", insurance="resident", care_type="inpatient",
        level="tertiary", filing="referral", total="50000", sheet_fund_total="100",
    )  # fmt: skip

    assert page.one(id="billcheck")["data-outcome"] == "unknown"
    assert page.one(data_line="fund_total")["data-agrees"] == "unknown"
    assert page.all(data_missing="deductible")


@pytest.mark.parametrize("typed", ["", "一千", "-5", "1.234"])
def test_a_wrong_amount_has_its_error_beside_it(ask: Ask, typed: str) -> None:
    page = ask("/estimate/bill/", **CASE, sheet_fund_total=typed)

    assert page.status == 422
    assert page.one(id="id_sheet_fund_total")["aria-invalid"] == "true"
    assert page.one(id="id_sheet_fund_total")["value"] == typed


def test_every_figure_has_a_note_on_the_page(ask: Ask) -> None:
    page = ask(
        "/estimate/bill/", **CASE, sheet_fund_total="1", sheet_cash="2", sheet_deductible="3"
    )

    ids = {element["id"] for element in page.having("id")}
    figures = [each for each in page.elements if each.tag == "data"]
    assert len(figures) == 6
    assert {each["data-citation"] for each in figures} <= ids
