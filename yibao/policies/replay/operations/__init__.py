"""Ask for a replay of a draft, and explain what it found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yibao.accounts.queries import may_act_for
from yibao.audit.operations import record
from yibao.policies.desk.drafts import NotYourDraft
from yibao.policies.desk.outcome import outcome_of
from yibao.policies.gates import is_current
from yibao.policies.models import ReplayGroup, ReplayRun, ReplayState, Revision
from yibao.policies.models.replay import UNFINISHED
from yibao.policies.operations import NotOpen, NotYourRegion
from yibao.policies.replay.operations.running import reach_of
from yibao.policies.replay.sources import list_sources
from yibao.policies.succession import PolicyRefused
from yibao.regions import queries as regions

if TYPE_CHECKING:
    from yibao.accounts.models import User

NOTE_LENGTH = 300


@transaction.atomic
def ask_for_replay(*, revision: Revision, by: User, at: datetime) -> ReplayRun:
    """Put a replay of the draft as it stands into the queue.

    A replay of the same version that is still under way is returned as it is; one of an
    older version is given up.

    Raises:
        NotOpen, NotYourRegion.
        PolicyRefused: as it stands, the draft could not be published; with the reasons.
    """
    revision = Revision.objects.select_for_update().get(pk=revision.pk)
    if not revision.is_open:
        raise NotOpen(_("已经发布或撤回，不能再重算。"))
    if not may_act_for(by, *regions.chain(revision.region_id)):
        raise NotYourRegion(_("您没有这个统筹区的权限。"))
    under_way = ReplayRun.objects.filter(revision=revision, state__in=UNFINISHED).first()
    if under_way is not None and under_way.version == revision.version:
        return under_way
    ReplayRun.objects.filter(revision=revision, state__in=UNFINISHED).update(
        state=ReplayState.FAILED, worker="", lease_until=None, message=_("草稿又改了，没有算完。")
    )
    outcome = outcome_of(revision)
    if outcome.refused:
        raise PolicyRefused(*outcome.refused)
    reach = reach_of(revision, outcome, timezone.localdate(at))
    run = ReplayRun.objects.create(
        revision=revision,
        version=revision.version,
        total=sum(source.count(reach) for source in list_sources()),
        asked_by=by,
        asked_at=at,
    )
    _record("policies.replay_asked", revision, by=by, at=at, after={"version": revision.version})
    return run


@transaction.atomic
def explain(*, revision: Revision, groups: Iterable[int], note: str, by: User, at: datetime) -> int:
    """Write the author's word about kinds of change of the latest replay; return how many.

    Raises:
        NotOpen, NotYourDraft: only the author of an open draft explains it.
        PolicyRefused: no note, nothing chosen, or the draft has changed since the replay.
    """
    revision = Revision.objects.select_for_update().get(pk=revision.pk)
    if not revision.is_open:
        raise NotOpen(_("已经发布或撤回，不能再写说明。"))
    if revision.author_id != by.pk:
        raise NotYourDraft(_("这些变化由起草人说明。"))
    text, chosen = note.strip()[:NOTE_LENGTH], set(groups)
    if not text:
        raise PolicyRefused(_("请写下说明。"))
    run = ReplayRun.objects.filter(revision=revision).first()
    if run is None or run.state != ReplayState.DONE or not is_current(run, revision):
        raise PolicyRefused(_("草稿或现行规定有改动，请再重算一次再写说明。"))
    found = ReplayGroup.objects.filter(run=run, pk__in=chosen).exclude(surprise="")
    number = found.update(note=text, noted_by=by, noted_at=at)
    if not number:
        raise PolicyRefused(_("请先选要说明的变化。"))
    _record("policies.replay_explained", revision, by=by, at=at, after={"note": text})
    return number


def _record(
    event: str, revision: Revision, *, by: User, at: datetime, after: dict[str, object]
) -> None:
    record(
        event=event,
        by=by,
        at=at,
        object_type="policies.revision",
        object_key=str(revision.pk),
        region_code=revision.region_id,
        after=after,
    )
