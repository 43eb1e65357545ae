"""Drafting, reviewing, publishing: who may, what it ends, what stays locked."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.factories.policies import AT, make_draft, make_revision, make_user, publish, submit
from yibao.accounts.models import Assignment, User
from yibao.audit.queries import list_events
from yibao.policies import operations
from yibao.policies.models import (
    Ending,
    FilingRule,
    KeyPeriod,
    Locked,
    PaymentBand,
    Revision,
    RevisionStatus,
)
from yibao.policies.operations import (
    AuthorMayNotPublish,
    NotOpen,
    NotYourRegion,
    publish_revision,
)
from yibao.policies.succession import RevisionIncomplete, RulesOverlap
from yibao.rules.terms import Level, Standing

BAND: dict[str, Any] = {"ratio_bp": 8500}
NEXT_YEAR = date(2027, 1, 1)


def test_a_draft_goes_through_review_to_publication(author: User, checker: User) -> None:
    revision = make_revision(make_draft("payment_band", **BAND), by=author)

    submitted = submit(revision, by=author, at=AT)
    published = publish_revision(revision=submitted, by=checker, at=AT)

    assert submitted.status == RevisionStatus.IN_REVIEW
    assert published.status == RevisionStatus.PUBLISHED
    assert (published.author, published.publisher) == (author, checker)
    assert published.published_at == AT


def test_a_returned_draft_can_be_submitted_again(author: User, checker: User) -> None:
    revision = make_revision(make_draft("payment_band", **BAND), by=author)
    submit(revision, by=author, at=AT)

    returned = operations.return_revision(revision=revision, by=checker, at=AT, reason="缺少文号")

    assert returned.status == RevisionStatus.DRAFT
    assert submit(returned, by=author, at=AT).is_open


def test_nobody_publishes_their_own_draft(author: User) -> None:
    revision = make_revision(make_draft("payment_band", **BAND), by=author)

    with pytest.raises(AuthorMayNotPublish):
        publish_revision(revision=revision, by=author, at=AT)

    assert Revision.objects.get(pk=revision.pk).status == RevisionStatus.DRAFT


def test_the_database_refuses_an_author_as_publisher(author: User) -> None:
    revision = make_revision(make_draft("payment_band", **BAND), by=author)

    with pytest.raises(IntegrityError, match="revision_publisher_is_not_the_author"):
        Revision.objects.filter(pk=revision.pk).update(
            publisher=author, published_at=AT, status=RevisionStatus.PUBLISHED
        )


@pytest.mark.parametrize(
    ("given", "allowed"),
    [("370600", True), ("370000", True), ("000000", True), ("360100", False), (None, False)],
)
def test_a_person_acts_for_the_regions_given_to_them(
    places: None, given: str | None, allowed: bool
) -> None:
    officer = make_user("officer")
    if given:
        Assignment.objects.create(user=officer, region_code=given)

    if allowed:
        assert make_revision(by=officer).pk
    else:
        with pytest.raises(NotYourRegion):
            make_revision(by=officer)


def test_publishing_needs_the_region_too(author: User) -> None:
    revision = make_revision(make_draft("payment_band", **BAND), by=author)

    with pytest.raises(NotYourRegion):
        publish_revision(revision=revision, by=make_user("stranger"), at=AT)


def test_a_revision_that_says_nothing_is_refused(author: User, checker: User) -> None:
    with pytest.raises(RevisionIncomplete, match="什么也没有规定"):
        publish_revision(revision=make_revision(by=author), by=checker, at=AT)


def test_a_row_that_cannot_stand_is_refused(author: User, checker: User) -> None:
    revision = make_revision(make_draft("payment_band", ratio_bp=85), by=author)

    with pytest.raises(RevisionIncomplete, match="不到 1%"):
        publish_revision(revision=revision, by=checker, at=AT)


@pytest.mark.parametrize("move", ["submit", "publish", "withdraw"])
def test_what_is_published_moves_no_more(author: User, checker: User, move: str) -> None:
    revision = publish(make_draft("payment_band", **BAND), by=author, other=checker)
    arguments: dict[str, Any] = {"revision": revision, "by": checker, "at": AT}
    if move == "withdraw":
        arguments["reason"] = "x"

    with pytest.raises(NotOpen):
        getattr(operations, f"{move}_revision")(**arguments)


def test_what_is_published_cannot_be_saved_or_deleted(author: User, checker: User) -> None:
    revision = publish(make_draft("payment_band", **BAND), by=author, other=checker)
    row = PaymentBand.objects.get()

    for locked in (row, revision):
        with pytest.raises(Locked):
            locked.save()
        with pytest.raises(Locked):
            locked.delete()
    with pytest.raises(Locked):
        PaymentBand(revision=revision, clause=row.clause, ratio_bp=1).save()
    with pytest.raises(Locked):
        Ending(revision=revision, table="payment_band", provision_id=row.pk).save()


def test_a_new_rule_ends_the_old_one_on_its_first_day(author: User, checker: User) -> None:
    publish(make_draft("payment_band", **BAND), by=author, other=checker)

    revision = publish(
        make_draft("payment_band", ratio_bp=9000, effective_from=NEXT_YEAR),
        by=author,
        other=checker,
    )

    old, new = PaymentBand.objects.order_by("pk")
    assert (old.effective_to, old.ended_by) == (NEXT_YEAR, revision)
    assert (new.effective_to, new.ended_by) == (None, None)
    assert list(KeyPeriod.objects.order_by("pk").values_list("effective_from", "effective_to")) == [
        (old.effective_from, NEXT_YEAR),
        (NEXT_YEAR, None),
    ]


def test_a_correction_takes_the_wrong_row_back(author: User, checker: User) -> None:
    wrong = publish(make_draft("payment_band", **BAND), by=author, other=checker)

    right = publish(
        make_draft("payment_band", ratio_bp=8800), by=author, other=checker, corrects=wrong
    )

    old, new = PaymentBand.objects.order_by("pk")
    assert (old.withdrawn_by, old.effective_to) == (right, None)
    assert new.withdrawn_by is None
    assert KeyPeriod.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {},  # the same first day, and no correction
        {"effective_from": date(2025, 1, 1)},  # reaches into the old row
        {"effective_from": NEXT_YEAR, "effective_to": date(2028, 1, 1)},  # the old row goes on
    ],
)
def test_an_overlap_that_has_no_plain_end_is_refused(
    author: User, checker: User, changes: dict[str, Any]
) -> None:
    publish(make_draft("payment_band", **BAND), by=author, other=checker)

    with pytest.raises(RulesOverlap):
        publish(make_draft("payment_band", **BAND | changes), by=author, other=checker)

    assert PaymentBand.objects.get(revision__status="published").effective_to is None


def test_two_rows_of_one_revision_may_not_overlap(author: User, checker: User) -> None:
    with pytest.raises(RulesOverlap):
        publish(
            make_draft("payment_band", ratio_bp=8500),
            make_draft("payment_band", ratio_bp=9000),
            by=author,
            other=checker,
        )


def test_a_disputed_row_stands_beside_a_computed_one(author: User, checker: User) -> None:
    publish(
        make_draft("payment_band", ratio_bp=8500),
        make_draft("payment_band", ratio_bp=3000, standing=Standing.DISPUTED),
        make_draft("payment_band", ratio_bp=7000, standing=Standing.DISPUTED),
        by=author,
        other=checker,
    )

    assert PaymentBand.objects.count() == 3


def test_a_row_is_not_ended_where_part_of_it_would_be_lost(author: User, checker: User) -> None:
    publish(make_draft("filing_rule", required=True, validity_months=6), by=author, other=checker)

    with pytest.raises(RulesOverlap, match="required"):
        publish(
            make_draft("filing_rule", validity_months=12, effective_from=NEXT_YEAR),
            by=author,
            other=checker,
        )

    assert FilingRule.objects.get(revision__status="published").effective_to is None


def test_a_row_ends_where_all_its_parts_are_stated_anew(author: User, checker: User) -> None:
    publish(make_draft("filing_rule", required=True, validity_months=6), by=author, other=checker)

    publish(
        make_draft("filing_rule", validity_months=12, effective_from=NEXT_YEAR),
        make_draft("filing_rule", required=False, effective_from=NEXT_YEAR),
        by=author,
        other=checker,
    )

    assert FilingRule.objects.earliest("pk").effective_to == NEXT_YEAR


@pytest.mark.parametrize(("ends_on", "taken_back"), [(NEXT_YEAR, False), (None, True)])
def test_a_revision_ends_a_rule_without_another(
    author: User, checker: User, ends_on: date | None, taken_back: bool
) -> None:
    publish(make_draft("payment_band", **BAND), by=author, other=checker)
    row = PaymentBand.objects.get()
    revision = make_revision(by=author)
    Ending.objects.create(
        revision=revision, table="payment_band", provision_id=row.pk, ends_on=ends_on
    )

    publish_revision(revision=revision, by=checker, at=AT)

    row.refresh_from_db()
    assert (row.withdrawn_by == revision) is taken_back
    assert row.effective_to == ends_on
    assert KeyPeriod.objects.count() == (0 if taken_back else 1)


@pytest.mark.parametrize("ends_on", [date(2026, 1, 1), date(2020, 1, 1)])
def test_a_rule_cannot_end_before_it_began(author: User, checker: User, ends_on: date) -> None:
    publish(make_draft("payment_band", **BAND), by=author, other=checker)
    revision = make_revision(by=author)
    Ending.objects.create(
        revision=revision,
        table="payment_band",
        provision_id=PaymentBand.objects.get().pk,
        ends_on=ends_on,
    )

    with pytest.raises(RulesOverlap, match="应在它的有效期之内"):
        publish_revision(revision=revision, by=checker, at=AT)


@pytest.mark.parametrize(
    ("ends_on", "holds"),
    [(date(2026, 12, 31), True), (NEXT_YEAR, False), (date(2027, 1, 2), False)],
)
def test_what_has_an_end_is_ended_again_only_earlier(
    author: User, checker: User, ends_on: date, holds: bool
) -> None:
    publish(make_draft("payment_band", **BAND), by=author, other=checker)
    row = PaymentBand.objects.get()
    ends = (NEXT_YEAR, ends_on)
    first, second = (make_revision(by=author) for _each in ends)
    for revision, day in zip((first, second), ends, strict=True):
        Ending.objects.create(
            revision=revision, table="payment_band", provision_id=row.pk, ends_on=day
        )
    operations.publish_revision(revision=first, by=checker, at=AT)

    if holds:
        operations.publish_revision(revision=second, by=checker, at=AT)
    else:
        with pytest.raises(RulesOverlap, match="有效期之内"):
            operations.publish_revision(revision=second, by=checker, at=AT)

    row.refresh_from_db()
    ended = (ends_on, second.pk) if holds else (NEXT_YEAR, first.pk)
    assert (row.effective_to, row.ended_by_id) == ended


def test_a_rule_of_another_region_cannot_be_ended(author: User, checker: User) -> None:
    publish(make_draft("payment_band", **BAND), by=author, other=checker, region="360100")
    revision = make_revision(by=author)
    Ending.objects.create(
        revision=revision, table="payment_band", provision_id=PaymentBand.objects.get().pk
    )

    with pytest.raises(RevisionIncomplete, match="不在本地本险种内"):
        publish_revision(revision=revision, by=checker, at=AT)


def test_every_step_is_recorded(author: User, checker: User) -> None:
    publish(make_draft("payment_band", **BAND), by=author, other=checker)

    revision = publish(
        make_draft("payment_band", ratio_bp=9000, effective_from=NEXT_YEAR),
        by=author,
        other=checker,
    )

    published, created = list_events("policies.revision", str(revision.pk))
    assert created.event == "policies.revision_created"
    assert published.event == "policies.revision_published"
    old = PaymentBand.objects.earliest("pk")
    assert published.after["ended"] == [f"payment_band-{old.pk}"]
    assert published.after["added"] == 1


def test_a_refused_publication_changes_nothing(author: User, checker: User) -> None:
    publish(make_draft("payment_band", **BAND), by=author, other=checker)
    revision = make_revision(
        make_draft("payment_band", ratio_bp=9000, effective_from=NEXT_YEAR),
        make_draft("payment_band", level=Level.TERTIARY, ratio_bp=9000),
        make_draft("payment_band", level=Level.TERTIARY, ratio_bp=9100),
        by=author,
    )

    with pytest.raises(RulesOverlap):
        publish_revision(revision=revision, by=checker, at=AT)

    assert PaymentBand.objects.earliest("pk").effective_to is None
    assert Revision.objects.get(pk=revision.pk).status == RevisionStatus.DRAFT


def test_the_database_refuses_two_rules_of_one_key_at_once(author: User, checker: User) -> None:
    publish(make_draft("payment_band", **BAND), by=author, other=checker)
    held = KeyPeriod.objects.get()

    with pytest.raises(IntegrityError, match="keyperiod_no_two_at_once"), transaction.atomic():
        KeyPeriod.objects.create(
            table="payment_band",
            provision_id=held.provision_id + 1,
            path=held.path,
            key_hash=held.key_hash,
            low=held.low,
            high=held.high,
            effective_from=NEXT_YEAR,
        )
    KeyPeriod.objects.filter(pk=held.pk).update(effective_to=NEXT_YEAR)
    later = KeyPeriod.objects.create(
        table="payment_band",
        provision_id=held.provision_id + 1,
        path=held.path,
        key_hash=held.key_hash,
        low=held.low,
        high=held.high,
        effective_from=NEXT_YEAR,
    )
    with pytest.raises(IntegrityError, match="keyperiod_no_two_at_once"), transaction.atomic():
        KeyPeriod.objects.filter(pk=later.pk).update(effective_from=date(2026, 12, 31))
