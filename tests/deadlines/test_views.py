"""The list of days and its calendar file, as a browser asks for them."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from tests.data.shipped import shipped_provisions
from tests.rules.builders import DAY
from yibao.deadlines import wording
from yibao.deadlines.page import page_of
from yibao.rules.deadlines import DeadlineFacts, of_claim, of_filing
from yibao.rules.facts import Evidence
from yibao.rules.policy import Terms
from yibao.rules.terms import CareType, FilingCategory, InsuranceType, Scope

YANTAI = {"insured": "370600", "insurance": "employee", "care": "510100"}
LONG = {**YANTAI, "existing_category": "long_term_resident", "existing_since": "2026-09-01"}


@pytest.fixture(autouse=True)
def on_a_day(db: None, shipped: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 12, 1))


def get(client: Client, query: dict[str, str], page: str = "/deadlines/") -> Any:
    return client.get(page, query)


def html_of(client: Client, query: dict[str, str]) -> str:
    response = get(client, query)
    assert response.status_code == 200
    return str(response.content.decode())


def days_of(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<li data-deadline="([a-z]+)" data-day="([0-9-]+)"', html)


def test_nothing_asked_yet_shows_the_questions_alone(client: Client) -> None:
    html = html_of(client, {})

    assert 'data-page="deadlines:deadlines"' in html
    assert 'id="deadlines"' not in html
    assert "error-summary" not in html


def test_the_days_of_a_long_filing_are_listed_with_their_clauses(client: Client) -> None:
    html = html_of(client, LONG)

    assert days_of(html) == [("change", "2027-03-02")]
    assert "2027年3月2日" in html
    assert "还有 91 天" in html
    listed = re.findall(r'<li id="([^"]+)" data-standing', html)
    assert list(dict.fromkeys(re.findall(r'class="cite" href="#([^"]+)"', html))) == listed


def test_a_deadline_that_nobody_states_is_unknown_with_whom_to_ask(client: Client) -> None:
    html = html_of(client, {**LONG, "on": "2026-11-20"})

    unknown = html.partition('class="unknown"')[2].partition("</div>")[0]
    assert 'data-missing="claim_rule"' in unknown
    assert re.search(r'data-ask="[^"]+烟台', unknown)


def test_a_day_that_is_over_says_so_and_is_not_in_the_calendar(client: Client) -> None:
    query = {**LONG, "existing_since": "2026-01-01"}
    html = html_of(client, query)

    assert days_of(html) == [("change", "2026-07-02")]
    assert "已经过了" in html
    assert "calendar.ics" not in html
    assert get(client, query, "/deadlines/calendar.ics").status_code == 302


def test_the_calendar_file_holds_the_days_and_nothing_about_the_person(client: Client) -> None:
    html = html_of(client, LONG)
    (address,) = re.findall(r'href="(/deadlines/calendar\.ics[^"]+)"', html)

    response = client.get(address.replace("&amp;", "&"))
    calendar = Calendar.from_ical(response.content)
    (event,) = calendar.walk("VEVENT")

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert event.decoded("dtstart") == date(2027, 3, 2)
    assert event.decoded("dtend") == date(2027, 3, 3)
    assert str(event["summary"]) == "最早可以变更或取消备案"
    assert "/deadlines/?insured=370600" in str(event["description"])
    assert len(event.walk("VALARM")) == 1
    assert not {"ORGANIZER", "ATTENDEE", "LOCATION"} & set(event)


def test_the_same_answers_give_the_same_file(client: Client) -> None:
    first, second = (get(client, LONG, "/deadlines/calendar.ics").content for _ in range(2))

    assert first == second


def test_a_file_without_answers_leads_to_the_list(client: Client) -> None:
    response = get(client, {"insured": "370600"}, "/deadlines/calendar.ics")

    assert response.status_code == 302
    assert response["Location"] == "/deadlines/?insured=370600"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"insured": ""}, "请填写地名"),
        ({"insurance": ""}, "请选一项"),
        ({"insured": "440000"}, "请选到城市"),
        ({"existing_category": "gold"}, "没有这个选项"),
        ({"existing_since": "2026-02-30"}, "真实的日期"),
        ({"on": "1990-01-01"}, "太早"),
        ({"care": "不存在的地方"}, "没有找到"),
    ],
)
def test_a_bad_value_is_named_and_what_was_typed_is_kept(
    client: Client, wrong: dict[str, str], words: str
) -> None:
    response = get(client, {**LONG, **wrong})
    html = response.content.decode()

    assert response.status_code == 422
    assert words in html.partition("error-summary")[2]
    for value in wrong.values():
        assert re.search(f'value="[^"]*{value}"', html) or value == "gold"


def test_at_home_and_abroad_there_is_nothing_to_file(client: Client) -> None:
    for care in ("370600", "abroad"):
        html = html_of(client, {**LONG, "care": care})
        assert "change" not in dict(days_of(html))


def test_the_person_goes_along(client: Client) -> None:
    html = html_of(client, {**LONG, "for": "mother"})

    assert '<input type="hidden" name="for" value="mother">' in html
    assert "替谁查：母亲" in html


def test_check_and_diagnosis_lead_here(client: Client) -> None:
    answers = {**YANTAI, "reason": "resettled", "care_type": "inpatient"}
    for page, query in (("/check/", answers), ("/diagnose/", {**YANTAI, "symptom": "F-01"})):
        html = client.get(page, query).content.decode()
        address = re.findall(r'href="(/deadlines/\?[^"]+)"', html)[0].replace("&amp;", "&")
        assert client.get(address).status_code == 200
        assert "insured=370600" in address


def test_costs_one_query_and_sets_no_cookie(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(1):
        response = get(client, LONG)

    assert not response.cookies


@pytest.mark.parametrize("path", ["/deadlines/", "/deadlines/calendar.ics"])
def test_is_read_only(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("region", sorted(shipped_provisions()))
@pytest.mark.parametrize("paid_on", [None, date(2026, 11, 1)])
def test_every_shipped_rule_is_put_into_words(region: str, paid_on: date | None) -> None:
    rows = shipped_provisions()
    levels = tuple(
        tuple(row for row in rows.get(code, ()) if row.period.holds(DAY))
        for code in dict.fromkeys((region, f"{region[:2]}0000", "000000"))
    )
    terms = Terms(
        region_code=region,
        region_name=region,
        insurance=InsuranceType.EMPLOYEE,
        on=DAY,
        levels=levels,
        whom_to_ask="12393",
    )
    for category in (None, *FilingCategory):
        for evidence in Evidence:
            for filed_on in (None, date(2026, 9, 1)):
                facts = DeadlineFacts(
                    on=DAY,
                    insurance=InsuranceType.EMPLOYEE,
                    scope=Scope.CROSS_PROVINCE,
                    care_type=CareType.INPATIENT,
                    category=category,
                    evidence=evidence,
                    filed_on=filed_on,
                    paid_on=paid_on,
                )
                page = page_of(of_filing(facts, terms) + of_claim(facts, terms), {}, DAY)
                assert all(row.words and "%(" not in row.words for row in page.rows)


def test_every_duty_has_a_title() -> None:
    assert {str(duty) for duty in wording.DUTIES} == {
        "file",
        "change",
        "expiry",
        "renewal",
        "claim",
        "handling",
    }
