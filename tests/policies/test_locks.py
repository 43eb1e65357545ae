"""Raw SQL against what was published: the database refuses, whoever asks."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from tests.architecture.access_rows import fill
from tests.factories.policies import AT, make_draft, make_revision, publish
from yibao.accounts.models import User
from yibao.policies.models import (
    MODEL_OF,
    PROVISION_MODELS,
    Ending,
    PaymentBand,
    Provision,
    Revision,
    RevisionStatus,
)
from yibao.policies.operations import publish_revision, withdraw_revision

DEMANDED = {
    "deductible": {"amount_fen": 1},
    "payment_cap": {"amount_fen": 1},
    "second_layer": {"layer": "critical_illness"},
    "second_layer_band": {"layer": "critical_illness"},
    "medical_aid": {"aid_groups": ("none",)},
}
LOCKED = "published policy is locked"


def run(sql: str, values: Sequence[object] = ()) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def refused(sql: str, values: Sequence[object] = ()) -> bool:
    """Tell whether the lock stood in the way; anything else that fails is an error."""
    try:
        run(sql, values)
    except IntegrityError as error:
        return LOCKED in str(error)
    return False


@pytest.fixture
def draft(author: User) -> Revision:
    return make_revision(make_draft("payment_band", ratio_bp=6500), by=author)


@pytest.fixture
def published(draft: Revision, checker: User) -> Revision:
    return publish_revision(revision=draft, by=checker, at=AT)


def make_row(table: str, revision: Revision) -> Provision:
    return fill(MODEL_OF[table], "370600", revision=revision, **DEMANDED.get(table, {}))


@pytest.mark.parametrize("model", PROVISION_MODELS, ids=lambda model: model._meta.model_name)
def test_no_column_of_a_published_row_changes(
    author: User, checker: User, model: type[Provision]
) -> None:
    revision = make_revision(by=author)
    row = make_row(model.terms_type.table, revision)
    table = model._meta.db_table
    free = [column for column in _columns(model) if not refused(_touch(table, column, row.pk))]
    assert set(free) == set(_columns(model))  # a draft is free
    Revision.objects.filter(pk=revision.pk).update(
        status=RevisionStatus.PUBLISHED, publisher=checker, published_at=AT
    )

    kept = [column for column in _columns(model) if refused(_touch(table, column, row.pk))]

    assert set(kept) == set(_columns(model))
    assert refused(f"DELETE FROM {table} WHERE id = {row.pk}")  # noqa: S608
    row.pk = None
    with pytest.raises(IntegrityError, match=LOCKED), transaction.atomic():
        model._default_manager.bulk_create([row])


def _columns(model: type[models.Model]) -> list[str]:
    return [field.column for field in model._meta.concrete_fields]


def _touch(table: str, column: str, pk: int) -> str:
    return f'UPDATE {table} SET "{column}" = "{column}" WHERE id = {pk}'  # noqa: S608 - names of ours


@pytest.mark.parametrize("column", [field.column for field in Revision._meta.concrete_fields])
def test_no_column_of_a_published_revision_changes(published: Revision, column: str) -> None:
    assert refused(_touch("policies_revision", column, published.pk))


def test_a_published_revision_is_not_deleted(published: Revision) -> None:
    assert refused("DELETE FROM policies_revision WHERE id = %s", [published.pk])


def test_a_withdrawn_revision_stays_withdrawn_and_may_be_purged(author: User) -> None:
    revision = make_revision(make_draft("payment_band", ratio_bp=6500), by=author)
    withdraw_revision(revision=revision, by=author, at=AT, reason="重复")
    back = "UPDATE policies_revision SET status = 'draft' WHERE id = %s"

    assert refused(back, [revision.pk])
    assert run("DELETE FROM policies_paymentband WHERE revision_id = %s", [revision.pk]) == 1
    assert run("DELETE FROM policies_revision WHERE id = %s", [revision.pk]) == 1


def test_a_draft_may_be_purged(draft: Revision) -> None:
    assert run("DELETE FROM policies_paymentband WHERE revision_id = %s", [draft.pk]) == 1
    assert run("DELETE FROM policies_revision WHERE id = %s", [draft.pk]) == 1


def test_nothing_moves_into_a_published_revision(published: Revision, author: User) -> None:
    other = make_revision(make_draft("payment_band", ratio_bp=100), by=author, insurance="employee")

    assert refused(
        "UPDATE policies_paymentband SET revision_id = %s WHERE revision_id = %s",
        [published.pk, other.pk],
    )


END = "UPDATE policies_paymentband SET effective_to = %s, ended_by_id = %s"


def test_a_row_is_ended_only_by_an_open_revision_and_only_earlier(
    published: Revision, author: User, checker: User
) -> None:
    done = publish(
        make_draft("payment_band", ratio_bp=100), by=author, other=checker, insurance="employee"
    )
    opened = make_revision(by=author)
    day = date(2027, 1, 1)
    only = " WHERE revision_id = %s"

    assert refused(END + only, [day, None, published.pk])
    assert refused(END + only, [day, done.pk, published.pk])
    assert refused(END + ", ratio_bp = 1" + only, [day, opened.pk, published.pk])
    assert run(END + only, [day, opened.pk, published.pk]) == 1
    assert refused(END + only, [date(2027, 6, 1), opened.pk, published.pk])
    assert refused(END + only, [None, None, published.pk])
    second = make_revision(by=author)
    assert refused(END + only, [day, second.pk, published.pk])  # who ended it stays written
    assert run(END + only, [date(2026, 6, 1), second.pk, published.pk]) == 1


def test_a_row_is_taken_back_once_and_for_good(published: Revision, author: User) -> None:
    opened = make_revision(by=author)
    take = "UPDATE policies_paymentband SET withdrawn_by_id = %s WHERE revision_id = %s"

    assert refused(take, [published.pk, published.pk])
    assert run(take, [opened.pk, published.pk]) == 1
    assert refused(take, [None, published.pk])
    assert refused(END + " WHERE revision_id = %s", [date(2027, 1, 1), opened.pk, published.pk])


def test_endings_are_locked_with_their_revision(
    published: Revision, author: User, checker: User
) -> None:
    row = PaymentBand.objects.get()
    second = make_revision(by=author)
    Ending.objects.create(
        revision=second, table="payment_band", provision_id=row.pk, ends_on=date(2027, 1, 1)
    )
    publish_revision(revision=second, by=checker, at=AT)

    assert PaymentBand.objects.get().ended_by_id == second.pk
    assert refused("UPDATE policies_ending SET ends_on = NULL")
    assert refused("DELETE FROM policies_ending")
    insert = (
        """INSERT INTO policies_ending (revision_id, "table", provision_id) VALUES (%s, 'x', 1)"""
    )
    assert refused(insert, [second.pk])


def test_no_table_is_emptied_at_a_stroke(published: Revision) -> None:
    names: list[Any] = [Revision, Ending, *PROVISION_MODELS]
    if connection.vendor != "postgresql":
        return  # SQLite has no such statement

    run("SET CONSTRAINTS ALL IMMEDIATE")
    for model in names:
        assert refused(f"TRUNCATE {model._meta.db_table} CASCADE")
