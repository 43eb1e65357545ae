"""What to look at in a claim before anybody decides: each finding by code, with its values.

The same check serves the wizard, which asks about it, and the submit, which writes it down.
A finding never refuses: the officer does, with a reason.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from statistics import median_low
from typing import Any

from django.db.models import Q, QuerySet

from yibao.cases.vocabulary import State
from yibao.claims.invoices import institution_key, number_hashes
from yibao.claims.models import Claim, Invoice
from yibao.claims.reckoning import terms_of
from yibao.claims.submitted import SubmittedClaim
from yibao.claims.vocabulary import MarkCode
from yibao.institutions import queries as institutions
from yibao.regions import queries as regions
from yibao.rules.citation import Citation
from yibao.rules.decision import Cited
from yibao.rules.facts import Trauma
from yibao.rules.filing import last_claim_day
from yibao.rules.policy import ClaimRule, Terms
from yibao.rules.selection import Key
from yibao.rules.selection import field as rule_field
from yibao.rules.terms import CareType

PATTERN_LEAST = 10
"""Like claims that there must be before one can be told to differ from them."""

PATTERN_FACTOR = 3
"""A bill this many times the middle one of its like is looked at."""

_DEAD = (State.WITHDRAWN,)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at; `other` is the claim that it may double."""

    code: MarkCode
    values: Mapping[str, Any] = field(default_factory=dict)
    other: int | None = None


@dataclass(frozen=True, slots=True)
class ClaimLimits:
    """The time limits of a claim: the claimant's last day, and the bureau's working days.

    None where no rule states them; there is no default (N-86). `cites` are the clauses of
    the claimant's last day.
    """

    last_claim_on: date | None
    handling_working_days: int | None
    cites: tuple[Citation, ...] = ()


def limits_of(claim: SubmittedClaim, terms: Terms) -> ClaimLimits:
    """Return the limits that the rules of the day of care state."""
    months = _rule(claim, terms, "deadline_months")
    return ClaimLimits(
        last_claim_day(claim.discharged_on, months.value) if months else None,
        _stated(claim, terms, "handling_working_days"),
        months.citations if months else (),
    )


def check_claim(
    claim: SubmittedClaim, terms: Terms, *, on: date, besides: int | None = None
) -> tuple[Finding, ...]:
    """Return everything to look at in a claim that is sent in on a day.

    Args:
        besides: a claim that is not compared with (itself, once it is stored).
    """
    limits = limits_of(claim, terms)
    return (
        *_cover(claim),
        *_cross_year(claim, terms),
        *_deadline(limits, on),
        *_sums(claim),
        *_duplicates(claim, besides),
        *_third_party(claim),
        *_designation(claim),
    )


def handling_days(claim: Claim, today: date) -> int | None:
    """Return the bureau's working days for a stored claim, None where no rule states them."""
    case = claim.case
    terms = terms_of(case.region_code, case.insurance, claim.on, today)
    key = Key(
        care_type=CareType(claim.care_type),
        scope=regions.scope(case.region_code, claim.care_code),
        total_fen=claim.total_fen,
    )
    rule = rule_field(terms, ClaimRule, "handling_working_days", key)
    return rule.value if isinstance(rule, Cited) else None


def pattern_key(claim: SubmittedClaim) -> str:
    """Return the key under which like claims are compared."""
    return f"{claim.insured_code}/{claim.insurance}/{claim.care_type}/{claim.level}"


def is_unusual(total_fen: int, key: str) -> bool:
    """Tell whether a bill is far above those of its like that were decided before."""
    decided = Claim.objects.filter(pattern_key=key, decisions__number=1)
    totals = sorted(decided.order_by("-pk").values_list("total_fen", flat=True)[:500])
    return len(totals) >= PATTERN_LEAST and total_fen > PATTERN_FACTOR * median_low(totals)


# --- one check each -----------------------------------------------------------------------------


def _cover(claim: SubmittedClaim) -> Iterator[Finding]:
    first = claim.admitted_on or claim.discharged_on
    is_early = claim.covered_from is not None and first < claim.covered_from
    is_late = claim.covered_until is not None and claim.discharged_on > claim.covered_until
    if is_early or is_late:
        yield Finding(
            MarkCode.OUTSIDE_COVER,
            {"from": _iso(claim.covered_from), "until": _iso(claim.covered_until)},
        )


def _cross_year(claim: SubmittedClaim, terms: Terms) -> Iterator[Finding]:
    if claim.admitted_on is not None and claim.admitted_on.year != claim.discharged_on.year:
        mode = _stated(claim, terms, "cross_year_mode")
        yield Finding(MarkCode.CROSS_YEAR, {"mode": str(mode) if mode else ""})


def _deadline(limits: ClaimLimits, on: date) -> Iterator[Finding]:
    if limits.last_claim_on is None:
        yield Finding(MarkCode.DEADLINE_UNKNOWN)
    elif on > limits.last_claim_on:
        yield Finding(MarkCode.DEADLINE_PASSED, {"last": limits.last_claim_on.isoformat()})


def _sums(claim: SubmittedClaim) -> Iterator[Finding]:
    parts = claim.off_catalog_fen + claim.over_limit_fen + claim.upfront_self_pay_fen
    if parts > claim.total_fen:
        yield Finding(MarkCode.SUMS, {"what": "parts", "sum_fen": parts})
    if claim.lines and (lines := sum(line.amount_fen for line in claim.lines)) != claim.total_fen:
        yield Finding(MarkCode.SUMS, {"what": "lines", "sum_fen": lines})
    invoices = sum(invoice.amount_fen for invoice in claim.invoices)
    if claim.invoices and invoices != claim.total_fen:
        yield Finding(MarkCode.SUMS, {"what": "invoices", "sum_fen": invoices})


def _duplicates(claim: SubmittedClaim, besides: int | None) -> Iterator[Finding]:
    found: dict[int, str] = {}
    alive = _alive().exclude(claim_id=besides) if besides else _alive()
    numbers = {each for invoice in claim.invoices for each in number_hashes(invoice.number)}
    likes = _alike(claim)
    if numbers:
        same_number = alive.filter(number_hash__in=numbers).values_list("claim_id", flat=True)
        found = dict.fromkeys(same_number, "number")
    if likes:
        alike = alive.filter(reduce(or_, likes)).values_list("claim_id", flat=True)
        found = dict.fromkeys(alike, "alike") | found
    same_bill = Claim.objects.filter(
        discharged_on=claim.discharged_on, total_fen=claim.total_fen
    ).exclude(case__state__in=_DEAD)
    same_bill = same_bill.exclude(pk=besides) if besides else same_bill
    by_code = Q(institution_code=claim.institution_code) if claim.institution_code else Q()
    by_name = Q(institution_name=claim.institution_name)
    for other in same_bill.filter(by_code or by_name).values_list("pk", flat=True):
        found.setdefault(other, "alike")
    yield from (
        Finding(MarkCode.DUPLICATE, {"by": by}, other) for other, by in sorted(found.items())
    )


def _alike(claim: SubmittedClaim) -> list[Q]:
    place = institution_key(claim.institution_code, claim.institution_name)
    days = {(invoice.on, invoice.amount_fen) for invoice in claim.invoices}
    return [Q(institution_key=place, on=on, amount_fen=amount) for on, amount in sorted(days)]


def _alive() -> QuerySet[Invoice]:
    return Invoice.objects.exclude(claim__case__state__in=_DEAD)


def _third_party(claim: SubmittedClaim) -> Iterator[Finding]:
    if claim.trauma in (Trauma.THIRD_PARTY, Trauma.WORK_INJURY):
        yield Finding(MarkCode.THIRD_PARTY, {"trauma": str(claim.trauma)})


def _designation(claim: SubmittedClaim) -> Iterator[Finding]:
    found = institutions.find(claim.institution_code) if claim.institution_code else None
    if found is None:
        yield Finding(MarkCode.NOT_DESIGNATED, {"listed": False})
        return
    day = claim.discharged_on
    is_early = found.effective_from is not None and day < found.effective_from
    is_late = found.effective_to is not None and day >= found.effective_to
    if is_early or is_late:
        yield Finding(MarkCode.NOT_DESIGNATED, {"listed": True})


# --- parts --------------------------------------------------------------------------------------


def _stated(claim: SubmittedClaim, terms: Terms, name: str) -> Any:
    """Return what the claim rules state, None where nobody does or sources disagree."""
    rule = _rule(claim, terms, name)
    return rule.value if rule else None


def _rule(claim: SubmittedClaim, terms: Terms, name: str) -> Cited[Any] | None:
    scope = regions.scope(claim.insured_code, claim.care_code)
    key = Key(care_type=claim.care_type, scope=scope, total_fen=claim.total_fen)
    rule = rule_field(terms, ClaimRule, name, key)
    return rule if isinstance(rule, Cited) else None


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
