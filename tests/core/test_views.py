"""The home page and the size of type."""

import pytest
from django.test import Client
from pytest_django import Settings

SITUATIONS = (
    "/check/?start=long",
    "/check/?reason=other",
    "/check/?reason=referral",
    "/diagnose/",
    "/emergency/",
)


class TestHome:
    def test_leads_with_the_situations_people_come_with(self, client: Client) -> None:
        page = client.get("/").content.decode()
        main = page.partition("<main")[2]

        places = [main.index(f'href="{address}"') for address in SITUATIONS]
        assert places == sorted(places)

    def test_needs_no_query_and_sets_no_cookie(self, client: Client) -> None:
        response = client.get("/")

        assert response.status_code == 200
        assert not response.cookies

    def test_says_that_it_is_a_demonstration_unless_an_operator_runs_it(
        self, client: Client, settings: Settings
    ) -> None:
        assert "演示网站" in client.get("/").content.decode()

        settings.OPERATOR = "某市医保局"

        page = client.get("/").content.decode()
        assert "演示网站" not in page
        assert "某市医保局主办" in page

    def test_escapes_the_operator(self, client: Client, settings: Settings) -> None:
        settings.OPERATOR = "<b>局</b>"

        assert "<b>局" not in client.get("/").content.decode()

    @pytest.mark.parametrize("method", ["post", "put", "delete"])
    def test_is_read_only(self, client: Client, method: str) -> None:
        assert getattr(client, method)("/").status_code == 405


class TestLargeType:
    def test_is_remembered_and_returns_to_the_page(self, client: Client) -> None:
        response = client.get("/type/", {"to": "large", "next": "/estimate/?total=8"})

        assert response.status_code == 302
        assert response["Location"] == "/estimate/?total=8"
        assert 'data-type="large"' in client.get("/").content.decode()

    def test_is_switched_off_again(self, client: Client) -> None:
        client.get("/type/", {"to": "large"})
        client.get("/type/", {"to": "normal"})

        assert 'data-type="normal"' in client.get("/").content.decode()

    @pytest.mark.parametrize(
        "target",
        [
            "https://elsewhere.example/",
            "//elsewhere.example/",
            "/\\elsewhere.example",
            "javascript:alert(1)",
            "",
        ],
    )
    def test_never_leads_to_another_site(self, client: Client, target: str) -> None:
        assert client.get("/type/", {"to": "large", "next": target})["Location"] == "/"

    def test_is_offered_on_every_page_with_the_way_back(self, client: Client) -> None:
        page = client.get("/?a=1").content.decode()

        assert '<input type="hidden" name="next" value="/?a=1">' in page
