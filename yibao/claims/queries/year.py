"""What a person's year has used up: sums of entries, as the engine takes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from yibao.cases.personal import lookup_hashes
from yibao.claims.models import AccumulatorEntry, Claim, YearAccount
from yibao.rules.facts import Accumulators
from yibao.rules.money import Fen
from yibao.rules.policy import PaymentCap
from yibao.rules.terms import CapPeriod, CareType

_WITH_STAYS = (CareType.INPATIENT, CareType.BIRTH)


@dataclass(frozen=True, slots=True)
class Used:
    """The year's totals before a claim, and which admission of the year it is.

    `admission` is None for care without a stay.
    """

    totals: Accumulators
    admission: int | None


def find_accounts(id_number: str, *, year: int, insurance: str) -> tuple[YearAccount, ...]:
    """Return the year's accounts of a person; more than one after a change of keys only."""
    rows = YearAccount.objects.filter(
        person_hash__in=lookup_hashes(id_number), year=year, insurance=insurance
    )
    return tuple(rows.order_by("pk"))


def years_of(claim: Claim) -> tuple[int, ...]:
    """Return the years that a claim's care lies in, the one whose rules decide first."""
    first = claim.admitted_on or claim.discharged_on
    return tuple(range(claim.discharged_on.year, first.year - 1, -1))


def entries_of(accounts: Iterable[YearAccount]) -> tuple[AccumulatorEntry, ...]:
    """Return everything that was added to accounts, oldest first."""
    keys = [account.pk for account in accounts]
    rows = AccumulatorEntry.objects.filter(account__in=keys) if keys else ()
    return tuple(rows)


def used_before(
    entries: Iterable[AccumulatorEntry],
    *,
    care_type: CareType,
    on: date,
    caps: Iterable[PaymentCap],
    without_decision: int | None = None,
) -> Used:
    """Sum up what counts for a claim.

    What the basic fund paid is summed over every kind of care that fills the same cap, the
    second layers over all: they look at the whole year (domain.md §5.5). The month's sum is
    the quarter's where the cap is one of a quarter.

    Args:
        caps: the basic fund's caps that hold for the claim.
        without_decision: the decision that this one would correct; its entries do not count.
    """
    caps = tuple(caps)
    rows = [
        row for row in entries if without_decision is None or row.decision_id != without_decision
    ]
    filling = _care_types_of(caps, care_type)
    by_quarter = any(cap.counts_per is CapPeriod.QUARTER for cap in caps)
    same = [row for row in rows if row.care_type == care_type]
    shared = [row for row in rows if row.care_type in filling]
    lately = [row for row in shared if _is_same_span(row.on, on, by_quarter=by_quarter)]
    totals = Accumulators(
        deductible_paid_fen=_sum(row.deductible_fen for row in same),
        fund_paid_fen=_sum(row.pooled_fen for row in shared),
        fund_paid_month_fen=_sum(row.pooled_fen for row in lately),
        fund_paid_large_fen=_sum(row.large_fen for row in rows),
        fund_paid_critical_fen=_sum(row.critical_fen for row in rows),
        cost_so_far_fen=_sum(row.in_scope_fen for row in same),
        self_pay_accumulated_fen=_sum(row.self_pay_fen for row in rows),
    )
    stays = sum(row.stays for row in rows)
    return Used(totals, stays + 1 if care_type in _WITH_STAYS else None)


def _care_types_of(caps: Iterable[PaymentCap], own: CareType) -> frozenset[CareType]:
    """Return the kinds of care that fill the caps; a cap that names none holds for all."""
    found = {own}
    for cap in caps:
        if cap.counts_per is not CapPeriod.VISIT:
            found |= (cap.care_types or frozenset(CareType)) | cap.shared_with
    return frozenset(found)


def _is_same_span(left: date, right: date, *, by_quarter: bool) -> bool:
    if left.year != right.year:
        return False
    if by_quarter:
        return (left.month - 1) // 3 == (right.month - 1) // 3
    return left.month == right.month


def _sum(amounts: Iterable[int]) -> Fen:
    # Never below nothing: a correction may undo what an older book of accounts held.
    return Fen(max(sum(amounts), 0))
