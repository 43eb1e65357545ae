"""The year's account of a person: locked before a decision, added to by it, undone by the next."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from yibao.audit import operations as audit
from yibao.cases.personal import lookup_hash
from yibao.claims.models import AccumulatorEntry, Claim, Decision, YearAccount
from yibao.claims.queries.year import find_accounts
from yibao.claims.vocabulary import EntryKind
from yibao.rules.decision import Figures, Step
from yibao.rules.terms import CareType

if TYPE_CHECKING:
    from yibao.accounts.models import User

_AMOUNTS = (
    "pooled_fen",
    "deductible_fen",
    "large_fen",
    "critical_fen",
    "in_scope_fen",
    "self_pay_fen",
    "stays",
)
_LAYERS = ("large_expense", "critical_illness")


@transaction.atomic
def lock_year(id_number: str, *, year: int, insurance: str) -> tuple[YearAccount, ...]:
    """Return the year's accounts of a person, locked until the transaction ends.

    Decisions about one person's year follow one after another, so none is made on totals
    that another is about to change. The first account is the one to add to.
    """
    if not find_accounts(id_number, year=year, insurance=insurance):
        YearAccount.objects.get_or_create(
            person_hash=lookup_hash(id_number), year=year, insurance=insurance
        )
    keys = [row.pk for row in find_accounts(id_number, year=year, insurance=insurance)]
    rows = tuple(YearAccount.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    newest = lookup_hash(id_number)
    if newest not in {row.person_hash for row in rows}:
        # The site has a new key; the account follows it before the old one is given up.
        YearAccount.objects.filter(pk=rows[0].pk).update(person_hash=newest)
    return rows


def add_decision(
    account: YearAccount, decision: Decision, figures: Figures, steps: tuple[Step, ...]
) -> AccumulatorEntry:
    """Add what a decision uses up. Call it under the account's lock."""
    claim = decision.claim
    return AccumulatorEntry.objects.create(
        account=account,
        kind=EntryKind.DECISION,
        decision=decision,
        care_type=claim.care_type,
        on=claim.on,
        pooled_fen=figures.pooled_fund,
        deductible_fen=figures.deductible,
        large_fen=figures.large_expense or 0,
        critical_fen=figures.critical_illness or 0,
        in_scope_fen=figures.in_scope,
        self_pay_fen=_compliant_self_pay(figures, steps),
        stays=_stays(claim),
        by=decision.officer,
        at=decision.at,
    )


def undo_decision(decision: Decision, *, by: "User", at: datetime) -> None:
    """Take back what a corrected decision had used up, by rows of the opposite amounts."""
    for entry in AccumulatorEntry.objects.filter(decision=decision, kind=EntryKind.DECISION):
        AccumulatorEntry.objects.create(
            account=entry.account,
            kind=EntryKind.UNDONE,
            decision=decision,
            care_type=entry.care_type,
            on=entry.on,
            by=by,
            at=at,
            **{name: -getattr(entry, name) for name in _AMOUNTS},
        )


@transaction.atomic
def add_elsewhere(
    claim: Claim,
    *,
    id_number: str,
    on: date,
    care_type: CareType,
    source: str,
    pooled_fen: int = 0,
    deductible_fen: int = 0,
    large_fen: int = 0,
    critical_fen: int = 0,
    in_scope_fen: int = 0,
    self_pay_fen: int = 0,
    stays: int = 0,
    by: "User",
    at: datetime,
) -> AccumulatorEntry:
    """Add what was settled elsewhere (at a window, directly), as the officer read it there.

    Args:
        claim: the claim in whose course it was found.
        source: where it stands, in words; required.

    Raises:
        ValueError: without a source.
    """
    if not source.strip():
        raise ValueError("amounts without a source")
    account = lock_year(id_number, year=on.year, insurance=claim.case.insurance)[0]
    entry = AccumulatorEntry.objects.create(
        account=account,
        kind=EntryKind.ELSEWHERE,
        care_type=care_type,
        on=on,
        source=source.strip()[:200],
        pooled_fen=pooled_fen,
        deductible_fen=deductible_fen,
        large_fen=large_fen,
        critical_fen=critical_fen,
        in_scope_fen=in_scope_fen,
        self_pay_fen=self_pay_fen,
        stays=stays,
        by=by,
        at=at,
    )
    audit.record(
        event="claims.year_added",
        by=by,
        at=at,
        object_type="cases.case",
        object_key=claim.case.reference,
        region_code=claim.case.region_code,
        after={name: getattr(entry, name) for name in _AMOUNTS} | {"on": on.isoformat()},
    )
    return entry


def _compliant_self_pay(figures: Figures, steps: tuple[Step, ...]) -> int:
    """Return what the second layer counts of this bill: its own base, or what would be it."""
    for step in steps:
        if step.code in _LAYERS and "base_fen" in step.working:
            return step.working["base_fen"]
    return figures.in_scope - figures.pooled_fund


def _stays(claim: Claim) -> int:
    return 1 if claim.care_type in (CareType.INPATIENT, CareType.BIRTH) else 0
