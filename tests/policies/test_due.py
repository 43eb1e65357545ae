"""What was approved for a moment is in force from that moment on, without any timer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from tests.factories.policies import make_draft, make_revision, publish, submit
from yibao.accounts.models import User
from yibao.policies import due, operations
from yibao.policies.models import PaymentBand, Revision, RevisionStatus
from yibao.rules.terms import CareType

REGION = "/regions/370600/"


@pytest.fixture
def moment() -> datetime:
    return timezone.now() + timedelta(hours=1)


@pytest.fixture
def scheduled(author: User, checker: User, moment: datetime) -> Revision:
    """65 % in force, 70 % from today on, approved for `moment`."""
    care = frozenset({CareType.INPATIENT})
    publish(
        make_draft("payment_band", ratio_bp=6500, level="tertiary", care_types=care),
        by=author,
        other=checker,
    )
    draft = make_revision(
        make_draft(
            "payment_band",
            ratio_bp=7000,
            level="tertiary",
            care_types=care,
            effective_from=timezone.localdate(),
        ),
        by=author,
    )
    now = timezone.now()
    Revision.objects.filter(pk=draft.pk).update(seen_at=now)
    submit(draft, by=author, at=now)
    return operations.schedule_revision(revision=draft, by=checker, at=now, moment=moment)


def at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_the_first_reader_after_the_moment_sees_the_new_figure(
    client: Client, scheduled: Revision, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "65%" in client.get(REGION).text
    at(moment - timedelta(seconds=1), monkeypatch)
    assert "65%" in client.get(REGION).text

    at(moment, monkeypatch)
    page = client.get(REGION).text

    assert "70%" in page
    scheduled.refresh_from_db()
    assert (scheduled.status, scheduled.published_at) == (RevisionStatus.PUBLISHED, moment)


def test_a_reader_before_the_moment_pays_nothing(
    client: Client, scheduled: Revision, django_assert_num_queries: Any
) -> None:
    client.get(REGION)

    with django_assert_num_queries(1):
        client.get(REGION, {"on": "2026-12-02"})


def test_what_was_returned_meanwhile_is_not_published(
    client: Client,
    scheduled: Revision,
    checker: User,
    moment: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client.get(REGION)
    operations.return_revision(revision=scheduled, by=checker, at=moment, reason="再看看")

    at(moment, monkeypatch)
    assert "65%" in client.get(REGION).text
    with pytest.raises(operations.NotOpen):
        operations._publish_scheduled(scheduled, by=checker, at=moment)


def test_two_processes_that_find_it_due_publish_it_once(
    scheduled: Revision, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_scheduled = operations._publish_scheduled

    def while_another_was_faster(revision: Revision, **arguments: Any) -> Revision:
        publish_scheduled(revision, **arguments)
        return publish_scheduled(revision, **arguments)

    monkeypatch.setattr(operations, "_publish_scheduled", while_another_was_faster)
    report = operations.publish_due(at=moment)

    assert report.refused == ()
    assert PaymentBand.objects.filter(effective_to=None).count() == 1
    assert not scheduled.comments.exists()


def test_readers_are_served_while_the_database_refuses(
    client: Client, scheduled: Revision, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def refuse(**arguments: Any) -> None:
        tries.append(arguments)
        raise OperationalError("database is locked")

    monkeypatch.setattr(due, "publish_due", refuse)
    at(moment, monkeypatch)

    assert "65%" in client.get(REGION).text
    assert "65%" in client.get(REGION).text
    assert len(tries) == 1
