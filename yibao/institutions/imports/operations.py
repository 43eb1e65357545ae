"""Do what was asked of an import, in the background: check, apply, undo.

Whoever works holds a lease on the run and renews it with each step. A killed worker loses
its transaction and its lease; the next one starts the task again, which is safe because
the list itself is changed by one transaction at the end that also ends the task.
"""

import logging
from array import array
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import file_digest
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from yibao.audit.operations import record
from yibao.core import stamps
from yibao.institutions.import_models import (
    ImportBefore,
    ImportOpening,
    ImportProblem,
    ImportRow,
    ImportRun,
    ImportService,
    Outcome,
    State,
    Task,
)
from yibao.institutions.imports import applying, comparing, history, preparing, undoing
from yibao.institutions.imports.cells import CellRefused, Row, RowReader
from yibao.institutions.imports.columns import FIELDS, positions
from yibao.institutions.imports.reading import Batch, ImportFileRefused, ListFile, open_list
from yibao.institutions.imports.tables import analyze, drop_rows, insert, own_tables
from yibao.institutions.indexing import position
from yibao.institutions.upkeep import tidy_index

logger = logging.getLogger(__name__)

STAMP = "institutions"
LEASE = timedelta(minutes=2)
# Comparing and the last transaction do not renew their lease: nobody else sees what they write.
LONG_LEASE = timedelta(minutes=30)
ATTEMPTS = 3
MAX_PROBLEMS = 20_000
# Three times the nation's list: what is worked out for all rows together fits in memory.
MAX_ROWS = 2_000_000
# A file of which most rows are wrong is shifted or meant for something else.
_JUDGED_FROM = 20
_STAGED = ("run_id", "line", "outcome", *Row._fields[:-1], "position")
_GRADE_AT = _STAGED.index("grade")
_LABELS = {field.name: str(field.label) for field in FIELDS}

Clock = Callable[[], datetime]
IsAlive = Callable[[str], bool]


class LeaseLost(Exception):
    """Somebody else has taken the run over; whatever this worker did is rolled back."""


@dataclass(frozen=True, slots=True)
class _Named:
    """An actor known by name: the officer who asked for what the worker does."""

    username: str

    def get_username(self) -> str:
        return self.username


def file_of(run: ImportRun) -> Path:
    """Return where the run's file is kept."""
    return Path(settings.MEDIA_ROOT) / run.path


def claim(*, worker: str, is_alive: IsAlive, at: datetime) -> ImportRun | None:
    """Take the run that waits for a worker, or whose worker is dead; None when there is none.

    `is_alive(worker)` may say that a worker of this machine is gone before its lease ends.
    """
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().filter(slot=1).first()
        if run is None:
            return None
        if (
            run.state == State.WORKING
            and run.lease_until is not None
            and run.lease_until > at
            and is_alive(run.worker)
        ):
            return None
        if run.attempts >= ATTEMPTS:
            _free(run, State.FAILED, _("多次中断，已停止。机构清单没有改变。"))
            return None
        run.state, run.worker, run.lease_until = State.WORKING, worker, at + LEASE
        run.attempts += 1
        run.save(update_fields=("state", "worker", "lease_until", "attempts"))
        return run


def work(*, worker: str, is_alive: IsAlive, clock: Clock) -> ImportRun | None:
    """Do the next task, if there is one; return its run."""
    run = claim(worker=worker, is_alive=is_alive, at=clock())
    if run is None:
        return None
    tasks = {Task.CHECK: _check, Task.APPLY: _apply, Task.UNDO: _undo}
    try:
        tasks[Task(run.task)](run, clock)
    except LeaseLost:
        logger.warning("import %s was taken over", run.pk)
    except ImportFileRefused as error:
        _give_up(run, State.REFUSED, str(error))
    except Exception:
        logger.exception("import %s failed", run.pk)
        _give_up(run, State.FAILED, _("程序出错，已停止。机构清单没有改变，请把编号告诉管理员。"))
    return run


# --- the three tasks ----------------------------------------------------------------------


def _check(run: ImportRun, clock: Clock) -> None:
    drop_rows((ImportRow, ImportService, ImportProblem), run.pk)
    path = file_of(run)
    with path.open("rb") as file:
        if file_digest(file, "sha256").hexdigest() != run.file_digest:
            raise ImportFileRefused(_("保存的文件已损坏，请重新上传。"))
    with open_list(path) as found:
        namesakes = _stage(run, found, clock)
    _renew(run, clock, _("比对"), 0, 0, lease=LONG_LEASE)
    analyze(ImportRow, ImportService)
    comparing.compare(run, namesakes)
    with transaction.atomic():
        run.counts |= comparing.count(run)
        _finish(run, State.CHECKED, counts=run.counts, encoding=found.encoding)


def _stage(run: ImportRun, found: ListFile, clock: Clock) -> frozenset[int]:
    """Read the file into the import's own tables; return the name hashes of several rows."""
    columns = positions(found.headers, run.columns)
    reader = RowReader(columns, len(found.headers), run.region_id)
    reasons: Counter[tuple[str, str]] = Counter()
    hashes = array("q")
    rows = graded = 0
    for batch in found.batches:
        staged, services, problems = _read(run, reader, batch, hashes)
        rows += len(staged)
        if rows > MAX_ROWS:
            raise ImportFileRefused(
                _("文件多于 %(limit)d 行。请分省或分市导入。") % {"limit": MAX_ROWS}
            )
        graded += sum(bool(row[_GRADE_AT]) for row in staged)
        with transaction.atomic():
            insert(ImportRow, _STAGED, staged)
            insert(ImportService, ("run_id", "line", "service", "disease"), services)
            room = max(0, MAX_PROBLEMS - reasons.total())
            insert(ImportProblem, ("run_id", "line", "column", "value", "reason"), problems[:room])
            _renew(run, clock, _("读取"), batch.position, batch.total)
        reasons.update((str(problem[2]), str(problem[4])) for problem in problems)
    run.counts = {"rows": rows, "graded": graded}
    refused = reasons.total()
    if not rows:
        raise ImportFileRefused(_("文件只有表头，没有数据。"))
    if refused == rows or (rows >= _JUDGED_FROM and refused * 2 > rows):
        (column, reason), times = reasons.most_common(1)[0]
        raise ImportFileRefused(
            _(
                "%(rows)d 行里有 %(refused)d 行读不出来，最多的是“%(column)s”：%(reason)s"
                "（%(times)d 行）。可能选错了列，或者列错位了。"
            )
            % {
                "rows": rows,
                "refused": refused,
                "column": column,
                "reason": reason,
                "times": times,
            }
        )
    return comparing.several(hashes)


def _read(
    run: ImportRun, reader: RowReader, batch: Batch, hashes: array[int]
) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Return the batch's rows, open services and problems, as the tables take them."""
    staged: list[tuple[object, ...]] = []
    services: list[tuple[object, ...]] = []
    problems: list[tuple[object, ...]] = []
    key, is_plain = run.pk, batch.is_plain
    for line, cells in zip(batch.lines, batch.rows, strict=True):
        if not cells:
            continue
        try:
            row = reader.read(cells, is_plain_batch=is_plain)
        except CellRefused as error:
            staged.append((key, line, Outcome.REFUSED.value, *reader.key_of(cells)[:-1], 0))
            problems.append(
                (key, line, _LABELS.get(error.field, ""), error.value[:100], error.reason)
            )
            continue
        place = (
            position(code=row.code, kind=row.kind, level=row.level, grade=row.grade)
            if row.code
            else 0
        )
        staged.append((key, line, "", *row[:-1], place))
        hashes.append(comparing.name_hash(row.name, row.region_code))
        for service, disease in row.services:
            services.append((key, line, service, disease))
    return staged, services, problems


def _apply(run: ImportRun, clock: Clock) -> None:
    seen = stamps.current(STAMP)
    if comparing.has_moved(run):
        _ask_again(run)
        return
    with own_tables(preparing.TABLES, file_of(run).with_suffix(".worker")):
        kept = preparing.prepare(
            run, lambda done, total: _renew(run, clock, _("准备"), done, total)
        )
        _renew(run, clock, _("一次性写入"), 0, 0, lease=LONG_LEASE)
        at = clock()
        with transaction.atomic():
            _lock_list()
            if stamps.current(STAMP) != seen:
                _ask_again(run)
                return
            _switch(run, kept, at=at)
    tidy_index()
    for other in ImportRun.objects.filter(state__in=(State.APPLIED, State.UNDONE)).exclude(
        pk=run.pk
    ):
        forget(other)


def _switch(run: ImportRun, kept: Mapping[str, int], *, at: datetime) -> None:
    """Write what was prepared, and say so, in the caller's transaction."""
    closed = applying.write(
        run,
        kept,
        closed_because=_("不在 %(date)s 的完整名单上") % {"date": run.list_date},
        merged_because=_("与另一条目是同一家机构"),
    )
    counts = run.counts | {"closed": closed}
    lines, digest = history.digest(run)
    stamps.bump(STAMP)
    found = {**counts, "changes": lines, "changes_sha256": digest}
    _record("institutions.list_applied", run, found, at=at)
    _finish(run, State.APPLIED, counts=counts, applied_by=run.asked_by, applied_at=at)


def _undo(run: ImportRun, clock: Clock) -> None:
    _renew(run, clock, _("撤销"), 0, 0, lease=LONG_LEASE)
    at = clock()
    with transaction.atomic():
        _lock_list()
        kept = undoing.take_back(run)
        counts = run.counts | {"kept": kept}
        stamps.bump(STAMP)
        _record("institutions.list_undone", run, {"kept": kept}, at=at)
        _finish(run, State.UNDONE, counts=counts, undone_by=run.asked_by, undone_at=at)
    tidy_index()
    forget(run)


def _record(event: str, run: ImportRun, found: Mapping[str, Any], *, at: datetime) -> None:
    record(
        event=event,
        by=_Named(run.asked_by),
        at=at,
        object_type="institutions.importrun",
        object_key=str(run.pk),
        region_code=run.region_id,
        after={"source": run.source.name, "list_date": str(run.list_date), **found},
    )


def forget(run: ImportRun) -> None:
    """Drop a run's rows and file; the run itself and its problems stay."""
    drop_rows((ImportRow, ImportService, ImportBefore, ImportOpening), run.pk)
    file_of(run).unlink(missing_ok=True)


# --- lease and state ----------------------------------------------------------------------


def _renew(
    run: ImportRun, clock: Clock, stage: str, position: int, total: int, lease: timedelta = LEASE
) -> None:
    """Say how far the work is and keep the lease. Raises LeaseLost."""
    _update(run, stage=stage, position=position, total=total, lease_until=clock() + lease)


def _update(run: ImportRun, **values: object) -> None:
    held = ImportRun.objects.filter(pk=run.pk, worker=run.worker, state=State.WORKING)
    if not held.update(**values):
        raise LeaseLost(run.pk)


def _finish(run: ImportRun, state: State, **values: object) -> None:
    _update(
        run, state=state, slot=None, worker="", lease_until=None, attempts=0, stage="", **values
    )


def _ask_again(run: ImportRun) -> None:
    """Check once more: the list has changed since the officer saw the comparison."""
    _update(
        run,
        state=State.QUEUED,
        task=Task.CHECK,
        worker="",
        lease_until=None,
        attempts=0,
        close_missing=False,
        message=_("核对之后机构清单有变动，已重新核对，请再看一遍。"),
    )


def _free(run: ImportRun, state: State, message: str) -> None:
    """End a task without its fruit: what is written stays written, the rest was never there."""
    if run.task == Task.UNDO:
        state = State.APPLIED
    ImportRun.objects.filter(pk=run.pk).update(
        state=state, slot=None, worker="", lease_until=None, attempts=0, stage="", message=message
    )


def _give_up(run: ImportRun, state: State, message: str) -> None:
    with transaction.atomic():
        held = ImportRun.objects.select_for_update().filter(pk=run.pk, worker=run.worker)
        if not held.exists():
            return
        _free(run, state, message)
    if run.task != Task.UNDO:
        forget(run)


def _lock_list() -> None:
    """Let nobody else write the list meanwhile; SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE institutions_institution IN SHARE ROW EXCLUSIVE MODE")
