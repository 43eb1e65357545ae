"""Provisions in words: every table and every field has its sentence."""

from dataclasses import fields
from datetime import date

import pytest

from tests.data.shipped import shipped_provisions
from tests.factories.regions import shipped_memory
from tests.rules.builders import a_row
from yibao.policies.presentation import FigureKind, FigureValue, describe
from yibao.policies.presentation.lines import lines_of
from yibao.policies.presentation.markup import lines_html
from yibao.policies.presentation.tables import TABLES
from yibao.rules.policy import (
    PROVISION_TYPES,
    AccountRule,
    AwayAdjustment,
    ClaimRule,
    Deductible,
    EnrolmentRule,
    FilingRule,
    PaymentBand,
    Provision,
    Remark,
    SecondLayer,
)
from yibao.rules.terms import (
    LONG_TERM_CATEGORIES,
    CareType,
    CrossYearMode,
    FirstPayOrder,
    Group,
    Layer,
    Level,
    Mechanism,
    PharmacyMode,
    SecondLayerMode,
)

ENUMERATED = {
    "mode": SecondLayerMode.THRESHOLD,
    "pharmacy_mode": PharmacyMode.ACCOUNT_ONLY,
    "cross_year_mode": CrossYearMode.SINGLE,
    "target_level": "either",
    "base_excludes": frozenset(),
    "may_pay": frozenset(),
}


def said(row: Provision) -> str:
    return "；".join(line.text for line in describe(row).lines)


def test_every_table_has_a_name_and_a_writer() -> None:
    assert set(TABLES) == {table.table for table in PROVISION_TYPES}
    for table in PROVISION_TYPES:
        assert lines_of.dispatch(table) is not lines_of.dispatch(object)


ALL = [row for rows in shipped_provisions().values() for row in rows]


def test_every_shipped_row_says_something() -> None:
    silent = [row.id for row in ALL if not said(row).strip()]

    assert silent == []


def test_no_slug_reaches_a_sentence() -> None:
    """Words that people read hold no identifier of ours."""
    classes = shipped_memory().classes
    for row in ALL:
        names = {each.slug: each.local_name for each in classes.get(row.region_code, ())}
        described = describe(row, names)
        words = " ".join((*described.qualifiers, *(line.text for line in described.lines)))
        assert "_" not in words, (row.id, words)


STATED_ALONE = [
    (table, name)
    for table in (FilingRule, SecondLayer, ClaimRule, AccountRule)
    for name in [
        column.name for column in fields(table) if column.default is None or column.default == ""
    ]
    if name not in {"scope", "note", "validity_is_floor", "situation_text", "total_to_fen"}
]


def sample(table: type[Provision], name: str) -> object:
    """Return some value that a field may state."""
    if name in ENUMERATED:
        return ENUMERATED[name]
    annotation = str(next(column.type for column in fields(table) if column.name == name))
    if "bool" in annotation:
        return True
    return "某事" if annotation == "str" else 6


@pytest.mark.parametrize(("table", "name"), STATED_ALONE)
def test_a_field_stated_alone_is_said(table: type[Provision], name: str) -> None:
    required = {"layer": Layer.CRITICAL_ILLNESS} if table is SecondLayer else {}

    assert said(a_row(table, **required, **{name: sample(table, name)}))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            a_row(PaymentBand, from_fen=3_000_000, to_fen=4_000_000, ratio_bp=9000),
            "30,000 元 至 40,000 元的部分，基金支付 90%",
        ),
        (a_row(PaymentBand, ratio_bp=9000, ratio_high_bp=9500), "基金支付 90% 至 95%"),
        (a_row(Deductible, amount_fen=80_050), "起付标准 800.50 元，每次住院"),
        (a_row(Deductible, factor_bp=8000, nth_from=2, nth_to=2), "起付标准为首次的 80%"),
        (
            a_row(AwayAdjustment, mechanism=Mechanism.PERCENTAGE_POINTS, value_bp=1000),
            "支付比例降低 10 个百分点",
        ),
        (
            a_row(AwayAdjustment, mechanism=Mechanism.FACTOR, value_bp=8000),
            "支付比例为参保地的 80%",
        ),
        (
            a_row(
                AwayAdjustment,
                mechanism=Mechanism.FIRST_PAY,
                value_bp=1000,
                order=FirstPayOrder.BEFORE_DEDUCTIBLE,
            ),
            "政策范围内费用先由个人自付 10%（扣起付线之前），其余按参保地规定支付",
        ),
        (a_row(FilingRule, change_lock_months=0), "凭证明材料备案的，可以随时变更或取消"),
        (a_row(FilingRule, validity_months=6, validity_is_floor=True), "有效期不少于 6 个月"),
        (a_row(EnrolmentRule, status="waiting", fixed_months=3), "固定待遇等待期 3 个月"),
        (a_row(Remark, topic="t", text="某规定", reason="无栏可放"), "某规定"),
    ],
)
def test_sentences_read_as_people_say_it(row: Provision, words: str) -> None:
    assert words in said(row)


def test_qualifiers_say_for_whom() -> None:
    row = a_row(
        Deductible,
        amount_fen=60_000,
        care_types=frozenset({CareType.INPATIENT}),
        groups=frozenset({Group.RETIRED, Group.ACTIVE}),
        level=Level.TERTIARY,
        age_from=45,
        nth_from=3,
    )

    assert describe(row).qualifiers == (
        "住院",
        "在职职工、退休人员",
        "45 岁及以上",
        "三级医疗机构",
        "年内第 3 次及以后",
    )


def test_the_three_long_term_categories_have_one_name() -> None:
    row = a_row(FilingRule, categories=LONG_TERM_CATEGORIES, required=True)

    assert len(describe(row).qualifiers) == 1
    assert "三类" in describe(row).qualifiers[0]


def test_local_classes_and_diseases_are_named() -> None:
    row = a_row(PaymentBand, ratio_bp=9000, institution_class="community", disease="M01600")

    assert describe(row, {"community": "社区卫生服务中心", "M01600": "糖尿病"}).qualifiers == (
        "社区卫生服务中心",
        "糖尿病",
    )


@pytest.mark.parametrize(
    ("figure", "machine", "text"),
    [
        (FigureValue("f", FigureKind.YUAN, 123_456), "1234.56", "1,234.56 元"),
        (FigureValue("f", FigureKind.RATIO, 6750), "0.6750", "67.5%"),
        (FigureValue("f", FigureKind.POINTS, 500), "0.0500", "5 个百分点"),
        (FigureValue("f", FigureKind.COUNT, 6), "6", "6"),
        (FigureValue("f", FigureKind.DATE, date(2025, 3, 1)), "2025-03-01", "2025年3月1日"),
    ],
)
def test_figures_for_machines_and_people(figure: FigureValue, machine: str, text: str) -> None:
    assert (figure.machine, figure.text) == (machine, text)


def test_markup_escapes_what_comes_from_data() -> None:
    row = a_row(Remark, topic="t", text="<script>alert(1)</script>", reason="&")

    html = lines_html(describe(row).lines, 'c"1')

    assert "<script>" not in html
    assert "&lt;script&gt;" in html
