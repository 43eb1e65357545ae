"""The first page of the panel: each role finds its own desks, and what waits there."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import claims as make
from tests.factories.staff import make_staff, signed_in
from yibao.accounts.roles import ROLES
from yibao.core.workbench import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]
ELSEWHERE = "370600"


def staff(slug: str, *, region: str = make.REGION) -> Client:
    """Somebody of one role in one region, signed in."""
    return signed_in(make_staff(slug + region, slug, regions=[region]))


def work(client: Client) -> tuple[Desk, ...]:
    found: tuple[Desk, ...] = client.get(reverse("admin:index")).context["work"]
    return found


@pytest.mark.parametrize("slug", [role.slug for role in ROLES])
def test_every_desk_that_is_offered_opens(slug: str) -> None:
    client = staff(slug)

    refused = [desk for desk in work(client) if client.get(desk.address).status_code != 200]

    assert refused == []


@pytest.mark.parametrize(
    ("slug", "first"),
    [
        ("filing_reviewer", "备案审核"),
        ("claims_adjudicator", "手工报销审核"),
        ("second_approver", "等复核的决定"),
        ("policy_author", "政策工作台"),
        ("policy_publisher", "等复核的修订"),
        ("data_officer", "名单导入"),
    ],
)
def test_each_role_has_its_own_desks(slug: str, first: str) -> None:
    assert first in [str(desk.label) for desk in work(staff(slug))]


def test_what_waits_stands_first_and_only_for_its_region() -> None:
    claim = make.submit(at=timezone.now())
    client, elsewhere = staff("claims_adjudicator"), staff("claims_adjudicator", region=ELSEWHERE)

    (desk, *_others) = work(client)
    page = client.get(reverse("admin:index")).content.decode()

    assert (str(desk.label), desk.waiting) == ("手工报销审核", 1)
    assert "1 件待办" in page
    assert claim.case.region_code == make.REGION
    assert [each.waiting for each in work(elsewhere) if each.waiting] == []


def test_who_has_no_desk_sees_no_heading() -> None:
    page = staff("auditor").get(reverse("admin:index"))

    assert "我的工作" not in page.content.decode()
