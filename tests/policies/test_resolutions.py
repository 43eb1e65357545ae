"""The conflict desk: a dispute ends in a draft, with reason and source, that another publishes."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.policies import AT, START, make_draft, publish
from tests.policies.test_admin import officer, signed_in
from yibao.accounts.models import User
from yibao.audit.queries import list_events
from yibao.policies import operations
from yibao.policies.models import PaymentBand, Resolution, Revision
from yibao.policies.queries import get_terms
from yibao.policies.resolutions.disputes import Dispute, disputes_of
from yibao.policies.resolutions.operations import resolve_dispute
from yibao.policies.succession import PolicyRefused
from yibao.rules.policy import PaymentBand as Band
from yibao.rules.terms import CareType, InsuranceType, Standing
from yibao.sources.models import Clause

TODAY = date(2026, 11, 23)
CARE = frozenset({CareType.INPATIENT})


def says(ratio_bp: int, standing: Standing = Standing.DISPUTED, **more: Any) -> Any:
    return make_draft(
        "payment_band",
        ratio_bp=ratio_bp,
        level="tertiary",
        care_types=CARE,
        standing=standing,
        **more,
    )


@pytest.fixture
def disputed(author: User, checker: User) -> Revision:
    """Two notices say 65 % and 70 % for the same hospitals."""
    return publish(says(6500), says(7000, article="第二条"), by=author, other=checker)


@pytest.fixture
def dispute(disputed: Revision) -> Dispute:
    (found,) = disputes_of(["370600"], TODAY)
    return found


@pytest.fixture
def clause(places: None) -> Clause:
    return Clause.objects.create(document_id="s-test", article="第九条", checked_on=TODAY)


def row_id(ratio_bp: int) -> str:
    return f"payment_band-{PaymentBand.objects.get(ratio_bp=ratio_bp).pk}"


def resolve(dispute: Dispute, chosen: str, clause: Clause, by: User, **more: Any) -> Revision:
    given = {"reason": "市局书面答复", "at": AT} | more
    return resolve_dispute(dispute=dispute, chosen=chosen, clause_id=clause.pk, by=by, **given)


def test_only_disputes_of_the_given_regions_are_listed(dispute: Dispute) -> None:
    assert {reading.text for reading in dispute.readings} == {"支付比例 65%", "支付比例 70%"} or {
        "65%" in reading.text or "70%" in reading.text for reading in dispute.readings
    } == {True}
    assert disputes_of(["360100"], TODAY) == ()


def test_the_chosen_reading_comes_back_settled_once_another_publishes(
    client: Client, dispute: Dispute, clause: Clause, author: User, checker: User
) -> None:
    draft = resolve(dispute, row_id(7000), clause, author)

    assert client.get("/conflicts/").text.count(f'data-conflict="{dispute.key}"') == 1
    assert "data-resolved" not in client.get("/conflicts/").text
    with pytest.raises(operations.AuthorMayNotPublish):
        operations.publish_revision(revision=draft, by=author, at=AT)
    operations.publish_revision(revision=draft, by=checker, at=AT)

    board = client.get("/conflicts/").text
    assert f'data-conflict="{dispute.key}"' not in board
    resolved = board.partition(f'data-resolved="{dispute.key}"')[2].partition("</li>")[0]
    assert "70%" in resolved
    assert "市局书面答复" in resolved
    assert "2026年11月23日" in resolved
    (row,) = get_terms("370600", InsuranceType.RESIDENT, START).of(Band)[0]
    assert (row.ratio_bp, row.standing, row.citation.article) == (
        7000,
        Standing.OFFICIAL,
        "第九条",
    )


def test_none_of_the_readings_may_stand(
    client: Client, dispute: Dispute, clause: Clause, author: User, checker: User
) -> None:
    draft = resolve(dispute, "", clause, author)
    operations.publish_revision(revision=draft, by=checker, at=AT)

    assert not any(get_terms("370600", InsuranceType.RESIDENT, TODAY).of(Band))
    assert "都不采用" in client.get("/conflicts/").text


def test_a_settled_row_that_is_chosen_stays_as_it_is(
    author: User, checker: User, clause: Clause
) -> None:
    publish(says(6500, Standing.OFFICIAL), says(7000), by=author, other=checker)
    (dispute,) = disputes_of(["370600"], TODAY)

    draft = resolve(dispute, row_id(6500), clause, author)

    (ending,) = draft.endings.all()
    assert f"{ending.table}-{ending.provision_id}" == row_id(7000)
    assert not PaymentBand.objects.filter(revision=draft).exists()


def test_a_disputed_row_wins_over_a_settled_one(
    author: User, checker: User, clause: Clause
) -> None:
    publish(says(6500, Standing.SECONDARY), says(7000), by=author, other=checker)
    (dispute,) = disputes_of(["370600"], TODAY)

    draft = resolve(dispute, row_id(7000), clause, author)
    operations.publish_revision(revision=draft, by=checker, at=AT)

    assert disputes_of(["370600"], TODAY) == ()
    (row,) = get_terms("370600", InsuranceType.RESIDENT, TODAY).of(Band)[0]
    assert row.ratio_bp == 7000


def test_one_draft_at_a_time(dispute: Dispute, clause: Clause, author: User) -> None:
    draft = resolve(dispute, row_id(7000), clause, author)
    (again,) = disputes_of(["370600"], TODAY)
    assert again.pending == draft

    with pytest.raises(PolicyRefused, match="正在处理"):
        resolve(again, row_id(6500), clause, author)
    operations.withdraw_revision(revision=draft, by=author, at=AT, reason="选错了")
    (again,) = disputes_of(["370600"], TODAY)
    assert again.pending is None


def test_it_needs_a_reason_and_one_of_the_readings(
    dispute: Dispute, clause: Clause, author: User
) -> None:
    with pytest.raises(PolicyRefused, match="理由"):
        resolve(dispute, "", clause, author, reason=" ")
    with pytest.raises(PolicyRefused, match="列出的说法"):
        resolve(dispute, "payment_band-999", clause, author)
    with pytest.raises(operations.NotYourRegion):
        resolve(dispute, "", clause, officer("stranger", region="360100"))
    assert not Resolution.objects.exists()


def test_two_who_resolve_at_once_make_one_draft_of_it(
    dispute: Dispute, clause: Clause, author: User, checker: User
) -> None:
    draft = resolve(dispute, row_id(7000), clause, author)
    operations.publish_revision(revision=draft, by=checker, at=AT)

    with pytest.raises(PolicyRefused, match="已经有人处理"):
        resolve(dispute, row_id(6500), clause, checker)


# --- in the panel -----------------------------------------------------------------------------


def test_an_officer_resolves_on_the_page(dispute: Dispute, clause: Clause) -> None:
    panel = signed_in(officer("writer", "view_clause"))
    desk = panel.get(reverse("admin:policies_revision_conflicts")).text
    query = urlencode({"key": dispute.key, "rows": dispute.rows}, safe="")
    assert query.replace("&", "&amp;") in desk
    address = f"{reverse('admin:policies_revision_resolve')}?{query}"

    refused = panel.post(address, {"chosen": row_id(7000), "clause": clause.pk})
    assert refused.status_code == 422
    assert "checked" in refused.text
    done = panel.post(
        address, {"chosen": row_id(7000), "clause": clause.pk, "reason": "市局书面答复"}
    )

    draft = Revision.objects.latest("pk")
    assert done["Location"] == reverse("admin:policies_revision_review", args=[draft.pk])
    events = [event.event for event in list_events("policies.revision", str(draft.pk))]
    assert events == ["policies.conflict_resolved", "policies.revision_created"]
    assert "writer 的草稿" in panel.get(reverse("admin:policies_revision_conflicts")).text


def test_an_officer_of_elsewhere_sees_and_resolves_nothing(
    dispute: Dispute, clause: Clause
) -> None:
    panel = signed_in(officer("stranger", region="360100"))
    query = urlencode({"key": dispute.key, "rows": dispute.rows})

    assert dispute.key not in panel.get(reverse("admin:policies_revision_conflicts")).text
    gone = panel.post(
        f"{reverse('admin:policies_revision_resolve')}?{query}",
        {"chosen": "none", "clause": clause.pk, "reason": "撤下"},
    )
    assert gone["Location"] == reverse("admin:policies_revision_conflicts")
    assert not Resolution.objects.exists()
