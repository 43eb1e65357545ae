"""The papers of a wizard's page: sent, kept, shown, replaced, removed, with plain words."""

import errno
import os
import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cases.uploads.files import NAME, archive, paper, pdf, photo, picture_bytes
from tests.factories.cases import SUBMITTED_AT, a_case
from yibao.cases.actors import Filer
from yibao.cases.operations.drafts import close_draft, start_draft
from yibao.cases.upload_models import Upload
from yibao.cases.uploads.limits import MOST_BYTES, MOST_FILES, MOST_FILES_IN_ALL
from yibao.cases.uploads.operations import add_upload
from yibao.cases.uploads.queries import uploads_of_draft
from yibao.cases.vocabulary import Kind

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.cases.uploads.pages"),
]


@pytest.fixture
def draft():
    return start_draft(kind=Kind.FILING, at=SUBMITTED_AT).draft


@pytest.fixture
def send(client, draft):
    def post(**fields):
        return client.post(f"/papers/{draft.uid}/", fields)

    return post


def a_file(content, name=NAME):
    return SimpleUploadedFile(name, content)


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_file_sent_by_the_button_stays_on_the_page_and_is_listed(send, draft):
    response = send(material_id_card=a_file(photo()), upload="id_card", age="4x")

    assert response.status_code == 200
    assert "第 1 份 照片" in words(response)
    assert "已收到" in words(response)
    assert 'value="4x"' in response.content.decode()  # typed, not judged yet, not lost
    assert len(uploads_of_draft(draft)) == 1


def test_going_on_with_a_wrong_field_keeps_the_files(send, draft):
    response = send(material_id_card=a_file(photo()), age="old")

    assert response.status_code == 422
    assert "请只填整数" in words(response)
    assert "第 1 份 照片" in words(response)

    assert send(age="40").status_code == 200  # the file needs not be sent again
    assert send(age="40").content == b"weiter"


def test_a_missing_paper_is_asked_for_beside_its_field(send):
    response = send(age="40")

    assert response.status_code == 422
    assert 'href="#id_material_id_card"' in response.content.decode()
    assert "请上传这种材料的照片或 PDF" in words(response)


def test_one_bad_file_among_good_ones_is_named_and_the_others_are_kept(send, draft):
    files = [
        a_file(photo(), "1.jpg"),
        a_file(archive(), "合同\u202e.docx"),
        a_file(pdf(2), "3.pdf"),
    ]

    response = send(material_id_card=files, age="40")

    assert response.status_code == 422
    assert "“合同.docx”：这是文档或压缩包" in words(response)
    assert [row.pages for row in uploads_of_draft(draft)] == [1, 2]


def test_fifty_files_at_once_are_refused_and_none_is_kept(send, draft):
    files = [a_file(photo(), f"{number}.jpg") for number in range(50)]

    response = send(material_id_card=files, age="40")

    assert response.status_code == 422
    assert f"最多 {MOST_FILES} 份" in words(response)
    assert uploads_of_draft(draft) == ()


def test_eleven_megabytes_are_refused_in_words(send, draft):
    response = send(material_id_card=a_file(photo() + bytes(11 * 1024 * 1024)), age="40")

    assert response.status_code == 422
    assert "超过 10 MB" in words(response)
    assert uploads_of_draft(draft) == ()


def test_bytes_past_the_bound_are_dropped_while_they_arrive(rf):
    from yibao.cases.uploads.handlers import BoundedUploadHandler

    big = a_file(bytes(MOST_BYTES + 5_000_000))
    request = rf.post("/", {"material_id_card": big})
    request.upload_handlers.insert(0, BoundedUploadHandler(request))

    (received,) = request.FILES.getlist("material_id_card")

    with received:
        assert received.size == MOST_BYTES + 1


def test_of_many_files_for_many_papers_none_is_dropped_in_silence(rf):
    from yibao.cases.uploads.handlers import BoundedUploadHandler

    def sent(papers, each):
        files = {
            f"material_{paper}": [a_file(b"x", f"{number}.jpg") for number in range(each)]
            for paper in range(papers)
        }
        request = rf.post("/", files)
        request.upload_handlers.insert(0, BoundedUploadHandler(request))
        return {name: len(kept) for name, kept in request.FILES.lists()}

    assert sent(3, MOST_FILES) == dict.fromkeys(["material_0", "material_1", "material_2"], 20)
    assert sent(1, 50) == {"material_0": MOST_FILES + 1}  # one too many, so the form says so
    assert sum(sent(5, 20).values()) == MOST_FILES_IN_ALL + 1


def test_a_file_is_replaced(send, draft):
    send(material_id_card=a_file(photo()), age="40")
    (old,) = uploads_of_draft(draft)

    response = send(**{f"replace_{old.id}": a_file(pdf(3), "new.pdf"), "upload": "id_card"})

    assert response.status_code == 200
    (row,) = uploads_of_draft(draft)
    assert (row.pages, row.is_picture) == (3, False)


def test_a_bad_replacement_says_so_and_leaves_the_old_file(send, draft):
    send(material_id_card=a_file(photo()), age="40")
    (old,) = uploads_of_draft(draft)

    response = send(**{f"replace_{old.id}": a_file(b"MZ"), "upload": "id_card"})

    assert response.status_code == 422
    assert "这是程序文件" in words(response)
    assert uploads_of_draft(draft) == (old,)


def test_a_file_is_removed_and_a_second_click_does_no_harm(send, draft):
    send(material_id_card=a_file(photo()), age="40")
    (row,) = uploads_of_draft(draft)

    assert send(remove=row.id).status_code == 200
    assert send(remove=row.id).status_code == 200

    assert uploads_of_draft(draft) == ()


def test_a_file_of_another_draft_cannot_be_removed_or_replaced(send, draft):
    other = start_draft(kind=Kind.FILING, at=SUBMITTED_AT).draft
    theirs = add_upload(draft=other, material="id_card", file=a_file(photo()), at=SUBMITTED_AT)

    send(remove=theirs.public_id)
    send(**{f"replace_{theirs.public_id}": a_file(pdf()), "upload": "id_card"})

    assert [row.id for row in uploads_of_draft(other)] == [theirs.public_id]
    assert uploads_of_draft(draft) == ()


@pytest.mark.parametrize("step", ["open", "write", "fsync", "rename", "folder"])
def test_a_full_disk_is_a_clear_page_and_nothing_is_lost(
    send, draft, uploads_folder, monkeypatch, step
):
    send(material_id_card=a_file(photo()), age="40")
    (before,) = uploads_of_draft(draft)

    with monkeypatch.context() as patch:
        break_storage(patch, step)
        response = send(material_id_card=a_file(pdf(), "b.pdf"), upload="id_card", age="41")

    assert response.status_code == 422
    assert "文件暂时存不下" in words(response)
    assert 'value="41"' in response.content.decode()
    assert uploads_of_draft(draft) == (before,)
    assert len([path for path in uploads_folder.rglob("*") if path.is_file()]) == 2

    retried = send(material_id_card=a_file(pdf(), "b.pdf"), upload="id_card", age="41")
    assert retried.status_code == 200
    assert len(uploads_of_draft(draft)) == 2


def break_storage(patch, step):
    """Let one call of the write path fail as it does on a full disk."""
    from yibao.cases.uploads import storage

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    class FullFile(BytesIO):
        def write(self, data):
            full()

    if step == "open":
        real = os.open
        patch.setattr(
            storage.os,
            "open",
            lambda p, flags, *a: full() if flags & os.O_CREAT else real(p, flags, *a),
        )
    elif step == "write":

        def opened(descriptor, mode):
            os.close(descriptor)
            return FullFile()

        patch.setattr(storage.os, "fdopen", opened)
    elif step == "fsync":
        patch.setattr(storage.os, "fsync", full)
    elif step == "rename":
        patch.setattr(storage.Path, "rename", full)
    else:
        patch.setattr(storage.FolderStorage, "_flush_folder", staticmethod(full))


def test_the_file_comes_back_without_anything_that_could_act(client, send, draft):
    send(material_id_card=a_file(photo()), age="40")
    (row,) = uploads_of_draft(draft)

    response = client.get(f"/papers/{draft.uid}/files/{row.id}/")

    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cache-Control"] == "no-store, private"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.headers["Content-Disposition"] == 'inline; filename="id_card.jpg"'
    assert len(client.get(f"/papers/{draft.uid}/files/{row.id}/preview/").content) < len(
        response.content
    )


def test_a_pdf_is_handed_out_to_save_and_has_no_preview(client, send, draft):
    send(material_id_card=a_file(pdf(), "../../etc/passwd"), age="40")
    (row,) = uploads_of_draft(draft)

    response = client.get(f"/papers/{draft.uid}/files/{row.id}/")

    assert response.headers["Content-Disposition"] == 'attachment; filename="id_card.pdf"'
    assert client.get(f"/papers/{draft.uid}/files/{row.id}/preview/").status_code == 404


@pytest.mark.parametrize("forged", ["A" * 32, "..", "0", "%2e%2e%2fsecret_key"])
def test_forged_names_find_nothing(client, draft, forged):
    assert client.get(f"/papers/{draft.uid}/files/{forged}/").status_code == 404


def test_files_of_others_and_of_cases_are_not_found(client, draft):
    other = start_draft(kind=Kind.FILING, at=SUBMITTED_AT).draft
    theirs = add_upload(draft=other, material="id_card", file=a_file(photo()), at=SUBMITTED_AT)
    case = a_case()
    handed = add_upload(
        case=case,
        material="id_card",
        file=a_file(picture_bytes(paper(500, 500))),
        by=Filer(case.reference),
        at=SUBMITTED_AT,
    )

    for upload in (theirs, handed):
        assert client.get(f"/papers/{draft.uid}/files/{upload.public_id}/").status_code == 404


@pytest.mark.parametrize("harm", ["gone", "changed", "swapped"])
def test_a_damaged_file_is_never_shown(client, send, draft, uploads_folder, harm):
    send(material_id_card=[a_file(photo()), a_file(pdf(), "b.pdf")], age="40")
    first, second = Upload.objects.order_by("pk")
    path = uploads_folder / first.stored_as[:2] / first.stored_as
    if harm == "gone":
        path.unlink()
    elif harm == "changed":
        path.write_bytes(path.read_bytes()[:-1] + b"!")
    else:
        path.write_bytes((uploads_folder / second.stored_as[:2] / second.stored_as).read_bytes())

    response = client.get(f"/papers/{draft.uid}/files/{first.public_id}/")

    assert response.status_code == 503
    assert "暂时打不开" in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store, private"


def test_a_submitted_draft_takes_no_more_files(client, draft):
    from yibao.cases.uploads.operations import HandedIn

    close_draft(draft, a_case())
    client.raise_request_exception = True

    with pytest.raises(HandedIn):
        client.post(f"/papers/{draft.uid}/", {"material_id_card": a_file(photo()), "age": "40"})
    assert not Upload.objects.exists()


def test_without_the_forms_own_token_nothing_is_taken(draft):
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(f"/papers/{draft.uid}/", {"material_id_card": a_file(photo())})

    assert response.status_code == 403
    assert not Upload.objects.exists()


def test_a_client_that_goes_away_half_way_leaves_nothing(draft, uploads_folder):
    class Gone(BytesIO):
        def read(self, size=-1):
            if self.tell() > 20_000:
                raise OSError("client disconnected")
            return super().read(min(size, 4096) if size > 0 else 4096)

    boundary = "x" * 20
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="material_id_card"; '
        f'filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    ).encode() + photo()
    client = Client(raise_request_exception=False)

    response = client.generic(
        "POST",
        f"/papers/{draft.uid}/",
        b"",
        **{
            "wsgi.input": Gone(body),
            "CONTENT_LENGTH": str(len(body) + 1000),
            "CONTENT_TYPE": f"multipart/form-data; boundary={boundary}",
        },
    )

    assert response.status_code >= 400  # nobody reads it any more
    assert not Upload.objects.exists()
    assert not uploads_folder.exists()
