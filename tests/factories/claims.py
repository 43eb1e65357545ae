"""Claims of people who do not exist, under the shipped rules of 南昌 for residents."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.factories.cases import ID_NUMBER, a_person
from yibao.accounts.models import User
from yibao.cases.operations.cases import ConsentGiven
from yibao.cases.vocabulary import Purpose
from yibao.claims.models import Claim, Decision, DecisionDraft
from yibao.claims.operations import deciding, review, submission
from yibao.claims.queries.assessment import Assessment, assess
from yibao.claims.submitted import SubmittedClaim, SubmittedLine
from yibao.claims.vocabulary import LineClass, MarkAnswer, MarkCode, Reason
from yibao.rules.terms import CareType, Group, InsuranceType, Level, Situation

SUBMITTED_AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LATER = SUBMITTED_AT + timedelta(hours=2)
TODAY = date(2026, 11, 23)
REGION = "360100"


def a_submission(**changes: Any) -> SubmittedClaim:
    """A resident of 南昌 as an in-patient in 上海, filed as a referral: 20,000 yuan in totals."""
    facts: dict[str, Any] = {
        "insured_code": REGION,
        "insurance": InsuranceType.RESIDENT,
        "group": Group.ADULT,
        "reason": Reason.NOT_NETWORKED,
        "care_code": "310000",
        "institution_name": "某市某医院",
        "level": Level.TERTIARY,
        "care_type": CareType.INPATIENT,
        "admitted_on": date(2026, 10, 8),
        "discharged_on": date(2026, 10, 20),
        "situation": Situation.REFERRAL,
        "total_fen": 2_000_000,
        "off_catalog_fen": 100_000,
        "upfront_self_pay_fen": 50_000,
    }
    return SubmittedClaim(**{**facts, **changes})


def a_line(**changes: Any) -> SubmittedLine:
    facts = {"name": "西药费", "amount_fen": 10_000, "line_class": LineClass.A}
    return SubmittedLine(**{**facts, **changes})  # type: ignore[arg-type]


def submit(
    *, key: str = "", id_number: str = ID_NUMBER, at: datetime = SUBMITTED_AT, **changes: Any
) -> Claim:
    """Send a claim in."""
    return submission.submit_claim(
        a_submission(**changes),
        person=a_person(
            id_number=id_number,
            bank_name="某银行",
            bank_account="6222000000000000",
            account_holder="测试甲",
        ),
        consents=[ConsentGiven(purpose, "2026-11", "0" * 64, at) for purpose in Purpose],
        submission_key=key or f"claim-{Claim.objects.count()}",
        at=at,
    )


def an_officer(username: str = "li") -> User:
    found = User.objects.filter(username=username).first()
    return found or User.objects.create_user(username, name=f"{username}某", is_staff=True)


def version_of(claim: Claim) -> int:
    claim.case.refresh_from_db()
    return claim.case.version


def read(claim: Claim, officer: User) -> None:
    """Take the claim, approve what is clear and answer every mark."""
    review.take_claim(claim.pk, by=officer, at=LATER)
    review.approve_clear_lines(claim.pk, version=version_of(claim), by=officer, at=LATER)
    claim.refresh_from_db()
    if claim.is_sample and claim.first_fund_fen is None:
        review.give_first_figure(
            claim.pk, fund_fen=1_00, version=version_of(claim), by=officer, at=LATER
        )
    for mark in claim.marks.filter(answer=""):
        is_double = mark.code == MarkCode.DUPLICATE
        review.answer_mark(
            mark.pk,
            answer=MarkAnswer.DIFFERENT if is_double else MarkAnswer.NO_MATTER,
            note="核对过票据",
            version=version_of(claim),
            by=officer,
            at=LATER,
        )


def decide(
    claim: Claim, officer: User, *, at: datetime = LATER, **wish: Any
) -> Decision | DecisionDraft:
    return deciding.decide_claim(
        claim.pk, deciding.Wish(**wish), version=version_of(claim), by=officer, at=at
    )


def decided(officer: User | None = None, **changes: Any) -> Decision:
    """Send a claim in and have it decided by the engine's figures."""
    claim = submit(**changes)
    officer = officer or an_officer()
    read(claim, officer)
    found = decide(claim, officer)
    assert isinstance(found, Decision), found.why
    return found


def assessed(claim: Claim) -> Assessment:
    claim.refresh_from_db()
    return assess(claim, person=claim.case.person.read(), today=TODAY)
