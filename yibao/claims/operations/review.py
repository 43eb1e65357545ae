"""Work on a claim before it is decided: take it, read its lines, answer its marks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from yibao.audit import operations as audit
from yibao.cases.operations.cases import add_line, lock_case, move_case
from yibao.cases.operations.desk import require_holder, take_case
from yibao.cases.vocabulary import State
from yibao.claims.models import Claim, ClaimLine, LineReview, RiskMark
from yibao.claims.reasons import REASONS
from yibao.claims.vocabulary import Answer, LineClass, MarkAnswer, MarkCode

if TYPE_CHECKING:
    from yibao.accounts.models import User

FACTS = (
    "care_type",
    "situation",
    "base_filing",
    "group",
    "level",
    "institution_class",
    "tier",
    "age",
    "disease",
    "treatment",
    "severity",
    "aid_group",
    "is_civil_servant",
)
"""What an officer may correct after reading the papers; the bill's amounts are not among it."""


class SameEyes(Exception):
    """Who made a decision does not answer the objection to it."""


class Waits(Exception):
    """The claim waits for the second officer; nothing in it changes meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAnswer:
    """What an officer says to one line; amounts in fen."""

    position: int
    answer: Answer
    line_class: LineClass | None
    upfront_fen: int | None = None
    allowed_fen: int | None = None
    reason_code: str = ""
    note: str = ""


@transaction.atomic
def take_claim(claim_id: int, *, by: "User", at: datetime) -> None:
    """Let an officer work on a claim: it counts as received, and its review begins.

    Raises:
        SameEyes: they made the decision that is objected to.
        Taken, Recused: as of `take_case`.
    """
    claim = Claim.objects.get(pk=claim_id)
    case = take_case(claim_id, by=by, at=at)
    require_other_eyes(claim, by)
    if case.state == State.SUBMITTED:
        case = move_case(claim_id, to=State.RECEIVED, event="received", by=by, at=at, keep_due=True)
    if case.state == State.RECEIVED:
        move_case(
            claim_id, to=State.UNDER_REVIEW, event="review_begun", by=by, at=at, keep_due=True
        )


@transaction.atomic
def answer_lines(
    claim_id: int, answers: Iterable[LineAnswer], *, version: int, by: "User", at: datetime
) -> int:
    """Write down what the officer says to lines; return the case's new version.

    Raises:
        ValueError: a cut without a reason, an unknown reason, a line that is not the claim's.
        Changed, NotHeld, Taken, NotPossible, Waits: as of the shared desk.
    """
    by_position = {answer.position: answer for answer in answers}
    _open(claim_id, version=version, by=by, at=at)
    lines = {
        line.position: line
        for line in ClaimLine.objects.filter(
            claim=claim_id, position__in=list(by_position)
        ).select_related("review")
    }
    if by_position.keys() - lines.keys():
        raise ValueError("a line of another claim")
    changed = []
    for position, answer in by_position.items():
        review = lines[position].review
        before = _state_of(review)
        _apply(review, answer)
        if _state_of(review) != before:
            changed.append(review)
    LineReview.objects.bulk_update(
        changed, ["answer", "line_class", "upfront_fen", "allowed_fen", "reason_code", "note"]
    )
    after = {str(review.line.position): review.answer for review in changed}
    return _touched(claim_id, "lines_read", after, by=by, at=at)


@transaction.atomic
def approve_clear_lines(claim_id: int, *, version: int, by: "User", at: datetime) -> int:
    """Approve every held line that lacks nothing; return the case's new version."""
    clear = [
        LineAnswer(
            position=line.position,
            answer=Answer.APPROVED,
            line_class=LineClass(line.review.line_class),
            upfront_fen=line.review.upfront_fen,
        )
        for line in ClaimLine.objects.filter(claim=claim_id).select_related("review")
        if line.review.answer == Answer.HELD and _is_clear(line.review)
    ]
    return answer_lines(claim_id, clear, version=version, by=by, at=at)


@transaction.atomic
def answer_mark(
    mark_id: int, *, answer: MarkAnswer, note: str, version: int, by: "User", at: datetime
) -> int:
    """Say what came of a mark; return the case's new version.

    Raises:
        ValueError: without a note, or an answer that is not one to this mark.
        Changed, NotHeld, Taken, NotPossible, Waits: as of `answer_lines`.
    """
    mark = RiskMark.objects.select_for_update().get(pk=mark_id)
    is_duplicate = mark.code == MarkCode.DUPLICATE
    if is_duplicate is not (answer in (MarkAnswer.SAME, MarkAnswer.DIFFERENT)):
        raise ValueError(f"{answer} is no answer to {mark.code}")
    if not note.strip():
        raise ValueError("an answer without a note")
    _open(mark.claim_id, version=version, by=by, at=at)
    mark.answer = answer
    mark.note = note.strip()[:300]
    mark.answered_by = by
    mark.answered_at = at
    mark.save(update_fields=["answer", "note", "answered_by", "answered_at"])
    return _touched(mark.claim_id, "mark_answered", {mark.code: answer}, by=by, at=at)


@transaction.atomic
def correct_facts(
    claim_id: int, changes: Mapping[str, Any], *, version: int, by: "User", at: datetime
) -> int:
    """Correct what the claim says of the person and the care; return the new version.

    Raises:
        ValueError: a field that is not among FACTS.
        Changed, NotHeld, Taken, NotPossible, Waits: as of `answer_lines`.
    """
    if changes.keys() - set(FACTS):
        raise ValueError(sorted(changes.keys() - set(FACTS)))
    _open(claim_id, version=version, by=by, at=at)
    claim = Claim.objects.get(pk=claim_id)
    before = {name: getattr(claim, name) for name in changes}
    moved = {name: value for name, value in changes.items() if before[name] != value}
    if not moved:
        return version
    for name, value in moved.items():
        setattr(claim, name, value)
    claim.save(update_fields=list(moved))
    details = {name: [before[name], value] for name, value in moved.items()}
    return add_line(claim_id, event="facts_corrected", by=by, at=at, details=details).version


@transaction.atomic
def give_first_figure(
    claim_id: int, *, fund_fen: int, version: int, by: "User", at: datetime
) -> int:
    """Write down what the officer of a blind sample found, before the engine's is shown.

    Raises:
        ValueError: no sample, given already, or a negative amount.
        Changed, NotHeld, Taken, NotPossible, Waits: as of `answer_lines`.
    """
    _open(claim_id, version=version, by=by, at=at)
    claim = Claim.objects.get(pk=claim_id)
    if not claim.is_sample or claim.first_fund_fen is not None or fund_fen < 0:
        raise ValueError("no figure is asked for")
    claim.first_fund_fen = fund_fen
    claim.save(update_fields=["first_fund_fen"])
    return _touched(claim_id, "first_figure", {"fund_fen": fund_fen}, by=by, at=at)


def require_other_eyes(claim: Claim, by: "User") -> None:
    """Check that the officer did not make the decision that is objected to.

    Raises:
        SameEyes: they did, or confirmed it.
    """
    for objection in claim.objections.filter(result=None).select_related("decision"):
        if by.pk in (objection.decision.officer_id, objection.decision.second_id):
            raise SameEyes


# --- parts ---------------------------------------------------------------------------------------


def _open(claim_id: int, *, version: int, by: "User", at: datetime) -> None:
    """Lock the case and check that this officer works on it now."""
    case = lock_case(claim_id, version=version)
    require_holder(case, by)
    if Claim.objects.get(pk=claim_id).drafts.filter(answered_at=None).exists():
        raise Waits
    if case.state != State.UNDER_REVIEW:
        move_case(
            claim_id, to=State.UNDER_REVIEW, event="review_begun", by=by, at=at, keep_due=True
        )


def _touched(
    claim_id: int, fact: str, after: Mapping[str, Any], *, by: "User", at: datetime
) -> int:
    """Raise the version and record, without a line that the citizen would read."""
    case = lock_case(claim_id)
    case.version += 1
    case.save(update_fields=["version"])
    audit.record(
        event=f"claims.{fact}",
        by=by,
        at=at,
        object_type="cases.case",
        object_key=case.reference,
        region_code=case.region_code,
        after=after,
    )
    return case.version


def _apply(review: LineReview, answer: LineAnswer) -> None:
    is_cut = answer.answer in (Answer.ADJUSTED, Answer.DENIED)
    if is_cut and answer.reason_code not in REASONS:
        raise ValueError(f"line {answer.position} is cut without a reason")
    review.answer = answer.answer
    review.line_class = answer.line_class or ""
    review.upfront_fen = answer.upfront_fen if answer.line_class == LineClass.B else None
    review.allowed_fen = answer.allowed_fen if answer.answer == Answer.ADJUSTED else None
    review.reason_code = answer.reason_code if is_cut else ""
    review.note = answer.note[:200] if is_cut else ""


def _state_of(review: LineReview) -> tuple[object, ...]:
    return (
        review.answer,
        review.line_class,
        review.upfront_fen,
        review.allowed_fen,
        review.reason_code,
        review.note,
    )


def _is_clear(review: LineReview) -> bool:
    if not review.line_class:
        return False
    return review.line_class != LineClass.B or review.upfront_fen is not None
