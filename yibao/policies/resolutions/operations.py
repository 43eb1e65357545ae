"""Resolve a conflict: open the draft that settles it, with reason and source."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from yibao.audit.operations import record
from yibao.policies.models import MODEL_OF, Ending, Provision, Resolution, Revision, RevisionStatus
from yibao.policies.operations import create_revision
from yibao.policies.resolutions.disputes import Dispute
from yibao.policies.rows import count_rows, rows_of
from yibao.policies.schema import fields_of
from yibao.policies.succession import PolicyRefused
from yibao.rules.terms import Standing

if TYPE_CHECKING:
    from yibao.accounts.models import User


@transaction.atomic
def resolve_dispute(
    *,
    dispute: Dispute,
    chosen: str,
    clause_id: int,
    reason: str,
    by: User,
    at: datetime,
    announced_on: date | None = None,
) -> Revision:
    """Open a draft in which one reading stands and the region's other ones are taken back.

    `chosen` is the row that stands, "" for none. A disputed row that stands comes back with
    the clause given and the standing of its document. The draft goes the way of every other:
    somebody else publishes it, and only then does the dispute leave the board.

    Raises:
        NotYourRegion: as `create_revision`.
        PolicyRefused: there is no reason; a draft resolves it already; the readings belong
            to different branches; the row is none of the readings.
    """
    if not reason.strip():
        raise PolicyRefused(_("请写明理由，会公开给读者看。"))
    if dispute.pending is not None:
        raise PolicyRefused(
            _("%(name)s 的草稿“%(title)s”正在处理它。")
            % {"name": dispute.pending.author, "title": dispute.pending.title}
        )
    if chosen and chosen not in {reading.row_id for reading in dispute.readings}:
        raise PolicyRefused(_("请在列出的说法里选。"))
    clause = apps.get_model("sources", "Clause")._default_manager.select_related("document")
    source = clause.get(pk=clause_id)
    rows = _own_rows(dispute)
    (insurance,) = {row.revision.insurance for row in rows}
    revision = create_revision(
        region_code=dispute.region.code,
        insurance=insurance,
        title=_("处理争议：%(title)s") % {"title": dispute.title},
        basis=f"{source.document} {source.article}：{reason.strip()}",
        announced_on=announced_on,
        starts_on=min(row.effective_from for row in rows),
        by=by,
        at=at,
    )
    for row in rows:
        _treat(row, revision, is_chosen=_id(row) == chosen, source=source)
    if not (revision.endings.exists() or count_rows(revision)):
        raise PolicyRefused(_("这样选，本地的规定一条也不用改；要改的是上级的规定。"))
    words = {reading.row_id: reading.text for reading in dispute.readings}
    Resolution.objects.create(
        key=dispute.key,
        title=dispute.title,
        chosen=words.get(chosen, "")[:500],
        reason=reason.strip()[:300],
        clause=source,
        revision=revision,
    )
    record(
        event="policies.conflict_resolved",
        by=by,
        at=at,
        object_type="policies.revision",
        object_key=str(revision.pk),
        region_code=revision.region_id,
        after={"key": dispute.key, "chosen": chosen, "clause": clause_id},
        reason=reason.strip()[:300],
    )
    return revision


def _own_rows(dispute: Dispute) -> list[Provision]:
    """Return the region's own published rows among the readings, all of one branch."""
    rows: list[Provision] = []
    for reading in dispute.readings:
        if reading.is_own:
            table, _dash, pk = reading.row_id.rpartition("-")
            published = Q(revision__status=RevisionStatus.PUBLISHED, withdrawn_by=None)
            rows += rows_of(published & Q(pk=int(pk)), [MODEL_OF[table]])
    if not rows:
        raise PolicyRefused(_("这处争议刚才已经有人处理了。"))
    if len({row.revision.insurance for row in rows}) > 1:
        raise PolicyRefused(
            _("几种说法分属不同险种的修订，不能一次处理：请分别另建修订，终止不采用的各行。")
        )
    return rows


def _treat(row: Provision, revision: Revision, *, is_chosen: bool, source: Any) -> None:
    """Keep a chosen row that is not disputed; take all others back, and bring a disputed one
    that was chosen in again with its source."""
    if is_chosen and row.standing != Standing.DISPUTED:
        return
    table = row.terms_type.table
    Ending.objects.create(revision=revision, table=table, provision_id=row.pk, ends_on=None)
    if not is_chosen:
        return
    columns = {field.name: getattr(row, field.name) for field in fields_of(table)}
    MODEL_OF[table](
        revision=revision,
        clause=source,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        effective_basis=row.effective_basis,
        standing=source.document.reading,
        kind=row.kind,
        note=row.note,
        **columns,
    ).save(force_insert=True)


def _id(row: Provision) -> str:
    return f"{row.terms_type.table}-{row.pk}"
