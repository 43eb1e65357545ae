"""Accounts: the site's own actors, the demo superuser, and who may act where."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client, override_settings

from yibao.accounts.models import Assignment, User
from yibao.accounts.operations import UsernameTaken, create_demo_staff, ensure_system_actors
from yibao.accounts.queries import may_act_for
from yibao.audit.queries import list_events

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


def test_the_loader_is_not_the_publisher():
    loader, release = ensure_system_actors()

    assert loader.pk != release.pk
    assert ensure_system_actors() == (loader, release)


def test_a_system_actor_cannot_sign_in():
    loader, _release = ensure_system_actors()

    assert not loader.has_usable_password()
    assert not loader.is_active
    assert not Client().login(username="loader", password="")


def test_a_system_actor_cannot_be_staff():
    loader, _release = ensure_system_actors()
    loader.is_staff = True

    with pytest.raises(IntegrityError), transaction.atomic():
        loader.save()


def test_a_person_with_an_actors_name_is_not_taken_for_it():
    User.objects.create_user("release")

    with pytest.raises(UsernameTaken):
        ensure_system_actors()


def test_demo_staff_is_made_once_with_a_password_that_works():
    password = create_demo_staff(at=AT)

    assert Client().login(username="demo", password=password)
    assert create_demo_staff(at=AT) is None
    assert [row.event for row in list_events("accounts.user", "demo")] == [
        "accounts.demo_staff_created"
    ]


def test_the_command_shows_the_password_once():
    first, second = StringIO(), StringIO()

    call_command("create_demo_staff", stdout=first)
    call_command("create_demo_staff", stdout=second)

    assert Client().login(username="demo", password=first.getvalue().split()[-3])
    assert second.getvalue() == ""


@override_settings(OPERATOR="某市医疗保障局")
def test_an_operators_site_gets_no_demo_staff():
    with pytest.raises(CommandError):
        call_command("create_demo_staff")

    assert not User.objects.filter(username="demo").exists()


@pytest.mark.parametrize(
    ("assigned", "expected"),
    [("370600", True), ("370000", True), ("000000", True), ("370100", False)],
)
def test_a_person_acts_for_the_region_and_what_lies_below(assigned, expected):
    officer = User.objects.create_user("officer")
    Assignment.objects.create(user=officer, region_code=assigned)

    assert may_act_for(officer, "370600", "370000") is expected


def test_a_person_without_a_region_acts_for_none():
    assert not may_act_for(User.objects.create_user("officer"), "370600", "370000")


def test_a_superuser_acts_everywhere():
    assert may_act_for(User.objects.create_superuser("chief"), "370600")


def test_a_person_who_left_acts_nowhere():
    gone = User.objects.create_superuser("chief", is_active=False)
    Assignment.objects.create(user=gone, region_code="000000")

    assert not may_act_for(gone, "370600")


@pytest.mark.parametrize("code", ["37060", "abcdef", "3706001"])
def test_an_assignment_names_a_region_code(code):
    officer = User.objects.create_user("officer")

    with pytest.raises(Exception), transaction.atomic():  # noqa: B017, PT011
        Assignment.objects.create(user=officer, region_code=code)


@pytest.fixture
def chief():
    User.objects.create_superuser("chief", password="a long enough one")
    client = Client()
    client.login(username="chief", password="a long enough one")
    return client


def test_staff_panel_adds_a_person(chief):
    page = chief.post(
        "/admin/accounts/user/add/",
        {
            "username": "newcomer",
            "name": "王五",
            "usable_password": "true",
            "password1": "correct horse battery",
            "password2": "correct horse battery",
            "assignments-TOTAL_FORMS": "0",
            "assignments-INITIAL_FORMS": "0",
        },
    )

    assert page.status_code == 302, page.context["errors"]
    assert User.objects.get(username="newcomer").get_full_name() == "王五"


def test_staff_panel_gives_a_person_a_region(chief):
    officer = User.objects.create_user("officer", name="李四")

    page = chief.get(f"/admin/accounts/user/{officer.pk}/change/")

    assert page.status_code == 200
    assert 'name="assignments-0-region_code"' in page.content.decode() or (
        "assignments-__prefix__-region_code" in page.content.decode()
    )


def test_staff_panel_leaves_system_actors_alone(chief):
    loader, _release = ensure_system_actors()

    page = chief.post(f"/admin/accounts/user/{loader.pk}/change/", {"username": "x"})

    assert page.status_code == 403
