"""Objections, withdrawals, and what a rule that reaches back would change."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from yibao.cases.actors import Filer
from yibao.cases.operations.cases import NotPossible, lock_case, move_case
from yibao.cases.operations.messages import queue_message
from yibao.cases.vocabulary import State
from yibao.claims.models import Claim, Decision, Objection, RetroactiveProposal
from yibao.claims.queries.assessment import latest_decision
from yibao.claims.reckoning import read_back, reckon
from yibao.claims.vocabulary import ProposalState
from yibao.rules.decision import Figures

if TYPE_CHECKING:
    from yibao.accounts.models import User

TEXT_SIGNS = 2_000


class NoDecision(Exception):
    """There is nothing to object to yet."""


class TooLate(Exception):
    """The last day for an objection, `until`, is over."""

    def __init__(self, until: date) -> None:
        super().__init__(until)
        self.until = until


class ObjectedAlready(Exception):
    """This decision was objected to before; each can be once."""


@transaction.atomic
def file_objection(claim_id: int, *, text: str, at: datetime) -> Objection:
    """Write down the filer's objection; the claim goes to another officer.

    Files are added to the case as uploads under `Objection.MATERIAL`.

    Raises:
        ValueError: no text, or one of more than TEXT_SIGNS.
        NoDecision, TooLate, ObjectedAlready.
    """
    text = text.strip()
    if not 0 < len(text) <= TEXT_SIGNS:
        raise ValueError(len(text))
    case = lock_case(claim_id)
    claim = Claim.objects.get(pk=claim_id)
    decision = latest_decision(claim)
    if decision is None:
        raise NoDecision
    if Objection.objects.filter(decision=decision).exists():
        raise ObjectedAlready
    if timezone.localdate(at) > decision.object_until:
        raise TooLate(decision.object_until)
    if case.state == State.UNDER_REVIEW:
        # Reopened for another reason: the new decision can be objected to.
        raise NoDecision
    objection = Objection(claim=claim, decision=decision, at=at)
    objection.write(text)
    objection.save(force_insert=True)
    _reopen(claim_id, event="objected", by=Filer(case.reference), at=at)
    return objection


@transaction.atomic
def withdraw_claim(claim_id: int, *, at: datetime) -> None:
    """Let the filer take the claim back before it is decided.

    Raises:
        NotPossible: it was decided already.
    """
    case = lock_case(claim_id)
    claim = Claim.objects.get(pk=claim_id)
    if latest_decision(claim) is not None:
        raise NotPossible(case.state, State.WITHDRAWN)
    move_case(claim_id, to=State.WITHDRAWN, event="withdrawn", by=Filer(case.reference), at=at)


# --- rules that reach back -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Replayed:
    """A decision under the rules as they are published now; None: no longer computable."""

    decision: Decision
    figures: Figures | None

    @property
    def difference_fen(self) -> int | None:
        """What the funds would pay more."""
        if self.figures is None:
            return None
        return int(self.figures.fund_total) - self.decision.fund_fen


def find_affected(
    *, region_codes: Iterable[str] | None, at: datetime
) -> tuple[RetroactiveProposal, ...]:
    """List the decisions that would be others today, each difference once; changes nothing.

    Decisions that did not follow the engine are left alone: a rule did not make them.

    Args:
        region_codes: whose claims; None is every region.
    """
    today = timezone.localdate(at)
    decisions = Decision.objects.filter(corrected_by=None, is_override=False).exclude(
        engine_figures__isnull=True
    )
    if region_codes is not None:
        decisions = decisions.filter(claim__case__region_code__in=list(region_codes))
    found = []
    rows = decisions.select_related("claim__case")
    for key in list(decisions.order_by("pk").values_list("pk", flat=True)):
        decision = rows.get(pk=key)
        replayed = replay(decision, today)
        before: Any = decision.engine_figures
        if replayed.figures is not None and replayed.figures._asdict() == before:
            continue
        found.append(_propose(replayed, at))
    return tuple(row for row in found if row is not None)


def replay(decision: Decision, today: date) -> Replayed:
    """Reckon a decision again with what it was made with, under today's published rules."""
    bill, facts, terms = read_back(decision.input, today)
    return Replayed(decision, reckon(bill, facts, terms).figures)


@transaction.atomic
def answer_proposal(
    proposal_id: int, *, accepts: bool, note: str, by: "User", at: datetime
) -> None:
    """Open the claim again, or leave the decision as it is, with a reason.

    Raises:
        ValueError: without a reason, or answered already.
        NotPossible: the claim is under review already.
    """
    proposal = RetroactiveProposal.objects.select_for_update().get(pk=proposal_id)
    if not note.strip() or proposal.state != ProposalState.OPEN:
        raise ValueError(proposal.state)
    proposal.state = ProposalState.CONFIRMED if accepts else ProposalState.RETURNED
    proposal.answered_by = by
    proposal.answered_at = at
    proposal.note = note.strip()[:300]
    proposal.save(update_fields=["state", "answered_by", "answered_at", "note"])
    if accepts:
        claim_id = Decision.objects.get(pk=proposal.decision_id).claim_id
        _reopen(claim_id, event="reopened", by=by, at=at)


def _propose(replayed: Replayed, at: datetime) -> RetroactiveProposal | None:
    figures = replayed.figures._asdict() if replayed.figures is not None else None
    digest = sha256(json.dumps(figures, sort_keys=True).encode()).hexdigest()
    proposal, is_new = RetroactiveProposal.objects.get_or_create(
        decision=replayed.decision,
        digest=digest,
        defaults={
            "found_at": at,
            "figures": figures,
            "difference_fen": replayed.difference_fen,
        },
    )
    return proposal if is_new else None


def _reopen(claim_id: int, *, event: str, by: Any, at: datetime) -> None:
    """Put a decided claim before another officer."""
    case = lock_case(claim_id)
    case.officer = None
    case.claimed_at = None
    case.save(update_fields=["officer", "claimed_at"])
    moved = move_case(claim_id, to=State.UNDER_REVIEW, event=event, by=by, at=at)
    queue_message(moved, template=event, at=at)
