"""Begin an import, decide on what it asks, and ask for it to be written or taken back."""

import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from yibao.audit.operations import Actor, record
from yibao.institutions.import_models import (
    ImportRow,
    ImportRun,
    ImportSource,
    Outcome,
    State,
    Task,
)
from yibao.institutions.imports import columns as import_columns
from yibao.institutions.imports import comparing
from yibao.institutions.imports.operations import IsAlive, file_of, forget
from yibao.institutions.imports.reading import MAX_BYTES, ImportFileRefused, open_list

FOLDER = "imports"
# How long a worker may take to begin before another one is started.
START_TIME = timedelta(seconds=20)


class ImportRefused(ValueError):
    """What was asked of an import cannot be done now; the message says why."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes in: its name and its content in pieces."""

    name: str
    chunks: Iterable[bytes]


def start_import(
    *,
    source: ImportSource,
    region_code: str,
    list_date: date,
    is_full: bool,
    upload: Upload,
    by: Actor,
    at: datetime,
) -> ImportRun:
    """Keep a file and read its headers; ask for the check where the columns are known.

    Raises:
        ImportFileRefused: the file is not a list that can be read; it is not kept.
        ImportRefused: the day is not past, a later list was written, another one is at work.
    """
    if list_date > timezone.localdate(at):
        raise ImportRefused(_("名单日期不能晚于今天。"))
    later = ImportRun.objects.filter(
        source=source, region=region_code, state=State.APPLIED, list_date__gt=list_date
    ).aggregate(day=Max("list_date"))["day"]
    if later:
        raise ImportRefused(
            _("这个来源已写入过 %(day)s 的名单，不能再写入更早的。请先撤销那一份。")
            % {"day": later}
        )
    path = Path(FOLDER) / f"{at:%Y%m%d}-{secrets.token_hex(8)}"
    run = ImportRun(
        source=source,
        region_id=region_code,
        list_date=list_date,
        is_full=is_full,
        file_name=Path(upload.name).name[-200:],
        path=str(path),
        created_by=by.get_username(),
        created_at=at,
    )
    try:
        run.file_size, run.file_digest = _keep(Path(settings.MEDIA_ROOT) / path, upload.chunks)
        with open_list(file_of(run)) as found:
            run.headers = list(found.headers)
        if import_columns.fits(run.headers, source.columns):
            run.columns = source.columns
            run.state, run.slot, run.lease_until = State.QUEUED, 1, at + START_TIME
        with transaction.atomic():
            run.save(force_insert=True)
            _record(run, "list_uploaded", by=by, at=at)
    except IntegrityError as error:
        file_of(run).unlink(missing_ok=True)
        raise ImportRefused(_busy()) from error
    except (ImportFileRefused, OSError):
        file_of(run).unlink(missing_ok=True)
        raise
    return run


def _keep(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    """Write the file where only this service reads it; return its size and SHA-256."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    whole = sha256()
    size = 0
    with path.open("xb") as file:
        path.chmod(0o600)
        for chunk in chunks:
            size += len(chunk)
            if size > MAX_BYTES:
                raise ImportFileRefused(
                    _("文件超过 %(limit)d MB 的上限。请分省或分市导入。")
                    % {"limit": MAX_BYTES >> 20}
                )
            whole.update(chunk)
            file.write(chunk)
    return size, whole.hexdigest()


@transaction.atomic
def choose_columns(run: ImportRun, columns: dict[str, str], *, by: Actor, at: datetime) -> None:
    """Say which column is what, remember it for the source, and ask for the check.

    Raises:
        ImportRefused: the columns do not fit, or another list is at work.
    """
    chosen = {name: header for name, header in columns.items() if header}
    reason = import_columns.problem(run.headers, chosen)
    if reason:
        raise ImportRefused(reason)
    _ask(run, (State.COLUMNS,), Task.CHECK, by=by, at=at, columns=chosen)
    ImportSource.objects.filter(pk=run.source_id).update(columns=chosen)
    _record(run, "list_columns_chosen", by=by, at=at, after=chosen)


# What may be done with rows that name one institution twice, and with a namesake.
TWICE_CHOICES = ("first", "last", "all", "none")
TWIN_CHOICES = ("same", "different", "none")


@transaction.atomic
def decide(
    run: ImportRun,
    outcome: Outcome,
    choice: str,
    *,
    lines: Sequence[int] | None = None,
    by: Actor,
    at: datetime,
) -> int:
    """Decide on doubles (`twice`) or namesakes (`twin`); return how many rows that settled.

    `lines` names the rows, for doubles the first line of each group; None is all that are
    open. `all` keeps both of two rows with different codes and leaves the rest open.

    Raises:
        ImportRefused: the run is not waiting for decisions.
    """
    if run.state != State.CHECKED:
        raise ImportRefused(_("这份名单现在不能更改。"))
    rows = ImportRow.objects.filter(run=run, outcome=outcome)
    if lines is not None:
        names = [str(line) for line in lines]
        rows = (
            rows.filter(twin__in=names) if outcome == Outcome.TWICE else rows.filter(line__in=lines)
        )
    settled = _settle_twin(rows, choice) if outcome == Outcome.TWIN else _settle_twice(rows, choice)
    comparing.classify(run)
    run.counts |= comparing.count(run)
    run.save(update_fields=("counts",))
    _record(
        run,
        "list_decided",
        by=by,
        at=at,
        after={"outcome": outcome.value, "choice": choice, "rows": settled},
    )
    return settled


def _settle_twin(rows: Any, choice: str) -> int:
    match choice:
        case "same":
            return int(rows.update(outcome=Outcome.NEW))
        case "different":
            return int(rows.update(outcome=Outcome.NEW, twin=""))
        case "none":
            return int(rows.update(outcome=Outcome.SKIPPED))
    raise ImportRefused(_("没有这个选项。"))


def _settle_twice(rows: Any, choice: str) -> int:
    groups: dict[str, list[ImportRow]] = {}
    for row in rows.only("line", "twin", "code").order_by("line"):
        groups.setdefault(row.twin, []).append(row)
    kept: list[int] = []
    skipped: list[int] = []
    for found in groups.values():
        match choice:
            case "first" | "last":
                chosen = found[0 if choice == "first" else -1]
                kept.append(chosen.pk)
                skipped += [row.pk for row in found if row is not chosen]
            case "all":
                codes = [row.code for row in found if row.code]
                if len(set(codes)) == len(codes):
                    kept += [row.pk for row in found]
            case "none":
                skipped += [row.pk for row in found]
            case _:
                raise ImportRefused(_("没有这个选项。"))
    for start in range(0, len(kept), 1000):
        ImportRow.objects.filter(pk__in=kept[start : start + 1000]).update(outcome="", twin="")
    for start in range(0, len(skipped), 1000):
        ImportRow.objects.filter(pk__in=skipped[start : start + 1000]).update(
            outcome=Outcome.SKIPPED, twin=""
        )
    return len(kept) + len(skipped)


@transaction.atomic
def ask_to_apply(
    run: ImportRun,
    *,
    skip_refused: bool,
    close_missing: int | None,
    by: Actor,
    at: datetime,
) -> None:
    """Ask for a checked list to be written.

    Args:
        close_missing: how many institutions the officer saw would be closed because the
            full list lacks them; None closes none.

    Raises:
        ImportRefused: something is undecided, unconfirmed or different from what was seen.
    """
    counts = run.counts
    if run.state != State.CHECKED:
        raise ImportRefused(_("这份名单现在不能写入。"))
    if counts["twice"] or counts["twin"]:
        raise ImportRefused(_("还有重复的行没有决定。"))
    if counts["refused"] and not skip_refused:
        raise ImportRefused(
            _("有 %(refused)d 行被拒绝。请更正后重新上传，或确认跳过它们。")
            % {"refused": counts["refused"]}
        )
    if close_missing is not None and (not run.is_full or close_missing != counts["missing"]):
        raise ImportRefused(_("要移出的机构数与核对结果不符，请再看一遍。"))
    _ask(run, (State.CHECKED,), Task.APPLY, by=by, at=at, close_missing=close_missing is not None)
    _record(run, "list_apply_asked", by=by, at=at, after={"close_missing": close_missing})


@transaction.atomic
def ask_to_undo(run: ImportRun, *, reason: str, by: Actor, at: datetime) -> None:
    """Ask for the latest written list to be taken back.

    Raises:
        ImportRefused: it was not written, or another one was written after it.
    """
    if not is_latest(run):
        raise ImportRefused(_("只能撤销最近一次写入的名单。"))
    _ask(run, (State.APPLIED,), Task.UNDO, by=by, at=at)
    _record(run, "list_undo_asked", by=by, at=at, reason=reason)


def is_latest(run: ImportRun) -> bool:
    """Tell whether the run is the one that `undo` may take back."""
    newest = (
        ImportRun.objects.filter(applied_at__isnull=False).order_by("-applied_at", "-pk").first()
    )
    return newest is not None and newest.pk == run.pk and newest.state == State.APPLIED


@transaction.atomic
def cancel_import(run: ImportRun, *, by: Actor, at: datetime) -> None:
    """Give a list up before it is written, and drop what was read of it.

    Raises:
        ImportRefused: it is at work, written or given up already.
    """
    waiting = (State.COLUMNS, State.CHECKED)
    if not ImportRun.objects.filter(pk=run.pk, state__in=waiting).update(state=State.CANCELLED):
        raise ImportRefused(_("这份名单现在不能放弃。"))
    _record(run, "list_cancelled", by=by, at=at)
    forget(run)


def needs_worker(run: ImportRun, *, is_alive: IsAlive, at: datetime) -> bool:
    """Tell whether a run waits for a worker that never came, or whose worker is gone.

    Asking marks a queued run as seen to, so that of many pages that look one starts it.
    """
    if run.lease_until is not None and run.lease_until > at:
        return run.state == State.WORKING and not is_alive(run.worker)
    if run.state == State.WORKING:
        return True
    waiting = ImportRun.objects.filter(pk=run.pk, state=State.QUEUED, lease_until=run.lease_until)
    return bool(waiting.update(lease_until=at + START_TIME))


def _ask(
    run: ImportRun, states: Sequence[State], task: Task, *, by: Actor, at: datetime, **values: Any
) -> None:
    """Put a run into the queue, which holds one."""
    held = ImportRun.objects.filter(pk=run.pk, state__in=states)
    refusal: ImportRefused | None = None
    with suppress(IntegrityError), transaction.atomic():
        if held.update(
            state=State.QUEUED,
            slot=1,
            task=task,
            attempts=0,
            lease_until=at + START_TIME,
            asked_by=by.get_username(),
            message="",
            **values,
        ):
            return
        refusal = ImportRefused(_("这份名单的状态刚刚变了，请刷新再看。"))
    raise refusal or ImportRefused(_busy())


def _busy() -> str:
    return _("另一份名单正在处理，请等它完成。")


def _record(
    run: ImportRun,
    what: str,
    *,
    by: Actor,
    at: datetime,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    record(
        event=f"institutions.{what}",
        by=by,
        at=at,
        object_type="institutions.importrun",
        object_key=str(run.pk),
        region_code=run.region_id,
        after=after,
        reason=reason,
    )
