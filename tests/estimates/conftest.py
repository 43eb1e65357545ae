from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from tests.estimates.held import held_policies
from tests.estimates.pages import Page

Ask = Callable[..., Page]


@pytest.fixture
def shipped(db: None) -> Iterator[None]:
    """The shipped regions and policies as the queries read them, without their rows."""
    with held_policies():
        yield


@pytest.fixture
def ask(shipped: None, client: Client) -> Ask:
    """`ask("/estimate/", total="2000")`: the page that answers, read as HTML."""

    def get(path: str, headers: dict[str, str] | None = None, **answers: str) -> Page:
        query = {name.removesuffix("_"): value for name, value in answers.items()}
        return Page(client.get(path, query, headers=headers or {}))

    return get
