"""Change the sources: load the shipped files, and give provisions the clauses they cite."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone

from yibao.audit.operations import Actor, record
from yibao.core import stamps
from yibao.sources.copies import CopyState, look
from yibao.sources.files import (
    DATA,
    DOCUMENT_FIELDS,
    ClauseKey,
    SourceFileRefused,
    paths,
    read,
)
from yibao.sources.models import Clause, Document, Statement

STAMP = "sources"


@dataclass(frozen=True, slots=True)
class LoadReport:
    """How many rows the files hold; `unchanged` when they were loaded before."""

    documents: int = 0
    statements: int = 0
    unchanged: bool = False


def load_sources(
    *, by: Actor, at: datetime, folder: Path = DATA, force: bool = False
) -> LoadReport:
    """Bring documents and statements in line with the files, all or nothing.

    Files that were loaded before are skipped unless `force`. Rows that staff added stay.

    Raises:
        SourceFileRefused: a file is wrong in itself, or breaks a rule of the tables.
    """
    content = stamps.digest(paths(folder))
    if not force and stamps.loaded_content(STAMP) == content:
        return LoadReport(unchanged=True)
    files = read(folder)
    try:
        with transaction.atomic():
            _save_documents(files.documents)
            clauses = ensure_clauses(entry.clause for entry in files.statements)
            for entry in files.statements:
                entry.statement.clause_id = clauses[key_of(entry.clause)]
            _save_statements([entry.statement for entry in files.statements])
            report = LoadReport(len(files.documents), len(files.statements))
            stamps.bump(STAMP)
            stamps.record_content(STAMP, content)
            record(
                event="sources.files_loaded",
                by=by,
                at=at,
                object_type="sources.files",
                object_key=content,
                after={"documents": report.documents, "statements": report.statements},
            )
    except IntegrityError as error:
        raise SourceFileRefused(str(folder.name), "all files", str(error)) from error
    return report


@transaction.atomic
def mark_checked(*, clause_id: int, region_code: str, by: Actor, at: datetime) -> None:
    """Record that somebody compared a clause with its document today and found it the same.

    `region_code` is the region on whose behalf they looked.

    Raises:
        Clause.DoesNotExist
    """
    clause = Clause.objects.select_for_update().get(pk=clause_id)
    before, today = clause.checked_on, timezone.localdate(at)
    clause.checked_on = max(before, today)
    clause.save(update_fields=["checked_on"])
    record(
        event="sources.clause_checked",
        by=by,
        at=at,
        object_type="sources.clause",
        object_key=str(clause.pk),
        region_code=region_code,
        before={"checked_on": before.isoformat()},
        after={"checked_on": clause.checked_on.isoformat()},
    )
    stamps.bump(STAMP)


@transaction.atomic
def check_copy(*, document: Document, by: Actor, at: datetime) -> CopyState:
    """Compare a document's stored copy with its checksum, on record."""
    state = look(document.file.name or "", document.sha256)
    record(
        event="sources.copy_checked",
        by=by,
        at=at,
        object_type="sources.document",
        object_key=document.pk,
        after={"result": state.value, "sha256": document.sha256},
    )
    return state


def key_of(clause: Clause) -> ClauseKey:
    """Return what tells a clause from all others."""
    return ClauseKey(clause.document_id, clause.article, clause.quote)


def ensure_clauses(clauses: Iterable[Clause]) -> dict[ClauseKey, int]:
    """Save unsaved clauses that are not there yet; return the id of each by its key.

    A clause that is there keeps its row; its check day moves only forward, for an officer
    may have checked it since, and its review interval is that of the given clause where it
    states one. Documents must exist. Call it inside a transaction.
    """
    wanted = {key_of(clause): clause for clause in clauses}
    documents = {key.document for key in wanted}
    known = {key_of(row): row for row in Clause.objects.filter(document__in=documents)}
    changed = []
    for key, clause in wanted.items():
        row = known.get(key)
        if row is None:
            continue
        checked_on = max(row.checked_on, clause.checked_on)
        interval = clause.review_interval_days or row.review_interval_days
        if (row.checked_on, row.review_interval_days) != (checked_on, interval):
            row.checked_on, row.review_interval_days = checked_on, interval
            changed.append(row)
    Clause.objects.bulk_update(changed, ("checked_on", "review_interval_days"))
    missing = [clause for key, clause in wanted.items() if key not in known]
    for row in Clause.objects.bulk_create(missing):
        known[key_of(row)] = row
    return {key: known[key].pk for key in wanted}


def _save_documents(documents: Iterable[Document]) -> None:
    Document.objects.bulk_create(
        documents,
        update_conflicts=True,
        unique_fields=("slug",),
        update_fields=[name for name in DOCUMENT_FIELDS if name != "slug"],
    )


def _save_statements(statements: Iterable[Statement]) -> None:
    fields = ("clause", "topic", "topic_name", "text", "standing", "ruling", "related_statement")
    Statement.objects.bulk_create(
        statements, update_conflicts=True, unique_fields=("slug",), update_fields=fields
    )
