"""Form fields, the frame and the components as HTML."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.core.gallery import GalleryForm
from yibao.core.field_view import SHOWN_SIGNS, field_view, listed_errors
from yibao.core.navigation import ADDRESSES, links, section_of

BAD = {
    "insured": "朝阳",
    "insurance": "",
    "stage": "nonsense",
    "level": "tertiary",
    "total": "-5",
    "age": "200",
    "on": "2025-13-01",
}


@pytest.fixture
def gallery(settings: Settings, client: Client) -> Client:
    settings.ROOT_URLCONF = "tests.core.gallery"
    return client


def test_an_empty_form_shows_no_error(gallery: Client) -> None:
    page = gallery.get("/gallery/").content.decode()

    assert "aria-invalid" not in page
    assert "error-summary" not in page


def test_each_error_stands_beside_its_field_and_in_the_summary(gallery: Client) -> None:
    response = gallery.get("/gallery/", BAD)
    page = response.content.decode()

    assert response.status_code == 422
    for anchor, label, message in listed_errors(GalleryForm(BAD)):
        assert f'<a href="#{anchor}">{label}：{message}</a>' in page
        assert f'id="{anchor}"' in page
    for name in ("insured", "insurance", "stage", "total", "age", "on"):
        assert f'id="id_{name}-error"' in page


def test_what_was_typed_is_kept(gallery: Client) -> None:
    page = gallery.get("/gallery/", BAD).content.decode()

    assert 'value="朝阳"' in page
    assert 'value="-5"' in page
    assert 'value="2025-13-01"' in page


def test_a_date_typed_wrongly_is_shown_as_text_because_a_calendar_would_hide_it() -> None:
    assert 'type="text"' in field_view(GalleryForm(BAD)["on"]).attributes
    assert 'type="date"' in field_view(GalleryForm({"on": "2025-03-01"})["on"]).attributes
    assert 'type="date"' in field_view(GalleryForm()["on"]).attributes


def test_an_endless_answer_is_given_back_cut_and_escaped(gallery: Client) -> None:
    response = gallery.get("/gallery/", {**BAD, "total": "<b>" * 4000})
    page = response.content.decode()

    assert response.status_code == 422
    assert "<b><b>" not in page.partition("<main")[2]
    assert len(field_view(GalleryForm({"total": "9" * 10_000})["total"]).value) == SHOWN_SIGNS
    # The address of the page is repeated (size of type, picking a region), never in full.
    assert len(page) < 60_000


def test_an_ambiguous_place_is_offered_as_choices_that_need_no_script(gallery: Client) -> None:
    page = gallery.get("/gallery/", BAD).content.decode()

    assert '<input type="radio" name="insured" id="id_insured_0" value="110105">' in page
    assert "辽宁省朝阳市" in page


def test_a_region_can_be_picked_by_province_and_returns_to_this_page(gallery: Client) -> None:
    page = gallery.get("/gallery/", {"total": "8"}).content.decode()

    assert 'href="/regions/?pick=insured&amp;next=%2Fgallery%2F%3Ftotal%3D8"' in page


def test_options_of_all_kinds_mark_what_was_chosen() -> None:
    form = GalleryForm(
        {"insurance": "resident", "level": "primary", "services": ["a", "b"], "agree": "on"}
    )

    chosen = {
        name: [option.value for option in field_view(form[name]).options if option.chosen]
        for name in ("insurance", "level", "services")
    }

    assert chosen == {"insurance": ["resident"], "level": ["primary"], "services": ["a", "b"]}
    assert field_view(form["agree"]).value == "on"
    assert field_view(GalleryForm()["agree"]).value == ""


def test_crispy_prints_the_same_fields() -> None:
    from django.template import Context, Template

    form = GalleryForm()
    by_crispy = Template("{% load crispy_forms_tags %}{% crispy form %}")
    by_tag = Template("{% load page %}{% for bound in form %}{% field bound %}{% endfor %}")

    def lines(template: Template) -> list[str]:
        text = template.render(Context({"form": form, "page_address": "/x/"}))
        return [line for line in text.splitlines() if line.strip()]

    assert lines(by_crispy) == lines(by_tag)
    assert len(lines(by_tag)) > 20


def test_every_citation_of_a_figure_leads_to_a_source_on_the_page(gallery: Client) -> None:
    page = gallery.get("/gallery/").content.decode()

    for id_, standing in (
        ("c1", "official"),
        ("c2", "secondary"),
        ("c3", "unverified"),
        ("c4", "disputed"),
    ):
        assert f'<li id="{id_}" data-standing="{standing}"' in page
    assert 'data-citation="c1"' in page
    assert 'href="/sources/s-sample/"' in page


def test_the_frame_marks_the_current_page(client: Client) -> None:
    page = client.get("/").content.decode()

    assert f'<a href="{links()["home"]}" aria-current="page">' in page
    assert page.count("aria-current") == 1


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/", "home"),
        ("/check/", "check"),
        ("/estimate/", "estimate"),
        ("/estimate/compare/", "compare"),
        ("/regions/370600/history/", "regions"),
        ("/nowhere/", ""),
    ],
)
def test_section_is_the_nearest_main_page_above(path: str, section: str) -> None:
    assert section_of(path) == section


def test_every_main_address_is_answered_by_a_view() -> None:
    from django.urls import resolve

    for address in ADDRESSES.values():
        if address != "sources/":  # a folder: one page per document lies under it
            resolve(f"/{address}")


@pytest.mark.parametrize("code", [400, 403, 404, 422, 500])
def test_error_pages_say_what_to_do_and_whom_to_call(code: int, client: Client) -> None:
    from django.template.loader import render_to_string

    page = render_to_string(f"{code}.html", {"links": links()})

    assert page.count("<h1>") == 1
    assert f'data-page="core:error_{code}"' in page
    assert 'href="tel:12393"' in page


def test_pages_hold_no_inline_script_or_style(gallery: Client) -> None:
    page = gallery.get("/gallery/").content.decode()

    assert "style=" not in page
    assert "<style" not in page
    assert page.count("<script") == page.count('<script src="/static/')
