"""Look whether the published policies still are what the operations promise."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from yibao.policies.checks import problems
from yibao.policies.keys import SettledKey
from yibao.policies.models import KeyPeriod, Provision, RevisionStatus
from yibao.policies.rows import draft_of, rows_of, settled_by
from yibao.rules.period import Period


def problems_of_published() -> list[str]:
    """Return everything that is wrong with the published rows; empty when nothing is."""
    rows = rows_of(Q(revision__status=RevisionStatus.PUBLISHED, withdrawn_by=None))
    found = [
        f"{_name(row)}: {reason}"
        for row in rows
        for reason in problems(draft_of(row), row.revision.insurance)
    ]
    return [*found, *_overlaps(rows), *_register(rows)]


def _overlaps(rows: Iterable[Provision]) -> Iterator[str]:
    settled: dict[str, list[tuple[SettledKey, Period, Provision]]] = defaultdict(list)
    for row in rows:
        period = Period(row.effective_from, row.effective_to)
        for key in settled_by(row, row.revision):
            for other_key, other_period, other in settled[key.path]:
                if key.overlaps(other_key) and period.overlaps(other_period):
                    yield _("%(row)s 与 %(other)s 有效期重叠：%(path)s") % {
                        "row": _name(row),
                        "other": _name(other),
                        "path": key.path,
                    }
            settled[key.path].append((key, period, row))


def _register(rows: Iterable[Provision]) -> Iterator[str]:
    """Compare the register of settled keys with what the rows settle."""
    expected = {
        (row.terms_type.table, row.pk, key, row.effective_from, row.effective_to)
        for row in rows
        for key in settled_by(row, row.revision)
    }
    held = {
        (
            entry.table,
            entry.provision_id,
            SettledKey(entry.path, entry.low, entry.high),
            entry.effective_from,
            entry.effective_to,
        )
        for entry in KeyPeriod.objects.all()
    }
    for table, pk, key, _start, _end in sorted(expected ^ held, key=lambda item: item[:3]):
        yield _("%(table)s-%(pk)d 与有效期登记不一致：%(path)s") % {
            "table": table,
            "pk": pk,
            "path": key.path,
        }


def _name(row: Provision) -> str:
    return f"{row.terms_type.table}-{row.pk}"
