"""The site under a draft or on another day: for whoever has the link, and nobody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connections
from django.http import HttpRequest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from tests.factories.policies import make_draft, make_revision, publish
from tests.policies.test_admin import officer, signed_in
from yibao.accounts.models import User
from yibao.audit.queries import list_events
from yibao.core import metrics
from yibao.core.stamps import is_apart
from yibao.core.templatetags.figures import chinese_date
from yibao.policies import operations
from yibao.policies.models import PaymentBand, PreviewLink, Revision
from yibao.policies.preview.middleware import COOKIE, PreviewMiddleware
from yibao.policies.preview.operations import make_link, revoke_link, token_of
from yibao.policies.queries import get_terms
from yibao.rules.policy import PaymentBand as Band
from yibao.rules.terms import CareType, InsuranceType

REGION = "/regions/370600/"
CARE = frozenset({CareType.INPATIENT})
BANNER = "预览，不是现行规定"
ESTIMATE = (
    "/estimate/?insured=370600&care=370600&insurance=resident&care_type=inpatient"
    "&level=tertiary&total=10000&group=adult"
)


def band(ratio_bp: int, **more: Any) -> Any:
    return make_draft("payment_band", ratio_bp=ratio_bp, level="tertiary", care_types=CARE, **more)


@pytest.fixture
def draft(author: User, checker: User) -> Revision:
    """65 % in force; a draft says 70 % from today on."""
    zero = make_draft("deductible", amount_fen=0, care_types=CARE)
    publish(band(6500), zero, by=author, other=checker)
    return make_revision(
        band(7000, effective_from=timezone.localdate()), by=author, starts_on=timezone.localdate()
    )


def link_of(
    draft: Revision | None, by: User, *, day: date | None = None, days: int = 1
) -> PreviewLink:
    return make_link(
        revision=draft,
        day=day or timezone.localdate(),
        lasts=timedelta(days=days),
        by=by,
        at=timezone.now(),
        purpose="李科长",
    )


def inside(link: PreviewLink) -> Client:
    client = Client()
    response = client.get(reverse("policies:preview", args=[token_of(link)]))
    assert response.status_code == 302
    return client


def test_a_link_shows_the_site_under_the_draft_to_its_holder_alone(
    draft: Revision, author: User
) -> None:
    visitor = Client()
    before = visitor.get(REGION)
    guest = inside(link_of(draft, author))

    shown = guest.get(REGION, headers={"If-None-Match": before["ETag"]})
    after = visitor.get(REGION)

    assert "70%" in shown.text
    assert BANNER in shown.text
    assert "【预览】" in shown.text
    assert (shown["Cache-Control"], shown["X-Robots-Tag"]) == ("no-store", "noindex")
    assert "ETag" not in shown
    assert "70%" not in after.text
    assert BANNER not in after.text
    assert after.content == before.content
    assert PaymentBand.objects.filter(ended_by=None, revision=draft).exists()
    assert not PaymentBand.objects.exclude(ended_by=None).exists()


def test_the_estimate_computes_under_the_draft(draft: Revision, author: User) -> None:
    figure = 'data-figure="pooled_fund" value="{}"'
    guest = inside(link_of(draft, author))

    assert figure.format("7000.00") in guest.get(ESTIMATE).text
    assert figure.format("6500.00") in Client().get(ESTIMATE).text


@pytest.mark.parametrize(
    "address",
    ["/check/?insured=370600", "/estimate/compare/?insured=370600", "/conflicts/", "/coverage/"],
)
def test_every_page_says_that_it_is_a_preview(draft: Revision, author: User, address: str) -> None:
    page = inside(link_of(draft, author)).get(address)

    assert page.status_code == 200
    assert BANNER in page.text


def test_an_edit_of_the_draft_shows_with_the_next_page(draft: Revision, author: User) -> None:
    guest = inside(link_of(draft, author))
    assert "70%" in guest.get(REGION).text

    PaymentBand.objects.filter(revision=draft).update(ratio_bp=7100)
    Revision.objects.filter(pk=draft.pk).update(version=1)

    assert "71%" in guest.get(REGION).text


def test_another_day_is_today_in_the_preview(draft: Revision, author: User) -> None:
    day = timezone.localdate() + timedelta(days=300)
    guest = inside(link_of(None, author, day=day))

    page = guest.get(REGION)

    assert f"{chinese_date(day)}执行的规定" in page.text
    assert "65%" in page.text
    assert "只算已经发布的规定" in page.text
    assert "只算已经发布的规定" not in Client().get(REGION).text


def test_what_will_be_stale_then_is_stale_in_the_preview(draft: Revision, author: User) -> None:
    day = timezone.localdate() + timedelta(days=366)

    assert "已过复核期" in inside(link_of(None, author, day=day)).get(REGION).text
    assert "已过复核期" not in Client().get(REGION).text


def test_nothing_is_sent_from_within(draft: Revision, author: User) -> None:
    guest = inside(link_of(draft, author))

    response = guest.post("/guides/directory/report/")

    assert response.status_code == 403
    assert "预览里只能看" in response.text


@pytest.mark.parametrize("how", ["revoked", "expired", "published", "withdrawn"])
def test_a_link_that_is_over_says_so_and_shows_nothing(
    draft: Revision,
    author: User,
    checker: User,
    how: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    link = link_of(draft, author)
    guest = inside(link)
    now = timezone.now()
    match how:
        case "revoked":
            revoke_link(link=link, by=author, at=now)
        case "expired":
            monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=1, seconds=1))
        case "published":
            Revision.objects.filter(pk=draft.pk).update(seen_at=now)
            operations.publish_revision(revision=draft, by=checker, at=now)
        case _:
            operations.withdraw_revision(revision=draft, by=author, at=now, reason="重复")

    over = guest.get(REGION)

    assert over.status_code == 410
    assert "%" not in over.text.partition("<main")[2].partition("</main")[0]
    assert guest.get(reverse("policies:preview", args=[token_of(link)])).status_code == 410
    assert guest.get(REGION).status_code == 200  # the cookie is gone
    assert BANNER not in guest.get(REGION).text


@pytest.mark.parametrize("token", ["1", "1:x", "x", "99:abc", "1:" + "a" * 300])
def test_a_made_up_link_opens_nothing(draft: Revision, author: User, token: str) -> None:
    link_of(draft, author)

    assert Client().get(reverse("policies:preview", args=[token])).status_code == 410
    client = Client()
    client.cookies[COOKIE] = token
    assert client.get(REGION).status_code == 410


def test_a_draft_that_cannot_be_published_says_why(
    draft: Revision, author: User, checker: User
) -> None:
    link = link_of(draft, author)
    guest = inside(link)
    publish(band(6800, effective_from=timezone.localdate()), by=checker, other=author)

    over = guest.get(REGION)

    assert over.status_code == 410
    assert "还不能发布" in over.text


def test_leaving_shows_the_public_site(draft: Revision, author: User) -> None:
    guest = inside(link_of(draft, author))
    guest.get(reverse("policies:preview_leave"))

    assert BANNER not in guest.get(REGION).text


def test_the_panel_is_never_previewed(draft: Revision, author: User) -> None:
    guest = inside(link_of(draft, author))
    guest.force_login(author)

    page = guest.get(reverse("admin:policies_revision_review", args=[draft.pk]))

    assert page.status_code == 200
    assert BANNER not in page.text


def test_it_ends_with_the_request_even_after_an_error(
    draft: Revision, author: User, rf: Any
) -> None:
    request: HttpRequest = rf.get(REGION)
    request.COOKIES[COOKIE] = token_of(link_of(draft, author))
    seen = []

    def fail(request: HttpRequest) -> Any:
        seen.append((is_apart(), _ratio()))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        PreviewMiddleware(fail)(request)

    assert seen == [(True, 7000)]
    assert not is_apart()
    assert _ratio() == 6500


def _ratio() -> int | None:
    terms = get_terms("370600", InsuranceType.RESIDENT, timezone.localdate())
    return terms.of(Band)[0][0].ratio_bp


@pytest.mark.django_db(transaction=True)
def test_visitors_at_the_same_time_see_what_is_published(draft: Revision, author: User) -> None:
    guest, visitor = inside(link_of(draft, author)), Client()

    def look(client: Client) -> bool:
        try:
            return "70%" in client.get(REGION).text
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(look, [guest, visitor] * 8))

    assert seen == [True, False] * 8


def test_a_preview_counts_as_no_visit(draft: Revision, author: User) -> None:
    def count(view: str) -> float:
        return metrics._requests.labels(view, "200")._value.get()

    guest = inside(link_of(draft, author))
    before = count("policies:region"), count("preview")
    guest.get(REGION)

    assert (count("policies:region"), count("preview")) == (before[0], before[1] + 1)


# --- in the panel ---------------------------------------------------------------------------


@pytest.fixture
def writer(places: None) -> User:
    return officer("writer")


@pytest.fixture
def own_draft(writer: User, draft: Revision) -> Revision:
    Revision.objects.filter(pk=draft.pk).update(author=writer)
    draft.refresh_from_db()
    return draft


def test_an_officer_looks_and_gives_a_link_that_can_be_taken_back(
    own_draft: Revision, writer: User
) -> None:
    client = signed_in(writer)
    address = reverse("admin:policies_revision_preview", args=[own_draft.pk])
    day = timezone.localdate().isoformat()

    page = client.post(address, {"day": day}, follow=True)
    assert page.redirect_chain[-1][0] == REGION
    assert "70%" in page.text

    assert client.post(address, {"day": day, "share": "1"}).status_code == 422
    client.post(address, {"day": day, "share": "1", "purpose": "李科长", "days": "7"})
    link = PreviewLink.objects.get(purpose="李科长")
    assert token_of(link) in client.get(address).text
    assert link.expires_at - link.made_at == timedelta(days=7)

    client.post(reverse("admin:policies_revision_revoke_preview", args=[own_draft.pk, link.pk]))
    link.refresh_from_db()
    assert link.revoked_at
    events = [event.event for event in list_events("policies.revision", str(own_draft.pk))]
    assert events[:3] == [
        "policies.preview_revoked",
        "policies.preview_made",
        "policies.preview_made",
    ]


def test_only_author_and_publisher_give_links(own_draft: Revision, places: None) -> None:
    client = signed_in(officer("reader"))
    address = reverse("admin:policies_revision_preview", args=[own_draft.pk])
    given = {"day": timezone.localdate().isoformat(), "purpose": "外人", "days": "7"}

    assert client.post(address, given | {"share": "1"}).status_code == 403
    assert not PreviewLink.objects.exists()
    assert client.post(address, given).status_code == 302


def test_a_day_far_off_is_refused_beside_its_field(writer: User) -> None:
    client = signed_in(writer)
    address = reverse("admin:policies_revision_preview_day")

    refused = client.post(address, {"day": "2099-01-01"})
    assert refused.status_code == 422
    assert "一年以后" in refused.text
    assert 'value="2099-01-01"' in refused.text
    ok = client.post(address, {"day": timezone.localdate().isoformat()}, follow=True)
    assert "只算已经发布的规定" in ok.text


@override_settings(OPERATOR="某市医疗保障局")
def test_it_works_on_an_operators_site_too(draft: Revision, author: User) -> None:
    assert "70%" in inside(link_of(draft, author)).get(REGION).text
