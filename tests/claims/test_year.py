"""What was settled elsewhere: read by one officer, looked at by another, never changed."""

from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tests.claims.test_desk import a_colleague, said
from tests.factories import claims as make
from tests.factories.cases import ID_NUMBER
from yibao.audit.models import Event
from yibao.cases.operations.cases import Changed
from yibao.cases.operations.desk import NotHeld
from yibao.claims.models import (
    AccumulatorEntry,
    Claim,
    DecisionDraft,
    YearAccount,
    YearAddition,
)
from yibao.claims.operations import year_additions as year
from yibao.claims.operations.deciding import Answered, NotReady, OwnDraft
from yibao.claims.operations.forgetting import remove_claim
from yibao.claims.operations.year_additions import Elsewhere, OtherYear, UndoneAlready
from yibao.claims.queries import assessment
from yibao.claims.queries.cross_year import CrossYear
from yibao.rules.terms import CareType, CrossYearMode

pytestmark = pytest.mark.django_db

TYPED = {
    "on": "2026-03-05",
    "care_type": "inpatient",
    "stays": "1",
    "pooled_fen": "12,345.67",
    "deductible_fen": "800",
    "in_scope_fen": "20000",
    "source": "2026-03-05 某医院结算单第 2 页",
}


def found(**changes: Any) -> Elsewhere:
    facts: dict[str, Any] = {
        "on": date(2026, 3, 5),
        "care_type": CareType.INPATIENT,
        "amounts": {"pooled_fen": 1_234_567, "deductible_fen": 80_000, "stays": 1},
        "source": "结算单第 2 页",
    }
    return Elsewhere(**{**facts, **changes})


@pytest.fixture
def claim() -> Claim:
    """A claim that officer li has read; nothing but the decision is left."""
    claim = make.submit()
    make.read(claim, make.an_officer())
    return claim


def propose(claim: Claim, **changes: Any) -> YearAddition:
    return year.propose_addition(
        claim.pk,
        found(**changes),
        version=make.version_of(claim),
        by=make.an_officer(),
        at=make.LATER,
    )


def confirm(addition: YearAddition, by: str = "wang") -> AccumulatorEntry:
    return year.confirm_addition(
        addition.pk,
        version=make.version_of(addition.claim),
        by=make.an_officer(by),
        at=make.LATER,
    )


def used(claim: Claim) -> tuple[int, int, int | None]:
    assessment = make.assessed(claim)
    totals = assessment.used.totals
    return totals.fund_paid_fen, totals.deductible_paid_fen, assessment.used.admission


def test_amounts_count_once_a_colleague_looked_and_hold_the_claim_until_then(claim):
    addition = propose(claim)
    assert used(claim) == (0, 0, 1)
    assert make.assessed(claim).held == ("year",)
    with pytest.raises(NotReady):
        make.decide(claim, make.an_officer())

    entry = confirm(addition)

    assert used(claim) == (1_234_567, 80_000, 2)
    assert (entry.by.username, entry.source) == ("li", "结算单第 2 页")
    addition.refresh_from_db()
    assert (addition.entry, addition.answered_by.username) == (entry, "wang")
    assert make.decide(claim, make.an_officer()).input["facts"]["admission"] == 2
    events = list(Event.objects.filter(event__startswith="claims.year").order_by("sequence"))
    assert [(event.event, event.actor) for event in events] == [
        ("claims.year_asked", "li"),
        ("claims.year_added", "wang"),
    ]
    assert events[1].after["pooled_fen"] == 1_234_567


def test_nobody_confirms_their_own_and_nothing_counts_twice(claim):
    addition = propose(claim)
    with pytest.raises(OwnDraft):
        confirm(addition, by="li")
    confirm(addition)
    with pytest.raises(Answered):
        confirm(addition)
    assert AccumulatorEntry.objects.count() == 1


def test_what_is_returned_never_counts(claim):
    addition = propose(claim)
    values: dict[str, Any] = {"by": make.an_officer("wang"), "at": make.LATER}
    with pytest.raises(ValueError, match="without a reason"):
        year.return_addition(addition.pk, note=" ", version=make.version_of(claim), **values)

    year.return_addition(addition.pk, note="日期不对", version=make.version_of(claim), **values)

    assert used(claim) == (0, 0, 1)
    assert make.assessed(claim).held == ()


def test_a_wrong_entry_is_taken_back_by_a_row_and_the_right_one_added(claim):
    entry = confirm(propose(claim))
    values: dict[str, Any] = {"why": "看错了一位数", "by": make.an_officer(), "at": make.LATER}
    undoing = year.propose_undoing(claim.pk, entry.pk, version=make.version_of(claim), **values)
    with pytest.raises(UndoneAlready):
        year.propose_undoing(claim.pk, entry.pk, version=make.version_of(claim), **values)
    assert used(claim)[0] == 1_234_567

    confirm(undoing)
    confirm(propose(claim, amounts={"pooled_fen": 123_456, "stays": 1}))

    assert used(claim) == (123_456, 0, 2)
    assert AccumulatorEntry.objects.count() == 3
    assert AccumulatorEntry.objects.get(pk=entry.pk).pooled_fen == 1_234_567


def test_an_entry_of_somebody_else_is_not_taken_back(claim):
    other = make.submit(id_number="999999197001010017")
    make.read(other, make.an_officer())
    entry = confirm(propose(other))

    with pytest.raises(LookupError):
        year.propose_undoing(
            claim.pk,
            entry.pk,
            why="错",
            version=make.version_of(claim),
            by=make.an_officer(),
            at=make.LATER,
        )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"source": " "}, ValueError),
        ({"amounts": {"pooled_fen": 0}}, ValueError),
        ({"on": date(2025, 12, 31)}, OtherYear),
    ],
)
def test_what_cannot_be_checked_is_not_taken(claim, changes, error):
    with pytest.raises(error):
        propose(claim, **changes)
    assert not YearAddition.objects.exists()


def test_only_who_holds_the_case_as_it_is_adds(claim):
    with pytest.raises(Changed):
        year.propose_addition(claim.pk, found(), version=1, by=make.an_officer(), at=make.LATER)
    free = make.submit()
    with pytest.raises(NotHeld):
        propose(free)


def test_what_was_added_goes_with_the_case_once_it_is_old(claim):
    long_ago = datetime(2020, 3, 5, tzinfo=UTC)
    addition = propose(claim)
    wang, version = make.an_officer("wang"), make.version_of(claim)
    entry = year.confirm_addition(addition.pk, version=version, by=wang, at=long_ago)
    year.propose_undoing(
        claim.pk,
        entry.pk,
        why="错",
        version=make.version_of(claim),
        by=make.an_officer(),
        at=long_ago,
    )

    remove_claim(claim.case)

    for model in (Claim, YearAddition, AccumulatorEntry, YearAccount):
        assert not model.objects.exists()


# --- pages ---------------------------------------------------------------------------------------


@pytest.fixture
def officers() -> tuple[Client, Client]:
    call_command("create_roles", stdout=StringIO())
    return a_colleague("li", "报销审核员")[1], a_colleague("wang", "复核员")[1]


def page(name: str, *arguments: Any) -> str:
    return reverse(f"admin:claims_claim_{name}", args=arguments)


def test_typed_by_one_looked_at_by_the_other(officers, claim):
    li, wang = officers
    empty = li.get(page("year", claim.pk)).content.decode()
    assert "还没有记录" in empty
    assert f'value="{claim.on.isoformat()}"' in empty
    assert page("year", claim.pk) in li.get(page("change", claim.pk)).content.decode()

    typed = {**TYPED, "version": make.version_of(claim)}
    told = li.post(page("year", claim.pk), typed, follow=True)
    assert "等另一位同事核对" in said(told)
    assert 'data-addition="open"' in told.content.decode()
    assert "还有其他结算的年度金额" in li.get(page("change", claim.pk)).content.decode()
    assert page("year", claim.pk) in wang.get(page("drafts")).content.decode()

    addition = YearAddition.objects.get()
    answer = page("year_answer", claim.pk, addition.pk)
    version = {"version": make.version_of(claim)}
    assert answer not in told.content.decode()
    assert li.post(answer, version).status_code == 403
    assert answer in wang.get(page("year", claim.pk)).content.decode()
    assert "请写明原因" in said(wang.post(answer, {**version, "return": "yes"}, follow=True))
    assert "已核对" in said(wang.post(answer, version, follow=True))

    shown = li.get(page("year", claim.pk)).content.decode()
    for words in ("12,345.67", "800.00", "某医院结算单第 2 页", "wang某", "提出冲回"):
        assert words in shown
    assert ID_NUMBER not in shown
    assert "统筹基金 12,345.67 元" in li.get(page("change", claim.pk)).content.decode()

    entry = AccumulatorEntry.objects.get()
    undo = {"entry": entry.pk, "version": make.version_of(claim)}
    assert "写明原因" in said(li.post(page("year_undo", claim.pk), undo, follow=True))
    told = li.post(page("year_undo", claim.pk), {**undo, "why": "看错行"}, follow=True)
    assert "核对后冲回" in said(told)
    assert "提出冲回" not in told.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"on": "2025-03-05"}, "只看 2026 年的累计"),
        ({"on": "2026-12-31"}, "不能晚于今天"),
        ({"source": ""}, "请写明依据"),
        ({"pooled_fen": "", "deductible_fen": "", "stays": "0", "in_scope_fen": ""}, "至少填一项"),
        ({"pooled_fen": "20000.01"}, "不会比符合政策范围的金额多"),
        ({"pooled_fen": "很多"}, 'class="errorlist" id="id_pooled_fen_error"'),
        ({"stays": "2"}, "1"),
    ],
)
def test_what_was_mistyped_is_said_beside_and_kept(officers, claim, changes, words, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *a: make.TODAY)
    li, _wang = officers

    answer = li.post(page("year", claim.pk), {**TYPED, "version": "1", **changes})

    assert answer.status_code == 422
    text = answer.content.decode()
    assert words in text.partition('id="add"')[2]
    if "source" not in changes:
        assert "某医院结算单第 2 页" in text
    assert not YearAddition.objects.exists()


# --- a stay over New Year ------------------------------------------------------------------------


def over_new_year(**changes: Any) -> Claim:
    days = {"admitted_on": date(2025, 12, 20), "discharged_on": date(2026, 1, 5)}
    claim = make.submit(**{**days, **changes})
    make.read(claim, make.an_officer())
    return claim


def test_what_nobody_rules_is_said_and_not_cut(officers):
    claim = over_new_year()
    assert make.assessed(claim).cross_year.mode is None

    page_ = officers[0].get(page("change", claim.pk)).content.decode()

    said_ = page_.partition('id="cross-year"')[2].partition("</div>")[0]
    assert "2026、2025" in said_
    assert "没有查到南昌市怎样结算跨年住院的规定" in said_
    assert "起付线" in said_
    assert "12393" in said_
    year.propose_addition(
        claim.pk,
        found(on=date(2025, 3, 5)),
        version=make.version_of(claim),
        by=make.an_officer(),
        at=make.LATER,
    )


def test_where_either_way_is_allowed_the_clause_is_named(officers):
    claim = make.submit(
        insured_code="320500",
        care_code="310000",
        admitted_on=date(2025, 12, 20),
        discharged_on=date(2026, 1, 5),
    )
    found_ = make.assessed(claim).cross_year

    assert found_.mode is CrossYearMode.EITHER
    assert [cited.article for cited in found_.citations] == ["第四十四条"]


def test_a_rule_that_wants_it_cut_keeps_the_engines_one_sum_from_being_decided(monkeypatch):
    claim = over_new_year()
    cut = CrossYear((2026, 2025), CrossYearMode.SPLIT_BY_DAYS, ())
    monkeypatch.setattr(assessment, "cross_year_of", lambda claim, terms: cut)

    assert make.assessed(claim).held == ("cut",)
    with pytest.raises(NotReady):
        make.decide(claim, make.an_officer())
    draft = make.decide(
        claim, make.an_officer(), funds={"pooled_fund": 100_00}, override_reason="分年算好"
    )
    assert isinstance(draft, DecisionDraft)


def test_care_within_a_year_has_nothing_to_cut(claim):
    assert make.assessed(claim).cross_year is None
