"""What publishing a revision does to the rules that are already published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yibao.policies.keys import SettledKey
from yibao.policies.models import (
    MODEL_OF,
    Ending,
    KeyPeriod,
    Provision,
    Revision,
    RevisionStatus,
)
from yibao.policies.rows import settled_by
from yibao.rules.period import Period


class PolicyRefused(Exception):
    """The operation is not possible; `problems` says why, in words for the officer."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class RevisionIncomplete(PolicyRefused):
    """The revision says nothing, or something that cannot stand."""


class RulesOverlap(PolicyRefused):
    """Two rules of one key would hold on the same day."""


@dataclass
class Succession:
    """What publishing does to the rows that are already published."""

    revision: Revision
    ended: list[str] = field(default_factory=list)
    taken_back: list[str] = field(default_factory=list)

    def carry_out(self, rows: Sequence[Provision]) -> None:
        """Do all of it for the rows that the revision brings in. Raises PolicyRefused."""
        self.apply_endings()
        self.replace(rows)
        self.settle(rows)

    def apply_endings(self) -> None:
        """End or take back the rows that the revision names."""
        for ending in self.revision.endings.all():
            row = self._named_by(ending)
            if row is None:
                raise RevisionIncomplete(
                    _("要终止的规定不存在或不在本地本险种内：%(row)s。") % {"row": ending}
                )
            if ending.ends_on is None:
                self._take_back(row)
            else:
                self._end(row, ending.ends_on)

    def _named_by(self, ending: Ending) -> Provision | None:
        if ending.table not in MODEL_OF:
            return None
        return (
            MODEL_OF[ending.table]
            ._default_manager.filter(
                pk=ending.provision_id,
                revision__status=RevisionStatus.PUBLISHED,
                revision__region=self.revision.region_id,
                revision__insurance=self.revision.insurance,
                withdrawn_by=None,
            )
            .first()
        )

    def replace(self, rows: Sequence[Provision]) -> None:
        """End or take back published rows whose key a new row settles."""
        new: dict[str, list[tuple[SettledKey, Provision]]] = defaultdict(list)
        for row in rows:
            for key in settled_by(row, self.revision):
                for other_key, other in new[key.path]:
                    if key.overlaps(other_key) and _period(row).overlaps(_period(other)):
                        raise RulesOverlap(_overlap(key, row, other))
                new[key.path].append((key, row))
        starts: dict[tuple[str, int], set[date]] = defaultdict(set)
        hashes = {key.hash for keys in new.values() for key, _row in keys}
        for held in KeyPeriod.objects.filter(key_hash__in=hashes):
            for key, row in new.get(held.path, ()):
                if key.overlaps(SettledKey(held.path, held.low, held.high)) and _period(
                    row
                ).overlaps(_period(held)):
                    starts[held.table, held.provision_id].add(row.effective_from)
        for (table, pk), days in starts.items():
            old = MODEL_OF[table]._default_manager.select_related("revision").get(pk=pk)
            self._replace_one(old, days, new)

    def _replace_one(
        self,
        old: Provision,
        days: set[date],
        new: dict[str, list[tuple[SettledKey, Provision]]],
    ) -> None:
        lost = [
            key.path
            for key in settled_by(old, old.revision)
            if not any(row.effective_from in days for _key, row in new.get(key.path, ()))
        ]
        if lost:
            raise RulesOverlap(
                _("%(old)s 还规定了本次修订没有写的内容，请一并写明：%(paths)s。")
                % {"old": old, "paths": "；".join(lost)}
            )
        if self.revision.corrects_id == old.revision_id:
            self._take_back(old)
            return
        (first, *others) = sorted(days)
        successors = [
            row for rows in new.values() for _key, row in rows if row.effective_from == first
        ]
        outlives = any(
            row.effective_to is not None
            and (old.effective_to is None or row.effective_to < old.effective_to)
            for row in successors
        )
        if others or first <= old.effective_from or outlives:
            raise RulesOverlap(
                _(
                    "%(old)s 与本次修订的同一规定有效期重叠，不能自动衔接："
                    "请调整生效日，或写明更正哪次修订，或先终止它。"
                )
                % {"old": old}
            )
        self._end(old, first)

    def settle(self, rows: Sequence[Provision]) -> None:
        """Register the keys of the new rows; the database refuses what overlaps."""
        KeyPeriod.objects.bulk_create(
            KeyPeriod(
                table=row.terms_type.table,
                provision_id=row.pk,
                path=key.path,
                key_hash=key.hash,
                low=key.low,
                high=key.high,
                effective_from=row.effective_from,
                effective_to=row.effective_to,
            )
            for row in rows
            for key in settled_by(row, self.revision)
        )

    def _end(self, row: Provision, day: date) -> None:
        if day <= row.effective_from or (row.effective_to and day >= row.effective_to):
            raise RulesOverlap(
                _("%(row)s 不能在 %(day)s 终止：应在它的有效期之内。") % {"row": row, "day": day}
            )
        type(row)._default_manager.filter(pk=row.pk).update(
            effective_to=day, ended_by=self.revision
        )
        _keys_of(row).update(effective_to=day)
        self.ended.append(_name(row))

    def _take_back(self, row: Provision) -> None:
        type(row)._default_manager.filter(pk=row.pk).update(withdrawn_by=self.revision)
        _keys_of(row).delete()
        self.taken_back.append(_name(row))


def _keys_of(row: Provision) -> QuerySet[KeyPeriod]:
    return KeyPeriod.objects.filter(table=row.terms_type.table, provision_id=row.pk)


def _name(row: Provision) -> str:
    return f"{row.terms_type.table}-{row.pk}"


def _period(row: Provision | KeyPeriod) -> Period:
    return Period(row.effective_from, row.effective_to)


def _overlap(key: SettledKey, row: Provision, other: Provision) -> str:
    return _("%(row)s 与 %(other)s 是同一规定，有效期重叠：%(path)s。") % {
        "row": row,
        "other": other,
        "path": key.path,
    }
