"""An officer writes a guide, another publishes it; reports are closed."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from tests.factories.policies import make_document, make_places, make_user
from tests.guides.test_operations import AT, make_draft, publish
from yibao.guides import queries
from yibao.guides.models import Guide, GuideRevision, GuideStatus
from yibao.guides.operations import report_channel

pytestmark = pytest.mark.django_db
REVISIONS = "/admin/guides/guiderevision/"


@pytest.fixture
def author(db):
    make_places()
    make_document()
    return make_user("author", is_staff=True, is_superuser=True)


@pytest.fixture
def checker(author):
    return make_user("checker", is_staff=True, is_superuser=True)


@pytest.fixture
def desk(author) -> Client:
    client = Client()
    client.force_login(author)
    return client


@pytest.fixture
def other_desk(checker) -> Client:
    client = Client()
    client.force_login(checker)
    return client


def typed(**changes) -> dict[str, str]:
    return {
        "guide": "what", "question": "什么是备案？", "short": "先说一声。", "body": "正文",
        "keywords": "", "documents": "s-test", "reviewed_on": "2026-12-01",
    } | changes  # fmt: skip


def test_a_guide_goes_from_one_desk_to_the_other(desk: Client, other_desk: Client):
    Guide.objects.create(slug="what", topic="filing")

    assert desk.post(f"{REVISIONS}add/", typed()).status_code == 302
    revision = GuideRevision.objects.get()
    page = f"{REVISIONS}{revision.pk}/"
    assert "正文" in desk.get(f"{page}preview/").content.decode()
    desk.post(f"{page}move/submit/")
    assert desk.post(f"{page}move/publish/").status_code == 403
    other_desk.post(f"{page}move/publish/")

    revision.refresh_from_db()
    assert revision.status == GuideStatus.PUBLISHED
    assert queries.get_guide("what").documents == ("s-test",)
    shown = desk.get(f"{page}change/").content.decode()
    assert "guides.revision_published" in shown
    assert f"{REVISIONS}add/?guide=what" in shown


@pytest.mark.parametrize(
    "changes",
    [
        {"short": "报85%"},
        {"body": "满六个月"},
        {"body": "{{figure nowhere.x}}"},
        {"body": "[x](no)"},
    ],
)
def test_the_form_refuses_what_the_loader_refuses(desk: Client, changes):
    Guide.objects.create(slug="what", topic="filing")

    response = desk.post(f"{REVISIONS}add/", typed(**changes))

    assert response.status_code == 200
    assert response.context["adminform"].form.errors
    assert not GuideRevision.objects.exists()


def test_a_new_text_starts_from_the_one_shown(desk: Client, author, checker):
    publish(author, checker)

    form = desk.get(f"{REVISIONS}add/?guide=what").content.decode()

    assert "新的回答" in form


def test_a_draft_is_its_authors_alone(other_desk: Client, author):
    revision = make_draft(author)

    response = other_desk.post(f"{REVISIONS}{revision.pk}/change/", typed(short="改了"))

    assert response.status_code == 403


def test_a_term_with_a_figure_is_refused(desk: Client):
    term = {"slug": "x", "name": "词", "aliases": "", "english": "", "definition": "报85%。"}

    assert desk.post("/admin/guides/glossaryterm/add/", term).status_code == 200
    assert (
        desk.post("/admin/guides/glossaryterm/add/", term | {"definition": "说一说。"}).status_code
        == 302
    )
    assert [row.name for row in queries.list_terms()] == ["词"]


def test_a_report_is_closed_at_the_desk(desk: Client):
    report = report_channel(
        channel="channel-1", region_code="370600", shown="电话", fault="dead", note="", at=AT
    )

    assert "电话" in desk.get("/admin/guides/channelreport/").content.decode()
    page = f"/admin/guides/channelreport/{report.pk}/change/"
    assert desk.post(page, {"resolution": "已核实"}).status_code == 302

    report.refresh_from_db()
    assert report.resolution == "已核实"
    assert (
        "电话" not in desk.get("/admin/guides/channelreport/").content.decode().split("</form>")[-1]
    )
    assert desk.post(page, {"resolution": "再改"}).status_code == 403


def test_an_officer_sees_the_reports_of_her_own_regions(desk: Client, author):
    report_channel(
        channel="channel-1", region_code="370600", shown="烟台电话", fault="dead", note="", at=AT
    )
    author.is_superuser = False
    author.save()
    author.user_permissions.set(Permission.objects.filter(codename__endswith="channelreport"))

    assert "烟台电话" not in desk.get("/admin/guides/channelreport/").content.decode()
    author.assignments.create(region_code="370600")
    assert "烟台电话" in desk.get("/admin/guides/channelreport/").content.decode()
