"""What regions' rules add to a leaf, and the numbers to call."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.data.shipped import shipped_provisions
from tests.rules.builders import a_paper, a_row
from tests.rules.diagnosed import codes, gaps, leaf
from yibao.rules.diagnosis import (
    Cause,
)
from yibao.rules.diagnosis.findings import NOT_PAID_BY_INSURANCE, REMARK_TOPICS
from yibao.rules.facts import Stage
from yibao.rules.policy import (
    AccountRule,
    Channel,
    ChronicDisease,
    ClaimRule,
    EnrolmentRule,
    FilingRule,
    Provision,
    Remark,
)
from yibao.rules.terms import (
    ChannelKind,
    FilingCategory,
    InsuranceType,
    MaterialPurpose,
    MaterialSlug,
    PharmacyMode,
    Scope,
    Standing,
)

# --- Rules of regions -------------------------------------------------------------------

YES_OR_NO: list[tuple[Cause, type[Provision], dict[str, Any], dict[str, Any], str]] = [
    (Cause.NEVER_FILED, FilingRule, {"before_discharge_direct": True}, {}, "file_before_discharge"),
    (Cause.NEVER_FILED, FilingRule, {"before_discharge_direct": False}, {}, "not_before_discharge"),
    (
        Cause.NEVER_FILED,
        FilingRule,
        {"late_filing_allowed": True},
        {"stage": Stage.DISCHARGED},
        "late_filing_allowed",
    ),
    (
        Cause.NEVER_FILED,
        FilingRule,
        {"late_filing_allowed": False},
        {"stage": Stage.DISCHARGED},
        "late_filing_refused",
    ),
    (Cause.NEVER_FILED, FilingRule, {"required": False}, {}, "not_required"),
    (Cause.FILING_EXPIRED, FilingRule, {"honoured_during_stay": True}, {}, "honoured_during_stay"),
    (Cause.FILING_EXPIRED, FilingRule, {"honoured_during_stay": False}, {}, "not_honoured"),
    (Cause.FILING_NOT_YET, FilingRule, {"handling_working_days": 1}, {}, "filing_handling"),
    (
        Cause.ENROLMENT,
        EnrolmentRule,
        {"status": "arrears", "retroactive_payment": True},
        {},
        "paid_after_arrears",
    ),
    (
        Cause.ENROLMENT,
        EnrolmentRule,
        {"status": "arrears", "retroactive_payment": False},
        {},
        "not_paid_after_arrears",
    ),
    (
        Cause.ENROLMENT,
        EnrolmentRule,
        {"status": "waiting", "fixed_months": 3},
        {},
        "waiting_fixed",
    ),
    (
        Cause.EMERGENCY_FLAG,
        FilingRule,
        {"categories": frozenset({FilingCategory.EMERGENCY}), "deemed_filed": True},
        {},
        "deemed_filed",
    ),
    (
        Cause.EMERGENCY_FLAG,
        FilingRule,
        {"categories": frozenset({FilingCategory.EMERGENCY}), "deemed_filed": False},
        {},
        "not_deemed_filed",
    ),
    (Cause.ACCOUNT, AccountRule, {"usable_away": True}, {}, "account_usable"),
    (Cause.ACCOUNT, AccountRule, {"usable_away": False}, {}, "account_not_usable"),
    (Cause.ACCOUNT, AccountRule, {"mutual_aid": True}, {}, "mutual_aid"),
    (
        Cause.SANCTIONED,
        EnrolmentRule,
        {"status": "sanctioned", "months_from": 3, "months_to": 12},
        {},
        "suspension_months",
    ),
    (Cause.BIRTH, ClaimRule, {"accepted_situations": "异地生育"}, {}, "claims_accepted"),
    (Cause.CHANGE_LOCKED, FilingRule, {"change_lock_months": 0}, {}, "no_lock"),
    (Cause.CHANGE_LOCKED, FilingRule, {"change_lock_months": 6}, {}, "lock"),
    (
        Cause.CHANGE_LOCKED,
        FilingRule,
        {"change_lock_months": 0, "commitment_lock_months": 6},
        {},
        "lock_by_evidence",
    ),
    (
        Cause.PHARMACY,
        AccountRule,
        {"pharmacy_mode": PharmacyMode.ACCOUNT_ONLY, "filing_needed": False},
        {},
        "pharmacy_account_only",
    ),
    (Cause.PHARMACY, AccountRule, {"filing_needed": True}, {}, "pharmacy_filing"),
    (
        Cause.CHRONIC,
        ChronicDisease,
        {"disease": "M01600", "name": "糖尿病", "cross_province": True},
        {},
        "chronic_listed",
    ),
]


@pytest.mark.parametrize(("cause", "table", "stated", "facts", "code"), YES_OR_NO)
def test_a_rule_of_the_region_is_told_with_its_clause(
    cause: Cause,
    table: type[Provision],
    stated: dict[str, Any],
    facts: dict[str, Any],
    code: str,
) -> None:
    row = a_row(table, **stated)

    found = leaf(cause, row, **facts)

    told = next(each for each in found.because if each.code == code)
    assert row.citation in told.citations


def test_two_disputed_readings_are_listed_and_none_is_told() -> None:
    rows = [
        a_row(FilingRule, honoured_during_stay=value, standing=Standing.DISPUTED)
        for value in (True, False)
    ]

    found = leaf(Cause.FILING_EXPIRED, *rows)

    assert [len(dispute.readings) for dispute in found.disputes] == [2]
    assert not found.because


def test_disputed_locks_of_both_kinds_are_listed() -> None:
    rows = [
        a_row(FilingRule, change_lock_months=months, standing=Standing.DISPUTED)
        for months in (0, 3)
    ]

    assert [d.what for d in leaf(Cause.CHANGE_LOCKED, *rows).disputes] == [
        "filing_rule.change_lock_months"
    ]


def test_a_filing_is_not_asked_for_at_home() -> None:
    found = leaf(
        Cause.NEVER_FILED, a_row(FilingRule, before_discharge_direct=True), scope=Scope.LOCAL
    )

    assert codes(found)[0] == "local"
    assert "file_before_discharge" not in codes(found)


@pytest.mark.parametrize("cause", Cause)
def test_abroad_nothing_is_paid_whatever_the_window_said(cause: Cause) -> None:
    remark = a_row(Remark, topic=NOT_PAID_BY_INSURANCE, text="境外不付", reason="规则")

    found = leaf(cause, remark, scope=Scope.ABROAD)

    assert found.is_abroad
    assert codes(found) == ["abroad", "soon"]
    assert found.because[0].citations == (remark.citation,)
    assert (found.papers, found.gaps) == ((), ())


def a_place(name: str, **parts: Any) -> Channel:
    return a_row(Channel, channel=ChannelKind.WINDOW, name=name, purpose="password", **parts)


def test_the_places_that_reset_a_password_are_those_of_the_nearest_level() -> None:
    refused = a_place("银行", standing=Standing.DISPUTED)

    found = leaf(Cause.CARD_LOCKED, a_place("大厅"), refused, a_place("公众号"))

    (places,) = (each for each in found.because if each.code == "password_places")
    assert places.values == {"names": ("大厅", "公众号")}
    assert len(places.citations) == 2
    assert "channel.password" not in gaps(found)


def test_where_no_place_is_known_that_resets_a_password_the_gap_says_so() -> None:
    assert "channel.password" in gaps(leaf(Cause.CARD_LOCKED, a_place("大厅", available=False)))


def test_residents_have_no_account() -> None:
    found = leaf(Cause.ACCOUNT, insurance=InsuranceType.RESIDENT)

    assert codes(found)[0] == "no_account"
    assert not any(gap.startswith("account_rule") for gap in gaps(found))


def test_the_list_of_diseases_is_one_of_care_in_another_province() -> None:
    row = a_row(ChronicDisease, disease="M01600", name="糖尿病", cross_province=True)

    assert "chronic_listed" not in codes(leaf(Cause.CHRONIC, row, scope=Scope.IN_PROVINCE))


@pytest.mark.parametrize(
    ("cause", "paper"),
    [
        (Cause.EMERGENCY_FLAG, MaterialSlug.EMERGENCY_DIAGNOSIS),
        (Cause.TRAUMA, MaterialSlug.TRAUMA_COMMITMENT),
        (Cause.PHARMACY, MaterialSlug.PRESCRIPTION),
    ],
)
def test_what_the_cause_calls_for_is_kept_too(cause: Cause, paper: MaterialSlug) -> None:
    assert paper in {each.slug for each in leaf(cause).papers}
    assert paper not in {each.slug for each in leaf(Cause.SYSTEM).papers}


def test_papers_of_another_reason_are_not_asked_for() -> None:
    rows = [
        a_paper(MaterialSlug.RECEIPT, purpose=MaterialPurpose.CLAIM),
        a_paper(MaterialSlug.DIAGNOSIS, purpose=MaterialPurpose.CLAIM, reason="trauma"),
    ]

    by_cause = {
        cause: {each.slug for each in leaf(cause, *rows).papers}
        for cause in (Cause.TRAUMA, Cause.SYSTEM)
    }

    assert MaterialSlug.DIAGNOSIS in by_cause[Cause.TRAUMA]
    assert by_cause[Cause.SYSTEM] == {MaterialSlug.RECEIPT}


# --- Numbers to call ----------------------------------------------------------------------


def a_number(value: str, **parts: Any) -> Channel:
    head = {"channel": ChannelKind.PHONE, "name": value, "purpose": "question"}
    return a_row(Channel, value=value, **{**head, **parts})


def test_a_disputed_number_says_so_and_its_hours_are_not_relied_on() -> None:
    rows = [
        a_number("12333", standing=Standing.DISPUTED, hours="7×24", note="问 12393"),
        a_number("12333", standing=Standing.DISPUTED, available=False),
    ]

    (contact,) = leaf(Cause.SYSTEM, *rows).contacts

    assert contact.is_disputed
    assert contact.hours == ""
    assert contact.remark == "问 12393"
    assert len(contact.citations) == 2


def test_a_number_for_cards_is_named_only_where_the_card_is_the_trouble() -> None:
    row = a_number("12333", purpose="card", hours="9:00")

    assert leaf(Cause.SYSTEM, row).contacts == ()
    assert [each.hours for each in leaf(Cause.CARD_LOCKED, row).contacts] == ["9:00"]


@pytest.mark.parametrize(
    "parts", [{"channel": ChannelKind.APP}, {"purpose": "filing"}, {"value": ""}]
)
def test_only_numbers_that_answer_questions_are_named(parts: dict[str, Any]) -> None:
    assert leaf(Cause.SYSTEM, a_number("12393")).contacts
    row = replace(a_number("12393"), **parts)
    assert leaf(Cause.SYSTEM, row).contacts == ()


# --- The shipped policies ------------------------------------------------------------------


def test_remarks_that_back_a_leaf_are_in_the_shipped_policies() -> None:
    topics = {
        row.topic
        for rows in shipped_provisions().values()
        for row in rows
        if isinstance(row, Remark)
    }

    assert set(REMARK_TOPICS) <= topics


def test_an_expired_filing_holds_through_a_stay_in_jiangsu() -> None:
    rows = tuple(
        row
        for rows in shipped_provisions().values()
        for row in rows
        if row.region_code == "320000" and row.period.holds(date(2026, 12, 1))
    )

    found = leaf(Cause.FILING_EXPIRED, *rows)

    assert "honoured_during_stay" in codes(found)
    assert all(each.citations for each in found.because)
