"""The public log of changes, as a page and as a feed."""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.policies import AT, make_draft, make_revision
from tests.factories.regions import shipped_memory
from yibao.accounts.models import User
from yibao.core.language import ENGLISH, speaking
from yibao.policies.english import english_of_title
from yibao.policies.files import paths
from yibao.policies.models import Revision
from yibao.policies.operations import publish_revision
from yibao.policies.pages.changes import BadCursor, change_log
from yibao.regions import queries as regions

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def many(author: User, checker: User) -> list[Revision]:
    """Seven revisions of 烟台 and one each of 南昌, Shandong and the nation; some moments equal."""
    made = []
    for number in range(10):
        region = {7: "360100", 8: "370000", 9: "000000"}.get(number, "370600")
        start = date(2026, 1, 1) + timedelta(days=number)
        revision = make_revision(
            make_draft("payment_band", ratio_bp=5000 + number * 100, effective_from=start),
            by=author,
            region=region,
            announced_on=date(2025, 12, 1) if number % 2 else None,
        )
        Revision.objects.filter(pk=revision.pk).update(seen_at=AT + timedelta(days=30))
        at = AT + timedelta(hours=number // 3)
        made.append(publish_revision(revision=revision, by=checker, at=at))
    return made


def test_pages_follow_each_other_without_gap_or_double(many: list[Revision]) -> None:
    seen: list[int] = []
    cursor = ""
    while True:
        log = change_log(None, cursor, size=3)
        seen += [entry.pk for entry in log.entries]
        cursor = log.further
        if not cursor:
            break

    newest_first = sorted(many, key=lambda row: (row.published_at, row.pk), reverse=True)
    assert seen == [row.pk for row in newest_first]


def test_what_is_published_meanwhile_shifts_nothing(
    many: list[Revision], author: User, checker: User
) -> None:
    first = change_log(None, size=4)
    later = make_revision(make_draft("remark", topic="x", text="y", reason="z"), by=author)
    Revision.objects.filter(pk=later.pk).update(seen_at=AT + timedelta(days=30))
    publish_revision(revision=later, by=checker, at=AT + timedelta(days=2))

    second = change_log(None, first.further, size=4)

    assert not {row.pk for row in first.entries} & {row.pk for row in second.entries}
    assert len(second.entries) == 4


@pytest.mark.parametrize(
    ("code", "expected"),
    [("370600", 9), ("360100", 2), ("370000", 9), ("000000", 10), ("360000", 2)],
)
def test_a_region_sees_its_own_and_what_it_inherits_or_holds(
    many: list[Revision], code: str, expected: int
) -> None:
    assert len(change_log(code).entries) == expected


def test_both_dates_are_shown_and_what_changed(client: Client, many: list[Revision]) -> None:
    page = client.get("/changes/?region=370600").text

    entry = page.partition(f'data-revision="{many[5].pk}"')[2].partition("</section>")[0]
    assert "2025年12月1日" in entry
    assert "2026年1月6日" in entry
    assert "带来 1 条规定，终止 1 条" in entry
    assert f"/regions/370600/history/#revision-{many[5].pk}" in entry
    assert f'id="revision-{many[5].pk}"' in client.get("/regions/370600/history/").text


def test_drafts_are_not_in_the_log(client: Client, author: User, places: None) -> None:
    make_revision(make_draft("payment_band", ratio_bp=5000), by=author)

    assert "测试修订" not in client.get("/changes/").text
    assert "测试修订" not in client.get("/changes/feed.atom").text


@pytest.mark.parametrize(
    "cursor",
    ["x", "1", "1-", "-1", "1-x", "١-١", "9" * 19 + "-1", "1-" + "9" * 19, "9" * 18 + "-1"],
)
def test_a_broken_cursor_is_said_and_the_first_page_shown(
    client: Client, many: list[Revision], cursor: str
) -> None:
    with pytest.raises(BadCursor):
        change_log(None, cursor)

    page = client.get("/changes/", {"page": cursor})

    assert page.status_code == 422
    assert "从头列出" in page.text
    assert f'data-revision="{many[-1].pk}"' in page.text


def test_an_unknown_region_is_an_error_beside_the_field(client: Client, places: None) -> None:
    assert client.get("/changes/?region=999999").status_code == 422
    assert client.get("/changes/feed.atom?region=999999").status_code == 404


def test_the_feed_is_atom_with_stable_numbers(client: Client, many: list[Revision]) -> None:
    response = client.get("/changes/feed.atom?region=360100")

    assert response["Content-Type"] == "application/atom+xml"
    root = ElementTree.fromstring(response.content)  # noqa: S314 - our own page
    entries = root.findall(f"{ATOM}entry")
    assert [_text(entry, "id") for entry in entries] == [
        f"http://testserver/regions/000000/history/#revision-{many[9].pk}",
        f"http://testserver/regions/360100/history/#revision-{many[7].pk}",
    ]
    moments = [datetime.fromisoformat(_text(entry, "updated")) for entry in entries]
    assert moments == [many[9].published_at, many[7].published_at]
    assert _text(root, "updated") == _text(entries[0], "updated")
    assert all(_text(entry, "summary") for entry in entries)


def _text(element: Any, name: str) -> str:
    return str(element.find(f"{ATOM}{name}").text)


def test_it_costs_one_query_beside_the_stamps(
    client: Client, many: list[Revision], django_assert_num_queries: Any
) -> None:
    client.get(reverse("policies:changes"))

    with django_assert_num_queries(2):
        client.get(reverse("policies:changes"), {"region": "370600"})


@pytest.mark.parametrize("path", paths(), ids=lambda path: f"{path.parent.name}-{path.stem}")
@pytest.mark.usefixtures("db", "shipped")
def test_the_title_of_a_shipped_revision_has_its_english(path: Path) -> None:
    title = tomllib.loads(path.read_text(encoding="utf-8"))["title"]

    with speaking(ENGLISH):
        english = english_of_title(title)
    assert english is not None
    assert english.isascii()


def test_a_heading_names_its_place_once_and_in_english_too(
    client: Client, author: User, checker: User
) -> None:
    title = "烟台市居民医保：公开资料汇编"
    revision = make_revision(make_draft("payment_band", ratio_bp=5000), by=author, title=title)
    Revision.objects.filter(pk=revision.pk).update(seen_at=AT)
    publish_revision(revision=revision, by=checker, at=AT)
    regions.MEMORY.hold(shipped_memory())

    assert f">{title}</a>" in client.get("/changes/").content.decode()
    english = client.get("/changes/?lang=en").content.decode()
    assert "(compilation of public sources: Yantai, Resident insurance)" in english


def test_a_title_of_other_words_stands_behind_its_place(
    client: Client, many: list[Revision]
) -> None:
    newest = change_log(None, size=1).entries[0]

    assert newest.heading == f"全国：{newest.title}"
