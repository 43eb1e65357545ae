"""Loading, reviewing and publishing guides; closing reports."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from tests.factories.policies import make_document, make_user
from yibao.audit.models import Event
from yibao.guides import queries
from yibao.guides.files import GuideFileRefused
from yibao.guides.models import Guide, GuideRevision, GuideStatus, Locked
from yibao.guides.operations import (
    AuthorMayNotPublish,
    GuideRefused,
    NotOpen,
    load_guides,
    publish_guide,
    report_channel,
    resolve_report,
    return_guide,
    submit_guide,
    withdraw_guide,
)
from yibao.sources import queries as sources

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 1, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
FILE = """[[guide]]
slug = "what"
topic = "filing"
question = "什么是备案？"
short = "{short}"
body = "正文"
documents = ["s-test"]
reviewed_on = 2026-11-23

[[term]]
slug = "filing"
name = "备案"
definition = "先说一声。"
"""


@pytest.fixture
def folder(tmp_path):
    make_document()
    sources.MEMORY.forget()
    (tmp_path / "a.toml").write_text(FILE.format(short="回答"), encoding="utf-8")
    return tmp_path


@pytest.fixture
def author(db):
    return make_user("author")


@pytest.fixture
def checker(db):
    return make_user("checker")


def make_draft(author, **changes) -> GuideRevision:
    guide, _is_new = Guide.objects.get_or_create(slug="what", defaults={"topic": "filing"})
    values = {
        "question": "问题", "short": "新的回答", "body": "正文", "reviewed_on": AT.date(),
        "author": author, "created_at": AT,
    } | changes  # fmt: skip
    return GuideRevision.objects.create(guide=guide, **values)


def publish(author, checker, **changes) -> GuideRevision:
    revision = submit_guide(revision=make_draft(author, **changes), by=author, at=AT)
    return publish_guide(revision=revision, by=checker, at=AT)


def test_loading_publishes_by_two_actors_and_once(folder):
    report = load_guides(at=AT, folder=folder)

    assert (report.guides, report.terms, report.published) == (1, 1, 1)
    assert queries.get_guide("what").short == "回答"
    revision = GuideRevision.objects.get()
    assert (revision.author.username, revision.publisher.username) == ("loader", "release")
    assert load_guides(at=AT, folder=folder).unchanged
    assert load_guides(at=AT, folder=folder, force=True).published == 0


def test_a_changed_file_is_published_anew(folder):
    load_guides(at=AT, folder=folder)
    (folder / "a.toml").write_text(FILE.format(short="改过的回答"), encoding="utf-8")

    assert load_guides(at=AT, folder=folder).published == 1
    assert queries.get_guide("what").short == "改过的回答"
    assert GuideRevision.objects.count() == 2


def test_a_release_waits_for_review_where_staff_wrote_since(folder, author, checker):
    load_guides(at=AT, folder=folder)
    publish(author, checker)
    (folder / "a.toml").write_text(FILE.format(short="改过的回答"), encoding="utf-8")

    assert load_guides(at=AT, folder=folder).waiting == 1
    assert queries.get_guide("what").short == "新的回答"
    assert GuideRevision.objects.filter(status=GuideStatus.IN_REVIEW).count() == 1


def test_an_unknown_document_refuses_all(folder):
    wrong = FILE.format(short="回答").replace("s-test", "s-nowhere")
    (folder / "a.toml").write_text(wrong, encoding="utf-8")

    with pytest.raises(GuideFileRefused):
        load_guides(at=AT, folder=folder)

    assert not Guide.objects.exists()


def test_the_author_may_not_publish(author):
    revision = submit_guide(revision=make_draft(author), by=author, at=AT)

    with pytest.raises(AuthorMayNotPublish):
        publish_guide(revision=revision, by=author, at=AT)

    with pytest.raises(IntegrityError), transaction.atomic():
        GuideRevision.objects.filter(pk=revision.pk).update(
            status="published", publisher=author, published_at=AT
        )


def test_a_draft_is_reviewed_first(author, checker):
    revision = make_draft(author)

    with pytest.raises(NotOpen):
        publish_guide(revision=revision, by=checker, at=AT)


@pytest.mark.parametrize(
    "changes", [{"short": "报85%"}, {"body": "等六个月"}, {"question": "3元？"}]
)
def test_a_figure_of_its_own_is_not_submitted(author, changes):
    with pytest.raises(GuideRefused):
        submit_guide(revision=make_draft(author, **changes), by=author, at=AT)


def test_returning_and_withdrawing_are_recorded_with_their_reason(author, checker):
    revision = submit_guide(revision=make_draft(author), by=author, at=AT)

    revision = return_guide(revision=revision, by=checker, at=AT, reason="来源不对")
    assert revision.status == GuideStatus.DRAFT
    withdraw_guide(revision=revision, by=author, at=AT, reason="不写了")

    events = Event.objects.order_by("id").values_list("event", "reason")
    assert list(events) == [
        ("guides.revision_submitted", ""),
        ("guides.revision_returned", "来源不对"),
        ("guides.revision_withdrawn", "不写了"),
    ]


def test_what_was_published_never_changes(author, checker):
    revision = publish(author, checker)

    revision.short = "改"
    with pytest.raises(Locked):
        revision.save()
    with pytest.raises(Locked):
        revision.delete()


def test_a_guide_has_one_open_text(author):
    make_draft(author)

    with pytest.raises(IntegrityError):
        make_draft(author)


def test_a_retired_guide_is_shown_no_more(author, checker):
    publish(author, checker)
    Guide.objects.update(is_retired=True)
    queries.MEMORY.forget()

    with pytest.raises(queries.UnknownGuide):
        queries.get_guide("what")


def test_a_report_is_closed_once_and_with_a_word(checker):
    report = report_channel(
        channel="channel-1", region_code="370600", shown="电话", fault="dead", note="", at=AT
    )

    with pytest.raises(GuideRefused):
        resolve_report(report=report, by=checker, at=AT, resolution=" ")
    resolve_report(report=report, by=checker, at=AT, resolution="已核实，号码没变")
    with pytest.raises(NotOpen):
        resolve_report(report=report, by=checker, at=AT, resolution="再来")

    event = Event.objects.get()
    assert (event.event, event.reason) == ("guides.report_resolved", "已核实，号码没变")
