"""The list, its search, the choice for a waiting form, and the suggestions."""

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("shipped")
HTMX = {"HX-Request": "true"}


def _links(html: str) -> list[str]:
    main = html[html.index("<main") : html.index("</main>")]
    return [link.replace("&amp;", "&") for link in re.findall(r'<a href="([^"]+)"', main)]


def test_lists_every_pooling_region_once_by_province(client: Client) -> None:
    html = client.get("/regions/").content.decode()

    assert 'data-page="regions:region_list"' in html
    assert html.count("<h1") == 1
    links = _links(html)
    assert len(links) == len(set(links)) == 343 + 26 + 1  # pools, divided provinces, nation
    assert {"/regions/370600/", "/regions/370000/", "/regions/XPCC/", "/regions/000000/"} <= set(
        links
    )
    assert "/regions/810000/" not in links


def test_shows_what_was_found_with_its_province(client: Client) -> None:
    html = client.get("/regions/", {"q": "朝阳"}).content.decode()

    assert re.findall(r'data-region="(\w+)"', html) == ["211300", "110105", "211321", "220104"]
    assert "北京市朝阳区" in html
    assert 'value="朝阳"' in html


def test_says_when_nothing_was_found_and_offers_the_provinces(client: Client) -> None:
    response = client.get("/regions/", {"q": "<b>无此地</b>"})

    html = response.content.decode()
    assert response.status_code == 200
    assert "没有找到“&lt;b&gt;无此地&lt;/b&gt;”" in html
    assert 'data-province="370000"' in html


def test_names_the_former_code_that_led_to_a_region(client: Client) -> None:
    html = client.get("/regions/", {"q": "110103"}).content.decode()

    assert "北京市东城区" in html
    assert "原代码 110103 已停用" in html


def test_answers_htmx_with_the_results_alone(client: Client) -> None:
    response = client.get("/regions/", {"q": "烟台"}, headers=HTMX)

    html = response.content.decode()
    assert html.lstrip().startswith('<div id="results"')
    assert "<main" not in html
    assert "HX-Request" in response["Vary"]


def test_leads_back_to_the_waiting_form_with_its_other_answers(client: Client) -> None:
    waiting = "/check/?care=110000&insured=abc&reason="

    html = client.get("/regions/", {"pick": "insured", "next": waiting, "q": "烟台"}).content

    text = html.decode()
    assert "/check/?care=110000&reason=&insured=370600" in _links(text)
    assert waiting in _links(text)  # the way back without a choice
    assert '<input type="hidden" name="pick" value="insured">' in text
    assert '<input type="hidden" name="next" value="/check/?care=110000&amp;insured=abc' in text


def test_offers_a_whole_province_only_as_the_place_of_care(client: Client) -> None:
    def picked(field: str) -> list[str]:
        query = {"pick": field, "next": "/check/"}
        return _links(client.get("/regions/", query).content.decode())

    assert "/check/?care=370000" in picked("care")
    assert "/check/?insured=370000" not in picked("insured")
    assert "/check/?insured=110000" in picked("insured")


@pytest.mark.parametrize(
    ("field", "address"),
    [
        ("insured", "https://example.org/"),
        ("insured", "//example.org/"),
        ("insured", "/\\example.org/"),
        ("insured", "check/"),
        ("insured", "javascript:alert(1)"),
        ("insured", "/" + "a" * 3000),
        ("insured", ""),
        ('x"><script>', "/check/"),
        ("", "/check/"),
    ],
)
def test_ignores_a_form_that_is_not_on_this_site(client: Client, field: str, address: str) -> None:
    response = client.get("/regions/", {"pick": field, "next": address, "q": "烟台"})

    assert response.status_code == 200
    assert "/regions/370600/" in _links(response.content.decode())
    assert b'name="next" value' not in response.content.split(b"<main")[1]


def test_suggests_options_that_the_field_can_read_back(client: Client) -> None:
    html = client.get("/regions/suggest", {"q": "yant"}).content.decode()

    assert re.findall(r'role="option" data-value="([^"]+)"', html)[0] == "山东省烟台市 370600"
    assert "<main" not in html


def test_suggests_a_few_at_most_and_nothing_for_nothing(client: Client) -> None:
    assert client.get("/regions/suggest", {"q": "s"}).content.count(b'role="option"') == 8
    assert client.get("/regions/suggest").content.strip() == b""
    assert client.get("/regions/suggest", {"q": "\x00<x>" * 5000}).status_code == 200


@pytest.mark.parametrize("address", ["/regions/", "/regions/suggest"])
def test_only_reads(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405
    assert "sessionid" not in client.get(address).cookies


def test_asks_one_query_whatever_is_shown(
    client: Client, django_assert_num_queries: object
) -> None:
    for query in ({}, {"q": "s"}, {"q": "烟台"}, {"pick": "care", "next": "/check/"}):
        with django_assert_num_queries(1):  # type: ignore[operator]
            client.get("/regions/", query)
