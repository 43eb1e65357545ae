"""Leaving a draft and coming back to it: by the resume code, in time, in one browser."""

import re
from datetime import datetime, timedelta

from django.test import Client
from django.utils import timezone

from tests.filings.conftest import NOW
from tests.filings.walking import PERSON, Walker
from yibao.cases.models import Draft
from yibao.cases.wizard import binding


def resume_code(page: str) -> str:
    found = re.search(r'class="wizard-code">([^<]+)<', page)
    assert found
    return found[1]


def test_leaving_keeps_what_was_typed_and_lets_the_browser_forget(
    walker: Walker, client: Client
) -> None:
    walker.until("contact")
    left = walker.post("contact", {"phone": "not yet", "leave": "1"})
    code = resume_code(left.content.decode())

    assert walker.get("contact").status_code == 404
    answer = Client().post("/filings/resume/", {"resume_code": f" {code.lower()} "})
    assert answer.headers["Location"] == walker.folder

    other = Client()
    other.post("/filings/resume/", {"resume_code": code})
    page = other.get(f"{walker.folder}contact/")
    assert page.context["form"]["phone"].value() == "not yet"
    assert not page.context["form"].errors


def test_only_the_newest_resume_code_opens(walker: Walker) -> None:
    walker.start()
    first = resume_code(walker.post("person", {"leave": "1"}).content.decode())
    other = Client()
    other.post("/filings/resume/", {"resume_code": first})
    second = resume_code(other.post(f"{walker.folder}person/", {"leave": "1"}).content.decode())

    assert first != second
    assert Client().post("/filings/resume/", {"resume_code": first}).status_code == 404
    assert Client().post("/filings/resume/", {"resume_code": second}).status_code == 302


def test_every_miss_of_a_resume_code_says_the_same(that_day: None, client: Client) -> None:
    pages = [
        re.sub(rf'value="{code}"|csrfmiddlewaretoken" value="[^"]+"', "", page)
        for code in ("AAAAAAAAAAAA", "短", "2222")
        for page in [client.post("/filings/resume/", {"resume_code": code}).content.decode()]
    ]

    assert len(set(pages)) == 1


def test_resume_codes_cannot_be_tried_at_will(that_day: None, client: Client) -> None:
    tries = [
        client.post("/filings/resume/", {"resume_code": "AAAAAAAAAAAA"}).status_code
        for _ in range(21)
    ]

    assert tries == [404] * 20 + [429]


def test_another_browser_does_not_get_in(walker: Walker) -> None:
    walker.until("contact")
    stranger = Client()
    stranger.cookies[binding.cookie_name()] = "guessed"

    for step in ("", "person/", "done/", "calendar.ics", "form.pdf", "note/", "files/x/"):
        assert stranger.get(f"{walker.folder}{step}").status_code == 404
    assert stranger.post(f"{walker.folder}person/", PERSON).status_code == 404


def test_a_shared_machine_forgets_what_was_filed(walker: Walker) -> None:
    walker.file()
    assert walker.get("forget").headers["Location"] == walker.folder
    assert walker.get("done").status_code == 200

    walker.post("forget", {})

    for page in ("done/", "form.pdf", "note/"):
        assert walker.client.get(f"{walker.folder}{page}").status_code == 404


def test_an_expired_draft_says_what_to_do(walker: Walker, monkeypatch) -> None:
    walker.until("contact")
    later = NOW + timedelta(days=31)
    monkeypatch.setattr(timezone, "now", lambda: later)

    page = walker.get("contact")

    assert page.status_code == 404
    assert "/filings/new/" in page.content.decode()


def test_a_saved_step_begins_the_days_anew(walker: Walker, monkeypatch) -> None:
    walker.start()
    later = NOW + timedelta(days=20)
    monkeypatch.setattr(timezone, "now", lambda: later)
    walker.post("person", PERSON)

    kept: datetime = Draft.objects.get().expires_at
    assert kept == later + timedelta(days=30)
