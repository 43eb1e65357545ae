import pytest

from tests.institutions import lists


@pytest.fixture
def officer(db, settings, tmp_path):
    """Somebody who may import anything, in a small country, with a folder for files."""
    settings.MEDIA_ROOT = tmp_path
    lists.make_places()
    return lists.make_officer()
