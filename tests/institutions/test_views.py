"""The page about one institution, and reports of wrong entries."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.factories.institutions import make_institution, make_opening
from yibao.institutions.entries import phones_of
from yibao.institutions.links import finder_address
from yibao.institutions.models import Institution, InstitutionName, WrongEntryReport
from yibao.institutions.operations import note_changes
from yibao.institutions.operations.reports import MOST_PER_HOUR, TooManyReports, report_wrong_entry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def hospital() -> Institution:
    return make_institution("同仁医院", "110101", level="tertiary", open_for=["inpatient"])


def address(institution: Institution) -> str:
    return f"/institutions/{institution.code}/"


def test_openings_of_all_days_are_shown_with_their_dates(
    client: Client, hospital: Institution
) -> None:
    make_opening(
        hospital,
        "chronic",
        disease="M01600",
        effective_from=date(2024, 1, 1),
        effective_to=date(2025, 1, 1),
    )

    page = client.get(address(hospital)).content.decode()
    then = client.get(address(hospital), {"on": "2024-06-01"}).content.decode()

    assert 'data-service="inpatient" data-open="yes"' in page
    assert 'data-service="chronic" data-disease="M01600" data-open="no"' in page
    assert "2024年1月1日起，到2024年12月31日" in page
    assert "2026年11月1日核对" in page
    assert 'data-service="chronic" data-disease="M01600" data-open="yes"' in then


def test_without_openings_the_page_says_that_they_are_unknown(client: Client) -> None:
    page = client.get(address(make_institution("甲医院", "110101"))).content.decode()

    assert "开通情况不详" in page
    assert "国家医保服务平台" in page
    assert "请向北京市医疗保障局询问" in page


@pytest.mark.parametrize("code", ["Y11010199999", "nothing", "y" * 400, "Y1101019999"])
def test_an_unknown_code_is_not_found(client: Client, code: str) -> None:
    assert client.get(f"/institutions/{code}/").status_code == 404
    assert client.get(f"/institutions/{code}/report/").status_code == 404


def test_a_code_is_read_in_small_letters_too(client: Client, hospital: Institution) -> None:
    assert client.get(address(hospital).lower()).status_code == 200


def test_a_merged_institution_leads_to_the_one_that_took_it_over(
    client: Client, hospital: Institution
) -> None:
    old = make_institution(
        "旧同仁医院", "110101", effective_to=date(2026, 1, 1), merged_into=hospital
    )

    page = client.get(address(old)).content.decode()

    assert "从2026年1月1日起并入" in page
    assert f'href="/institutions/{hospital.code}/"' in page


def test_an_ended_entry_says_since_when_and_why(client: Client) -> None:
    gone = make_institution("旧医院", "110101", effective_to=date(2026, 1, 1), end_reason="注销。")

    page = client.get(address(gone)).content.decode()

    assert "从2026年1月1日起移出。注销。" in page
    assert "移出" not in client.get(address(gone), {"on": "2025-12-31"}).content.decode()


def test_former_names_and_changes_are_shown_without_who_made_them(
    client: Client, hospital: Institution
) -> None:
    InstitutionName.objects.create(institution=hospital, name="同仁诊所", used_to=date(2020, 5, 1))
    InstitutionName.objects.create(institution=hospital, name="同仁医馆", used_to=date(2022, 5, 1))
    with transaction.atomic():
        for day, before, after in ((22, "", "secondary"), (23, "secondary", "tertiary")):
            note_changes(
                hospital,
                {"level": before, "source_name": "甲"},
                {"level": after, "source_name": "乙", "address": hospital.address},
                at=datetime(2026, 11, day, 4, tzinfo=UTC),
            )

    page = client.get(address(hospital)).content.decode()

    assert page.index("同仁医馆（用到2022年4月30日）") < page.index("同仁诊所（用到2020年4月30日）")
    assert page.index("级别：二级 → 三级") < page.index(" → 二级")
    assert "2026年11月23日" in page
    assert page.count(" → ") == 2


def test_the_page_of_one_institution_takes_three_queries(
    client: Client, hospital: Institution, django_assert_max_num_queries: Any
) -> None:
    client.get(address(hospital))

    with django_assert_max_num_queries(3):
        client.get(address(hospital))


def test_a_report_goes_to_the_queue_and_changes_nothing(
    client: Client, hospital: Institution
) -> None:
    before = Institution.objects.values().get(code=hospital.code)

    response = client.post(
        f"{address(hospital)}report/", {"subject": "phone", "text": "应为 010-1"}, follow=True
    )

    found = WrongEntryReport.objects.get()
    assert (found.institution_id, found.subject, found.status) == (hospital.code, "phone", "open")
    assert Institution.objects.values().get(code=hospital.code) == before
    assert "已经转给工作人员核对" in response.content.decode()
    assert "127.0.0.1" not in found.sender


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"subject": "colour"},
        {"subject": "phone", "text": "长" * 301},
        {"subject": "other", "text": "我是 11010519491231002X"},
    ],
)
def test_a_bad_report_is_refused_beside_its_field(
    client: Client, hospital: Institution, data: dict[str, str]
) -> None:
    response = client.post(f"{address(hospital)}report/", data)

    assert response.status_code == 422
    assert "field-bad" in response.content.decode()
    assert not WrongEntryReport.objects.exists()


def test_one_address_may_send_a_few_reports_an_hour(client: Client, hospital: Institution) -> None:
    for _number in range(MOST_PER_HOUR):
        client.post(f"{address(hospital)}report/", {"subject": "phone"})

    refused = client.post(f"{address(hospital)}report/", {"subject": "phone"})

    assert refused.status_code == 429
    assert "过一会儿再试" in refused.content.decode()
    assert WrongEntryReport.objects.count() == MOST_PER_HOUR


def test_the_bound_is_of_one_address_and_one_hour(hospital: Institution) -> None:
    def report(sender: str, at: datetime) -> None:
        report_wrong_entry(hospital, subject="other", text="", address=sender, at=at)

    for _number in range(MOST_PER_HOUR):
        report("10.0.0.1", NOW)

    report("10.0.0.2", NOW)
    report("10.0.0.1", NOW + timedelta(hours=1))
    with pytest.raises(TooManyReports):
        report("10.0.0.1", NOW + timedelta(minutes=59))


def test_a_report_needs_the_forms_token(hospital: Institution) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(f"{address(hospital)}report/", {"subject": "phone"}).status_code == 403


def test_the_page_sets_no_cookie(client: Client, hospital: Institution) -> None:
    assert not client.get(address(hospital)).cookies
    assert not client.get("/institutions/", {"q": "同仁"}).cookies


def test_numbers_are_dialled_only_where_they_reach_from_anywhere() -> None:
    found = phones_of("0315-2981842/3722859、13800138000 400-123-4567")

    assert [phone.dial for phone in found] == ["03152981842", "", "13800138000", "4001234567"]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (
            {"insured": "370600", "care": "510100", "care_type": "chronic", "disease": "M01600"},
            "/institutions/?insured=370600&disease=M01600&region=510100&service=chronic",
        ),
        (
            {"care": "510100", "care_type": "birth", "level": "tertiary", "total": "9"},
            "/institutions/?level=tertiary&region=510100",
        ),
        ({"care": "abroad", "insured": "370600"}, ""),
    ],
)
def test_other_pages_lead_into_the_finder_with_its_filters(
    answers: dict[str, str], expected: str
) -> None:
    assert finder_address(answers) == expected
