"""The engine on one claim: the same steps as the public estimate, and how they are kept.

Nothing is assumed here: the facts are the claim's, the year's totals those of earlier
decisions. What the engine cannot compute is a gap that holds the claim.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from yibao.estimates import queries as estimates
from yibao.regions import queries as regions
from yibao.rules.citation import Citation
from yibao.rules.decision import Figures, Settlement, SettlementOutcome, Step
from yibao.rules.facts import Accumulators, Bill, CaseFacts
from yibao.rules.money import BasisPoints, Fen, ratio_of
from yibao.rules.policy import PaymentCap, Terms
from yibao.rules.resolver import key_of
from yibao.rules.selection import Key, pick, specificity
from yibao.rules.settlement import BillDoesNotAddUp, settle
from yibao.rules.terms import (
    AidGroup,
    CareType,
    FilingCategory,
    Group,
    InsuranceType,
    Layer,
    Level,
    Scope,
    Situation,
)

if TYPE_CHECKING:
    from yibao.claims.models import Claim
    from yibao.claims.submitted import SubmittedClaim

__all__ = ["BillDoesNotAddUp", "Reckoning", "facts_of", "reckon", "terms_of"]

FUNDS = (
    "pooled_fund",
    "large_expense",
    "critical_illness",
    "medical_aid",
    "supplement",
    "government_subsidy",
)
"""The lines of the sheet that funds pay, by their names in the contract."""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A bill, the facts it was settled with, and what came out."""

    bill: Bill
    facts: CaseFacts
    terms: Terms
    settlement: Settlement

    @property
    def figures(self) -> Figures | None:
        """The figures, None where the engine gives none or more than one."""
        if self.settlement.outcome is not SettlementOutcome.COMPUTED:
            return None
        return self.settlement.figures

    @property
    def digest(self) -> str:
        """A fingerprint of what came out and of what it rests on."""
        figures = self.figures
        shown = [list(figures) if figures else None, list(self.provision_ids), self.trace()]
        return sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()

    @property
    def provision_ids(self) -> tuple[str, ...]:
        """The rows that hold for the case and that a step rests on."""
        cited = {citation.id for citation in self._cited()}
        key = key_of(self.facts)
        return tuple(
            sorted(
                row.id
                for level in self.terms.levels
                for row in level
                if row.citation.id in cited and _holds(row, key)
            )
        )

    def input(self) -> dict[str, Any]:
        """Return what went in, as JSON can hold it."""
        return {
            "region_code": self.terms.region_code,
            "bill": asdict(self.bill),
            "facts": _plain(asdict(self.facts)),
        }

    def trace(self) -> dict[str, Any]:
        """Return the steps with their working, and the clauses that they name."""
        return {
            "outcome": self.settlement.outcome.value,
            "certainty": self.settlement.certainty.value,
            "steps": [_step(step) for step in self.settlement.steps],
            "citations": {each.id: _citation(each) for each in self._cited()},
            "gaps": [{"what": gap.what, "detail": gap.detail} for gap in self.settlement.gaps],
            "not_included": [
                {"what": gap.what, "detail": gap.detail} for gap in self.settlement.not_included
            ],
        }

    def _cited(self) -> tuple[Citation, ...]:
        found = (each for step in self.settlement.steps for each in step.citations)
        return tuple(dict.fromkeys(found))


def reckon(bill: Bill, facts: CaseFacts, terms: Terms) -> Reckoning:
    """Settle the bill. Raises BillDoesNotAddUp: the parts exceed the total or are negative."""
    return Reckoning(bill, facts, terms, settle(bill, facts, terms))


def stated_bill(claim: Claim | SubmittedClaim) -> Bill:
    """Return the bill by the totals that were sent in."""
    return Bill(
        total_fen=Fen(claim.total_fen),
        off_catalog_fen=Fen(claim.off_catalog_fen),
        over_limit_fen=Fen(claim.over_limit_fen),
        upfront_self_pay_fen=Fen(claim.upfront_self_pay_fen),
    )


def reckon_alone(
    claim: Claim | SubmittedClaim, *, region_code: str, insurance: str, terms: Terms
) -> Reckoning | None:
    """Settle a claim's totals as if it were the year's only bill, as the public estimate does.

    Returns None where the totals do not add up.
    """
    facts = facts_of(
        claim, region_code=region_code, insurance=insurance, used=Accumulators(), admission=None
    )
    try:
        return reckon(stated_bill(claim), facts, terms)
    except BillDoesNotAddUp:
        return None


def terms_of(region_code: str, insurance: str, on: date, today: date) -> Terms:
    """Return the rules of the day of care, by the way of the public estimate."""
    return estimates.get_terms(region_code, InsuranceType(insurance), on, today)


def facts_of(
    claim: Claim | SubmittedClaim,
    *,
    region_code: str,
    insurance: str,
    used: Accumulators,
    admission: int | None,
) -> CaseFacts:
    """Return the claim's facts for the engine; `used` is what the year has used up."""
    scope = regions.scope(region_code, claim.care_code)
    situation = Situation(claim.situation) if claim.situation else None
    if scope is Scope.LOCAL and situation is not Situation.HOME_RETURN:
        situation = None
    return CaseFacts(
        insurance=InsuranceType(insurance),
        care_type=CareType(claim.care_type),
        scope=scope,
        on=claim.on,
        situation=situation,
        group=Group(claim.group),
        level=Level(claim.level),
        institution_class=claim.institution_class,
        tier=claim.tier,
        age=claim.age,
        disease=claim.disease,
        treatment=claim.treatment,
        severity=claim.severity,
        base_filing=FilingCategory(claim.base_filing) if claim.base_filing else None,
        admission=admission,
        accumulated=used,
        aid_group=AidGroup(claim.aid_group),
        civil_servant=claim.is_civil_servant,
    )


def read_back(stored: Mapping[str, Any], today: date) -> tuple[Bill, CaseFacts, Terms]:
    """Return what a decision was made with, under the rules as they are published now."""
    bill, facts = stored_case(stored)
    return bill, facts, terms_of(stored["region_code"], facts.insurance, facts.on, today)


def stored_case(stored: Mapping[str, Any]) -> tuple[Bill, CaseFacts]:
    """Return the bill and the facts of a decision's input (`Reckoning.input`)."""
    facts = stored["facts"]
    read = CaseFacts(
        insurance=InsuranceType(facts["insurance"]),
        care_type=CareType(facts["care_type"]),
        scope=Scope(facts["scope"]),
        on=date.fromisoformat(facts["on"]),
        situation=Situation(facts["situation"]) if facts["situation"] else None,
        group=Group(facts["group"]),
        level=Level(facts["level"]),
        institution_class=facts["institution_class"],
        tier=facts["tier"],
        age=facts["age"],
        disease=facts["disease"],
        treatment=facts["treatment"],
        severity=facts["severity"],
        base_filing=FilingCategory(facts["base_filing"]) if facts["base_filing"] else None,
        admission=facts["admission"],
        accumulated=Accumulators(**facts["accumulated"]),
        aid_group=AidGroup(facts["aid_group"]),
        civil_servant=facts["civil_servant"],
        account_balance_fen=facts["account_balance_fen"],
        assumed=frozenset(facts["assumed"]),
    )
    return Bill(**stored["bill"]), read


# --- caps ----------------------------------------------------------------------------------------


def basic_caps(facts: CaseFacts, terms: Terms) -> tuple[PaymentCap, ...]:
    """Return the basic fund's caps that hold for the case."""
    return pick(terms, PaymentCap, replace(key_of(facts), layer=Layer.BASIC)).rows


def _holds(row: Any, key: Key) -> bool:
    """Tell whether a row speaks of the case; a layer's rows are picked under that layer."""
    layer = getattr(row, "layer", None)
    supplement = getattr(row, "supplement", None)
    return specificity(row, replace(key, layer=layer, supplement=supplement)) is not None


# --- plain values ---------------------------------------------------------------------------------


def _step(step: Step) -> dict[str, Any]:
    return {
        "code": step.code,
        "amount_fen": step.amount_fen,
        "working": dict(step.working),
        "citations": [citation.id for citation in step.citations],
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "document": citation.document_id,
        "title": citation.title,
        "number": citation.number,
        "issuer": citation.issuer,
        "article": citation.article,
        "effective_from": citation.effective_from.isoformat(),
        "standing": str(citation.standing),
    }


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(inner) for name, inner in value.items()}
        case date():
            return value.isoformat()
        case frozenset() | set():
            return sorted(str(inner) for inner in value)
        case str():
            return str(value)
    return value


def denied_figures(bill: Bill) -> Figures:
    """Return the sheet of a bill of which no fund pays anything."""
    nothing = Fen(0)
    return Figures(
        total=bill.total_fen,
        off_catalog=bill.off_catalog_fen,
        over_limit=bill.over_limit_fen,
        upfront_self_pay=bill.upfront_self_pay_fen,
        in_scope=bill.in_scope_fen,
        away_self_pay=nothing,
        deductible=nothing,
        pooled_fund=nothing,
        large_expense=nothing,
        critical_illness=nothing,
        medical_aid=nothing,
        supplement=nothing,
        government_subsidy=nothing,
        fund_total=nothing,
        personal_total=bill.total_fen,
        personal_account=nothing,
        cash=bill.total_fen,
        effective_ratio_bp=BasisPoints(0),
    )


def overridden_figures(bill: Bill, funds: Mapping[str, int]) -> Figures:
    """Return the sheet with what the officer says that each fund pays, in fen.

    Raises ValueError: a fund pays less than nothing, or all together more than the bill.
    """
    paid = {name: Fen(funds.get(name, 0)) for name in FUNDS}
    fund_total = Fen(sum(paid.values()))
    if min(paid.values()) < 0 or fund_total > bill.in_scope_fen:
        raise ValueError(fund_total)
    personal = Fen(bill.total_fen - fund_total)
    return denied_figures(bill)._replace(
        **paid,
        fund_total=fund_total,
        personal_total=personal,
        cash=personal,
        effective_ratio_bp=ratio_of(fund_total, bill.total_fen),
    )
