"""Every bad answer gets words beside its field, and nothing is filed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cases.uploads import files
from tests.filings.walking import (
    CHILD,
    CONTACT,
    HELPER,
    NOTICE,
    PERSON,
    PLACES,
    RESIDENT,
    YOUNG,
    Walker,
    errors_of,
    materials,
    picture,
)
from yibao.cases.models import Case, Draft
from yibao.cases.uploads.queries import uploads_of_draft
from yibao.filings.models import Filing

RELATIVE = {
    "helper": "relative",
    "helper_name": "测试乙",
    "helper_relation": "女儿",
    "helper_id_number": HELPER,
}


@pytest.mark.parametrize("missing", list(NOTICE))
def test_without_both_ticks_nothing_begins(walker: Walker, missing: str) -> None:
    answer = walker.start(**{missing: ""})

    assert answer.status_code == 422
    assert errors_of(answer) == {missing: ["required"]}
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": ""}, {"name": ["required"]}),
        ({"name": "测"}, {"name": ["too_short"]}),
        ({"name": "测" * 51}, {"name": ["too_long"]}),
        ({"name": "测" * 10_000}, {"name": ["too_long"]}),
        ({"name": "测试\x07甲"}, {"name": ["hidden"]}),
        ({"name": "测\u202e试"}, {"name": ["hidden"]}),
        ({"name": "测\ue000试"}, {"name": ["hidden"]}),
        ({"name": "测试😀"}, {"name": ["symbols"]}),
        ({"name": "<b>测试</b>"}, {"name": ["symbols"]}),
        ({"name": "测试1"}, {"name": ["digits"]}),
        ({"name": "Аnna"}, {"name": ["letters"]}),  # its first letter is Cyrillic
        ({"name": "王Anna"}, {"name": ["mixed"]}),
        ({"name": "·买买提"}, {"name": ["dots"]}),
        ({"name": "买买提··艾力"}, {"name": ["dots"]}),
        ({"id_number": ""}, {"id_number": ["required"]}),
        ({"id_number": "123"}, {"id_number": ["id_length"]}),
        ({"id_number": "1" * 10_000}, {"id_number": ["too_long"]}),
        ({"id_number": "11010519491231002A"}, {"id_number": ["id_signs"]}),
        ({"id_number": "110105194902300029"}, {"id_number": ["id_birth"]}),
        ({"id_number": "110105209912310029"}, {"id_number": ["id_birth"]}),
        ({"id_number": "110105194912310021"}, {"id_number": ["id_check_sign"]}),
        ({"id_type": "passport", "id_number": "E1"}, {"id_number": ["id_shape"]}),
        ({"id_type": "library_card"}, {"id_type": ["invalid_choice"]}),
        ({"helper": "neighbour"}, {"helper": ["invalid_choice"]}),
        ({"id_number": CHILD}, {"helper": ["guardian"]}),
        ({"id_number": CHILD, **RELATIVE, "helper": "agent"}, {"helper": ["guardian"]}),
        (
            {"helper": "relative"},
            {
                "helper_name": ["required"],
                "helper_relation": ["required"],
                "helper_id_number": ["required"],
            },
        ),
        ({**RELATIVE, "helper_id_number": RESIDENT}, {"helper_id_number": ["same_person"]}),
        ({**RELATIVE, "helper_id_number": YOUNG}, {"helper_id_number": ["helper_minor"]}),
        ({**RELATIVE, "helper_relation": "女儿😀"}, {"helper_relation": ["hidden"]}),
        ({**RELATIVE, "helper_relation": "女" * 21}, {"helper_relation": ["too_long"]}),
    ],
)
def test_a_bad_person(walker: Walker, changes: dict[str, str], errors: dict) -> None:
    walker.start()

    answer = walker.post("person", {**PERSON, **changes})

    assert answer.status_code == 422
    assert errors_of(answer) == errors
    assert answer.context["form"].data["name"] == {**PERSON, **changes}["name"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("买买提•艾力", "买买提·艾力"),
        ("阿卜杜热合曼．买买提", "阿卜杜热合曼·买买提"),
        ("欧阳 小明", "欧阳小明"),
        ("㐂龘", "㐂龘"),
        ("Anne-Marie O'Neil", "Anne-Marie O'Neil"),
        ("测" * 50, "测" * 50),
    ],
)
def test_a_name_as_people_write_it(walker: Walker, typed: str, kept: str) -> None:
    walker.file(person={"name": typed}, materials={"signature_name": typed})

    assert Filing.objects.get().case.person.read().name == kept


def test_a_number_is_forgiven_its_spelling(walker: Walker) -> None:
    walker.file(person={"id_number": " 110105 19491231 ００２x "})

    assert Filing.objects.get().case.person.read().id_number == RESIDENT


def test_a_daughter_files_for_her_mother_and_signs(walker: Walker) -> None:
    walker.file(person=RELATIVE, materials={"signature_name": "测试乙"})

    filing = Filing.objects.get()
    person = filing.case.person.read()
    assert (person.helper, person.helper_relation, person.helper_id_number) == (
        "relative",
        "女儿",
        HELPER,
    )
    assert filing.commitment.signature == "测试乙"


def test_a_parent_files_for_a_child(walker: Walker) -> None:
    walker.file(person={"id_number": CHILD, **RELATIVE, "helper_relation": "母亲"})

    assert Filing.objects.get().case.person.read().id_number == CHILD


def test_a_helper_who_is_none_is_not_kept(walker: Walker) -> None:
    walker.file(person={**RELATIVE, "helper": "self"})

    assert Filing.objects.get().case.person.read().helper_name == ""


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"insured": ""}, {"insured": ["required"]}),
        ({"insured": "没有这个地方"}, {"insured": ["unknown"]}),
        ({"insured": "370000"}, {"insured": ["too_wide"]}),
        ({"insured": "朝阳"}, {"insured": ["ambiguous"]}),
        ({"care": "370600"}, {"care": ["local"]}),
        ({"care": "370602"}, {"care": ["local"]}),
        ({"care": "370000"}, {"care": ["too_wide"]}),
        ({"care": "abroad"}, {"care": ["abroad"]}),
        ({"care": "810000"}, {"care": ["abroad"]}),
        ({"care": "000000"}, {"care": ["too_wide"]}),
        ({"insurance": "private"}, {"insurance": ["invalid_choice"]}),
        ({"category": "tourist"}, {"category": ["invalid_choice"]}),
        ({"category": "emergency"}, {"category": ["misfit"]}),
        ({"care": "370100", "category": "other_temporary"}, {"category": ["misfit"]}),
        ({"starts_on": ""}, {"starts_on": ["required"]}),
        ({"starts_on": "2026-02-30"}, {"starts_on": ["invalid"]}),
        ({"starts_on": "明天"}, {"starts_on": ["invalid"]}),
        ({"starts_on": "1997-12-31"}, {"starts_on": ["too_early"]}),
        ({"starts_on": "2025-11-29"}, {"starts_on": ["long_ago"]}),
        ({"starts_on": "2027-12-03"}, {"starts_on": ["too_late"]}),
    ],
)
def test_a_bad_place(walker: Walker, changes: dict[str, str], errors: dict) -> None:
    walker.until("places")

    answer = walker.post("places", {**PLACES, **changes})

    assert answer.status_code == 422
    assert errors_of(answer) == errors


def test_a_misfit_names_its_text(walker: Walker) -> None:
    walker.until("places")

    answer = walker.post("places", {**PLACES, "care": "370100", "category": "other_temporary"})

    [error] = answer.context["form"].errors["category"]
    assert "不用备案" in error
    assert "《" in error


def test_what_no_rule_tells_is_left_to_the_bureau(walker: Walker) -> None:
    walker.until("materials", places={"care": "370100"})

    page = walker.get("materials").content.decode()
    answer = walker.post("materials", {})

    assert "没有查到" in page
    assert answer.headers["Location"] == f"{walker.folder}contact/"


@pytest.mark.parametrize(
    ("letter", "errors"),
    [
        ({"signature_name": ""}, {"signature_name": ["required"]}),
        ({"signature_name": "测试丙"}, {"signature_name": ["other_name"]}),
        ({"signature_name": "测试😀"}, {"signature_name": ["symbols"]}),
    ],
)
def test_a_bad_signature(walker: Walker, letter: dict[str, str], errors: dict) -> None:
    walker.until("materials")

    assert errors_of(walker.post("materials", materials(**letter))) == errors


def test_no_letter_takes_the_place_of_a_referral(walker: Walker) -> None:
    walker.until("materials", places={"category": "referral"})

    answer = walker.post("materials", materials())

    assert errors_of(answer) == {"material_referral_proof": ["required"]}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.jpg", b"", "empty"),
        ("a.jpg", b"MZ" + b"\0" * 500, "program"),
        ("a.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "web_page"),
        ("a.jpg", b"<!doctype html><script>alert(1)</script>", "web_page"),
        ("a.pdf", files.photo()[:4000], "damaged"),
    ],
)
def test_a_bad_file_does_not_take_the_good_one_along(
    walker: Walker, name: str, content: bytes, code: str, monkeypatch
) -> None:
    from yibao.cases.uploads import fields
    from yibao.cases.uploads.receiving import receive

    monkeypatch.setattr(fields, "receive", receive)
    walker.until("materials")
    sent = [picture("good.jpg"), SimpleUploadedFile(name, content)]

    answer = walker.post("materials", {**materials(), "material_identity": sent})

    assert answer.status_code == 422
    assert errors_of(answer)["material_identity"] == [code]
    assert len(uploads_of_draft(Draft.objects.get())) == 1


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"phone": ""}, {"phone": ["required"]}),
        ({"phone": "12345"}, {"phone": ["invalid"]}),
        ({"phone": "12000000000"}, {"phone": ["invalid"]}),
        ({"phone": "139000000000"}, {"phone": ["invalid"]}),
        ({"address": ""}, {"address": ["required"]}),
        ({"address": "路" * 101}, {"address": ["too_long"]}),
        ({"address": "路\x00"}, {"address": ["hidden"]}),
        ({"email": "nobody"}, {"email": ["invalid"]}),
        ({"email": "a" * 300 + "@example.com"}, {"email": ["max_length"]}),
        ({"notify": "email"}, {"email": ["required"]}),
        ({"notify": "sms", "phone": "0535-1234567"}, {"notify": ["landline"]}),
        ({"notify": "pigeon"}, {"notify": ["invalid_choice"]}),
    ],
)
def test_a_bad_contact(walker: Walker, changes: dict[str, str], errors: dict) -> None:
    walker.until("contact")

    answer = walker.post("contact", {**CONTACT, **changes})

    assert answer.status_code == 422
    assert errors_of(answer) == errors


def test_a_short_stay_needs_no_address(walker: Walker) -> None:
    walker.file(places={"category": "other_temporary"}, contact={"address": ""})

    assert Filing.objects.get().case.person.read().address == ""


def test_fields_of_the_models_cannot_be_smuggled_in(walker: Walker) -> None:
    extra = {"state": "accepted", "accepted_at": "2026-12-01", "officer": "1", "region_code": "1"}
    walker.file(person=extra, places=extra, contact=extra)

    case = Case.objects.get()
    assert (case.state, case.officer_id, case.region_code) == ("submitted", None, "370600")
    assert Filing.objects.get().accepted_at is None


@pytest.mark.parametrize("step", ["nowhere", "confirm%00", "person;x"])
def test_an_unknown_step_is_not_found(walker: Walker, step: str) -> None:
    walker.until("confirm")

    assert walker.get(step).status_code == 404
