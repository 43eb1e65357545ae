from collections.abc import Iterator

import pytest

from tests.factories.regions import shipped_memory
from yibao.regions import queries


@pytest.fixture(autouse=True)
def nothing_from_other_tests() -> Iterator[None]:
    """A rolled-back test gives its stamp back, so memory could not tell its rows are gone."""
    yield
    queries.MEMORY.forget()


@pytest.fixture
def shipped(db: None) -> None:
    """The shipped regions as the queries read them, without their rows."""
    queries.MEMORY.hold(shipped_memory())
