"""Accounts that nobody uses close by themselves, and an administrator opens them again."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from tests.accounts.conftest import AT, sign_in
from yibao.accounts.models import User
from yibao.accounts.operations import reopen_account, warn_unused
from yibao.accounts.queries import closes_on, is_unused, list_unused
from yibao.audit.queries import list_events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places", "roles")]

DAYS = 90


def seen(user: User, *, days: int) -> User:
    """Make an account whose owner was last in so many days before AT."""
    user.last_login = AT - timedelta(days=days)
    user.date_joined = AT - timedelta(days=400)
    user.save()
    return user


@pytest.fixture
def li(staff: Any) -> User:
    return seen(staff("li", "policy_author", regions=("370600",)), days=DAYS)


@pytest.fixture
def chief(staff: Any, clock: Any) -> Client:
    user = seen(staff("chief", "administrator", regions=("370600",)), days=1)
    clock.at(AT)
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(("days", "gets_in"), [(DAYS - 1, True), (DAYS, False)])
def test_closes_on_the_last_of_its_days(
    client: Client, li: User, clock: Any, days: int, gets_in: bool
) -> None:
    seen(li, days=days)
    clock.at(AT)

    page = sign_in(client, "li")

    assert (page.status_code == 302) is gets_in
    assert is_unused(li, at=AT) is not gets_in
    if not gets_in:
        assert "90 天没有用过，已经停用" in page.text
        event = list_events("accounts.user", "li")[0]
        assert (event.event, event.after) == ("accounts.sign_in_failed", {"step": "unused"})


def test_who_does_not_know_the_password_learns_nothing(
    client: Client, li: User, clock: Any
) -> None:
    clock.at(AT)

    page = sign_in(client, "li", "a wrong password")

    assert "用户名或密码不对" in page.text
    assert "停用" not in page.text


def test_an_account_that_was_never_used_closes_too(staff: Any) -> None:
    new = staff("new", "auditor", regions=("370600",))
    new.date_joined = AT - timedelta(days=DAYS)
    new.save()

    assert is_unused(new, at=AT)
    assert list(list_unused(User.objects.all(), at=AT)) == [new]


def test_an_administrator_finds_and_opens_it(chief: Client, li: User, clock: Any) -> None:
    listed = chief.get("/admin/accounts/user/?unused=closed")
    assert [row.username for row in listed.context["cl"].result_list] == ["li"]
    assert "已停用" in listed.text
    assert "恢复这个账号" in chief.get(f"/admin/accounts/user/{li.pk}/change/").text

    page = chief.post(f"/admin/accounts/user/{li.pk}/reopen/", follow=True)

    assert "以前要登录一次" in page.text
    event = list_events("accounts.user", "li")[0]
    assert (event.event, event.actor) == ("accounts.account_reopened", "chief")
    assert sign_in(Client(), "li").status_code == 302
    clock.at(AT + timedelta(days=DAYS - 1))
    li.refresh_from_db()
    assert not is_unused(li, at=AT + timedelta(days=DAYS - 1))


def test_the_list_says_which_close_soon(chief: Client, li: User) -> None:
    seen(li, days=DAYS - 14)

    listed = chief.get("/admin/accounts/user/?unused=soon")

    assert [row.username for row in listed.context["cl"].result_list] == ["li"]
    assert "2026-12-15 停用" in listed.text


def test_who_still_uses_it_needs_no_opening(chief: Client, li: User) -> None:
    seen(li, days=3)

    chief.post(f"/admin/accounts/user/{li.pk}/reopen/")

    li.refresh_from_db()
    assert li.reopened_at is None


def test_the_command_line_opens_the_last_administrator(li: User, clock: Any) -> None:
    clock.at(AT)

    call_command("reopen_account", "li", verbosity=0)

    li.refresh_from_db()
    assert not is_unused(li, at=AT)
    assert list_events("accounts.user", "li")[0].actor == "loader"
    with pytest.raises(CommandError, match="nobody"):
        call_command("reopen_account", "nobody")


@pytest.mark.parametrize(("days", "number"), [(DAYS - 15, 0), (DAYS - 14, 1), (DAYS, 0)])
def test_a_mail_warns_two_weeks_ahead_and_once(li: User, days: int, number: int) -> None:
    seen(li, days=days)
    User.objects.filter(pk=li.pk).update(email="li@example.org")

    written = warn_unused(at=AT, address="https://example.org/admin/")
    again = warn_unused(at=AT + timedelta(hours=1), address="")

    assert (len(written), again, len(mail.outbox)) == (number, (), number)
    if number:
        assert mail.outbox[0].to == ["li@example.org"]
        assert str(closes_on(li)) in mail.outbox[0].body
        assert "https://example.org/admin/" in mail.outbox[0].body


def test_after_it_was_opened_a_mail_warns_anew(li: User) -> None:
    seen(li, days=DAYS - 14)
    User.objects.filter(pk=li.pk).update(email="li@example.org")
    warn_unused(at=AT, address="")
    li.refresh_from_db()
    reopen_account(user=li, by=None, at=AT)

    later = AT + timedelta(days=DAYS - 10)

    assert warn_unused(at=later, address="") == ("li",)
