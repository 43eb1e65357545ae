from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.test import Client

from tests.data.shipped import shipped_provisions
from tests.estimates.pages import Page
from tests.factories.regions import shipped_memory
from yibao.policies.store import STORE, Store, Stored
from yibao.regions.queries import MEMORY

Ask = Callable[..., Page]


@pytest.fixture
def shipped(db: None) -> Iterator[None]:
    """The shipped regions and policies as the queries read them, without their rows."""
    MEMORY.hold(shipped_memory())
    rows = [row for rows in shipped_provisions().values() for row in rows]
    STORE.hold(Store(Stored(row, date.max, 0, None) for row in rows))
    yield
    MEMORY.forget()
    STORE.forget()


@pytest.fixture
def ask(shipped: None, client: Client) -> Ask:
    """`ask("/estimate/", total="2000")`: the page that answers, read as HTML."""

    def get(path: str, headers: dict[str, str] | None = None, **answers: str) -> Page:
        query = {name.removesuffix("_"): value for name, value in answers.items()}
        return Page(client.get(path, query, headers=headers or {}))

    return get
