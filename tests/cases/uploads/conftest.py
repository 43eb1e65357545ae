"""A store of its own for every test."""

from pathlib import Path

import pytest

from tests.cases.uploads.files import photo
from yibao.cases.uploads.content import ContentType
from yibao.cases.uploads.inspection import clean
from yibao.cases.uploads.receiving import Received


@pytest.fixture(autouse=True)
def uploads_folder(settings, tmp_path) -> Path:
    """Return the folder of the store, which does not exist yet."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "uploads"


@pytest.fixture
def received() -> Received:
    """A photograph that was inspected (in this process: it is our own)."""
    found = clean(photo())
    return Received(found.content_type, found.content, found.preview, found.pages)


def another(number: int) -> Received:
    """Something that the store takes and that differs from all others."""
    return Received(ContentType.PDF, b"%PDF-1.7 content " + str(number).encode(), b"", 1)
