"""The desk's pages in the panel: who sees what, and what each button does."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.policies import make_draft, make_revision, publish
from tests.policies.test_admin import change_url, form_data, hand_in, officer, signed_in
from yibao.accounts.models import User
from yibao.policies.models import Comment, PaymentBand, Revision, RevisionStatus

NEXT_YEAR = date(2027, 1, 1)


def page(name: str, revision: Revision) -> str:
    return reverse(f"admin:policies_revision_{name}", args=[revision.pk])


@pytest.fixture
def writer(places: None) -> User:
    return officer("writer", "view_document")


@pytest.fixture
def publisher(places: None) -> User:
    return officer("publisher", "publish_revision")


@pytest.fixture
def draft(writer: User, author: User, checker: User) -> Revision:
    publish(make_draft("payment_band", ratio_bp=6500, level="tertiary"), by=author, other=checker)
    return make_revision(by=writer, starts_on=NEXT_YEAR)


def row_data(draft: Revision, **more: Any) -> dict[str, Any]:
    row = PaymentBand.objects.earliest("pk")
    return {"table": "payment_band", "row": row.pk, "version": draft.version} | more


def test_an_officer_begins_with_the_document(writer: User) -> None:
    client = signed_in(writer)
    address = reverse("admin:policies_revision_start")
    given = {
        "region": "370600",
        "insurance": "resident",
        "title": "烟台 2027",
        "starts_on": "2027-01-01",
    }

    assert client.post(address, given).status_code == 422
    response = client.post(address, given | {"document": "s-test"})

    revision = Revision.objects.get()
    assert response.headers["Location"] == page("ground", revision)
    assert (revision.author, revision.starts_on) == (writer, NEXT_YEAR)
    assert revision.basis == "关于测试的通知"


def test_a_row_is_copied_into_the_draft_and_opened(writer: User, draft: Revision) -> None:
    client = signed_in(writer)
    address = reverse("admin:policies_revision_row", args=[draft.pk, "amend"])
    assert "三级" in client.get(page("ground", draft)).text

    response = client.post(address, row_data(draft))

    assert response.headers["Location"] == change_url(draft, "benefits")
    assert PaymentBand.objects.get(revision=draft).effective_from == NEXT_YEAR
    again = client.post(address, row_data(draft), follow=True)
    assert "刚在别处保存过" in again.text


def test_two_windows_on_one_draft_lose_nothing(writer: User, draft: Revision) -> None:
    client = signed_in(writer)
    client.post(reverse("admin:policies_revision_row", args=[draft.pk, "amend"]), row_data(draft))
    one = form_data(client, change_url(draft, "benefits"))
    other = form_data(client, change_url(draft, "benefits"))
    one["paymentband_set-0-ratio_bp"] = "70"
    other["paymentband_set-0-ratio_bp"] = "72"

    assert client.post(change_url(draft, "benefits"), one).status_code == 302
    refused = client.post(change_url(draft, "benefits"), other)

    assert refused.status_code == 200
    assert "刚在别处保存过" in refused.text
    assert "7000" in refused.text or "70" in refused.context["differences"][0][2:]
    assert PaymentBand.objects.get(revision=draft).ratio_bp == 7000
    draft.refresh_from_db()
    other["version"] = draft.version
    assert client.post(change_url(draft, "benefits"), other).status_code == 302
    assert PaymentBand.objects.get(revision=draft).ratio_bp == 7200


def test_what_is_typed_is_checked_before_it_is_saved(writer: User, draft: Revision) -> None:
    client = signed_in(writer)
    client.post(reverse("admin:policies_revision_row", args=[draft.pk, "amend"]), row_data(draft))
    data = form_data(client, change_url(draft, "benefits"))

    data["paymentband_set-0-ratio_bp"] = "95"
    jump = client.post(page("check", draft), data)
    data["paymentband_set-0-ratio_bp"] = "0.95"
    unit = client.post(page("check", draft), data)

    assert 'data-finding="jump"' in jump.text
    assert "不到 1%" in unit.text
    assert PaymentBand.objects.get(revision=draft).ratio_bp == 6500


def test_the_review_shows_the_difference_and_takes_comments(
    writer: User, publisher: User, draft: Revision
) -> None:
    client, checker = signed_in(writer), signed_in(publisher)
    client.post(reverse("admin:policies_revision_row", args=[draft.pk, "amend"]), row_data(draft))
    PaymentBand.objects.filter(revision=draft).update(ratio_bp=7000)
    row = PaymentBand.objects.get(revision=draft)
    hand_in(client, draft)

    text = checker.get(page("review", draft)).text
    assert 'data-change="changed"' in text
    assert "65%" in text
    assert "70%" in text
    checker.post(page("comment", draft), {"text": "请核对", "row": f"payment_band-{row.pk}"})
    comment = Comment.objects.get()
    assert (comment.text, comment.provision_id, comment.by) == ("请核对", row.pk, publisher)
    client.post(reverse("admin:policies_revision_settle", args=[draft.pk, comment.pk]))
    comment.refresh_from_db()
    assert comment.settled_at is not None


def test_a_checker_approves_for_a_moment(writer: User, publisher: User, draft: Revision) -> None:
    client, checker = signed_in(writer), signed_in(publisher)
    client.post(reverse("admin:policies_revision_row", args=[draft.pk, "amend"]), row_data(draft))
    hand_in(client, draft)
    moment = timezone.localtime() + timedelta(days=2)
    given = {"moment_0": f"{moment:%Y-%m-%d}", "moment_1": f"{moment:%H:%M:%S}"}

    assert client.post(page("schedule", draft), given).status_code == 403
    assert checker.post(page("schedule", draft), {"moment_0": "x"}).status_code == 422
    assert checker.post(page("schedule", draft), given).status_code == 302

    draft.refresh_from_db()
    assert draft.approver == publisher
    assert draft.status == RevisionStatus.IN_REVIEW
    assert "已批准" in checker.get(page("review", draft)).text


def test_a_published_revision_is_corrected_with_a_reason(
    writer: User, author: User, checker: User, draft: Revision
) -> None:
    published = Revision.objects.get(status=RevisionStatus.PUBLISHED)
    client = signed_in(writer)

    client.post(page("correct", published), {"reason": ""})
    assert not Revision.objects.filter(corrects=published).exists()
    response = client.post(page("correct", published), {"reason": "抄错"})

    correction = Revision.objects.get(corrects=published)
    assert response.headers["Location"] == page("ground", correction)
    assert "三级" in client.get(page("ground", correction)).text


def test_the_board_shows_what_waits_and_who_drafts(
    writer: User, publisher: User, draft: Revision
) -> None:
    board = reverse("admin:policies_revision_desk")

    mine = signed_in(writer).get(board)
    assert "您的草稿还没有送审" in mine.text
    assert "烟台市" in mine.text
    make = signed_in(writer)
    make.post(reverse("admin:policies_revision_row", args=[draft.pk, "amend"]), row_data(draft))
    hand_in(make, draft)
    theirs = signed_in(publisher).get(board)
    assert "等您复核" in theirs.text
    assert "writer（待复核）" in theirs.text


def test_a_workbook_goes_out_and_comes_back(writer: User, draft: Revision) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = signed_in(writer)
    content = client.get(page("sheet", draft)).content

    def sent(data: bytes, **more: str) -> Any:
        file = SimpleUploadedFile("draft.xlsx", data)
        return client.post(page("take_sheet", draft), {"file": file, **more})

    assert "不变 1 行" in sent(content).text
    assert sent(b"nothing").status_code == 422
    assert sent(content, write="x").headers["Location"] == page("review", draft)


@pytest.mark.parametrize(
    "name", ["change", "ground", "review", "sheet", "take_sheet", "comment", "check", "schedule"]
)
def test_an_officer_of_another_region_finds_nothing(
    draft: Revision, name: str, places: None
) -> None:
    stranger = signed_in(officer("stranger", "publish_revision", region="360100"))
    address = page(name, draft)

    posts = {"comment", "check", "schedule"}
    response = stranger.post(address) if name in posts else stranger.get(address)

    assert response.status_code in (302, 404)
    if response.status_code == 302:
        assert response.headers["Location"] == reverse("admin:index")
    board = stranger.get(reverse("admin:policies_revision_desk")).text
    assert "烟台市" not in board


@pytest.mark.parametrize("name", ["sheet", "take_sheet"])
def test_a_colleague_reads_a_draft_but_does_not_touch_it(
    draft: Revision, publisher: User, name: str
) -> None:
    client: Client = signed_in(publisher)

    assert client.get(page(name, draft)).status_code == 403
    assert client.get(page("review", draft)).status_code == 200
    assert client.post(page("accept", draft)).status_code == 403
    assert "由 writer 起草" in client.get(change_url(draft)).text
