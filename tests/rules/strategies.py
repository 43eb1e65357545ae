"""Generated regions, cases and bills: every mechanism, in combinations that a region may state."""

from typing import Any

from hypothesis import strategies as st

from tests.rules.builders import a_row
from tests.rules.worked import facts_of, terms_of
from yibao.rules.facts import Accumulators, Bill, CaseFacts
from yibao.rules.money import BasisPoints, Fen
from yibao.rules.policy import (
    AwayAdjustment,
    Deductible,
    MedicalAid,
    PaymentBand,
    PaymentCap,
    Provision,
    SecondLayer,
    SecondLayerBand,
    Terms,
)
from yibao.rules.terms import (
    AidGroup,
    BandBasis,
    CapBasis,
    CapPeriod,
    DeductiblePeriod,
    FirstPayOrder,
    Layer,
    Level,
    Mechanism,
    Scope,
    SecondLayerBandBasis,
    SecondLayerMode,
    SelfPayPart,
    Situation,
    Standing,
)

SITUATIONS = (Situation.REFERRAL, Situation.OTHER_TEMPORARY, Situation.UNFILED)
ratios = st.integers(0, 10_000).map(BasisPoints)


def money(limit: int) -> st.SearchStrategy[Fen]:
    return st.integers(0, limit).map(Fen)


@st.composite
def bills(draw: st.DrawFn, limit: int = 30_000_000) -> Bill:
    parts = [draw(money(limit // 10)) for _ in range(3)]
    return Bill(
        total_fen=Fen(draw(money(limit)) + sum(parts)),
        off_catalog_fen=parts[0],
        over_limit_fen=parts[1],
        upfront_self_pay_fen=parts[2],
    )


@st.composite
def band_tables(draw: st.DrawFn) -> tuple[PaymentBand, ...]:
    """One to four bands from 0 without end."""
    limits = sorted(draw(st.sets(st.integers(1, 20_000_000), max_size=3)))
    basis = draw(st.sampled_from(BandBasis))
    return tuple(
        a_row(
            PaymentBand,
            from_fen=Fen(low),
            to_fen=None if high is None else Fen(high),
            ratio_bp=draw(ratios),
            basis=basis,
        )
        for low, high in zip([0, *limits], [*limits, None], strict=True)
    )


def _value_of(draw: st.DrawFn, mechanism: Mechanism) -> dict[str, Any]:
    match mechanism:
        case Mechanism.FIRST_PAY:
            return {"value_bp": draw(ratios), "order": draw(st.sampled_from(FirstPayOrder))}
        case Mechanism.DEDUCTIBLE_AMOUNT:
            return {"amount_fen": draw(money(500_000))}
        case Mechanism.OWN_TABLE:
            return {"amount_fen": draw(money(500_000)), "value_bp": draw(ratios)}
        case Mechanism.DEDUCTIBLE_FACTOR:
            return {"value_bp": BasisPoints(draw(st.integers(5_000, 25_000)))}
        case Mechanism.NONE | Mechanism.REFUSED:
            return {}
        case _:
            return {"value_bp": draw(ratios)}


MECHANISMS = tuple(m for m in Mechanism if m not in (Mechanism.FOLLOW, Mechanism.UNKNOWN_RATIO))


@st.composite
def away_lists(draw: st.DrawFn, situation: Situation) -> tuple[AwayAdjustment, ...]:
    """The ordered list of one situation; now and then the last entry is disputed."""
    chosen = draw(st.lists(st.sampled_from(MECHANISMS), min_size=1, max_size=3, unique=True))
    rows = [
        a_row(
            AwayAdjustment,
            situations=frozenset({situation}),
            position=position,
            mechanism=mechanism,
            **_value_of(draw, mechanism),
        )
        for position, mechanism in enumerate(chosen, 1)
    ]
    if draw(st.integers(0, 4)) == 0:
        rows += [
            a_row(
                AwayAdjustment,
                situations=frozenset({situation}),
                position=len(rows) + 1,
                mechanism=mechanism,
                value_bp=draw(ratios),
                standing=Standing.DISPUTED,
            )
            for mechanism in (Mechanism.PERCENTAGE_POINTS, Mechanism.FACTOR)
        ]
    return tuple(rows)


@st.composite
def caps(draw: st.DrawFn) -> tuple[PaymentCap, ...]:
    rows = [
        a_row(
            PaymentCap,
            amount_fen=draw(money(20_000_000)),
            counts_per=draw(st.sampled_from((CapPeriod.YEAR, CapPeriod.MONTH))),
            basis=draw(st.sampled_from(CapBasis)),
        )
    ]
    if draw(st.booleans()):
        rows.append(a_row(PaymentCap, layer=Layer.ALL, share_bp=draw(ratios)))
    return tuple(rows)


@st.composite
def second_layers(draw: st.DrawFn) -> tuple[Provision, ...]:
    """Nothing, or a threshold layer with bands; sometimes silent on the first pay away."""
    if not draw(st.booleans()):
        return ()
    excludes = draw(st.sampled_from((None, frozenset(), frozenset({SelfPayPart.AWAY_SELF_PAY}))))
    limit = draw(st.integers(1, 10_000_000))
    basis = draw(st.sampled_from(SecondLayerBandBasis))
    return (
        a_row(
            SecondLayer,
            layer=Layer.CRITICAL_ILLNESS,
            mode=SecondLayerMode.THRESHOLD,
            threshold_fen=draw(money(3_000_000)),
            cap_fen=draw(money(30_000_000)),
            base_excludes=excludes,
        ),
        *(
            a_row(
                SecondLayerBand,
                layer=Layer.CRITICAL_ILLNESS,
                from_fen=Fen(low),
                to_fen=high,
                ratio_bp=draw(ratios),
                basis=basis,
            )
            for low, high in ((0, Fen(limit)), (limit, None))
        ),
    )


@st.composite
def regions(draw: st.DrawFn) -> Terms:
    """A region that states everything a stay needs, for every level and three situations."""
    deductibles = tuple(
        a_row(
            Deductible,
            amount_fen=draw(money(500_000)),
            level=level,
            counts_per=draw(st.sampled_from(DeductiblePeriod)),
        )
        for level in (None, Level.TERTIARY)
    )
    aid = a_row(
        MedicalAid,
        aid_groups=frozenset({AidGroup.LOW_INCOME}),
        ratio_bp=draw(ratios),
        threshold_fen=draw(money(1_000_000)),
        cap_fen=draw(money(5_000_000)),
    )
    away = tuple(row for situation in SITUATIONS for row in draw(away_lists(situation)))
    return terms_of(
        (
            *deductibles,
            *draw(band_tables()),
            *draw(caps()),
            *draw(second_layers()),
            aid,
            *away,
        )
    )


@st.composite
def cases(draw: st.DrawFn) -> CaseFacts:
    situation = draw(st.sampled_from((None, *SITUATIONS)))
    accumulated = Accumulators(
        **{
            name: draw(st.one_of(st.none(), money(5_000_000)))
            for name in Accumulators.__dataclass_fields__
        }
    )
    return facts_of(
        situation=situation,
        scope=Scope.LOCAL if situation is None else Scope.CROSS_PROVINCE,
        level=draw(st.sampled_from([level for level in Level if level is not Level.OTHER])),
        aid_group=draw(st.sampled_from((AidGroup.NONE, AidGroup.LOW_INCOME))),
        account_balance_fen=draw(st.one_of(st.none(), money(1_000_000))),
        accumulated=accumulated,
    )


def settled_cases() -> st.SearchStrategy[tuple[Bill, CaseFacts, Terms]]:
    return st.tuples(bills(), cases(), regions())
