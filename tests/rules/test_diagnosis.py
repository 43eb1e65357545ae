"""Questions and leaves of the diagnosis: complete, without dead ends, and never by a default."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.shipped import shipped_provisions
from tests.rules.builders import DAY, HOME, a_paper, a_row
from yibao.rules.decision import Cited, Unknown
from yibao.rules.diagnosis import (
    LEAVES,
    QUESTIONS,
    START,
    Cause,
    Diagnosis,
    DiagnosisFacts,
    Link,
    Owner,
    diagnose,
    leading_to,
    walked,
)
from yibao.rules.diagnosis.findings import REMARK_TOPICS
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
    Terms,
)
from yibao.rules.terms import (
    CareType,
    ChannelKind,
    FilingCategory,
    InsuranceType,
    MaterialPurpose,
    MaterialSlug,
    PharmacyMode,
    Scope,
    Standing,
)

MOST_TAPS = 8
"""Who was told nothing walks the whole chain; all others take at most three."""


def terms(*rows: Provision) -> Terms:
    return Terms(
        region_code=HOME,
        region_name="烟台市",
        insurance=InsuranceType.EMPLOYEE,
        on=DAY,
        levels=(rows,),
        whom_to_ask="参保地医保局",
    )


def leaf(cause: Cause, *rows: Provision, **facts: Any) -> Diagnosis:
    return diagnose(DiagnosisFacts(cause=cause, on=DAY, **facts), terms(*rows))


def codes(diagnosis: Diagnosis) -> list[str]:
    return [each.code for each in (*diagnosis.because, *diagnosis.by_when)]


def gaps(diagnosis: Diagnosis) -> set[str]:
    return {f"{gap.what}.{gap.detail}" for gap in diagnosis.gaps}


# --- Questions ------------------------------------------------------------------------


def test_every_cause_is_reached_from_the_start() -> None:
    reached: set[str] = set()
    front = {START}
    while front:
        reached |= front
        front = {
            choice.leads_to
            for code in front
            if code in QUESTIONS
            for choice in QUESTIONS[code].choices
        } - reached

    assert reached == {*QUESTIONS, *Cause}


def test_no_question_comes_twice_on_any_way() -> None:
    def longest(code: str, before: tuple[str, ...]) -> int:
        assert code not in before
        if code not in QUESTIONS:
            return 0
        return 1 + max(longest(c.leads_to, (*before, code)) for c in QUESTIONS[code].choices)

    assert longest(START, ()) <= MOST_TAPS


@pytest.mark.parametrize("cause", Cause)
def test_a_known_reason_takes_two_answers(cause: Cause) -> None:
    shortest = min(len(walked(cause, question.code)) for question, _ in leading_to(cause))

    assert shortest <= 2 or cause in (Cause.OUTSIDE_ITEMS,)


def test_the_way_back_follows_the_question_asked_last() -> None:
    by_money = [question.code for question, _ in walked(Cause.ACCOUNT, "money")]
    by_card = [question.code for question, _ in walked(Cause.ACCOUNT, "card")]

    assert by_money == [START, "money"]
    assert by_card == [START, "card"]
    assert walked(START) == ()


def test_a_way_that_does_not_lead_there_is_not_believed() -> None:
    assert walked(Cause.ACCOUNT, "part") == walked(Cause.ACCOUNT)


def test_without_a_reason_the_links_are_asked_in_their_order() -> None:
    code, asked = "identity_link", []
    while code in QUESTIONS:
        asked.append(code.removesuffix("_link"))
        code = QUESTIONS[code].choices[0].leads_to

    assert asked == [link for link in Link if link is not Link.BENEFIT]


# --- Leaves ---------------------------------------------------------------------------


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("cause", Cause)
def test_every_leaf_has_its_parts(cause: Cause, stage: Stage) -> None:
    paper = a_paper(MaterialSlug.RECEIPT, purpose=MaterialPurpose.CLAIM)
    phone = a_row(
        Channel, channel=ChannelKind.PHONE, name="热线", value="12393", purpose="question"
    )

    found = leaf(cause, paper, phone, stage=stage)

    assert found.now
    assert found.say
    assert found.fallback
    assert found.by_when
    assert [each.number for each in found.contacts] == ["12393"]
    assert MaterialSlug.RECEIPT in {each.slug for each in found.papers}


def test_every_cause_has_a_leaf() -> None:
    assert set(LEAVES) == set(Cause)


@given(
    cause=st.sampled_from(Cause),
    stage=st.sampled_from(Stage),
    insurance=st.none() | st.sampled_from(InsuranceType),
    scope=st.sampled_from(Scope),
    care_type=st.sampled_from(CareType),
)
def test_where_nothing_is_known_nothing_is_cited_and_the_gaps_name_whom_to_ask(
    cause: Cause,
    stage: Stage,
    insurance: InsuranceType | None,
    scope: Scope,
    care_type: CareType,
) -> None:
    found = leaf(cause, stage=stage, insurance=insurance, scope=scope, care_type=care_type)

    assert not any(each.citations for each in (*found.because, *found.by_when))
    assert not found.disputes
    assert all(isinstance(gap, Unknown) and gap.whom_to_ask for gap in found.gaps)
    assert ("claim_rule.deadline_months" in gaps(found)) == LEAVES[cause].may_claim
    assert "material_requirement.claim" in gaps(found)


@given(cause=st.sampled_from(Cause), stage=st.sampled_from(Stage), scope=st.sampled_from(Scope))
def test_every_amount_told_is_cited(cause: Cause, stage: Stage, scope: Scope) -> None:
    rows = tuple(row for rows in shipped_provisions().values() for row in rows)

    found = leaf(cause, *rows, stage=stage, scope=scope)

    for each in (*found.because, *found.by_when):
        assert each.citations or not each.values


def test_a_claim_deadline_is_told_only_where_it_is_stated() -> None:
    stated = leaf(Cause.SYSTEM, a_row(ClaimRule, deadline_months=12), stage=Stage.DISCHARGED)
    silent = leaf(Cause.SYSTEM, stage=Stage.DISCHARGED)

    assert "claim_deadline" in codes(stated)
    assert stated.by_when[0].values == {"months": 12}
    assert "claim_rule.deadline_months" not in gaps(stated)
    assert "claim_deadline_unknown" in codes(silent)


def test_who_paid_already_asks_for_the_claim_at_the_insured_place() -> None:
    paid = leaf(Cause.EMERGENCY_FLAG, stage=Stage.DISCHARGED)
    open_ = leaf(Cause.EMERGENCY_FLAG, stage=Stage.ADMITTED)

    assert (paid.owner, paid.listener, paid.say) == (
        Owner.INSURED_PLACE,
        Owner.INSURED_PLACE,
        "claim",
    )
    assert (open_.owner, open_.say) == (Owner.HOSPITAL, "emergency_flag")
    assert "before_settling" in codes(open_)
    assert "before_settling" not in codes(paid)


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


def test_residents_have_no_account() -> None:
    found = leaf(Cause.ACCOUNT, insurance=InsuranceType.RESIDENT)

    assert codes(found) == ["no_account", "soon"] or codes(found)[0] == "no_account"
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
    assert all(
        isinstance(Cited(value=1, citations=each.citations), Cited) for each in found.because
    )
