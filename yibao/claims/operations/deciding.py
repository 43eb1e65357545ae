"""Decide a claim: once, by the right people, on the year's totals as they are at that moment.

Everything is read anew under the locks of the case and of the person's year: what the page
showed is never trusted. A decision that needs a second officer waits as a draft and is made
when they confirm it, if the same still comes out.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yibao.cases.operations.cases import add_line, lock_case, move_case
from yibao.cases.operations.desk import Recused, require_holder
from yibao.cases.operations.messages import queue_message
from yibao.cases.vocabulary import State
from yibao.claims.bills import Parts, bill_of
from yibao.claims.models import Claim, Decision, DecisionDraft, LineDecision, YearAccount
from yibao.claims.operations.review import Waits, require_other_eyes
from yibao.claims.operations.year import add_decision, lock_year, undo_decision
from yibao.claims.queries.assessment import Assessment, assess
from yibao.claims.queries.year import entries_of
from yibao.claims.reasons import REASONS
from yibao.claims.reckoning import denied_figures, overridden_figures
from yibao.claims.vocabulary import Answer, LineClass, ObjectionState, Outcome, ProposalState
from yibao.rules.decision import Figures, Step
from yibao.rules.facts import Bill

if TYPE_CHECKING:
    from yibao.accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an officer wants to decide.

    `denies`: no fund pays anything, whatever the lines say, for `reason_code`. `funds`: what
    each fund pays in fen where the officer does not follow the engine, with a reason.
    """

    denies: bool = False
    reason_code: str = ""
    note: str = ""
    funds: Mapping[str, int] | None = None
    override_reason: str = ""


class NotReady(Exception):
    """Something has to be done first; `held` says what, by code (Assessment.held)."""

    def __init__(self, held: tuple[str, ...]) -> None:
        super().__init__(", ".join(held))
        self.held = held


class OverCap(Exception):
    """The officer's figure for the basic fund is more than its cap still leaves."""

    def __init__(self, room_fen: int) -> None:
        super().__init__(room_fen)
        self.room_fen = room_fen


class Moved(Exception):
    """Something else comes out now than what the first officer saw: it went back to them."""


class OwnDraft(Exception):
    """Nobody confirms what they decided themselves."""


class Answered(Exception):
    """The draft was confirmed or returned already."""


@dataclass(frozen=True, slots=True)
class _Result:
    """What a wish comes to now."""

    outcome: Outcome
    parts: tuple[Parts, ...]
    figures: Figures
    steps: tuple[Step, ...]
    is_override: bool
    digest: str


@transaction.atomic
def decide_claim(
    claim_id: int, wish: Wish, *, version: int, by: "User", at: datetime
) -> Decision | DecisionDraft:
    """Decide, or put before the second officer what needs one.

    Raises:
        NotReady: lines are held, marks open, the blind figure missing, or the engine has a gap
            and the officer gave no figure of their own.
        OverCap: the officer's own figure goes beyond the cap.
        ValueError: a denial without a reason, an override without one, figures that do not
            fit the bill.
        SameEyes, Waits, Changed, NotHeld, Taken, NotPossible: as of the desk.
    """
    claim, assessment, accounts = _locked(claim_id, version=version, at=at)
    require_holder(claim.case, by)
    require_other_eyes(claim, by)
    if claim.drafts.filter(state=ProposalState.OPEN).exists():
        raise Waits
    result = _result_of(assessment, wish)
    why = _why_second(result)
    if why:
        draft = DecisionDraft.objects.create(
            claim=claim,
            by=by,
            at=at,
            wish=asdict(wish),
            fund_fen=result.figures.fund_total,
            digest=result.digest,
            why=why,
        )
        _move_to_review(claim, by=by, at=at)
        return draft
    return _write(assessment, accounts, wish, result, officer=by, second=None, by=by, at=at)


def confirm_draft(draft_id: int, *, version: int, by: "User", at: datetime) -> Decision:
    """Confirm what another officer wants to decide, and so decide it.

    Raises:
        OwnDraft: they wanted it themselves.
        Recused: they are related to the person.
        Moved: the year's totals or the rules changed meanwhile; the draft was returned.
        Answered: it was confirmed or returned already.
        NotReady, OverCap, SameEyes, Changed, NotPossible: as of `decide_claim`.
    """
    decision = _confirm(draft_id, version=version, by=by, at=at)
    if decision is None:
        # Outside the transaction, which has returned the draft for good.
        raise Moved
    return decision


@transaction.atomic
def _confirm(draft_id: int, *, version: int, by: "User", at: datetime) -> Decision | None:
    known = DecisionDraft.objects.get(pk=draft_id)
    claim, assessment, accounts = _locked(known.claim_id, version=version, at=at)
    draft = _open_draft(draft_id, claim, by)
    wish = Wish(**draft.wish)
    result = _result_of(assessment, wish)
    if result.digest != draft.digest or result.figures.fund_total != draft.fund_fen:
        _answer(draft, ProposalState.RETURNED, "", by=by, at=at)
        return None
    _answer(draft, ProposalState.CONFIRMED, "", by=by, at=at)
    return _write(assessment, accounts, wish, result, officer=draft.by, second=by, by=by, at=at)


@transaction.atomic
def return_draft(draft_id: int, *, note: str, version: int, by: "User", at: datetime) -> None:
    """Give a draft back to the officer who made it, with the reason.

    Raises:
        ValueError: without a reason.
        OwnDraft, Recused, Answered, SameEyes, Changed: as of `confirm_draft`.
    """
    if not note.strip():
        raise ValueError("returned without a reason")
    known = DecisionDraft.objects.get(pk=draft_id)
    lock_case(known.claim_id, version=version)
    claim = Claim.objects.select_related("case").get(pk=known.claim_id)
    draft = _open_draft(draft_id, claim, by)
    _answer(draft, ProposalState.RETURNED, note.strip()[:300], by=by, at=at)


# --- parts ---------------------------------------------------------------------------------------


def _locked(
    claim_id: int, *, version: int, at: datetime
) -> tuple[Claim, Assessment, tuple[YearAccount, ...]]:
    """Lock the case, then the person's year, and read the claim under both."""
    lock_case(claim_id, version=version)
    claim = Claim.objects.select_related("case__person").get(pk=claim_id)
    person = claim.case.person.read()
    accounts = lock_year(person.id_number, year=claim.on.year, insurance=claim.case.insurance)
    assessment = assess(
        claim, person=person, today=timezone.localdate(at), entries=entries_of(accounts)
    )
    return claim, assessment, accounts


def _open_draft(draft_id: int, claim: Claim, by: "User") -> DecisionDraft:
    draft = DecisionDraft.objects.select_for_update().get(pk=draft_id)
    if draft.state != ProposalState.OPEN:
        raise Answered
    if draft.by_id == by.pk:
        raise OwnDraft
    if claim.case.recusals.filter(officer=by).exists():
        raise Recused
    require_other_eyes(claim, by)
    return draft


def _result_of(assessment: Assessment, wish: Wish) -> _Result:
    held = set(assessment.held)
    if wish.denies or wish.funds is not None:
        held -= {"engine", "cut"}
    if wish.denies:
        # Nothing of the lines counts, so they need not be read one by one.
        held -= {"lines", "sample", "year"}
    if wish.denies and wish.reason_code not in REASONS:
        raise ValueError("a denial without a reason")
    if wish.funds is not None and not wish.override_reason.strip():
        raise ValueError("an override without a reason")
    if held:
        raise NotReady(tuple(code for code in assessment.held if code in held))
    reckoning = assessment.reckoning
    digest = reckoning.digest if reckoning is not None else ""
    if wish.denies:
        parts = _parts_of(assessment, wish)
        figures = denied_figures(bill_of(parts))
        if figures.total < 0:
            raise NotReady(("bill",))
        return _Result(Outcome.DENIED, parts, figures, (), False, digest)
    outcome, parts = _outcome_of(assessment), _parts_of(assessment, wish)
    if wish.funds is not None:
        figures = _overridden(assessment, bill_of(parts), wish.funds)
        return _Result(outcome, parts, figures, (), True, digest)
    if reckoning is None or reckoning.figures is None:
        raise NotReady(("engine",))
    steps = reckoning.settlement.steps
    return _Result(outcome, parts, reckoning.figures, steps, False, digest)


def _parts_of(assessment: Assessment, wish: Wish) -> tuple[Parts, ...]:
    """Return each line in its four parts; of a denied claim all is the person's own."""
    if wish.denies:
        return tuple(Parts(0, row.line.amount_fen, 0, 0) for row in assessment.rows)
    parts = tuple(row.parts for row in assessment.rows if row.parts is not None)
    if len(parts) != len(assessment.rows) or not parts:
        raise NotReady(("lines",))
    return parts


def _outcome_of(assessment: Assessment) -> Outcome:
    answers = {row.review.answer for row in assessment.rows}
    if answers == {Answer.DENIED}:
        return Outcome.DENIED
    return Outcome.APPROVED if answers == {Answer.APPROVED} else Outcome.PARTLY


def _overridden(assessment: Assessment, bill: Bill, funds: Mapping[str, int]) -> Figures:
    figures = overridden_figures(bill, funds)
    room = assessment.room_fen()
    if room is not None and figures.pooled_fund > room:
        raise OverCap(room)
    return figures


def _why_second(result: _Result) -> str:
    if result.is_override:
        return "override"
    return "value" if result.figures.fund_total >= settings.SECOND_OFFICER_FEN else ""


def _move_to_review(claim: Claim, *, by: "User", at: datetime) -> None:
    """Raise the version with a line, so that both officers see that it waits."""
    if claim.case.state != State.UNDER_REVIEW:
        move_case(
            claim.pk, to=State.UNDER_REVIEW, event="review_begun", by=by, at=at, keep_due=True
        )
    add_line(claim.pk, event="second_asked", by=by, at=at)


def _write(
    assessment: Assessment,
    accounts: tuple[YearAccount, ...],
    wish: Wish,
    result: _Result,
    *,
    officer: "User",
    second: "User | None",
    by: "User",
    at: datetime,
) -> Decision:
    claim, previous, reckoning = assessment.claim, assessment.previous, assessment.reckoning
    figures = result.figures
    engine = reckoning.figures if reckoning is not None else None
    decision = Decision.objects.create(
        claim=claim,
        number=previous.number + 1 if previous else 1,
        corrects=previous,
        outcome=result.outcome,
        on=claim.on,
        officer=officer,
        second=second,
        input=reckoning.input() if reckoning is not None else {},
        provision_ids=list(reckoning.provision_ids) if reckoning is not None else [],
        trace=reckoning.trace() if reckoning is not None else {},
        engine_figures=engine._asdict() if engine is not None else None,
        figures=figures._asdict(),
        first_fund_fen=claim.first_fund_fen,
        claimed_fen=figures.total,
        fund_fen=figures.fund_total,
        personal_fen=figures.personal_total,
        is_override=result.is_override,
        override_reason=wish.override_reason.strip()[:500] if result.is_override else "",
        reason_code=wish.reason_code,
        note=wish.note.strip(),
        object_until=timezone.localdate(at) + timedelta(days=settings.OBJECTION_DAYS),
        at=at,
    )
    LineDecision.objects.bulk_create(_line_decisions(assessment, decision, wish, result.parts))
    if previous is not None:
        undo_decision(previous, by=by, at=at)
    if result.outcome is not Outcome.DENIED:
        add_decision(accounts[0], decision, figures, result.steps)
    _close_objection(claim, decision, previous)
    _close_case(claim, decision, by=by, at=at)
    return decision


def _line_decisions(
    assessment: Assessment, decision: Decision, wish: Wish, parts: tuple[Parts, ...]
) -> list[LineDecision]:
    rows = []
    for row, part in zip(assessment.rows, parts, strict=True):
        review = row.review
        answer, reason = review.answer, review.reason_code
        if wish.denies:
            answer, reason = Answer.DENIED, wish.reason_code
        rows.append(
            LineDecision(
                decision=decision,
                line=row.line,
                answer=answer,
                line_class=review.line_class or LineClass.C,
                claimed_fen=row.line.amount_fen,
                in_scope_fen=part.in_scope_fen,
                off_catalog_fen=part.off_catalog_fen,
                over_limit_fen=part.over_limit_fen,
                upfront_fen=part.upfront_fen,
                reason_code=reason,
                note=review.note,
                at=decision.at,
            )
        )
    return rows


def _close_objection(claim: Claim, decision: Decision, previous: Decision | None) -> None:
    objection = claim.objections.select_for_update().filter(result=None).first()
    if objection is None or previous is None:
        return
    is_same = (decision.outcome, decision.figures) == (previous.outcome, previous.figures)
    objection.result = decision
    objection.state = ObjectionState.UPHELD if is_same else ObjectionState.CHANGED
    objection.save(update_fields=["result", "state"])


def _close_case(claim: Claim, decision: Decision, *, by: "User", at: datetime) -> None:
    """Move the case on and free it: what follows is paying, which is another desk's work."""
    if claim.case.state == State.RECEIVED:
        move_case(claim.pk, to=State.UNDER_REVIEW, event="review_begun", by=by, at=at)
    details: dict[str, Any] = {"outcome": decision.outcome, "decision": decision.number}
    case = move_case(claim.pk, to=State.DECIDED, event="decided", by=by, at=at, details=details)
    queue_message(case, template="decided", at=at)


def _answer(
    draft: DecisionDraft, state: ProposalState, note: str, *, by: "User", at: datetime
) -> None:
    draft.state = state
    draft.answered_by = by
    draft.answered_at = at
    draft.answer_note = note
    draft.save(update_fields=["state", "answered_by", "answered_at", "answer_note"])
    if state is ProposalState.RETURNED:
        add_line(draft.claim_id, event="second_returned", by=by, at=at, internal_note=note)
