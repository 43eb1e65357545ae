"""The check page as the contract states it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.eligibility.page import Elements

YANTAI_TO_CHENGDU = {
    "insured": "370600",
    "care": "510100",
    "insurance": "employee",
    "reason": "resettled",
    "care_type": "inpatient",
}
SHENZHEN_TO_WUHAN = {
    "insured": "440300",
    "care": "420100",
    "insurance": "employee",
    "urgency": "emergency",
    "care_type": "inpatient",
}
TAIYUAN_TO_BEIJING = {
    "insured": "140100",
    "care": "110000",
    "insurance": "resident",
    "reason": "referral",
    "evidence": "none",
    "care_type": "inpatient",
}
SUZHOU_TO_SHANGHAI = {
    "insured": "320500",
    "care": "310000",
    "insurance": "employee",
    "reason": "living",
    "care_type": "inpatient",
}


def get(client: Client, query: dict[str, str], **headers: Any) -> Any:
    return client.get("/check/", query, headers=headers)


def read(client: Client, query: dict[str, str]) -> Elements:
    response = get(client, query)
    assert response.status_code == 200
    return Elements(response.content.decode())


# --- The walks ----------------------------------------------------------------------


def test_a_retiree_who_moves_files_for_long(client: Client) -> None:
    page = read(client, YANTAI_TO_CHENGDU)

    decision = page.decision()
    assert (decision["outcome"], decision["rule"]) == ("file", "D-13")
    assert decision["filing"] == "retiree_resettled"
    assert decision["direct-settlement"] == "yes"
    assert {"identity", "household_register", "commitment"} <= set(page.values("data-material"))
    assert page.values("data-validity") == ["indefinite"]


def test_an_emergency_abroad_from_home_is_deemed_filed(client: Client) -> None:
    now = read(client, SHENZHEN_TO_WUHAN).decision()
    admitted = {**SHENZHEN_TO_WUHAN, "stage": "admitted", "institution": "networked"}

    assert (now["outcome"], now["certainty"]) == ("deemed_filed", "tentative")
    assert read(client, admitted).decision()["certainty"] == "firm"


def test_a_paid_emergency_is_claimed_with_its_papers(client: Client) -> None:
    page = read(client, {**SHENZHEN_TO_WUHAN, "stage": "discharged", "institution": "networked"})

    assert page.decision()["outcome"] == "manual_claim"
    assert {"receipt", "itemised_list", "emergency_diagnosis"} <= set(page.values("data-material"))
    assert "claim_rule" in page.values("data-missing")


def test_a_referral_without_proof_is_a_short_stay_that_the_proof_would_change(
    client: Client,
) -> None:
    page = read(client, TAIYUAN_TO_BEIJING)

    assert page.decision()["filing"] == "other_temporary"
    suggested = [
        dict(parse_qs(urlsplit(link["href"]).query))
        for link in page.tags("a")
        if "evidence=proof" in link.get("href", "")
    ]
    query = {name: values[0] for name, values in suggested[0].items()}
    assert read(client, query).decision()["filing"] == "referral"


def test_a_rule_that_nobody_states_ends_in_a_named_gap(client: Client) -> None:
    page = read(client, {**YANTAI_TO_CHENGDU, "care_type": "pharmacy"})

    assert page.decision()["outcome"] == "ask"
    gap = page.all("data-missing")[0]
    assert gap["data-missing"] == "account_rule"
    assert "12393" in gap["data-ask"]


def test_jiangsu_locks_only_filings_by_commitment(client: Client) -> None:
    def lock(evidence: str) -> str:
        page = read(client, {**SUZHOU_TO_SHANGHAI, "evidence": evidence})
        figures = page.all("data-figure")
        return next(f["value"] for f in figures if f["data-figure"] == "change_lock_months")

    assert (lock("proof"), lock("commitment")) == ("0", "6")


@pytest.mark.parametrize(
    ("query", "rule", "outcome"),
    [
        ({"insured": "370602", "care": "370600"}, "D-05", "no_filing"),
        ({"care": "abroad"}, "D-01", "not_payable"),
        ({"care": "710000"}, "D-01", "not_payable"),
        ({"care": "370100", "reason": "other"}, "D-10", "no_filing"),
        ({"insured": "320509", "care": "310118", "reason": "other"}, "D-12", "no_filing"),
        ({"care_type": "chronic", "disease": "M03900", "qualified": "yes"}, "D-26", "file"),
        ({"existing": "active", "existing_care": "510000"}, "D-23", "covered"),
        ({"existing": "elsewhere", "existing_care": "310000"}, "D-25", "change_filing"),
    ],
)
def test_facts_of_the_form_reach_the_engine(
    client: Client, query: dict[str, str], rule: str, outcome: str
) -> None:
    decision = read(client, {**YANTAI_TO_CHENGDU, **query}).decision()

    assert (decision["rule"], decision["outcome"]) == (rule, outcome)


@pytest.mark.parametrize("query", [YANTAI_TO_CHENGDU, TAIYUAN_TO_BEIJING, SUZHOU_TO_SHANGHAI])
def test_every_figure_and_mark_leads_to_a_source_on_the_page(
    client: Client, query: dict[str, str]
) -> None:
    page = read(client, query)

    sources = {attrs["id"]: attrs for attrs in page.all("data-standing")}
    assert all(figure["data-citation"] in sources for figure in page.all("data-figure"))
    marks = [link["href"][1:] for link in page.tags("a") if link.get("class") == "cite"]
    assert marks
    assert set(marks) <= set(sources)


# --- One question per screen -----------------------------------------------------------


def asked(page: Elements) -> list[str]:
    """Names of the visible questions, each once."""
    inputs = [each for each in page.tags("input") if each.get("type") in ("radio", "text")]
    names = [each["name"] for each in inputs if "name" in each]
    return list(dict.fromkeys(names))


@pytest.mark.parametrize(
    ("missing", "questions"),
    [
        (("insured", "care"), ["insured", "care"]),
        (("care",), ["insured", "care"]),
        (("insurance",), ["insurance"]),
        (("reason",), ["reason"]),
        (("care_type",), ["care_type"]),
        (("insurance", "reason", "care_type"), ["insurance"]),
    ],
)
def test_a_missing_answer_is_asked_and_the_others_are_kept(
    client: Client, missing: tuple[str, ...], questions: list[str]
) -> None:
    query = {k: v for k, v in YANTAI_TO_CHENGDU.items() if k not in missing}

    page = read(client, query)

    assert page.decision() == {}
    assert asked(page) == questions
    hidden = {e["name"]: e["value"] for e in page.tags("input") if e.get("type") == "hidden"}
    kept = {name: value for name, value in query.items() if name not in questions}
    assert kept.items() <= hidden.items()


def test_nothing_asked_yet_shows_the_situations(client: Client) -> None:
    page = read(client, {})

    links = [
        link["href"]
        for link in page.tags("a")
        if link.get("href", "").startswith("/check/?") and "?for=" not in link["href"]
    ]
    assert "/check/?urgency=emergency" in links
    assert len(set(links)) == 5


def test_an_emergency_is_told_what_to_do_before_any_question(client: Client) -> None:
    page = read(client, {"urgency": "emergency"})

    assert asked(page) == []
    assert page.decision() == {}


def test_an_emergency_needs_no_reason(client: Client) -> None:
    assert read(client, SHENZHEN_TO_WUHAN).decision()


def test_those_who_want_a_better_hospital_are_asked_for_the_proof(client: Client) -> None:
    query = {k: v for k, v in TAIYUAN_TO_BEIJING.items() if k not in ("evidence", "care_type")}

    assert asked(read(client, query)) == ["evidence"]


def test_one_answer_can_be_changed_with_the_others_kept(client: Client) -> None:
    page = read(client, {**YANTAI_TO_CHENGDU, "change": "insurance"})

    assert asked(page) == ["insurance"]
    checked = [e["value"] for e in page.tags("input") if "checked" in e]
    assert checked == ["employee"]


def test_a_screen_sent_without_an_answer_is_refused(client: Client) -> None:
    response = get(client, {"insured": "370600", "care": "510100", "step": "insurance"})

    assert response.status_code == 422
    assert asked(Elements(response.content.decode())) == ["insurance"]


# --- Bad values -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("insured", "不存在的地方"),
        ("insured", "370000"),
        ("insured", "000000"),
        ("insured", "朝阳"),
        ("insured", ""),
        ("care", "999999"),
        ("care", "000000"),
        ("insurance", "both"),
        ("insurance", ""),
        ("reason", "holiday"),
        ("care_type", "dental"),
        ("urgency", "very"),
        ("stage", "x"),
        ("existing", "maybe"),
        ("existing_category", "unfiled"),
        ("existing_care", "nowhere"),
        ("existing_since", "2026-13-01"),
        ("existing_evidence", "x"),
        ("evidence", "x"),
        ("trauma", "x"),
        ("institution", "x"),
        ("enrolment", "x"),
        ("qualified", "x"),
        ("disease", "x y"),
        ("on", "1997-12-31"),
        ("on", "2030-01-01"),
        ("on", "yesterday"),
        ("insured", "长" * 10_000),
    ],
)
def test_a_bad_value_is_refused_beside_its_field(client: Client, name: str, value: str) -> None:
    response = get(client, {**YANTAI_TO_CHENGDU, name: value})
    page = Elements(response.content.decode())

    assert response.status_code == 422
    assert page.decision() == {}
    assert f"id_{name}-error" in page.values("id")
    assert len(response.content) < 20_000


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"existing_since": "2026-05-01", "existing_until": "2026-04-01"}, "existing_until"),
        ({"admitted_on": "2026-12-01", "on": "2026-11-01"}, "admitted_on"),
        ({"care": "370000"}, "care"),
    ],
)
def test_answers_that_contradict_one_another_are_refused(
    client: Client, query: dict[str, str], name: str
) -> None:
    response = get(client, {**YANTAI_TO_CHENGDU, **query})

    assert response.status_code == 422
    assert f"id_{name}-error" in Elements(response.content.decode()).values("id")


def test_what_was_typed_is_kept(client: Client) -> None:
    response = get(client, {**YANTAI_TO_CHENGDU, "insured": "不存在的地方"})
    page = Elements(response.content.decode())

    typed = next(e for e in page.tags("input") if e.get("name") == "insured")
    assert typed["value"] == "不存在的地方"


def test_a_blank_further_question_is_no_answer(client: Client) -> None:
    page = read(client, {**YANTAI_TO_CHENGDU, "enrolment": "", "existing_until": ""})

    assert page.decision()["outcome"] == "file"


def test_full_width_digits_are_read(client: Client) -> None:
    assert read(client, {**YANTAI_TO_CHENGDU, "insured": "３７０６００"}).decision()


def test_a_day_without_rules_is_answered_with_what_is_missing(client: Client) -> None:
    decision = read(client, {**YANTAI_TO_CHENGDU, "on": "1999-01-01"}).decision()

    assert (decision["outcome"], decision["certainty"]) == ("ask", "tentative")


# --- The page -----------------------------------------------------------------------------


def test_htmx_gets_the_part_and_its_address(client: Client) -> None:
    response = get(client, YANTAI_TO_CHENGDU, hx_request="true")

    text = response.content.decode()
    assert "<html" not in text
    assert Elements(text).decision()["outcome"] == "file"
    assert response["HX-Push-Url"].startswith("/check/?insured=370600")
    assert "HX-Request" in response["Vary"]


def test_a_boosted_request_gets_the_whole_page(client: Client) -> None:
    response = get(client, YANTAI_TO_CHENGDU, hx_request="true", hx_boosted="true")

    assert "<html" in response.content.decode()


def test_the_page_needs_at_most_one_query(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(1):
        get(client, YANTAI_TO_CHENGDU)


def test_the_estimate_is_offered_with_the_same_facts(client: Client) -> None:
    page = read(client, {**YANTAI_TO_CHENGDU, "on": "2026-11-01"})

    links = [link["href"] for link in page.tags("a") if link.get("href", "")[:11] == "/estimate/?"]
    query = {name: values[0] for name, values in parse_qs(urlsplit(links[0]).query).items()}
    assert query == {
        "insured": "370600",
        "care": "510100",
        "insurance": "employee",
        "care_type": "inpatient",
        "on": "2026-11-01",
        "filing": "retiree_resettled",
    }


def test_only_reading_is_offered(client: Client) -> None:
    assert client.post("/check/", YANTAI_TO_CHENGDU).status_code == 405


def test_no_cookie_is_set(client: Client) -> None:
    assert not get(client, YANTAI_TO_CHENGDU).cookies
