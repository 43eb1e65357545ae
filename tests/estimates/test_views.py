"""The two public pages, asked as an outside check asks them."""

from urllib.parse import parse_qs

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.estimates.conftest import Ask
from tests.estimates.held import TWO_WAYS

JIANGXI = {
    "insured": "369900",
    "care": "110000",
    "insurance": "employee",
    "care_type": "inpatient",
    "level": "tertiary",
    "total": "50000",
    "off_catalog": "3000",
    "over_limit": "500",
    "upfront_self_pay": "1500",
    "on": "2026-11-23",
}
"""The case of domain.md §5.4, as the shipped policies hold it."""

AMBIGUOUS = {
    "insured": TWO_WAYS,
    "care": "110000",
    "insurance": "resident",
    "care_type": "inpatient",
    "level": "tertiary",
    "filing": "other_temporary",
    "total": "20000",
}
"""The bill of features.md V1 under a text that reads two ways."""

FRAGMENT = {"HX-Request": "true", "HX-Target": "result", "HX-Trigger": "amounts"}
FIGURES = (
    "total", "off_catalog", "over_limit", "upfront_self_pay", "in_scope", "away_self_pay",
    "deductible", "pooled_fund", "large_expense", "critical_illness", "medical_aid",
    "supplement", "government_subsidy", "fund_total", "personal_total", "personal_account",
    "cash", "effective_ratio",
)  # fmt: skip


class TestEstimate:
    def test_asks_when_nothing_was_asked(self, ask: Ask) -> None:
        page = ask("/estimate/")

        assert page.status == 200
        assert page.all(id="settlement") == []
        assert page.one(id="main")["data-page"] == "estimates:estimate"
        assert page.all(role="alert") == []

    def test_names_what_is_still_missing(self, ask: Ask) -> None:
        page = ask("/estimate/", insured="370600", care="510100", insurance="resident")

        links = {element.get("href") for element in page.elements if element.tag == "a"}
        assert page.status == 200
        assert {"#id_care_type_0", "#id_level_0", "#id_filing", "#id_total"} <= links
        assert "#id_insured" not in links

    @pytest.mark.parametrize(
        ("filing", "fund"),
        [
            ("long_term_resident", "37570.00"),
            ("referral", "33745.00"),
            ("emergency", "33745.00"),
            ("other_temporary", "29920.00"),
        ],
    )
    def test_settles_the_published_case(self, ask: Ask, filing: str, fund: str) -> None:
        page = ask("/estimate/", **JIANGXI, filing=filing)

        section = page.one(id="settlement")
        assert section["data-outcome"] == "computed"
        assert page.value("fund_total") == fund

    def test_marks_every_figure_once_with_a_note_on_the_page(self, ask: Ask) -> None:
        page = ask("/estimate/", **JIANGXI, filing="other_temporary")

        ids = {element["id"]: element for element in page.having("id")}
        figures = [element for element in page.elements if element.tag == "data"]
        assert {name: len(page.all(data_figure=name)) for name in FIGURES} == dict.fromkeys(
            FIGURES, 1
        )
        assert figures
        for figure in figures:
            assert "data-standing" in ids[figure["data-citation"]].attributes

    def test_prints_the_steps_in_order_with_their_working(self, ask: Ask) -> None:
        page = ask("/estimate/", **JIANGXI, filing="other_temporary")

        steps = [row["data-step"] for row in page.having("data-step")]
        assert steps[:9] == [
            "total", "off_catalog", "over_limit", "upfront_self_pay", "in_scope",
            "away_self_pay", "deductible", "band", "pooled_fund",
        ]  # fmt: skip
        assert "(45,000.00 − 9,000.00 − 800.00) × 85%" in page.one(data_step="band").text
        assert page.value("effective_ratio") == "0.5984"

    def test_says_that_a_layer_without_rule_is_not_included(self, ask: Ask) -> None:
        page = ask("/estimate/", **JIANGXI, filing="referral")

        assert page.value("large_expense") == "unknown"
        assert page.one(data_not_included="second_layer")

    def test_gives_a_range_with_each_reading(self, ask: Ask) -> None:
        page = ask("/estimate/", **AMBIGUOUS)

        totals = [each["value"] for each in page.all(data_figure="reading_fund_total")]
        assert page.one(id="settlement")["data-outcome"] == "range"
        assert page.value("fund_total_low") == "4896.00"
        assert page.value("fund_total_high") == "11424.00"
        assert totals == ["4896.00", "11424.00"]
        assert page.all(data_figure="fund_total") == []
        assert len(page.all(data_standing="disputed")) == 2

    def test_works_each_reading_of_a_range_out_step_by_step(self, ask: Ask) -> None:
        page = ask("/estimate/", **AMBIGUOUS)

        sheets = [e for e in page.all(class_="reading-steps") if e.tag == "details"]
        cited = {
            each["data-citation"]
            for each in page.all(class_="figure")
            if any(parent in sheets for parent in each.parents)
        }
        anchors = {each["id"] for each in page.having("data-standing")}
        assert len(sheets) == 2
        for sheet, fund in zip(sheets, ("4,896.00", "11,424.00"), strict=True):
            assert "按比例支付" in sheet.text
            assert f"基金支付总额以上各项基金合计{fund} 元" in sheet.text
        assert cited
        assert cited <= anchors
        assert len(page.all(data_figure="deductible")) == 0

    def test_shows_what_the_lines_of_a_range_rest_on(self, ask: Ask) -> None:
        page = ask("/estimate/", **AMBIGUOUS)

        sources = {each["id"]: each["data-standing"] for each in page.having("data-standing")}
        least = {name: page.one(data_figure=f"{name}_least") for name in ("deductible", "total")}
        assert sources[least["deductible"]["data-citation"]] == "official"
        assert sources[page.one(data_figure="pooled_fund_most")["data-citation"]] == "disputed"
        assert least["total"]["data-citation"] == "typed"

    def test_names_the_gap_and_whom_to_ask_and_gives_no_total(self, ask: Ask) -> None:
        page = ask(
            "/estimate/",
            insured="370600", care="510100", insurance="resident", care_type="inpatient",
            level="tertiary", filing="referral", total="50000",
        )  # fmt: skip

        gap = page.one(data_missing="deductible")
        assert page.one(id="settlement")["data-outcome"] == "unknown"
        assert "12393" in gap["data-ask"]
        assert page.all(data_figure="fund_total") == []
        assert page.value("in_scope") == "50000.00"

    def test_knows_no_rule_of_a_day_long_past(self, ask: Ask) -> None:
        page = ask("/estimate/", **{**JIANGXI, "on": "2005-01-01"}, filing="referral")

        assert page.status == 200
        assert page.one(id="settlement")["data-outcome"] == "unknown"

    def test_ignores_the_filing_at_home(self, ask: Ask) -> None:
        at_home = {**JIANGXI, "care": "369900"}

        without, beside = (
            ask("/estimate/", **at_home),
            ask("/estimate/", **at_home, filing="unfiled"),
        )

        assert without.value("fund_total") == beside.value("fund_total") == "37570.00"

    def test_counts_a_return_home_as_the_region_says(self, ask: Ask) -> None:
        page = ask("/estimate/", **{**JIANGXI, "care": "369900"}, filing="home_return")

        assert page.value("fund_total") == "33745.00"

    def test_links_to_the_same_case_elsewhere(self, ask: Ask) -> None:
        page = ask("/estimate/", **JIANGXI, filing="referral")

        links = [element["href"] for element in page.elements if element.get("href")]
        check = next(link for link in links if link.startswith("/check/?insured="))
        assert "insured=369900&care=110000&insurance=employee&care_type=inpatient" in check
        assert "reason=referral" in check
        assert "/regions/369900/" in links
        assert any(link.startswith("/estimate/compare/?insured=369900") for link in links)

    def test_promises_what_the_suggestion_then_gives(self, ask: Ask) -> None:
        page = ask("/estimate/", **JIANGXI, filing="other_temporary")
        link = next(e for e in page.elements if "filing=referral" in (e.get("href") or ""))

        then = ask(link["href"])

        gained = float(then.value("fund_total")) - float(page.value("fund_total"))
        assert f"{gained:,.2f}" in link.parents[-1].text


class TestBadAnswers:
    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("insured", "没有这个地方"),
            ("insured", ""),
            ("insured", "360000"),
            ("insurance", "both"),
            ("care_type", ""),
            ("level", ""),
            ("filing", ""),
            ("filing", "nonsense"),
            ("total", ""),
            ("total", "-1"),
            ("total", "12.345"),
            ("total", "1e9"),
            ("total", "99999999999"),
            ("off_catalog", "60000"),
            ("age", "300"),
            ("admission", "0"),
            ("group", "adult"),
            ("on", "2026-02-30"),
            ("on", "1990-01-01"),
            ("on", "2099-01-01"),
            ("class", "<b>"),
        ],
    )
    def test_gets_its_message_beside_its_field(self, ask: Ask, field: str, typed: str) -> None:
        answers = {**JIANGXI, "filing": "referral", field: typed}

        page = ask("/estimate/", **{f"{name}_": value for name, value in answers.items()})

        assert page.status == 422
        assert page.errors(field)
        assert page.all(id="settlement") == []

    @pytest.mark.parametrize("typed", ["没有这个地方", "-1", "12.345"])
    def test_is_given_back_as_typed(self, ask: Ask, typed: str) -> None:
        page = ask("/estimate/", insured=typed, total=typed)

        assert page.one(name="insured", type="text")["value"] == typed
        assert page.one(name="total")["value"] == typed

    def test_refuses_parts_that_are_more_than_the_whole_together(self, ask: Ask) -> None:
        answers = {**JIANGXI, "off_catalog": "30000", "over_limit": "30000"}

        page = ask("/estimate/", **answers, filing="referral")

        assert page.status == 422
        assert "加起来" in page.errors("upfront_self_pay")

    def test_needs_the_filing_behind_a_third_place(self, ask: Ask) -> None:
        page = ask("/estimate/", **JIANGXI, filing="third_place")

        assert page.status == 422
        assert page.errors("base_filing")

    def test_does_not_give_back_ten_thousand_signs(self, ask: Ask) -> None:
        page = ask("/estimate/", **{**JIANGXI, "total": "9" * 10_000}, filing="referral")

        assert page.status == 422
        assert len(page.one(name="total")["value"]) == 200

    def test_reads_full_width_digits_and_separators(self, ask: Ask) -> None:
        page = ask("/estimate/", **{**JIANGXI, "total": "５０，０００．００"}, filing="referral")

        assert page.value("fund_total") == "33745.00"

    def test_takes_a_county_for_its_pooling_region(self, ask: Ask) -> None:
        county = ask("/estimate/", **{**JIANGXI, "insured": "360102"}, filing="referral")
        city = ask("/estimate/", **{**JIANGXI, "insured": "360100"}, filing="referral")

        assert county.value("fund_total") == city.value("fund_total")


class TestFragments:
    def test_a_changed_amount_brings_the_result_alone(self, ask: Ask) -> None:
        page = ask("/estimate/", FRAGMENT, **JIANGXI, filing="referral")

        assert page.one(id="settlement")
        assert page.value("fund_total") == "33745.00"
        assert page.all(id="answers") == []
        assert page.response["HX-Push-Url"].startswith("/estimate/?insured=369900")

    def test_a_changed_place_brings_the_questions_that_depend_on_it(self, ask: Ask) -> None:
        page = ask(
            "/estimate/", {**FRAGMENT, "HX-Trigger": "shaping"}, **JIANGXI, filing="referral"
        )

        boxes = {element["hx-swap-oob"] for element in page.having("hx-swap-oob")}
        assert {"innerHTML:#group-box", "innerHTML:#filing-box", "innerHTML:#further-box"} <= boxes
        assert {e["value"] for e in page.all(name="group")} == {"active", "retired", "veteran"}

    def test_the_button_brings_the_form_with_its_errors(self, ask: Ask) -> None:
        submit = {"HX-Request": "true", "HX-Target": "case", "HX-Trigger": "answers"}

        page = ask("/estimate/", submit, **{**JIANGXI, "total": "abc"}, filing="referral")

        assert page.status == 422
        assert page.response.template_name == "estimates/page.html#case"
        assert page.errors("total")

    def test_a_wrong_change_does_not_take_the_form_away(self, ask: Ask) -> None:
        page = ask("/estimate/", FRAGMENT, **{**JIANGXI, "total": "abc"}, filing="referral")

        assert page.status == 422
        assert page.response.template_name == "estimates/page.html#errors"
        assert "HX-Push-Url" not in page.response

    def test_a_question_not_reached_yet_is_no_error(self, ask: Ask) -> None:
        page = ask("/estimate/", FRAGMENT, **{**JIANGXI, "total": "", "level": ""})

        links = {element.get("href") for element in page.elements if element.tag == "a"}
        assert page.status == 200
        assert {"#id_level_0", "#id_total"} <= links

    def test_a_history_restore_is_the_whole_page(self, ask: Ask) -> None:
        restored = {**FRAGMENT, "HX-History-Restore-Request": "true"}

        page = ask("/estimate/", restored, **JIANGXI, filing="referral")

        assert page.one(id="main")
        assert "HX-Request" in page.response["Vary"]


class TestCompare:
    def test_shows_a_column_per_situation_on_one_bill(self, ask: Ask) -> None:
        page = ask("/estimate/compare/", **JIANGXI)

        totals = {
            each.parents[-2]["data-situation"]: each["value"]
            for each in page.all(data_figure="fund_total")
        }
        assert totals == {
            "local": "37570.00",
            "long_term": "37570.00",
            "referral": "33745.00",
            "emergency": "33745.00",
            "other_temporary": "29920.00",
            "unfiled": "29920.00",
        }

    def test_says_what_a_referral_is_worth(self, ask: Ask) -> None:
        page = ask("/estimate/compare/", **JIANGXI)

        assert page.value("worth_referral_over_unfiled") == "3825.00"

    def test_puts_what_differs_before_what_is_alike(self, ask: Ask) -> None:
        page = ask("/estimate/compare/", **JIANGXI)

        rows = [row["data-step"] for row in page.having("data-step")]
        assert rows.index("away_self_pay") < rows.index("deductible")
        assert rows[:3] == ["fund_total", "personal_total", "effective_ratio"]

    def test_shows_no_rule_where_there_is_none_and_never_zero(self, ask: Ask) -> None:
        page = ask(
            "/estimate/compare/",
            insured="440600", care="110000", insurance="employee", care_type="inpatient",
            level="tertiary", total="50000",
        )  # fmt: skip

        cells = page.all(data_situation="unfiled")
        assert all("没有查到规定" in cell.text for cell in cells)
        assert page.all(data_figure="fund_total") == []
        assert page.all(data_missing="payment_band")

    def test_offers_three_sizes_of_bill(self, ask: Ask) -> None:
        page = ask("/estimate/compare/", **JIANGXI)

        links = [e["href"] for e in page.elements if "total=" in (e.get("href") or "")]
        own = {"total": [JIANGXI["total"]]}  # the person's switch keeps the bill as it is
        sizes = [
            link
            for link in links
            if link.startswith("/estimate/compare/?") and not own.items() <= parse_qs(link).items()
        ]
        assert [parse_qs(link)["total"] for link in sizes] == [["2000"], ["20000"], ["100000"]]
        assert not any("off_catalog" in link for link in sizes)

    def test_has_one_column_for_care_at_home(self, ask: Ask) -> None:
        page = ask("/estimate/compare/", **{**JIANGXI, "care": "369900"})

        situations = {element["data-situation"] for element in page.having("data-situation")}
        assert situations == {"local"}

    def test_asks_and_refuses_like_the_estimate(self, ask: Ask) -> None:
        assert ask("/estimate/compare/").status == 200
        page = ask("/estimate/compare/", **{**JIANGXI, "total": ""})
        assert page.status == 422
        assert page.errors("total")


@pytest.mark.parametrize("path", ["/estimate/", "/estimate/compare/"])
def test_needs_one_query_and_none_to_render(ask: Ask, path: str) -> None:
    ask(path)  # reads once what is due next
    with CaptureQueriesContext(connection) as queries:
        page = ask(path, **JIANGXI, filing="referral")

    assert page.status == 200
    assert len(queries) <= 1


@pytest.mark.parametrize("path", ["/estimate/", "/estimate/compare/"])
def test_takes_no_other_method(shipped: None, client, path: str) -> None:
    assert client.post(path).status_code == 405
