"""A draft changes hands; who wrote at it still does not publish it."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.factories.policies import AT, make_draft, make_revision, make_user
from tests.policies.test_admin import officer, signed_in
from yibao.accounts.models import Assignment, User
from yibao.audit.queries import list_events
from yibao.policies import operations
from yibao.policies.desk.drafts import NotYourDraft, end_row, hand_over
from yibao.policies.models import Revision
from yibao.policies.succession import PolicyRefused
from yibao.rules.terms import CareType


@pytest.fixture
def writer(places: None) -> User:
    return officer("writer", "publish_revision")


@pytest.fixture
def colleague(places: None) -> User:
    return officer("colleague")


@pytest.fixture
def administrator(places: None) -> User:
    user = make_user("administrator", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="hand_over_revision"))
    Assignment.objects.create(user=user, region_code="370600")
    return user


@pytest.fixture
def draft(writer: User) -> Revision:
    band = make_draft(
        "payment_band", ratio_bp=6500, level="tertiary", care_types=frozenset({CareType.INPATIENT})
    )
    return make_revision(band, by=writer)


def give(draft: Revision, to: User, by: User, reason: str = "调岗") -> Revision:
    return hand_over(revision=draft, to=to, reason=reason, by=by, at=AT)


def test_the_new_author_goes_on_and_the_former_cannot(
    draft: Revision, writer: User, colleague: User
) -> None:
    given = give(draft, colleague, writer)

    assert given.author == colleague
    assert given.version == draft.version + 1  # a window still open elsewhere is out of date
    with pytest.raises(NotYourDraft):
        end_row(revision=given, table="x", pk=1, by=writer, at=AT, version=given.version)
    event = list_events("policies.revision", str(draft.pk))[0]
    assert (event.event, event.before, event.after, event.reason) == (
        "policies.draft_handed_over",
        {"author": "writer"},
        {"author": "colleague"},
        "调岗",
    )


def test_whoever_wrote_at_it_before_does_not_publish_it(
    draft: Revision, writer: User, colleague: User, checker: User
) -> None:
    give(draft, colleague, writer)

    for user in (writer, colleague):
        with pytest.raises(operations.AuthorMayNotPublish):
            operations.publish_revision(revision=draft, by=user, at=AT)
    assert operations.publish_revision(revision=draft, by=checker, at=AT).publisher == checker


def test_an_administrator_gives_away_the_draft_of_somebody_who_left(
    draft: Revision, writer: User, colleague: User, administrator: User
) -> None:
    User.objects.filter(pk=writer.pk).update(is_active=False)

    assert give(draft, colleague, administrator).author == colleague


def test_only_the_owner_or_an_administrator_of_the_region_gives(
    draft: Revision, colleague: User, administrator: User
) -> None:
    Assignment.objects.filter(user=administrator).update(region_code="360100")
    stranger = officer("stranger")

    for user in (colleague, stranger, User.objects.get(pk=administrator.pk)):
        with pytest.raises(NotYourDraft):
            give(draft, colleague, user)


@pytest.mark.parametrize("lack", ["region", "right", "account", "self"])
def test_only_somebody_who_can_go_on_takes_it(
    draft: Revision, writer: User, colleague: User, lack: str
) -> None:
    match lack:
        case "region":
            Assignment.objects.filter(user=colleague).update(region_code="360100")
        case "right":
            colleague.user_permissions.clear()
        case "account":
            User.objects.filter(pk=colleague.pk).update(is_active=False)
        case _:
            colleague = writer

    with pytest.raises(PolicyRefused, match="接不了"):
        give(draft, User.objects.get(pk=colleague.pk), writer)


def test_what_is_published_stays_its_authors(
    draft: Revision, writer: User, colleague: User, checker: User
) -> None:
    operations.publish_revision(revision=draft, by=checker, at=AT)

    with pytest.raises(operations.NotOpen):
        give(draft, colleague, writer)


def test_in_the_panel_by_the_author(draft: Revision, writer: User, colleague: User) -> None:
    panel = signed_in(writer)
    address = reverse("admin:policies_revision_hand_over", args=[draft.pk])
    given: dict[str, Any] = {"to": colleague.pk, "reason": ""}

    refused = panel.post(address, given)
    assert refused.status_code == 422
    assert f'value="{colleague.pk}" selected' in refused.text
    panel.post(address, given | {"reason": "调岗"})

    draft.refresh_from_db()
    assert draft.author == colleague
    assert panel.get(address).status_code == 403


def test_in_the_panel_by_an_administrator_who_sees_no_policies(
    draft: Revision, colleague: User, administrator: User, writer: User
) -> None:
    panel = signed_in(administrator)
    listed = reverse("admin:policies_revision_hand_overs")
    address = reverse("admin:policies_revision_hand_over", args=[draft.pk])

    assert address in panel.get(listed, {"author": writer.pk}).text
    assert address not in panel.get(listed, {"author": colleague.pk}).text
    done = panel.post(address, {"to": colleague.pk, "reason": "离职"})

    assert done["Location"] == listed
    assert panel.get(reverse("admin:policies_revision_review", args=[draft.pk])).status_code == 403
