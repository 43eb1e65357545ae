"""Replay under a draft: what changes, what surprises, who explains it, and dead workers."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from tests.factories.policies import AT, make_draft, make_revision, publish, replay
from tests.policies.test_admin import officer, signed_in
from yibao.accounts.models import User
from yibao.policies import operations
from yibao.policies.admin import replays
from yibao.policies.desk import drafts
from yibao.policies.gates import NotReplayed, Unexplained, is_current
from yibao.policies.models import (
    ChangeKind,
    ReplayChange,
    ReplayRun,
    ReplayState,
    Revision,
    Surprise,
)
from yibao.policies.replay import running, samples, sources
from yibao.policies.replay.operations import ask_for_replay, explain
from yibao.policies.replay.running import LEASE, work
from yibao.policies.replay.sources import Reach, ReplayCase
from yibao.policies.succession import PolicyRefused
from yibao.rules.facts import Bill, CaseFacts
from yibao.rules.money import Fen
from yibao.rules.terms import CareType, Group, InsuranceType, Level, Scope

LATER = AT + timedelta(hours=1)
NEXT_YEAR = date(2027, 1, 1)
INPATIENT = {"care_types": frozenset({"inpatient"})}


def rows(care: str = "inpatient", ratio: int = 6000, **more: Any) -> list[Any]:
    stated = {"care_types": frozenset({care}), **more}
    return [
        make_draft("deductible", amount_fen=0, **stated),
        make_draft("payment_band", ratio_bp=ratio, **stated),
    ]


@pytest.fixture
def in_force(author: User, checker: User) -> Revision:
    """Inpatient care at home is paid at 60 %, by the city; outpatient care by its province."""
    publish(*rows("outpatient"), by=author, other=checker, region="370000")
    return publish(*rows(), by=author, other=checker)


def draft_of(author: User, ratio: int = 7000, **more: Any) -> Revision:
    band = make_draft("payment_band", ratio_bp=ratio, effective_from=NEXT_YEAR, **INPATIENT)
    return make_revision(band, by=author, **more)


def kinds_of(run: ReplayRun) -> dict[tuple[str, str, str, str], int]:
    return {
        (group.region_code, group.care_type, group.kind, group.surprise): group.cases
        for group in run.groups.all()
    }


# --- what is found -----------------------------------------------------------------


def test_a_changed_ratio_shows_exactly_the_cases_it_touches(
    in_force: Revision, author: User
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


def test_what_can_no_longer_be_told_and_what_now_can(in_force: Revision, author: User) -> None:
    band = in_force.paymentband_set.get()
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
    in_force: Revision, author: User, checker: User
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


def test_a_province_that_changes_surprises_in_its_cities(in_force: Revision, author: User) -> None:
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


def test_sample_bills_are_the_same_each_time_and_name_nobody(in_force: Revision) -> None:
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


@pytest.fixture
def decided() -> Iterator[list[ReplayCase]]:
    """A source of decided cases, as filings and claims register one."""
    cases: list[ReplayCase] = []
    sources.register("test", "旧案", lambda reach: iter(cases))
    yield cases
    sources.forget("test")


def a_case(total: int, **facts: Any) -> ReplayCase:
    known: dict[str, Any] = {
        "insurance": InsuranceType.RESIDENT,
        "care_type": CareType.INPATIENT,
        "scope": Scope.LOCAL,
        "on": NEXT_YEAR,
        "situation": None,
        "group": Group.ADULT,
        "level": Level.TERTIARY,
    }
    return ReplayCase(
        title=f"第 {total} 件",
        region_code="370600",
        bill=Bill(total_fen=Fen(total)),
        facts=CaseFacts(**{**known, **facts}),
    )


def test_decisions_that_would_be_others_need_a_word(
    in_force: Revision, author: User, decided: list[ReplayCase]
) -> None:
    decided += [a_case(1000), a_case(2000), a_case(3000, on=date(2026, 12, 1))]

    run = replay(draft_of(author), by=author)

    group = run.groups.get(source="test")
    assert (group.cases, group.surprise, group.sum_fen) == (2, Surprise.DECIDED, 300)


def test_only_the_largest_changes_are_kept_and_all_are_counted(
    in_force: Revision, author: User, decided: list[ReplayCase], monkeypatch: pytest.MonkeyPatch
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
    in_force: Revision, author: User, checker: User
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
    in_force: Revision, author: User, checker: User, region: str, current: bool
) -> None:
    run = replay(draft_of(author), by=author)
    other = make_revision(*rows("chronic"), by=author, region=region)
    operations.publish_revision(revision=other, by=checker, at=LATER)

    assert is_current(run, run.revision) is current


def test_surprises_are_explained_by_the_author_first(
    in_force: Revision, author: User, checker: User, decided: list[ReplayCase]
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
    in_force: Revision, author: User, decided: list[ReplayCase]
) -> None:
    decided.append(a_case(1000))
    revision = draft_of(author)
    replay(revision, by=author, note="从明年起提高")

    again = replay(revision, by=author, at=LATER, note="")
    assert again.groups.get(source="test").note == "从明年起提高"
    decided.append(a_case(2000))
    third = replay(revision, by=author, at=LATER, note="")
    assert third.groups.get(source="test").note == ""


def test_a_draft_that_cannot_be_published_is_not_replayed(in_force: Revision, author: User) -> None:
    revision = make_revision(*rows(ratio=7000), *rows(ratio=8000), by=author)

    with pytest.raises(PolicyRefused, match="有效期重叠"):
        ask_for_replay(revision=revision, by=author, at=AT)


# --- workers ---------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here, without a chance to say so."""


def _work(at: Any = AT, *, name: str = "here:2:b", alive: bool = False) -> ReplayRun | None:
    return work(worker=name, is_alive=lambda _name: alive, clock=lambda: at)


def test_a_killed_replay_goes_on_where_it_stood(
    in_force: Revision, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 50)
    revision = draft_of(author)
    whole = replay(revision, by=author)
    expected = kinds_of(whole), {**whole.counts}
    ask_for_replay(revision=revision, by=author, at=AT)
    seen = 0
    keep = running._keep

    def until_killed(run: ReplayRun, tally: Any) -> None:
        nonlocal seen
        seen += 1
        keep(run, tally)
        if seen == 3:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(running, "_keep", until_killed)
        with pytest.raises(Killed):
            _work()
    half = ReplayRun.objects.first()
    assert half is not None
    assert (half.state, half.position) == (ReplayState.WORKING, 100)

    assert _work(name="here:3:c", alive=True) is None  # its lease still runs
    run = _work(AT + LEASE, name="here:3:c", alive=True)

    assert run is not None
    assert run.state == ReplayState.DONE
    assert (kinds_of(run), run.counts) == expected


def test_a_worker_that_lost_its_lease_writes_nothing_more(
    in_force: Revision, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    revision = draft_of(author)
    asked = ask_for_replay(revision=revision, by=author, at=AT)
    keep = running._keep

    def overtaken(run: ReplayRun, tally: Any) -> None:
        keep(run, tally)
        ReplayRun.objects.filter(pk=run.pk).update(worker="here:9:z")

    monkeypatch.setattr(running, "_keep", overtaken)
    _work()

    asked.refresh_from_db()
    assert (asked.state, asked.position) == (ReplayState.WORKING, 0)
    assert not asked.groups.exists()


def test_gives_up_after_three_workers(
    in_force: Revision, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_for_replay(revision=draft_of(author), by=author, at=AT)
    monkeypatch.setattr(running, "_keep", lambda *_args: (_ for _ in ()).throw(Killed))
    for _ in range(3):
        with pytest.raises(Killed):
            _work()

    assert _work() is None

    run = ReplayRun.objects.get()
    assert (run.state, "多次中断" in run.message) == (ReplayState.FAILED, True)


def test_an_edit_meanwhile_ends_the_replay_with_the_reason(
    in_force: Revision, author: User
) -> None:
    revision = draft_of(author)
    ask_for_replay(revision=revision, by=author, at=AT)
    drafts.accept_ground(revision=revision, by=author, at=AT)

    run = _work()

    assert run is not None
    assert (run.state, "草稿又改了" in run.message) == (ReplayState.FAILED, True)
    second = ask_for_replay(revision=revision, by=author, at=AT)
    assert ask_for_replay(revision=revision, by=author, at=AT) == second


def test_a_fault_of_the_program_is_said(
    in_force: Revision, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_for_replay(revision=draft_of(author), by=author, at=AT)
    monkeypatch.setattr(running, "_keep", lambda *_args: 1 // 0)

    run = _work()

    assert run is not None
    assert (run.state, "程序出错" in run.message) == (ReplayState.FAILED, True)


# --- the panel ---------------------------------------------------------------------


def page(name: str, revision: Revision) -> str:
    return reverse(f"admin:policies_revision_{name}", args=[revision.pk])


def test_the_author_replays_and_explains_and_the_checker_reads(
    in_force: Revision, places: None, decided: list[ReplayCase]
) -> None:
    decided.append(a_case(1000))
    writer, checker = officer("writer"), officer("checking", "publish_revision")
    revision = draft_of(writer)
    client, other = signed_in(writer), signed_in(checker)
    assert "还没有重算过" in client.get(page("review", revision)).text

    assert client.post(page("ask_replay", revision)).headers["Location"] == page("replay", revision)
    shown = client.get(page("replay", revision)).text
    assert 'data-surprise="decided"' in shown
    assert "还有 1 类变化没有说明" in shown
    assert "＋300.00 元 到 ＋40,000.00 元" in shown
    group = ReplayRun.objects.get().groups.get(source="test")
    refused = client.post(page("explain_replay", revision), {"group": group.pk, "note": ""})
    assert refused.status_code == 422
    assert "请写下说明" in refused.text
    assert other.post(page("explain_replay", revision), {"note": "x"}).status_code == 403
    client.post(page("explain_replay", revision), {"group": group.pk, "note": "从明年起提高"})

    read = other.get(page("review", revision)).text
    assert "writer 说明：从明年起提高" in read
    assert "没有预料到的变化都有说明" in read


def test_a_large_replay_is_left_to_a_worker_and_watched(
    in_force: Revision,
    places: None,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    started: list[str] = []
    monkeypatch.setattr(replays.background, "start", started.append)
    monkeypatch.setattr(replays, "AT_ONCE", 5)
    writer = officer("writer")
    revision = draft_of(writer)
    client = signed_in(writer)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(page("ask_replay", revision))
    waiting = client.get(page("replay", revision)).text
    progress = client.get(page("replay_progress", revision))

    assert "<progress" in waiting
    assert ">刷新</a>" in waiting  # without a script
    assert "<html" not in progress.text
    assert started == ["work_replays", "work_replays"]  # the second for whoever is not there
    call_command("work_replays")
    assert "done" in capsys.readouterr().out
    assert client.get(page("replay_progress", revision)).headers["HX-Refresh"] == "true"
    assert 'data-group="changed"' in client.get(page("replay", revision)).text


def test_a_replay_of_another_region_is_out_of_sight(in_force: Revision, author: User) -> None:
    revision = draft_of(author)
    stranger = signed_in(officer("stranger", region="360100"))

    assert stranger.get(page("replay", revision)).status_code == 404
    assert stranger.post(page("ask_replay", revision)).status_code == 404
    assert not ReplayRun.objects.exists()


def test_a_reader_may_not_ask(in_force: Revision, author: User) -> None:
    revision = draft_of(author)
    reader = officer("reader")
    reader.user_permissions.remove(*reader.user_permissions.filter(codename="add_revision"))

    assert signed_in(reader).post(page("ask_replay", revision)).status_code == 403
    assert signed_in(reader).get(page("replay", revision)).status_code == 200


def test_kinds_have_words() -> None:
    assert {kind.label for kind in ChangeKind}.isdisjoint({kind.value for kind in ChangeKind})
