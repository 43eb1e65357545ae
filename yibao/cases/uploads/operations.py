"""Add, replace, remove and judge files; hand them from a draft to its case; sweep the store.

A file is on the disk before its row is committed. So whatever dies in between leaves at most
a file without a row, which `sweep` removes, and never a row without its file.
"""

import logging
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import batched

from django.db import transaction
from django.db.models import QuerySet

from yibao.audit.operations import Actor, record
from yibao.cases.models import Case, Draft
from yibao.cases.upload_models import Upload
from yibao.cases.uploads import storage
from yibao.cases.uploads.content import Reason, Refusal
from yibao.cases.uploads.limits import MOST_FILES, MOST_FILES_IN_ALL
from yibao.cases.uploads.receiving import Incoming, Received, receive

logger = logging.getLogger(__name__)

GRACE = timedelta(hours=1)
"""A file without a row may belong to a transaction that is still open."""

_BATCH = 500


class HandedIn(Exception):
    """The draft has become a case: its papers are no longer changed here."""


class NotThere(LookupError):
    """The file was removed, or never was."""


def add_upload(
    *,
    draft: Draft | None = None,
    case: Case | None = None,
    material: str,
    file: Incoming | Received,
    by: Actor | None = None,
    at: datetime,
) -> Upload:
    """Take one file for a paper of a draft or of a case and return its row.

    Sending the same file twice (a second click, a reload) gives the first one's row.

    Args:
        draft, case: exactly one of them.
        material: the slug of the paper (rules.materials).
        file: as a form has it, or what `receive` made of it already.
        by: who sends it; None for whoever holds the draft.

    Raises:
        Refusal: the file is not taken; `wording.words_of(refusal.reason)` says why.
        HandedIn: the draft was submitted meanwhile.
        storage.NotStored: the disk is full or at fault; nothing was kept.
    """
    if (draft is None) == (case is None):
        raise TypeError("a file belongs to a draft or to a case")
    if case is not None and by is None:
        raise TypeError("whoever changes the papers of a case has a name")
    received = file if isinstance(file, Received) else receive(file)
    same = _rows(draft, case).filter(material=material, digest=received.digest).first()
    if same is not None:
        return same
    _refuse_too_many(draft, case, material)
    upload = _stored(draft, case, material, received, at=at)
    with _forgotten_when_refused(upload):
        return _insert(upload, by=by, at=at)


def _stored(
    draft: Draft | None, case: Case | None, material: str, received: Received, *, at: datetime
) -> Upload:
    """Return a row that is not saved yet, whose files are on the disk."""
    stored_as = storage.keep(received.content)
    try:
        preview_as = storage.keep(received.preview) if received.preview else ""
    except storage.NotStored:
        storage.forget(stored_as)
        raise
    return Upload(
        draft=draft,
        case=case,
        material=material,
        content_type=received.content_type.value,
        pages=received.pages,
        size=len(received.content),
        digest=received.digest,
        stored_as=stored_as,
        preview_as=preview_as,
        created_at=at,
    )


@contextmanager
def _forgotten_when_refused(upload: Upload) -> Iterator[None]:
    try:
        yield
    except (Refusal, HandedIn, NotThere):
        storage.forget(upload.stored_as, upload.preview_as)
        raise
    # Any other error may come after the commit: the sweep knows which files have a row.


@transaction.atomic
def _insert(upload: Upload, *, by: Actor | None, at: datetime) -> Upload:
    _lock(upload.draft, upload.case)
    same = (
        _rows(upload.draft, upload.case)
        .filter(material=upload.material, digest=upload.digest)
        .first()
    )
    if same is not None:
        storage.forget(upload.stored_as, upload.preview_as)
        return same
    _refuse_too_many(upload.draft, upload.case, upload.material)
    upload.save(force_insert=True)
    _note(upload, "added", by=by, at=at)
    return upload


@transaction.atomic
def remove_upload(*, upload: Upload, by: Actor | None = None, at: datetime) -> None:
    """Take a file away: from a draft for good, from a case into its history.

    Raises:
        HandedIn: the draft was submitted meanwhile.
        NotThere: somebody removed it already.
    """
    _lock(upload.draft, upload.case)
    row = _present(upload)
    if row.case is None:
        row.delete()
        _forget_later(row)
    else:
        if by is None:
            raise TypeError("whoever changes the papers of a case has a name")
        row.removed_at = at
        row.save(update_fields=["removed_at"])
        _note(row, "removed", by=by, at=at)


def replace_upload(
    *, upload: Upload, file: Incoming | Received, by: Actor | None = None, at: datetime
) -> Upload:
    """Put another file in the place of one and return its row.

    The old one goes only when the new one is kept. Raises what `add_upload` raises, and
    NotThere.
    """
    received = file if isinstance(file, Received) else receive(file)
    added = _stored(upload.draft, upload.case, upload.material, received, at=at)
    with _forgotten_when_refused(added), transaction.atomic():
        # First out, then in: where as many files are kept as may be, one can still be replaced.
        remove_upload(upload=upload, by=by, at=at)
        return _insert(added, by=by, at=at)


@transaction.atomic
def mark_upload(
    *,
    upload: Upload,
    state: Upload.State,
    fault: Upload.Fault | None = None,
    by: Actor,
    at: datetime,
) -> Upload:
    """Say whether a file of a case can be used; with a fault the filer is asked for another.

    Raises:
        ValueError: unreadable without a fault, or a fault without being unreadable.
        NotThere: it was replaced meanwhile.
    """
    if (state == Upload.State.UNREADABLE) != (fault is not None):
        raise ValueError("a file is unreadable for a reason, and for no other state is there one")
    _lock(upload.draft, upload.case)
    row = _present(upload)
    if row.case is None:
        raise NotThere(row.public_id)
    before = {"state": row.state, "fault": row.fault}
    row.state = state
    row.fault = fault or ""
    row.save(update_fields=["state", "fault"])
    after = {"state": row.state, "fault": row.fault}
    if before != after:
        _note(row, "marked", by=by, at=at, before=before, after=after)
    return row


def hand_over_uploads(*, draft: Draft, case: Case, papers: Collection[str] | None = None) -> int:
    """Give the files of a draft to the case it became; return how many.

    Called by the operation that submits, in its transaction, with the draft's row locked.

    Args:
        papers: the slugs that were asked for; files sent for an earlier answer are removed.
            None: all of them go over.
    """
    held = list(Upload.objects.filter(draft=draft, removed_at=None))
    left = [row for row in held if papers is not None and row.material not in papers]
    if left:
        Upload.objects.filter(pk__in=[row.pk for row in left]).delete()
        for row in left:
            _forget_later(row)
    if len(left) == len(held):
        return 0
    return Upload.objects.filter(draft=draft, removed_at=None).update(draft=None, case=case)


@transaction.atomic
def forget_uploads(*, draft: Draft | None = None, case: Case | None = None) -> int:
    """Remove all files of a draft or case for good (purge, erasure); return how many."""
    if (draft is None) == (case is None):
        raise TypeError("files of a draft or of a case")
    rows = list(Upload.objects.filter(draft=draft, case=case))
    Upload.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        _forget_later(row)
    return len(rows)


# --- the store against the rows ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found: files without a row (removed), rows whose file is not what was kept."""

    removed: int
    checked: int
    damaged: tuple[str, ...]


def sweep(*, at: datetime, verify: bool = False) -> Swept:
    """Remove files that no row names any more; with `verify` read every file that one names.

    Files younger than an hour stay: their transaction may still be open.
    """
    removed = 0
    store = storage.store()
    old = (name for name, changed_at in store.names() if changed_at < at - GRACE)
    for names in batched(old, _BATCH):
        known = _known(names)
        for name in names:
            if name not in known:
                storage.forget(name)
                removed += 1
    checked, damaged = _verified() if verify else (0, ())
    if removed or damaged:
        logger.warning("uploads: %s files without a row, %s damaged", removed, len(damaged))
    return Swept(removed, checked, damaged)


def _known(names: Iterable[str]) -> set[str]:
    wanted = list(names)
    contents = Upload.objects.filter(stored_as__in=wanted).values_list("stored_as", flat=True)
    previews = Upload.objects.filter(preview_as__in=wanted).values_list("preview_as", flat=True)
    return {*contents, *previews}


def _verified() -> tuple[int, tuple[str, ...]]:
    """Return how many rows were compared with their files, and the ids of those that differ."""
    damaged = []
    checked = 0
    for upload in Upload.objects.order_by("pk").iterator(chunk_size=_BATCH):
        checked += 1
        try:
            content = storage.fetch(upload.stored_as)
            if upload.preview_as:
                storage.fetch(upload.preview_as)
        except (storage.Damaged, storage.NotStored):
            # A row that was removed while we read has no file any more, and is not damaged.
            if Upload.objects.filter(pk=upload.pk).exists():
                damaged.append(upload.public_id)
            continue
        if storage.digest_of(content) != upload.digest:
            damaged.append(upload.public_id)
    return checked, tuple(damaged)


def reseal_uploads() -> int:
    """Seal every file that an older key sealed with the newest one; return how many.

    Each gets a new name: a name is written once. The old file goes after the commit.
    """
    count = 0
    for pk in list(Upload.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            upload = Upload.objects.select_for_update().filter(pk=pk).first()
            if upload is None or storage.is_current(upload.stored_as):
                continue
            _forget_later(upload)
            upload.stored_as = storage.keep(storage.fetch(upload.stored_as))
            if upload.preview_as:
                upload.preview_as = storage.keep(storage.fetch(upload.preview_as))
            upload.save(update_fields=["stored_as", "preview_as"])
            count += 1
    return count


# --- parts ---------------------------------------------------------------------------------------


def _rows(draft: Draft | None, case: Case | None) -> QuerySet[Upload]:
    return Upload.objects.filter(draft=draft, case=case, removed_at=None)


def _refuse_too_many(draft: Draft | None, case: Case | None, material: str) -> None:
    rows = _rows(draft, case)
    if rows.filter(material=material).count() >= MOST_FILES or rows.count() >= MOST_FILES_IN_ALL:
        raise Refusal(Reason.TOO_MANY)


def _lock(draft: Draft | None, case: Case | None) -> None:
    """Lock what the files belong to, so that counts and the submit see one order of things."""
    if case is not None:
        Case.objects.select_for_update().get(pk=case.pk)
    elif draft is not None:
        locked = Draft.objects.select_for_update().filter(pk=draft.pk).first()
        if locked is None or locked.case_id is not None:
            raise HandedIn


def _present(upload: Upload) -> Upload:
    """Return the row as it is now; what it belongs to is locked."""
    row = Upload.objects.filter(pk=upload.pk, removed_at=None).first()
    if row is None:
        raise NotThere(upload.public_id)
    if row.draft_id != upload.draft_id:
        raise HandedIn
    return row


def _forget_later(upload: Upload) -> None:
    transaction.on_commit(partial(storage.forget, upload.stored_as, upload.preview_as))


def _note(
    upload: Upload,
    fact: str,
    *,
    by: Actor | None,
    at: datetime,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    """Record what happened to a file of a case; what is in a draft is nobody's business yet."""
    if upload.case is None or by is None:
        return
    record(
        event=f"cases.upload_{fact}",
        by=by,
        at=at,
        object_type="cases.case",
        object_key=upload.case.reference,
        region_code=upload.case.region_code,
        before=before,
        after={"upload": upload.public_id, "material": upload.material, **(after or {})},
    )
