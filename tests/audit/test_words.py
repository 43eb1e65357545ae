"""Events read as words; what is not known stays as it is stored."""

import ast
import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.architecture.code import PACKAGE, module
from tests.factories.policies import make_user
from yibao.audit.operations import record
from yibao.audit.words import object_words, words_of

# Areas whose acts are the staff's own; those on cases are told on the case itself.
AREAS = ("accounts", "audit", "guides", "institutions", "policies", "regions", "sources")
EVENT = re.compile(rf"({'|'.join(AREAS)})\.[a-z_]+")


def recorded() -> set[str]:
    """Every event that the code names in full, given as `event=` or as a first argument."""
    found = set()
    for area in AREAS:
        for path in (PACKAGE / area).rglob("*.py"):
            for node in ast.walk(module(path)):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                given = [each.value for each in node.keywords if each.arg == "event"]
                if name in ("_record", "_note"):
                    given += node.args
                found |= {
                    each.value
                    for each in given
                    if isinstance(each, ast.Constant) and EVENT.fullmatch(str(each.value))
                }
    return found


def test_every_event_has_its_words() -> None:
    events = recorded()

    assert {"policies.draft_edited", "sources.clause_checked"} <= events
    assert {event for event in events if words_of(event) == event} == set()


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("policies.revision_published", "修订：发布"),
        ("policies.correction_refused", "更正建议：不采纳"),
        ("policies.draft_handed_over", "政策：移交草稿"),
        ("sources.document_changed", "文件：修改"),
        ("policies.correction_viewed", "更正建议：查看敏感信息"),
        ("audit.purged", "操作记录：清理"),
        ("x.y", "x.y"),
        ("policies.something_new", "policies.something_new"),
    ],
)
def test_an_event_reads_as_words(event: str, words: str) -> None:
    assert words_of(event) == words


def test_an_object_reads_as_words() -> None:
    assert object_words("policies.revision") == "修订"
    assert object_words("nothing.known") == "nothing.known"


@pytest.mark.django_db
def test_the_list_and_its_filters_speak_words() -> None:
    user = make_user("root", is_superuser=True, is_staff=True)
    client = Client()
    client.force_login(user)
    event = record(
        event="policies.revision_published",
        by=user,
        at=datetime(2026, 11, 23, tzinfo=UTC),
        object_type="policies.revision",
        object_key="7",
    )

    page = client.get(reverse("admin:audit_event_changelist")).text

    assert page.count("修订：发布") >= 2
    assert "event=policies.revision_published" in page
    one = client.get(reverse("admin:audit_event_change", args=[event.pk])).text
    assert "修订：发布" in one
    assert "policies.revision_published" in one
