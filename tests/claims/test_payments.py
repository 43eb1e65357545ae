"""Money: ordered, paid, failed, taken back; every row stays, every fen reconciles."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests.factories import claims as make
from yibao.cases.operations.cases import Changed, NotPossible
from yibao.cases.vocabulary import State
from yibao.claims.models import AccumulatorEntry, Claim, Decision, PaymentEntry
from yibao.claims.operations import objections, payments, review
from yibao.claims.payment_words import payment_words
from yibao.claims.queries.money import balance_of, open_orders, reconcile
from yibao.claims.vocabulary import Answer, EntryKind, Failure, LineClass, PaymentKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def cashier() -> Any:
    return make.an_officer("cashier")


def state_of(claim: Claim) -> str:
    claim.case.refresh_from_db()
    return claim.case.state


def order(claim: Claim, by: Any) -> PaymentEntry:
    entry = payments.order_payment(claim.pk, version=make.version_of(claim), by=by, at=make.LATER)
    assert entry is not None
    return entry


def fail(entry: PaymentEntry, by: Any) -> PaymentEntry:
    return payments.mark_failed(
        entry.pk,
        failure=Failure.NAME_MISMATCH,
        note="退票",
        on=make.TODAY,
        by=by,
        at=make.LATER,
    )


def test_a_decision_is_ordered_and_paid(cashier):
    decision = make.decided()
    claim = decision.claim
    entry = order(claim, cashier)
    assert (entry.amount_fen, state_of(claim)) == (decision.fund_fen, State.PAYMENT_ORDERED)
    assert [row.pk for row in open_orders([make.REGION])] == [entry.pk]
    assert open_orders(["370600"]) == ()

    payments.mark_paid(entry.pk, on=make.TODAY, by=cashier, at=make.LATER)

    assert state_of(claim) == State.PAID
    assert "2026年11月23日" in payment_words(claim)
    assert open_orders(None) == ()
    totals, wrong = reconcile()
    assert (totals.paid_fen, wrong) == (decision.fund_fen, ())
    with pytest.raises(payments.NothingDue):
        order(claim, cashier)


def test_a_payment_is_marked_once(cashier):
    entry = order(make.decided().claim, cashier)
    payments.mark_paid(entry.pk, on=make.TODAY, by=cashier, at=make.LATER)

    with pytest.raises(payments.AlreadyNoted) as raised:
        payments.mark_paid(entry.pk, on=make.TODAY, by=cashier, at=make.LATER)

    assert raised.value.as_what == PaymentKind.PAID
    assert entry.entries.count() == 1


def test_a_failed_payment_says_what_to_do_and_is_ordered_anew(cashier):
    decision = make.decided()
    claim = decision.claim
    fail(order(claim, cashier), cashier)
    assert state_of(claim) == State.PAYMENT_FAILED
    assert "户名" in payment_words(claim)
    payments.change_account(
        claim.pk,
        bank_name="另一银行",
        bank_account="6217000000000001",
        account_holder="测试甲",
        at=make.LATER,
    )
    claim.case.person.refresh_from_db()
    assert claim.case.person.read().bank_name == "另一银行"

    again = order(claim, cashier)
    payments.mark_paid(again.pk, on=make.TODAY, by=cashier, at=make.LATER)

    assert state_of(claim) == State.PAID
    assert reconcile()[1] == ()
    assert PaymentEntry.objects.count() == 4


def test_money_that_comes_back_after_it_was_paid_is_a_new_row(cashier):
    claim = make.decided().claim
    entry = order(claim, cashier)
    payments.mark_paid(entry.pk, on=make.TODAY, by=cashier, at=make.LATER)

    fail(entry, cashier)

    assert state_of(claim) == State.PAYMENT_FAILED
    kinds = list(entry.entries.order_by("pk").values_list("kind", flat=True))
    assert kinds == [PaymentKind.PAID, PaymentKind.FAILED]
    assert balance_of(claim.decisions.get(), claim.payments.all()).due_fen == entry.amount_fen
    with pytest.raises(payments.AlreadyNoted):
        fail(entry, cashier)
    with pytest.raises(payments.AlreadyNoted):
        payments.reverse_order(entry.pk, note="x", by=cashier, at=make.LATER)


def test_an_order_is_taken_back_for_a_reason(cashier):
    claim = make.decided().claim
    entry = order(claim, cashier)
    with pytest.raises(ValueError, match="reason"):
        payments.reverse_order(entry.pk, note=" ", by=cashier, at=make.LATER)

    payments.reverse_order(entry.pk, note="金额有误", by=cashier, at=make.LATER)

    assert state_of(claim) == State.DECIDED
    assert order(claim, cashier).amount_fen == entry.amount_fen


def test_nothing_is_ordered_for_a_denied_claim(cashier):
    claim, officer = make.submit(), make.an_officer()
    make.read(claim, officer)
    make.decide(claim, officer, denies=True, reason_code="duplicate")

    with pytest.raises(payments.NothingDue):
        order(claim, cashier)


def test_an_order_from_a_stale_page_or_a_wrong_state_is_refused(cashier):
    claim = make.submit()
    with pytest.raises(payments.NothingDue):
        order(claim, cashier)
    claim = make.decided(discharged_on=make.TODAY).claim
    with pytest.raises(Changed):
        payments.order_payment(claim.pk, version=1, by=cashier, at=make.LATER)
    with pytest.raises(NotPossible):
        payments.change_account(
            claim.pk, bank_name="", bank_account="", account_holder="", at=make.LATER
        )


def correct(claim: Claim, position: int, **answer: Any) -> Decision:
    """Object, and let another officer decide with one line read otherwise."""
    other = make.an_officer("wang")
    objections.file_objection(claim.pk, text="请复查", at=make.LATER)
    review.take_claim(claim.pk, by=other, at=make.LATER)
    line = review.LineAnswer(position=position, line_class=LineClass.A, **answer)
    review.answer_lines(claim.pk, [line], version=make.version_of(claim), by=other, at=make.LATER)
    found = make.decide(claim, other)
    assert isinstance(found, Decision)
    return found


def test_a_correction_after_payment_orders_the_difference(cashier):
    first = make.decided()
    claim = first.claim
    payments.mark_paid(order(claim, cashier).pk, on=make.TODAY, by=cashier, at=make.LATER)

    second = correct(claim, 2, answer=Answer.APPROVED)  # the B part counts as A now
    difference = second.fund_fen - first.fund_fen
    assert difference > 0
    entry = order(claim, cashier)
    assert entry.amount_fen == difference
    payments.mark_paid(entry.pk, on=make.TODAY, by=cashier, at=make.LATER)

    assert state_of(claim) == State.PAID
    assert reconcile()[1] == ()


def test_a_correction_downwards_asks_the_money_back(cashier):
    first = make.decided()
    claim = first.claim
    payments.mark_paid(order(claim, cashier).pk, on=make.TODAY, by=cashier, at=make.LATER)

    second = correct(claim, 1, answer=Answer.DENIED, reason_code="unrelated")

    assert "退回" in payment_words(Claim.objects.get(pk=claim.pk))
    entry = order(claim, cashier)
    assert entry.amount_fen == second.fund_fen - first.fund_fen < 0


def test_a_second_look_that_changes_nothing_leaves_the_claim_paid(cashier):
    first = make.decided()
    claim = first.claim
    payments.mark_paid(order(claim, cashier).pk, on=make.TODAY, by=cashier, at=make.LATER)
    second = correct(claim, 1, answer=Answer.APPROVED)
    assert second.fund_fen == first.fund_fen
    assert state_of(claim) == State.DECIDED

    none = payments.order_payment(
        claim.pk, version=make.version_of(claim), by=cashier, at=make.LATER
    )

    assert none is None
    assert state_of(claim) == State.PAID
    assert reconcile()[1] == ()


def test_the_bank_may_answer_while_the_claim_is_looked_at_again(cashier):
    claim = make.decided().claim
    entry = order(claim, cashier)
    objections.file_objection(claim.pk, text="请复查", at=make.LATER)

    payments.mark_paid(entry.pk, on=make.TODAY, by=cashier, at=make.LATER)

    assert state_of(claim) == State.UNDER_REVIEW
    assert reconcile()[1] == ()


def test_payments_are_locked_in_the_database(cashier):
    claim = make.decided().claim
    entry = payments.order_payment(
        claim.pk, version=make.version_of(claim), by=cashier, at=timezone.now()
    )
    assert entry is not None
    for statement in (
        "UPDATE claims_paymententry SET amount_fen = 1",
        "DELETE FROM claims_paymententry",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(TypeError):
        entry.save()


def test_what_is_older_than_any_retention_may_be_purged():
    claim = make.decided().claim
    old = timezone.now() - timedelta(days=3 * 366)
    AccumulatorEntry.objects.create(
        account=AccumulatorEntry.objects.get().account,
        kind=EntryKind.ELSEWHERE,
        care_type=claim.care_type,
        on=make.TODAY,
        source="窗口",
        by=make.an_officer(),
        at=old,
    )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM claims_accumulatorentry WHERE source = %s", ["窗口"])
        assert cursor.rowcount == 1


def test_reconcile_prints_totals_and_finds_a_missing_fen(cashier):
    decision = make.decided()
    out = StringIO()
    call_command("reconcile", stdout=out)
    assert out.getvalue().startswith("1 claims: decided ")

    AccumulatorEntry.objects.create(
        account=AccumulatorEntry.objects.get().account,
        kind=EntryKind.UNDONE,
        decision=decision,
        care_type=decision.claim.care_type,
        on=make.TODAY,
        pooled_fen=-1,
        by=cashier,
        at=make.LATER,
    )
    err = StringIO()
    with pytest.raises(CommandError, match="1 differences"):
        call_command("reconcile", stdout=out, stderr=err)
    assert "year" in err.getvalue()
