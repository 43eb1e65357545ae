"""What a year has used up elsewhere: one officer reads it, another looks too, then it counts.

Nothing is changed afterwards: what was wrong is taken back by a row of the opposite amounts,
which goes the same way, and the right amounts are added anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from yibao.cases.operations.cases import add_line, lock_case
from yibao.cases.operations.desk import Recused, require_holder
from yibao.cases.uploads.queries import find_upload
from yibao.claims.models import AccumulatorEntry, Claim, YearAddition
from yibao.claims.operations.deciding import Answered, OwnDraft
from yibao.claims.operations.year import add_elsewhere
from yibao.claims.queries.year import entries_of, find_accounts, years_of
from yibao.claims.vocabulary import EntryKind, ProposalState
from yibao.rules.terms import CareType

if TYPE_CHECKING:
    from yibao.accounts.models import User


class OtherYear(ValueError):
    """The day lies in a year that this claim does not look at."""


class UndoneAlready(Exception):
    """The entry was taken back, or somebody proposed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Care that was settled elsewhere.

    Args:
        amounts: fen (and `stays`) by the names of `claims.models.AMOUNTS`; what is left out is 0.
        source: where it stands, in words. `evidence`: the public id of a file of the case, "".
    """

    on: date
    care_type: CareType
    amounts: Mapping[str, int]
    source: str
    evidence: str = ""


@transaction.atomic
def propose_addition(
    claim_id: int, found: Elsewhere, *, version: int, by: "User", at: datetime
) -> YearAddition:
    """Put amounts before a colleague; until they looked, the claim cannot be decided.

    Raises:
        ValueError: without a source, or nothing but zeros.
        OtherYear: as it says.
        Changed, NotHeld, Taken: as of the desk.
    """
    if not found.source.strip() or not any(found.amounts.values()):
        raise ValueError("amounts without a source, or none")
    claim = _locked(claim_id, version=version, by=by)
    if found.on.year not in years_of(claim):
        raise OtherYear(found.on.year)
    return _propose(
        claim=claim,
        on=found.on,
        care_type=found.care_type,
        source=found.source.strip()[:200],
        evidence=find_upload(found.evidence, case=claim.case) if found.evidence else None,
        by=by,
        at=at,
        **found.amounts,
    )


@transaction.atomic
def propose_undoing(
    claim_id: int, entry_id: int, *, why: str, version: int, by: "User", at: datetime
) -> YearAddition:
    """Propose to take back an entry that was wrong.

    Raises:
        ValueError: without a reason.
        LookupError: no such entry in the years of this claim's person.
        UndoneAlready, Changed, NotHeld, Taken: as they say.
    """
    if not why.strip():
        raise ValueError("taken back without a reason")
    claim = _locked(claim_id, version=version, by=by)
    entry = next((row for row in elsewhere_of(claim) if row.pk == entry_id), None)
    if entry is None:
        raise LookupError(entry_id)
    if YearAddition.objects.filter(undoes=entry).exclude(state=ProposalState.RETURNED).exists():
        raise UndoneAlready
    return _propose(
        claim=claim,
        on=entry.on,
        care_type=entry.care_type,
        source=why.strip()[:200],
        undoes=entry,
        by=by,
        at=at,
        **{name: -amount for name, amount in entry.amounts.items()},
    )


@transaction.atomic
def confirm_addition(
    addition_id: int, *, version: int, by: "User", at: datetime
) -> AccumulatorEntry:
    """Let the amounts count, after a look at the same evidence.

    Raises:
        OwnDraft: they proposed it themselves.
        Recused, Answered, Changed: as of the second look at a decision.
    """
    addition = _open(addition_id, version=version, by=by)
    person = addition.claim.case.person.read()
    entry = add_elsewhere(addition, id_number=person.id_number, by=addition.by, at=at)
    _answer(addition, ProposalState.CONFIRMED, "", entry=entry, by=by, at=at)
    _note(addition, "year_added", by=by, at=at)
    return entry


@transaction.atomic
def return_addition(addition_id: int, *, note: str, version: int, by: "User", at: datetime) -> None:
    """Give the amounts back with the reason; they never counted. Raises ValueError and as above."""
    if not note.strip():
        raise ValueError("returned without a reason")
    addition = _open(addition_id, version=version, by=by)
    _answer(addition, ProposalState.RETURNED, note.strip()[:300], entry=None, by=by, at=at)
    _note(addition, "year_returned", by=by, at=at)


def elsewhere_of(claim: Claim) -> tuple[AccumulatorEntry, ...]:
    """Return the entries of the years of a claim's person that no decision made."""
    number = claim.case.person.read().id_number
    accounts = [
        account
        for year in years_of(claim)
        for account in find_accounts(number, year=year, insurance=claim.case.insurance)
    ]
    return tuple(row for row in entries_of(accounts) if row.kind == EntryKind.ELSEWHERE)


def _propose(*, by: "User", at: datetime, **columns: Any) -> YearAddition:
    addition = YearAddition.objects.create(by=by, at=at, **columns)
    _note(addition, "year_asked", by=by, at=at)
    return addition


def _locked(claim_id: int, *, version: int, by: "User") -> Claim:
    require_holder(lock_case(claim_id, version=version), by)
    return Claim.objects.select_related("case__person").get(pk=claim_id)


def _open(addition_id: int, *, version: int, by: "User") -> YearAddition:
    known = YearAddition.objects.get(pk=addition_id)
    lock_case(known.claim_id, version=version)
    addition = YearAddition.objects.select_related("claim__case__person", "undoes__account").get(
        pk=addition_id
    )
    if addition.state != ProposalState.OPEN:
        raise Answered
    if addition.by_id == by.pk:
        raise OwnDraft
    if addition.claim.case.recusals.filter(officer=by).exists():
        raise Recused
    return addition


def _answer(
    addition: YearAddition,
    state: ProposalState,
    note: str,
    *,
    entry: AccumulatorEntry | None,
    by: "User",
    at: datetime,
) -> None:
    addition.state, addition.entry, addition.answer_note = state, entry, note
    addition.answered_by, addition.answered_at = by, at
    addition.save(update_fields=["state", "entry", "answer_note", "answered_by", "answered_at"])


def _note(addition: YearAddition, event: str, *, by: "User", at: datetime) -> None:
    add_line(
        addition.claim_id,
        event=event,
        by=by,
        at=at,
        internal_note=addition.answer_note or addition.source,
        details={
            "addition": addition.pk,
            "on": addition.on.isoformat(),
            "undoes": addition.undoes_id,
            **{name: amount for name, amount in addition.amounts.items() if amount},
        },
    )
