"""Read what happened to money, and compare it with what was decided, to the fen."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from yibao.cases.vocabulary import State
from yibao.claims.models import AccumulatorEntry, Claim, Decision, LineDecision, PaymentEntry
from yibao.claims.vocabulary import PaymentKind
from yibao.rules.decision import Figures
from yibao.rules.settlement import broken_identities

_OVER = (PaymentKind.FAILED, PaymentKind.REVERSED)


@dataclass(frozen=True, slots=True)
class Order:
    """One order and what became of it. `state` is the kind of its last row."""

    entry: PaymentEntry
    rows: tuple[PaymentEntry, ...]

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(row.kind for row in self.rows)

    @property
    def state(self) -> PaymentKind:
        return PaymentKind(self.rows[-1].kind if self.rows else self.entry.kind)

    @property
    def is_live(self) -> bool:
        """Whether its money counts: neither sent back nor taken back."""
        return not self.kinds & set(_OVER)

    @property
    def is_paid(self) -> bool:
        return self.is_live and PaymentKind.PAID in self.kinds


@dataclass(frozen=True, slots=True)
class Balance:
    """A claim's money in fen: what was decided, ordered and paid, and what is still due."""

    decided_fen: int
    ordered_fen: int
    paid_fen: int
    orders: tuple[Order, ...]

    @property
    def due_fen(self) -> int:
        """What is to be ordered yet; negative where money has to come back."""
        return self.decided_fen - self.ordered_fen


def orders_of(entries: Iterable[PaymentEntry]) -> tuple[Order, ...]:
    """Return orders with their rows, oldest first."""
    rows: dict[int, list[PaymentEntry]] = defaultdict(list)
    orders = []
    for entry in sorted(entries, key=lambda each: each.pk):
        if entry.order_id is None:
            orders.append(entry)
        else:
            rows[entry.order_id].append(entry)
    return tuple(Order(entry, tuple(rows[entry.pk])) for entry in orders)


def balance_of(decision: Decision | None, entries: Iterable[PaymentEntry]) -> Balance:
    """Return a claim's money from the decision that holds and all its payment rows."""
    orders = orders_of(entries)
    return Balance(
        decided_fen=decision.fund_fen if decision else 0,
        ordered_fen=sum(order.entry.amount_fen for order in orders if order.is_live),
        paid_fen=sum(order.entry.amount_fen for order in orders if order.is_paid),
        orders=orders,
    )


def open_orders(codes: Iterable[str] | None) -> tuple[PaymentEntry, ...]:
    """Return the orders of regions that the bank has not answered yet; None is every region."""
    rows = PaymentEntry.objects.filter(kind=PaymentKind.ORDERED, entries=None)
    if codes is not None:
        rows = rows.filter(claim__case__region_code__in=codes)
    return tuple(rows.select_related("claim__case__person", "decision").order_by("pk"))


# --- reconciliation -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Two figures that should be the same; `what` is a code."""

    reference: str
    what: str
    expected: Any
    found: Any


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all claims, in fen."""

    claims: int
    decided_fen: int
    ordered_fen: int
    paid_fen: int
    due_fen: int


def reconcile(codes: Iterable[str] | None = None) -> tuple[Totals, tuple[Discrepancy, ...]]:
    """Follow every fen of every claim from the lines to the bank.

    Lines sum to the bill, the bill's sheet holds its identities, the year's account holds what
    the decision that holds says, and the orders sum to it.
    """
    claims = Claim.objects.filter(decisions__isnull=False).distinct().select_related("case")
    if codes is not None:
        claims = claims.filter(case__region_code__in=list(codes))
    count = decided = ordered = paid = due = 0
    found: list[Discrepancy] = []
    for claim in claims.order_by("pk").iterator(chunk_size=200):
        decisions = list(claim.decisions.order_by("number"))
        balance = balance_of(decisions[-1], claim.payments.all())
        count += 1
        decided += balance.decided_fen
        ordered += balance.ordered_fen
        paid += balance.paid_fen
        due += balance.due_fen
        found += _check_claim(claim, decisions, balance)
    return Totals(count, decided, ordered, paid, due), tuple(found)


def _check_claim(
    claim: Claim, decisions: list[Decision], balance: Balance
) -> Iterator[Discrepancy]:
    reference = claim.case.shown_reference

    def differ(what: str, expected: Any, found: Any) -> Iterator[Discrepancy]:
        if expected != found:
            yield Discrepancy(reference, what, expected, found)

    for decision in decisions:
        figures = Figures(**decision.figures)
        yield from differ(f"sheet {decision.number}", (), broken_identities(figures))
        yield from differ(f"sum {decision.number}", figures.fund_total, decision.fund_fen)
        expected = tuple(
            getattr(figures, name)
            for name in ("in_scope", "off_catalog", "over_limit", "upfront_self_pay")
        )
        yield from differ(f"lines {decision.number}", expected, _line_sums(decision))
    last = decisions[-1]
    yield from differ("year", _used_by(last), _accumulated(claim))
    yield from differ("state", True, _agrees(State(claim.case.state), balance))


def _line_sums(decision: Decision) -> tuple[int, ...]:
    sums = [0, 0, 0, 0]
    for row in LineDecision.objects.filter(decision=decision):
        parts = (row.in_scope_fen, row.off_catalog_fen, row.over_limit_fen, row.upfront_fen)
        sums = [total + part for total, part in zip(sums, parts, strict=True)]
    return tuple(sums)


def _used_by(decision: Decision) -> tuple[int, int, int]:
    figures = Figures(**decision.figures)
    return (
        figures.pooled_fund,
        figures.large_expense or 0,
        figures.critical_illness or 0,
    )


def _accumulated(claim: Claim) -> tuple[int, int, int]:
    rows = AccumulatorEntry.objects.filter(decision__claim=claim)
    pooled = large = critical = 0
    for row in rows:
        pooled += row.pooled_fen
        large += row.large_fen
        critical += row.critical_fen
    return pooled, large, critical


def _agrees(state: State, balance: Balance) -> bool:
    """Tell whether the state that the citizen reads is what happened to the money."""
    match state:
        case State.PAID:
            return balance.due_fen == 0 and balance.paid_fen == balance.decided_fen
        case State.PAYMENT_ORDERED:
            return balance.due_fen == 0 and balance.paid_fen != balance.decided_fen
        case State.PAYMENT_FAILED:
            return balance.due_fen != 0
    return True
