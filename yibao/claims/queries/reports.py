"""Figures for staff about the work on claims: counts, ages, reasons, money; no person in them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from yibao.cases.vocabulary import OPEN_STATES
from yibao.cases.workdays import working_days_between
from yibao.claims.models import Claim, Decision, LineDecision, Objection
from yibao.claims.reckoning import FUNDS
from yibao.claims.vocabulary import Answer, ObjectionState


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month of one region; amounts in fen."""

    month: str
    region_code: str
    submitted: int
    decided: int
    claimed_fen: int
    fund_fen: int


@dataclass(frozen=True, slots=True)
class Report:
    """A span of days in figures.

    `ages`: open claims by how they stand to the bureau's limit (`none`, `over`, `near`,
    `well`). `days`: working days from submission to the first decision, in steps. `layers`:
    fen by fund, of the decisions that hold. `reversal_bp`: objections that changed the
    decision among those answered, in basis points; None where none was.
    """

    since: date
    until: date
    months: tuple[MonthRow, ...]
    ages: tuple[tuple[str, int], ...]
    days: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int, int], ...]
    layers: tuple[tuple[str, int], ...]
    objections: int
    answered: int
    changed: int
    reversal_bp: int | None


_NEAR_DAYS = 3
_STEPS = ((5, "5"), (10, "10"), (20, "20"), (30, "30"))


def report(*, codes: Iterable[str] | None, since: date, until: date, today: date) -> Report:
    """Return the report of regions over days, both ends inclusive; None is every region."""
    codes = None if codes is None else list(codes)
    claims = Claim.objects.filter(
        case__submitted_at__date__gte=since, case__submitted_at__date__lte=until
    )
    decisions = Decision.objects.filter(at__date__gte=since, at__date__lte=until)
    objections = Objection.objects.filter(at__date__gte=since, at__date__lte=until)
    open_claims = Claim.objects.filter(case__state__in=OPEN_STATES)
    if codes is not None:
        claims = claims.filter(case__region_code__in=codes)
        decisions = decisions.filter(claim__case__region_code__in=codes)
        objections = objections.filter(claim__case__region_code__in=codes)
        open_claims = open_claims.filter(case__region_code__in=codes)
    holding = decisions.filter(corrected_by=None)
    answered = objections.exclude(state=ObjectionState.OPEN).count()
    changed = objections.filter(state=ObjectionState.CHANGED).count()
    return Report(
        since=since,
        until=until,
        months=_months(claims, holding),
        ages=_ages(open_claims, today),
        days=_days(decisions),
        reasons=_reasons(holding),
        layers=_layers(holding),
        objections=objections.count(),
        answered=answered,
        changed=changed,
        reversal_bp=(changed * 10_000 * 2 + answered) // (2 * answered) if answered else None,
    )


def _months(claims: QuerySet[Claim], holding: QuerySet[Decision]) -> tuple[MonthRow, ...]:
    submitted: Counter[tuple[str, str]] = Counter()
    for at, code in claims.values_list("case__submitted_at", "case__region_code"):
        submitted[(f"{timezone.localdate(at):%Y-%m}", code)] += 1
    decided: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    rows = holding.values_list("at", "claim__case__region_code", "claimed_fen", "fund_fen")
    for at, code, claimed, fund in rows:
        sums = decided[(f"{timezone.localdate(at):%Y-%m}", code)]
        sums[0] += 1
        sums[1] += claimed
        sums[2] += fund
    return tuple(
        MonthRow(month, code, submitted[(month, code)], *decided[(month, code)])
        for month, code in sorted(submitted.keys() | decided.keys())
    )


def _ages(claims: QuerySet[Claim], today: date) -> tuple[tuple[str, int], ...]:
    counts = dict.fromkeys(("over", "near", "well", "none"), 0)
    for due_on in claims.values_list("case__due_on", flat=True):
        if due_on is None:
            counts["none"] += 1
        elif due_on < today:
            counts["over"] += 1
        else:
            is_near = working_days_between(today, due_on) <= _NEAR_DAYS
            counts["near" if is_near else "well"] += 1
    return tuple(counts.items())


def _days(decisions: QuerySet[Decision]) -> tuple[tuple[str, int], ...]:
    counts = dict.fromkeys([*(name for _days, name in _STEPS), "more"], 0)
    first = decisions.filter(number=1).values_list("claim__case__submitted_at", "at")
    for submitted_at, at in first:
        taken = working_days_between(timezone.localdate(submitted_at), timezone.localdate(at))
        counts[next((name for most, name in _STEPS if taken <= most), "more")] += 1
    return tuple(counts.items())


def _reasons(holding: QuerySet[Decision]) -> tuple[tuple[str, int, int], ...]:
    cut = LineDecision.objects.filter(decision__in=holding).exclude(answer=Answer.APPROVED)
    rows = cut.values("reason_code").annotate(count=Count("pk"), fen=Sum("off_catalog_fen"))
    return tuple(
        (row["reason_code"], row["count"], row["fen"] or 0)
        for row in rows.order_by("-count", "reason_code")
    )


def _layers(holding: QuerySet[Decision]) -> tuple[tuple[str, int], ...]:
    sums = dict.fromkeys(FUNDS, 0)
    for figures in holding.values_list("figures", flat=True).iterator(chunk_size=500):
        for name in FUNDS:
            sums[name] += figures[name] or 0
    return tuple(sums.items())
