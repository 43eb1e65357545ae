from collections.abc import Callable

import pytest
from django.test import Client

from tests.estimates.held import hold_policies
from tests.estimates.pages import Page

Ask = Callable[..., Page]


@pytest.fixture
def shipped(db: None) -> None:
    """The shipped regions and policies in memory, and a city whose text reads two ways."""
    hold_policies()


@pytest.fixture
def ask(shipped: None, client: Client) -> Ask:
    """`ask("/estimate/", total="2000")`: the page that answers, read as HTML."""

    def get(path: str, headers: dict[str, str] | None = None, **answers: str) -> Page:
        query = {name.removesuffix("_"): value for name, value in answers.items()}
        return Page(client.get(path, query, headers=headers or {}))

    return get
