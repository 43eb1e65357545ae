"""A worker that dies leaves the old list; the next one finishes what was asked."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.management import CommandError, call_command

from tests.institutions.lists import (
    AT,
    CHAOYANG,
    OCTOBER,
    XIEHE,
    apply,
    bring_in,
    snapshot,
    start,
    text,
)
from yibao.institutions import operations
from yibao.institutions.import_models import ImportRow, ImportRun, ImportSource, State, Task
from yibao.institutions.imports import applying, preparing, worker
from yibao.institutions.imports import operations as work_of
from yibao.institutions.models import Institution

pytestmark = pytest.mark.django_db
COLUMNS = {"name": "名称", "region": "区划代码"}


class Killed(BaseException):
    """The process ends here, without a chance to say so."""


def _work(at=AT, *, name="here:2:b", alive=False):
    return work_of.work(worker=name, is_alive=lambda _worker: alive, clock=lambda: at)


@pytest.mark.parametrize(
    ("module", "step"),
    [
        (preparing, "_keep"),
        (preparing, "_prepare_openings"),
        (applying, "_change"),
        (applying, "_insert"),
        (applying, "_write_openings"),
    ],
)
def test_a_worker_killed_in_the_middle_of_writing_leaves_the_old_list(
    officer, monkeypatch, module, step
):
    bring_in(text(XIEHE), by=officer)
    before = snapshot()
    run = start(text(XIEHE.replace("三级", "二级"), CHAOYANG), by=officer, day=OCTOBER)

    def kill(*_arguments, **_named):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(module, step, kill)
        with pytest.raises(Killed):
            apply(run, by=officer)

    run.refresh_from_db()
    assert (run.state, run.task) == (State.WORKING, Task.APPLY)
    assert snapshot() == before

    _work()
    run.refresh_from_db()
    assert (run.state, run.attempts) == (State.APPLIED, 0)
    assert Institution.objects.get(code="H11010100001").level == "secondary"
    assert Institution.objects.filter(code="H11010500001").exists()


def test_a_check_that_was_killed_begins_again_without_doubled_rows(officer, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(work_of.comparing, "compare", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            start(text(XIEHE, CHAOYANG), by=officer)
    assert ImportRow.objects.count() == 2

    _work()

    run = ImportRun.objects.get()
    assert (run.state, run.counts["new"], run.counts["twice"]) == (State.CHECKED, 2, 0)


def test_a_living_worker_is_left_alone_until_its_lease_ends(officer):
    run = start(text(XIEHE), by=officer)
    operations.ask_to_apply(run, skip_refused=False, close_missing=None, by=officer, at=AT)
    work_of.claim(worker="there:1:a", is_alive=lambda _worker: True, at=AT)

    assert _work(AT + timedelta(seconds=90), alive=True) is None
    assert _work(AT + timedelta(minutes=3), alive=True) is not None
    assert ImportRun.objects.get().state == State.APPLIED


def test_a_worker_that_lost_its_lease_writes_nothing(officer, monkeypatch):
    run = start(text(XIEHE), by=officer)
    operations.ask_to_apply(run, skip_refused=False, close_missing=None, by=officer, at=AT)
    write = applying.write

    def overtaken(*arguments, **named):
        ImportRun.objects.update(worker="there:1:a")
        return write(*arguments, **named)

    monkeypatch.setattr(applying, "write", overtaken)
    _work()

    assert not Institution.objects.exists()
    assert ImportRun.objects.get().state == State.WORKING


def test_gives_up_after_three_workers(officer, monkeypatch):
    run = start(text(XIEHE), by=officer)
    operations.ask_to_apply(run, skip_refused=False, close_missing=None, by=officer, at=AT)
    monkeypatch.setattr(applying, "write", lambda *_a, **_n: (_ for _ in ()).throw(Killed))
    for _attempt in range(work_of.ATTEMPTS):
        with pytest.raises(Killed):
            _work()

    assert _work() is None
    run.refresh_from_db()
    assert (run.state, run.slot) == (State.FAILED, None)
    assert "没有改变" in run.message


def test_a_fault_of_the_program_is_said_and_frees_the_queue(officer, monkeypatch, caplog):
    monkeypatch.setattr(applying, "write", lambda *_a, **_n: 1 // 0)

    run = apply(start(text(XIEHE), by=officer), by=officer)

    assert (run.state, run.slot) == (State.FAILED, None)
    assert not ImportRow.objects.exists()
    assert "ZeroDivisionError" in caplog.text


def test_a_file_changed_on_disk_is_refused(officer):
    source = ImportSource.objects.create(name="来源", columns=COLUMNS)
    run = operations.start_import(
        source=source,
        region_code="000000",
        list_date=OCTOBER,
        is_full=False,
        upload=operations.Upload("a", [text(XIEHE).encode()]),
        by=officer,
        at=AT,
    )
    work_of.file_of(run).write_text(text(CHAOYANG))

    _work()

    run.refresh_from_db()
    assert run.state == State.REFUSED
    assert "已损坏" in run.message


def test_a_waiting_run_starts_one_new_worker(officer):
    run = start(text(XIEHE), by=officer)
    operations.ask_to_apply(run, skip_refused=False, close_missing=None, by=officer, at=AT)
    run.refresh_from_db()
    late = AT + timedelta(minutes=1)

    def needs(at, *, alive=True):
        return operations.needs_worker(run, is_alive=lambda _worker: alive, at=at)

    assert not needs(AT)
    assert needs(late)
    assert not needs(late)

    work_of.claim(worker="here:1:a", is_alive=lambda _worker: True, at=late)
    run.refresh_from_db()
    assert not needs(late)
    assert needs(late, alive=False)
    assert needs(late + timedelta(minutes=3))


def test_knows_a_dead_process_of_this_machine():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    name = worker.new_name().replace(f":{os.getpid()}:", f":{process.pid}:")
    assert worker.is_alive(name)

    process.send_signal(signal.SIGKILL)
    process.wait()

    assert not worker.is_alive(name)
    assert worker.is_alive("another-machine:1:abc")


@pytest.mark.django_db(transaction=True)
def test_a_real_process_does_the_work(officer, settings, tmp_path):
    """The command that the panel starts, on the same database."""
    settings.MEDIA_ROOT = Path(site.DATA_DIR) / "files"
    source = ImportSource.objects.create(name="来源", columns=COLUMNS)
    run = operations.start_import(
        source=source,
        region_code="000000",
        list_date=OCTOBER,
        is_full=False,
        upload=operations.Upload("a", [text(XIEHE).encode()]),
        by=officer,
        at=AT,
    )
    before = time.monotonic()

    call_command("work_imports")

    run.refresh_from_db()
    assert run.state == State.CHECKED
    assert time.monotonic() - before < 60


# --- the command ---------------------------------------------------------------------------


@pytest.fixture
def command(officer, tmp_path, capsys):
    def run(content, *options):
        file = tmp_path / "list.csv"
        file.write_text(content)
        call_command(
            "import_institutions", str(file), "--source", "命令行", "--user", "chen",
            "--date", "2026-10-01", *options,
        )  # fmt: skip
        return capsys.readouterr().out

    return run


def test_the_command_tries_first_and_writes_when_told(command):
    assert '"new": 2' in command(text(XIEHE, CHAOYANG))
    assert not Institution.objects.exists()
    assert ImportRun.objects.get().state == State.CANCELLED

    assert "applied" in command(text(XIEHE, CHAOYANG), "--apply")
    assert Institution.objects.count() == 2


def test_the_command_asks_for_decisions(command):
    with pytest.raises(CommandError, match="没有决定"):
        command(text(XIEHE, XIEHE), "--apply")
    assert not Institution.objects.exists()

    command(text(XIEHE, XIEHE), "--apply", "--twice", "first")
    assert Institution.objects.count() == 1


def test_the_command_says_what_is_wrong(command):
    for content, options, reason in (
        ("名称,名称\n", (), "出现了两次"),
        ("医院,县区\n甲,110101\n", (), "请选择哪一列"),
        (text(XIEHE), ("--user", "nobody"), "no active user"),
        (text(XIEHE, ",甲,000,,,,,,"), ("--apply",), "被拒绝"),
    ):
        with pytest.raises(CommandError, match=reason):
            command(content, *options)
    assert not Institution.objects.exists()
    assert not ImportRun.objects.filter(slot=1).exists()


def test_the_command_takes_columns_by_name(command):
    command(
        "医院,县区\n甲院,110101\n", "--apply", "--column", "name=医院", "--column", "region=县区"
    )

    assert Institution.objects.get().name == "甲院"
