"""W1 from the letter to the change, with a look at the status at each step."""

import re
from datetime import UTC, date, datetime

from django.test import Client
from django.utils import timezone

from tests.filings.walking import CONTACT, PERSON, PLACES, RESIDENT, Walker, picture
from yibao.accounts.models import User
from yibao.cases.models import Case
from yibao.cases.operations.desk import ask_for_papers, take_case
from yibao.filings.models import Filing
from yibao.filings.operations.review import Term, accept_filing

LATER = date(2027, 6, 2)


def look_up(client: Client, reference: str) -> str:
    """Look a case up and return the state that the page shows; the client gets the ticket."""
    page = client.post("/status/", {"reference": reference, "id_last6": RESIDENT[-6:]})
    found = re.search(r'data-state="(\w+)"', page.content.decode())
    assert found, page.content.decode()
    return found[1]


def accept(filing: Filing, officer: User, at: datetime) -> None:
    """Take and accept a filing as its rule says."""
    case = take_case(filing.pk, by=officer, at=at)
    term = Term(
        starts_on=filing.starts_on,
        ends_on=filing.ends_on,
        validity=filing.validity,
        change_from=filing.change_from,
    )
    accept_filing(
        filing.pk,
        term=term,
        decided_with=filing.decided_with,
        version=case.version,
        by=officer,
        at=at,
    )


def test_a_filing_from_its_letter_to_its_change(walker: Walker, monkeypatch) -> None:
    officer = User.objects.create_user("wang", name="王某")
    at = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
    walker.file()
    case = Case.objects.get()
    reference = case.shown_reference
    browser = Client()
    assert look_up(browser, reference) == "submitted"

    taken = take_case(case.pk, by=officer, at=at)
    ask_for_papers(
        case.pk,
        items=[{"material": "residence_proof", "why": "请补居住证"}],
        note="",
        due_on=None,
        version=taken.version,
        by=officer,
        at=at,
    )
    assert look_up(browser, reference) == "needs_materials"
    sent = browser.post(
        "/filings/record/papers/", {"material_residence_proof": picture(), "note": ""}
    )
    assert sent.status_code == 302
    assert look_up(browser, reference) == "submitted"

    accept(Filing.objects.get(), officer, at)
    assert look_up(browser, reference) == "effective"

    _go_to(monkeypatch, LATER)
    assert look_up(browser, reference) == "effective"
    begun = browser.post("/filings/record/change/", {})
    again = Walker(browser)
    again.folder = begun.headers["Location"].removesuffix("notice/")
    again.post("notice", {"agree_notice": "on", "consent_sensitive": "on"})
    again.post("person", PERSON)
    places = {**PLACES, "care": "110000", "category": "posted_worker", "starts_on": str(LATER)}
    again.post("places", places)
    again.post("materials", {"material_identity": picture(), "material_work_proof": picture()})
    again.post("contact", CONTACT)
    assert again.post("confirm", {"overlap_known": "on"}).status_code == 302
    assert look_up(browser, reference) == "effective"

    new = Filing.objects.select_related("case").get(replaces__isnull=False)
    accept(new, officer, datetime(2027, 6, 2, 3, 0, tzinfo=UTC))
    assert look_up(browser, reference) == "replaced"
    assert look_up(browser, new.case.shown_reference) == "effective"


def _go_to(monkeypatch, day: date) -> None:
    moment = datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)
    real = timezone.localtime

    def localdate(value: datetime | None = None, *zone: object) -> date:
        return day if value is None else real(value).date()

    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(timezone, "localdate", localdate)
