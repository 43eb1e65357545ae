"""What is worked out once per process or object stays right."""

import pytest
from django.template import Context, Template
from django.utils.translation import gettext_lazy

from tests.core.gallery import GalleryForm
from yibao.core import field_html as module
from yibao.core.field_html import field_html
from yibao.core.language import speaking
from yibao.core.words import said


class Thing:
    def __init__(self, name: str) -> None:
        self.name = name


@pytest.fixture(autouse=True)
def _none_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_kept", {})


def test_fixed_words_are_translated() -> None:
    template = Template('{% load i18n %}{% translate "Yes" %} {% trans "No" %}')

    assert [template.render(Context()) for _ in range(2)] == ["是 否"] * 2


def test_words_with_a_variable_are_looked_up_each_time() -> None:
    template = Template("{% load i18n %}{% translate word %}")

    assert [template.render(Context({"word": word})) for word in ("Yes", "No")] == [
        "是",
        "否",
    ]


def test_words_with_a_filter_keep_it() -> None:
    template = Template("{% load i18n %}{% translate 'a<b'|force_escape %}")

    assert template.render(Context()) == "a&lt;b"


def test_a_sentence_with_variables_is_filled_in_and_escaped() -> None:
    template = Template(
        "{% load i18n %}{% blocktranslate with name=it.name trimmed %}"
        "\n{{ name }} < {{ other }} 100%{% endblocktranslate %}"
    )

    texts = [template.render(Context({"it": Thing(name), "other": "b&b"})) for name in ("<a>", "c")]

    assert texts == ["&lt;a&gt; < b&amp;b 100%", "c < b&amp;b 100%"]


def test_a_sentence_is_told_apart_by_language() -> None:
    template = Template("{% load i18n %}{% blocktranslate %}Yes{% endblocktranslate %}")

    texts = []
    for language in ("zh-hans", "en", "zh-hans"):
        with speaking(language):
            texts.append(template.render(Context()))

    assert texts == ["是", "Yes", "是"]


def test_a_sentence_without_its_variable_is_as_django_has_it() -> None:
    template = Template("{% load i18n %}{% blocktranslate %}a {{ b }}{% endblocktranslate %}")

    assert template.render(Context()) == "a "


def test_lazy_words_are_told_apart() -> None:
    assert [said(gettext_lazy(word)) for word in ("Yes", "No", "Yes")] == [
        "是",
        "否",
        "是",
    ]


def test_a_part_is_rendered_once_per_object() -> None:
    template = Template("{% load page %}{% once_per it %}{{ it.name }}{% endonce_per %}")
    one, other = Thing("a"), Thing("b")

    assert template.render(Context({"it": one})) == "a"
    one.name = "changed"

    assert template.render(Context({"it": one})) == "a"
    assert template.render(Context({"it": other})) == "b"


def shared(name: str, data: dict[str, str]) -> GalleryForm:
    form = GalleryForm(data)
    form.fields[name] = GalleryForm.base_fields[name]
    return form


def test_a_shared_field_is_kept_by_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GalleryForm.base_fields["total"], "is_shared", True, raising=False)

    def html(typed: str) -> str:
        return field_html(shared("total", {"total": typed})["total"])

    assert 'value="12"' in html("12")
    assert 'value="13"' in html("13")
    assert html("12") == html("12")
    assert "field-bad" in html("x")
    assert 'value="&lt;b&gt;&quot;"' in html('<b>"')
    assert len(module._kept) == 2


def test_kept_fields_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GalleryForm.base_fields["total"], "is_shared", True, raising=False)
    monkeypatch.setattr(module, "KEPT_FIELDS", 3)

    for typed in range(10):
        field_html(shared("total", {"total": str(typed)})["total"])

    assert len(module._kept) <= 3
