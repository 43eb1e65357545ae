"""What a list changed is kept field by field, and the audit holds a digest of it."""

from datetime import date
from hashlib import sha256

import pytest

from tests.institutions.lists import (
    CHAOYANG,
    OCTOBER,
    XIEHE,
    apply,
    bring_in,
    start,
    text,
    undo,
)
from yibao.audit.models import Event
from yibao.institutions.models import Institution, InstitutionChange

pytestmark = pytest.mark.django_db
CHANGED = (
    XIEHE.replace("北京协和", "谐和").replace("帅府园", "王府井").replace(",110101,", ",110105,")
)


def lines():
    return [
        (line.institution_id, line.day, line.field, line.before, line.after)
        for line in InstitutionChange.objects.order_by("institution_id", "field")
    ]


def test_each_changed_field_and_what_ended_has_a_line(officer):
    bring_in(text(XIEHE, CHAOYANG), by=officer)
    assert lines() == []

    run = start(text(CHANGED), by=officer, day=OCTOBER, is_full=True)
    apply(run, by=officer, close_missing=1)

    assert lines() == [
        ("H11010100001", OCTOBER, "address", "帅府园1号", "王府井1号"),
        ("H11010100001", OCTOBER, "name", "北京协和医院", "谐和医院"),
        ("H11010100001", OCTOBER, "region", "110101", "110105"),
        ("H11010500001", OCTOBER, "effective_to", "", "2026-10-01"),
    ]


def test_what_is_listed_again_has_a_line(officer):
    bring_in(text(XIEHE), by=officer)
    Institution.objects.update(effective_to=date(2026, 8, 1), end_reason="停业")

    bring_in(text(XIEHE), by=officer, day=OCTOBER)

    assert lines() == [("H11010100001", OCTOBER, "effective_to", "2026-08-01", "")]


def test_the_event_has_the_digest_of_the_lines(officer):
    bring_in(text(XIEHE, CHAOYANG), by=officer)
    bring_in(
        text(XIEHE.replace("帅府园", "王府井"), CHAOYANG.replace("三级", "二级")),
        by=officer,
        day=OCTOBER,
    )

    event = Event.objects.filter(event="institutions.list_applied").latest("pk")

    content = "H11010100001\taddress\t帅府园1号\t王府井1号\n"
    content += "H11010500001\tlevel\ttertiary\tsecondary\n"
    assert event.after["changes"] == 2
    assert event.after["changes_sha256"] == sha256(content.encode()).hexdigest()
    assert event.region_code == "000000"


def test_undo_drops_the_lines_of_what_it_restores_and_keeps_the_others(officer):
    bring_in(text(XIEHE, CHAOYANG), by=officer)
    run = bring_in(
        text(XIEHE.replace("帅府园", "王府井"), CHAOYANG.replace("三级", "二级")),
        by=officer,
        day=OCTOBER,
    )
    Institution.objects.filter(code="H11010500001").update(level="primary")

    undo(run, by=officer)

    assert [line[:3] for line in lines()] == [("H11010500001", OCTOBER, "level")]
