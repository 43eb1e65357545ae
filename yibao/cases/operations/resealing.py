"""After a new key: seal everything anew with it, row by row, and tell which keys are in use.

It can be stopped and begun again: a row that the newest key sealed already is passed by.
Keyed hashes of a person's number follow it, as long as the number itself is still kept with
a case: whose data were erased is found under the old key only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.db import models, transaction

from yibao.accounts.models import Authenticator
from yibao.cases.models import Draft, Message, Person
from yibao.cases.operations.drafts import place_of as draft_place
from yibao.cases.operations.messages import place_of as message_place
from yibao.cases.personal import lookup_hashes
from yibao.cases.uploads.operations import reseal_uploads
from yibao.core import sealed_columns
from yibao.core.keys import current_key
from yibao.core.sealed_columns import Sealed, register
from yibao.core.sealing import seal, unseal

__all__ = [
    "Hashed",
    "Sealed",
    "columns",
    "hashed_columns",
    "keys_in_use",
    "register",
    "register_hash",
    "reseal",
]

_BATCH = 200


_OWN = (
    Sealed(Draft, "sealed", draft_place),
    Sealed(Message, "sealed_to", lambda row: message_place(row.uid)),
    Sealed(
        Authenticator, "sealed_secret", lambda row: f"accounts.authenticator.secret:{row.user_id}"
    ),
)


@dataclass(frozen=True, slots=True)
class Hashed:
    """A column of another app that holds `personal.lookup_hash` of somebody's number.

    `same` names the columns that, with the hash, make a row the only one of its kind.
    """

    model: type[models.Model]
    column: str
    same: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.model._meta.label_lower}.{self.column}"


_HASHES: list[Hashed] = []


def register_hash(hashed: Hashed) -> None:
    """Let an app's keyed hashes follow a new key too; called once, when the app is ready."""
    _HASHES.append(hashed)


def hashed_columns() -> tuple[Hashed, ...]:
    """Return all keyed hashes that were registered."""
    return tuple(_HASHES)


def columns() -> tuple[Sealed, ...]:
    """Return all sealed columns but the person's, whose look-up hash changes with it."""
    return (*_OWN, *sealed_columns.columns())


def reseal() -> Iterator[tuple[str, int]]:
    """Seal everything anew; yield how many rows of each table were changed.

    Raises:
        core.sealing.SealBroken: a row opens with none of the site's keys; it names the row,
            and those before it are done.
    """
    yield "cases.person", _each(Person, "sealed", _reseal_person)
    for hashed in _HASHES:
        yield hashed.label, _rehash(hashed)
    for column in columns():
        yield column.label, _each(column.model, column.column, _resealer(column))
    yield "cases.upload", reseal_uploads()


def keys_in_use() -> dict[str, int]:
    """Return how many texts each key has sealed, by the key's id."""
    found: dict[str, int] = {}
    sealed: list[tuple[type[models.Model], str]] = [
        (Person, "sealed"),
        *((one.model, one.column) for one in columns()),
    ]
    for model, name in sealed:
        rows = model._default_manager.exclude(**{name: ""}).values_list(name, flat=True)
        for text in rows.iterator(chunk_size=_BATCH):
            key_id = str(text).partition(":")[0]
            found[key_id] = found.get(key_id, 0) + 1
    return found


def _each(model: type[models.Model], name: str, reseal_row: Callable[[Any], None]) -> int:
    newest = f"{current_key('sealing').id}:"
    old = model._default_manager.exclude(**{name: ""}).exclude(**{f"{name}__startswith": newest})
    count = 0
    for pk in list(old.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = old.select_for_update(of=("self",)).filter(pk=pk).first()
            if row is not None:
                reseal_row(row)
                count += 1
    return count


def _rehash(hashed: Hashed) -> int:
    """Bring the hashes of everybody whose number is kept under the newest key.

    Where a row stands under either key (processes with the old and the new list of keys at
    once), both stay as they are, and are found while the old key is among the site's.
    """
    rows = hashed.model._default_manager
    count = 0
    people = Person.objects.exclude(sealed="").order_by("pk").iterator(chunk_size=_BATCH)
    for batch in batched(people, _BATCH):
        newest = {
            old: new
            for person in batch
            for new, *olds in (lookup_hashes(person.read().id_number),)
            for old in olds
        }
        stale = rows.filter(**{f"{hashed.column}__in": list(newest)})
        for pk in list(stale.order_by("pk").values_list("pk", flat=True)):
            with transaction.atomic():
                row = stale.select_for_update().filter(pk=pk).first()
                if row is None:
                    continue
                wanted = newest[getattr(row, hashed.column)]
                kind = {name: getattr(row, name) for name in hashed.same}
                if not rows.filter(**{hashed.column: wanted}, **kind).exists():
                    rows.filter(pk=pk).update(**{hashed.column: wanted})
                    count += 1
    return count


def _reseal_person(row: Person) -> None:
    row.write(row.read())
    row.save(update_fields=["sealed", "id_lookup"])


def _resealer(column: Sealed) -> Callable[[Any], None]:
    def reseal_row(row: Any) -> None:
        place = column.place_of(row)
        setattr(row, column.column, seal(unseal(getattr(row, column.column), place), place))
        row.save(update_fields=[column.column])

    return reseal_row
