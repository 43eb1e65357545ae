"""How contradictions are found, on rows made for the purpose."""

from typing import Any

from tests.rules.builders import a_citation, a_row
from yibao.policies.conflicts import Conflict, ConflictKind, find_conflicts
from yibao.rules.policy import (
    AwayAdjustment,
    FilingRule,
    PaymentBand,
    Provision,
    SecondLayerBand,
)
from yibao.rules.terms import (
    LONG_TERM_CATEGORIES,
    FilingCategory,
    InsuranceType,
    Kind,
    Layer,
    Mechanism,
    Scope,
    Situation,
    Standing,
)

CITY, NATION = "370600", "000000"
DISPUTED, SECONDARY = Standing.DISPUTED, Standing.SECONDARY
REFERRAL = frozenset({FilingCategory.REFERRAL})


def found(*rows: Provision) -> list[Conflict]:
    by_region = {code: [row for row in rows if row.region_code == code] for code in (CITY, NATION)}
    return list(find_conflicts(by_region, lambda code: (NATION,) if code == CITY else ()))


def filing(**parts: Any) -> FilingRule:
    return a_row(FilingRule, region_code=parts.pop("region_code", CITY), **parts)


def away(**parts: Any) -> AwayAdjustment:
    parts = {
        "region_code": CITY,
        "situations": frozenset({Situation.REFERRAL}),
        "scope": Scope.CROSS_PROVINCE,
        **parts,
    }
    return a_row(AwayAdjustment, **parts)


def test_computed_rows_that_say_the_same_do_not_conflict() -> None:
    assert found(filing(validity_months=6), filing(validity_months=6, standing=SECONDARY)) == []


def test_one_undisputed_row_is_no_conflict() -> None:
    assert found(filing(validity_months=6)) == []


def test_a_disputed_row_beside_a_computed_one_of_its_key_is_a_conflict_of_values() -> None:
    [conflict] = found(
        filing(categories=LONG_TERM_CATEGORIES, indefinite=True),
        filing(categories=LONG_TERM_CATEGORIES, validity_months=12, standing=DISPUTED),
    )

    assert conflict.kind is ConflictKind.VALUES
    assert conflict.key == "370600/all/filing_rule/long_term/validity"
    assert conflict.standing is DISPUTED
    assert len(conflict.readings) == 2


def test_rows_for_different_categories_do_not_conflict() -> None:
    conflicts = found(
        filing(categories=REFERRAL, validity_months=6),
        filing(categories=LONG_TERM_CATEGORIES, indefinite=True),
    )

    assert conflicts == []


def test_different_topics_of_one_key_do_not_conflict() -> None:
    assert found(filing(validity_months=6), filing(required=True)) == []


def test_a_row_for_several_categories_meets_a_row_for_one_of_them() -> None:
    [conflict] = found(
        filing(categories=LONG_TERM_CATEGORIES, required=True),
        filing(
            categories=frozenset({FilingCategory.POSTED_WORKER}), required=False, standing=DISPUTED
        ),
    )

    assert conflict.kind is ConflictKind.VALUES


def test_two_disputed_rows_of_one_text_are_readings() -> None:
    citation = a_citation(DISPUTED, quote="支付比例下浮10%")
    points = away(
        id="points",
        mechanism=Mechanism.PERCENTAGE_POINTS,
        value_bp=1000,
        standing=DISPUTED,
        citation=citation,
    )
    factor = away(
        id="factor",
        mechanism=Mechanism.FACTOR,
        value_bp=9000,
        standing=DISPUTED,
        citation=citation,
    )

    [conflict] = found(points, factor)

    assert conflict.kind is ConflictKind.READINGS
    assert {reading.provision.id for reading in conflict.readings} == {"points", "factor"}


def test_a_region_that_differs_from_the_nation_is_a_local_rule() -> None:
    [conflict] = found(
        away(mechanism=Mechanism.NONE, standing=SECONDARY),
        away(
            region_code=NATION,
            mechanism=Mechanism.PERCENTAGE_POINTS,
            value_bp=1000,
            kind=Kind.GUIDANCE,
        ),
    )

    assert conflict.kind is ConflictKind.LOCAL
    assert conflict.region_code == CITY
    assert conflict.standing is SECONDARY


def test_a_region_that_repeats_the_nation_does_not_differ() -> None:
    assert found(filing(required=True), filing(region_code=NATION, required=True)) == []


def test_rules_of_different_insurance_types_do_not_meet() -> None:
    conflicts = found(
        filing(required=True, insurance=InsuranceType.EMPLOYEE),
        filing(required=False, insurance=InsuranceType.RESIDENT, region_code=NATION),
    )

    assert conflicts == []


def test_a_disputed_row_alone_is_on_the_board() -> None:
    [conflict] = found(a_row(PaymentBand, region_code=CITY, ratio_bp=3000, standing=DISPUTED))

    assert conflict.kind is ConflictKind.SINGLE


def test_a_range_where_a_value_is_wanted_is_on_the_board() -> None:
    [conflict] = found(
        a_row(
            PaymentBand,
            region_code=CITY,
            ratio_bp=9000,
            ratio_high_bp=9500,
            kind=Kind.BOUND,
            standing=SECONDARY,
        )
    )

    assert conflict.kind is ConflictKind.RANGE


def test_bands_whose_limits_are_not_known_stand_side_by_side() -> None:
    rows = [
        a_row(
            SecondLayerBand,
            region_code=CITY,
            layer=Layer.CRITICAL_ILLNESS,
            limits_known=False,
            ratio_bp=ratio,
        )
        for ratio in (6000, 7000)
    ]

    assert found(*rows) == []


def test_the_order_of_rows_does_not_matter() -> None:
    rows = (
        filing(id="a", required=True),
        filing(id="b", required=False, standing=DISPUTED),
        filing(id="c", validity_months=6, region_code=NATION),
        filing(id="d", validity_months=12),
    )

    def board(*rows: Provision) -> set[tuple[str, str, frozenset[str]]]:
        return {
            (each.key, each.kind, frozenset(side.provision.id for side in each.readings))
            for each in found(*rows)
        }

    assert board(*rows) == board(*reversed(rows))
