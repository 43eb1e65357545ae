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


KEPT_PAGE_FLOORS = 1.25
REGION = "/regions/370600/"


def test_public_pages(floors):
    figures = floors(
        {
            "home": Request("/"),
            "region list": Request("/regions/"),
            "region": Request(REGION, is_fresh=True),
            "check": Request("/check/", is_fresh=True),
        }
    )

    assert {name for name, found in figures.items() if found.middle > FULL_PAGE_FLOORS} == set()


def test_a_region_page_that_is_kept(server, floors):
    _status, headers, _body = server.get(Request(REGION))
    unchanged = {"If-None-Match": headers["ETag"]}

    figures = floors({"region": Request(REGION), "unchanged": Request(REGION, unchanged)})

    assert {name for name, found in figures.items() if found.middle > KEPT_PAGE_FLOORS} == set()


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
