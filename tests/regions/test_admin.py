"""Staff edit pooling regions in the panel; readers see it at once, and it is recorded."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client

from yibao.audit.models import Event
from yibao.regions import queries
from yibao.regions.models import Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    call_command("load_regions", verbosity=0)
    client.force_login(get_user_model().objects.create_superuser("chen", password="x"))
    return client


def _form(code: str, **changes: str) -> dict[str, str]:
    row = Region.objects.get(code=code)
    fields = {
        name: "" if (value := getattr(row, name)) is None else str(value)
        for name in ("name", "short_name", "kind", "pooling_basis", "note", "pinyin", "aliases")
    }
    empty = {"classes-TOTAL_FORMS": "0", "classes-INITIAL_FORMS": "0"}
    related = {"parent": row.parent_id or "", "pooling_region": row.pooling_region_id or ""}
    return fields | related | empty | changes


def test_moves_a_county_to_a_pool_of_its_own(staff: Client) -> None:
    assert queries.resolve("370613").code == "370600"

    response = staff.post(
        "/admin/regions/region/370613/change/",
        _form(
            "370613", pooling_region="370613", pooling_basis="confirmed", note="鲁医保发〔2026〕1号"
        ),
    )

    assert response.status_code == 302
    assert queries.resolve("370613").code == "370613"
    event = Event.objects.get(event="regions.region_changed")
    assert (event.actor, event.object_key) == ("chen", "370613")
    assert event.before["pooling_region"] == "370600"
    assert event.after["pooling_region"] == "370613"


def test_refuses_a_pool_that_is_none_and_one_that_others_rest_on(staff: Client) -> None:
    wrong = staff.post(
        "/admin/regions/region/370613/change/", _form("370613", pooling_region="370611")
    )
    emptied = staff.post("/admin/regions/region/370600/change/", _form("370600", pooling_region=""))

    assert "自己不是统筹区" in wrong.content.decode()
    assert "归这个统筹区，请先改它们" in emptied.content.decode()
    assert queries.resolve("370613").code == "370600"
    assert not Event.objects.filter(event="regions.region_changed").exists()


def test_adds_a_class_to_a_region(staff: Client) -> None:
    added = {
        "classes-TOTAL_FORMS": "1",
        "classes-0-slug": "tertiary_a",
        "classes-0-local_name": "三甲",
        "classes-0-level": "tertiary",
        "classes-0-rank": "1",
        "classes-0-document_slug": "s-seed4",
        "classes-0-clause": "正文",
    }

    staff.post("/admin/regions/region/370600/change/", _form("370600", **added))

    assert [row.name for row in queries.list_classes("370613")] == ["三甲"]
    event = Event.objects.get(event="regions.levelmapping_added")
    assert event.after["slug"] == "tertiary_a"


def test_records_what_staff_delete(staff: Client) -> None:
    row = Region.objects.create(
        code="370688", name="新区", short_name="新", kind="county", parent_id="370600"
    )

    staff.post(f"/admin/regions/region/{row.pk}/delete/", {"post": "yes"})
    staff.post(
        "/admin/regions/retiredcode/",
        {"action": "delete_selected", "_selected_action": ["110103"], "post": "yes"},
    )

    keys = Event.objects.filter(event__endswith="_deleted").values_list("object_key", flat=True)
    assert sorted(keys) == ["110103", "370688"]


def test_lists_can_be_opened_and_do_not_query_per_row(
    staff: Client, django_assert_max_num_queries: object
) -> None:
    for address in (
        "region/?q=烟台",
        "region/?pooling=yes",
        "region/?pooling=no",
        "region/?pooling=none",
        "region/?province=37",
        "retiredcode/",
        "levelmapping/",
        "region/add/",
    ):
        with django_assert_max_num_queries(12):  # type: ignore[operator]
            assert staff.get(f"/admin/regions/{address}").status_code == 200, address
