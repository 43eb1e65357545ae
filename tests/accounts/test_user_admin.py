"""Administrators look after people within their regions, and give nothing they must not."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client

from tests.accounts.conftest import AT
from yibao.accounts.admin import ChangeForm
from yibao.accounts.models import Authenticator, User
from yibao.accounts.operations import create_roles
from yibao.accounts.roles import ROLES
from yibao.audit.queries import list_events
from yibao.regions import reach

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places", "roles")]


def group(slug: str) -> Group:
    return Group.objects.get(name=next(role.name for role in ROLES if role.slug == slug))


@pytest.fixture
def chief(staff):
    """An administrator of 烟台."""
    user = staff("chief", "administrator", regions=("370600",))
    client = Client()
    client.force_login(user)
    return client


def form_of(user: User, **changes: object) -> dict[str, object]:
    rows = list(user.assignments.all())
    data = {
        "name": user.name,
        "email": "",
        "is_active": "on",
        "is_staff": "on",
        "groups": [str(pk) for pk in user.groups.values_list("pk", flat=True)],
        "assignments-TOTAL_FORMS": str(len(rows)),
        "assignments-INITIAL_FORMS": str(len(rows)),
    }
    for number, row in enumerate(rows):
        data |= {
            f"assignments-{number}-id": str(row.pk),
            f"assignments-{number}-user": str(user.pk),
            f"assignments-{number}-region_code": row.region_code,
        }
    return data | changes


def change(client: Client, user: User, **changes: object):
    return client.post(f"/admin/accounts/user/{user.pk}/change/", form_of(user, **changes))


def test_gives_a_role_and_the_event_says_which(chief, staff):
    li = staff("li", regions=("370602",))

    page = change(chief, li, groups=[str(group("policy_author").pk)])

    assert page.status_code == 302, page.context["errors"]
    event = list_events("accounts.user", "li")[0]
    assert (event.event, event.actor) == ("accounts.access_changed", "chief")
    assert (event.before, event.after) == ({"roles": []}, {"roles": [group("policy_author").name]})


def test_does_not_make_superusers_nor_give_single_rights(chief, staff):
    li = staff("li", regions=("370602",))
    right = Permission.objects.get(codename="publish_revision")

    change(chief, li, is_superuser="on", user_permissions=[str(right.pk)], username="renamed")

    li.refresh_from_db()
    assert (li.is_superuser, li.username, li.user_permissions.count()) == (False, "li", 0)


def test_does_not_reach_beyond_its_regions(chief, staff):
    li = staff("li", regions=("370602",))
    abroad = staff("abroad", regions=("370602", "370200"))
    above = staff("above", regions=("370000",))

    page = change(chief, li, **{"assignments-0-region_code": "370000"})

    assert "您没有这个统筹区的权限" in page.content.decode()
    for user in (abroad, above):
        assert chief.get(f"/admin/accounts/user/{user.pk}/change/")["Location"] == "/admin/"


def test_an_account_that_nobody_would_see_is_not_made(chief):
    page = chief.post(
        "/admin/accounts/user/add/",
        {
            "username": "new",
            "usable_password": "true",
            "password1": "correct horse battery",
            "password2": "correct horse battery",
            "assignments-TOTAL_FORMS": "0",
            "assignments-INITIAL_FORMS": "0",
        },
    )

    assert "请至少填一个统筹区" in page.content.decode()
    assert not User.objects.filter(username="new").exists()


def test_makes_an_account_for_a_part_of_its_region(chief):
    page = chief.post(
        "/admin/accounts/user/add/",
        {
            "username": "new",
            "usable_password": "true",
            "password1": "correct horse battery",
            "password2": "correct horse battery",
            "assignments-TOTAL_FORMS": "1",
            "assignments-INITIAL_FORMS": "0",
            "assignments-0-region_code": "370602",
        },
    )

    assert page.status_code == 302, page.context["errors"]
    new = User.objects.get(username="new")
    assert new.is_staff
    assert list_events("accounts.user", "new")[0].after["regions"] == ["370602"]


def test_nobody_changes_their_own_rights(chief):
    own = User.objects.get(username="chief")

    assert change(chief, own).status_code == 403


def test_who_audits_does_not_administer():
    form = ChangeForm(
        {"groups": [str(group("auditor").pk), str(group("administrator").pk)]},
        instance=User(username="li"),
    )

    assert "不能同时是" in str(form.errors["groups"])


def test_a_colleague_resets_a_lost_phone_with_a_reason(chief, staff, with_factor):
    li = staff("li", regions=("370602",))
    with_factor(li)
    address = f"/admin/accounts/user/{li.pk}/reset-factor/"

    chief.post(address, {"reason": " "})
    assert Authenticator.objects.filter(user=li).exists()
    chief.post(address, {"reason": "手机丢失，已当面核实"})

    assert not Authenticator.objects.filter(user=li).exists()
    assert list_events("accounts.user", "li")[0].reason == "手机丢失，已当面核实"


def test_a_password_that_a_colleague_set_is_an_event(chief, staff):
    li = staff("li", regions=("370602",))

    page = chief.post(
        f"/admin/accounts/user/{li.pk}/password/",
        {
            "usable_password": "true",
            "password1": "battery staple lamp",
            "password2": "battery staple lamp",
        },
    )

    assert page.status_code == 302
    event = list_events("accounts.user", "li")[0]
    assert (event.event, event.actor, event.after) == ("accounts.password_set", "chief", {})


# --- roles and reach ------------------------------------------------------------------------


def test_roles_are_made_once_and_mended_when_they_differ():
    assert create_roles(at=AT) == ()
    author = group("policy_author")
    author.permissions.remove(Permission.objects.get(codename="add_revision"))

    assert create_roles(at=AT) == (author.name,)
    assert author.permissions.filter(codename="add_revision").exists()
    assert list_events("auth.group", "policy_author")[0].after == {
        "permissions": ["policies.add_revision"]
    }


def test_groups_of_the_bureau_are_left_alone():
    own = Group.objects.create(name="本局自设")
    own.permissions.add(Permission.objects.get(codename="view_event"))

    call_command("create_roles", verbosity=0)

    assert own.permissions.count() == 1


@pytest.mark.parametrize(
    ("given", "inside", "outside"),
    [
        ("370600", "370602", "370200"),
        ("370000", "370602", "360100"),
        ("610400", "610402", "610403"),  # 杨凌 is a pool of its own
        ("610000", "610403", "620000"),
        ("XPCC", "XPCC", "650000"),
        ("650000", "650100", "XPCC"),
    ],
)
def test_a_region_reaches_down_and_no_further(given, inside, outside):
    reached = reach.within([given])

    assert given in reached
    assert inside in reached
    assert outside not in reached


def test_the_nation_reaches_everything_and_nobody_nothing(staff):
    assert reach.within(["000000", "370600"]) is None
    assert reach.within([]) == frozenset()
    assert staff("li", regions=("XPCC",)).acts_for("XPCC")
