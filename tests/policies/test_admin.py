"""The officer's way through the staff panel: draft, rows by theme, review by another."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.policies import make_draft, make_revision, make_user, publish
from yibao.accounts.models import Assignment, User
from yibao.audit.queries import list_events
from yibao.policies.models import (
    MODEL_OF,
    AwayAdjustment,
    Ending,
    PaymentBand,
    Revision,
    RevisionStatus,
)
from yibao.policies.queries import get_terms
from yibao.policies.rows import insert
from yibao.rules.policy import AwayAdjustment as Away
from yibao.rules.policy import PaymentBand as Band
from yibao.rules.terms import InsuranceType, Situation
from yibao.sources.models import Clause

OFFICER = ("add_revision", "change_revision", "view_revision", "view_clause", "view_region")


def officer(username: str, *extra: str, region: str = "370600") -> User:
    """A person of the bureau with the rights of an officer in one region."""
    user = make_user(username, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=[*OFFICER, *extra]))
    Assignment.objects.create(user=user, region_code=region)
    return user


@pytest.fixture
def writer(places: None) -> User:
    return officer("writer")


@pytest.fixture
def publisher(places: None) -> User:
    return officer("publisher", "publish_revision")


@pytest.fixture
def clause(places: None) -> Clause:
    return Clause.objects.create(
        document_id="s-test", article="第三条", checked_on=date(2026, 11, 23)
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def change_url(revision: Revision, theme: str = "") -> str:
    url = reverse("admin:policies_revision_change", args=[revision.pk])
    return f"{url}?theme={theme}" if theme else url


def move_url(revision: Revision, what: str) -> str:
    return reverse("admin:policies_revision_move", args=[revision.pk, what])


def hand_in(client: Client, revision: Revision) -> Any:
    """Replay the draft and hand it over, as its author does in the panel."""
    client.post(reverse("admin:policies_revision_ask_replay", args=[revision.pk]))
    return client.post(move_url(revision, "submit"))


def form_data(client: Client, url: str) -> dict[str, Any]:
    """Return what a browser would post of the page as it stands."""
    response = client.get(url)
    assert response.status_code == 200
    data: dict[str, Any] = {}
    adminform = response.context["adminform"].form
    for bound in adminform:
        data[bound.html_name] = "" if bound.value() is None else bound.value()
    for formset in response.context["inline_admin_formsets"]:
        for form in [formset.formset.management_form, *formset.formset.forms]:
            for bound in form:
                value = bound.field.prepare_value(bound.value())
                if value is not None and value is not False:
                    data[bound.html_name] = value
    data["theme"] = response.context.get("theme", "")
    return data


def add_row(data: dict[str, Any], prefix: str, cited: Clause, **fields: Any) -> None:
    number = int(data[f"{prefix}-TOTAL_FORMS"])
    data[f"{prefix}-TOTAL_FORMS"] = number + 1
    shared = {
        "clause": cited.pk,
        "standing": "official",
        "kind": "rule",
        "effective_from": "2026-01-01",
        "effective_basis": "stated",
    }
    for name, value in (shared | fields).items():
        data[f"{prefix}-{number}-{name}"] = value


def test_an_officer_drafts_two_bands_and_an_away_rule_and_another_publishes(
    writer: User, publisher: User, clause: Clause
) -> None:
    client = signed_in(writer)

    response = client.post(
        reverse("admin:policies_revision_add"),
        {"region": "370600", "insurance": "resident", "title": "烟台 2026", "basis": "鲁医保"},
    )

    revision = Revision.objects.get()
    assert response.status_code == 302
    assert (revision.author, revision.status) == (writer, RevisionStatus.DRAFT)

    data = form_data(client, change_url(revision, "benefits"))
    for level, percent in (("tertiary", "65"), ("secondary", "７５.5")):
        add_row(
            data,
            "paymentband_set",
            clause,
            care_types=["inpatient"],
            level=level,
            from_fen="0",
            ratio_bp=percent,
            basis="after_deductible",
            ratio_rule="own",
        )
    response = client.post(change_url(revision, "benefits"), data)
    assert response.status_code == 302, response.context["errors"]
    assert response.url == change_url(revision, "benefits")

    data = form_data(client, change_url(revision, "away"))
    add_row(
        data,
        "awayadjustment_set",
        clause,
        situations=["referral", "emergency"],
        scope="cross_province",
        position="1",
        mechanism="percentage_points",
        value_bp="10",
    )
    response = client.post(change_url(revision, "away"), data)
    assert response.status_code == 302, response.context["errors"]

    assert hand_in(client, revision).status_code == 302
    assert client.post(move_url(revision, "publish")).status_code == 403
    assert signed_in(publisher).post(move_url(revision, "publish")).status_code == 302

    revision.refresh_from_db()
    assert (revision.status, revision.publisher) == (RevisionStatus.PUBLISHED, publisher)
    terms = get_terms("370602", InsuranceType.RESIDENT, date(2026, 12, 1))
    assert {row.ratio_bp for row in terms.of(Band)[0]} == {6500, 7550}
    (away,) = terms.of(Away)[0]
    assert (away.situations, away.value_bp) == ({Situation.REFERRAL, Situation.EMERGENCY}, 1000)


def test_every_step_in_the_panel_is_recorded(writer: User, publisher: User, clause: Clause) -> None:
    client = signed_in(writer)
    client.post(
        reverse("admin:policies_revision_add"),
        {"region": "370600", "insurance": "", "title": "烟台 2026"},
    )
    revision = Revision.objects.get()
    data = form_data(client, change_url(revision, "other"))
    add_row(data, "accountrule_set", clause, usable_away="true")
    client.post(change_url(revision, "other"), data)
    hand_in(client, revision)
    signed_in(publisher).post(move_url(revision, "return"), {"reason": "缺少文号"})

    events = list_events("policies.revision", str(revision.pk))
    assert [(event.event, event.actor) for event in reversed(events)] == [
        ("policies.revision_created", "writer"),
        ("policies.draft_edited", "writer"),
        ("policies.replay_asked", "writer"),
        ("policies.revision_submitted", "writer"),
        ("policies.revision_returned", "publisher"),
    ]
    assert events[0].reason == "缺少文号"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"ratio_bp": "0.85"}, "85% 在文件中写 8500，在表单中填 85"),
        ({"ratio_bp": "120"}, "比例应在零到百分之百之间"),
        ({"ratio_bp": "85%"}, "请填数字，最多两位小数"),
        ({"ratio_bp": ""}, "必填"),
        ({"clause": ""}, "必填"),
        ({"groups": ["active"]}, "人群与险种不符"),
        ({"from_fen": "500", "to_fen": "300"}, "下限不能高于上限"),
        ({"effective_to": "2025-01-01"}, "失效日必须晚于生效日"),
    ],
)
def test_a_row_that_cannot_stand_is_refused_in_the_form(
    writer: User, clause: Clause, fields: dict[str, Any], message: str
) -> None:
    revision = make_revision(by=writer)
    client = signed_in(writer)
    data = form_data(client, change_url(revision, "benefits"))
    row = {"from_fen": "0", "ratio_bp": "85", "basis": "after_deductible", "ratio_rule": "own"}
    add_row(data, "paymentband_set", clause, **row | fields)

    response = client.post(change_url(revision, "benefits"), data)

    assert response.status_code == 200
    assert message in response.content.decode()
    assert not PaymentBand.objects.exists()


def test_money_and_ratios_are_shown_as_they_are_typed(writer: User) -> None:
    revision = make_revision(make_draft("payment_band", ratio_bp=8550, from_fen=123_456), by=writer)

    data = form_data(signed_in(writer), change_url(revision, "benefits"))

    assert data["paymentband_set-0-ratio_bp"] == "85.50"
    assert data["paymentband_set-0-from_fen"] == "1234.56"


def test_saving_an_untouched_page_changes_nothing(writer: User) -> None:
    revision = make_revision(
        make_draft("payment_band", ratio_bp=8550, from_fen=123_456, to_fen=None),
        make_draft("deductible", amount_fen=80_000, aid_groups=frozenset({"low_income"})),
        by=writer,
    )
    client = signed_in(writer)

    client.post(
        change_url(revision, "benefits"), form_data(client, change_url(revision, "benefits"))
    )

    events = list_events("policies.revision", str(revision.pk))
    assert [event.event for event in events] == ["policies.revision_created"]


def test_a_set_can_be_stated_to_be_empty(writer: User, clause: Clause) -> None:
    revision = make_revision(by=writer)
    client = signed_in(writer)
    data = form_data(client, change_url(revision, "other"))
    add_row(data, "accountrule_set", clause, may_pay=["-"])
    add_row(data, "accountrule_set", clause, usable_away="true")

    response = client.post(change_url(revision, "other"), data)

    assert response.status_code == 302, response.context["errors"]
    rows = MODEL_OF["account_rule"]._default_manager.order_by("pk")
    assert [row.may_pay for row in rows] == [(), None]  # type: ignore[attr-defined]
    again = form_data(client, change_url(revision, "other"))
    assert again["accountrule_set-0-may_pay"] == ["-"]


def test_a_rule_is_ended_through_the_panel(
    writer: User, publisher: User, author: User, checker: User
) -> None:
    publish(make_draft("payment_band", ratio_bp=8500), by=author, other=checker)
    band = PaymentBand.objects.get()
    revision = make_revision(by=writer)
    client = signed_in(writer)
    data = form_data(client, change_url(revision, "endings"))
    data |= {
        "endings-TOTAL_FORMS": 1,
        "endings-0-table": "payment_band",
        "endings-0-provision_id": band.pk,
        "endings-0-ends_on": "2027-01-01",
    }

    client.post(change_url(revision, "endings"), data)
    hand_in(client, revision)
    signed_in(publisher).post(move_url(revision, "publish"))

    assert Ending.objects.get().revision == revision
    band.refresh_from_db()
    assert band.effective_to == date(2027, 1, 1)


def test_what_is_refused_at_publication_is_said_on_the_page(writer: User, publisher: User) -> None:
    revision = make_revision(make_draft("payment_band", ratio_bp=8500), by=writer)
    hand_in(signed_in(writer), revision)
    insert([make_draft("payment_band", ratio_bp=9000)], revision)

    response = signed_in(publisher).post(move_url(revision, "publish"), follow=True)

    assert "有效期重叠" in response.content.decode()
    assert Revision.objects.get().status == RevisionStatus.IN_REVIEW


@pytest.mark.parametrize("theme", ["filing", "benefits", "away", "layers", "other", "endings"])
def test_what_is_published_is_only_looked_at(
    writer: User, author: User, checker: User, theme: str
) -> None:
    revision = publish(
        make_draft("payment_band", ratio_bp=8550, from_fen=123_456),
        make_draft("filing_rule", required=True),
        by=author,
        other=checker,
    )
    client = signed_in(writer)

    response = client.get(change_url(revision, theme))

    page = response.content.decode()
    assert 'name="_save"' not in page
    assert "policies_revision_move" not in page
    if theme == "benefits":
        assert "85.50 %" in page
        assert "1234.56 元" in page
    assert client.post(change_url(revision), {"title": "x"}).status_code == 403


def test_a_draft_belongs_to_its_author(writer: User, publisher: User) -> None:
    revision = make_revision(make_draft("payment_band", ratio_bp=8500), by=writer)
    other = signed_in(publisher)

    assert 'name="_save"' not in other.get(change_url(revision)).content.decode()
    assert other.post(change_url(revision), {"title": "x"}).status_code == 403
    assert other.post(move_url(revision, "submit")).status_code == 403
    assert other.post(move_url(revision, "publish")).status_code == 403


def test_publishing_needs_its_own_permission(writer: User) -> None:
    revision = make_revision(make_draft("payment_band", ratio_bp=8500), by=writer)
    hand_in(signed_in(writer), revision)

    assert signed_in(officer("colleague")).post(move_url(revision, "publish")).status_code == 403


def test_other_regions_are_out_of_sight(writer: User, author: User) -> None:
    revision = make_revision(make_draft("payment_band", ratio_bp=8500), by=author, region="360100")
    client = signed_in(writer)

    assert "测试修订" not in client.get(reverse("admin:policies_revision_changelist")).text
    assert client.get(change_url(revision)).status_code == 302
    assert client.post(move_url(revision, "submit")).status_code == 404
    assert "南昌" not in client.get(reverse("admin:policies_paymentband_changelist")).text


@pytest.mark.parametrize(
    ("region", "message"),
    [("360100", "您没有这个统筹区的权限"), ("370602", "它不是统筹区")],
)
def test_a_revision_is_opened_for_ones_own_pooling_region_only(
    writer: User, region: str, message: str
) -> None:
    response = signed_in(writer).post(
        reverse("admin:policies_revision_add"), {"region": region, "title": "x"}
    )

    assert message in response.content.decode()
    assert not Revision.objects.exists()


def test_moves_are_posted(writer: User) -> None:
    revision = make_revision(make_draft("payment_band", ratio_bp=8500), by=writer)

    assert signed_in(writer).get(move_url(revision, "submit")).status_code == 405


@pytest.mark.parametrize("theme", ["benefits", "away"])
def test_a_page_takes_as_many_queries_for_one_row_as_for_ten(writer: User, theme: str) -> None:
    def rows(count: int) -> list[Any]:
        table, stated = (
            ("payment_band", {"ratio_bp": 8500})
            if theme == "benefits"
            else ("away_adjustment", {"mechanism": "none"})
        )
        return [make_draft(table, article=f"第{n}条", tier=str(n), **stated) for n in range(count)]

    few, many = (make_revision(*rows(count), by=writer) for count in (1, 10))
    client = signed_in(writer)
    with CaptureQueriesContext(connection) as counted:
        client.get(change_url(few, theme))
    first = len(counted)
    with CaptureQueriesContext(connection) as counted:
        client.get(change_url(many, theme))

    assert len(counted) == first
    assert AwayAdjustment.objects.count() + PaymentBand.objects.count() == 11
