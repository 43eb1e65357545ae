"""The filing wizard page by page: order, keeping, coming back, sending twice."""

import re
from datetime import date

import pytest
from django.db import OperationalError
from django.test import Client

from tests.cases.printing.reading import text_of
from tests.filings.walking import (
    CONTACT,
    HELPER,
    NOTICE,
    OTHER,
    PERSON,
    PLACES,
    RESIDENT,
    Walker,
    errors_of,
    materials,
    picture,
)
from yibao.cases.models import Case, Draft, Message
from yibao.cases.references import parse
from yibao.cases.uploads.queries import uploads_of_case, uploads_of_draft
from yibao.cases.wizard import binding
from yibao.filings.models import Evidence, Filing
from yibao.filings.notices import COMMITMENT
from yibao.filings.notices import NOTICE as NOTICE_TEXT

REFERRAL = {**PLACES, "insured": "140100", "care": "110000", "category": "referral"}


# --- what comes out --------------------------------------------------------------------------


def test_a_filing_by_commitment_letter(walker: Walker) -> None:
    page = walker.file().content.decode()

    shown = re.search(r'data-figure="reference" value="(YB-[^"]+)"', page)
    assert shown
    case = Case.objects.get(reference=parse(shown[1]))
    filing = Filing.objects.get(case=case)
    assert (case.region_code, case.insurance, case.due_on) == ("370600", "employee", None)
    assert (filing.care_code, filing.care_pool_code) == ("510100", "510100")
    assert (filing.evidence, filing.validity) == (Evidence.COMMITMENT, "indefinite")
    assert (filing.ends_on, filing.change_from) == (None, date(2027, 6, 2))
    assert filing.commitment.signature == "测试甲"
    assert filing.commitment.text == COMMITMENT.chinese
    assert "测试甲" not in filing.commitment.sealed_signature
    assert filing.decided_with["rule"] == "D-14"
    assert [row.material for row in uploads_of_case(case)] == ["identity"]
    consents = {consent.purpose: consent.text_sha256 for consent in case.consents.all()}
    assert consents["notice"] == NOTICE_TEXT.sha256
    assert set(consents) == {"notice", "sensitive"}
    assert case.person.read().phone == "13900000000"
    draft = Draft.objects.get()
    assert (draft.case, draft.sealed) == (case, "")


def test_a_referral_with_its_proof_ends_after_six_months(walker: Walker) -> None:
    walker.until(
        "confirm",
        places=REFERRAL,
        materials={"material_referral_proof": picture(), "commitment": "", "signature_name": ""},
    )
    walker.post("confirm", {})

    filing = Filing.objects.get()
    assert (filing.evidence, filing.validity) == (Evidence.PROOF, "months:6")
    assert filing.ends_on == date(2027, 6, 1)
    materials_of = {row.material for row in uploads_of_case(filing.case)}
    assert materials_of == {"identity", "referral_proof"}


def test_the_time_limit_of_the_region_counts_working_days(walker: Walker) -> None:
    walker.file(places={"insured": "440100", "care": "110000"})

    assert Case.objects.get().due_on == date(2026, 12, 3)  # two working days in 广州


def test_who_wants_a_message_gets_one_queued(walker: Walker) -> None:
    walker.file(contact={"notify": "email", "email": "a@example.com"})

    message = Message.objects.get()
    assert (message.template, message.channel) == ("submitted", "email")
    assert "example.com" not in message.sealed_to


@pytest.mark.parametrize(
    ("label", "places"),
    [
        ("管到哪天", {}),
        ("最早哪天能变更或取消", {}),
        ("审核要多久", {"insured": "440100", "care": "110000"}),
        ("为什么能这样备案", {}),
    ],
)
def test_the_last_look_names_the_clause_of_every_term(
    walker: Walker, label: str, places: dict[str, str]
) -> None:
    walker.until("confirm", places=places)

    page = walker.get("confirm").content.decode()

    said = re.split("</dd>|</ul>", page.partition(label)[2])[0]
    cited = set(re.findall(r'class="cite" href="#([^"]+)"', said))
    assert cited
    assert all(f'<li id="{each}"' in page for each in cited)


def test_the_last_page_offers_note_and_calendar(walker: Walker) -> None:
    walker.file()

    note = walker.get("note").content.decode()
    calendar = walker.client.get(f"{walker.folder}calendar.ics")
    reference = Case.objects.get().shown_reference
    assert reference in note
    assert "2027年6月2日" in note
    assert calendar["Content-Type"].startswith("text/calendar")
    assert b"20270602" in calendar.content
    assert reference.encode() not in calendar.content


def test_the_printed_form_and_letter_say_what_was_filed(walker: Walker) -> None:
    walker.file()
    reference = Case.objects.get().shown_reference

    form = walker.client.get(f"{walker.folder}form.pdf")
    letter = walker.client.get(f"{walker.folder}letter.pdf")

    assert form["Content-Type"] == letter["Content-Type"] == "application/pdf"
    assert form["Cache-Control"] == "no-store, private"
    for content in (form.content, letter.content):
        text = text_of(content).replace("\n", "")
        for words in ("测试甲", RESIDENT, reference, "烟台市", "成都市", "异地长期居住人员"):
            assert words in text
    assert "承诺不实的" in text_of(letter.content).replace("\n", "")


def test_without_a_letter_there_is_none_to_print(walker: Walker) -> None:
    walker.file(places={"category": "other_temporary"})

    assert walker.client.get(f"{walker.folder}form.pdf").status_code == 200
    assert walker.client.get(f"{walker.folder}letter.pdf").status_code == 404


# --- order, keeping, changing ------------------------------------------------------------------


def test_the_checkers_answer_fills_the_places(walker: Walker) -> None:
    walker.start("?insured=370600&care=510100&insurance=employee&category=posted_worker")
    walker.post("person", PERSON)

    form = walker.get("places").context["form"]

    assert "510100" in form["care"].value()
    assert form["category"].value() == "posted_worker"
    assert form["starts_on"].value() == date(2026, 12, 1)
    assert not form.errors


@pytest.mark.parametrize("step", ["places", "materials", "contact", "confirm"])
def test_nobody_skips_ahead(walker: Walker, step: str) -> None:
    walker.start()

    shown, sent = walker.get(step), walker.post(step, PLACES)

    assert shown.headers["Location"] == sent.headers["Location"] == f"{walker.folder}person/"


def test_the_answers_are_there_after_going_back(walker: Walker) -> None:
    walker.until("contact")

    assert walker.get("person").context["form"]["name"].value() == "测试甲"
    held = walker.get("materials").context["form"].fields["material_identity"].held
    assert len(held) == 1


def test_a_changed_place_voids_the_signed_letter_but_keeps_the_files(walker: Walker) -> None:
    walker.until("confirm")

    answer = walker.post("places", {**PLACES, "category": "posted_worker"}, query="?from=confirm")

    assert answer.headers["Location"] == f"{walker.folder}materials/?from=confirm"
    form = walker.get("materials").context["form"]
    assert not form["commitment"].value()
    assert len(form.fields["material_identity"].held) == 1


def test_a_small_change_leads_back_to_the_confirmation(walker: Walker) -> None:
    walker.until("confirm")

    answer = walker.post("contact", {**CONTACT, "phone": "13900000001"}, query="?from=confirm")

    assert answer.headers["Location"] == f"{walker.folder}confirm/"
    assert "13900000001" in walker.get("confirm").content.decode()


def test_files_for_an_earlier_answer_are_not_handed_in(walker: Walker) -> None:
    walker.until("confirm", materials={"material_residence_proof": picture()})
    walker.post("places", {**PLACES, "category": "other_temporary"})
    walker.post("materials", {})
    walker.post("confirm", {})

    assert [row.material for row in uploads_of_case(Case.objects.get())] == ["identity"]


def test_two_tabs_do_not_undo_each_other(walker: Walker) -> None:
    walker.until("confirm")
    walker.post("person", {**PERSON, "helper": "relative", **_helper()})
    walker.post("contact", {**CONTACT, "phone": "13900000001"})

    draft = Draft.objects.get()
    assert draft.case is None
    assert walker.get("person").context["form"]["helper_name"].value() == "测试乙"
    assert walker.get("contact").status_code in (200, 302)


def _helper() -> dict[str, str]:
    return {"helper_name": "测试乙", "helper_relation": "女儿", "helper_id_number": HELPER}


def test_a_confirmation_of_old_answers_is_shown_anew(walker: Walker) -> None:
    walker.until("confirm")
    seen = walker.get("confirm").context["walk"].draft.version
    walker.post("contact", {**CONTACT, "phone": "13900000001"})

    answer = walker.post("confirm", {"version": str(seen)})

    assert answer.status_code == 409
    assert "13900000001" in answer.content.decode()
    assert not Case.objects.exists()


def test_sent_twice_is_filed_once(walker: Walker) -> None:
    first = walker.file().context["case"]
    again = walker.post("confirm", {})
    late = walker.post("contact", CONTACT)

    assert Case.objects.count() == 1
    assert again.headers["Location"] == late.headers["Location"] == f"{walker.folder}done/"
    assert walker.get("done").context["case"] == first


def test_an_overlapping_filing_is_asked_about_once(walker: Walker, client: Client) -> None:
    walker.file()
    second = Walker(client)
    second.until("confirm")

    refused = second.post("confirm", {})
    filed = second.post("confirm", {"overlap_known": "on"})

    assert errors_of(refused) == {"overlap_known": ["overlap"]}
    assert Case.objects.order_by("pk")[0].shown_reference not in refused.content.decode()
    assert filed.headers["Location"] == f"{second.folder}done/"
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    "person", [{"name": "测试丙"}, {"id_number": OTHER}], ids=["name", "number"]
)
def test_a_number_or_a_name_alone_tells_nothing(
    walker: Walker, client: Client, person: dict[str, str]
) -> None:
    walker.file()
    second = Walker(client)
    letter = {"signature_name": person.get("name", "测试甲")}
    second.until("confirm", person=person, materials=letter)

    assert second.get("confirm").context["form"].overlap == ""


# --- privacy and faults --------------------------------------------------------------------------


def test_pages_are_private(walker: Walker) -> None:
    walker.until("confirm")

    for step in ("person", "confirm"):
        page = walker.get(step)
        assert page["Cache-Control"] == "no-store, private"
        assert page["X-Robots-Tag"] == "noindex, nofollow"
        assert page["Referrer-Policy"] == "same-origin"
    cookie = walker.client.cookies[binding.cookie_name()]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == walker.folder


def test_nothing_typed_is_stored_in_the_open(walker: Walker) -> None:
    walker.until("confirm")

    draft = Draft.objects.get()
    assert "测试甲" not in draft.sealed
    assert RESIDENT not in draft.sealed


def test_a_forged_or_outdated_page_keeps_what_was_typed(that_day: None) -> None:
    strict = Client(enforce_csrf_checks=True)

    begin = strict.post("/filings/new/", NOTICE)

    assert begin.status_code == 403
    assert begin.context["form"]["agree_notice"].value()
    token = begin.context["csrf_token"]
    walker = Walker(strict)
    walker.start(csrfmiddlewaretoken=str(token))
    page = walker.post("person", PERSON)
    assert page.status_code == 403
    assert page.context["form"]["name"].value() == "测试甲"
    assert walker.post("person", {**PERSON, "csrfmiddlewaretoken": str(token)}).status_code == 302


def test_a_database_that_fails_gives_everything_back(walker: Walker, monkeypatch) -> None:
    walker.start()

    def fail(*args: object, **kwargs: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr("yibao.cases.wizard.views.save_step", fail)
        page = walker.post("person", PERSON)
    assert page.status_code == 503
    assert page["Retry-After"] == "30"
    hidden = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode())
    )
    assert PERSON.items() <= hidden.items()
    del hidden["csrfmiddlewaretoken"]
    assert walker.post("person", hidden).status_code == 302


def test_uploading_alone_stays_on_the_page(walker: Walker) -> None:
    walker.until("materials")

    answer = walker.post(
        "materials", {"material_identity": picture(), "upload": "identity", "signature_name": "测"}
    )

    assert answer.headers["Location"] == f"{walker.folder}materials/"
    assert len(uploads_of_draft(Draft.objects.get())) == 1
    page = walker.get("materials")
    assert page.context["form"]["signature_name"].value() == "测"
    file = uploads_of_draft(Draft.objects.get())[0]
    assert walker.client.get(f"{walker.folder}files/{file.id}/preview/").status_code == 200


def test_each_page_takes_few_queries(walker: Walker, django_assert_max_num_queries) -> None:
    walker.until("confirm")

    for step in ("person", "places", "contact"):
        with django_assert_max_num_queries(4):
            walker.get(step)
    with django_assert_max_num_queries(6):
        walker.get("materials")
    with django_assert_max_num_queries(8):
        walker.get("confirm")


def test_materials_are_what_the_region_demands(walker: Walker) -> None:
    walker.until("materials")

    answer = walker.post("materials", {"commitment": "on", "signature_name": "测试甲"})
    assert errors_of(answer) == {"material_identity": ["required"]}
    answer = walker.post("materials", materials(commitment="", signature_name=""))
    assert errors_of(answer) == {"material_residence_proof": ["required"]}
