"""A diagnosis as a page shows it: sentences, sources by number, addresses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from yibao.core import takealong
from yibao.core.footnotes import Footnotes
from yibao.core.navigation import links
from yibao.core.people import PARAMETER, carried
from yibao.diagnosis import sentences, wording
from yibao.institutions.links import finder_address
from yibao.policies.labels import label
from yibao.rules.citation import Citation
from yibao.rules.decision import Disputed, Material, Note, Unknown
from yibao.rules.diagnosis import LEAVES, Cause, Contact, Diagnosis, Link
from yibao.rules.facts import (
    Enrolment,
    FiledStatus,
    InstitutionStatus,
    Qualified,
    Stage,
    Trauma,
    Urgency,
)

_CHECK_WITH: Mapping[Cause, Mapping[str, str]] = {
    Cause.FILED_ELSEWHERE: {"existing": FiledStatus.ELSEWHERE},
    Cause.FILING_EXPIRED: {"existing": FiledStatus.EXPIRED},
    Cause.TRANSFERRING: {"enrolment": Enrolment.TRANSFERRING},
    Cause.NOT_NETWORKED: {"institution": InstitutionStatus.DESIGNATED},
    Cause.CHRONIC: {"qualified": Qualified.UNKNOWN},
    Cause.EMERGENCY_FLAG: {"urgency": Urgency.EMERGENCY},
    Cause.TRAUMA: {"trauma": Trauma.NO_THIRD_PARTY},
    Cause.SANCTIONED: {"enrolment": Enrolment.SANCTIONED},
    Cause.CHANGE_LOCKED: {"existing": FiledStatus.ELSEWHERE},
    Cause.ALREADY_FILED: {"existing": FiledStatus.ACTIVE},
}
"""What a cause already says in the words of the check."""

_CLAIM_REASONS: Mapping[Link, str] = {
    Link.FILING: "unfiled",
    Link.INSTITUTION: "not_networked",
    Link.TRANSACTION: "system",
    Link.CARD: "card",
}
"""Why the bill was not settled directly, in the words of the claim."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence and the ids of its sources."""

    words: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """A number to call, as a page shows it."""

    contact: Contact
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper to keep, or the ones of which any is enough."""

    choices: tuple[tuple[str, str], ...]
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What is not known, and whom to ask."""

    missing: str
    what: str
    ask: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafPage:
    """Everything that templates/diagnosis/leaf.html prints."""

    cause: str
    link: str
    title: str
    is_paid: bool
    asks_stage: bool
    now: tuple[str, ...]
    owner: str
    numbers: tuple[Number, ...]
    listener: str
    say: str
    fallback: tuple[str, ...]
    papers: tuple[Paper, ...]
    by_when: tuple[Line, ...]
    because: tuple[Line, ...]
    gaps: tuple[Gap, ...]
    disputes: tuple[tuple[str, tuple[Line, ...]], ...]
    assumptions: tuple[str, ...]
    footnotes: Footnotes[Citation]
    check_address: str
    estimate_address: str
    deadlines_address: str
    claim_address: str
    finder_address: str
    start_address: str
    note_address: str
    takealong_address: str


def leaf_page(diagnosis: Diagnosis, query: Mapping[str, str]) -> LeafPage:
    """Put a diagnosis into words; `query` is what was answered, for links."""
    return _Writer(diagnosis, query).page()


class _Writer:
    """Collects the sources in the order in which the page mentions them."""

    def __init__(self, diagnosis: Diagnosis, query: Mapping[str, str]) -> None:
        self.diagnosis = diagnosis
        self.query = query
        self.footnotes: Footnotes[Citation] = Footnotes()

    def page(self) -> LeafPage:
        found = self.diagnosis
        title = str(wording.ABROAD if found.is_abroad else wording.TITLES[found.cause])
        actions = sentences.ACTIONS
        # In the order of the page, which is the order of its notes.
        return LeafPage(
            cause=found.cause,
            link=str(wording.LINKS[found.link]),
            title=title,
            is_paid=found.is_paid,
            asks_stage=LEAVES[found.cause].asks_stage and not found.is_abroad,
            now=tuple(str(actions[code]) for code in found.now),
            owner=str(wording.OWNERS[found.owner]),
            numbers=tuple(Number(one, self._cites(one.citations)) for one in found.contacts),
            listener=str(wording.LISTENERS[found.listener]),
            say=str(sentences.SAY[found.say]) % {"reason": title},
            fallback=tuple(str(actions[code]) for code in found.fallback),
            papers=tuple(self._paper(paper) for paper in found.papers),
            by_when=self._lines(found.by_when),
            because=self._lines(found.because),
            gaps=tuple(self._gap(gap) for gap in found.gaps),
            disputes=tuple(self._dispute(dispute) for dispute in found.disputes),
            assumptions=tuple(
                str(words)
                for name, words in wording.ASSUMPTIONS.items()
                if name in found.assumptions
            ),
            footnotes=self.footnotes,
            check_address=self._check_address(),
            estimate_address=self._address("estimate", {}),
            deadlines_address=self._deadlines_address(),
            claim_address=self._claim_address(),
            finder_address=finder_address(self.query),
            start_address=self._only_person("diagnose"),
            note_address=self._only_person("note"),
            takealong_address=takealong.address_for("diagnose", self.query),
        )

    def _cites(self, citations: Iterable[Citation]) -> tuple[str, ...]:
        unique = dict.fromkeys(citations)
        for citation in unique:
            self.footnotes.add(citation)
        return tuple(citation.id for citation in unique)

    def _lines(self, notes: Iterable[Note]) -> tuple[Line, ...]:
        return tuple(
            Line(sentences.filled(note.code, note.values), self._cites(note.citations))
            for note in notes
        )

    def _paper(self, paper: Material) -> Paper:
        choices = tuple((slug.value, label(slug)) for slug in (paper.slug, *paper.alternatives))
        return Paper(choices, self._cites(paper.citations))

    def _gap(self, gap: Unknown) -> Gap:
        what = str(wording.GAPS[f"{gap.what}.{gap.detail}"])
        return Gap(gap.what, what, gap.whom_to_ask)

    def _dispute(self, dispute: Disputed[Any]) -> tuple[str, tuple[Line, ...]]:
        readings = tuple(
            Line(_reading_words(reading.value), self._cites((reading.citation,)))
            for reading in dispute.readings
        )
        return str(wording.GAPS[dispute.what]), readings

    def _check_address(self) -> str:
        more = dict(_CHECK_WITH.get(self.diagnosis.cause, {}))
        more["stage"] = self.query.get("stage", Stage.ADMITTED)
        return self._address("check", more)

    def _deadlines_address(self) -> str:
        paid = self.query.get("stage") == Stage.DISCHARGED
        return self._address("deadlines", {"stage": Stage.DISCHARGED} if paid else {})

    def _claim_address(self) -> str:
        """Where to claim what was paid, with the visit filled in; "" where nothing is to claim."""
        found = self.diagnosis
        leaf = LEAVES[found.cause]
        if not found.is_paid or found.is_abroad or not leaf.may_claim:
            return ""
        is_emergency = found.cause is Cause.EMERGENCY_FLAG
        reason = "emergency" if is_emergency else _CLAIM_REASONS.get(leaf.link, "other")
        return self._address("claim", {"reason": reason})

    def _only_person(self, page: str) -> str:
        person = carried(self.query)
        return f"{links()[page]}?{urlencode(person)}" if person else links()[page]

    def _address(self, page: str, more: Mapping[str, str]) -> str:
        names = ("insured", "care", "insurance", "care_type", "on", PARAMETER)
        query = {name: self.query[name] for name in names if name in self.query} | dict(more)
        return f"{links()[page]}?{urlencode(query)}" if query else links()[page]


def _reading_words(value: object) -> str:
    """Say what one reading of a disputed rule amounts to."""
    if isinstance(value, bool):
        return str(wording.READINGS[str(value)])
    return _("%(months)d 个月") % {"months": value}
