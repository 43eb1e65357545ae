"""What the desk finds suspicious in a draft."""

from datetime import date
from typing import Any

import pytest

from tests.factories.policies import make_draft, make_revision, publish
from yibao.accounts.models import User
from yibao.policies.desk.checks import Finding, FindingKind, findings_of
from yibao.policies.desk.ground import ground_of
from yibao.policies.models import PaymentBand
from yibao.policies.rows import rows_in
from yibao.policies.schema import Draft

NEXT_YEAR = date(2027, 1, 1)
TODAY = date(2026, 11, 23)


def row(table: str, **stated: Any) -> Draft:
    stated.setdefault("quote", "原句")
    stated.setdefault("effective_from", NEXT_YEAR)
    if table in ("payment_band", "deductible", "payment_cap"):
        stated.setdefault("care_types", frozenset({"inpatient"}))
    return make_draft(table, **stated)


def found(by: User, *drafts: Draft) -> tuple[Finding, ...]:
    revision = make_revision(*drafts, by=by, starts_on=NEXT_YEAR)
    return findings_of(ground_of(revision, rows_in(revision), TODAY))


def kinds(by: User, *drafts: Draft) -> set[FindingKind]:
    return {finding.kind for finding in found(by, *drafts)}


@pytest.mark.parametrize(
    ("kind", "drafts"),
    [
        (
            FindingKind.OVERLAP,
            (row("payment_band", ratio_bp=6500), row("payment_band", ratio_bp=7000)),
        ),
        (
            FindingKind.LEVELS,
            (
                row("payment_band", ratio_bp=9000, level="tertiary"),
                row("payment_band", ratio_bp=7000, level="secondary"),
            ),
        ),
        (
            FindingKind.LEVELS,
            (
                row("deductible", amount_fen=20_000, level="tertiary"),
                row("deductible", amount_fen=50_000, level="primary"),
            ),
        ),
        (
            FindingKind.BANDS,
            (
                row("payment_band", ratio_bp=9000, from_fen=0, to_fen=1_000_000),
                row("payment_band", ratio_bp=8000, from_fen=1_000_000),
            ),
        ),
        (
            FindingKind.GAP,
            (
                row("payment_band", ratio_bp=8000, from_fen=0, to_fen=1_000_000),
                row("payment_band", ratio_bp=9000, from_fen=1_100_000),
            ),
        ),
        (FindingKind.QUOTE, (row("payment_band", ratio_bp=8000, quote=""),)),
        (FindingKind.FIGURE, (row("payment_band", ratio_bp=8000, quote="三级医院85%"),)),
        (FindingKind.FIGURE, (row("payment_band", ratio_bp=8000, quote="百分之八十五"),)),
        (FindingKind.FIGURE, (row("deductible", amount_fen=80_000, quote="起付线一千二百元"),)),
        (FindingKind.FIGURE, (row("payment_cap", amount_fen=8_000_000, quote="封顶1.8万元"),)),
        (FindingKind.UNIT, (row("deductible", amount_fen=800),)),
        (FindingKind.UNIT, (row("payment_cap", amount_fen=2_000),)),
        (
            FindingKind.CAP,
            (row("payment_cap", amount_fen=150_000), row("deductible", amount_fen=200_000)),
        ),
    ],
)
def test_it_is_found(author: User, kind: FindingKind, drafts: tuple[Draft, ...]) -> None:
    assert kind in kinds(author, *drafts)


def test_sound_rows_raise_nothing(author: User) -> None:
    assert (
        kinds(
            author,
            row("payment_band", ratio_bp=6500, level="tertiary"),
            row("payment_band", ratio_bp=8500, level="primary"),
            row("deductible", amount_fen=80_000, level="tertiary"),
            row("deductible", amount_fen=20_000, level="primary"),
            row("payment_cap", amount_fen=15_000_000),
        )
        == set()
    )


@pytest.mark.parametrize(
    "sound",
    [
        row("payment_band", ratio_bp=8500, quote="三级医院百分之八十五"),
        row("payment_band", ratio_bp=8500, quote="个人负担15%"),
        row("payment_band", ratio_bp=8500, quote="在职80%，退休人员提高5个百分点"),
        row("payment_band", ratio_bp=9000, quote="退休人员相应提高5个百分点"),
        row("payment_band", ratio_bp=6500, quote="按60-65％支付"),
        row("payment_band", ratio_bp=6500, quote="起付线800元以上的部分，由统筹基金支付"),
        row("deductible", amount_fen=60_000, quote="起付线600至1,200元，支付60%"),
        row("deductible", factor_bp=5000, quote="第二次住院减半"),
        row("payment_cap", amount_fen=15_000_000, quote="年度最高支付限额15万"),
    ],
    ids=lambda draft: draft.quote,
)
def test_a_figure_that_its_quote_founds_is_not_suspected(author: User, sound: Draft) -> None:
    assert FindingKind.FIGURE not in kinds(author, sound)


def test_what_the_quote_states_instead_is_said(author: User) -> None:
    (finding,) = found(author, row("payment_band", ratio_bp=8000, quote="三级85%，二级90%"))

    assert "原句里没有 80%" in finding.text
    assert "85%、90%" in finding.text


def in_force(author: User, checker: User, *drafts: Draft, **kwargs: Any) -> None:
    publish(*drafts, by=author, other=checker, **kwargs)


def test_a_jump_and_an_untouched_copy_are_told_from_a_small_change(
    author: User, checker: User
) -> None:
    begins = date(2026, 1, 1)
    in_force(author, checker, row("payment_band", ratio_bp=6500, effective_from=begins))

    assert kinds(author, row("payment_band", ratio_bp=8500)) == {FindingKind.JUMP}
    assert kinds(author, row("payment_band", ratio_bp=7000)) == set()
    assert kinds(author, row("payment_band", ratio_bp=6500)) == {FindingKind.SAME}


def test_a_block_copied_from_another_region_is_noticed(author: User, checker: User) -> None:
    levels = (("tertiary", 6500), ("secondary", 7500), ("primary", 8500))
    block = [row("payment_band", level=level, ratio_bp=ratio) for level, ratio in levels]
    in_force(author, checker, *block, region="360100")

    (finding,) = found(author, *block)

    assert finding.kind is FindingKind.COPY
    assert "南昌市" in finding.text
    assert kinds(author, *block[:2]) == set()


def test_what_differs_from_the_nation_is_said(author: User, checker: User) -> None:
    in_force(
        author,
        checker,
        row("claim_rule", handling_working_days=30),
        region="000000",
        insurance="",
    )

    (finding,) = found(author, row("claim_rule", handling_working_days=20))

    assert finding.kind is FindingKind.CONFLICT
    assert "30" in finding.text
    assert "20" in finding.text


def test_an_end_without_a_successor_is_a_gap(author: User, checker: User) -> None:
    in_force(author, checker, row("payment_band", ratio_bp=6500, effective_from=date(2026, 1, 1)))
    revision = make_revision(by=author, starts_on=NEXT_YEAR)
    old = PaymentBand.objects.get()
    revision.endings.create(table="payment_band", provision_id=old.pk, ends_on=NEXT_YEAR)

    (finding,) = findings_of(ground_of(revision, rows_in(revision), TODAY))

    assert finding.kind is FindingKind.GAP
