"""Readers say what is wrong; officers decide; the board shows what became of it."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories.policies import AT, make_draft, make_revision, publish
from tests.policies.test_admin import change_url, officer, signed_in
from yibao.accounts.models import User
from yibao.audit.queries import list_events
from yibao.policies.corrections import outcomes
from yibao.policies.corrections.operations import (
    AlreadyDecided,
    accept_correction,
    dispute_correction,
    read_contact,
    refuse_correction,
    send_correction,
)
from yibao.policies.models import Correction, CorrectionStatus, PaymentBand, Revision
from yibao.policies.operations import NotYourRegion, publish_revision
from yibao.policies.succession import PolicyRefused
from yibao.rules.terms import CareType

FORM = "/regions/370600/corrections/new/"
GIVEN = {"row": "", "proposed": "应是 70%", "document": "鲁医保发〔2026〕1号", "contact": ""}
CARE = frozenset({CareType.INPATIENT})


@pytest.fixture
def published(author: User, checker: User) -> Revision:
    band = make_draft("payment_band", ratio_bp=6500, level="tertiary", care_types=CARE)
    return publish(band, by=author, other=checker)


@pytest.fixture
def row_id(published: Revision) -> str:
    return f"payment_band-{PaymentBand.objects.get().pk}"


def send(client: Client, **more: str) -> Correction:
    response = client.post(FORM, GIVEN | more)
    assert response.status_code == 302, response.text
    return Correction.objects.latest("pk")


@pytest.fixture
def correction(client: Client, row_id: str) -> Correction:
    return send(client, row=row_id, contact="13800000000")


def test_every_section_of_a_region_leads_to_the_form_with_its_rules(
    client: Client, row_id: str
) -> None:
    page = client.get("/regions/370600/").text
    address = re.search(r'href="(/regions/370600/corrections/new/\?section=[^"]+)"', page)
    assert address

    form = client.get(address[1]).text

    assert f'value="{row_id}"' in form
    assert "65%" in form


def test_a_proposal_is_kept_with_what_the_page_said_and_changes_nothing(
    client: Client, row_id: str
) -> None:
    response = client.post(FORM, GIVEN | {"row": row_id}, follow=True)

    assert "收到了" in response.text
    found = Correction.objects.get()
    assert (found.table, found.provision_id) == ("payment_band", PaymentBand.objects.get().pk)
    assert "65%" in found.shown
    assert (found.region_id, found.status, found.contact) == ("370600", "open", "")
    assert "65%" in client.get("/regions/370600/").text


def test_the_contact_is_stored_sealed(correction: Correction) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM policies_correction")
        raw = repr(cursor.fetchall())

    assert "13800000000" not in raw
    assert correction.contact == "13800000000"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"proposed": ""}, "请填写这一项"),
        ({"document": " "}, "请填写这一项"),
        ({"proposed": "长" * 301}, "太长了"),
        ({"contact": "1" * 101}, "太长了"),
        ({"row": "payment_band-999999"}, "重新选"),
        ({"row": "../../etc"}, "重新选"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
    client: Client, row_id: str, wrong: dict[str, str], message: str
) -> None:
    response = client.post(FORM, GIVEN | {"contact": "a@b.cn"} | wrong)

    assert response.status_code == 422
    assert message in response.text
    kept = {"document", "proposed", "contact"} - set(wrong)
    assert all((GIVEN | {"contact": "a@b.cn"})[name] in response.text for name in kept)
    assert not Correction.objects.exists()


def test_programs_that_fill_in_everything_are_thanked_and_forgotten(
    client: Client, row_id: str
) -> None:
    response = client.post(FORM, GIVEN | {"website": "http://spam"})

    assert response.status_code == 302
    assert not Correction.objects.exists()


def test_one_address_sends_five_an_hour_and_keeps_its_words(client: Client, row_id: str) -> None:
    for _number in range(5):
        send(client)

    refused = client.post(FORM, GIVEN)

    assert refused.status_code == 429
    assert "应是 70%" in refused.text
    assert Correction.objects.count() == 5


def test_an_inherited_rule_goes_to_those_who_made_it(
    client: Client, author: User, checker: User
) -> None:
    publish(
        make_draft("filing_rule", required=True),
        by=author,
        other=checker,
        region="370000",
        insurance="",
    )
    page = client.get(FORM).text
    (row,) = re.findall(r'value="(filing_rule-\d+)"', page)

    assert send(client, row=row).region_id == "370000"


def test_unknown_places_have_no_form_and_a_county_is_its_pool(client: Client, places: None) -> None:
    assert client.get("/regions/999999/corrections/new/").status_code == 404
    client.post("/regions/370602/corrections/new/", GIVEN)
    assert Correction.objects.get().region_id == "370600"


# --- decisions --------------------------------------------------------------------------------


def test_accepting_opens_a_draft_with_the_row_to_correct(
    client: Client, correction: Correction, author: User, checker: User
) -> None:
    draft = accept_correction(correction=correction, reply="按原文第三条", by=author, at=AT)

    assert draft.corrects_id == PaymentBand.objects.earliest("pk").revision_id
    copy = PaymentBand.objects.get(revision=draft)
    correction.refresh_from_db()
    assert (correction.status, correction.revision) == (CorrectionStatus.ACCEPTED, draft)
    assert correction.sealed_contact == ""
    board = client.get("/conflicts/").text
    assert "按原文第三条" in board
    assert "已经改好" not in board

    PaymentBand.objects.filter(pk=copy.pk).update(ratio_bp=7000)
    publish_revision(revision=draft, by=checker, at=AT)
    assert "已经改好" in client.get("/conflicts/").text
    assert "70%" in client.get("/regions/370600/").text


def test_the_board_asks_the_database_once_however_much_was_decided(
    client: Client,
    correction: Correction,
    author: User,
    django_assert_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outcomes, "_SHOWN", 2)
    for number in range(4):
        refuse_correction(correction=send(client), reply=f"看过原文第{number}条", by=author, at=AT)
    client.get("/conflicts/")
    cache.clear()

    for address in ("/conflicts/", "/conflicts/?region=370600", "/conflicts/?region=360100"):
        with django_assert_num_queries(1):
            board = client.get(address).text

    assert "data-correction" not in board
    board = client.get("/conflicts/?region=370600").text
    assert [number for number in range(4) if f"第{number}条" in board] == [2, 3]
    assert "还有 1 条在核实" in board


def test_accepting_may_use_a_draft_of_ones_own_in_the_same_region(
    correction: Correction, author: User, checker: User
) -> None:
    own = make_revision(by=author)
    foreign = make_revision(by=author, region="360100")
    others = make_revision(by=checker)

    for wrong in (foreign, others):
        with pytest.raises(PolicyRefused, match="自己起草"):
            accept_correction(correction=correction, reply="好", by=author, at=AT, revision=wrong)
    assert (
        accept_correction(correction=correction, reply="好", by=author, at=AT, revision=own) == own
    )


def test_a_proposal_about_the_whole_page_opens_an_empty_draft(
    client: Client, row_id: str, author: User
) -> None:
    draft = accept_correction(correction=send(client), reply="补上", by=author, at=AT)

    assert (draft.region_id, draft.corrects, draft.author) == ("370600", None, author)


def test_a_refused_proposal_is_answered_but_not_spread(
    client: Client, correction: Correction, author: User
) -> None:
    assert "还有 1 条在核实" in client.get("/conflicts/?region=370600").text

    refuse_correction(correction=correction, reply="原文就是 65%", by=author, at=AT)

    board = client.get("/conflicts/?region=370600").text
    assert 'data-correction="refused"' in board
    assert "原文就是 65%" in board
    assert "应是 70%" not in board
    assert "还有 0 条在核实" in board
    assert "原文就是" not in client.get("/conflicts/?region=360100").text


def test_a_dispute_shows_both_words(client: Client, correction: Correction, author: User) -> None:
    dispute_correction(correction=correction, reply="等市局答复", by=author, at=AT)

    board = client.get("/conflicts/").text
    entry = board.partition('data-correction="disputed"')[2]
    assert "应是 70%" in entry
    assert "65%" in entry
    assert "等市局答复" in entry


def test_the_second_decision_is_refused(correction: Correction, author: User) -> None:
    refuse_correction(correction=correction, reply="不对", by=author, at=AT)

    with pytest.raises(AlreadyDecided):
        accept_correction(correction=correction, reply="对", by=author, at=AT)
    assert Revision.objects.count() == 1


def test_nobody_decides_for_a_foreign_region(correction: Correction) -> None:
    stranger = officer("stranger", region="360100")

    for act in (accept_correction, refuse_correction, dispute_correction):
        with pytest.raises(NotYourRegion):
            act(correction=correction, reply="好", by=stranger, at=AT)
    with pytest.raises(NotYourRegion):
        read_contact(correction=correction, by=stranger, at=AT)


def test_text_of_readers_is_text(client: Client, row_id: str, author: User) -> None:
    row = send(client, proposed="<script>alert(1)</script>")
    dispute_correction(correction=row, reply="<b>不</b>", by=author, at=AT)

    board = client.get("/conflicts/").text

    assert "<script>alert" not in board
    assert "&lt;script&gt;" in board
    assert "<b>不</b>" not in board


# --- in the panel -----------------------------------------------------------------------------


@pytest.fixture
def writer(places: None) -> User:
    return officer("writer", "view_correction", "change_correction")


def page_of(correction: Correction) -> str:
    return reverse("admin:policies_correction_change", args=[correction.pk])


def test_the_queue_shows_open_proposals_of_ones_regions(
    client: Client, correction: Correction, writer: User
) -> None:
    foreign = send_correction(
        region_code="360100", figure=None, proposed="别处", document="x", contact="", at=AT
    )
    panel = signed_in(writer)
    address = reverse("admin:policies_correction_changelist")

    assert [row.pk for row in panel.get(address).context["cl"].result_list] == [correction.pk]
    assert panel.get(page_of(foreign)).status_code == 404
    desk = panel.get(reverse("admin:policies_revision_conflicts")).text
    assert "应是 70%" in desk
    assert "别处" not in desk


def test_an_officer_decides_on_the_page(correction: Correction, writer: User) -> None:
    panel = signed_in(writer)
    given: dict[str, Any] = {"status": "accepted", "reply": ""}

    refused = panel.post(page_of(correction), given)
    assert refused.status_code == 422
    assert 'value="accepted"' in refused.text
    done = panel.post(page_of(correction), given | {"reply": "按原文"}, follow=True)

    correction.refresh_from_db()
    assert correction.revision is not None
    assert done.redirect_chain[-1][0] == change_url(correction.revision, "benefits")
    again = panel.post(page_of(correction), given | {"reply": "按原文"})
    assert "刚才已经处理过" in again.text


def test_looking_at_the_contact_is_on_record(correction: Correction, writer: User) -> None:
    panel = signed_in(writer)
    assert "13800000000" not in panel.get(page_of(correction)).text

    page = panel.post(reverse("admin:policies_correction_contact", args=[correction.pk]))

    assert "13800000000" in page.text
    assert "no-store" in page["Cache-Control"]
    (event, *_others) = list_events("policies.correction", str(correction.pk))
    assert (event.event, event.actor) == ("policies.correction_viewed", "writer")
    assert "13800000000" not in repr((event.before, event.after, event.reason))


def test_who_may_only_look_decides_nothing(correction: Correction, places: None) -> None:
    panel = signed_in(officer("reader", "view_correction"))

    assert panel.get(page_of(correction)).status_code == 200
    assert panel.post(page_of(correction), {"status": "refused", "reply": "不"}).status_code == 403
    contact = reverse("admin:policies_correction_contact", args=[correction.pk])
    assert panel.post(contact).status_code == 403
