"""Auditors look events up and take them out, with a reason, and leave a trace."""

import csv
import json
from datetime import UTC, datetime
from io import StringIO

import pytest

from tests.factories.staff import make_staff, signed_in
from yibao.accounts.models import User
from yibao.audit.chain import PURPOSE, Facts, event_hash
from yibao.audit.models import Event
from yibao.audit.operations import record
from yibao.core.keys import key_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
EXPORT = "/admin/audit/event/export/"


@pytest.fixture
def auditor():
    return signed_in(make_staff("auditor", "auditor", regions=["370600"]))


@pytest.fixture
def events():
    officer = User.objects.create_user("officer")
    for key, region in (("own", "370600"), ("foreign", "370200"), ("site", "")):
        record(
            event="x.y",
            by=officer,
            at=AT,
            object_type="x",
            object_key=key,
            region_code=region,
            after={"名": 1},
            reason="=HYPERLINK(1)",
        )


def body(page) -> str:
    return b"".join(page.streaming_content).decode("utf-8-sig")


def test_the_list_holds_the_auditors_regions(auditor, events):
    page = auditor.get("/admin/audit/event/")

    assert [row.object_key for row in page.context["cl"].result_list] == ["own"]


@pytest.mark.parametrize(("typed", "found"), [("officer", 1), ("own", 1), ("370600", 1), ("no", 0)])
def test_is_searched_by_actor_object_and_region(auditor, events, typed, found):
    page = auditor.get("/admin/audit/event/", {"q": typed})

    assert page.context["cl"].result_count == found


def test_a_table_opens_without_formulas(auditor, events):
    page = auditor.post(EXPORT, {"layout": "csv", "reason": "年度审计"})

    rows = list(csv.DictReader(StringIO(body(page))))
    assert [row["object_key"] for row in rows] == ["own"]
    assert rows[0]["reason"] == "'=HYPERLINK(1)"
    assert rows[0]["after"] == '{"名": 1}'


def test_lines_of_json_hold_what_the_hash_covers(auditor, events):
    page = auditor.post(EXPORT, {"layout": "jsonl", "reason": "年度审计"})

    line = json.loads(body(page))
    facts = {name: line[name] for name in Facts.__dataclass_fields__}
    facts["at"] = datetime.fromisoformat(facts["at"])
    key = key_of(PURPOSE, line["key_id"])
    assert key is not None
    assert event_hash(key, line["previous_hash"], Facts(**facts)) == line["hash"]


def test_the_export_is_an_event_with_its_reason(auditor, events):
    auditor.post(f"{EXPORT}?q=own", {"layout": "csv", "reason": "年度审计"})

    event = Event.objects.get(event="audit.exported")
    assert (event.actor, event.reason) == ("auditor", "年度审计")
    assert event.after == {"count": 1, "filters": "q=own"}


def test_no_reason_no_export(auditor, events):
    page = auditor.post(EXPORT, {"layout": "csv", "reason": "  "})

    assert page.status_code == 422
    assert not Event.objects.filter(event="audit.exported").exists()


def test_an_old_confirmation_asks_again(auditor, events):
    session = auditor.session
    session["confirmed_at"] = 0
    session.save()

    page = auditor.post(EXPORT, {"layout": "csv", "reason": "年度审计"})

    assert page["Location"].startswith("/admin/security/confirm/")
    assert not Event.objects.filter(event="audit.exported").exists()
