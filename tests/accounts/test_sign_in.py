"""Signing in: password, then code; slow for guessers; ended by time, distance and change."""

from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client, override_settings

from tests.accounts.conftest import AT, PASSWORD, sign_in
from yibao.accounts.models import Authenticator, RecoveryCode, User
from yibao.accounts.operations import (
    CodeRefused,
    OwnFactor,
    count_attempt,
    forget_attempts,
    renew_recovery_codes,
    reset_factor,
    use_code,
)
from yibao.accounts.totp import code_at, step_at
from yibao.audit.models import Event
from yibao.audit.queries import list_events

pytestmark = pytest.mark.django_db
PANEL = "/admin/"


@pytest.fixture
def li(staff):
    return staff("li")


def events_of(user: User) -> list[str]:
    return [row.event for row in list_events("accounts.user", user.username)][::-1]


# --- the password ---------------------------------------------------------------------------


def test_lets_staff_in_under_a_new_session(client, li, clock):
    client.get("/admin/login/")
    client.session["planted"] = True
    client.session.save()
    planted = client.session.session_key

    page = sign_in(client, "li", next="/admin/security/")

    assert (page.status_code, page["Location"]) == (302, "/admin/security/")
    assert client.session.session_key != planted
    assert "planted" not in client.session
    assert events_of(li) == ["accounts.signed_in"]


def test_says_the_same_whatever_was_wrong(client, li, staff, clock):
    User.objects.create_user("citizen", password=PASSWORD)

    pages = [
        sign_in(client, "li", "wrong"),
        sign_in(client, "nobody", PASSWORD),
        sign_in(client, "citizen", PASSWORD),
    ]

    texts = [page.context["form"].non_field_errors() for page in pages]
    assert [page.status_code for page in pages] == [422, 422, 422]
    assert texts[0] == texts[1] == texts[2]
    assert SESSION_KEY not in client.session


def test_keeps_no_name_that_is_no_account(client, li, clock):
    sign_in(client, "li", "wrong")
    sign_in(client, "my-own-password", "li")

    failed = Event.objects.filter(event="accounts.sign_in_failed").order_by("sequence")
    assert [event.object_key for event in failed] == ["li", "unknown"]
    assert [event.address for event in failed] == ["127.0.0.1", "127.0.0.1"]


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:x"]
)
def test_leads_to_pages_of_this_site_only(client, li, clock, target):
    assert sign_in(client, "li", next=target)["Location"] == PANEL


# --- guessing -------------------------------------------------------------------------------


def test_the_sixth_attempt_waits_even_with_the_right_password(client, li, clock):
    for _number in range(5):
        assert sign_in(client, "li", "wrong").status_code == 422

    assert sign_in(client, "li").status_code == 429
    assert sign_in(client, "LI").status_code == 429
    clock.forward(minutes=15)
    assert sign_in(client, "li").status_code == 302
    assert events_of(li).count("accounts.locked_out") == 1


def test_wrong_guesses_elsewhere_do_not_lock_the_owner_out(client, li, clock):
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for _number in range(40):
        sign_in(stranger, "li", "wrong")

    assert sign_in(client, "li").status_code == 302


def test_one_address_cannot_try_many_accounts(client, staff, clock):
    statuses = [sign_in(client, f"user{number}", "x").status_code for number in range(31)]

    assert statuses == [422] * 30 + [429]


def test_many_addresses_cannot_try_one_account_for_ever(li):
    allowed = [
        count_attempt(account="li", address=f"2001:db8:0:{number:x}::1", at=AT)
        for number in range(51)
    ]

    assert allowed == [True] * 50 + [False]


def test_one_customer_of_ipv6_is_one_address(li):
    allowed = [
        count_attempt(account="li", address=f"2001:db8::{number:x}", at=AT) for number in range(6)
    ]

    assert allowed == [True] * 5 + [False]


def test_getting_in_starts_the_count_anew(li):
    for _number in range(5):
        count_attempt(account="li", address="203.0.113.9", at=AT)
    forget_attempts(account="li", address="203.0.113.9")

    assert count_attempt(account="li", address="203.0.113.9", at=AT)


def test_a_clock_set_back_does_not_lock_for_ever(li):
    for _number in range(6):
        count_attempt(account="li", address="203.0.113.9", at=AT)

    assert count_attempt(account="li", address="203.0.113.9", at=AT - timedelta(days=400))


# --- the code ---------------------------------------------------------------------------------


def test_nobody_is_in_before_the_code(client, li, with_factor, clock):
    secret = with_factor(li)

    assert sign_in(client, "li", next="/admin/security/")["Location"] == "/admin/login/code/"
    assert SESSION_KEY not in client.session
    assert client.get(PANEL)["Location"].startswith("/admin/login/")
    assert client.post("/admin/login/code/", {"code": "000000"}).status_code == 422
    page = client.post("/admin/login/code/", {"code": code_at(secret, step_at(AT))})

    assert page["Location"] == "/admin/security/"
    assert client.get(PANEL).status_code == 200
    assert list_events("accounts.user", "li")[0].after == {"factor": "totp"}


def test_a_code_works_once(li, with_factor):
    secret = with_factor(li)
    code = code_at(secret, step_at(AT))

    assert use_code(by=li, typed=f"{code[:3]} {code[3:]}", at=AT) == "totp"
    with pytest.raises(CodeRefused):
        use_code(by=li, typed=code, at=AT)


def test_a_code_holds_for_its_own_thirty_seconds(li, with_factor):
    code = code_at(with_factor(li), step_at(AT))

    for seconds in (-1, 30):
        with pytest.raises(CodeRefused):
            use_code(by=li, typed=code, at=AT + timedelta(seconds=seconds))


def test_the_code_cannot_be_guessed_either(client, li, with_factor, clock):
    secret = with_factor(li)
    sign_in(client, "li")
    for _number in range(5):
        client.post("/admin/login/code/", {"code": "000000"})

    page = client.post("/admin/login/code/", {"code": code_at(secret, step_at(AT))})

    assert page.status_code == 429
    assert SESSION_KEY not in client.session


def test_the_second_step_waits_ten_minutes(client, li, with_factor, clock):
    with_factor(li)
    sign_in(client, "li")
    clock.forward(minutes=11)

    assert client.get("/admin/login/code/")["Location"] == "/admin/login/"


def test_a_recovery_code_replaces_the_phone_once(client, li, with_factor, clock):
    with_factor(li)
    code = renew_recovery_codes(by=li, at=AT)[3]
    sign_in(client, "li")

    assert client.post("/admin/login/code/", {"code": code.lower()}).status_code == 302
    assert client.get(PANEL).status_code == 200
    with pytest.raises(CodeRefused):
        use_code(by=li, typed=code, at=AT)


def test_nothing_stored_gives_a_secret_away(li, with_factor):
    secret = with_factor(li)
    codes = renew_recovery_codes(by=li, at=AT)

    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_secret FROM accounts_authenticator")
        stored = str(cursor.fetchall())
        cursor.execute("SELECT digest FROM accounts_recoverycode")
        stored += str(cursor.fetchall())
    assert secret not in stored
    assert len(set(codes)) == 10
    assert not any(code.replace("-", "") in stored for code in codes)


# --- setting the phone up ---------------------------------------------------------------------


@override_settings(SECOND_FACTOR_REQUIRED=True)
def test_an_operators_site_asks_for_a_phone_before_anything(client, li, clock):
    assert sign_in(client, "li")["Location"] == "/admin/security/factor/"
    assert client.get(PANEL)["Location"].startswith("/admin/login/")
    page = client.get("/admin/security/factor/")
    secret = page.context["secret"].replace(" ", "")

    wrong = client.post("/admin/security/factor/", {"code": "000000"})
    done = client.post("/admin/security/factor/", {"code": code_at(secret, step_at(AT))})

    assert "<svg" in page.content.decode()
    assert wrong.status_code == 422
    assert len(done.context["codes"]) == 10
    assert client.get(PANEL).status_code == 200
    assert events_of(li) == ["accounts.factor_set_up", "accounts.signed_in"]


@override_settings(SECOND_FACTOR_REQUIRED=True)
def test_a_session_without_a_second_factor_does_not_open_the_panel(client, li):
    client.force_login(li)

    assert client.get(PANEL)["Location"].startswith("/admin/login/")


def test_the_password_alone_does_not_replace_a_phone(client, li, with_factor, clock):
    with_factor(li)
    sign_in(client, "li")

    assert client.get("/admin/security/factor/")["Location"] == "/admin/login/"


def test_a_phone_whose_clock_is_slow_is_learnt(li, with_factor):
    with_factor(li)
    Authenticator.objects.filter(user=li).update(drift=-2)
    secret = Authenticator.objects.get(user=li).secret

    assert use_code(by=li, typed=code_at(secret, step_at(AT) - 2), at=AT) == "totp"


def test_a_new_phone_ends_the_sessions_elsewhere(client, li, clock):
    elsewhere = Client()
    elsewhere.force_login(li)
    sign_in(client, "li")
    secret = client.get("/admin/security/factor/").context["secret"].replace(" ", "")
    client.post("/admin/security/factor/", {"code": code_at(secret, step_at(AT))})

    assert client.get("/admin/security/").status_code == 200
    assert elsewhere.get("/admin/security/").status_code == 302


def test_a_lost_phone_is_reset_by_somebody_else(li, staff, with_factor):
    with_factor(li)
    other = staff("other")

    with pytest.raises(OwnFactor):
        reset_factor(user=li, by=li, at=AT, reason="lost")
    reset_factor(user=li, by=other, at=AT, reason="lost")

    assert not Authenticator.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert list_events("accounts.user", "li")[0].reason == "lost"


# --- the session ------------------------------------------------------------------------------


def test_an_idle_session_ends(client, li, clock):
    sign_in(client, "li")
    clock.forward(minutes=29)
    assert client.get("/admin/security/").status_code == 200
    clock.forward(minutes=29)
    assert client.get("/admin/security/").status_code == 200
    clock.forward(minutes=30)

    assert client.get("/admin/security/").status_code == 302
    assert list_events("accounts.user", "li")[0].after == {"why": "idle"}
    clock.forward(minutes=-30)
    assert client.get("/admin/security/").status_code == 302


def test_a_busy_session_ends_after_eight_hours(client, li, clock):
    sign_in(client, "li")
    for _quarter in range(31):
        clock.forward(minutes=15)
        assert client.get("/admin/security/").status_code == 200
    clock.forward(minutes=15)

    assert client.get("/admin/security/").status_code == 302
    assert list_events("accounts.user", "li")[0].after == {"why": "too_long"}


def test_signing_out_elsewhere_keeps_the_own_session(client, li, clock):
    elsewhere = Client()
    elsewhere.force_login(li)
    sign_in(client, "li")

    client.post("/admin/security/elsewhere/")

    assert client.get("/admin/security/").status_code == 200
    assert elsewhere.get("/admin/security/").status_code == 302


def test_a_person_who_leaves_is_out_at_once(client, li, clock):
    sign_in(client, "li")
    User.objects.filter(pk=li.pk).update(is_active=False)

    assert client.get("/admin/security/").status_code == 302


def test_a_new_password_asks_for_the_old_and_ends_other_sessions(client, li, clock):
    elsewhere = Client()
    elsewhere.force_login(li)
    sign_in(client, "li")
    new = {"new_password1": "battery staple lamp", "new_password2": "battery staple lamp"}

    assert client.post("/admin/password_change/", {"old_password": "x", **new}).status_code == 422
    page = client.post("/admin/password_change/", {"old_password": PASSWORD, **new})

    assert page.status_code == 302
    assert client.get("/admin/security/").status_code == 200
    assert elsewhere.get("/admin/security/").status_code == 302
    assert "accounts.password_changed" in events_of(li)


# --- once more before a sensitive act -------------------------------------------------------


def test_a_sensitive_page_asks_again_after_ten_minutes(client, li, with_factor, clock):
    sign_in(client, "li")
    assert client.get("/admin/security/factor/").status_code == 200
    clock.forward(minutes=11)

    asked = client.get("/admin/security/factor/")
    assert asked["Location"] == "/admin/security/confirm/?next=%2Fadmin%2Fsecurity%2Ffactor%2F"
    assert client.post(asked["Location"], {"password": "wrong"}).status_code == 422
    page = client.post(asked["Location"], {"password": PASSWORD})

    assert page["Location"] == "/admin/security/factor/"
    assert client.get("/admin/security/factor/").status_code == 200


def test_who_has_a_phone_confirms_with_it_too(client, li, with_factor, clock):
    secret = with_factor(li)
    client.force_login(li)

    first = client.post("/admin/security/confirm/", {"password": PASSWORD})
    code = code_at(secret, step_at(AT))
    second = client.post("/admin/security/confirm/", {"password": PASSWORD, "code": code})

    assert (first.status_code, second.status_code) == (422, 302)
