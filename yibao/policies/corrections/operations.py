"""Take in what readers say is wrong, and decide on it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yibao.accounts.queries import may_act_for
from yibao.audit.operations import record, record_view
from yibao.core import stamps
from yibao.policies.corrections.figures import Figure
from yibao.policies.desk.drafts import amend_row, correct_revision
from yibao.policies.models import (
    MODEL_OF,
    Correction,
    CorrectionStatus,
    Revision,
    RevisionStatus,
)
from yibao.policies.operations import NotYourRegion, create_revision
from yibao.policies.succession import PolicyRefused
from yibao.regions import queries as regions

if TYPE_CHECKING:
    from yibao.accounts.models import User

STAMP = "corrections"


class AlreadyDecided(PolicyRefused):
    """Somebody decided on it meanwhile."""


@transaction.atomic
def send_correction(
    *,
    region_code: str,
    figure: Figure | None,
    proposed: str,
    document: str,
    contact: str,
    at: datetime,
) -> Correction:
    """Put a reader's proposal into the queue of the region whose rule it is about.

    No rule changes by it. Of the reader only the contact is kept, sealed, if any was given.
    """
    table, _dash, pk = figure.row_id.rpartition("-") if figure else ("", "", "")
    correction = Correction.objects.create(
        region_id=figure.region_code if figure else region_code,
        table=table,
        provision_id=int(pk) if pk else None,
        shown=figure.words if figure else "",
        proposed=proposed.strip(),
        document=document.strip(),
        sent_at=at,
    )
    if contact.strip():
        correction.sealed_contact = Correction.sealed(correction.pk, contact.strip())
        correction.save(update_fields=["sealed_contact"])
    stamps.bump(STAMP)
    return correction


@transaction.atomic
def accept_correction(
    *,
    correction: Correction,
    reply: str,
    by: User,
    at: datetime,
    revision: Revision | None = None,
) -> Revision:
    """Take a proposal up in a draft: the given one, or a new one that corrects the row.

    Raises:
        AlreadyDecided, NotYourRegion; PolicyRefused: the draft is not one of this region
            that the person may write, or no draft can be opened.
    """
    correction = _taken(correction, reply, by=by)
    if revision is None:
        revision = _draft_for(correction, reply, by=by, at=at)
    elif (
        revision.region_id != correction.region_id
        or revision.status != RevisionStatus.DRAFT
        or revision.author_id != by.pk
    ):
        raise PolicyRefused(_("请选您自己起草、同一地区的草稿。"))
    correction.revision = revision
    _decide(correction, CorrectionStatus.ACCEPTED, reply, by=by, at=at)
    return revision


@transaction.atomic
def refuse_correction(*, correction: Correction, reply: str, by: User, at: datetime) -> None:
    """Leave the rule as it is, and say why.

    Raises:
        AlreadyDecided, NotYourRegion, PolicyRefused.
    """
    correction = _taken(correction, reply, by=by)
    _decide(correction, CorrectionStatus.REFUSED, reply, by=by, at=at)


@transaction.atomic
def dispute_correction(*, correction: Correction, reply: str, by: User, at: datetime) -> None:
    """Put both words on the board of conflicts: neither can be shown to be right.

    Raises:
        AlreadyDecided, NotYourRegion, PolicyRefused.
    """
    correction = _taken(correction, reply, by=by)
    _decide(correction, CorrectionStatus.DISPUTED, reply, by=by, at=at)


def read_contact(*, correction: Correction, by: User, at: datetime) -> str:
    """Return how to reach the reader; that somebody looked is on record first.

    Raises:
        NotYourRegion: the person may not act for the region.
    """
    _refuse_foreign(correction, by=by)
    record_view(
        by=by,
        at=at,
        object_type="policies.correction",
        object_key=str(correction.pk),
        fields=("contact",),
        region_code=correction.region_id,
    )
    return correction.contact


def _taken(correction: Correction, reply: str, *, by: User) -> Correction:
    """Lock an open proposal for a decision with its reason."""
    held = Correction.objects.select_for_update().get(pk=correction.pk)
    _refuse_foreign(held, by=by)
    if held.status != CorrectionStatus.OPEN:
        raise AlreadyDecided(
            _("%(name)s 刚才已经处理过：%(status)s。")
            % {"name": held.decided_by, "status": held.get_status_display()}
        )
    if not reply.strip():
        raise PolicyRefused(_("请写明理由，会公开给读者看。"))
    return held


def _refuse_foreign(correction: Correction, *, by: User) -> None:
    if not may_act_for(by, *regions.chain(correction.region_id)):
        raise NotYourRegion(_("您没有这个统筹区的权限。"))


def _draft_for(correction: Correction, reply: str, *, by: User, at: datetime) -> Revision:
    """Open a draft with the row in question copied into it, where there is one to correct."""
    row = None
    if correction.table in MODEL_OF:
        rows = MODEL_OF[correction.table]._default_manager.select_related("revision")
        row = rows.filter(
            pk=correction.provision_id,
            withdrawn_by=None,
            revision__status=RevisionStatus.PUBLISHED,
        ).first()
    if row is None:
        return create_revision(
            region_code=correction.region_id,
            insurance="",
            title=_("更正：%(proposed)s") % {"proposed": correction.proposed[:100]},
            basis=reply,
            starts_on=timezone.localdate(at),
            by=by,
            at=at,
        )
    draft = correct_revision(revision=row.revision, reason=reply, by=by, at=at)
    amend_row(
        revision=draft, table=correction.table, pk=row.pk, version=draft.version, by=by, at=at
    )
    return draft


def _decide(
    correction: Correction, status: CorrectionStatus, reply: str, *, by: User, at: datetime
) -> None:
    correction.status, correction.reply = status, reply.strip()[:300]
    correction.decided_by, correction.decided_at = by, at
    correction.sealed_contact = ""
    correction.save()
    record(
        event=f"policies.correction_{status.value}",
        by=by,
        at=at,
        object_type="policies.correction",
        object_key=str(correction.pk),
        region_code=correction.region_id,
        after={"revision": correction.revision_id} if correction.revision_id else None,
        reason=correction.reply,
    )
    stamps.bump(STAMP)
