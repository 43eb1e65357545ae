"""The store: written once, flushed, private, sealed; swept and sealed anew."""

import os
import re
import stat
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.cases.uploads.conftest import another
from tests.factories.cases import SUBMITTED_AT
from yibao.cases.operations.drafts import start_draft
from yibao.cases.upload_models import Upload
from yibao.cases.uploads import storage
from yibao.cases.uploads.operations import add_upload, reseal_uploads, sweep
from yibao.cases.uploads.queries import content_of, preview_of
from yibao.cases.vocabulary import Kind


def age(path, hours=2):
    moment = path.stat().st_mtime - hours * 3600
    os.utime(path, (moment, moment))


def test_files_and_folders_are_the_sites_alone(uploads_folder):
    old = os.umask(0)
    try:
        name = storage.keep(b"content")
    finally:
        os.umask(old)

    path = uploads_folder / name[:2] / name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(uploads_folder.stat().st_mode) == 0o700


def test_a_file_is_flushed_before_it_has_its_name_and_its_folder_after(monkeypatch, uploads_folder):
    calls = []
    real_fsync, real_rename = os.fsync, storage.Path.rename

    def fsync(descriptor):
        calls.append(("fsync", Path(f"/proc/self/fd/{descriptor}").readlink().name))
        real_fsync(descriptor)

    def rename(self, target):
        calls.append(("rename", target.name))
        return real_rename(self, target)

    monkeypatch.setattr(storage.os, "fsync", fsync)
    monkeypatch.setattr(storage.Path, "rename", rename)

    name = storage.keep(b"content")

    folders = [("fsync", uploads_folder.parent.name), ("fsync", "uploads")]
    assert (
        calls
        == [
            *folders,  # the folders' own names
            ("fsync", f"{name}.part"),
            ("rename", name),
            ("fsync", name[:2]),
        ]
    )


def test_names_are_random_and_nothing_else_is_a_name():
    names = {storage.keep(b"same") for _ in range(20)}

    assert len(names) == 20
    assert all(re.fullmatch(r"[0-9a-f]{40}", name) for name in names)
    for name in ("../secret_key", "", "a" * 39, "A" * 40, f"{'a' * 40}/x"):
        with pytest.raises(ValueError, match="not a name"):
            storage.store().read(name)


def test_the_same_content_is_sealed_differently_each_time(uploads_folder):
    first, second = storage.keep(b"same" * 100), storage.keep(b"same" * 100)

    raw = [(uploads_folder / name[:2] / name).read_bytes() for name in (first, second)]
    assert raw[0] != raw[1]
    assert b"same" not in raw[0]
    assert storage.fetch(first) == storage.fetch(second)


def test_a_name_is_written_once(uploads_folder):
    name = storage.keep(b"content")
    part = uploads_folder / name[:2] / f"{name}.part"
    part.write_bytes(b"another writer")

    with pytest.raises(storage.NotStored):
        storage.store().write(name, b"other")

    assert storage.fetch(name) == b"content"


@pytest.mark.django_db
class TestSweep:
    @pytest.fixture
    def upload(self, received):
        draft = start_draft(kind=Kind.FILING, at=SUBMITTED_AT).draft
        return add_upload(draft=draft, material="id_card", file=received, at=SUBMITTED_AT)

    def test_only_files_that_nobody_names_go(self, upload, uploads_folder):
        orphan = storage.keep(b"killed before the commit")
        unfinished = uploads_folder / "ab" / f"{'ab' * 20}.part"
        unfinished.parent.mkdir(exist_ok=True)
        unfinished.write_bytes(b"killed while writing")
        for path in uploads_folder.rglob("*"):
            age(path)

        swept = sweep(at=timezone.now())

        assert swept.removed == 2
        assert not (uploads_folder / orphan[:2] / orphan).exists()
        assert not unfinished.exists()
        assert content_of(upload)
        assert preview_of(upload)

    def test_a_file_of_this_hour_may_still_get_its_row(self, uploads_folder):
        name = storage.keep(b"its transaction is open")

        assert sweep(at=timezone.now() + timedelta(minutes=59)).removed == 0
        assert sweep(at=timezone.now() + timedelta(minutes=61)).removed == 1
        assert not (uploads_folder / name[:2] / name).exists()

    def test_what_is_no_file_of_ours_stays(self, uploads_folder):
        foreign = uploads_folder / "ab" / "README"
        foreign.parent.mkdir(parents=True)
        foreign.write_text("somebody put this here")
        age(foreign)

        assert sweep(at=timezone.now()).removed == 0
        assert foreign.exists()

    def test_damage_is_named(self, upload, uploads_folder):
        path = uploads_folder / upload.stored_as[:2] / upload.stored_as
        out = StringIO()
        call_command("sweep_uploads", "--verify", stdout=out)
        assert "1 files compared" in out.getvalue()

        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

        with pytest.raises(CommandError, match=upload.public_id):
            call_command("sweep_uploads", "--verify", stdout=StringIO())

    def test_a_new_key_seals_the_files_anew(
        self, upload, uploads_folder, settings, django_capture_on_commit_callbacks
    ):
        content = content_of(upload)
        old_key = settings.KEYS[0]
        settings.KEYS = ["n" * 50, old_key]
        with django_capture_on_commit_callbacks(execute=True):
            assert reseal_uploads() == 1
        settings.KEYS = ["n" * 50]

        upload.refresh_from_db()
        assert content_of(upload) == content
        assert preview_of(upload)
        assert len([path for path in uploads_folder.rglob("*") if path.is_file()]) == 2
        assert reseal_uploads() == 0

    def test_a_key_that_is_gone_shows_nothing(self, upload, settings):
        settings.KEYS = ["n" * 50]

        with pytest.raises(storage.Damaged):
            content_of(upload)

    def test_many_files_are_swept_in_parts(self, monkeypatch):
        monkeypatch.setattr("yibao.cases.uploads.operations._BATCH", 3)
        draft = start_draft(kind=Kind.FILING, at=SUBMITTED_AT).draft
        for number in range(7):
            add_upload(draft=draft, material="bill", file=another(number), at=SUBMITTED_AT)
            storage.keep(b"orphan")

        assert sweep(at=timezone.now() + timedelta(hours=2), verify=True).removed == 7
        assert Upload.objects.count() == 7
