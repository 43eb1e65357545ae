"""What a replay found, in words, for the pages of the desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from yibao.core.templatetags.figures import yuan
from yibao.policies.gates import is_current, latest_run
from yibao.policies.golden.answers import PARTS, said
from yibao.policies.golden.checking import LABELS
from yibao.policies.labels import label
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
from yibao.policies.replay.sources import label_of
from yibao.regions import queries as regions
from yibao.rules.terms import CareType, InsuranceType

SHOWN = 10
"""Changed cases of a group on the page, the largest; the group counts them all."""

_ORDER = (Surprise.DEVIATES, Surprise.LOST, Surprise.DECIDED, Surprise.ELSEWHERE, Surprise.INDIRECT)


@dataclass(frozen=True, slots=True)
class LineView:
    """One line that differs, of the sheet or of the answer. For a known case `before` is what
    must come out."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    change: ReplayChange
    before: str
    after: str
    delta: str
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """Like changes; `amount` says how far they go, from the least to the most."""

    group: ReplayGroup
    source: str
    what: str
    why: str
    amount: str
    changes: tuple[ChangeView, ...]

    @property
    def is_answer(self) -> bool:
        """Whether the cases are questions to the checker, not bills."""
        return bool(self.group.about == About.ANSWER)

    @property
    def needs_note(self) -> bool:
        return bool(self.group.surprise) and not self.group.note


@dataclass(frozen=True, slots=True)
class Report:
    """The latest replay of a revision. `is_current`: it speaks of the draft as it stands."""

    run: ReplayRun
    is_current: bool
    counts: tuple[tuple[str, int], ...]
    surprising: tuple[GroupView, ...]
    expected: tuple[GroupView, ...]

    @property
    def is_done(self) -> bool:
        return self.run.state == ReplayState.DONE

    @property
    def is_under_way(self) -> bool:
        return self.run.state in (ReplayState.QUEUED, ReplayState.WORKING)

    @property
    def unexplained(self) -> int:
        return sum(view.needs_note for view in self.surprising)

    @property
    def golden(self) -> tuple[int, int]:
        """How many known cases come out as they must, of how many."""
        number = self.run.counts.get("golden", 0)
        return number - self.run.counts.get("deviates", 0), number


def report_of(revision: Revision, *, with_changes: bool = True) -> Report | None:
    """Return what the latest replay found, None where nobody has asked for one.

    A revision that is no longer open keeps the replay with which it was reviewed.
    """
    run = latest_run(revision)
    if run is None:
        return None
    groups = run.groups.select_related("noted_by")
    if with_changes:
        groups = groups.prefetch_related(Prefetch("changes", ReplayChange.objects.all()))
    views = [_group(group, with_changes=with_changes) for group in groups]
    surprising = [view for view in views if view.group.surprise]
    surprising.sort(key=lambda view: _ORDER.index(Surprise(view.group.surprise)))
    return Report(
        run=run,
        is_current=not revision.is_open or is_current(run, revision),
        counts=tuple(_counts(run)),
        surprising=tuple(surprising),
        expected=tuple(view for view in views if not view.group.surprise),
    )


def _counts(run: ReplayRun) -> Iterable[tuple[str, int]]:
    for name, words in (
        ("cases", _("重算的情形")),
        ("unchanged", _("结果不变")),
        ("changed", _("结果改变")),
        ("lost", _("没有结果了")),
        ("gained", _("有了结果")),
        ("unknown", _("前后都没有结果")),
    ):
        yield words, run.counts.get(name, 0)


def _group(group: ReplayGroup, *, with_changes: bool) -> GroupView:
    parts = (
        _region(group.region_code),
        label(InsuranceType(group.insurance)),
        label(CareType(group.care_type)),
    )
    is_golden = group.kind == ChangeKind.DEVIATES
    is_money = group.about == About.BILL and group.kind == ChangeKind.CHANGED
    changes = list(group.changes.all())[:SHOWN] if with_changes else []
    return GroupView(
        group=group,
        source=label_of(group.source),
        what="·".join(parts),
        why=str(Surprise(group.surprise).label) if group.surprise else "",
        amount=_span(group) if is_money else "",
        changes=tuple(
            _answer(change) if group.about == About.ANSWER else _change(change, is_golden=is_golden)
            for change in changes
        ),
    )


def _region(code: str) -> str:
    try:
        return regions.get_region(code).name
    except (regions.UnknownRegion, regions.RetiredRegion):
        return code


def _span(group: ReplayGroup) -> str:
    if group.least_fen == group.most_fen:
        return signed(group.least_fen)
    return _("%(least)s 到 %(most)s") % {
        "least": signed(group.least_fen),
        "most": signed(group.most_fen),
    }


def _change(change: ReplayChange, *, is_golden: bool) -> ChangeView:
    is_known = change.before_fen is not None and change.after_fen is not None
    return ChangeView(
        change=change,
        before="" if is_golden else _paid(change.before_fen, change.before_high_fen),
        after="" if is_golden else _paid(change.after_fen, change.after_high_fen),
        delta=signed(change.delta_fen) if is_known else "",
        lines=tuple(
            LineView(str(LABELS[name]), _amount(before), _amount(after))
            for name, (before, after) in change.lines.items()
            if name in LABELS
        ),
    )


def _answer(change: ReplayChange) -> ChangeView:
    """A question: all that differs stands in the lines."""
    lines = tuple(
        LineView(str(PARTS[name]), said(name, before), said(name, after))
        for name, (before, after) in change.lines.items()
        if name in PARTS
    )
    return ChangeView(change=change, before="", after="", delta="", lines=lines)


def _paid(low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return str(_("算不出"))
    return _amount(low) if low == high else f"{yuan(low)}–{_amount(high)}"


def _amount(fen: int | None) -> str:
    if fen is None:
        return str(_("没有这一项"))
    return _("%(amount)s 元") % {"amount": yuan(fen)}


def signed(fen: int) -> str:
    """Return an amount with its sign, in yuan.

    >>> signed(-1240), signed(0)
    ('−12.40 元', '0.00 元')
    """
    sign = "＋" if fen > 0 else "−" if fen < 0 else ""
    return sign + _amount(abs(fen))
