"""What the site would read if a draft were published."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

from yibao.core import stamps
from yibao.core.stamps import Apart
from yibao.policies.desk.outcome import rows_under
from yibao.policies.models import Revision
from yibao.policies.operations import STAMP
from yibao.policies.store import STORE, store_of

_KEPT_DRAFTS = 4
_kept: OrderedDict[Hashable, Apart] = OrderedDict()
_lock = Lock()


def scope_of(revision: Revision | None) -> Apart:
    """Return the data for a preview of a draft; without one, of what is published.

    Worked out once per edit of the draft and state of what is published, for all its rows
    go through what publishing would do.

    Raises:
        PolicyRefused: the draft could not be published as it stands.
    """
    if revision is None:
        return Apart(frozenset())
    data = tuple(stamps.current(name) for name in (STAMP, "sources", "regions"))
    key = (revision.pk, revision.version, revision.status, data)
    with _lock:
        found = _kept.get(key)
    if found is None:
        found = Apart(frozenset({STAMP}), {STORE: store_of(rows_under(revision))})
        with _lock:
            _kept[key] = found
            while len(_kept) > _KEPT_DRAFTS:
                _kept.popitem(last=False)
    return found
