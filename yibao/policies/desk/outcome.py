"""What publishing a draft would do, found by doing it and taking it back."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from yibao.policies.models import MODEL_OF, Provision, Revision, RevisionStatus
from yibao.policies.rows import rows_in, rows_of
from yibao.policies.succession import PolicyRefused, Succession


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows that come in, published rows that stop holding, and why it would be refused.

    `stopped` rows have the end that the revision gives them (`effective_to`), or
    `withdrawn_by` where it takes them back.
    """

    added: tuple[Provision, ...]
    stopped: tuple[Provision, ...]
    refused: tuple[str, ...]


def outcome_of(revision: Revision) -> Outcome:
    """Return what publishing the revision would do; what it did, once it is published."""
    rows = tuple(rows_in(revision))
    if not revision.is_open:
        return Outcome(rows, _stopped_by(revision), ())
    with transaction.atomic():
        refused = _carry_out(revision, rows)
        stopped = _named(revision) if refused else _stopped_by(revision)
        transaction.set_rollback(True)
    return Outcome(rows, stopped, refused)


def rows_under(revision: Revision) -> list[Provision]:
    """Return every row of the site as if the draft were published, for a preview.

    Raises:
        PolicyRefused: it could not be published.
    """
    published = Q(revision__status=RevisionStatus.PUBLISHED) | Q(revision=revision)
    with transaction.atomic():
        refused = _carry_out(revision, tuple(rows_in(revision)))
        found = [] if refused else rows_of(published & Q(withdrawn_by=None))
        transaction.set_rollback(True)
    if refused:
        raise PolicyRefused(*refused)
    return found


def _carry_out(revision: Revision, rows: tuple[Provision, ...]) -> tuple[str, ...]:
    """Do in the open transaction what publishing does to other rows; return what is refused."""
    try:
        with transaction.atomic():
            Succession(revision).carry_out(rows)
    except PolicyRefused as refusal:
        return refusal.problems
    except IntegrityError:
        return (_("有两行规定同时适用于同一情形。"),)
    return ()


def _stopped_by(revision: Revision) -> tuple[Provision, ...]:
    return tuple(rows_of(Q(ended_by=revision) | Q(withdrawn_by=revision)))


def _named(revision: Revision) -> tuple[Provision, ...]:
    """Return the rows that the revision's own endings name."""
    found: list[Provision] = []
    for ending in revision.endings.all():
        if ending.table in MODEL_OF:
            found += rows_of(Q(pk=ending.provision_id), [MODEL_OF[ending.table]])
    return tuple(found)
