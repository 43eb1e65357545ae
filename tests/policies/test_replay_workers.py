"""Replay in the background and in the panel: dead workers, progress, who sees what."""

from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from tests.factories.policies import AT, replay
from tests.policies.replays import a_case, draft_of, kinds_of
from tests.policies.test_admin import officer, signed_in
from yibao.accounts.models import User
from yibao.policies.admin import replays
from yibao.policies.desk import drafts
from yibao.policies.models import (
    ChangeKind,
    ReplayRun,
    ReplayState,
    Revision,
)
from yibao.policies.replay.operations import ask_for_replay, running
from yibao.policies.replay.operations.running import LEASE, work
from yibao.policies.replay.sources import ReplayCase

# --- workers ---------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here, without a chance to say so."""


def _work(at: Any = AT, *, name: str = "here:2:b", alive: bool = False) -> ReplayRun | None:
    return work(worker=name, is_alive=lambda _name: alive, clock=lambda: at)


def test_a_killed_replay_goes_on_where_it_stood(
    stays_paid: Revision, author: User, monkeypatch: pytest.MonkeyPatch
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
    stays_paid: Revision, author: User, monkeypatch: pytest.MonkeyPatch
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
    stays_paid: Revision, author: User, monkeypatch: pytest.MonkeyPatch
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
    stays_paid: Revision, author: User
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
    stays_paid: Revision, author: User, monkeypatch: pytest.MonkeyPatch
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
    stays_paid: Revision, places: None, decided: list[ReplayCase]
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
    stays_paid: Revision,
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


def test_a_replay_of_another_region_is_out_of_sight(stays_paid: Revision, author: User) -> None:
    revision = draft_of(author)
    stranger = signed_in(officer("stranger", region="360100"))

    assert stranger.get(page("replay", revision)).status_code == 404
    assert stranger.post(page("ask_replay", revision)).status_code == 404
    assert not ReplayRun.objects.exists()


def test_a_reader_may_not_ask(stays_paid: Revision, author: User) -> None:
    revision = draft_of(author)
    reader = officer("reader")
    reader.user_permissions.remove(*reader.user_permissions.filter(codename="add_revision"))

    assert signed_in(reader).post(page("ask_replay", revision)).status_code == 403
    assert signed_in(reader).get(page("replay", revision)).status_code == 200


def test_kinds_have_words() -> None:
    assert {kind.label for kind in ChangeKind}.isdisjoint({kind.value for kind in ChangeKind})
