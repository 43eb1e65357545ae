"""Every row of the decision table, by a case that it alone answers."""

from datetime import date

import pytest

from tests.rules.builders import (
    AWAY,
    AWAY_PROVINCE,
    DAY,
    HOME,
    THIRD,
    a_row,
    full_terms,
    some_facts,
    some_terms,
)
from yibao.rules.decision import Certainty, CheckOutcome, DirectSettlement
from yibao.rules.eligibility import ROWS, decide
from yibao.rules.facts import (
    Enrolment,
    Evidence,
    ExistingFiling,
    FiledStatus,
    InstitutionStatus,
    Qualified,
    Reason,
    Stage,
    Trauma,
    Urgency,
)
from yibao.rules.policy import FilingRule, Provision
from yibao.rules.terms import CareType, FilingCategory, MaterialSlug, Scope, Standing

O, D = CheckOutcome, DirectSettlement  # noqa: E741
LIVING = {"reason": Reason.LIVING}
OTHER = {"reason": Reason.OTHER}
EMERGENCY = {"urgency": Urgency.EMERGENCY}
LOCAL = {"scope": Scope.LOCAL, "care_code": HOME, "care_pool": HOME, "care_within": frozenset()}
IN_PROVINCE = {"scope": Scope.IN_PROVINCE}
CHRONIC = {"care_type": CareType.CHRONIC, "disease": "M03900", "qualified": Qualified.YES}
DESIGNATED = {"institution": InstitutionStatus.DESIGNATED}
NOT_DESIGNATED = {"institution": InstitutionStatus.NONE}
NETWORKED = {"institution": InstitutionStatus.NETWORKED}
ADMITTED = {"stage": Stage.ADMITTED, "institution": InstitutionStatus.NETWORKED}
DISCHARGED = {"stage": Stage.DISCHARGED, "institution": InstitutionStatus.NETWORKED}
NO_LATE = a_row(
    FilingRule, categories=frozenset({FilingCategory.OTHER_TEMPORARY}), late_filing_allowed=False
)
ZONE = a_row(FilingRule, filing_free_zone=frozenset({HOME, "310118"}))


def filed(
    status: FiledStatus = FiledStatus.ACTIVE,
    category: FilingCategory = FilingCategory.LONG_TERM_RESIDENT,
    care_pool: str | None = AWAY,
    until: date | None = None,
    since: date | None = None,
    evidence: Evidence = Evidence.PROOF,
) -> dict[str, ExistingFiling]:
    return {
        "existing": ExistingFiling(
            status=status,
            category=category,
            care_pool=care_pool,
            until=until,
            since=since,
            evidence=evidence,
        )
    }


CASES: list[tuple[str, dict, tuple[Provision, ...], CheckOutcome, DirectSettlement]] = [
    ("D-01", {"scope": Scope.ABROAD, **LIVING}, (), O.NOT_PAYABLE, D.NO),
    ("D-02", {"enrolment": Enrolment.WAITING, **LIVING}, (), O.NOT_PAYABLE, D.NO),
    ("D-02", {"enrolment": Enrolment.SANCTIONED, **LIVING}, (), O.NOT_PAYABLE, D.NO),
    ("D-02", {"enrolment": Enrolment.ENDED, **LIVING}, (), O.FIX_ENROLMENT, D.NO),
    ("D-03", {"enrolment": Enrolment.ARREARS, **LIVING}, (), O.FIX_ENROLMENT, D.NO),
    ("D-03", {"enrolment": Enrolment.SUSPENDED, **LIVING}, (), O.FIX_ENROLMENT, D.NO),
    ("D-03", {"enrolment": Enrolment.TRANSFERRING, **LIVING}, (), O.FIX_ENROLMENT, D.NO),
    ("D-04", {"trauma": Trauma.THIRD_PARTY, **LIVING}, (), O.NOT_PAYABLE, D.NO),
    ("D-04", {"trauma": Trauma.WORK_INJURY, **EMERGENCY}, (), O.NOT_PAYABLE, D.NO),
    ("D-21", {**LOCAL, **OTHER, **filed()}, (), O.NO_FILING, D.YES),
    ("D-05", {**LOCAL, **OTHER}, (), O.NO_FILING, D.YES),
    ("D-06", {**EMERGENCY, **NETWORKED}, (), O.DEEMED_FILED, D.YES),
    ("D-06", {**EMERGENCY, **ADMITTED}, (), O.DEEMED_FILED, D.YES),
    ("D-06", {**EMERGENCY, **DISCHARGED}, (), O.MANUAL_CLAIM, D.NO),
    ("D-07", {**EMERGENCY, **DESIGNATED}, (), O.MANUAL_CLAIM, D.NO),
    ("D-08", {**EMERGENCY, **NOT_DESIGNATED}, (), O.MANUAL_CLAIM, D.NO),
    ("D-09", {**OTHER, **NOT_DESIGNATED}, (), O.NOT_PAYABLE, D.NO),
    ("D-22", {**OTHER, **filed(care_pool=THIRD)}, (), O.FILE, D.YES),
    ("D-23", {**LIVING, **filed()}, (), O.COVERED, D.YES),
    ("D-23", {**LIVING, **filed(care_pool=AWAY_PROVINCE)}, (), O.COVERED, D.YES),
    (
        "D-24",
        {
            **OTHER,
            **ADMITTED,
            **filed(until=date(2026, 11, 25), category=FilingCategory.OTHER_TEMPORARY),
            "admitted_on": date(2026, 11, 20),
        },
        (),
        O.COVERED,
        D.YES,
    ),
    ("D-25", {**LIVING, **filed(care_pool=THIRD)}, (), O.CHANGE_FILING, D.YES),
    (
        "D-25",
        {**OTHER, **filed(FiledStatus.ELSEWHERE, FilingCategory.OTHER_TEMPORARY, None)},
        (),
        O.CHANGE_FILING,
        D.YES,
    ),
    ("D-26", {**LIVING, **CHRONIC}, (), O.FILE, D.YES),
    ("D-27", {**LIVING, **CHRONIC, "disease": "M99999"}, (), O.MANUAL_CLAIM, D.NO),
    ("D-27", {**LIVING, **CHRONIC, "disease": "M06900"}, (), O.MANUAL_CLAIM, D.NO),
    ("D-27", {**LIVING, **CHRONIC, "qualified": Qualified.NO}, (), O.MANUAL_CLAIM, D.NO),
    ("D-28", {**LIVING, **NETWORKED, "care_type": CareType.OUTPATIENT}, (), O.FILE, D.YES),
    ("D-29", {**LIVING, "care_type": CareType.PHARMACY}, (), O.NO_FILING, D.YES),
    ("D-30", {**LIVING, "care_type": CareType.BIRTH}, (), O.MANUAL_CLAIM, D.UNKNOWN),
    ("D-32", {**LIVING, **DESIGNATED}, (), O.MANUAL_CLAIM, D.NO),
    ("D-18", {**OTHER, **ADMITTED}, (), O.FILE_LATE, D.YES),
    ("D-19", {**OTHER, **DISCHARGED}, (), O.MANUAL_CLAIM, D.NO),
    ("D-20", {**OTHER, **DISCHARGED}, (NO_LATE,), O.MANUAL_CLAIM, D.NO),
    (
        "D-12",
        {**OTHER, "care_code": "310118", "care_pool": "310000"},
        (ZONE,),
        O.NO_FILING,
        D.YES,
    ),
    ("D-11", {**OTHER, **IN_PROVINCE}, (), O.FILE, D.YES),
    ("D-13", {"reason": Reason.RESETTLED}, (), O.FILE, D.YES),
    ("D-14", {"reason": Reason.LIVING}, (), O.FILE, D.YES),
    ("D-14", {"reason": Reason.STUDY}, (), O.FILE, D.YES),
    ("D-15", {"reason": Reason.POSTED}, (), O.FILE, D.YES),
    ("D-16", {"reason": Reason.REFERRAL, "evidence": Evidence.PROOF}, (), O.FILE, D.YES),
    ("D-17", {"reason": Reason.REFERRAL, "evidence": Evidence.NONE}, (), O.FILE, D.YES),
    ("D-17", OTHER, (), O.FILE, D.YES),
]


@pytest.mark.parametrize(("rule", "parts", "local", "outcome", "direct"), CASES)
def test_row_answers(
    rule: str,
    parts: dict,
    local: tuple[Provision, ...],
    outcome: CheckOutcome,
    direct: DirectSettlement,
) -> None:
    decision = decide(some_facts(**parts), full_terms(*local))

    assert (decision.rule, decision.outcome, decision.direct_settlement) == (rule, outcome, direct)


def test_in_province_filing_free_is_row_10() -> None:
    free = a_row(
        FilingRule,
        scope=Scope.IN_PROVINCE,
        categories=frozenset({FilingCategory.OTHER_TEMPORARY}),
        required=False,
    )

    decision = decide(some_facts(**IN_PROVINCE, **OTHER), full_terms(free))

    assert (decision.rule, decision.outcome) == ("D-10", O.NO_FILING)
    assert decision.because[0].citations == (free.citation,)


def test_rows_stand_in_the_ruled_order() -> None:
    numbers = [*range(1, 5), 21, *range(5, 10), *range(22, 31), 32, 18, 19, 20, 12, 10, 11]
    expected = [f"D-{number:02}" for number in [*numbers, *range(13, 18)]]

    assert [row.id for row in ROWS] == expected


def test_every_row_has_a_case() -> None:
    covered = {case[0] for case in CASES} | {"D-10"}

    assert covered == {row.id for row in ROWS}


# --- Referral ---------------------------------------------------------------------


def test_a_referral_without_proof_says_that_the_proof_would_change_it() -> None:
    facts = some_facts(reason=Reason.REFERRAL, evidence=Evidence.NONE)

    decision = decide(facts, full_terms())

    assert decision.category is FilingCategory.OTHER_TEMPORARY
    change = next(change for change in decision.changes if change.field == "evidence")
    assert change.value == "proof"
    assert change.effect["category"] is FilingCategory.REFERRAL


def test_a_referral_with_unknown_proof_is_tentative() -> None:
    decision = decide(some_facts(reason=Reason.REFERRAL), full_terms())

    assert (decision.rule, decision.certainty) == ("D-16", Certainty.TENTATIVE)


def test_a_commitment_never_replaces_the_referral_proof() -> None:
    facts = some_facts(reason=Reason.REFERRAL, evidence=Evidence.COMMITMENT)

    assert decide(facts, full_terms()).rule == "D-17"


# --- Emergency --------------------------------------------------------------------


def test_an_emergency_at_an_unknown_institution_is_deemed_filed_and_tentative() -> None:
    decision = decide(some_facts(**EMERGENCY), full_terms())

    assert decision.outcome is O.DEEMED_FILED
    assert decision.certainty is Certainty.TENTATIVE
    assert decision.category is FilingCategory.EMERGENCY


def test_an_emergency_under_a_disputed_rule_shows_the_readings() -> None:
    readings = [
        a_row(
            FilingRule,
            categories=frozenset({FilingCategory.EMERGENCY}),
            deemed_filed=value,
            standing=Standing.DISPUTED,
        )
        for value in (True, False)
    ]

    decision = decide(some_facts(**EMERGENCY, **NETWORKED), some_terms(*readings))

    assert (decision.outcome, decision.rule) == (O.ASK, "D-06")
    assert {reading.value for reading in decision.disputes[0].readings} == {True, False}
    assert decision.actions[0].code == "emergency_first"


def test_an_emergency_names_the_diagnosis_among_the_papers() -> None:
    decision = decide(some_facts(**EMERGENCY, **DISCHARGED), full_terms())

    slugs = [paper.slug for paper in decision.materials]
    assert MaterialSlug.EMERGENCY_DIAGNOSIS in slugs
    assert MaterialSlug.RECEIPT in slugs


# --- Existing filings ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("existing", "rule"),
    [
        (filed(FiledStatus.EXPIRED, until=date(2026, 11, 1)), "D-18"),
        (filed(FiledStatus.ACTIVE, until=date(2026, 11, 1)), "D-18"),  # the date corrects
        (filed(FiledStatus.ACTIVE, since=date(2026, 12, 2)), "D-18"),  # not begun yet
        (filed(FiledStatus.ACTIVE, until=DAY), "D-23"),  # the last day is inside
        (filed(FiledStatus.ELSEWHERE, care_pool=AWAY), "D-23"),  # the place corrects
        (filed(FiledStatus.EXPIRED, until=date(2026, 11, 20)), "D-24"),  # admitted that day
        (filed(FiledStatus.EXPIRED, until=date(2026, 11, 20), care_pool=THIRD), "D-18"),
    ],
)
def test_an_existing_filing_is_read_by_place_and_date(existing: dict, rule: str) -> None:
    facts = some_facts(**OTHER, **ADMITTED, **existing, admitted_on=date(2026, 11, 20))

    assert decide(facts, full_terms()).rule == rule


def test_an_unknown_filing_is_tentative() -> None:
    unknown = ExistingFiling(status=FiledStatus.UNKNOWN)

    decision = decide(some_facts(**LIVING, existing=unknown), full_terms())

    assert (decision.outcome, decision.certainty) == (O.FILE, Certainty.TENTATIVE)


def test_an_expired_filing_without_dates_is_tentative_in_hospital() -> None:
    expired = filed(FiledStatus.EXPIRED)

    decision = decide(some_facts(**OTHER, **ADMITTED, **expired), full_terms())

    assert (decision.rule, decision.certainty) == ("D-18", Certainty.TENTATIVE)


def test_a_locked_filing_names_the_first_day_of_change() -> None:
    facts = some_facts(
        **LIVING,
        **filed(care_pool=THIRD, since=date(2026, 9, 30), evidence=Evidence.COMMITMENT),
    )

    decision = decide(facts, full_terms())

    locked = next(reason for reason in decision.because if reason.code == "locked_until")
    assert locked.values["day"] == date(2027, 3, 31)
    assert decision.actions[0].code == "if_locked"


def test_going_home_while_filed_asks_where_the_region_is_silent() -> None:
    decision = decide(some_facts(**LOCAL, **OTHER, **filed()), some_terms())

    assert decision.direct_settlement is D.UNKNOWN
    assert [gap.detail for gap in decision.gaps] == ["dual_enjoyment"]
