"""Files of drafts and cases: added once, replaced, removed, judged, handed over, forgotten."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from tests.cases.uploads.conftest import another
from tests.cases.uploads.files import NAME, photo
from tests.factories.cases import SUBMITTED_AT, a_case
from yibao.audit.queries import list_events
from yibao.cases.actors import Filer
from yibao.cases.operations.drafts import close_draft, start_draft
from yibao.cases.upload_models import Upload
from yibao.cases.uploads import queries
from yibao.cases.uploads.content import Reason, Refusal
from yibao.cases.uploads.limits import MOST_FILES, MOST_FILES_IN_ALL
from yibao.cases.uploads.operations import (
    HandedIn,
    NotThere,
    add_upload,
    forget_uploads,
    hand_over_uploads,
    mark_upload,
    remove_upload,
    replace_upload,
)
from yibao.cases.vocabulary import Kind

pytestmark = pytest.mark.django_db
AT = SUBMITTED_AT


@pytest.fixture
def draft():
    return start_draft(kind=Kind.FILING, at=AT).draft


@pytest.fixture
def case():
    return a_case()


@pytest.fixture
def officer():
    return get_user_model().objects.create_user("officer", is_staff=True)


def kept_files(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_photo_is_kept_sealed_and_comes_back(draft, uploads_folder):
    sent = SimpleUploadedFile(NAME, photo(), content_type="application/x-evil")

    upload = add_upload(draft=draft, material="id_card", file=sent, at=AT)

    (row,) = queries.uploads_of_draft(draft)
    assert (row.id, row.material, row.number, row.is_picture) == (
        upload.public_id,
        "id_card",
        1,
        True,
    )
    content = queries.content_of(upload)
    assert content.startswith(b"\xff\xd8\xff")
    assert queries.preview_of(upload).startswith(b"\xff\xd8\xff")
    files = kept_files(uploads_folder)
    assert files == sorted([upload.stored_as, upload.preview_as])
    raw = (uploads_folder / upload.stored_as[:2] / upload.stored_as).read_bytes()
    assert b"\xff\xd8\xff" not in raw[:64]
    assert content[100:200] not in raw


def test_the_name_that_a_file_had_is_kept_nowhere(draft):
    upload = add_upload(
        draft=draft, material="id_card", file=SimpleUploadedFile(NAME, photo()), at=AT
    )

    values = " ".join(str(value) for value in Upload.objects.values_list().get(pk=upload.pk))
    assert "张三" not in values


def test_the_same_file_twice_is_one(draft, received, uploads_folder):
    first = add_upload(draft=draft, material="id_card", file=received, at=AT)

    second = add_upload(draft=draft, material="id_card", file=received, at=AT)

    assert second.pk == first.pk
    assert len(kept_files(uploads_folder)) == 2


def test_the_same_file_may_serve_two_papers(draft, received):
    add_upload(draft=draft, material="id_card", file=received, at=AT)

    add_upload(draft=draft, material="residence", file=received, at=AT)

    assert [row.material for row in queries.uploads_of_draft(draft)] == ["id_card", "residence"]


def test_one_paper_takes_twenty_files_and_no_more(draft, uploads_folder):
    for number in range(MOST_FILES):
        add_upload(draft=draft, material="bill", file=another(number), at=AT)

    with pytest.raises(Refusal) as caught:
        add_upload(draft=draft, material="bill", file=another(99), at=AT)

    assert caught.value.reason is Reason.TOO_MANY
    assert len(kept_files(uploads_folder)) == MOST_FILES


def test_all_papers_together_have_a_bound(draft):
    for number in range(MOST_FILES_IN_ALL):
        add_upload(draft=draft, material=f"paper{number % 4}", file=another(number), at=AT)

    with pytest.raises(Refusal) as caught:
        add_upload(draft=draft, material="paper9", file=another(99), at=AT)

    assert caught.value.reason is Reason.TOO_MANY


def test_a_refused_file_leaves_nothing(draft, uploads_folder):
    with pytest.raises(Refusal):
        add_upload(draft=draft, material="id_card", file=SimpleUploadedFile(NAME, b"<svg/>"), at=AT)

    assert not Upload.objects.exists()
    assert kept_files(uploads_folder) == []


def test_a_removed_file_of_a_draft_is_gone(
    draft, received, uploads_folder, django_capture_on_commit_callbacks
):
    upload = add_upload(draft=draft, material="id_card", file=received, at=AT)

    with django_capture_on_commit_callbacks(execute=True):
        remove_upload(upload=upload, at=AT)

    assert queries.uploads_of_draft(draft) == ()
    assert kept_files(uploads_folder) == []
    with pytest.raises(NotThere):
        remove_upload(upload=upload, at=AT)


def test_a_replaced_file_of_a_case_stays_in_its_history(case, received):
    filer = Filer(case.reference)
    first = add_upload(case=case, material="id_card", file=received, by=filer, at=AT)

    second = replace_upload(upload=first, file=another(1), by=filer, at=AT + timedelta(hours=1))

    assert [row.id for row in queries.uploads_of_case(case)] == [second.public_id]
    assert [row.id for row in queries.replaced_uploads_of_case(case)] == [first.public_id]
    first.refresh_from_db()
    assert queries.content_of(first).startswith(b"\xff\xd8\xff")


def test_a_refused_replacement_leaves_the_old_file(draft, received):
    first = add_upload(draft=draft, material="id_card", file=received, at=AT)

    with pytest.raises(Refusal):
        replace_upload(upload=first, file=SimpleUploadedFile(NAME, b"MZ program"), at=AT)

    assert [row.id for row in queries.uploads_of_draft(draft)] == [first.public_id]


def test_a_file_can_be_replaced_where_no_more_are_taken(draft):
    rows = [
        add_upload(draft=draft, material="bill", file=another(number), at=AT)
        for number in range(MOST_FILES)
    ]

    replace_upload(upload=rows[3], file=another(99), at=AT)

    kept = queries.uploads_of_draft(draft)
    assert len(kept) == MOST_FILES
    assert rows[3].public_id not in {row.id for row in kept}


def test_a_file_that_is_gone_cannot_be_replaced(draft, received, uploads_folder):
    upload = add_upload(draft=draft, material="bill", file=received, at=AT)
    remove_upload(upload=upload, at=AT)
    before = kept_files(uploads_folder)

    with pytest.raises(NotThere):
        replace_upload(upload=upload, file=another(1), at=AT)

    assert kept_files(uploads_folder) == before


def test_staff_say_that_a_file_cannot_be_read(case, received, officer):
    upload = add_upload(
        case=case, material="id_card", file=received, by=Filer(case.reference), at=AT
    )

    mark_upload(
        upload=upload,
        state=Upload.State.UNREADABLE,
        fault=Upload.Fault.BLURRED,
        by=officer,
        at=AT,
    )

    (row,) = queries.uploads_of_case(case)
    assert (row.state, str(row.fault_words)) == ("unreadable", "拍得模糊，看不清字")
    event = list_events("cases.case", case.reference)[0]
    assert (event.event, event.actor) == ("cases.upload_marked", "officer")
    assert event.after["fault"] == "blurred"


def test_a_file_is_not_unreadable_without_a_reason(case, received, officer):
    upload = add_upload(
        case=case, material="id_card", file=received, by=Filer(case.reference), at=AT
    )

    with pytest.raises(ValueError, match="for a reason"):
        mark_upload(upload=upload, state=Upload.State.UNREADABLE, by=officer, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(state="unreadable")


def test_papers_of_a_draft_are_nobodys_to_judge(draft, received, officer):
    upload = add_upload(draft=draft, material="id_card", file=received, at=AT)

    with pytest.raises(NotThere):
        mark_upload(upload=upload, state=Upload.State.ACCEPTED, by=officer, at=AT)


def test_the_submit_hands_the_files_to_the_case(draft, case, received):
    upload = add_upload(draft=draft, material="id_card", file=received, at=AT)

    assert hand_over_uploads(draft=draft, case=case) == 1
    close_draft(draft, case)

    assert [row.id for row in queries.uploads_of_case(case)] == [upload.public_id]
    assert queries.find_upload(upload.public_id, draft=draft) is None
    with pytest.raises(HandedIn):
        add_upload(draft=draft, material="id_card", file=another(1), at=AT)
    with pytest.raises(HandedIn):
        remove_upload(upload=upload, at=AT)


def test_a_file_is_found_by_its_own_draft_only(draft, received):
    upload = add_upload(draft=draft, material="id_card", file=received, at=AT)
    other = start_draft(kind=Kind.FILING, at=AT).draft

    assert queries.find_upload(upload.public_id, draft=draft) == upload
    assert queries.find_upload(upload.public_id, draft=other) is None
    assert queries.find_upload("A" * 32, draft=draft) is None


def test_a_file_of_a_case_needs_a_name_of_who_sent_it(case, received):
    with pytest.raises(TypeError):
        add_upload(case=case, material="id_card", file=received, at=AT)

    assert not Upload.objects.exists()


def test_purging_forgets_rows_and_files(
    case, received, uploads_folder, django_capture_on_commit_callbacks
):
    add_upload(case=case, material="id_card", file=received, by=Filer(case.reference), at=AT)

    with django_capture_on_commit_callbacks(execute=True):
        assert forget_uploads(case=case) == 1

    assert not Upload.objects.exists()
    assert kept_files(uploads_folder) == []
