from collections.abc import Iterator

import pytest

from yibao.sources import queries


@pytest.fixture(autouse=True)
def nothing_from_other_tests() -> Iterator[None]:
    """A rolled-back test gives its stamp back, so memory could not tell its rows are gone."""
    yield
    queries.MEMORY.forget()
