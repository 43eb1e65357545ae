"""After a new key: seal everything anew with it, row by row, and tell which keys are in use.

It can be stopped and begun again: a row that the newest key sealed already is passed by.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import models, transaction

from yibao.accounts.models import Authenticator
from yibao.cases.models import Draft, Message, Person
from yibao.cases.operations.drafts import place_of as draft_place
from yibao.cases.operations.messages import place_of as message_place
from yibao.cases.uploads.operations import reseal_uploads
from yibao.core import sealed_columns
from yibao.core.keys import current_key
from yibao.core.sealed_columns import Sealed, register
from yibao.core.sealing import seal, unseal

__all__ = ["Sealed", "columns", "keys_in_use", "register", "reseal"]

_BATCH = 200


_OWN = (
    Sealed(Draft, "sealed", draft_place),
    Sealed(Message, "sealed_to", lambda row: message_place(row.uid)),
    Sealed(
        Authenticator, "sealed_secret", lambda row: f"accounts.authenticator.secret:{row.user_id}"
    ),
)


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


def _reseal_person(row: Person) -> None:
    row.write(row.read())
    row.save(update_fields=["sealed", "id_lookup"])


def _resealer(column: Sealed) -> Callable[[Any], None]:
    def reseal_row(row: Any) -> None:
        place = column.place_of(row)
        setattr(row, column.column, seal(unseal(getattr(row, column.column), place), place))
        row.save(update_fields=[column.column])

    return reseal_row
