"""One run of reading a region's terms for one case: picks, choices, gaps and assumptions."""

from __future__ import annotations

from typing import Any

from yibao.rules.choices import Choices, ForkKind, Option
from yibao.rules.citation import Citation
from yibao.rules.decision import Cited, Disputed, Reading, Unknown
from yibao.rules.facts import CaseFacts
from yibao.rules.policy import PaymentCap, Provision, Terms
from yibao.rules.selection import Key, Picked, collide, field, pick
from yibao.rules.terms import AidGroup, Kind


def key_of(facts: CaseFacts) -> Key:
    """Return the facts as a key for picking rows. An admission not given is the first."""
    return Key(
        care_type=facts.care_type,
        group=facts.group,
        age=facts.age,
        tier=facts.tier,
        level=facts.level,
        institution_class=facts.institution_class,
        disease=facts.disease,
        treatment=facts.treatment,
        severity=facts.severity,
        nth=facts.admission or 1,
        scope=facts.scope,
        situation=facts.situation,
        aid_group=None if facts.aid_group is AidGroup.NONE else facts.aid_group,
    )


# Which fact a selector of a row rests on, by its name in `CaseFacts.assumed`.
_ASSUMED_BY_SELECTOR = (
    ("groups", "group"),
    ("level", "level"),
    ("tier", "tier"),
    ("age_from", "age"),
    ("age_to", "age"),
    ("institution_class", "class"),
)


class Resolver:
    """Collects, while a plan is built, what the plan does not show: gaps and the like."""

    def __init__(self, facts: CaseFacts, terms: Terms, choices: Choices) -> None:
        self.facts = facts
        self.terms = terms
        self.choices = choices
        self.key = key_of(facts)
        self.gaps: list[Unknown] = []
        self.not_included: list[Unknown] = []
        self.assumptions: dict[str, None] = {}
        self.beside: dict[str, Disputed[object]] = {}

    # --- Saying what is not known ----------------------------------------------

    def unknown(self, what: str, detail: str = "") -> Unknown:
        return Unknown(
            what=what,
            region_code=self.terms.region_code,
            region_name=self.terms.region_name,
            insurance=self.facts.insurance,
            care_type=self.facts.care_type,
            on=self.facts.on,
            whom_to_ask=self.terms.whom_to_ask,
            detail=detail,
        )

    def gap(self, what: str, detail: str = "") -> None:
        """Record a missing rule without which nothing can be computed."""
        self.gaps.append(self.unknown(what, detail))

    def leave_out(self, what: str, detail: str = "") -> None:
        """Record a rule that is missing while the rest is computed without it."""
        self.not_included.append(self.unknown(what, detail))

    def assume(self, name: str) -> None:
        """Record that the answer rests on a fact that was not given."""
        self.assumptions[name] = None

    # --- Reading rows -----------------------------------------------------------

    def rows[P: Provision](self, table: type[P], key: Key) -> tuple[P, ...]:
        """Return the rows to compute with; of what is disputed, the reading of this run."""
        picked = pick(self.terms, table, key)
        rows = (*picked.rows, *self._readings(table, picked))
        for row in rows:
            self._note_assumptions(row)
        return rows

    def rows_without_choice[P: Provision](self, table: type[P], key: Key) -> tuple[P, ...]:
        """Return the undisputed rows for a neighbouring key, without noting anything."""
        return pick(self.terms, table, key).rows

    def field(self, table: type[Provision], name: str, key: Key) -> Cited[Any] | None:
        """Return one inherited field; of what is disputed, the reading of this run."""
        found = field(self.terms, table, name, key)
        if isinstance(found, Disputed):
            options = [
                Option(
                    value=Cited(value=reading.value, citations=(reading.citation,)),
                    label=reading.value,
                    citations=(reading.citation,),
                )
                for reading in found.readings
            ]
            return self.choices.choose(ForkKind.DISPUTE, found.what, options)
        if found is not None and found.disputed_by:
            self.beside[f"{table.table}.{name}"] = Disputed(
                what=f"{table.table}.{name}",
                readings=tuple(
                    Reading(value=None, citation=citation)
                    for citation in (*found.citations, *found.disputed_by)
                ),
            )
        return found

    def bounded(self, row: Provision, name: str, high_name: str) -> int | None:
        """Return a figure of a row; of a bound, the end that this run is about."""
        low: int | None = getattr(row, name)
        high: int | None = getattr(row, high_name)
        if high is None or low is None or (row.kind is not Kind.BOUND and high == low):
            return low
        options = [Option(value=end, label=end, citations=(row.citation,)) for end in (low, high)]
        return self.choices.choose(ForkKind.BOUND, f"{row.table}.{name}:{row.id}", options)

    def _readings[P: Provision](self, table: type[P], picked: Picked[P]) -> tuple[P, ...]:
        """Choose one reading of each thing that only disputed rows speak of."""
        open_rows = [d for d in picked.disputed if not any(collide(d, r) for r in picked.rows)]
        for row in picked.disputed:
            if row not in open_rows:
                rivals = [r for r in picked.rows if collide(row, r)]
                self._list_beside(table, [*rivals, row])
        chosen: list[P] = []
        while open_rows:
            cluster = [open_rows.pop(0)]
            for row in list(open_rows):
                if any(collide(row, member) for member in cluster):
                    cluster.append(row)
                    open_rows.remove(row)
            chosen += self._choose_reading(table, cluster)
        return tuple(chosen)

    def _choose_reading[P: Provision](self, table: type[P], cluster: list[P]) -> tuple[P, ...]:
        """Choose within rows that exclude each other: row against row, or, where one source
        draws the bands differently, source against source."""
        readings: list[tuple[P, ...]]
        if all(collide(left, right) for left in cluster for right in cluster):
            readings = [(row,) for row in cluster]
        else:
            by_source: dict[str, list[P]] = {}
            for row in cluster:
                by_source.setdefault(row.citation.document_id, []).append(row)
            readings = [tuple(rows) for rows in by_source.values()]
        if table is PaymentCap and len(readings) == 1:
            readings.append(())  # a cap that one doubtful source names may not exist
        options = [
            Option(
                value=rows,
                label=rows,
                citations=tuple(row.citation for row in rows),
            )
            for rows in readings
        ]
        return self.choices.choose(ForkKind.DISPUTE, table.table, options)

    def _list_beside(self, table: type[Provision], rows: list[Any]) -> None:
        what = table.table
        known = self.beside.get(what)
        seen = {reading.citation.id for reading in known.readings} if known else set()
        fresh: list[Reading[object]] = [
            Reading(value=None, citation=row.citation)
            for row in rows
            if row.citation.id not in seen
        ]
        self.beside[what] = Disputed(
            what=what, readings=(*(known.readings if known else ()), *fresh)
        )

    def _note_assumptions(self, row: Provision) -> None:
        for selector, name in _ASSUMED_BY_SELECTOR:
            if name in self.facts.assumed and getattr(row, selector, None):
                self.assume(name)
        if self.facts.admission is None and (
            getattr(row, "nth_from", None) is not None or getattr(row, "nth_to", None) is not None
        ):
            self.assume("admission")


def citations_of(*rows: Provision) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(row.citation for row in rows))
