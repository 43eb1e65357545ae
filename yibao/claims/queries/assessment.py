"""Where a claim stands: its lines as read so far, the year before it, what the engine says,
and what still keeps it from being decided. Reads only; a decision reads it again under locks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from yibao.cases.personal import PersonalData
from yibao.claims import bills
from yibao.claims.models import AccumulatorEntry, Claim, ClaimLine, Decision, LineReview, RiskMark
from yibao.claims.queries.cross_year import CrossYear, cross_year_of
from yibao.claims.queries.year import Used, entries_of, find_accounts, used_before
from yibao.claims.reckoning import (
    BillDoesNotAddUp,
    Reckoning,
    basic_caps,
    facts_of,
    reckon,
    terms_of,
)
from yibao.claims.vocabulary import MUST_BE_SETTLED, ProposalState
from yibao.rules.facts import Accumulators, Bill
from yibao.rules.policy import PaymentCap, Terms
from yibao.rules.terms import CapBasis, CapPeriod, CareType


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A line with the officer's reading and what it comes to; `why` it is not counted yet."""

    line: ClaimLine
    review: LineReview
    parts: bills.Parts | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Everything that a decision rests on.

    `bill` and `reckoning` are None while a line is open, or where the parts do not add up
    (`is_bill_wrong`). `is_year_open`: amounts of the year wait for a colleague's look.
    `held` says by code what keeps the claim from being decided.
    """

    claim: Claim
    rows: tuple[ReadRow, ...]
    used: Used
    bill: Bill | None
    reckoning: Reckoning | None
    is_bill_wrong: bool
    open_marks: tuple[RiskMark, ...]
    previous: Decision | None
    caps: tuple[PaymentCap, ...]
    terms: Terms
    is_year_open: bool = False
    cross_year: CrossYear | None = None

    @property
    def is_unread(self) -> bool:
        """Whether a blind sample still lacks the officer's own figure."""
        return self.claim.is_sample and self.claim.first_fund_fen is None

    @property
    def held(self) -> tuple[str, ...]:
        """What has to be done first: the codes of claim_page.HELD_WORDS."""
        found = []
        if any(row.parts is None for row in self.rows):
            found.append("lines")
        if self.is_bill_wrong:
            found.append("bill")
        if self.open_marks:
            found.append("marks")
        if self.is_unread:
            found.append("sample")
        if self.is_year_open:
            found.append("year")
        if self.cross_year is not None and self.cross_year.must_be_cut:
            found.append("cut")
        if self.reckoning is not None and self.reckoning.figures is None:
            found.append("engine")
        return tuple(found)

    def room_fen(self) -> int | None:
        """Return what the basic fund's caps still leave in this span, None without a cap."""
        totals = self.used.totals
        rooms = [
            cap.amount_fen - (_used_of(cap, totals) or 0)
            for cap in self.caps
            if cap.amount_fen is not None and cap.basis is CapBasis.FUND_PAID
        ]
        return max(min(rooms), 0) if rooms else None


def assess(
    claim: Claim,
    *,
    person: PersonalData,
    today: date,
    entries: Iterable[AccumulatorEntry] | None = None,
) -> Assessment:
    """Read where a claim stands.

    Args:
        person: whose year it is; only the number is looked at.
        entries: the year's, when the caller holds their lock.

    Raises:
        regions.UnknownRegion: the place of care is none any more.
    """
    case = claim.case
    previous = latest_decision(claim)
    rows = read_lines(claim)
    if entries is None:
        accounts = find_accounts(person.id_number, year=claim.on.year, insurance=case.insurance)
        entries = entries_of(accounts)
    terms = terms_of(case.region_code, case.insurance, claim.on, today)
    blank = facts_of(
        claim,
        region_code=case.region_code,
        insurance=case.insurance,
        used=Accumulators(),
        admission=None,
    )
    caps = basic_caps(blank, terms)
    used = used_before(
        entries,
        care_type=CareType(claim.care_type),
        on=claim.on,
        caps=caps,
        without_decision=previous.pk if previous else None,
    )
    bill, reckoning, is_wrong = None, None, False
    if rows and all(row.parts is not None for row in rows):
        bill = bills.bill_of(row.parts for row in rows if row.parts is not None)
        facts = facts_of(
            claim,
            region_code=case.region_code,
            insurance=case.insurance,
            used=used.totals,
            admission=used.admission,
        )
        is_wrong = bill.total_fen < 0
        try:
            reckoning = None if is_wrong else reckon(bill, facts, terms)
        except BillDoesNotAddUp:
            is_wrong = True
    return Assessment(
        claim=claim,
        rows=rows,
        used=used,
        bill=bill,
        reckoning=reckoning,
        is_bill_wrong=is_wrong,
        open_marks=tuple(
            mark
            for mark in claim.marks.select_related("other__case")
            if mark.code in MUST_BE_SETTLED and not mark.answer
        ),
        previous=previous,
        caps=caps,
        terms=terms,
        is_year_open=claim.year_additions.filter(state=ProposalState.OPEN).exists(),
        cross_year=cross_year_of(claim, terms),
    )


def read_lines(claim: Claim) -> tuple[ReadRow, ...]:
    """Return the lines of a claim with the officer's reading of each."""
    return tuple(_read(line) for line in claim.lines.select_related("review"))


def latest_decision(claim: Claim) -> Decision | None:
    """Return the decision that holds now, None before the first."""
    return claim.decisions.order_by("-number").first()


def _read(line: ClaimLine) -> ReadRow:
    review = line.review
    try:
        parts = bills.parts_of(
            bills.ReadLine(
                position=line.position,
                amount_fen=line.amount_fen,
                answer=review.answer,
                line_class=review.line_class,
                upfront_fen=review.upfront_fen,
                allowed_fen=review.allowed_fen,
            )
        )
    except bills.Unresolved as open_line:
        return ReadRow(line, review, None, open_line.why)
    return ReadRow(line, review, parts, "")


def _used_of(cap: PaymentCap, totals: Accumulators) -> int | None:
    if cap.counts_per is CapPeriod.VISIT:
        return 0
    is_year = cap.counts_per is CapPeriod.YEAR
    return totals.fund_paid_fen if is_year else totals.fund_paid_month_fen
