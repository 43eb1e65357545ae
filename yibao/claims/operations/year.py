"""The year's account of a person: locked before a decision, added to by it, undone by the next."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from yibao.cases.personal import lookup_hash
from yibao.claims.models import AccumulatorEntry, Claim, Decision, YearAccount, YearAddition
from yibao.claims.queries.year import find_accounts
from yibao.claims.vocabulary import EntryKind
from yibao.rules.decision import Figures, Step
from yibao.rules.terms import CareType

if TYPE_CHECKING:
    from yibao.accounts.models import User

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
            **{name: -amount for name, amount in entry.amounts.items()},
        )


def add_elsewhere(
    addition: YearAddition, *, id_number: str, by: "User", at: datetime
) -> AccumulatorEntry:
    """Add to a person's year what two officers found to be settled elsewhere.

    Call it in the transaction that confirms the addition.
    """
    year = addition.on.year
    account = lock_year(id_number, year=year, insurance=addition.claim.case.insurance)[0]
    return AccumulatorEntry.objects.create(
        account=addition.undoes.account if addition.undoes else account,
        kind=EntryKind.ELSEWHERE,
        care_type=addition.care_type,
        on=addition.on,
        source=addition.source,
        by=by,
        at=at,
        **addition.amounts,
    )


def _compliant_self_pay(figures: Figures, steps: tuple[Step, ...]) -> int:
    """Return what the second layer counts of this bill: its own base, or what would be it."""
    for step in steps:
        if step.code in _LAYERS and "base_fen" in step.working:
            return step.working["base_fen"]
    return figures.in_scope - figures.pooled_fund


def _stays(claim: Claim) -> int:
    return 1 if claim.care_type in (CareType.INPATIENT, CareType.BIRTH) else 0
