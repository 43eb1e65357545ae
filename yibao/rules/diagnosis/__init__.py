"""Why a bill was not settled at the hospital, and what to do now (domain.md §4).

`QUESTIONS` lead to a cause; `diagnose` gives its leaf: data only, the words are the pages'.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from yibao.rules.citation import Citation
from yibao.rules.decision import Cited, Disputed, Material, Note, Unknown
from yibao.rules.diagnosis.causes import ABROAD, LEAVES, Cause, Leaf, Link, Owner
from yibao.rules.diagnosis.findings import NOT_PAID_BY_INSURANCE, READERS, Findings, note
from yibao.rules.diagnosis.questions import (
    QUESTIONS,
    START,
    Choice,
    Question,
    leading_to,
    walked,
)
from yibao.rules.facts import Stage
from yibao.rules.materials import cited_for, grouped, nearest_per_paper
from yibao.rules.policy import Channel, ClaimRule, MaterialRequirement, Terms
from yibao.rules.selection import Key
from yibao.rules.terms import (
    CareType,
    ChannelKind,
    FilingCategory,
    InsuranceType,
    MaterialPurpose,
    MaterialSlug,
    Scope,
    Standing,
)

__all__ = [
    "ABROAD",
    "LEAVES",
    "QUESTIONS",
    "START",
    "Cause",
    "Choice",
    "Contact",
    "Diagnosis",
    "DiagnosisFacts",
    "Leaf",
    "Link",
    "Owner",
    "Question",
    "diagnose",
    "leading_to",
    "walked",
]

_CARE_TYPE_OF = {
    Cause.CHRONIC: CareType.CHRONIC,
    Cause.PHARMACY: CareType.PHARMACY,
    Cause.BIRTH: CareType.BIRTH,
}
_EXTRA_PAPERS = {
    Cause.EMERGENCY_FLAG: MaterialSlug.EMERGENCY_DIAGNOSIS,
    Cause.TRAUMA: MaterialSlug.TRAUMA_COMMITMENT,
    Cause.PHARMACY: MaterialSlug.PRESCRIPTION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisFacts:
    """What a leaf depends on. `insurance=None` where it was not said: then `terms` must hold
    only rows of both branches. `assumed` names the fields that hold a default."""

    cause: Cause
    on: date
    stage: Stage = Stage.ADMITTED
    insurance: InsuranceType | None = None
    scope: Scope = Scope.CROSS_PROVINCE
    care_type: CareType = CareType.INPATIENT
    assumed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A number to call, as its sources describe it. `is_disputed`: sources disagree whether it
    answers such questions."""

    name: str
    number: str
    hours: str
    scope_text: str
    remark: str
    is_disputed: bool
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """A leaf. Every part is a code or a cited value.

    `because`: what the rules say about this cause. `now`: what to do. `owner`, `contacts`:
    who puts it right, and the numbers. `say`: what to read out to `listener`. `fallback`,
    `papers`: if it still fails. `by_when`: until when; a deadline that nobody states is among
    the `gaps`. `is_abroad`: the insurance pays nothing there, so the cause does not matter.
    """

    cause: Cause
    link: Link
    owner: Owner
    is_paid: bool
    is_abroad: bool
    now: tuple[str, ...]
    say: str
    listener: Owner
    fallback: tuple[str, ...]
    because: tuple[Note, ...]
    by_when: tuple[Note, ...]
    contacts: tuple[Contact, ...]
    papers: tuple[Material, ...]
    gaps: tuple[Unknown, ...]
    disputes: tuple[Disputed[Any], ...]
    assumptions: tuple[str, ...]


def diagnose(facts: DiagnosisFacts, terms: Terms) -> Diagnosis:
    """Return what to do about a cause; total over all facts, and never by a default of a rule.

    `terms` are those in force on `facts.on` for the insured region, or the nation's where the
    region was not given.
    """
    is_abroad = facts.scope is Scope.ABROAD
    leaf = ABROAD if is_abroad else LEAVES[facts.cause]
    is_paid = facts.stage is Stage.DISCHARGED
    found = Findings(
        terms=terms,
        insurance=facts.insurance,
        scope=facts.scope,
        care_type=_CARE_TYPE_OF.get(facts.cause, facts.care_type),
        on=facts.on,
        is_paid=is_paid,
    )
    if facts.scope is Scope.LOCAL:
        found.because.append(note("local"))
    if is_abroad:
        found.remark("abroad", NOT_PAID_BY_INSURANCE)
    elif leaf.link is not Link.FILING or facts.scope is not Scope.LOCAL:
        READERS[facts.cause](found)
    by_when = [] if is_paid and leaf.may_claim else [note(code) for code in leaf.hurry]
    if leaf.may_claim:
        by_when += _claim_days(found)
    asks_for_claim = is_paid and leaf.say_paid == "claim"
    owner = Owner.INSURED_PLACE if asks_for_claim else leaf.owner
    return Diagnosis(
        cause=facts.cause,
        link=leaf.link,
        owner=owner,
        listener=owner if is_paid else leaf.listener or owner,
        is_paid=is_paid,
        is_abroad=is_abroad,
        now=leaf.paid or leaf.now if is_paid else leaf.now,
        say=leaf.say_paid if is_paid else leaf.say,
        fallback=leaf.fallback_paid if is_paid else leaf.fallback,
        because=tuple(found.because),
        by_when=tuple(by_when),
        contacts=_contacts(terms, leaf),
        papers=() if is_abroad else _papers(found, facts.cause, leaf),
        gaps=tuple(found.gaps),
        disputes=tuple(found.disputes),
        assumptions=tuple(sorted(facts.assumed)),
    )


def _claim_days(found: Findings) -> list[Note]:
    """Until when to claim (no default: a gap), and how long the agency may take."""
    notes = []
    deadline = found.field(ClaimRule, "deadline_months")
    if isinstance(deadline, Cited):
        notes.append(note("claim_deadline", *deadline.citations, months=deadline.value))
    else:
        notes.append(note("claim_deadline_unknown"))
        found.open(deadline, ClaimRule, "deadline_months")
    handling = found.field(ClaimRule, "handling_working_days")
    if isinstance(handling, Cited):
        notes.append(note("claim_handling", *handling.citations, days=handling.value))
    return notes


def _papers(found: Findings, cause: Cause, leaf: Leaf) -> tuple[Material, ...]:
    """Return what to keep: the papers of a claim and the one that the cause calls for."""
    is_emergency = cause is Cause.EMERGENCY_FLAG
    key = Key(
        category=FilingCategory.EMERGENCY if is_emergency else FilingCategory.OTHER_TEMPORARY,
        scope=found.scope,
        care_type=found.care_type,
        purpose=MaterialPurpose.CLAIM,
    )
    rows = nearest_per_paper(found.terms, key, reasons=("", leaf.claim_reason))
    if not rows:
        found.open(None, MaterialRequirement, "claim")
    papers = grouped(rows)
    extra = _EXTRA_PAPERS.get(cause)
    named = {slug for paper in papers for slug in (paper.slug, *paper.alternatives)}
    if extra is None or extra in named:
        return papers
    paper = Material(
        slug=extra, alternatives=(), wording="", citations=cited_for(found.terms, extra)
    )
    return (*papers, paper)


def _contacts(terms: Terms, leaf: Leaf) -> tuple[Contact, ...]:
    """Return the numbers that answer questions, nearest first, one entry per number; those that
    sources dispute come last."""
    purposes = {"question"}
    if leaf.owner is Owner.CARD_ISSUER:
        purposes.add("card")
    rows: dict[str, list[Channel]] = {}
    for level in terms.of(Channel):
        for row in level:
            if row.channel is ChannelKind.PHONE and row.value and row.purpose in purposes:
                rows.setdefault(row.value, []).append(row)
    contacts = [_contact(same) for same in rows.values()]
    return tuple(sorted(contacts, key=lambda contact: contact.is_disputed))


def _contact(rows: list[Channel]) -> Contact:
    """Make one entry of what the sources say of one number: the undisputed first, and what it
    answers before what else it does."""
    rows = sorted(
        rows, key=lambda row: (row.standing is Standing.DISPUTED, row.purpose != "question")
    )
    first = rows[0]
    is_disputed = first.standing is Standing.DISPUTED
    notes = [row.note for row in reversed(rows) if row.note]
    return Contact(
        name=first.name,
        number=first.value,
        hours="" if is_disputed else first.hours,
        scope_text=first.scope_text,
        remark=notes[0] if is_disputed and notes else "",
        is_disputed=is_disputed,
        citations=tuple(
            row.citation for row in rows if (row.standing is Standing.DISPUTED) == is_disputed
        ),
    )
