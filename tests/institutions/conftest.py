from collections.abc import Iterator

import pytest

from tests.institutions import lists
from yibao.regions import queries as regions


@pytest.fixture(autouse=True)
def nothing_from_other_tests() -> Iterator[None]:
    """A rolled-back test gives its stamp back, so memory could not tell its rows are gone."""
    yield
    regions.MEMORY.forget()


@pytest.fixture
def officer(db, settings, tmp_path):
    """Somebody who may import anything, in a small country, with a folder for files."""
    settings.MEDIA_ROOT = tmp_path
    lists.make_places()
    return lists.make_officer()
