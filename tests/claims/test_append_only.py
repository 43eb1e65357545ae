"""What was decided stays: rows are only added, and a correction undoes what it replaces."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from tests.factories import claims as make
from yibao.claims.models import AccumulatorEntry, Decision
from yibao.claims.operations import objections, review
from yibao.claims.queries.money import reconcile
from yibao.claims.vocabulary import Answer, LineClass

pytestmark = pytest.mark.django_db


def test_decisions_lines_payments_and_totals_are_locked_in_the_database():
    decision = make.decided(make.an_officer(), at=timezone.now() - timedelta(hours=3))
    tables = {
        "claims_decision": "note = 'x'",
        "claims_linedecision": "note = 'x'",
        "claims_accumulatorentry": "pooled_fen = 0",
    }

    for table, change in tables.items():
        for statement in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}"):  # noqa: S608
            with (
                pytest.raises(IntegrityError),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
    with pytest.raises(TypeError):
        decision.save()
    with pytest.raises(TypeError):
        decision.delete()


def test_a_correction_is_a_new_decision_and_undoes_the_old_ones_use():
    officer, other = make.an_officer(), make.an_officer("wang")
    first = make.decided(officer)
    claim = first.claim
    objections.file_objection(claim.pk, text="少算了一项", at=make.LATER)
    review.take_claim(claim.pk, by=other, at=make.LATER)
    denied = review.LineAnswer(
        position=1, answer=Answer.DENIED, line_class=LineClass.A, reason_code="unrelated"
    )
    review.answer_lines(claim.pk, [denied], version=make.version_of(claim), by=other, at=make.LATER)

    second = make.decide(claim, other)

    assert isinstance(second, Decision)
    assert (second.number, second.corrects) == (2, first)
    assert second.input["facts"]["accumulated"]["fund_paid_fen"] == 0
    assert second.input["facts"]["admission"] == 1
    pooled = sum(AccumulatorEntry.objects.values_list("pooled_fen", flat=True))
    assert pooled == second.figures["pooled_fund"] == 0
    assert reconcile()[1] == ()
    assert Decision.objects.get(pk=first.pk).figures == first.figures
