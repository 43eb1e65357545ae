"""Patterns: a template's words kept per language, with blanks that escape what is filled in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template import engines
from django.utils.safestring import SafeString

from yibao.core.language import speaking
from yibao.core.patterns import Pattern


@pytest.fixture
def templates(tmp_path: Path) -> Iterator[Path]:
    """A folder of templates beside the site's own."""
    engine = engines["django"].engine  # type: ignore[attr-defined]
    engine.dirs.append(tmp_path)
    yield tmp_path
    engine.dirs.remove(tmp_path)


def pattern(folder: Path, text: str, *blanks: str) -> Pattern:
    path = folder / f"pattern_{abs(hash(text))}.html"
    path.write_text(text)
    return Pattern(path.name, *blanks)


def test_fills_blanks_in_and_escapes_them(templates: Path) -> None:
    link = pattern(templates, '<a href="{{ to }}">{{ words }}</a>100%', "to", "words")

    assert link(to='/?a="b"', words="a < b") == '<a href="/?a=&quot;b&quot;">a &lt; b</a>100%'
    assert link(to="/", words=SafeString("<b>a</b>")) == '<a href="/"><b>a</b></a>100%'


def test_a_blank_may_hold_what_looks_like_one(templates: Path) -> None:
    twice = pattern(templates, "{{ one }} {{ two }}", "one", "two")

    assert twice(one="%(two)s", two="{{ one }}") == "%(two)s {{ one }}"


def test_speaks_the_language_of_the_page(templates: Path) -> None:
    said = pattern(templates, '{% load i18n %}{% translate "Yes" %} {{ name }}', "name")

    texts = []
    for language in ("zh-hans", "en", "zh-hans"):
        with speaking(language):
            texts.append(said(name="a"))

    assert texts == ["是 a", "Yes a", "是 a"]


def test_a_blank_left_open_is_an_error(templates: Path) -> None:
    with pytest.raises(KeyError, match="name"):
        pattern(templates, "{{ name }}", "name")()


@pytest.mark.parametrize(
    "text",
    ["{% if name %}{{ name }}{% endif %}", "{% for each in name %}{{ name }}{% endfor %}"],
    ids=["decides", "repeats"],
)
def test_refuses_a_template_that_decides_or_repeats(templates: Path, text: str) -> None:
    with pytest.raises(ValueError, match="no pattern"):
        pattern(templates, text, "name")(name="a")


def test_refuses_a_blank_that_the_template_lacks(templates: Path) -> None:
    with pytest.raises(ValueError, match="blanks"):
        pattern(templates, "{{ name }}", "name", "other")(name="a", other="b")
