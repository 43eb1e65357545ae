"""Kill and starve the path of an upload at every step: nothing acknowledged is ever lost.

The order is: inspect, write, flush, rename, flush the folder, insert, commit, answer. A process
that dies anywhere leaves at most files without a row, which the sweep removes.
"""

import errno
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from tests.cases.uploads.files import photo
from tests.factories.cases import SUBMITTED_AT
from yibao.cases.operations.drafts import start_draft
from yibao.cases.upload_models import Upload
from yibao.cases.uploads import operations, storage
from yibao.cases.uploads.inspection import clean
from yibao.cases.uploads.operations import add_upload, sweep
from yibao.cases.uploads.queries import content_of, uploads_of_draft
from yibao.cases.uploads.receiving import Received
from yibao.cases.vocabulary import Kind

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
STEPS = ["write", "fsync", "rename", "folder", "insert", "commit", "answer"]

# What the killed process runs: the step at which it dies is its argument.
PROGRAM = """
import os, signal, stat, sys
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "yibao.config.settings"
django.setup()
from django.conf import settings
from django.utils import timezone
name, folder, draft_pk, photo, step = sys.argv[1:]
settings.KEYS = [open(name).read()]
from pathlib import Path
settings.DATA_DIR = Path(folder)
from yibao.cases.models import Draft
from yibao.cases.upload_models import Upload
from yibao.cases.uploads import operations, storage
from yibao.cases.uploads.inspection import clean
from yibao.cases.uploads.receiving import Received

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

found = clean(open(photo, "rb").read())
received = Received(found.content_type, found.content, found.preview, found.pages)
if step == "write":
    class Dying:
        def __init__(self, file): self.file = file
        def __enter__(self): return self
        def __exit__(self, *error): pass
        def write(self, data):
            self.file.write(data[: len(data) // 2]); self.file.flush(); die()
    real_fdopen = os.fdopen
    storage.os.fdopen = lambda descriptor, mode: Dying(real_fdopen(descriptor, mode))
elif step == "fsync":
    # Of the file itself, not of a folder made before it.
    storage.os.fsync = lambda descriptor: stat.S_ISREG(os.fstat(descriptor).st_mode) and die()
elif step == "rename":
    storage.Path.rename = die
elif step == "folder":
    storage.FolderStorage._flush_folder = staticmethod(
        lambda path: die() if len(path.name) == 2 else None
    )
elif step == "insert":
    Upload.save = die
elif step == "commit":
    operations._note = die
draft = Draft.objects.get(pk=int(draft_pk))
operations.add_upload(draft=draft, material="id_card", file=received, at=timezone.now())
if step == "answer":
    die()
print("acknowledged")
"""


@pytest.fixture
def uploads_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "uploads"


@pytest.fixture
def draft():
    return start_draft(kind=Kind.FILING, at=SUBMITTED_AT).draft


@pytest.fixture
def received():
    found = clean(photo())
    return Received(found.content_type, found.content, found.preview, found.pages)


def kept_files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def database_url():
    """The address of the database that this test runs on."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    address, _, options = os.environ["TEST_DATABASE_URL"].partition("?")
    return f"{address.rpartition('/')[0]}/{name}?{options}"


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_leaves_a_whole_file_or_an_orphan(
    step, draft, uploads_folder, settings, tmp_path
):
    (tmp_path / "key").write_text(settings.KEYS[0])
    (tmp_path / "photo").write_bytes(photo())
    arguments = [tmp_path / "key", tmp_path, draft.pk, tmp_path / "photo"]
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, arguments), step],
        cwd=ROOT,
        env={**kept, "DATABASE_URL": database_url(), "YIBAO_DATA_DIR": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == -signal.SIGKILL, done.stderr
    assert "acknowledged" not in done.stdout
    rows = list(Upload.objects.all())
    assert len(rows) == (step == "answer")  # committed, though nobody was told
    assert all(content_of(row).startswith(b"\xff\xd8") for row in rows)
    assert kept_files(uploads_folder), "the drill must have reached the disk"
    sweep(at=timezone.now() + timedelta(hours=2))
    assert len(kept_files(uploads_folder)) == 2 * len(rows)
    # The filer sends it again: one file, whatever happened before.
    again = clean(photo())
    add_upload(
        draft=draft,
        material="id_card",
        file=Received(again.content_type, again.content, again.preview, again.pages),
        at=SUBMITTED_AT,
    )
    assert len(uploads_of_draft(draft)) == 1


class Calls:
    """Lets the n-th call of the store's path fail, counting all of them."""

    def __init__(self, fail_at, error):
        self.fail_at = fail_at
        self.error = error
        self.count = 0
        self.tripped = False

    def around(self, real):
        def call(*args, **kwargs):
            self.count += 1
            if self.count == self.fail_at:
                self.tripped = True
                raise OSError(self.error, os.strerror(self.error))
            return real(*args, **kwargs)

        return call


def _refusal_of(draft, received):
    try:
        add_upload(draft=draft, material="id_card", file=received, at=SUBMITTED_AT)
    except storage.NotStored as refused:
        return refused
    return None


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EDQUOT], ids=errno.errorcode.get)
def test_the_nth_call_fails_for_every_n(error, draft, uploads_folder, received):
    """As SQLite tests itself: fail the first call, the second, … until it runs through."""
    number = 0
    while True:
        number += 1
        calls = Calls(number, error)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(storage.os, "open", calls.around(os.open))
            patch.setattr(storage.os, "fdopen", calls.around(os.fdopen))
            patch.setattr(storage.os, "fsync", calls.around(os.fsync))
            patch.setattr(storage.os, "close", calls.around(os.close))
            patch.setattr(storage.Path, "rename", calls.around(Path.rename))
            patch.setattr(storage.Path, "mkdir", calls.around(Path.mkdir))
            refusal = _refusal_of(draft, received)
        if refusal is None:
            break
        assert calls.tripped
        assert refusal.errno == error
        assert not Upload.objects.exists()
    assert number > 10  # both files' every call was failed once
    assert not calls.tripped
    assert len(uploads_of_draft(draft)) == 1
    assert content_of(Upload.objects.get()) == received.content
    sweep(at=timezone.now() + timedelta(hours=2))
    assert len(kept_files(uploads_folder)) == 2


def test_a_database_that_fails_after_the_file_keeps_it_for_the_sweep(
    draft, uploads_folder, received, monkeypatch
):
    """Whether the commit happened is not known then, so only the sweep may decide."""

    def lost(*args, **kwargs):
        raise ConnectionError("the server closed the connection")

    with monkeypatch.context() as patch:
        patch.setattr(operations, "_note", lost)
        with pytest.raises(ConnectionError):
            add_upload(draft=draft, material="id_card", file=received, at=SUBMITTED_AT)

    assert not Upload.objects.exists()
    assert len(kept_files(uploads_folder)) == 2
    assert sweep(at=timezone.now() + timedelta(hours=2)).removed == 2


def test_a_full_disk_does_not_stop_reading_and_removing(
    draft, uploads_folder, received, monkeypatch
):
    upload = add_upload(draft=draft, material="id_card", file=received, at=SUBMITTED_AT)

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(storage.os, "fsync", full)

    assert content_of(upload) == received.content
    operations.remove_upload(upload=upload, at=SUBMITTED_AT)
    assert kept_files(uploads_folder) == []
