"""Writers at the same time get places one after the other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from yibao.accounts.models import User
from yibao.accounts.operations import count_attempt
from yibao.audit.models import Event
from yibao.audit.operations import record
from yibao.audit.verification import verify

AT = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
THREADS, EACH = 6, 5


@pytest.mark.django_db(transaction=True)
def test_events_of_many_writers_make_one_chain() -> None:
    officer = User.objects.create_user("officer")

    def write(writer: int) -> None:
        for number in range(EACH):
            with transaction.atomic():
                record(event="x.y", by=officer, at=AT, object_type="x", object_key=f"{writer}")
                if number == 2:
                    transaction.set_rollback(True)
        connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(THREADS)))

    kept = THREADS * (EACH - 1)
    places = Event.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(places) == list(range(1, kept + 1))
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_no_more_than_the_limit_pass() -> None:
    def guess(_number: int) -> bool:
        allowed = count_attempt(account="li", address="203.0.113.9", at=AT)
        connection.close()
        return allowed

    with ThreadPoolExecutor(THREADS) as pool:
        allowed = list(pool.map(guess, range(20)))

    assert sum(allowed) == 5
