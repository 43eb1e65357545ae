"""A plan: everything that a region's terms say about a case, before any bill is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from yibao.rules.away import AT_HOME, Away, resolve_away
from yibao.rules.basic import (
    BandTable,
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
    BandBasis,
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

NO_BANDS = BandTable.of(BandBasis.AFTER_DEDUCTIBLE, ())


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
    `supplement` is for civil servants, `subsidy` is the government's; `has_help` says that
    one of them or medical aid may pay. `sum_citations` back the sum of all funds. `counted`
    names the year's totals that count here (fields of `Accumulators`).
    """

    subject: Unknown
    layer: Layer
    no_fund: Note | None = None
    away: Away | None = AT_HOME
    deductible: DeductibleTerms | None = None
    table: BandTable = NO_BANDS
    scope_caps: tuple[CapTerms, ...] = ()
    fund_caps: tuple[CapTerms, ...] = ()
    overall_caps: tuple[CapTerms, ...] = ()
    basic_citations: tuple[Citation, ...] = ()
    second_layer: LayerTerms | None = None
    has_help: bool = False
    supplement: SupplementTerms | None = None
    supplement_known: bool = True
    subsidy: SupplementTerms | None = None
    medical_aid: AidTerms | None = None
    medical_aid_known: bool = True
    sum_citations: tuple[Citation, ...] = ()
    account: AccountTerms | None = None
    gaps: tuple[Unknown, ...] = ()
    not_included: tuple[Unknown, ...] = ()
    assumptions: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
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
        sum_citations=plan.sum_citations if no_fund is None else no_fund.citations,
        counted=_counted(plan),
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
    table = resolve_bands(resolver, away) or NO_BANDS
    caps = resolve_caps(resolver, Layer.BASIC)
    supplement = None
    if facts.civil_servant:
        supplement = resolve_supplement(resolver, SupplementKind.CIVIL_SERVANT, total_fen)
        if supplement is None:
            resolver.leave_out("supplement", SupplementKind.CIVIL_SERVANT)
    medical_aid = resolve_medical_aid(resolver, total_fen)
    overall_caps = resolve_caps(resolver, Layer.ALL)
    second_layer = resolve_second_layer(resolver, away)
    subsidy = resolve_supplement(resolver, SupplementKind.GOVERNMENT, total_fen)
    return replace(
        plan,
        deductible=deductible,
        table=table,
        scope_caps=tuple(cap for cap in caps if cap.basis is not CapBasis.FUND_PAID),
        fund_caps=tuple(cap for cap in caps if cap.basis is CapBasis.FUND_PAID),
        basic_citations=_merged(
            *(band.citations for band in table.bands), *(cap.citations for cap in caps)
        ),
        overall_caps=overall_caps,
        sum_citations=tuple(citation for cap in overall_caps for citation in cap.citations),
        second_layer=second_layer,
        has_help=any(help_ is not None for help_ in (supplement, medical_aid, subsidy)),
        supplement=supplement,
        supplement_known=supplement is not None or not facts.civil_servant,
        subsidy=subsidy,
        medical_aid=medical_aid,
        medical_aid_known=medical_aid is not None or facts.aid_group is AidGroup.NONE,
    )


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


def _counted(plan: Plan) -> tuple[str, ...]:
    """Name the year's totals on which the plan's figures depend."""
    layer = plan.second_layer
    caps = (*plan.scope_caps, *plan.fund_caps, *(layer.caps if layer is not None else ()))
    counts = {
        "deductible_paid_fen": plan.deductible is not None
        and not plan.deductible.each_pays_its_own
        and plan.deductible.amount_fen > 0,
        "cost_so_far_fen": plan.table.basis is BandBasis.CUMULATIVE_YEAR,
        "self_pay_accumulated_fen": layer is not None and layer.mode is SecondLayerMode.THRESHOLD,
    }
    names = [name for name, does_count in counts.items() if does_count]
    names += [cap.used for cap in caps if cap.amount_fen is not None and cap.used]
    return tuple(dict.fromkeys(names))


def citations_in(plan: Plan) -> Iterable[Citation]:
    """Yield everything that a line of the sheet may rest on."""
    yield from plan.basic_citations
    yield from plan.sum_citations
    layer, away = plan.second_layer, plan.away
    for band in plan.table.bands:
        yield from band.citations
    for share in (*away.first_pay_before, *away.first_pay_after) if away is not None else ():
        yield from share.citations
    for layer_band in layer.bands if layer is not None else ():
        yield from layer_band.citations
    for help_ in (plan.supplement, plan.subsidy):
        for part, _ in help_.bands if help_ is not None else ():
            yield from part.citations
    for terms in (plan.deductible, layer, plan.medical_aid, plan.account):
        if terms is not None:
            yield from terms.citations
