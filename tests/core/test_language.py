"""The switch between Chinese and English: what chooses it, what is kept apart, what is marked."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import Client
from django.utils.translation import gettext_lazy

from yibao.core.language import (
    CHINESE,
    COOKIE,
    ENGLISH,
    LanguageMiddleware,
    chinese_marked,
    per_language,
    speaking,
    spoken,
)
from yibao.core.words import gettext, said

HOME = {CHINESE: "去外地看病，医保怎么报", ENGLISH: "Care away from home"}


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def title_of(response: HttpResponse) -> str:
    return response.content.decode().partition("<h1>")[2].partition("</h1>")[0]


class TestChoosing:
    def test_chinese_is_the_sites_own_language_whatever_the_browser_says(
        self, client: Client
    ) -> None:
        response = client.get("/", headers={"accept-language": "en-GB,en;q=0.9"})

        assert title_of(response) == HOME[CHINESE]
        assert '<html lang="zh-Hans"' in response.content.decode()
        assert response["Content-Language"] == "zh-Hans"
        assert not response.cookies

    def test_an_address_may_name_the_language_and_it_is_remembered(self, client: Client) -> None:
        response = client.get("/?lang=en")

        assert title_of(response).startswith(HOME[ENGLISH])
        assert '<html lang="en"' in response.content.decode()
        assert response["Content-Language"] == "en"
        assert response.cookies[COOKIE].value == "en"
        assert title_of(client.get("/")).startswith(HOME[ENGLISH])
        assert not client.get("/").cookies

    def test_the_address_wins_over_the_cookie(self, client: Client) -> None:
        client.cookies[COOKIE] = "en"

        response = client.get("/?lang=zh-hans")

        assert title_of(response) == HOME[CHINESE]
        assert response.cookies[COOKIE].value == ""

    @pytest.mark.parametrize("named", ["", "fr", "EN", "en\0", "zh-hant", "../x"])
    def test_other_words_choose_nothing(self, named: str, client: Client) -> None:
        response = client.get("/", {"lang": named})

        assert title_of(response) == HOME[CHINESE]
        assert not response.cookies

    @pytest.mark.django_db
    def test_the_staff_panel_speaks_chinese(self, client: Client) -> None:
        client.cookies[COOKIE] = "en"

        response = client.get("/admin/login/?lang=en")

        assert response["Content-Language"] == "zh-Hans"
        assert COOKIE not in response.cookies


class TestSwitch:
    @pytest.mark.django_db
    def test_stands_on_every_page_in_the_other_language(self, client: Client) -> None:
        chinese = client.get("/emergency/").content.decode()
        english = client.get("/emergency/?lang=en").content.decode()

        assert '<button class="tool" name="to" value="en" lang="en">English</button>' in chinese
        assert 'name="to" value="zh-hans" lang="zh-Hans"' in english

    def test_goes_back_to_the_page_with_its_answers(self, client: Client) -> None:
        response = client.get(
            "/language/", {"to": "en", "next": "/check/?insured=370600&for=mother"}
        )

        assert response["Location"] == "/check/?insured=370600&for=mother"
        assert response.cookies[COOKIE]["httponly"]
        assert response.cookies[COOKIE]["samesite"] == "Lax"
        assert title_of(client.get("/")).startswith(HOME[ENGLISH])

    def test_an_address_that_names_a_language_loses_it(self, client: Client) -> None:
        response = client.get("/language/", {"to": "zh-hans", "next": "/?a=1&lang=en&b="})

        assert response["Location"] == "/?a=1&b="
        assert response.cookies[COOKIE].value == ""

    @pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/x", "", "x"])
    def test_leads_nowhere_else(self, target: str, client: Client) -> None:
        assert client.get("/language/", {"to": "en", "next": target})["Location"] == "/"

    def test_is_never_kept_by_a_cache(self, client: Client) -> None:
        assert "no-store" in client.get("/language/?to=en")["Cache-Control"]


class TestApart:
    def test_a_kept_page_is_kept_per_language(self, client: Client) -> None:
        english, other = Client(), Client()
        english.cookies[COOKIE] = "en"

        first = client.get("/")
        second = english.get("/")

        assert title_of(first) == title_of(other.get("/")) == HOME[CHINESE]
        assert title_of(second).startswith(HOME[ENGLISH])
        assert first["ETag"] != second["ETag"]
        assert "Cookie" in second["Vary"]

    def test_a_browsers_copy_in_one_language_is_no_answer_in_the_other(
        self, client: Client
    ) -> None:
        chinese = client.get("/")["ETag"]

        response = client.get("/?lang=en", headers={"if-none-match": chinese})

        assert response.status_code == 200

    def test_what_is_worked_out_once_is_worked_out_per_language(self) -> None:
        asked = []

        @per_language(maxsize=4)
        def word(number: int) -> str:
            asked.append((spoken(), number))
            return f"{spoken()} {number}"

        with speaking(ENGLISH):
            assert [word(1), word(1)] == ["en 1", "en 1"]
        assert [word(1), word(2)] == ["zh-hans 1", "zh-hans 2"]
        assert asked == [("en", 1), ("zh-hans", 1), ("zh-hans", 2)]

    def test_words_and_templates_change_with_the_language(self) -> None:
        template = Template('{% load i18n %}{% translate "首页" %}')
        lazy = gettext_lazy("首页")

        for _ in range(2):
            assert [template.render(Context()), gettext("首页"), said(lazy)] == ["首页"] * 3
            with speaking(ENGLISH):
                assert [template.render(Context()), gettext("首页"), said(lazy)] == ["Home"] * 3

    def test_a_failing_page_leaves_no_language_behind(self) -> None:
        def fails(request: HttpRequest) -> HttpResponse:
            raise ValueError("no page")

        request = HttpRequest()
        request.GET = request.GET.copy()
        request.GET["lang"] = "en"
        with pytest.raises(ValueError, match="no page"):
            LanguageMiddleware(fails)(request)

        assert spoken() == CHINESE


@pytest.mark.parametrize(
    ("html", "marked"),
    [
        ("<p>Home</p>", "<p>Home</p>"),
        ("<p>医保码</p>", '<p><span lang="zh-Hans">医保码</span></p>'),
        (
            "<p>See “国家异地就医备案”, then pay.</p>",
            '<p>See <span lang="zh-Hans">“国家异地就医备案”</span>, then pay.</p>',
        ),
        (
            "<p>（苏医保发〔2022〕75号）第七条 in force</p>",
            '<p><span lang="zh-Hans">（苏医保发〔2022〕75号）第七条</span> in force</p>',
        ),
        ('<a href="/烟台" title="烟台">x</a>', '<a href="/烟台" title="烟台">x</a>'),
        ("<textarea>烟台</textarea>", "<textarea>烟台</textarea>"),
        ("<script>烟台</script>", "<script>烟台</script>"),
        ("<title>囧囧 - Home</title>", "<title>囧囧 - Home</title>"),
        ("<option>None</option>", "<option>None</option>"),
        (
            '<option value="1" selected>囧囧</option>',
            '<option value="1" selected lang="zh-Hans">囧囧</option>',
        ),
        ("<b>A&amp;B 囧&lt;</b>", '<b>A&amp;B <span lang="zh-Hans">囧</span>&lt;</b>'),
        ("<b>One</b>：two（three）。", "<b>One</b>: two (three). "),
        ("<b>𠮷</b>", '<b><span lang="zh-Hans">𠮷</span></b>'),
    ],
)
def test_chinese_words_of_an_english_page_are_marked(html: str, marked: str) -> None:
    assert chinese_marked(html) == marked
