"""Bring the tables in line with the policy files: all files or none."""

from functools import cache
from pathlib import Path

from yibao.policies.files import DATA, Known, PolicyFile, read
from yibao.regions import queries as regions
from yibao.sources import queries as sources


def check_files(folder: Path = DATA) -> tuple[PolicyFile, ...]:
    """Read and check the files against the loaded regions and sources; change nothing.

    Raises:
        PolicyFilesRefused: with every problem found.
    """
    return read(folder, _known())


def _known() -> Known:
    @cache
    def is_region(code: str) -> bool:
        try:
            return regions.get_region(code).code == code
        except regions.UnknownRegion:
            return False

    @cache
    def classes_of(code: str) -> frozenset[str]:
        if not is_region(code):
            return frozenset()
        return frozenset(row.slug for row in regions.list_classes(code))

    documents = frozenset(row.slug for row in sources.list_documents())
    return Known(documents, is_region, classes_of)
