"""Replay under a draft: what changes, what surprises, and who explains it."""

from datetime import date

import pytest

from tests.factories.policies import AT, make_draft, make_revision, publish, replay
from tests.policies.replays import LATER, NEXT_YEAR, a_case, draft_of, kinds_of, rows
from yibao.accounts.models import User
from yibao.policies import operations
from yibao.policies.desk import drafts
from yibao.policies.gates import NotReplayed, Unexplained, is_current
from yibao.policies.models import (
    ReplayChange,
    ReplayState,
    Revision,
    Surprise,
)
from yibao.policies.replay import samples, sources
from yibao.policies.replay.operations import ask_for_replay, explain, running
from yibao.policies.replay.sources import Reach, ReplayCase
from yibao.policies.succession import PolicyRefused
from yibao.rules.terms import InsuranceType

# --- what is found -----------------------------------------------------------------


def test_a_changed_ratio_shows_exactly_the_cases_it_touches(
    stays_paid: Revision, author: User
) -> None:
    run = replay(draft_of(author), by=author)

    # Three levels, three groups, five totals of inpatient care at home.
    assert kinds_of(run) == {("370600", "inpatient", "changed", ""): 45}
    group = run.groups.get()
    assert (group.least_fen, group.most_fen) == (30_000, 4_000_000)
    assert group.sum_fen == 9 * 10 * (3_000 + 20_000 + 45_000 + 120_000 + 400_000)
    largest = ReplayChange.objects.first()
    assert largest is not None
    assert (largest.before_fen, largest.after_fen) == (24_000_000, 28_000_000)
    assert largest.lines["pooled_fund"] == [24_000_000, 28_000_000]
    assert "total=400000.00" in largest.query
    counts = run.counts
    assert counts["cases"] == counts["changed"] + counts["unchanged"] + counts["unknown"]
    assert counts["unchanged"] == 36  # outpatient care at home
    assert run.state == ReplayState.DONE


def test_what_can_no_longer_be_told_and_what_now_can(stays_paid: Revision, author: User) -> None:
    band = stays_paid.paymentband_set.get()
    revision = make_revision(
        *rows("chronic", effective_from=NEXT_YEAR), by=author, starts_on=NEXT_YEAR
    )
    drafts.end_row(revision=revision, table="payment_band", pk=band.pk, by=author, at=AT, version=0)
    revision.refresh_from_db()

    run = replay(revision, by=author)

    assert kinds_of(run) == {
        ("370600", "inpatient", "lost", "lost"): 45,
        ("370600", "chronic", "gained", ""): 27,
    }


def test_a_change_that_the_draft_does_not_name_surprises(
    stays_paid: Revision, author: User, checker: User
) -> None:
    follows = {"ratio_rule": "as_inpatient", "care_types": frozenset({"chronic"})}
    publish(
        make_draft("payment_band", ratio_bp=0, **follows),
        make_draft("deductible", amount_fen=0, care_types=frozenset({"chronic"})),
        by=author,
        other=checker,
    )

    run = replay(draft_of(author), by=author)

    assert kinds_of(run) == {
        ("370600", "inpatient", "changed", ""): 45,
        ("370600", "chronic", "changed", "indirect"): 27,
    }


def test_a_province_that_changes_surprises_in_its_cities(
    stays_paid: Revision, author: User
) -> None:
    revision = make_revision(
        make_draft(
            "payment_band",
            ratio_bp=5000,
            care_types=frozenset({"outpatient"}),
            effective_from=NEXT_YEAR,
        ),
        by=author,
        region="370000",
    )

    run = replay(revision, by=author)

    assert kinds_of(run) == {
        ("370000", "outpatient", "changed", ""): 36,
        ("370600", "outpatient", "changed", "elsewhere"): 36,
    }


def test_sample_bills_are_the_same_each_time_and_name_nobody(stays_paid: Revision) -> None:
    reach = Reach(
        region_code="370600",
        codes=("370600",),
        branches=tuple(InsuranceType),
        days=(NEXT_YEAR,),
    )

    cases = list(samples.iterate(reach))

    assert cases == list(samples.iterate(reach))
    assert len({case.facts for case in cases}) * 3 < len(cases)
    assert {case.facts.on for case in cases} == {NEXT_YEAR}
    assert all("元" in case.title for case in cases)


# --- other sources -----------------------------------------------------------------


def test_decisions_that_would_be_others_need_a_word(
    stays_paid: Revision, author: User, decided: list[ReplayCase]
) -> None:
    decided += [a_case(1000), a_case(2000), a_case(3000, on=date(2026, 12, 1))]

    run = replay(draft_of(author), by=author)

    group = run.groups.get(source="test")
    assert (group.cases, group.surprise, group.sum_fen) == (2, Surprise.DECIDED, 300)


def test_only_the_largest_changes_are_kept_and_all_are_counted(
    stays_paid: Revision, author: User, decided: list[ReplayCase], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "KEPT", 3)
    monkeypatch.setattr(running, "BATCH", 7)
    decided += [a_case(1000 * number) for number in range(1, 30)]

    run = replay(draft_of(author), by=author)

    group = run.groups.get(source="test")
    assert group.cases == 29
    assert [change.title for change in group.changes.all()] == [
        "第 29000 件",
        "第 28000 件",
        "第 27000 件",
    ]


def test_a_name_is_registered_once(decided: list[ReplayCase]) -> None:
    with pytest.raises(ValueError, match="test"):
        sources.register("test", "别的", lambda reach: iter(()))


# --- the gate before review ----------------------------------------------------------


def test_a_draft_is_handed_over_only_after_a_replay_of_it(
    stays_paid: Revision, author: User, checker: User
) -> None:
    revision = draft_of(author)
    with pytest.raises(NotReplayed, match="先重算"):
        operations.submit_revision(revision=revision, by=author, at=AT)

    run = replay(revision, by=author)
    assert is_current(run, revision)
    drafts.accept_ground(revision=revision, by=author, at=LATER)  # counts as an edit
    revision.refresh_from_db()
    assert not is_current(run, revision)
    with pytest.raises(NotReplayed, match="再重算"):
        operations.submit_revision(revision=revision, by=author, at=LATER)

    replay(revision, by=author, at=LATER)
    assert operations.submit_revision(revision=revision, by=author, at=LATER).is_open


@pytest.mark.parametrize(("region", "current"), [("370000", False), ("360100", True)])
def test_a_replay_is_behind_when_its_ground_moves(
    stays_paid: Revision, author: User, checker: User, region: str, current: bool
) -> None:
    run = replay(draft_of(author), by=author)
    other = make_revision(*rows("chronic"), by=author, region=region)
    operations.publish_revision(revision=other, by=checker, at=LATER)

    assert is_current(run, run.revision) is current


def test_surprises_are_explained_by_the_author_first(
    stays_paid: Revision, author: User, checker: User, decided: list[ReplayCase]
) -> None:
    decided.append(a_case(1000))
    revision = draft_of(author)
    run = replay(revision, by=author, note="")
    group = run.groups.get(source="test")
    with pytest.raises(Unexplained, match="1 类"):
        operations.submit_revision(revision=revision, by=author, at=AT)

    for by, groups, note in (
        (checker, [group.pk], "我来说"),
        (author, [group.pk], "  "),
        (author, [], "没有选"),
    ):
        with pytest.raises(PolicyRefused):
            explain(revision=revision, groups=groups, note=note, by=by, at=AT)
    explain(revision=revision, groups=[group.pk], note="从明年起提高", by=author, at=AT)

    assert operations.submit_revision(revision=revision, by=author, at=AT).is_open
    group.refresh_from_db()
    assert (group.note, group.noted_by, group.noted_at) == ("从明年起提高", author, AT)


def test_a_note_is_kept_while_nothing_about_it_changes(
    stays_paid: Revision, author: User, decided: list[ReplayCase]
) -> None:
    decided.append(a_case(1000))
    revision = draft_of(author)
    replay(revision, by=author, note="从明年起提高")

    again = replay(revision, by=author, at=LATER, note="")
    assert again.groups.get(source="test").note == "从明年起提高"
    decided.append(a_case(2000))
    third = replay(revision, by=author, at=LATER, note="")
    assert third.groups.get(source="test").note == ""


def test_a_draft_that_cannot_be_published_is_not_replayed(
    stays_paid: Revision, author: User
) -> None:
    revision = make_revision(*rows(ratio=7000), *rows(ratio=8000), by=author)

    with pytest.raises(PolicyRefused, match="有效期重叠"):
        ask_for_replay(revision=revision, by=author, at=AT)
