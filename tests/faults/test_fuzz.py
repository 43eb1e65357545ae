"""Whatever is asked of whatever address: an answer, nothing unescaped, nothing written.

`make drills` asks more often: FUZZ=1000000.
"""

import os
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.faults.addresses import MARK, hostile_query, public_paths

pytestmark = pytest.mark.django_db
ROUNDS = int(os.environ.get("FUZZ", "1500"))
SEED = 20261123
READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "WITH", "SET ", "EXPLAIN")
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TRIGGER": "answers"}


@pytest.fixture
def visitor(shipped):
    return Client(raise_request_exception=False)


def _asked(visitor: Client, address: str, **headers: str) -> str:
    """Ask once and return what is wrong with the answer, "" when nothing is."""
    with CaptureQueriesContext(connection) as captured:
        answer = visitor.get(address, **headers)
        body = b"".join(answer) if answer.streaming else answer.content
    if answer.status_code >= 500 and not address.startswith("/readyz"):
        return f"{answer.status_code}"
    if MARK.encode() in body:
        return "reflected"
    writes = [
        row["sql"] for row in captured if not row["sql"].lstrip(" (").upper().startswith(READS)
    ]
    return f"wrote: {writes[0][:80]}" if writes else ""


def test_every_public_address_is_asked():
    paths = list(public_paths())

    assert {"/", "/check/", "/regions/370600/history/", "/filings/new/", "/search/"} <= set(paths)
    assert not [path for path in paths if "//" in path]
    assert len(paths) > 60


def test_no_address_breaks_without_a_question(visitor):
    wrong = {path: found for path in public_paths() if (found := _asked(visitor, path))}

    assert wrong == {}


def test_no_question_breaks_an_address(visitor):
    chance = Random(SEED)  # noqa: S311 - the same questions on every run
    paths = list(public_paths())
    wrong = {}
    for _round in range(ROUNDS):
        address = f"{chance.choice(paths)}?{hostile_query(chance)}"
        if found := _asked(visitor, address, **(HTMX if chance.random() < 0.3 else {})):
            wrong[address] = found
    assert wrong == {}


def test_no_form_breaks_when_posted(visitor):
    chance = Random(SEED + 1)  # noqa: S311 - the same questions on every run
    paths = list(public_paths())
    wrong = []
    for _round in range(ROUNDS // 3):
        path = chance.choice(paths)
        answer = visitor.post(
            path, hostile_query(chance), content_type="application/x-www-form-urlencoded"
        )
        if answer.status_code >= 500 or MARK.encode() in answer.content:
            wrong.append((path, answer.status_code))
    assert wrong == []
