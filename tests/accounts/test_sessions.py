"""Open sessions: seen by their owner, ended one by one, by a colleague, or with other rights."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client

from tests.accounts.conftest import AT, PASSWORD, sign_in
from yibao.accounts.models import Assignment, StaffSession, User
from yibao.accounts.operations import access_of, begin_session, record_access
from yibao.accounts.operations.sessions import KEPT
from yibao.accounts.queries import list_open_sessions
from yibao.accounts.roles import ROLES
from yibao.audit.queries import list_events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places", "roles")]

PHONE = "Mozilla/5.0 (Linux; Android 15) Chrome/156.0 Mobile Safari/537.36 MicroMessenger/8.0"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/156.0 Safari/537.36"
SECURITY = "/admin/security/"


@pytest.fixture
def li(staff: Any) -> User:
    user: User = staff("li", "policy_author", regions=("370600",))
    return user


def browser(user: User, agent: str, address: str = "192.0.2.7") -> Client:
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    page = sign_in(client, user.username)
    assert page.status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get(SECURITY).status_code == 200


def test_a_person_sees_where_they_are_signed_in(li: User) -> None:
    desk = browser(li, DESK)
    browser(li, PHONE, "198.51.100.9")

    page = desk.get(SECURITY)

    own, other = page.context["sessions"]
    assert (own.device, own.address, own.is_own) == (
        "Windows 电脑，Chrome 浏览器",
        "192.0.2.7",
        True,
    )
    assert (other.device, other.address, other.is_own) == ("安卓手机，微信", "198.51.100.9", False)
    assert "退出 安卓手机，微信" in page.text


def test_one_session_is_ended_and_the_others_stay(li: User) -> None:
    desk, phone, third = browser(li, DESK), browser(li, PHONE), browser(li, "curl/8")
    uid = phone.session["staff_session"]

    assert desk.post(f"/admin/security/sessions/{uid}/end/").status_code == 302

    assert (is_in(desk), is_in(phone), is_in(third)) == (True, False, True)
    event = list_events("accounts.user", "li")[1]  # the latest is the phone's signing out
    assert (event.event, event.actor) == ("accounts.session_ended", "li")
    assert desk.post(f"/admin/security/sessions/{uid}/end/").status_code == 404


def test_nobody_ends_a_session_of_somebody_else(li: User, staff: Any) -> None:
    wang = browser(staff("wang", "auditor", regions=("370600",)), DESK)
    mine = browser(li, DESK)

    page = mine.post(f"/admin/security/sessions/{wang.session['staff_session']}/end/")

    assert page.status_code == 404
    assert is_in(wang)


def test_the_session_that_asks_is_not_cut_off_by_its_own_button(li: User) -> None:
    desk = browser(li, DESK)

    desk.post(f"/admin/security/sessions/{desk.session['staff_session']}/end/")

    assert is_in(desk)


def test_all_others_end_at_once(li: User) -> None:
    desk, phone = browser(li, DESK), browser(li, PHONE)

    desk.post("/admin/security/elsewhere/")

    assert (is_in(desk), is_in(phone)) == (True, False)
    assert [session.is_own for session in desk.get(SECURITY).context["sessions"]] == [True]


def test_a_new_password_ends_the_others(li: User) -> None:
    desk, phone = browser(li, DESK), browser(li, PHONE)
    new = "another horse battery"

    desk.post(
        "/admin/password_change/",
        {"old_password": PASSWORD, "new_password1": new, "new_password2": new},
    )

    assert (is_in(desk), is_in(phone)) == (True, False)
    assert StaffSession.objects.filter(ended_at=None).count() == 1


def test_signing_out_closes_the_row(li: User) -> None:
    desk = browser(li, DESK)

    desk.post("/admin/logout/")

    assert not StaffSession.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize("left_out", ["role", "region"])
def test_other_rights_end_all_sessions(li: User, staff: Any, left_out: str) -> None:
    desk = browser(li, DESK)
    chief = staff("chief", "administrator", regions=("370600",))
    before = access_of(li)
    if left_out == "role":
        li.groups.add(Group.objects.get(name=ROLES[1].name))
    else:
        Assignment.objects.create(user=li, region_code="370602")

    assert record_access(user=li, before=before, by=chief, at=AT)

    assert not is_in(desk)
    assert not record_access(user=li, before=access_of(li), by=chief, at=AT)


def test_a_superuser_who_changes_their_own_rights_stays_in(staff: Any) -> None:
    root = staff("root")
    root.is_superuser = True
    root.save()
    desk, phone = browser(root, DESK), browser(root, PHONE)
    data = {
        "username": "root",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "groups": [str(Group.objects.get(name=ROLES[0].name).pk)],
        "assignments-TOTAL_FORMS": "0",
        "assignments-INITIAL_FORMS": "0",
        "last_login_0": "2026-12-01",
        "last_login_1": "08:00",
        "date_joined_0": "2026-11-01",
        "date_joined_1": "08:00",
    }

    page = desk.post(f"/admin/accounts/user/{root.pk}/change/", data)

    assert page.status_code == 302, page.context["errors"]
    assert (is_in(desk), is_in(phone)) == (True, False)


def test_an_administrator_ends_all_sessions_of_an_account(li: User, staff: Any) -> None:
    desk = browser(li, DESK)
    chief = browser(staff("chief", "administrator", regions=("370600",)), DESK)
    page = f"/admin/accounts/user/{li.pk}/"
    assert "Windows 电脑" in chief.get(f"{page}change/").text

    done = chief.post(f"{page}end-sessions/", follow=True)

    assert "1 处" in done.text
    assert not is_in(desk)
    (event,) = [
        e for e in list_events("accounts.user", "li") if e.event.endswith("all_sessions_ended")
    ]
    assert (event.actor, event.after) == ("chief", {"number": 1})
    assert chief.get(f"{page}end-sessions/").status_code == 405


def test_nobody_looks_after_their_own_account_or_one_beyond_their_regions(staff: Any) -> None:
    own = staff("chief", "administrator", regions=("370600",))
    foreign = staff("far", "policy_author", regions=("360100",))
    chief = browser(own, DESK)

    for act in ("end-sessions", "reopen"):
        assert chief.post(f"/admin/accounts/user/{own.pk}/{act}/").status_code == 403
        assert chief.post(f"/admin/accounts/user/{foreign.pk}/{act}/").status_code == 404


def test_what_cannot_be_used_any_more_is_not_shown(li: User) -> None:
    idle = timedelta(minutes=settings.STAFF_IDLE_MINUTES)
    for seen_at, began_at in (
        (AT, AT),
        (AT - idle, AT - idle),
        (AT, AT - timedelta(hours=settings.STAFF_SESSION_HOURS)),
    ):
        uid = begin_session(by=li, address="", agent="", at=began_at)
        StaffSession.objects.filter(uid=uid).update(seen_at=seen_at)

    assert [session.began_at for session in list_open_sessions(li, at=AT)] == [AT]


def test_old_rows_go_when_the_person_signs_in_again(li: User) -> None:
    begin_session(by=li, address="", agent="", at=AT - KEPT - timedelta(days=1))

    begin_session(by=li, address="", agent="x" * 999, at=AT)

    (row,) = StaffSession.objects.all()
    assert (row.began_at, len(row.agent)) == (AT, 300)


def test_the_last_use_is_kept_to_the_minute(li: User, clock: Any) -> None:
    clock.at(AT)
    desk = browser(li, DESK)
    moments: list[datetime] = []
    for seconds in (59, 60, 61, 130):
        clock.at(AT + timedelta(seconds=seconds))
        assert is_in(desk)
        moments.append(StaffSession.objects.get().seen_at)

    minute = AT + timedelta(seconds=60)
    assert moments == [AT, minute, minute, AT + timedelta(seconds=130)]
