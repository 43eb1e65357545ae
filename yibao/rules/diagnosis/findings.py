"""What a region's rules say about a cause. Nothing is filled in where they are silent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from yibao.rules import filing, selection
from yibao.rules.citation import Citation
from yibao.rules.decision import Cited, Disputed, Note, Unknown
from yibao.rules.diagnosis.causes import Cause
from yibao.rules.facts import Evidence
from yibao.rules.policy import (
    AccountRule,
    Channel,
    ChronicDisease,
    ClaimRule,
    EnrolmentRule,
    FilingRule,
    Provision,
    Remark,
    Terms,
)
from yibao.rules.selection import Key, matching
from yibao.rules.terms import (
    COMPUTED_STANDINGS,
    CareType,
    FilingCategory,
    InsuranceType,
    Kind,
    PharmacyMode,
    Scope,
)

NOT_PAID_BY_INSURANCE = "不由医保支付的"  # not shown
OUTSIDE_ITEMS = "外院检查和药店购药"  # not shown
UNCONNECTED = "没有联网的医院"  # not shown
WHOSE_CATALOGUE = "目录和待遇按哪边"  # not shown
SHOW_CARD = "就医时要出示"  # not shown
FILED_PLACE = "备案后可以去哪里"  # not shown
CHARGED = "扣了钱没有结成"  # not shown
ONE_STOP = "一次结清的保障"  # not shown
REPAID = "多付的待遇要退回"  # not shown
HOLDS_ON = "有效期内不用再备案"  # not shown
REMARK_TOPICS = (
    NOT_PAID_BY_INSURANCE,
    OUTSIDE_ITEMS,
    UNCONNECTED,
    WHOSE_CATALOGUE,
    SHOW_CARD,
    FILED_PLACE,
    CHARGED,
    ONE_STOP,
    REPAID,
    HOLDS_ON,
)
"""Topics of remarks that back a leaf; a test finds each in the shipped policies."""


RESETTING = "password"
"""Purpose of the channels that set the password of a card anew."""


def note(code: str, *citations: Citation, **values: object) -> Note:
    return Note(code=code, values=values, citations=citations)


@dataclass(slots=True)
class Findings:
    """One reading of the terms: what they say (`because`), leave open and dispute.

    `is_paid` tells that nothing can be settled at the hospital any more.
    """

    terms: Terms
    insurance: InsuranceType | None
    scope: Scope
    care_type: CareType
    on: date
    is_paid: bool
    because: list[Note] = field(default_factory=list)
    gaps: list[Unknown] = field(default_factory=list)
    disputes: list[Disputed[Any]] = field(default_factory=list)

    def rule(self, name: str, category: FilingCategory = FilingCategory.OTHER_TEMPORARY) -> Any:
        """Return one field of the filing rules. A short stay by own choice stands for the
        categories where the person's is not asked: it has the fewest rights."""
        key = filing.filing_key(category, self.scope, self.care_type)
        return filing.rule(self.terms, name, key)

    def field(self, table: type[Provision], name: str, **parts: Any) -> Any:
        """Return one field of another table."""
        key = Key(care_type=self.care_type, scope=self.scope, **parts)
        return selection.field(self.terms, table, name, key)

    def yes_or_no(
        self, found: Any, table: type[Provision], name: str, *, yes: str, no: str = ""
    ) -> None:
        """Tell what a rule says; record a gap or the readings where it says nothing usable."""
        if isinstance(found, Cited):
            code = yes if found.value else no
            if code:
                self.because.append(note(code, *found.citations))
        else:
            self.open(found, table, name)

    def amount(self, found: Any, table: type[Provision], name: str, code: str, unit: str) -> None:
        """Tell a number of months or days; record a gap where it is not known."""
        if isinstance(found, Cited):
            self.because.append(note(code, *found.citations, **{unit: found.value}))
        else:
            self.open(found, table, name)

    def open(self, found: Any, table: type[Provision], name: str) -> None:
        """Record that a rule is not known (None) or disputed."""
        if isinstance(found, Disputed):
            self.disputes.append(found)
            return
        self.gaps.append(
            Unknown(
                what=table.table,
                detail=name,
                region_code=self.terms.region_code,
                region_name=self.terms.region_name,
                insurance=self.terms.insurance,
                care_type=self.care_type,
                on=self.on,
                whom_to_ask=self.terms.whom_to_ask,
            )
        )

    def remark(self, code: str, topic: str) -> None:
        """Say a sentence that holds everywhere, with the nearest remark behind it."""
        rows = [
            row
            for row in matching(self.terms, Remark, Key(care_type=self.care_type, scope=self.scope))
            if row.topic == topic and row.standing in COMPUTED_STANDINGS
        ]
        self.because.append(note(code, *(row.citation for row in rows[:1])))


# --- One function per cause whose answer the region decides -----------------------------


def _never_filed(found: Findings) -> None:
    required = found.rule("required")
    if isinstance(required, Cited) and not required.value:
        found.because.append(note("not_required", *required.citations))
        return
    if found.is_paid:
        _late_filing(found)
    else:
        found.yes_or_no(
            found.rule("before_discharge_direct"),
            FilingRule,
            "before_discharge_direct",
            yes="file_before_discharge",
            no="not_before_discharge",
        )


def _late_filing(found: Findings) -> None:
    found.yes_or_no(
        found.rule("late_filing_allowed"),
        FilingRule,
        "late_filing_allowed",
        yes="late_filing_allowed",
        no="late_filing_refused",
    )


def _filed_elsewhere(found: Findings) -> None:
    found.remark("filed_place", FILED_PLACE)
    _lock(found)
    if found.is_paid:
        _late_filing(found)


def _expired(found: Findings) -> None:
    found.yes_or_no(
        found.rule("honoured_during_stay"),
        FilingRule,
        "honoured_during_stay",
        yes="honoured_during_stay",
        no="not_honoured",
    )


def _not_yet(found: Findings) -> None:
    days = found.rule("handling_working_days")
    found.amount(days, FilingRule, "handling_working_days", "filing_handling", "days")


def _enrolment(found: Findings) -> None:
    found.yes_or_no(
        found.field(EnrolmentRule, "retroactive_payment", status="arrears"),
        EnrolmentRule,
        "retroactive_payment",
        yes="paid_after_arrears",
        no="not_paid_after_arrears",
    )
    fixed = found.field(EnrolmentRule, "fixed_months", status="waiting")
    if isinstance(fixed, Cited):
        found.because.append(note("waiting_fixed", *fixed.citations, months=fixed.value))


def _transferring(found: Findings) -> None:
    rows = matching(found.terms, EnrolmentRule, Key(status="transferring"))
    citations = [row.citation for row in rows if row.standing in COMPUTED_STANDINGS]
    found.because.append(note("transfer_not_needed", *citations[:1]))


def _shows_card(found: Findings) -> None:
    found.remark("show_card", SHOW_CARD)


def _card_locked(found: Findings) -> None:
    """Name the places where a password is set anew: those of the nearest level that names any."""
    found.remark("show_card", SHOW_CARD)
    for level in found.terms.of(Channel):
        rows = [
            row
            for row in level
            if row.purpose == RESETTING and row.available and row.standing in COMPUTED_STANDINGS
        ]
        if rows:
            citations = dict.fromkeys(row.citation for row in rows)
            names = tuple(row.name for row in rows)
            found.because.append(note("password_places", *citations, names=names))
            return
    found.open(None, Channel, RESETTING)


def _charged(found: Findings) -> None:
    found.remark("charged", CHARGED)


def _cap_reached(found: Findings) -> None:
    found.remark("one_stop", ONE_STOP)


def _repayment(found: Findings) -> None:
    found.remark("repaid", REPAID)


def _already_filed(found: Findings) -> None:
    found.remark("holds_on", HOLDS_ON)


def _not_networked(found: Findings) -> None:
    found.remark("unconnected", UNCONNECTED)


def _chronic(found: Findings) -> None:
    rows = [
        row
        for level in found.terms.of(ChronicDisease)
        for row in level
        if row.cross_province and row.kind is Kind.RULE and row.standing in COMPUTED_STANDINGS
    ]
    if found.scope is Scope.CROSS_PROVINCE and rows:
        names = tuple(dict.fromkeys(row.name for row in rows))
        found.because.append(note("chronic_listed", rows[0].citation, names=names))
    found.because.append(note("chronic_needs_qualification"))


def _emergency(found: Findings) -> None:
    found.yes_or_no(
        found.rule("deemed_filed", FilingCategory.EMERGENCY),
        FilingRule,
        "deemed_filed",
        yes="deemed_filed",
        no="not_deemed_filed",
    )


def _trauma(found: Findings) -> None:
    found.remark("not_paid_by_insurance", NOT_PAID_BY_INSURANCE)


def _outside_items(found: Findings) -> None:
    found.remark("outside_items", OUTSIDE_ITEMS)


def _catalogue(found: Findings) -> None:
    found.remark("whose_catalogue", WHOSE_CATALOGUE)


def _account(found: Findings) -> None:
    if found.insurance is InsuranceType.RESIDENT:
        found.because.append(note("no_account"))
        return
    found.yes_or_no(
        found.field(AccountRule, "usable_away"),
        AccountRule,
        "usable_away",
        yes="account_usable",
        no="account_not_usable",
    )
    shared = found.field(AccountRule, "mutual_aid")
    if isinstance(shared, Cited) and shared.value:
        found.because.append(note("mutual_aid", *shared.citations))


def _sanctioned(found: Findings) -> None:
    first = found.field(EnrolmentRule, "months_from", status="sanctioned")
    last = found.field(EnrolmentRule, "months_to", status="sanctioned")
    if isinstance(first, Cited) and isinstance(last, Cited):
        found.because.append(
            note(
                "suspension_months",
                *first.citations,
                months_from=first.value,
                months_to=last.value,
            )
        )
    else:
        found.open(first, EnrolmentRule, "months_from")


def _birth(found: Findings) -> None:
    said = found.field(ClaimRule, "accepted_situations")
    if isinstance(said, Cited):
        found.because.append(note("claims_accepted", *said.citations, text=said.value))
    else:
        found.open(said, ClaimRule, "accepted_situations")


def _lock(found: Findings) -> None:
    key = filing.filing_key(FilingCategory.LONG_TERM_RESIDENT, found.scope, found.care_type)
    locks = filing.change_locks(found.terms, key, Evidence.UNKNOWN)
    if not locks:
        found.open(None, FilingRule, "change_lock_months")
    for lock in locks:
        if isinstance(lock, Disputed):
            found.disputes.append(lock)
    known = [lock for lock in locks if isinstance(lock, Cited)]
    if not known:
        return
    longest, shortest = known[0], known[-1]
    if longest.value == 0:
        found.because.append(note("no_lock", *longest.citations))
    elif longest.value == shortest.value:
        found.because.append(note("lock", *longest.citations, months=longest.value))
    else:
        found.because.append(
            note(
                "lock_by_evidence",
                *dict.fromkeys((*shortest.citations, *longest.citations)),
                months=shortest.value,
                longest=longest.value,
            )
        )


def _pharmacy(found: Findings) -> None:
    mode = found.field(AccountRule, "pharmacy_mode")
    if isinstance(mode, Cited):
        found.because.append(note(f"pharmacy_{PharmacyMode(mode.value)}", *mode.citations))
    else:
        found.open(mode, AccountRule, "pharmacy_mode")
    needed = found.field(AccountRule, "filing_needed")
    if isinstance(needed, Cited):
        code = "pharmacy_filing" if needed.value else "pharmacy_no_filing"
        found.because.append(note(code, *needed.citations))


READERS: Mapping[Cause, Callable[[Findings], None]] = MappingProxyType(
    {
        Cause.NEVER_FILED: _never_filed,
        Cause.FILED_ELSEWHERE: _filed_elsewhere,
        Cause.FILING_EXPIRED: _expired,
        Cause.FILING_NOT_YET: _not_yet,
        Cause.WRONG_BRANCH: _never_filed,
        Cause.ENROLMENT: _enrolment,
        Cause.TRANSFERRING: _transferring,
        Cause.IDENTITY: _shows_card,
        Cause.CARD_LOCKED: _card_locked,
        Cause.NOT_NETWORKED: _not_networked,
        Cause.CHRONIC: _chronic,
        Cause.EMERGENCY_FLAG: _emergency,
        Cause.TRAUMA: _trauma,
        Cause.OUTSIDE_ITEMS: _outside_items,
        Cause.SYSTEM: _shows_card,
        Cause.CHARGED_TWICE: _charged,
        Cause.LOWER_RATE: _catalogue,
        Cause.CAP_REACHED: _cap_reached,
        Cause.ACCOUNT: _account,
        Cause.SANCTIONED: _sanctioned,
        Cause.BIRTH: _birth,
        Cause.CATALOGUE: _catalogue,
        Cause.REPAYMENT: _repayment,
        Cause.CHANGE_LOCKED: _lock,
        Cause.ALREADY_FILED: _already_filed,
        Cause.PHARMACY: _pharmacy,
    }
)
"""Who answers for each cause."""
