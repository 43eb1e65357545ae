"""Every role at every page of the staff panel, for a region of theirs and for another."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.access import ALL, MATRIX, Row, roles_of
from tests.architecture.access_rows import BUILDERS
from tests.factories.policies import make_places
from tests.factories.staff import make_staff, signed_in
from yibao.accounts.roles import ROLES

OWN, FOREIGN = "370600", "360100"
OPEN = {"login", "code"}  # pages for those who are not signed in yet
LEAVING = {"logout"}  # it would end the session of the walk; tested with the sign-in
UNNAMED_OR_BY_APP = {None, "app_list"}
REGIONAL_LISTS = (
    "accounts_user",
    "audit_event",
    "regions_region",
    "regions_levelmapping",
    "policies_revision",
    "policies_paymentband",
    "policies_goldencase",
    "policies_goldencheck",
    "policies_correction",
    "institutions_institution",
    "institutions_importrun",
    "institutions_wrongentryreport",
    "guides_channelreport",
    "filings_filing",
    "claims_claim",
    "cases_message",
    "cases_erasurerequest",
)
# What an address holds beside the key of a row.
PARTS = {
    "what": "submit",
    "kind": "csv",
    "comment": "1",
    "content_type_id": "1",
    "file": "1",
    "uid": "x",
}


def _walk(patterns: list[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns)
        else:
            yield pattern


def panel_pages() -> dict[str, URLPattern]:
    """Every named page of the panel."""
    panel = get_resolver().namespace_dict["admin"][1]
    return {
        pattern.name: pattern
        for pattern in _walk(panel.url_patterns)
        if pattern.name not in UNNAMED_OR_BY_APP
    }


def test_every_page_of_the_panel_has_its_row() -> None:
    missing = {name for name in panel_pages() if name not in OPEN and roles_of(name) is None}

    assert missing == set()


def test_every_row_speaks_of_a_page() -> None:
    used = {roles_of(name) for name in panel_pages()}

    assert [row.pattern for row in MATRIX if row not in used] == []


def test_every_role_of_the_matrix_exists() -> None:
    assert {role.slug for role in ROLES} == ALL


@pytest.fixture
def rows(db: None) -> Mapping[tuple[str, str], str]:
    """The key of one row per table, for an own and for a foreign region."""
    make_places()
    call_command("create_roles", verbosity=0)
    return {
        (label, region): str(build(region).pk)
        for region in (OWN, FOREIGN)
        for label, build in BUILDERS.items()
    }


@pytest.fixture(params=[role.slug for role in ROLES])
def person(request: pytest.FixtureRequest, rows: object) -> tuple[str, Client]:
    """A person of one role in one region, signed in."""
    slug: str = request.param
    client = signed_in(make_staff("person", slug, regions=[OWN]))
    return slug, client


def _address(name: str, rows: Mapping[tuple[str, str], str], region: str) -> str:
    pattern = panel_pages()[name]
    label = "_".join(name.split("_")[:2])
    wanted = pattern.pattern.regex.groupindex
    kwargs = {part: PARTS.get(part) or rows.get((label, region), "1") for part in wanted}
    return reverse(f"admin:{name}", kwargs=kwargs)


def _open(client: Client, address: str) -> HttpResponse:
    page: Any = client.get(address)
    return client.post(address) if page.status_code == 405 else page  # type: ignore[return-value]


def _is_let_in(page: HttpResponse) -> bool:
    """Refused is 403, 404, or Django's way of saying that there is no such row."""
    if page.status_code == 302:
        address = page["Location"]
        return address != reverse("admin:index") and not address.startswith(reverse("admin:login"))
    return page.status_code not in (403, 404)


def _pages(*, is_regional: bool) -> list[tuple[str, Row]]:
    rows = ((name, roles_of(name)) for name in sorted(panel_pages().keys() - LEAVING - OPEN))
    return [(name, row) for name, row in rows if row and row.is_regional is is_regional]


def _all_pages() -> list[tuple[str, Row]]:
    return [*_pages(is_regional=False), *_pages(is_regional=True)]


@pytest.mark.django_db
def test_each_role_opens_its_pages_and_no_others(person: Any, rows: Any) -> None:
    slug, client = person

    wrong = []
    for name, row in _all_pages():
        page = _open(client, _address(name, rows, OWN))
        if _is_let_in(page) is not (slug in row.roles):
            wrong.append(f"{name}: {page.status_code}, should be {slug in row.roles}")

    assert wrong == []


@pytest.mark.django_db
def test_nothing_of_another_region_opens(person: Any, rows: Any) -> None:
    _slug, client = person

    opened = [
        f"{name}: {page.status_code}"
        for name, _row in _pages(is_regional=True)
        if _is_let_in(page := _open(client, _address(name, rows, FOREIGN)))
    ]

    assert opened == []


@pytest.mark.django_db
def test_lists_and_searches_hold_nothing_of_another_region(person: Any, rows: Any) -> None:
    _slug, client = person
    for label in REGIONAL_LISTS:
        page = client.get(reverse(f"admin:{label}_changelist"))
        if page.status_code == 200:
            keys = {str(row.pk) for row in page.context["cl"].result_list}
            assert rows[(label, FOREIGN)] not in keys

    query = {"app_label": "regions", "model_name": "levelmapping", "field_name": "region"}
    page = client.get(reverse("admin:autocomplete"), query | {"term": "南昌"})
    assert page.status_code == 403 or page.json()["results"] == []


@pytest.mark.django_db
def test_a_visitor_is_led_to_the_sign_in_page_from_everywhere(client: Client, rows: Any) -> None:
    strays = []
    for name, _row in _all_pages():
        page = client.get(_address(name, rows, OWN))
        if not page.headers.get("Location", "").startswith(reverse("admin:login")):
            strays.append(f"{name}: {page.status_code}")

    assert strays == []
