"""Drafting from what is in force, comparing, commenting, approving for a moment."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from tests.factories.policies import AT, make_draft, make_revision, publish, submit
from yibao.accounts.models import User
from yibao.policies import operations
from yibao.policies.desk import drafts
from yibao.policies.desk.diff import Change, ChangeKind, changes_of
from yibao.policies.desk.drafts import DraftMoved, NoSuchRow, NotYourDraft
from yibao.policies.desk.ground import inherited_by, views_of
from yibao.policies.desk.outcome import outcome_of, rows_under
from yibao.policies.models import Comment, Ending, KeyPeriod, PaymentBand, Revision, RevisionStatus
from yibao.policies.operations import AuthorMayNotPublish, GroundChanged, NotOpen, RegionGone
from yibao.policies.queries import get_terms
from yibao.policies.succession import PolicyRefused
from yibao.regions import queries as regions
from yibao.regions.models import Region
from yibao.rules.policy import PaymentBand as Band
from yibao.rules.terms import InsuranceType, Level

NEXT_YEAR = date(2027, 1, 1)
LATER = AT + timedelta(days=1)


def band(level: Level, ratio_bp: int, **more: Any) -> Any:
    return make_draft(
        "payment_band", level=level, ratio_bp=ratio_bp, care_types=frozenset({"inpatient"}), **more
    )


@pytest.fixture
def in_force(author: User, checker: User) -> Revision:
    """Two ratios and a remark, published for 烟台's residents."""
    return publish(
        band(Level.TERTIARY, 6500),
        band(Level.SECONDARY, 7500),
        make_draft("remark", topic="other", text="从前的说法", reason="表里放不下"),
        by=author,
        other=checker,
    )


def start(by: User, **more: Any) -> Revision:
    return make_revision(by=by, starts_on=NEXT_YEAR, **more)


def band_of(level: Level) -> PaymentBand:
    return PaymentBand.objects.get(level=level, revision__status=RevisionStatus.PUBLISHED)


def amend(draft: Revision, row: Any, by: User) -> Any:
    draft.refresh_from_db()
    return drafts.amend_row(
        revision=draft, table=row.terms_type.table, pk=row.pk, by=by, at=AT, version=draft.version
    )


def summary(changes: tuple[Change, ...]) -> list[tuple[ChangeKind, str, str]]:
    return [(change.kind, change.before, change.after) for change in changes]


def test_only_what_was_changed_becomes_new_and_the_old_ends(
    in_force: Revision, author: User, checker: User
) -> None:
    draft = start(author)
    copy = amend(draft, band_of(Level.TERTIARY), author)
    type(copy).objects.filter(pk=copy.pk).update(ratio_bp=7000)

    operations.publish_revision(revision=draft, by=checker, at=LATER)

    assert list(
        PaymentBand.objects.order_by("pk").values_list(
            "level", "ratio_bp", "effective_from", "effective_to"
        )
    ) == [
        ("tertiary", 6500, date(2026, 1, 1), NEXT_YEAR),
        ("secondary", 7500, date(2026, 1, 1), None),
        ("tertiary", 7000, NEXT_YEAR, None),
    ]
    before = get_terms("370600", InsuranceType.RESIDENT, date(2026, 12, 31)).of(Band)[0]
    after = get_terms("370600", InsuranceType.RESIDENT, NEXT_YEAR).of(Band)[0]
    assert {row.ratio_bp for row in before} == {6500, 7500}
    assert {row.ratio_bp for row in after} == {7000, 7500}


def test_a_row_that_settles_nothing_is_replaced_too(
    in_force: Revision, author: User, checker: User
) -> None:
    draft = start(author)
    (remark,) = (row for row in drafts.rows_to_change(draft) if row.terms_type.table == "remark")
    copy: Any = amend(draft, remark, author)
    type(copy).objects.filter(pk=copy.pk).update(text="现在的说法")

    changes = changes_of(outcome_of(draft))

    ((kind, before, after),) = summary(changes)
    assert kind is ChangeKind.CHANGED
    assert before.startswith("从前的说法")
    assert after.startswith("现在的说法")


def test_the_difference_is_said_in_sentences_and_nothing_is_written(
    in_force: Revision, author: User
) -> None:
    draft = start(author)
    copy = amend(draft, band_of(Level.TERTIARY), author)
    type(copy).objects.filter(pk=copy.pk).update(ratio_bp=7000)
    row = band_of(Level.SECONDARY)
    draft.refresh_from_db()
    drafts.end_row(
        revision=draft, table="payment_band", pk=row.pk, by=author, at=AT, version=draft.version
    )

    changes = changes_of(outcome_of(draft))

    assert [(change.kind, change.since) for change in changes] == [
        (ChangeKind.CHANGED, NEXT_YEAR),
        (ChangeKind.ENDED, NEXT_YEAR),
    ]
    assert "65%" in changes[0].before
    assert "70%" in changes[0].after
    assert "三级" in changes[0].for_whom
    assert "第一条" in changes[0].source
    assert set(PaymentBand.objects.values_list("effective_to", flat=True)) == {None}
    assert KeyPeriod.objects.filter(effective_to=None).count() == 2


def test_a_change_of_basis_alone_is_told_apart(in_force: Revision, author: User) -> None:
    draft = make_revision(
        band(Level.TERTIARY, 6500, article="第九条", effective_from=NEXT_YEAR),
        band(Level.SECONDARY, 7500, effective_from=NEXT_YEAR),
        by=author,
        starts_on=NEXT_YEAR,
    )

    kinds = [change.kind for change in changes_of(outcome_of(draft))]

    assert kinds == [ChangeKind.BASIS, ChangeKind.SAME]


def test_a_published_revision_still_tells_what_it_changed(
    in_force: Revision, author: User, checker: User
) -> None:
    draft = start(author)
    copy = amend(draft, band_of(Level.TERTIARY), author)
    type(copy).objects.filter(pk=copy.pk).update(ratio_bp=7000)
    foreseen = summary(changes_of(outcome_of(draft)))

    published = operations.publish_revision(revision=draft, by=checker, at=LATER)

    assert summary(changes_of(outcome_of(published))) == foreseen


def test_the_site_under_a_draft_is_worked_out_without_publishing(
    in_force: Revision, author: User
) -> None:
    draft = start(author)
    copy = amend(draft, band_of(Level.TERTIARY), author)

    rows = [row for row in rows_under(draft) if isinstance(row, PaymentBand)]

    assert {(row.pk == copy.pk, row.effective_to) for row in rows if row.level == "tertiary"} == {
        (True, None),
        (False, NEXT_YEAR),
    }
    assert PaymentBand.objects.filter(effective_to=NEXT_YEAR).count() == 0


def test_what_cannot_be_published_is_said_beforehand(in_force: Revision, author: User) -> None:
    draft = make_revision(band(Level.TERTIARY, 7000), by=author)

    outcome = outcome_of(draft)

    assert "不能自动衔接" in "".join(outcome.refused)
    with pytest.raises(PolicyRefused):
        rows_under(draft)


def test_a_row_is_left_as_it_is_after_all(in_force: Revision, author: User) -> None:
    draft = start(author)
    old = band_of(Level.TERTIARY)
    amend(draft, old, author)
    draft.refresh_from_db()
    assert [
        view.is_ended
        for view in views_of(draft)
        if (view.table, view.pk) == ("payment_band", old.pk)
    ] == [True]

    drafts.keep_row(
        revision=draft, table="payment_band", pk=old.pk, by=author, at=AT, version=draft.version
    )

    assert not Ending.objects.exists()
    assert not PaymentBand.objects.filter(revision=draft).exists()


def test_a_row_of_the_same_day_is_corrected_instead(in_force: Revision, author: User) -> None:
    draft = make_revision(by=author, starts_on=date(2026, 1, 1))

    with pytest.raises(NoSuchRow, match="更正"):
        amend(draft, band_of(Level.TERTIARY), author)


def test_a_correction_takes_the_wrong_row_back_and_keeps_its_day(
    in_force: Revision, author: User, checker: User
) -> None:
    draft = drafts.correct_revision(revision=in_force, reason="抄错一位", by=checker, at=AT)
    copy = amend(draft, band_of(Level.TERTIARY), checker)
    type(copy).objects.filter(pk=copy.pk).update(ratio_bp=5600)

    operations.publish_revision(revision=draft, by=author, at=LATER)

    rows = get_terms("370600", InsuranceType.RESIDENT, date(2026, 6, 1)).of(Band)[0]
    assert {row.ratio_bp for row in rows} == {5600, 7500}
    assert draft.basis == "抄错一位"


def test_a_correction_needs_a_reason_and_something_published(
    in_force: Revision, author: User
) -> None:
    with pytest.raises(PolicyRefused, match="原因"):
        drafts.correct_revision(revision=in_force, reason=" ", by=author, at=AT)
    with pytest.raises(NotOpen):
        drafts.correct_revision(revision=start(author), reason="x", by=author, at=AT)


def test_who_saves_an_older_draft_is_refused(in_force: Revision, author: User) -> None:
    draft = start(author)
    amend(draft, band_of(Level.TERTIARY), author)

    with pytest.raises(DraftMoved):
        drafts.end_row(
            revision=draft,
            table="payment_band",
            pk=band_of(Level.SECONDARY).pk,
            by=author,
            at=AT,
            version=0,
        )

    assert Ending.objects.count() == 1


def test_a_second_officer_learns_who_holds_the_draft(
    in_force: Revision, author: User, checker: User
) -> None:
    draft = start(author)

    with pytest.raises(NotYourDraft, match="author"):
        amend(draft, band_of(Level.TERTIARY), checker)


def test_ground_that_others_changed_is_looked_at_first(
    in_force: Revision, author: User, checker: User
) -> None:
    mine = make_revision(band(Level.TERTIARY, 7000, effective_from=NEXT_YEAR), by=author)
    theirs = make_revision(
        band(Level.SECONDARY, 8000, effective_from=date(2026, 12, 1)), by=checker
    )
    operations.publish_revision(revision=theirs, by=author, at=LATER)

    with pytest.raises(GroundChanged, match="测试修订"):
        operations.submit_revision(revision=mine, by=author, at=LATER)
    with pytest.raises(GroundChanged):
        operations.publish_revision(revision=mine, by=checker, at=LATER)

    drafts.accept_ground(revision=mine, by=author, at=LATER)
    assert operations.publish_revision(revision=mine, by=checker, at=LATER).published_at == LATER


def test_a_region_merged_away_takes_no_more_rules(
    in_force: Revision, author: User, checker: User
) -> None:
    draft = make_revision(band(Level.TERTIARY, 7000, effective_from=NEXT_YEAR), by=author)
    Region.objects.filter(code="370600").update(pooling_region="360100")
    regions.MEMORY.forget()

    with pytest.raises(RegionGone, match="南昌市"):
        operations.publish_revision(revision=draft, by=checker, at=LATER)

    draft.refresh_from_db()
    assert draft.status == RevisionStatus.DRAFT


def test_a_publication_that_dies_midway_leaves_the_old_rules(
    in_force: Revision, author: User, checker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = start(author)
    amend(draft, band_of(Level.TERTIARY), author)

    def die(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("yibao.policies.succession.Succession.settle", die)
    with pytest.raises(KeyboardInterrupt):
        operations.publish_revision(revision=draft, by=checker, at=LATER)

    draft.refresh_from_db()
    assert draft.status == RevisionStatus.DRAFT
    assert not PaymentBand.objects.exclude(effective_to=None).exists()
    rows = get_terms("370600", InsuranceType.RESIDENT, NEXT_YEAR).of(Band)[0]
    assert {row.ratio_bp for row in rows} == {6500, 7500}


def test_the_second_of_two_publishers_is_refused(
    in_force: Revision, author: User, checker: User
) -> None:
    draft = make_revision(band(Level.TERTIARY, 7000, effective_from=NEXT_YEAR), by=author)
    read_before = Revision.objects.get(pk=draft.pk)
    operations.publish_revision(revision=draft, by=checker, at=LATER)

    with pytest.raises(NotOpen):
        operations.publish_revision(revision=read_before, by=checker, at=LATER)


def test_an_approved_revision_is_published_when_its_moment_comes(
    in_force: Revision, author: User, checker: User
) -> None:
    draft = make_revision(band(Level.TERTIARY, 7000, effective_from=NEXT_YEAR), by=author)
    submit(draft, by=author, at=AT)
    with pytest.raises(AuthorMayNotPublish):
        operations.schedule_revision(revision=draft, by=author, at=AT, moment=LATER)
    operations.schedule_revision(revision=draft, by=checker, at=AT, moment=LATER)

    assert operations.publish_due(at=AT).published == ()
    (published,) = operations.publish_due(at=LATER).published

    assert (published.pk, published.publisher) == (draft.pk, checker)


def test_a_scheduled_publication_that_fails_goes_back_with_the_reason(
    in_force: Revision, author: User, checker: User
) -> None:
    draft = make_revision(band(Level.TERTIARY, 7000, effective_from=NEXT_YEAR), by=author)
    submit(draft, by=author, at=AT)
    operations.schedule_revision(revision=draft, by=checker, at=AT, moment=LATER)
    other = make_revision(band(Level.SECONDARY, 8000, effective_from=date(2026, 12, 1)), by=checker)
    operations.publish_revision(revision=other, by=author, at=AT + timedelta(hours=1))

    report = operations.publish_due(at=LATER)

    assert [revision.pk for revision, _problems in report.refused] == [draft.pk]
    draft.refresh_from_db()
    assert (draft.status, draft.scheduled_for) == (RevisionStatus.IN_REVIEW, None)
    assert "改了同一地区的规定" in Comment.objects.get(revision=draft).text


def test_returning_takes_the_approval_back(in_force: Revision, author: User, checker: User) -> None:
    draft = make_revision(band(Level.TERTIARY, 7000, effective_from=NEXT_YEAR), by=author)
    submit(draft, by=author, at=AT)
    operations.schedule_revision(revision=draft, by=checker, at=AT, moment=LATER)

    returned = operations.return_revision(revision=draft, by=checker, at=AT, reason="再看看")

    assert (returned.scheduled_for, returned.approver) == (None, None)


def test_the_database_refuses_an_author_as_approver(author: User) -> None:
    draft = make_revision(by=author)

    with pytest.raises(IntegrityError, match="revision_approver_is_not_the_author"):
        Revision.objects.filter(pk=draft.pk).update(approver=author, scheduled_for=LATER)


def test_a_row_is_commented_on_until_the_revision_is_closed(author: User, checker: User) -> None:
    draft = make_revision(band(Level.TERTIARY, 7000), by=author)
    row = PaymentBand.objects.get()

    comment = drafts.comment_on(
        revision=draft, text="比例对吗", table="payment_band", pk=row.pk, by=checker, at=AT
    )
    drafts.settle_comment(comment=comment, by=author, at=LATER)

    comment.refresh_from_db()
    assert comment.settled_at == LATER
    with pytest.raises(NoSuchRow):
        drafts.comment_on(
            revision=draft, text="x", table="payment_band", pk=row.pk + 1, by=checker, at=AT
        )
    operations.publish_revision(revision=draft, by=checker, at=AT)
    with pytest.raises(NotOpen):
        drafts.comment_on(revision=draft, text="x", by=checker, at=AT)


def test_what_is_inherited_can_be_seen(author: User, checker: User) -> None:
    publish(
        make_draft("claim_rule", handling_working_days=30),
        by=author,
        other=checker,
        region="000000",
        insurance="",
    )

    levels = inherited_by(start(author), NEXT_YEAR)

    assert [(level.region_name, len(level.rows)) for level in levels] == [
        ("山东省", 0),
        ("全国", 1),
    ]
