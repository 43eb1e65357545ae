"""Filters of the panel's lists that say values in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib import admin

if TYPE_CHECKING:
    _Base = admin.FieldListFilter
else:
    _Base = object


class InWords(_Base):
    """Mixin: each value is offered as `said` has it; the first choice is all of them."""

    def said(self, value: str) -> str:
        raise NotImplementedError

    def choices(self, changelist: Any) -> Iterator[Any]:
        everything, *others = super().choices(changelist)
        yield everything
        for each in others:
            yield {**each, "display": self.said(str(each["display"]))}
