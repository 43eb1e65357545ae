"""Do a replay that was asked for: in batches, each kept with how far the work is.

Whoever works holds a lease on the run and renews it with each batch. A killed worker loses
the batch it was in; the next one goes on from there, since sources repeat themselves.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import batched, islice
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext as _

from yibao.policies.desk.outcome import Outcome, outcome_of, rows_under
from yibao.policies.golden.asking import WrongAnswer, list_checks, wrong_answers
from yibao.policies.golden.checking import Deviation, deviations, list_cases, terms_in
from yibao.policies.models import (
    About,
    ChangeKind,
    ReplayChange,
    ReplayGroup,
    ReplayRun,
    ReplayState,
    Revision,
    Surprise,
)
from yibao.policies.models.replay import UNFINISHED
from yibao.policies.replay.answers import AnswerDifference
from yibao.policies.replay.comparing import AnyDifference, Comparison, Tally, identity_of
from yibao.policies.replay.places import query_of
from yibao.policies.replay.samples import regions_reached
from yibao.policies.replay.sources import Reach, cases_of
from yibao.policies.store import STORE, Store, provision_of, store_of
from yibao.policies.succession import PolicyRefused
from yibao.rules.terms import InsuranceType

logger = logging.getLogger(__name__)

BATCH = 2_000
LEASE = timedelta(minutes=2)
ATTEMPTS = 3
KEPT = 40
"""Changed cases of a group that are kept, the largest; all are counted."""

type Clock = Callable[[], datetime]
type IsAlive = Callable[[str], bool]


class LeaseLost(Exception):
    """Somebody else has taken the run over; what this worker did last is rolled back."""


def reach_of(revision: Revision, outcome: Outcome, today: date) -> Reach:
    """Return what the draft may touch. Its days are those on which something of it begins or
    ends, `today` where none is named."""
    rows = (*outcome.added, *outcome.stopped)
    days = {row.effective_from for row in outcome.added}
    days |= {row.effective_to for row in outcome.stopped if row.effective_to is not None}
    days |= {row.effective_from for row in outcome.stopped if row.withdrawn_by_id is not None}
    if revision.insurance:
        branches: tuple[InsuranceType, ...] = (InsuranceType(revision.insurance),)
    else:
        branches = tuple(InsuranceType)
    return Reach(
        region_code=revision.region_id,
        codes=regions_reached(revision.region_id),
        branches=branches if rows else (),
        days=tuple(sorted(days)) or (today,),
    )


def is_abandoned(run: ReplayRun, *, is_alive: IsAlive, at: datetime) -> bool:
    """Tell whether a run waits for a worker, or its worker is gone."""
    if run.state == ReplayState.QUEUED:
        return True
    held = run.lease_until is not None and run.lease_until > at and is_alive(run.worker)
    return run.state == ReplayState.WORKING and not held


def claim(
    *, worker: str, is_alive: IsAlive, at: datetime, only: int | None = None
) -> ReplayRun | None:
    """Take the oldest run that waits, or whose worker is gone; None when there is none.
    `only` looks at one run."""
    with transaction.atomic():
        waiting = ReplayRun.objects.select_for_update().filter(state__in=UNFINISHED)
        if only is not None:
            waiting = waiting.filter(pk=only)
        for run in waiting.order_by("pk"):
            if not is_abandoned(run, is_alive=is_alive, at=at):
                continue
            if run.attempts >= ATTEMPTS:
                _end(run, ReplayState.FAILED, _("多次中断，已停止。请再重算一次。"))
                continue
            run.state, run.worker, run.lease_until = ReplayState.WORKING, worker, at + LEASE
            run.attempts += 1
            run.save(update_fields=("state", "worker", "lease_until", "attempts"))
            return run
    return None


def work(
    *, worker: str, is_alive: IsAlive, clock: Clock, only: int | None = None
) -> ReplayRun | None:
    """Do the next run that waits (or `only` one), if there is one; return it."""
    run = claim(worker=worker, is_alive=is_alive, at=clock(), only=only)
    if run is None:
        return None
    try:
        _replay(run, clock)
    except LeaseLost:
        logger.warning("replay %s was taken over", run.pk)
    except PolicyRefused as refusal:
        _give_up(run, " ".join(refusal.problems)[:300])
    except Exception:
        logger.exception("replay %s failed", run.pk)
        _give_up(run, _("程序出错，已停止。请把这次修订的编号告诉管理员。"))
    run.refresh_from_db()
    return run


def _replay(run: ReplayRun, clock: Clock) -> None:
    revision = Revision.objects.get(pk=run.revision_id)
    if revision.version != run.version or not revision.is_open:
        raise PolicyRefused(_("重算期间草稿又改了，请再重算一次。"))
    under = store_of(rows_under(revision))
    outcome = outcome_of(revision)
    reach = reach_of(revision, outcome, timezone.localdate(run.asked_at))
    comparison = Comparison(
        revision.region_id,
        terms_in(STORE.get()),
        terms_in(under),
        (provision_of(row) for row in (*outcome.added, *outcome.stopped)),
    )
    rest = islice(cases_of(reach), run.position, None)
    for batch in batched(rest, BATCH):
        tally = comparison.compare(batch)
        with transaction.atomic():
            _keep(run, tally)
            run.position += len(batch)
            _renew(run, clock, position=run.position, counts=run.counts)
    with transaction.atomic():
        _keep_deviations(run, revision, under)
        _carry_notes(run)
        _renew(
            run,
            clock,
            state=ReplayState.DONE,
            total=run.position,
            finished_at=clock(),
            worker="",
            lease_until=None,
            attempts=0,
        )


def _keep(run: ReplayRun, tally: Tally) -> None:
    """Add a batch to what the run has counted, and keep its largest changes."""
    counts = Counter(run.counts)
    counts.update(
        cases=tally.cases,
        unchanged=tally.unchanged,
        unknown=tally.unknown,
        columns=tally.columns,
        alone=tally.alone,
        asked=tally.asked,
    )
    counts.update(difference.kind.value for difference in tally.differences)
    run.counts = dict(counts)
    groups: dict[object, list[AnyDifference]] = {}
    for difference in tally.differences:
        groups.setdefault(identity_of(difference), []).append(difference)
    for found in groups.values():
        _keep_group(run, found)


def _keep_group(run: ReplayRun, found: list[AnyDifference]) -> None:
    source, code, insurance, care_type, kind, surprise = identity_of(found[0])
    deltas = [difference.delta_fen for difference in found]
    group, is_new = ReplayGroup.objects.get_or_create(
        run=run,
        source=source,
        region_code=code,
        insurance=insurance.value,
        care_type=care_type.value,
        kind=kind,
        surprise=surprise,
        subject="",
        defaults={
            "about": About.ANSWER if isinstance(found[0], AnswerDifference) else About.BILL,
            "cases": len(found),
            "sum_fen": sum(deltas),
            "least_fen": min(deltas),
            "most_fen": max(deltas),
        },
    )
    if not is_new:
        ReplayGroup.objects.filter(pk=group.pk).update(
            cases=F("cases") + len(found),
            sum_fen=F("sum_fen") + sum(deltas),
            least_fen=Least(F("least_fen"), min(deltas)),
            most_fen=Greatest(F("most_fen"), max(deltas)),
        )
    largest = sorted(found, key=lambda difference: -difference.size_fen)[:KEPT]
    ReplayChange.objects.bulk_create(_change(group, difference) for difference in largest)
    kept = group.changes.order_by("-size_fen", "pk").values_list("pk", flat=True)[:KEPT]
    group.changes.exclude(pk__in=list(kept)).delete()


def _change(group: ReplayGroup, difference: AnyDifference) -> ReplayChange:
    change = ReplayChange(
        group=group,
        title=difference.case.title[:200],
        on=difference.case.facts.on,
        query=query_of(difference.case),
        delta_fen=difference.delta_fen,
        size_fen=difference.size_fen,
        lines={name: list(pair) for name, pair in difference.lines.items()},
    )
    if not isinstance(difference, AnswerDifference):
        before, after = difference.before, difference.after
        change.before_fen = before.low and before.low.fund_total
        change.before_high_fen = before.high and before.high.fund_total
        change.after_fen = after.low and after.low.fund_total
        change.after_high_fen = after.high and after.high.fund_total
    return change


def _keep_deviations(run: ReplayRun, revision: Revision, under: Store) -> None:
    """Note each known case that comes out wrong under the draft; each stands for itself."""
    run.groups.filter(kind=ChangeKind.DEVIATES).delete()
    terms_of = terms_in(under)
    cases = list_cases(revision.region_id, revision.insurance)
    checks = list_checks(revision.region_id, revision.insurance)
    wrong: tuple[Deviation | WrongAnswer, ...] = (
        *deviations(cases, terms_of),
        *wrong_answers(checks, terms_of),
    )
    run.counts = {**run.counts, "golden": len(cases) + len(checks), "deviates": len(wrong)}
    for deviation in wrong:
        _keep_deviation(run, deviation)
    _renew_counts(run)


def _keep_deviation(run: ReplayRun, deviation: Deviation | WrongAnswer) -> None:
    case = deviation.case
    is_answer = isinstance(deviation, WrongAnswer)
    group = ReplayGroup.objects.create(
        run=run,
        source="golden_checks" if is_answer else "golden",
        region_code=case.region_id,
        insurance=case.insurance,
        care_type=case.care_type,
        about=About.ANSWER if is_answer else About.BILL,
        kind=ChangeKind.DEVIATES,
        surprise=Surprise.DEVIATES,
        subject=deviation.subject,
        cases=1,
    )
    ReplayChange.objects.create(
        group=group,
        title=case.title,
        on=case.on,
        lines={
            name: [must, deviation.found.get(name)]
            for name, must in deviation.expected.items()
            if deviation.found.get(name) != must
        },
    )


def _renew_counts(run: ReplayRun) -> None:
    ReplayRun.objects.filter(pk=run.pk).update(counts=run.counts)


def _carry_notes(run: ReplayRun) -> None:
    """Keep what was said of an earlier replay of the draft where nothing about it changed."""
    said = (
        ReplayGroup.objects.filter(run__revision=run.revision_id)
        .exclude(Q(run=run) | Q(note=""))
        .order_by("pk")
    )
    notes = {_likeness(group): group for group in said}
    for group in run.groups.filter(note=""):
        earlier = notes.get(_likeness(group))
        if earlier is not None:
            ReplayGroup.objects.filter(pk=group.pk).update(
                note=earlier.note, noted_by=earlier.noted_by_id, noted_at=earlier.noted_at
            )


def _likeness(group: ReplayGroup) -> tuple[Any, ...]:
    names = (
        "source region_code insurance care_type kind surprise subject "
        "cases sum_fen least_fen most_fen"
    )
    return tuple(getattr(group, name) for name in names.split())


# --- lease and state ----------------------------------------------------------------------


def _renew(run: ReplayRun, clock: Clock, **values: object) -> None:
    """Say how far the work is and keep the lease. Raises LeaseLost."""
    values.setdefault("lease_until", clock() + LEASE)
    held = ReplayRun.objects.filter(pk=run.pk, worker=run.worker, state=ReplayState.WORKING)
    if not held.update(**values):
        raise LeaseLost(run.pk)


def _give_up(run: ReplayRun, message: str) -> None:
    with transaction.atomic():
        held = ReplayRun.objects.select_for_update().filter(pk=run.pk, worker=run.worker)
        if held.exists():
            _end(run, ReplayState.FAILED, message)


def _end(run: ReplayRun, state: ReplayState, message: str) -> None:
    ReplayRun.objects.filter(pk=run.pk).update(
        state=state, worker="", lease_until=None, message=message
    )
