"""Read which files were handed in, and what is in them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from yibao.cases.models import Case, Draft
from yibao.cases.upload_models import Upload
from yibao.cases.uploads import storage


@dataclass(frozen=True, slots=True)
class UploadRow:
    """One file as pages show it: no name, no key of the database.

    `number` counts within its paper from 1. `size` is in bytes.
    """

    id: str
    material: str
    number: int
    kind: Any
    is_picture: bool
    pages: int
    size: int
    state: str
    state_words: Any
    fault_words: Any
    created_at: datetime


def uploads_of_draft(draft: Draft) -> tuple[UploadRow, ...]:
    """Return the files of a draft, oldest first."""
    return _rows(Upload.objects.filter(draft=draft, removed_at=None))


def uploads_of_case(case: Case) -> tuple[UploadRow, ...]:
    """Return the files of a case that count, oldest first."""
    return _rows(Upload.objects.filter(case=case, removed_at=None))


def replaced_uploads_of_case(case: Case) -> tuple[UploadRow, ...]:
    """Return the files of a case that others took the place of, for staff."""
    return _rows(Upload.objects.filter(case=case, removed_at__isnull=False))


def find_upload(
    public_id: str, *, draft: Draft | None = None, case: Case | None = None
) -> Upload | None:
    """Return a file by its name in an address, None when it is not this draft's or case's."""
    if (draft is None) == (case is None):
        raise TypeError("a file of a draft or of a case")
    rows = Upload.objects.filter(draft=draft, case=case, removed_at=None)
    return rows.filter(public_id=public_id).select_related("draft", "case").first()


def find_upload_of_cases(public_id: str) -> Upload | None:
    """Return a file of any case, replaced ones too, with its case; for staff."""
    rows = Upload.objects.filter(case__isnull=False).select_related("case")
    return rows.filter(public_id=public_id).first()


def content_of(upload: Upload) -> bytes:
    """Return the file's content. Raises storage.Damaged, storage.NotStored."""
    return storage.fetch(upload.stored_as)


def preview_of(upload: Upload) -> bytes:
    """Return the small picture of a picture, b"" for a PDF. Raises as `content_of`."""
    return storage.fetch(upload.preview_as) if upload.preview_as else b""


def _rows(uploads: QuerySet[Upload]) -> tuple[UploadRow, ...]:
    counts: dict[str, int] = {}
    rows = []
    for upload in uploads.order_by("created_at", "pk"):
        counts[upload.material] = counts.get(upload.material, 0) + 1
        rows.append(
            UploadRow(
                id=upload.public_id,
                material=upload.material,
                number=counts[upload.material],
                kind=upload.get_content_type_display(),
                is_picture=upload.content_type == Upload.ContentType.JPEG,
                pages=upload.pages,
                size=upload.size,
                state=upload.state,
                state_words=upload.get_state_display(),
                fault_words=upload.get_fault_display(),
                created_at=upload.created_at,
            )
        )
    return tuple(rows)
