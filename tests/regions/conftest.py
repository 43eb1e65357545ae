import pytest

from tests.factories.regions import shipped_memory
from yibao.regions import queries


@pytest.fixture
def shipped(db: None) -> None:
    """The shipped regions as the queries read them, without their rows."""
    queries.MEMORY.hold(shipped_memory())
