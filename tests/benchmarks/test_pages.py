"""Goals of the public pages: CPU as a multiple of an empty view's, and bytes of a first visit."""

import re
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders

from tests.benchmarks.conftest import Request

pytestmark = pytest.mark.bench

FIRST_VISIT_BYTES = 25 * 1024
FULL_PAGE_FLOORS = 4


def test_public_pages(floors):
    figures = floors({"home": Request("/"), "region list": Request("/regions/")})

    assert {name for name, found in figures.items() if found.middle > FULL_PAGE_FLOORS} == set()


@pytest.mark.django_db
def test_first_visit_weighs_little(client):
    page = client.get("/").content.decode()
    names = re.findall(r'(?:src|href)="/static/([^"?]+\.(?:css|js|woff2))"', page)

    weights = {
        name: len(brotli.compress(Path(str(finders.find(name))).read_bytes())) for name in names
    }

    print(f"\nfirst visit: {sum(weights.values())} bytes, brotli: {weights}", end="")
    assert names
    assert sum(weights.values()) <= FIRST_VISIT_BYTES
