"""Looking up a case: what is shown, and that a miss tells nothing."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories.cases import ID_NUMBER, SUBMITTED_AT, a_person
from tests.factories.filings import a_filing
from yibao.accounts.models import User
from yibao.audit.models import Event
from yibao.cases.models import Case
from yibao.cases.operations import desk, lookup
from yibao.cases.operations.cases import move_case
from yibao.cases.references import ALPHABET, new_reference, shown
from yibao.cases.right_models import LookupCount
from yibao.cases.status_words import STATES
from yibao.cases.vocabulary import TRANSITIONS, Kind, State

LAST6 = ID_NUMBER[-6:]
LATER = SUBMITTED_AT + timedelta(hours=1)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]


@pytest.fixture
def case(db) -> Case:
    return a_filing().case


def ask(client: Client, reference: str, id_last6: str = LAST6, **extra: Any) -> Any:
    data = {"reference": reference, "id_last6": id_last6}
    return client.post(reverse("lookups:status"), data, **extra)


def test_the_form_asks_for_both(client):
    response = client.get("/status/")

    assert response.status_code == 200
    text = response.content.decode()
    assert 'name="reference"' in text
    assert 'name="id_last6"' in text
    empty = ask(client, "", "")
    assert empty.status_code == 422
    assert "请填写编号" in empty.content.decode()


@pytest.mark.parametrize("write", [str, str.lower, lambda text: text.replace("-", " ")])
def test_a_case_is_shown_masked_with_its_timeline(client, case, write):
    response = ask(client, write(case.shown_reference), LAST6.lower())

    text = response.content.decode()
    assert response.status_code == 200
    assert '<section id="status" data-kind="filing" data-state="submitted"' in text
    assert re.search(r'<li data-event="submitted"><time datetime="2026-11-23T', text)
    assert "等待审核" in text
    for secret in (ID_NUMBER, LAST6, "测试甲", "13900000000"):
        assert secret not in text


def test_the_page_is_nobody_elses(client, case):
    response = ask(client, case.shown_reference)

    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Robots-Tag"] == "noindex"
    assert case.reference not in response.request["PATH_INFO"]
    assert "编号" not in response.headers.get("Location", "")


def misses(case: Case) -> dict[str, tuple[str, str]]:
    """Every way to miss; the last case's data were erased."""
    erased = a_filing().case
    person = erased.person
    person.sealed = person.id_lookup = ""
    person.erased_at = LATER
    person.save()
    sign = ALPHABET[(ALPHABET.index(case.reference[0]) + 1) % len(ALPHABET)]
    return {
        "wrong digits": (case.shown_reference, "999999"),
        "too few digits": (case.shown_reference, LAST6[1:]),
        "unknown reference": (shown(new_reference()), LAST6),
        "mistyped reference": (shown(sign + case.reference[1:]), LAST6),
        "no reference at all": ("hello", LAST6),
        "erased": (erased.shown_reference, LAST6),
    }


def plain(response: Any, *typed: str) -> str:
    """The page without the token and without what was typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    for word in typed:
        text = text.replace(f'value="{word}"', "")
    return text


def test_every_miss_says_the_same_and_costs_the_same(client, case):
    seen = {}
    ask(client, "warm", "up")  # what the process reads once
    for name, (reference, digits) in misses(case).items():
        # Whether a text was tried before shows in the queries; whether there is a case must not.
        LookupCount.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            response = ask(client, reference, digits)
        statements = [re.sub(r"'[^']*'", "?", row["sql"]) for row in queries]
        kinds = tuple(statement.split(" ")[0] for statement in statements)
        seen[name] = (response.status_code, plain(response, reference, digits), kinds)

    assert {status for status, _text, _kinds in seen.values()} == {404}
    assert len({text for _status, text, _kinds in seen.values()}) == 1
    assert {kinds: name for name, (_status, _text, kinds) in seen.items()}.keys() == {
        seen["unknown reference"][2]
    }


def test_every_miss_opens_one_sealed_text(case, monkeypatch):
    calls = []
    real = lookup.opened

    def counted(*arguments: Any) -> Any:
        calls.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(lookup, "opened", counted)
    monkeypatch.setattr("yibao.cases.personal.opened", counted)
    for name, (reference, digits) in misses(case).items():
        calls.clear()
        found = lookup.look_up(
            reference=reference, id_last6=digits, address=f"10.0.0.{len(name)}", at=LATER
        )
        assert (found, len(calls)) == (None, 1), name


def test_the_last_six_of_nobody_open_nothing():
    nobody = "?" * 6

    assert lookup.look_up(reference="x", id_last6=nobody, address="", at=LATER) is None


def tries(case: Case, *digits: str, address: str = "10.0.0.1", at: Any = LATER) -> list[bool]:
    reference = case.shown_reference
    return [
        lookup.look_up(reference=reference, id_last6=word, address=address, at=at) is not None
        for word in digits
    ]


def test_after_five_misses_the_right_digits_miss_too_for_an_hour(case):
    assert tries(case, *["000000"] * 4, LAST6) == [False] * 4 + [True]
    assert tries(case, "000000", LAST6) == [False, False]
    assert tries(case, LAST6, address="10.9.9.9") == [False]
    assert tries(case, LAST6, at=LATER + timedelta(minutes=59)) == [False]
    assert tries(case, LAST6, at=LATER + timedelta(minutes=61)) == [True]
    assert Event.objects.filter(event="cases.lookup_locked").count() == 1


def test_hits_never_count(case):
    assert all(tries(case, *[LAST6] * 30))
    assert set(LookupCount.objects.values_list("count", flat=True)) == {0}


def test_an_address_that_misses_twenty_times_waits(client, case):
    for number in range(20):
        assert ask(client, f"YB-{number}").status_code == 404

    response = ask(client, case.shown_reference)
    assert response.status_code == 429
    assert "请过一会儿再查" in response.content.decode()
    assert ask(client, case.shown_reference, REMOTE_ADDR="203.0.113.7").status_code == 200


def test_a_household_is_one_address():
    def miss(number: int) -> None:
        address = f"2001:db8::{number:x}"
        lookup.look_up(reference="x", id_last6="1", address=address, at=LATER)

    for number in range(20):
        miss(number)
    with pytest.raises(lookup.TooManyMisses):
        miss(20)


def test_neither_addresses_nor_references_are_kept(case):
    tries(case, "000000")

    stored = str(list(LookupCount.objects.values()))
    assert "10.0.0.1" not in stored
    assert case.reference not in stored


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_no_more_than_five_are_compared(monkeypatch):
    case = a_filing().case

    def guess(number: int) -> bool:
        found = lookup.look_up(
            reference=case.reference, id_last6=LAST6, address=f"10.0.{number}.1", at=LATER
        )
        connection.close()
        return found is not None

    # Nothing is given back, so that each right guess counts like a wrong one.
    monkeypatch.setattr(lookup, "_give_back", lambda *_args, **_kwargs: None)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(guess, range(12)))

    assert sum(found) == 5


def test_the_arithmetic_of_guessing_holds():
    """A year of guesses from a thousand addresses against ten million cases.

    A guess tells something only when both parts are right; to whoever knows region and birthday
    the last six signs are some ten bits (reliability.md).
    """
    guesses = 1000 * lookup.ADDRESS_MISSES * 24 * 365
    pairs = len(ALPHABET) ** 11 * 2**10

    assert 10_000_000 * guesses * 1000 <= pairs


@pytest.mark.parametrize("kind", list(Kind))
def test_every_state_has_words_and_intermediate_ones_never_say_done(kind):
    reachable = {State.SUBMITTED, *(to for line in TRANSITIONS[kind].values() for to in line)}
    if kind is Kind.FILING:
        reachable |= {State.EFFECTIVE, State.EXPIRED}

    assert {state for one, state in STATES if one is kind} == reachable
    for state in reachable - {State.PAID, State.EFFECTIVE}:
        words = STATES[kind, state]
        assert "成功" not in str(words.title).replace("没有成功", "")
        assert str(words.meaning)
        assert str(words.next_step)


def test_a_refusal_says_why_what_to_do_on_what_and_how_to_object(client, case):
    officer = User.objects.create_user("wang", name="王某")
    case.filing.refusal_code = "category_unfit"
    case.filing.save()
    move_case(
        case.pk, to=State.REFUSED, event="refused", by=officer, at=LATER,
        reason_code="category_unfit",
    )  # fmt: skip

    text = ask(client, case.shown_reference).content.decode()

    assert 'data-state="refused"' in text
    for words in (
        "不符合所选的备案类型",
        "换一种备案类型",
        "经办规程第七条",
        "60 天内",
        "社会保险法",
    ):
        assert words in text
    assert "王某" not in text


def test_what_is_missing_is_listed_with_a_way_to_answer(client, case):
    officer = User.objects.create_user("wang", name="王某")
    item: desk.AskedPaper = {"material": "residence_proof", "why": "照片看不清。"}
    desk.ask_for_papers(
        case.pk, items=[item], note="", due_on=date(2026, 12, 24), version=1, by=officer, at=LATER
    )

    text = ask(client, case.shown_reference).content.decode()

    assert 'data-state="needs_materials"' in text
    assert "照片看不清" in text
    assert reverse("filings:papers") in text
    assert "王某" not in text


@pytest.mark.parametrize(
    ("today", "state"),
    [("2026-11-30", "accepted"), ("2026-12-01", "effective"), ("2027-06-01", "effective"),
     ("2027-06-02", "expired")],
)  # fmt: skip
def test_an_accepted_filing_takes_effect_and_expires_by_the_day(
    client, case, monkeypatch, today, state
):
    officer = User.objects.create_user("wang")
    move_case(case.pk, to=State.ACCEPTED, event="accepted", by=officer, at=LATER)
    case.filing.ends_on = date(2027, 6, 1)
    case.filing.accepted_at = LATER
    case.filing.save()
    monkeypatch.setattr(timezone, "localdate", lambda *_args: date.fromisoformat(today))

    text = ask(client, case.shown_reference).content.decode()

    assert f'data-state="{state}"' in text


def test_the_ticket_opens_the_case_until_one_leaves(client, case):
    assert client.get(reverse("lookups:current")).status_code == 302
    ask(client, case.shown_reference)

    assert case.shown_reference in client.get(reverse("lookups:current")).content.decode()
    left = client.post(reverse("lookups:leave"))
    assert left["Clear-Site-Data"] == '"cache"'
    assert client.get(reverse("lookups:current")).status_code == 302


def test_a_forged_ticket_opens_nothing(client, case):
    from yibao.cases.tickets import cookie_name

    client.cookies[cookie_name()] = f"{case.reference}:abc:def"

    assert client.get(reverse("lookups:current")).status_code == 302


def test_a_post_without_the_token_is_refused(case):
    strict = Client(enforce_csrf_checks=True)

    assert ask(strict, case.shown_reference).status_code == 403


def test_copies_need_the_whole_number_and_the_phone(client):
    case = a_filing(person=a_person(phone="13900000000")).case
    ask(client, case.shown_reference)
    copy = reverse("lookups:copy")
    data = {"id_number": ID_NUMBER, "phone": "13900000000", "form": "json"}

    for wrong in ({"phone": ""}, {"phone": "13900000001"}, {"id_number": ID_NUMBER[:-1] + "1"}):
        refused = client.post(copy, {**data, **wrong})
        assert refused.status_code == 422
        assert "测试甲" not in refused.content.decode()
    assert not Event.objects.filter(event="cases.person_exported").exists()

    response = client.post(copy, data)

    assert response["Content-Disposition"] == 'attachment; filename="yibao.json"'
    assert "no-store" in response["Cache-Control"]
    assert response.json()["person"]["姓名"] == "测试甲"
    assert response.json()["timeline"][0]["what"] == "您提交了申请"
    assert Event.objects.filter(event="cases.person_exported").count() == 1
    page = client.post(copy, {**data, "form": "html"}).content.decode()
    assert ID_NUMBER in page
    assert "<script" not in page


def test_guessing_the_proof_ends_after_five(client, case):
    ask(client, case.shown_reference)
    data = {"id_number": "1", "phone": "", "form": "json"}
    for _number in range(5):
        assert client.post(reverse("lookups:copy"), data).status_code == 422

    right = {"id_number": ID_NUMBER, "phone": "13900000000", "form": "json"}
    assert client.post(reverse("lookups:copy"), right).status_code == 429


def test_withdrawing_consent_withdraws_an_open_case(client, case):
    ask(client, case.shown_reference)

    client.post(reverse("lookups:consent"))

    case.refresh_from_db()
    assert case.state == State.WITHDRAWN
    assert not case.consents.filter(withdrawn_at=None).exists()
    assert "您撤回了同意" in client.get(reverse("lookups:current")).content.decode()


def test_an_open_case_is_withdrawn_before_it_is_forgotten(client, case):
    ask(client, case.shown_reference)
    assert client.post(reverse("lookups:erasure")).status_code == 422
    client.post(reverse("lookups:consent"))

    assert client.post(reverse("lookups:erasure")).status_code == 302
    assert case.erasure_requests.count() == 1
    client.post(reverse("lookups:erasure"))
    assert case.erasure_requests.count() == 1
