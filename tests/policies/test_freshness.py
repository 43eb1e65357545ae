"""Clauses that are due: on the officer's list, and marked on the public page by themselves."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.policies import make_draft, publish
from tests.policies.test_admin import officer, signed_in
from yibao.accounts.models import User
from yibao.audit.models import Event
from yibao.policies.freshness import citing_region, freshness_of
from yibao.rules.terms import CareType
from yibao.sources.models import Clause, Document

CARE = frozenset({CareType.INPATIENT})
PAGE = "admin:policies_revision_freshness"


def checked(days_ago: int) -> date:
    return timezone.localdate() - timedelta(days=days_ago)


@pytest.fixture
def published(author: User, checker: User) -> None:
    """Three clauses of 烟台: overdue by a day, due in ten days, and fresh; one of 南昌."""
    interval = settings.REVIEW_INTERVAL_DAYS["official"]
    Document.objects.filter(pk="s-test").update(address="https://example.org/notice")

    def band(level: str, article: str, days_ago: int) -> Any:
        return make_draft(
            "payment_band",
            level=level,
            ratio_bp=6500,
            care_types=CARE,
            article=article,
            checked_on=checked(days_ago),
        )

    publish(
        band("tertiary", "第一条", interval + 1),
        band("secondary", "第二条", interval - 9),
        band("primary", "第三条", 0),
        by=author,
        other=checker,
    )
    publish(band("tertiary", "第四条", 500), by=author, other=checker, region="360100")


def clause(article: str) -> Clause:
    return Clause.objects.get(article=article)


def test_what_is_due_is_listed_the_oldest_first(published: None) -> None:
    found = freshness_of(["370600"], timezone.localdate())

    assert [(each.article, each.is_stale) for each in found.clauses] == [
        ("第一条", True),
        ("第二条", False),
    ]
    assert found.stale == 1
    assert "65%" in found.clauses[0].samples[0]
    (link,) = found.links
    assert (link.address, link.clauses) == ("https://example.org/notice", 3)
    assert link.checked_on == clause("第一条").checked_on


def test_rules_that_have_ended_need_no_check(published: None) -> None:
    later = timezone.localdate() + timedelta(days=400)

    assert len(freshness_of(["370600"], later).clauses) == 3
    assert freshness_of(["370000"], later).clauses == ()


def test_the_public_page_marks_a_stale_figure_and_takes_the_mark_off(
    client: Client, published: None
) -> None:
    before = client.get("/regions/370600/").text
    assert before.count("已过复核期") >= 1
    assert 'data-coverage="stale"' in before

    panel = signed_in(officer("writer"))
    address = reverse("admin:policies_revision_checked", args=[clause("第一条").pk])
    done = panel.post(address)

    assert done["Location"] == reverse(PAGE)
    assert clause("第一条").checked_on == timezone.localdate()
    after = client.get("/regions/370600/").text
    assert 'data-coverage="stale"' not in after
    assert "已过复核期" not in after
    event = Event.objects.get(object_type="sources.clause", object_key=str(clause("第一条").pk))
    assert (event.event, event.actor, event.region_code) == (
        "sources.clause_checked",
        "writer",
        "370600",
    )
    assert event.after == {"checked_on": timezone.localdate().isoformat()}


def test_the_officers_list_says_the_interval_and_holds_own_regions_only(published: None) -> None:
    page = signed_in(officer("writer")).get(reverse(PAGE)).text

    assert "官方原文 365 天、其他 180 天" in page
    assert "第一条" in page
    assert "第四条" not in page
    assert 'href="https://example.org/notice"' in page


def test_clauses_under_foreign_rules_are_not_ones_own_to_check(published: None) -> None:
    panel = signed_in(officer("writer"))
    address = reverse("admin:policies_revision_checked", args=[clause("第四条").pk])

    assert panel.post(address).status_code == 404
    assert panel.get(address).status_code == 405
    assert clause("第四条").checked_on == checked(500)
    assert citing_region(clause("第四条").pk, ["360100", "370600"]) == "360100"


def test_who_may_not_draft_may_not_check(published: None) -> None:
    user = officer("reader")
    user.user_permissions.remove(*user.user_permissions.filter(codename="add_revision"))
    panel = signed_in(user)
    address = reverse("admin:policies_revision_checked", args=[clause("第一条").pk])

    assert panel.get(reverse(PAGE)).status_code == 200
    assert panel.post(address).status_code == 403
