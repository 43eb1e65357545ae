"""The terms of a day: inheritance, periods, standings, and how few queries they take."""

from collections.abc import Callable
from datetime import date

import pytest

from tests.factories.policies import make_draft, make_revision, publish
from yibao.accounts.models import User
from yibao.core import stamps
from yibao.policies import queries
from yibao.regions.queries import UnknownRegion
from yibao.rules.policy import FilingRule, PaymentBand
from yibao.rules.terms import InsuranceType, SelfPayPart, Standing
from yibao.sources.models import Clause
from yibao.sources.operations import STAMP

RESIDENT = InsuranceType.RESIDENT
DAY = date(2026, 12, 1)


def test_terms_hold_pool_province_and_nation_nearest_first(author: User, checker: User) -> None:
    for region, required in (("370600", False), ("370000", True), ("000000", True)):
        publish(
            make_draft("filing_rule", required=required), by=author, other=checker, region=region
        )
    publish(make_draft("filing_rule", required=True), by=author, other=checker, region="360100")

    terms = queries.get_terms("370602", RESIDENT, DAY)

    assert (terms.region_code, terms.region_name) == ("370600", "烟台市")
    assert [[row.region_code for row in level] for level in terms.levels] == [
        ["370600"],
        ["370000"],
        ["000000"],
    ]
    assert [level[0].required for level in terms.of(FilingRule)] == [False, True, True]
    assert "12393" in terms.whom_to_ask


def test_terms_hold_the_branch_and_what_is_for_both(author: User, checker: User) -> None:
    for insurance, ratio in (("resident", 6000), ("employee", 8000), ("", 7000)):
        publish(
            make_draft("payment_band", ratio_bp=ratio),
            by=author,
            other=checker,
            insurance=insurance,
        )

    found = queries.get_terms("370600", RESIDENT, DAY).of(PaymentBand)[0]

    assert {(row.insurance, row.ratio_bp) for row in found} == {(RESIDENT, 6000), (None, 7000)}


@pytest.mark.parametrize(
    ("on", "ratios"),
    [
        (date(2025, 12, 31), []),
        (date(2026, 1, 1), [8500]),
        (date(2026, 12, 31), [8500]),
        (date(2027, 1, 1), [9000]),
    ],
)
def test_terms_hold_what_is_in_force_on_the_day(
    author: User, checker: User, on: date, ratios: list[int]
) -> None:
    publish(
        make_draft("payment_band", ratio_bp=8500, effective_to=date(2027, 1, 1)),
        make_draft("payment_band", ratio_bp=9000, effective_from=date(2027, 1, 1)),
        by=author,
        other=checker,
    )

    terms = queries.get_terms("370600", RESIDENT, on)

    assert [row.ratio_bp for row in terms.of(PaymentBand)[0]] == ratios
    assert terms.known_from == date(2026, 1, 1)


def test_a_region_that_states_nothing_has_no_first_day(author: User, checker: User) -> None:
    publish(make_draft("filing_rule", required=True), by=author, other=checker, region="000000")

    assert queries.get_terms("370600", RESIDENT, DAY).known_from is None


@pytest.mark.parametrize(
    ("standing", "operator", "held"),
    [
        (Standing.OFFICIAL, "烟台市医保局", True),
        (Standing.DISPUTED, "烟台市医保局", True),
        (Standing.UNVERIFIED, "", True),
        (Standing.UNVERIFIED, "烟台市医保局", False),
        (Standing.SUPERSEDED, "", False),
        (Standing.REJECTED, "", False),
    ],
)
def test_standing_decides_who_sees_a_row(
    author: User, checker: User, settings: object, standing: Standing, operator: str, held: bool
) -> None:
    settings.OPERATOR = operator  # type: ignore[attr-defined]
    publish(make_draft("payment_band", ratio_bp=8500, standing=standing), by=author, other=checker)

    assert bool(queries.get_terms("370600", RESIDENT, DAY).levels[0]) is held


def test_drafts_are_not_in_force(author: User) -> None:
    make_revision(make_draft("payment_band", ratio_bp=8500), by=author)

    assert queries.get_terms("370600", RESIDENT, DAY).levels[0] == ()


def test_a_row_keeps_its_citation(author: User, checker: User) -> None:
    publish(
        make_draft("payment_band", ratio_bp=8500, quote="三级医院支付85%"),
        by=author,
        other=checker,
    )

    (row,) = queries.get_terms("370600", RESIDENT, DAY).levels[0]

    assert row.citation.title == "关于测试的通知"
    assert (row.citation.article, row.citation.quote) == ("第一条", "三级医院支付85%")
    assert row.citation.effective_from == row.period.start


def test_not_stated_differs_from_stated_to_be_empty(author: User, checker: User) -> None:
    publish(
        make_draft("account_rule", usable_away=True),
        make_draft("account_rule", may_pay=frozenset()),
        by=author,
        other=checker,
    )
    publish(
        make_draft("account_rule", may_pay=frozenset({SelfPayPart.OVER_LIMIT})),
        by=author,
        other=checker,
        insurance="employee",
    )

    silent, empty = queries.get_terms("370600", RESIDENT, DAY).levels[0]
    (named,) = queries.get_terms("370600", InsuranceType.EMPLOYEE, DAY).levels[0]

    assert silent.may_pay is None  # type: ignore[attr-defined]
    assert empty.may_pay == frozenset()  # type: ignore[attr-defined]
    assert named.may_pay == {SelfPayPart.OVER_LIMIT}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("today", "stale"),
    [(date(2027, 11, 23), False), (date(2027, 11, 24), True), (None, False)],
)
def test_a_check_that_is_too_old_makes_the_citation_stale(
    author: User, checker: User, today: date | None, stale: bool
) -> None:
    publish(make_draft("payment_band", ratio_bp=8500), by=author, other=checker)

    (row,) = queries.get_terms("370600", RESIDENT, DAY, today=today).levels[0]

    assert row.citation.stale is stale


def test_an_edit_of_a_source_reaches_the_citations(author: User, checker: User) -> None:
    publish(make_draft("payment_band", ratio_bp=8500), by=author, other=checker)
    queries.get_terms("370600", RESIDENT, DAY)
    Clause.objects.update(article="第二条")
    stamps.bump(STAMP)

    (row,) = queries.get_terms("370600", RESIDENT, DAY).levels[0]

    assert row.citation.article == "第二条"


def test_an_unknown_region_is_refused(places: None) -> None:
    with pytest.raises(UnknownRegion):
        queries.get_terms("999999", RESIDENT, DAY)


def test_a_request_checks_freshness_with_one_query(
    author: User,
    checker: User,
    django_assert_num_queries: Callable[..., object],
) -> None:
    publish(make_draft("payment_band", ratio_bp=8500), by=author, other=checker)
    first = queries.get_terms("370600", RESIDENT, DAY)

    stamps._begin()
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        again = queries.get_terms("370602", RESIDENT, DAY)
        queries.get_terms("360100", RESIDENT, DAY)
        queries.changes_ahead("370600", DAY)
        queries.list_levels("370600", DAY)
    stamps._end()

    assert again is first


def test_tells_what_changes_ahead(author: User, checker: User) -> None:
    publish(
        make_draft("payment_band", ratio_bp=8500, effective_to=date(2027, 1, 1)),
        make_draft("payment_band", ratio_bp=9000, effective_from=date(2027, 1, 1)),
        make_draft("filing_rule", required=True, effective_to=date(2026, 12, 1)),
        by=author,
        other=checker,
    )

    (change,) = queries.changes_ahead("370600", DAY)

    assert change.on == date(2027, 1, 1)
    assert [row.ratio_bp for row in change.begins] == [9000]  # type: ignore[attr-defined]
    assert [row.ratio_bp for row in change.ends] == [8500]  # type: ignore[attr-defined]


def test_lists_levels_and_own_rules_of_both_branches(author: User, checker: User) -> None:
    publish(make_draft("filing_rule", required=True), by=author, other=checker, region="000000")
    for insurance in ("resident", "employee"):
        publish(
            make_draft("payment_band", ratio_bp=8500),
            by=author,
            other=checker,
            insurance=insurance,
        )

    levels = queries.list_levels("370600", DAY)

    assert [(level.region_code, len(level.provisions)) for level in levels] == [
        ("370600", 2),
        ("370000", 0),
        ("000000", 1),
    ]
    assert len(queries.provisions_in_force("370600", DAY)) == 2
    assert len(queries.provisions_in_force("370600", DAY, insurance=RESIDENT)) == 1
    assert queries.list_regions_with_policies() == ("000000", "370600")
    assert len(queries.list_published()) == 3
    assert len(queries.list_published("000000")) == 1
