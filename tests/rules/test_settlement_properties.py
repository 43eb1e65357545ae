"""What the estimate must keep for every region, case and bill (style.md, tests)."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.rules.strategies import settled_cases
from yibao.rules.decision import Figures, Settlement, SettlementOutcome
from yibao.rules.facts import Bill, CaseFacts
from yibao.rules.money import BasisPoints, Fen
from yibao.rules.policy import (
    AwayAdjustment,
    Deductible,
    PaymentBand,
    PaymentCap,
    Provision,
    Terms,
)
from yibao.rules.settlement import broken_identities, settle
from yibao.rules.terms import CapBasis, Layer

type Case = tuple[Bill, CaseFacts, Terms]

# Lines that only repeat the bill or add others up; all the rest rests on a provision.
SUMS = {
    "total",
    "off_catalog",
    "over_limit",
    "upfront_self_pay",
    "in_scope",
    "fund_total",
    "personal_total",
    "personal_account",
    "cash",
}
SUMMED = {"away_self_pay", "band", "layer_band"}


def sheets(settlement: Settlement) -> Iterator[tuple[Figures, dict[str, int]]]:
    """Every computed sheet of an answer with the sums of its steps by code."""
    answers = [settlement, *(reading for _, reading in settlement.readings)]
    for answer in answers:
        if answer.figures is not None:
            totals: dict[str, int] = {}
            for step in answer.steps:
                totals[step.code] = totals.get(step.code, 0) + step.amount_fen
            yield answer.figures, totals


def with_rows(terms: Terms, rows: tuple[Provision, ...]) -> Terms:
    return replace(terms, levels=(rows,))


def each_row(terms: Terms, table: type[Any], **changes: Any) -> Terms:
    """The terms with a change made to every row of a table (a value or a function of it)."""
    rows = []
    for row in terms.levels[0]:
        if type(row) is table:
            made = {
                name: change(getattr(row, name)) if callable(change) else change
                for name, change in changes.items()
                if getattr(row, name) is not None
            }
            rows.append(replace(row, **made))
        else:
            rows.append(row)
    return with_rows(terms, tuple(rows))


@given(settled_cases())
def test_sums_to_the_fen(case: Case) -> None:
    for figures, totals in sheets(settle(*case)):
        assert broken_identities(figures) == ()
        for name in Figures._fields:
            if name in totals:
                assert totals[name] == getattr(figures, name), name
        if "band" in totals and figures.pooled_fund:
            assert totals["band"] >= figures.pooled_fund


@given(settled_cases())
def test_keeps_every_line_between_zero_and_what_remained(case: Case) -> None:
    bill, facts, terms = case

    for figures, totals in sheets(settle(*case)):
        assert all(amount >= 0 for amount in totals.values())
        assert figures.away_self_pay + figures.deductible <= bill.in_scope_fen
        assert figures.fund_total <= bill.in_scope_fen
        assert 0 <= figures.personal_account <= (facts.account_balance_fen or 0)
        for cap in terms.of(PaymentCap)[0]:
            if cap.amount_fen is not None and cap.basis is CapBasis.FUND_PAID:
                assert figures.pooled_fund <= cap.amount_fen
            if cap.layer is Layer.ALL and cap.share_bp is not None:
                # One rounding to the fen.
                assert figures.fund_total * 20_000 <= bill.total_fen * cap.share_bp * 2 + 10_000


@given(settled_cases(), st.integers(0, 10_000))
def test_never_pays_less_at_a_higher_ratio(case: Case, points: int) -> None:
    bill, facts, terms = case
    raised = each_row(terms, PaymentBand, ratio_bp=lambda bp: BasisPoints(min(bp + points, 10_000)))

    before, after = settle(*case), settle(bill, facts, raised)

    assert least_pooled(before) <= least_pooled(after) + bands(terms)


@given(settled_cases(), st.integers(0, 500_000))
def test_never_pays_less_at_a_lower_deductible(case: Case, amount: int) -> None:
    bill, facts, terms = case
    lowered = each_row(terms, Deductible, amount_fen=lambda fen: Fen(max(fen - amount, 0)))

    before, after = settle(*case), settle(bill, facts, lowered)

    assert least_pooled(before) <= least_pooled(after) + bands(terms)


@given(settled_cases(), st.integers(0, 20_000_000))
def test_never_pays_less_under_a_higher_cap(case: Case, amount: int) -> None:
    bill, facts, terms = case
    raised = each_row(terms, PaymentCap, amount_fen=lambda fen: Fen(fen + amount))

    before, after = settle(*case), settle(bill, facts, raised)

    shared = any(cap.share_bp is not None for cap in terms.of(PaymentCap)[0])
    assume(not shared)
    assert least_pooled(before) <= least_pooled(after) + bands(terms)


@given(settled_cases(), st.integers(0, 10_000_000))
def test_never_pays_less_for_a_bigger_bill(case: Case, more: int) -> None:
    bill, facts, terms = case
    bigger = replace(bill, total_fen=Fen(bill.total_fen + more))

    before, after = settle(*case), settle(bigger, facts, terms)

    # The second layer of the bigger bill may be left out where its flag begins to matter.
    assume(least(before).critical_illness is None or least(after).critical_illness is not None)
    assert least(before).fund_total <= least(after).fund_total + 2 * bands(terms) + 6


@given(settled_cases(), st.data())
def test_gives_no_number_without_a_rule_that_it_needs(case: Case, data: st.DataObject) -> None:
    bill, facts, terms = case
    whole = settle(*case)
    assume(not any(note.code == "refused" for note in whole.notes))
    needed: list[type[Provision]] = [Deductible, PaymentBand]
    if facts.situation is not None:
        needed.append(AwayAdjustment)
    table = data.draw(st.sampled_from(needed))
    replaced = {
        step_code
        for row in terms.of(AwayAdjustment)[0]
        if facts.situation in row.situations
        for step_code in (row.mechanism,)
    }
    assume(not (table is Deductible and replaced & {"own_table", "deductible_amount"}))
    assume(not (table is PaymentBand and replaced & {"own_table", "replaced_ratio"}))

    without = settle(
        bill,
        facts,
        with_rows(terms, tuple(row for row in terms.levels[0] if type(row) is not table)),
    )

    assert without.outcome is SettlementOutcome.UNKNOWN
    assert without.figures is None
    assert table.table in [gap.what for gap in without.gaps]
    assert all(gap.whom_to_ask for gap in without.gaps)


@given(settled_cases(), st.randoms(use_true_random=False))
def test_does_not_depend_on_the_order_of_entry(case: Case, random: Any) -> None:
    bill, facts, terms = case
    rows = list(terms.levels[0])
    random.shuffle(rows)

    shuffled = settle(bill, facts, with_rows(terms, tuple(rows)))

    straight = settle(*case)
    assert (shuffled.outcome, shuffled.figures, shuffled.low, shuffled.high) == (
        straight.outcome,
        straight.figures,
        straight.low,
        straight.high,
    )


AMOUNTS = ("amount_fen", "from_fen", "to_fen", "threshold_fen", "cap_fen")


@given(settled_cases())
def test_rounds_at_most_half_a_fen_per_step(case: Case) -> None:
    bill, facts, terms = case
    scaled_rows = tuple(
        replace(
            row,
            **{
                name: Fen(getattr(row, name) * 100)
                for name in AMOUNTS
                if getattr(row, name, None) is not None
            },
        )
        for row in terms.levels[0]
    )
    scaled = settle(
        scale(bill),
        replace(facts, accumulated=scale(facts.accumulated)),
        with_rows(terms, scaled_rows),
    )
    plain = settle(*case)
    assume(plain.low is None and scaled.low is None)
    if plain.figures is None or scaled.figures is None:
        assert plain.outcome is scaled.outcome is SettlementOutcome.UNKNOWN
        return

    roundings = sum(step.code not in SUMS for step in plain.steps) + 4
    assume((plain.figures.critical_illness is None) == (scaled.figures.critical_illness is None))
    difference = abs(scaled.figures.fund_total - plain.figures.fund_total * 100)
    assert difference <= 100 * roundings


@given(settled_cases())
def test_cites_a_rule_in_force_for_every_figure(case: Case) -> None:
    _, facts, _ = case
    settlement = settle(*case)

    for answer in (settlement, *(reading for _, reading in settlement.readings)):
        for step in answer.steps:
            if step.code not in SUMS and step.amount_fen:
                assert step.citations, step.code
            for citation in step.citations:
                assert citation.effective_from <= facts.on
                assert citation.effective_to is None or facts.on < citation.effective_to


def scale[T: Bill | Any](record: T) -> T:
    amounts = {
        column.name: Fen(getattr(record, column.name) * 100)
        for column in fields(record)
        if getattr(record, column.name) is not None
    }
    return replace(record, **amounts)


def least(settlement: Settlement) -> Figures:
    """The answer's lower end."""
    figures = settlement.figures or settlement.low
    assert figures is not None
    return figures


def least_pooled(settlement: Settlement) -> int:
    """What the pooled fund pays at least. Another reading may have the least of all funds."""
    return min(figures.pooled_fund for figures, _ in sheets(settlement))


def bands(terms: Terms) -> int:
    """How many fen the rounding per band may move a sum."""
    return len(terms.of(PaymentBand)[0])
