"""A canary person goes the whole way; no store, log, address, list or error page names them."""

import base64
import logging
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from tests.factories.cases import SUBMITTED_AT, a_person
from tests.factories.filings import a_filing
from tests.factories.staff import make_staff
from yibao.accounts.models import User
from yibao.cases.models import Case
from yibao.cases.operations import desk
from yibao.cases.operations.drafts import save_step, start_draft
from yibao.cases.operations.messages import queue_message
from yibao.cases.vocabulary import Kind
from yibao.filings.models import Commitment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]

CANARY = a_person(
    name="金丝雀某",
    id_number="44030020000101073X",
    phone="13912345678",
    address="金丝雀路七十七号",
    email="canary-77@example.org",
    notify="sms",
    bank_name="金丝雀银行",
    bank_account="6222020200000000077",
    account_holder="金丝雀某",
)


def spellings(secret: str) -> set[str]:
    """Six ways in which a secret could lie about."""
    raw = secret.encode()
    return {
        secret,
        secret[::-1],
        raw.hex(),
        base64.b64encode(raw).decode().rstrip("="),
        sha256(raw).hexdigest(),
        secret.encode("unicode_escape").decode(),
    }


SECRETS = {
    spelling
    for secret in (
        CANARY.name, CANARY.id_number, CANARY.id_number[-6:], CANARY.phone, CANARY.address,
        CANARY.email, CANARY.bank_account,
    )
    for spelling in spellings(secret)
}  # fmt: skip


def hits(text: str) -> set[str]:
    return {secret for secret in SECRETS if secret in text}


def raw_tables() -> Iterator[tuple[str, str]]:
    """Every table as the database gives it back."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            yield table, str(cursor.fetchall())


@pytest.fixture
def officer() -> User:
    return make_staff("wang", "filing_reviewer", regions=["370600"], name="王某")


@pytest.fixture
def case() -> Case:
    filing = a_filing(person=CANARY)
    letter = Commitment(filing=filing, text_version="1", text="承诺", signed_at=SUBMITTED_AT)
    letter.sign(CANARY.name)
    letter.save()
    draft = start_draft(kind=Kind.FILING, at=SUBMITTED_AT).draft
    save_step(draft.pk, "person", {"name": CANARY.name}, at=SUBMITTED_AT)
    queue_message(filing.case, template="submitted", at=SUBMITTED_AT)
    return filing.case


def test_the_canary_is_found_where_it_is_written_in_clear(case):
    """The net has no holes: the same search finds what stands in the open."""
    Case.objects.filter(pk=case.pk).update(submission_key=CANARY.phone)

    assert any(hits(content) for _table, content in raw_tables())


def test_no_table_holds_the_canary_after_the_whole_way(case, officer):
    walk(case, officer)

    assert {table: found for table, content in raw_tables() if (found := hits(content))} == {}


def walk(case: Case, officer: User) -> list[Any]:
    """Look the case up, review it, reveal it, ask for papers; return every response."""
    public, staff = Client(), Client()
    staff.force_login(officer)
    data = {"reference": case.shown_reference, "id_last6": CANARY.id_number[-6:]}
    wrong = {**data, "reference": "YB-2222-2222-2222"}
    change = reverse("admin:filings_filing_change", args=[case.pk])
    seen = [
        public.post("/status/", wrong),
        public.post("/status/", data),
        public.get("/status/case/"),
        public.get("/status/data/"),
        staff.get(reverse("admin:filings_filing_queue")),
        staff.get(reverse("admin:filings_filing_changelist")),
        staff.get(reverse("admin:cases_message_changelist")),
        staff.get(change),
    ]
    desk.take_case(case.pk, by=officer, at=SUBMITTED_AT)
    item: desk.AskedPaper = {"material": "identity", "why": "照片看不清。"}
    desk.ask_for_papers(
        case.pk, items=[item], note="", due_on=None, version=2, by=officer, at=SUBMITTED_AT
    )
    seen += [public.get("/status/case/"), staff.get(change)]
    staff.post(reverse("admin:filings_filing_reveal", args=[case.pk]), {"why": "compare"})
    return seen


def test_no_page_of_the_way_shows_the_canary(case, officer):
    for response in walk(case, officer):
        text = response.content.decode()
        # What was typed stays in its own field when nothing was found.
        if response.status_code == 404:
            text = text.replace(f'value="{CANARY.id_number[-6:]}"', "")
        assert hits(text) == set(), response.request["PATH_INFO"]
        assert hits(response.request["PATH_INFO"] + response.request["QUERY_STRING"]) == set()
        assert hits(str(response.headers)) == set()


def test_neither_log_nor_cache_keeps_the_canary(case, officer, caplog):
    with caplog.at_level(logging.DEBUG):
        walk(case, officer)

    # Statements with their values are logged for DEBUG sites alone, which hold nobody's data.
    said = [record for record in caplog.records if record.name != "django.db.backends"]
    assert hits("\n".join(record.getMessage() for record in said)) == set()
    assert hits(str(getattr(cache, "_cache", {}))) == set()


@override_settings(DEBUG_PROPAGATE_EXCEPTIONS=False)
def test_an_error_says_nothing_of_what_was_typed(case, monkeypatch, caplog):
    def broken(**_given: Any) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("yibao.lookups.views.look_up", broken)
    client = Client(raise_request_exception=False)

    data = {"reference": case.shown_reference, "id_last6": CANARY.id_number[-6:]}
    response = client.post("/status/", data)

    assert response.status_code == 500
    assert hits(response.content.decode()) == set()
    assert hits(caplog.text) == set()
    assert not re.search(re.escape(case.reference), caplog.text)
