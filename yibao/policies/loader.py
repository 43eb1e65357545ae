"""Bring the tables in line with the policy files: all files or none.

The files are published through the same operations as an officer's revision, by two
system actors (decisions.md 11). A file that changed becomes a revision of its own: rows
that are gone or different are taken back or ended, new ones come in, equal ones stay as
they are, with their numbers. Rows that staff brought in, ended or took back are left alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from yibao.accounts.operations import ensure_system_actors
from yibao.core import stamps
from yibao.policies.files import (
    DATA,
    FileProblem,
    Known,
    PolicyFile,
    PolicyFilesRefused,
    paths,
    read,
)
from yibao.policies.models import Ending, Provision, Revision, RevisionStatus
from yibao.policies.operations import STAMP, create_revision, publish_revision
from yibao.policies.rows import cite, draft_of, rows_of
from yibao.policies.schema import Draft
from yibao.policies.succession import PolicyRefused
from yibao.regions import queries as regions
from yibao.sources import queries as sources


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did; `unchanged` when these very files were loaded before."""

    files: int = 0
    rows: int = 0
    revisions: int = 0
    added: int = 0
    ended: int = 0
    taken_back: int = 0
    unchanged: bool = False


def check_files(folder: Path = DATA) -> tuple[PolicyFile, ...]:
    """Read and check the files against the loaded regions and sources; change nothing.

    Raises:
        PolicyFilesRefused: with every problem found.
    """
    return read(folder, _known())


def load_policies(*, at: datetime, folder: Path = DATA, force: bool = False) -> LoadReport:
    """Publish what the files say and the tables do not.

    Raises:
        PolicyFilesRefused: with every problem found; then nothing was changed.
    """
    content = _digest(folder)
    if not force and stamps.loaded_content(STAMP) == content:
        return LoadReport(unchanged=True)
    files = check_files(folder)
    report = LoadReport(files=len(files), rows=sum(len(file.rows) for file in files))
    with transaction.atomic():
        actors = _Actors(*ensure_system_actors())
        # Unchanged rows too: their clauses may have been checked again.
        cite(draft for file in files for draft in file.drafts)
        held = _held(actors)
        for file in (*files, *_emptied(files, held)):
            rows = held.get((file.region_code, file.insurance), [])
            report = _bring_in_line(file, rows, report, actors, at)
        stamps.bump(STAMP)
        stamps.record_content(STAMP, content)
    return report


@dataclass(frozen=True, slots=True)
class _Actors:
    loader: Any
    release: Any


def _held(actors: _Actors) -> Mapping[tuple[str, str], list[Provision]]:
    """Return what earlier loads have published, by region and branch."""
    found: dict[tuple[str, str], list[Provision]] = defaultdict(list)
    for row in rows_of(
        Q(revision__author=actors.loader, revision__status=RevisionStatus.PUBLISHED)
    ):
        found[row.revision.region_id, row.revision.insurance].append(row)
    return found


def _bring_in_line(
    file: PolicyFile,
    rows: Sequence[Provision],
    report: LoadReport,
    actors: _Actors,
    at: datetime,
) -> LoadReport:
    staff = set(
        Revision.objects.exclude(author=actors.loader)
        .filter(region=file.region_code)
        .values_list("pk", flat=True)
    )
    theirs = [row for row in rows if {row.ended_by_id, row.withdrawn_by_id} & staff]
    mine = [row for row in rows if row.withdrawn_by_id is None and row not in theirs]
    left_alone = {replace(draft_of(row), effective_to=None).identity() for row in theirs}
    stated = {
        draft.identity(): draft
        for draft in file.drafts
        if replace(draft, effective_to=None).identity() not in left_alone
    }
    known = {draft_of(row).identity(): row for row in mine}
    added = {key: draft for key, draft in stated.items() if key not in known}
    gone = [row for key, row in known.items() if key not in stated]
    if not added and not gone:
        return report
    endings = [_ending(row, added) for row in gone]
    try:
        revision = create_revision(
            region_code=file.region_code,
            insurance=file.insurance,
            title=file.title,
            content_hash=sha256(repr(sorted(map(repr, stated))).encode()).hexdigest(),
            drafts=added.values(),
            by=actors.loader,
            at=at,
        )
        for ending in endings:
            ending.revision = revision
        Ending.objects.bulk_create(endings)
        publish_revision(revision=revision, by=actors.release, at=at)
    except (PolicyRefused, IntegrityError) as error:
        raise PolicyFilesRefused([FileProblem(file.name, 0, "", str(error))]) from error
    taken_back = sum(ending.ends_on is None for ending in endings)
    return replace(
        report,
        revisions=report.revisions + 1,
        added=report.added + len(added),
        ended=report.ended + len(endings) - taken_back,
        taken_back=report.taken_back + taken_back,
    )


def _ending(row: Provision, added: dict[tuple[Any, ...], Draft]) -> Ending:
    """End a row that the file now closes; take back one that the file no longer states.

    A closed row is dropped from `added`: it keeps its number.
    """
    draft = draft_of(row)
    open_form = replace(draft, effective_to=None).identity()
    for key, other in added.items():
        closed = other.effective_to
        if closed is None or replace(other, effective_to=None).identity() != open_form:
            continue
        if draft.effective_to is None or closed < draft.effective_to:
            del added[key]
            return Ending(table=draft.table, provision_id=row.pk, ends_on=closed)
    return Ending(table=draft.table, provision_id=row.pk, ends_on=None)


def _emptied(
    files: Iterable[PolicyFile], held: Mapping[tuple[str, str], Sequence[Provision]]
) -> list[PolicyFile]:
    """Return an empty file for each region and branch whose file is gone."""
    present = {(file.region_code, file.insurance) for file in files}
    return [
        PolicyFile(
            f"{region}/{insurance or 'all'}.toml", region, insurance, rows[-1].revision.title, ()
        )
        for (region, insurance), rows in sorted(held.items())
        if (region, insurance) not in present
    ]


def _digest(folder: Path) -> str:
    """Name the content of all files, with the folder each stands in."""
    whole = sha256()
    for path in paths(folder):
        body = path.read_bytes()
        whole.update(f"{path.parent.name}/{path.name}\n{len(body)}\n".encode() + body)
    return whole.hexdigest()


def _known() -> Known:
    @cache
    def is_region(code: str) -> bool:
        try:
            return regions.get_region(code).code == code
        except regions.UnknownRegion:
            return False

    @cache
    def classes_of(code: str) -> frozenset[str]:
        if not is_region(code):
            return frozenset()
        return frozenset(row.slug for row in regions.list_classes(code))

    documents = frozenset(row.slug for row in sources.list_documents())
    return Known(documents, is_region, classes_of)
