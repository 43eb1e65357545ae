"""A plan: everything that a region's terms say about a case, before any bill is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from yibao.rules.away import AT_HOME, Away, resolve_away
from yibao.rules.basic import (
    Band,
    CapTerms,
    DeductibleTerms,
    resolve_bands,
    resolve_caps,
    resolve_deductible,
)
from yibao.rules.citation import Citation
from yibao.rules.decision import Disputed, Note, Unknown
from yibao.rules.layers import (
    AidTerms,
    LayerTerms,
    SupplementTerms,
    resolve_medical_aid,
    resolve_second_layer,
    resolve_supplement,
    second_layer_of,
)
from yibao.rules.money import Fen
from yibao.rules.policy import AccountRule, AwayAdjustment
from yibao.rules.resolver import Resolver
from yibao.rules.selection import matching
from yibao.rules.terms import (
    AidGroup,
    CapBasis,
    CareType,
    Kind,
    Layer,
    PharmacyMode,
    Scope,
    SecondLayerMode,
    SelfPayPart,
    SupplementKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTerms:
    """What the personal account may pay besides the copayment."""

    may_pay: frozenset[SelfPayPart]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A case's terms with every choice made.

    `subject` names the case, for gaps that only the amount shows; `layer` is its second
    layer. `no_fund` says why no fund pays anything (a code and what says so); everything
    below it is then empty. With `gaps` nothing can be computed, and the parts that are
    known (`away`, `deductible`) serve the lines that can be shown all the same.
    `scope_caps` limit the in-scope money or the cost that counts, `fund_caps` the basic
    fund's payment (which rests on `basic_citations`), `overall_caps` all funds together.
    `supplement` is for civil servants, `subsidy` is the government's.
    """

    subject: Unknown
    layer: Layer
    no_fund: Note | None = None
    away: Away | None = AT_HOME
    deductible: DeductibleTerms | None = None
    bands: tuple[Band, ...] = ()
    scope_caps: tuple[CapTerms, ...] = ()
    fund_caps: tuple[CapTerms, ...] = ()
    overall_caps: tuple[CapTerms, ...] = ()
    basic_citations: tuple[Citation, ...] = ()
    second_layer: LayerTerms | None = None
    supplement: SupplementTerms | None = None
    supplement_known: bool = True
    subsidy: SupplementTerms | None = None
    medical_aid: AidTerms | None = None
    medical_aid_known: bool = True
    account: AccountTerms | None = None
    gaps: tuple[Unknown, ...] = ()
    not_included: tuple[Unknown, ...] = ()
    assumptions: tuple[str, ...] = ()
    beside: tuple[Disputed[object], ...] = ()
    notes: tuple[Note, ...] = ()


def build_plan(resolver: Resolver, total_fen: Fen) -> Plan:
    """Read the terms for the case. `total_fen`: the bill's total, which some aid depends on."""
    facts = resolver.facts
    plan = Plan(subject=resolver.unknown(""), layer=second_layer_of(facts.insurance))
    no_fund = _no_fund_at_pharmacies(resolver)
    away: Away | None = AT_HOME
    notes: tuple[Note, ...] = ()
    if no_fund is None and not resolver.gaps:
        away = resolve_away(resolver)
        if away is not None and away.refused:
            no_fund = Note(code="refused", values={}, citations=away.citations)
        else:
            # Without the away rule the rest is still read, so that all gaps are named at once.
            plan = _read_layers(resolver, plan, away or AT_HOME, total_fen)
            notes = _guidance(resolver) if away is None else ()
    return replace(
        plan,
        no_fund=no_fund,
        away=away,
        account=_account(resolver),
        gaps=tuple(resolver.gaps),
        not_included=tuple(resolver.not_included),
        assumptions=tuple(resolver.assumptions),
        beside=tuple(resolver.beside.values()),
        notes=notes,
    )


def _read_layers(resolver: Resolver, plan: Plan, away: Away, total_fen: Fen) -> Plan:
    facts = resolver.facts
    deductible = resolve_deductible(resolver, away)
    bands = resolve_bands(resolver, away) or ()
    caps = resolve_caps(resolver, Layer.BASIC)
    supplement = None
    if facts.civil_servant:
        supplement = resolve_supplement(resolver, SupplementKind.CIVIL_SERVANT, total_fen)
        if supplement is None:
            resolver.leave_out("supplement", SupplementKind.CIVIL_SERVANT)
    medical_aid = resolve_medical_aid(resolver, total_fen)
    read = replace(
        plan,
        deductible=deductible,
        bands=bands,
        scope_caps=tuple(cap for cap in caps if cap.basis is not CapBasis.FUND_PAID),
        fund_caps=tuple(cap for cap in caps if cap.basis is CapBasis.FUND_PAID),
        basic_citations=_merged(
            *(band.citations for band in bands), *(cap.citations for cap in caps)
        ),
        overall_caps=resolve_caps(resolver, Layer.ALL),
        second_layer=resolve_second_layer(resolver, away),
        supplement=supplement,
        supplement_known=supplement is not None or not facts.civil_servant,
        subsidy=resolve_supplement(resolver, SupplementKind.GOVERNMENT, total_fen),
        medical_aid=medical_aid,
        medical_aid_known=medical_aid is not None or facts.aid_group is AidGroup.NONE,
    )
    _note_accumulators(resolver, read)
    return read


def _no_fund_at_pharmacies(resolver: Resolver) -> Note | None:
    """Say why no fund pays at a pharmacy, where that is so. Unknown is a gap."""
    if resolver.facts.care_type is not CareType.PHARMACY:
        return None
    mode = resolver.field(AccountRule, "pharmacy_mode", resolver.key)
    if mode is None:
        resolver.gap("account_rule", "pharmacy_mode")
        return None
    if mode.value is PharmacyMode.POOLED:
        return None
    return Note(code=f"pharmacy_{mode.value}", values={}, citations=mode.citations)


def _account(resolver: Resolver) -> AccountTerms | None:
    """Return what the account may pay, or None: no balance, or not usable there.

    The copayment may always be paid (domain.md §5.3, 9); other parts only where the
    region says so. Whether the account works away from home is never assumed.
    """
    facts = resolver.facts
    if not facts.account_balance_fen:
        return None
    citations: tuple[Citation, ...] = ()
    if facts.scope is not Scope.LOCAL:
        usable = resolver.field(AccountRule, "usable_away", resolver.key)
        if usable is None:
            resolver.leave_out("account_rule", "usable_away")
            return None
        if not usable.value:
            return None
        citations = usable.citations
    may_pay = resolver.field(AccountRule, "may_pay", resolver.key)
    if may_pay is None:
        return AccountTerms(may_pay=frozenset(), citations=citations)
    return AccountTerms(may_pay=may_pay.value, citations=(*citations, *may_pay.citations))


def _guidance(resolver: Resolver) -> tuple[Note, ...]:
    """Return what national guidance says where no region's rule is known: shown, not computed."""
    return tuple(
        Note(
            code="guidance" if row.kind is Kind.GUIDANCE else "average",
            values={} if row.value_bp is None else {"value_bp": row.value_bp},
            citations=(row.citation,),
        )
        for row in matching(resolver.terms, AwayAdjustment, resolver.key)
        if row.kind in (Kind.GUIDANCE, Kind.AVERAGE)
    )


def _merged(*groups: tuple[Citation, ...]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citation for group in groups for citation in group))


def _note_accumulators(resolver: Resolver, plan: Plan) -> None:
    """Record which of the year's totals count here although they were not given."""
    accumulated = resolver.facts.accumulated
    layer = plan.second_layer
    caps: Iterable[CapTerms] = (
        *plan.scope_caps,
        *plan.fund_caps,
        *(layer.caps if layer is not None else ()),
    )
    limited = [cap for cap in caps if cap.amount_fen is not None]
    in_threshold_mode = layer is not None and layer.mode is SecondLayerMode.THRESHOLD
    counting = {
        "deductible_paid": plan.deductible is not None
        and not plan.deductible.each_pays_its_own
        and plan.deductible.amount_fen > 0,
        "cost_so_far": any(band.with_year for band in plan.bands),
        "self_pay_accumulated": in_threshold_mode,
    }
    names = [f"{name}_fen" for name, counts in counting.items() if counts]
    names += [cap.used for cap in limited if cap.used]
    for name in names:
        if getattr(accumulated, name) is None:
            resolver.assume(name.removesuffix("_fen"))
