"""Publish at its moment what was approved for it, whoever asks first: no timer is needed.

A timer (`manage.py publish_due`) only spares the first reader the work and publishes where
nobody reads.
"""

import logging
from datetime import datetime

from django.core.cache import cache
from django.db import DatabaseError
from django.db.models import Min

from yibao.core.stamps import Stamped
from yibao.policies.models import Revision, RevisionStatus
from yibao.policies.operations import SCHEDULE_STAMP, STAMP, publish_due

_FAILED = "policies:due-failed"
_WAIT_SECONDS = 60

_log = logging.getLogger(__name__)


def _next_moment() -> datetime | None:
    waiting = Revision.objects.filter(status=RevisionStatus.IN_REVIEW)
    found: datetime | None = waiting.aggregate(at=Min("scheduled_for"))["at"]
    return found


NEXT = Stamped((STAMP, SCHEDULE_STAMP), _next_moment)
"""The moment of the next scheduled publication, None where there is none."""


def publish_if_due(*, at: datetime) -> None:
    """Publish before anything is read what was to be published by now.

    Costs nothing but a comparison while nothing is due. Where the database refuses
    (read-only, busy), readers get what is published and the next try comes a minute later.
    """
    moment = NEXT.get()
    if moment is None or at < moment or cache.get(_FAILED):
        return
    try:
        publish_due(at=at)
    except DatabaseError:
        cache.set(_FAILED, True, _WAIT_SECONDS)
        _log.exception("scheduled revisions could not be published")
