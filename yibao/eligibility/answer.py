"""A decision as a page shows it: sentences, numbered sources, addresses."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from yibao.core import takealong
from yibao.core.footnotes import Footnotes
from yibao.core.navigation import links
from yibao.core.people import PARAMETER, carried
from yibao.core.words import gettext as _
from yibao.core.words import in_language
from yibao.eligibility import wording
from yibao.eligibility.queries import Check
from yibao.eligibility.sentences import filled
from yibao.institutions.links import finder_address
from yibao.policies.labels import label
from yibao.rules.citation import Citation
from yibao.rules.decision import (
    Change,
    CheckOutcome,
    Cited,
    Decision,
    DirectSettlement,
    Disputed,
    Material,
    Note,
    Unknown,
    Validity,
)
from yibao.rules.facts import Evidence, Stage, Urgency
from yibao.rules.terms import FilingCategory, Scope, Situation

_WITH_CATEGORY = frozenset(
    {
        CheckOutcome.FILE,
        CheckOutcome.FILE_LATE,
        CheckOutcome.CHANGE_FILING,
        CheckOutcome.COVERED,
        CheckOutcome.DEEMED_FILED,
    }
)
_TO_FILE = frozenset({CheckOutcome.FILE, CheckOutcome.FILE_LATE})
_SITUATION_OF_ROW = {
    "D-19": Situation.LATE,
    "D-20": Situation.UNFILED,
    "D-21": Situation.HOME_RETURN,
    "D-22": Situation.THIRD_PLACE,
}


@dataclass(frozen=True, slots=True)
class Ref:
    """A numbered link to a source on the same page."""

    id: str
    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence and its sources."""

    words: str
    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper to bring, or the ones of which any is enough."""

    choices: tuple[tuple[str, str], ...]
    wording: str
    refs: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """How long something lasts: in months (a marked figure), or in words with a code."""

    months: int | None
    words: str
    code: str
    refs: tuple[Ref, ...]
    disputed: tuple[Ref, ...]

    @property
    def cites(self) -> tuple[str, ...]:
        return tuple(ref.id for ref in self.refs)


@dataclass(frozen=True, slots=True)
class Gap:
    """What is not known, and whom to ask."""

    missing: str
    what: str
    ask: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a person could change, what it brings, and the address with it."""

    words: str
    effect: str
    address: str
    refs: tuple[Ref, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Everything that templates/eligibility/decision.html prints."""

    outcome: str
    rule: str
    filing: str
    category: str
    direct: str
    certainty: str
    headline: str
    direct_words: str
    because: tuple[Line, ...]
    actions: tuple[Line, ...]
    warnings: tuple[Line, ...]
    papers: tuple[Paper, ...]
    validity: Term | None
    lock: Term | None
    gaps: tuple[Gap, ...]
    disputes: tuple[tuple[str, tuple[Line, ...]], ...]
    changes: tuple[Suggestion, ...]
    assumptions: tuple[str, ...]
    footnotes: Footnotes[Citation]
    estimate_address: str
    compare_address: str
    region_address: str
    takealong_address: str
    finder_address: str
    filing_address: str
    claim_address: str
    deadlines_address: str


def answer_of(check: Check, decision: Decision, query: dict[str, str]) -> Answer:
    """Put a decision into words; `query` is the case's own address, for links."""
    return _Writer(check, decision, query).answer()


class _Writer:
    """Collects the sources in the order in which the page mentions them."""

    def __init__(self, check: Check, decision: Decision, query: dict[str, str]) -> None:
        self.facts = check.facts
        self.terms = check.terms
        self.decision = decision
        self.query = query
        self.footnotes: Footnotes[Citation] = Footnotes()

    def answer(self) -> Answer:
        decision = self.decision
        category = decision.category if decision.outcome in _WITH_CATEGORY else None
        has_claim = decision.outcome is CheckOutcome.MANUAL_CLAIM
        return Answer(
            outcome=decision.outcome,
            rule=decision.rule,
            filing=decision.category or "" if category or has_claim else "",
            category=str(wording.CATEGORY[category]) if category else "",
            direct=decision.direct_settlement,
            certainty=decision.certainty,
            headline=self._headline(),
            direct_words=self._direct_words(),
            because=self._lines(decision.because),
            actions=self._lines(decision.actions),
            papers=tuple(self._paper(paper) for paper in decision.materials),
            validity=self._validity(),
            lock=self._lock(),
            warnings=self._lines(decision.warnings),
            gaps=tuple(self._gap(gap) for gap in decision.gaps),
            disputes=tuple(self._dispute(dispute) for dispute in decision.disputes),
            changes=tuple(self._change(change) for change in decision.changes),
            assumptions=tuple(
                str(wording.ASSUMPTIONS[name])
                for name in wording.ASSUMPTIONS
                if name in decision.assumptions
            ),
            footnotes=self.footnotes,
            estimate_address=self._address("estimate", {"filing": self._situation()}),
            compare_address=self._address("compare", {}),
            region_address=f"{links()['regions']}{self.terms.region_code}/",
            takealong_address=takealong.address_for("check", self.query),
            finder_address=finder_address(self.query),
            filing_address=self._filing_address(),
            claim_address=self._claim_address(),
            deadlines_address=self._deadlines_address(),
        )

    def _headline(self) -> str:
        decision = self.decision
        if decision.outcome is CheckOutcome.ASK:
            return str(wording.HEADLINES_OF_ASK[decision.because[0].code])
        return str(wording.HEADLINES[decision.outcome])

    def _direct_words(self) -> str:
        decision = self.decision
        if decision.outcome in (CheckOutcome.NOT_PAYABLE, CheckOutcome.ASK):
            return ""
        is_home = self.facts.scope is Scope.LOCAL
        if is_home and decision.direct_settlement is DirectSettlement.YES:
            return _("能直接结算，和平时一样。")
        if self.facts.stage is Stage.DISCHARGED:
            return ""
        return str(wording.DIRECT[decision.direct_settlement])

    def _refs(self, citations: Iterable[Citation]) -> tuple[Ref, ...]:
        refs = []
        for citation in dict.fromkeys(citations):
            number = self.footnotes.add(citation)
            refs.append(Ref(citation.id, number, _("依据 %(number)d") % {"number": number}))
        return tuple(refs)

    def _lines(self, notes: Iterable[Note]) -> tuple[Line, ...]:
        found: dict[str, Line] = {}
        for note in notes:
            words = filled(note.code, note.values)
            if words not in found:
                found[words] = Line(words, self._refs(note.citations))
        return tuple(found.values())

    def _paper(self, paper: Material) -> Paper:
        choices = tuple((slug.value, label(slug)) for slug in (paper.slug, *paper.alternatives))
        first = choices[0][1]
        words = in_language(paper.wording)
        says_more = words not in first and first not in words
        return Paper(choices, words if says_more else "", self._refs(paper.citations))

    def _validity(self) -> Term | None:
        found = self.decision.validity
        if not isinstance(found, Cited):
            return None
        value: Validity = found.value
        words, code = "", ""
        if value.indefinite:
            words, code = _("长期有效，直到您变更或取消"), "indefinite"
        elif value.per_stay:
            words, code = _("只管这一次住院"), "per_stay"
        elif value.is_floor:
            words = _("至少")
        return self._term(value.months, words, code, found)

    def _lock(self) -> Term | None:
        found = self.decision.change_lock_months
        if not isinstance(found, Cited):
            return None
        words = _("随时可以变更或取消") if found.value == 0 else ""
        return self._term(found.value, words, "", found)

    def _term(self, months: int | None, words: str, code: str, found: Cited[Any]) -> Term:
        refs = self._refs(found.citations)
        return Term(months, words, code, refs, self._refs(found.disputed_by))

    def _gap(self, gap: Unknown) -> Gap:
        key = f"{gap.what}.{gap.detail}"
        what = wording.GAPS[key] if key in wording.GAPS else wording.GAPS[gap.what]
        return Gap(gap.what, f"{gap.region_name}：{what}", gap.whom_to_ask)

    def _dispute(self, dispute: Disputed[Any]) -> tuple[str, tuple[Line, ...]]:
        readings = tuple(
            Line(_reading_words(dispute.what, reading.value), self._refs((reading.citation,)))
            for reading in dispute.readings
        )
        return str(wording.GAPS[dispute.what]), readings

    def _change(self, change: Change) -> Suggestion:
        effects = []
        if outcome := change.effect.get("outcome"):
            effects.append(str(wording.HEADLINES[CheckOutcome(str(outcome))]))
        category = change.effect.get("category")
        if isinstance(category, FilingCategory):
            effects.append(_("按“%(category)s”算") % {"category": wording.CATEGORY[category]})
        direct = change.effect.get("direct_settlement")
        if direct is DirectSettlement.YES:
            effects.append(_("可以直接结算"))
        query = {**self.query, change.field: change.value}
        return Suggestion(
            words=str(wording.CHANGES[change.field]),
            effect=_("，").join(effects),
            address=f"{links()['check']}?{urlencode(query)}",
            refs=self._refs(change.citations),
        )

    def _situation(self) -> str:
        """The filing situation of the estimate that fits this answer."""
        decision = self.decision
        if self.facts.scope is Scope.LOCAL and decision.rule != "D-21":
            return ""
        if decision.rule in _SITUATION_OF_ROW:
            return _SITUATION_OF_ROW[decision.rule]
        return decision.category or ""

    def _deadlines_address(self) -> str:
        """Return the list of days for the filing that exists, or that the answer asks for."""
        existing = self.facts.existing
        names = ["insured", "care", "insurance", "care_type", "existing_since", PARAMETER]
        if existing.evidence in (Evidence.PROOF, Evidence.COMMITMENT):
            names.append("existing_evidence")
        if self.facts.stage is Stage.DISCHARGED:
            names.append("on")
        query = {name: self.query[name] for name in names if name in self.query}
        if category := existing.category or self.decision.category:
            query["existing_category"] = category
        return f"{links()['deadlines']}?{urlencode(query)}"

    def _filing_address(self) -> str:
        """Where to file, places and category filled in; "" where nothing is to file."""
        decision = self.decision
        if decision.outcome not in _TO_FILE or decision.category is None:
            return ""
        names = {"insured": "insured", "care": "care", "insurance": "insurance", "on": "starts_on"}
        query = {there: self.query[here] for here, there in names.items() if here in self.query}
        return f"{links()['filing']}?{urlencode({**query, 'category': decision.category.value})}"

    def _claim_address(self) -> str:
        """Where to claim what was paid, with the visit filled in; "" where nothing is to claim."""
        if self.decision.outcome is not CheckOutcome.MANUAL_CLAIM:
            return ""
        names = ("insured", "care", "insurance", "care_type", "disease", "on")
        query = {name: self.query[name] for name in names if name in self.query}
        is_emergency = self.facts.urgency is Urgency.EMERGENCY
        query["reason"] = "emergency" if is_emergency else "unfiled"
        return f"{links()['claim']}?{urlencode(query)}"

    def _address(self, page: str, more: dict[str, str]) -> str:
        names = ("insured", "care", "insurance", "care_type", "disease", "on")
        query = {name: self.query[name] for name in names if name in self.query}
        if self.decision.rule == "D-22" and self.facts.existing.category:
            more = {**more, "base_filing": self.facts.existing.category}
        query |= {name: value for name, value in more.items() if value}
        query |= carried(self.query)
        return f"{links()[page]}?{urlencode(query)}"


def _reading_words(what: str, value: object) -> str:
    """Say what one reading of a disputed rule amounts to."""
    if isinstance(value, bool):
        yes, no = wording.YES_OR_NO.get(what, (_("能"), _("不能")))
        return str(yes if value else no)
    if isinstance(value, Validity):
        if value.indefinite:
            return _("长期有效")
        if value.per_stay:
            return _("只管这一次住院")
        value = value.months
    if isinstance(value, int):
        return _("%(months)d 个月") % {"months": value}
    return str(value)
