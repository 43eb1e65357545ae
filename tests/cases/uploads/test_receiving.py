"""Files are opened by a process apart: its limits, its end, and what it may bring back."""

import json
import os
import subprocess
import sys
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.cases.uploads.files import NAME, paper, pdf, photo, picture_bytes
from yibao.cases.uploads import inspection, receiving
from yibao.cases.uploads.content import ContentType, Reason, Refusal
from yibao.cases.uploads.limits import INSPECTION_MEMORY, INSPECTION_SECONDS, MOST_BYTES
from yibao.cases.uploads.receiving import receive


def a_file(data):
    return SimpleUploadedFile(NAME, data, content_type="text/html")


def reason_of(data):
    with pytest.raises(Refusal) as caught:
        receive(a_file(data))
    return caught.value.reason


def test_a_photo_comes_back_from_the_process():
    received = receive(a_file(photo()))

    assert received.content_type is ContentType.JPEG
    assert Image.open(BytesIO(received.content)).size == (1200, 900)
    assert max(Image.open(BytesIO(received.preview)).size) <= 480
    assert len(received.digest) == 64


def test_a_pdf_comes_back_from_the_process():
    received = receive(a_file(pdf(4)))

    assert (received.content_type, received.pages, received.preview) == (ContentType.PDF, 4, b"")


def test_the_reason_comes_back_too():
    assert reason_of(b"<svg/>") is Reason.WEB_PAGE


def test_a_photo_of_sixty_megapixels_fits_into_the_memory_of_the_process():
    large = receive(a_file(picture_bytes(paper(8192, 8000), quality=60)))

    assert large.content_type is ContentType.JPEG


def test_empty_and_too_large_files_start_no_process(monkeypatch):
    monkeypatch.setattr(receiving.subprocess, "run", None)

    assert reason_of(b"") is Reason.EMPTY
    assert reason_of(bytes(MOST_BYTES + 1)) is Reason.TOO_BIG


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("import os; os.abort()", Reason.BOMB),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", Reason.BOMB),
        ("raise SystemExit(3)", Reason.BOMB),
        ("pass", Reason.DAMAGED),
        ("print('no answer of ours')", Reason.DAMAGED),
        ("import time; time.sleep(60)", Reason.TOO_SLOW),
    ],
)
def test_however_the_process_ends_the_site_goes_on(monkeypatch, program, reason):
    real = subprocess.run
    monkeypatch.setattr(receiving, "INSPECTION_SECONDS", 2)
    monkeypatch.setattr(
        receiving.subprocess,
        "run",
        lambda command, **how: real([sys.executable, "-c", program], **how),
    )

    assert reason_of(photo()) is reason


def bounded(program):
    """Run a program with the bounds of an inspection."""
    code = f"from yibao.cases.uploads.inspection import _bound\n_bound()\n{program}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_memory_files_and_time_of_the_process_are_bounded(tmp_path):
    eaten = bounded(f"x = bytearray({INSPECTION_MEMORY})")
    written = bounded(f"open({str(tmp_path / 'x')!r}, 'w').write('x' * 100)")
    limits = bounded("import resource as r; print(r.getrlimit(r.RLIMIT_CPU))")

    assert "MemoryError" in eaten.stderr
    assert "File too large" in written.stderr
    assert limits.stdout.strip() == str((INSPECTION_SECONDS, INSPECTION_SECONDS))


def test_a_parser_that_runs_out_of_memory_is_a_refusal(monkeypatch):
    def hungry(data):
        raise MemoryError

    monkeypatch.setattr(inspection, "clean", hungry)

    with pytest.raises(Refusal) as caught:
        inspection.read_answer(inspection.answer(b"x"))
    assert caught.value.reason is Reason.BOMB


def test_the_process_knows_neither_django_nor_the_sites_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "CANARY")
    monkeypatch.setenv("DATABASE_URL", "CANARY")
    seen = {}
    real = subprocess.run

    def run(command, **how):
        seen.update(how["env"])
        return real(command, **how)

    with monkeypatch.context() as patch:
        patch.setattr(receiving.subprocess, "run", run)
        receive(a_file(photo()))

    assert set(seen) <= {"PATH", "LD_LIBRARY_PATH"}
    code = (
        "import sys, json; sys.argv=['x']; import yibao.cases.uploads.inspection as i\n"
        "from yibao.cases.uploads import papers, pictures\n"
        "print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"django", "sqlite3", "psycopg", "socket"} & set(json.loads(done.stdout))


@pytest.mark.parametrize("cut", [0, 3, 10, 60])
def test_an_answer_cut_short_is_no_file(cut):
    with pytest.raises(Refusal) as caught:
        inspection.read_answer(b"\x00\x00\x00\x30" + os.urandom(cut))

    assert caught.value.reason is Reason.DAMAGED
