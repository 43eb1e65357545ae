"""Copies of documents: taken in by content, kept out of the web, checked against their hash."""

import zipfile
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.factories.policies import make_user
from yibao.audit.queries import list_events
from yibao.sources import copies
from yibao.sources.copies import CopyState, kind_of
from yibao.sources.models import Document

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
CHANGE = "admin:sources_document_change"


def zipped(*names: str) -> bytes:
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return whole.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (b"\x89PNG\r\n\x1a\n...", "png"),
        (b"\xff\xd8\xff\xe0...", "jpg"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...", "doc"),
        (zipped("word/document.xml"), "docx"),
        (zipped("xl/workbook.xml"), "xlsx"),
        (zipped("OFD.xml", "Doc_0/Document.xml"), "ofd"),
        (zipped("evil.exe"), None),
        (b"PK\x03\x04 broken", None),
        (b"<html><script>", None),
        (b"MZ\x90\x00", None),
        (b"", None),
    ],
)
def test_the_content_says_what_a_file_is(content: bytes, kind: str | None) -> None:
    assert kind_of(content) == kind


@pytest.fixture
def panel(db: None, settings: Any, tmp_path: Path) -> Client:
    settings.MEDIA_ROOT = tmp_path / "files"
    user = make_user("writer", is_staff=True)
    names = ("add_document", "change_document", "view_document", "add_clause")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client = Client()
    client.force_login(user)
    return client


def upload(panel: Client, content: bytes, name: str = "通知.pdf") -> Any:
    given = {
        "slug": "yt-1", "title": "关于调整待遇的通知", "issuer": "烟台局",
        "authority": "notice", "reading": "official",
        "clauses-TOTAL_FORMS": "0", "clauses-INITIAL_FORMS": "0",
        "file": SimpleUploadedFile(name, content),
    }  # fmt: skip
    return panel.post(reverse("admin:sources_document_add"), given)


def test_a_copy_is_kept_under_its_checksum_outside_the_web(panel: Client, tmp_path: Path) -> None:
    assert upload(panel, PDF, name="../../x.html").status_code == 302

    document = Document.objects.get()
    assert document.sha256 == sha256(PDF).hexdigest()
    assert document.file.name == f"sources/{document.sha256}.pdf"
    assert (tmp_path / "files" / document.file.name).read_bytes() == PDF
    visitor = Client()
    for address in (f"/{document.file.name}", f"/files/{document.file.name}"):
        assert visitor.get(address).status_code == 404
    assert document.sha256 in panel.get(reverse(CHANGE, args=["yt-1"])).text


@pytest.mark.parametrize("content", [b"<html>", b"MZ", zipped("x")])
def test_other_files_are_refused_beside_the_field(panel: Client, content: bytes) -> None:
    page = upload(panel, content)

    assert page.status_code == 200
    assert "或者文件已损坏" in page.text
    assert "关于调整待遇的通知" in page.text
    assert not Document.objects.exists()


def test_a_file_too_large_is_refused(panel: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "MAX_BYTES", 10)

    assert "文件太大" in upload(panel, PDF).text


def test_the_copy_is_downloaded_by_staff_only_as_a_file(panel: Client) -> None:
    upload(panel, PDF)
    address = reverse("admin:sources_document_copy", args=["yt-1"])

    page: Any = panel.get(address)

    assert b"".join(page.streaming_content) == PDF
    assert page["Content-Disposition"] == 'attachment; filename="yt-1.pdf"'
    assert page["X-Content-Type-Options"] == "nosniff"
    assert Client().get(address).status_code == 302
    stranger = Client()
    stranger.force_login(make_user("stranger", is_staff=True))
    assert stranger.get(address).status_code == 403


@pytest.mark.parametrize(
    ("fault", "state", "words"),
    [
        (None, CopyState.SAME, "完好"),
        (b"%PDF-other", CopyState.CHANGED, "不一致"),
        ("gone", CopyState.MISSING, "不见了"),
    ],
)
def test_a_check_finds_what_happened_to_the_copy_and_is_on_record(
    panel: Client, tmp_path: Path, fault: Any, state: CopyState, words: str
) -> None:
    upload(panel, PDF)
    stored = tmp_path / "files" / str(Document.objects.get().file.name)
    if fault == "gone":
        stored.unlink()
    elif fault:
        stored.write_bytes(fault)

    page = panel.post(reverse("admin:sources_document_check_copy", args=["yt-1"]), follow=True)

    assert words in page.text
    event = list_events("sources.document", "yt-1")[0]
    assert (event.event, event.after["result"]) == ("sources.copy_checked", state)


def test_a_copy_that_is_gone_is_said_and_no_error(panel: Client, tmp_path: Path) -> None:
    upload(panel, PDF)
    (tmp_path / "files" / str(Document.objects.get().file.name)).unlink()

    page = panel.get(reverse("admin:sources_document_copy", args=["yt-1"]), follow=True)

    assert "不见了" in page.text


def test_names_in_the_database_lead_nowhere_else(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    (tmp_path / "secret").write_text("x")

    assert copies.look("../secret", sha256(b"x").hexdigest()) is CopyState.MISSING
    with pytest.raises(OSError, match="secret"):
        copies.open_copy("../secret")
