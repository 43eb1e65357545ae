"""Goals of the estimate: CPU as a multiple of an empty view's, and the bytes of an answer."""

from urllib.parse import urlencode

import brotli
import pytest

from tests.benchmarks.conftest import Request

pytestmark = pytest.mark.bench

ANSWERS = urlencode(
    {
        "insured": "369900",
        "care": "110000",
        "insurance": "employee",
        "care_type": "inpatient",
        "level": "tertiary",
        "on": "2026-11-23",
    }
)
TOTAL, ANY_TOTAL = "&total=50000", "&total={fresh}"
"""One bill, or another bill each time: nothing worked out for one serves the next."""
FRAGMENT = {"HX-Request": "true", "HX-Target": "result", "HX-Trigger": "amounts"}
ESTIMATE = f"/estimate/?{ANSWERS}&filing=other_temporary"
COMPARISON = f"/estimate/compare/?{ANSWERS}"
GOALS = {"form": 8, "estimate": 8, "fragment": 2.1, "comparison": 8}
ANSWER_BYTES = 8 * 1024


def test_answers_worked_out_anew(floors):
    figures = floors(
        {
            "form": Request("/estimate/", is_fresh=True),
            "estimate": Request(ESTIMATE + ANY_TOTAL, is_fresh=True),
            "fragment": Request(ESTIMATE + ANY_TOTAL, FRAGMENT, is_fresh=True),
            "comparison": Request(COMPARISON + ANY_TOTAL, is_fresh=True),
        }
    )

    over = {name for name, found in figures.items() if found.middle > GOALS[name]}
    assert over == set()


def test_answers_that_are_kept(server, floors):
    kept = ESTIMATE + TOTAL
    _status, headers, _body = server.get(Request(kept))
    unchanged = {"If-None-Match": headers["ETag"]}

    figures = floors({"kept page": Request(kept), "unchanged": Request(kept, unchanged)})

    assert {name for name, found in figures.items() if found.middle > 1.25} == set()


def test_the_parts_of_an_answer_weigh_little(server):
    bodies = {
        "page": server.get(Request(ESTIMATE + TOTAL))[2],
        "fragment": server.get(Request(ESTIMATE + TOTAL, FRAGMENT))[2],
        "comparison": server.get(Request(COMPARISON + TOTAL))[2],
    }
    weights = {name: len(brotli.compress(body, quality=5)) for name, body in bodies.items()}

    print(f"\nbrotli 5: {weights}", end="")

    assert max(weights.values()) <= ANSWER_BYTES
