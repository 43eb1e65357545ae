"""Order a payment and write down what the bank did: one row for each thing, none ever changed."""

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction

from yibao.cases.actors import Filer
from yibao.cases.operations.cases import NotPossible, add_line, lock_case, move_case
from yibao.cases.operations.messages import queue_message
from yibao.cases.vocabulary import State
from yibao.claims.models import Claim, PaymentEntry
from yibao.claims.queries.assessment import latest_decision
from yibao.claims.queries.money import Balance, Order, balance_of
from yibao.claims.vocabulary import Failure, PaymentKind

if TYPE_CHECKING:
    from yibao.accounts.models import User


class NothingDue(Exception):
    """Everything that was decided has been ordered already."""


class AlreadyNoted(Exception):
    """The bank's answer to this order was written down already; `as_what` says how."""

    def __init__(self, as_what: PaymentKind) -> None:
        super().__init__(as_what)
        self.as_what = as_what


@transaction.atomic
def order_payment(claim_id: int, *, version: int, by: "User", at: datetime) -> PaymentEntry | None:
    """Order what is still due to the person; after a correction perhaps money back.

    None where a second decision left the sum as it was paid: the claim counts as paid then.

    Raises:
        NothingDue: everything is ordered, or nothing was granted.
        Changed, NotPossible: as of `move_case`.
    """
    case = lock_case(claim_id, version=version)
    claim = Claim.objects.get(pk=claim_id)
    decision = latest_decision(claim)
    balance = balance_of(decision, claim.payments.all())
    if decision is None or (balance.due_fen == 0 and balance.ordered_fen == 0):
        raise NothingDue
    if balance.due_fen == 0:
        if case.state != State.DECIDED:
            raise NothingDue
        settled = State.PAID if balance.paid_fen == balance.decided_fen else State.PAYMENT_ORDERED
        move_case(claim_id, to=settled, event="sum_unchanged", by=by, at=at)
        return None
    if case.state not in (State.DECIDED, State.PAYMENT_FAILED):
        raise NotPossible(case.state, State.PAYMENT_ORDERED)
    entry = PaymentEntry.objects.create(
        claim=claim,
        decision=decision,
        kind=PaymentKind.ORDERED,
        amount_fen=balance.due_fen,
        by=by,
        at=at,
    )
    moved = move_case(
        claim_id,
        to=State.PAYMENT_ORDERED,
        event="payment_ordered",
        by=by,
        at=at,
        details={"amount_fen": entry.amount_fen},
    )
    queue_message(moved, template="payment_ordered", at=at)
    return entry


@transaction.atomic
def mark_paid(order_id: int, *, on: date, by: "User", at: datetime) -> PaymentEntry:
    """Write down that the bank paid an order on a day.

    Raises:
        AlreadyNoted: it was marked before, paid or otherwise.
    """
    order = _order(order_id)
    if order.rows:
        raise AlreadyNoted(order.state)
    entry = _add(order, PaymentKind.PAID, on=on, by=by, at=at)
    balance = _balance(order)
    is_all = balance.due_fen == 0 and balance.paid_fen == balance.decided_fen
    _follow(order, State.PAID if is_all else None, "paid", by=by, at=at)
    return entry


@transaction.atomic
def mark_failed(
    order_id: int, *, failure: Failure, note: str, on: date, by: "User", at: datetime
) -> PaymentEntry:
    """Write down that the bank sent an order back, also after it had reported it as paid.

    Raises:
        AlreadyNoted: it failed or was taken back before.
    """
    order = _order(order_id)
    if not order.is_live:
        raise AlreadyNoted(order.state)
    entry = _add(order, PaymentKind.FAILED, on=on, failure=failure, note=note, by=by, at=at)
    _follow(order, State.PAYMENT_FAILED, "payment_failed", reason=failure, by=by, at=at)
    return entry


@transaction.atomic
def reverse_order(order_id: int, *, note: str, by: "User", at: datetime) -> PaymentEntry:
    """Take an order back: it was wrong, or its money came back.

    Raises:
        ValueError: without a reason.
        AlreadyNoted: it failed or was taken back before.
    """
    if not note.strip():
        raise ValueError("taken back without a reason")
    order = _order(order_id)
    if not order.is_live:
        raise AlreadyNoted(order.state)
    entry = _add(order, PaymentKind.REVERSED, note=note, by=by, at=at)
    _follow(order, State.DECIDED, "payment_reversed", by=by, at=at)
    return entry


@transaction.atomic
def change_account(
    claim_id: int, *, bank_name: str, bank_account: str, account_holder: str, at: datetime
) -> None:
    """Let the filer name another account after a payment failed.

    Raises:
        NotPossible: the claim does not wait for an account.
        cases.models.Erased: the person's data are gone.
    """
    case = lock_case(claim_id)
    if case.state != State.PAYMENT_FAILED:
        raise NotPossible(case.state, State.PAYMENT_FAILED)
    person = case.person
    person.write(
        replace(
            person.read(),
            bank_name=bank_name,
            bank_account=bank_account,
            account_holder=account_holder,
        )
    )
    person.save()
    add_line(claim_id, event="account_changed", by=Filer(case.reference), at=at)


# --- parts ---------------------------------------------------------------------------------------


def _order(order_id: int) -> Order:
    """Return an order with its rows, its case locked."""
    entry = PaymentEntry.objects.get(pk=order_id, kind=PaymentKind.ORDERED)
    lock_case(entry.claim_id)
    return Order(entry, tuple(entry.entries.order_by("pk")))


def _add(
    order: Order,
    kind: PaymentKind,
    *,
    on: date | None = None,
    failure: str = "",
    note: str = "",
    by: "User",
    at: datetime,
) -> PaymentEntry:
    entry = order.entry
    return PaymentEntry.objects.create(
        claim_id=entry.claim_id,
        decision_id=entry.decision_id,
        kind=kind,
        order=entry,
        amount_fen=entry.amount_fen,
        on=on,
        failure=failure,
        note=note.strip()[:300],
        by=by,
        at=at,
    )


def _balance(order: Order) -> Balance:
    claim = Claim.objects.get(pk=order.entry.claim_id)
    return balance_of(latest_decision(claim), claim.payments.all())


def _follow(
    order: Order,
    to: State | None,
    event: str,
    *,
    reason: str = "",
    by: "User",
    at: datetime,
) -> None:
    """Move the case with its money, unless it is under review again: then only say it."""
    claim_id = order.entry.claim_id
    details = {"amount_fen": order.entry.amount_fen}
    case = lock_case(claim_id)
    if to is None or case.state in (State.UNDER_REVIEW, State.NEEDS_MATERIALS, to):
        case = add_line(claim_id, event=event, by=by, at=at, reason_code=reason, details=details)
    else:
        case = move_case(
            claim_id, to=to, event=event, by=by, at=at, reason_code=reason, details=details
        )
    queue_message(case, template=event, at=at)
