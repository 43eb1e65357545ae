"""The shipped files, loaded once for this module: whole, unchanged by a round trip."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from tests.factories.policies import AT
from yibao.policies.export import write
from yibao.policies.files import DATA, paths
from yibao.policies.loader import LoadReport, load_policies
from yibao.policies.models import Revision
from yibao.policies.queries import list_published
from yibao.policies.store import STORE
from yibao.policies.verify import problems_of_published


@pytest.fixture(scope="module")
def shipped(django_db_setup: None, django_db_blocker: Any) -> Iterator[LoadReport]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_regions", verbosity=0)
        call_command("load_sources", verbosity=0)
        yield load_policies(at=AT)
        transaction.set_rollback(True)


def test_every_row_is_published(shipped: LoadReport) -> None:
    assert shipped.files == len(paths())
    assert shipped.added == shipped.rows == len(list_published())
    assert set(Revision.objects.values_list("status", flat=True)) == {"published"}


def test_nothing_contradicts_itself(shipped: LoadReport) -> None:
    assert problems_of_published() == []


def test_a_second_load_finds_nothing_to_do(shipped: LoadReport) -> None:
    assert load_policies(at=AT).unchanged
    assert load_policies(at=AT, force=True).revisions == 0


def test_export_equals_the_files_byte_for_byte(shipped: LoadReport, tmp_path: Path) -> None:
    report = write(tmp_path)

    assert report.files == report.written == len(paths())
    for path in paths():
        name = path.relative_to(DATA)
        assert (tmp_path / name).read_bytes() == path.read_bytes(), name


def test_memory_is_built_with_one_query_per_table(
    shipped: LoadReport, django_assert_max_num_queries: Any
) -> None:
    list_published()
    STORE.forget()

    with django_assert_max_num_queries(17 + 6):  # the stamps, apart from a request
        list_published()
