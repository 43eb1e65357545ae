"""Make, open and take back ways into a preview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.translation import gettext as _

from yibao.audit.operations import record
from yibao.core.stamps import Apart
from yibao.policies.models import PreviewLink, Revision
from yibao.policies.operations import NotOpen
from yibao.policies.preview.overlay import scope_of
from yibao.policies.succession import PolicyRefused

if TYPE_CHECKING:
    from yibao.accounts.models import User

_SIGNER = Signer(salt="yibao.policies.preview")


class PreviewOver(Exception):
    """There is nothing to see any more; `reasons` says why, in words for the reader."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Preview:
    """What a reader of the link is shown. `title` is empty where no draft is."""

    title: str
    region_code: str
    day: date
    scope: Apart


@transaction.atomic
def make_link(
    *,
    revision: Revision | None,
    day: date,
    lasts: timedelta,
    by: User,
    at: datetime,
    purpose: str = "",
) -> PreviewLink:
    """Make a link that shows the site under a draft, or as published, on a day.

    Raises:
        NotOpen: the revision is published or withdrawn; the site itself shows it.
    """
    if revision is not None and not revision.is_open:
        raise NotOpen(_("已经发布或撤回，不用预览。"))
    link = PreviewLink.objects.create(
        revision=revision,
        day=day,
        purpose=purpose.strip(),
        made_by=by,
        made_at=at,
        expires_at=at + lasts,
    )
    after = {"day": day, "purpose": link.purpose, "expires_at": link.expires_at.isoformat()}
    _record("preview_made", link, by=by, at=at, after={**after, "day": day.isoformat()})
    return link


@transaction.atomic
def revoke_link(*, link: PreviewLink, by: User, at: datetime) -> None:
    """Close a link at once; whoever stands in the preview is shown out with the next page."""
    if PreviewLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at):
        _record("preview_revoked", link, by=by, at=at, after={"purpose": link.purpose})


def token_of(link: PreviewLink) -> str:
    """Return what the address carries: the number, signed."""
    return _SIGNER.sign(str(link.pk))


def open_preview(token: str, *, at: datetime) -> Preview:
    """Return what a link shows now.

    Raises:
        PreviewOver: no such link, expired, revoked, or the draft is published, withdrawn
            or could not be published as it stands.
    """
    try:
        number = int(_SIGNER.unsign(token))
    except (BadSignature, ValueError) as error:
        raise PreviewOver(_("这个预览链接不完整或者不对。")) from error
    link = PreviewLink.objects.select_related("revision").filter(pk=number).first()
    if link is None or link.revoked_at is not None:
        raise PreviewOver(_("这个预览链接已经收回。"))
    if at >= link.expires_at:
        raise PreviewOver(_("这个预览链接已经到期。"))
    revision = link.revision
    if revision is not None and not revision.is_open:
        raise PreviewOver(
            _("“%(title)s”已经发布或撤回，网站上就是现在的规定。") % {"title": revision.title}
        )
    try:
        scope = scope_of(revision)
    except PolicyRefused as refusal:
        raise PreviewOver(
            _("这份草稿现在还不能发布，所以没法预览："), *refusal.problems
        ) from refusal
    return Preview(
        title=revision.title if revision else "",
        region_code=revision.region_id if revision else "",
        day=link.day,
        scope=scope,
    )


def _record(
    fact: str, link: PreviewLink, *, by: User, at: datetime, after: dict[str, object]
) -> None:
    record(
        event=f"policies.{fact}",
        by=by,
        at=at,
        object_type="policies.revision" if link.revision_id else "policies.preview",
        object_key=str(link.revision_id or link.pk),
        region_code=link.revision.region_id if link.revision else "",
        after=after,
    )
