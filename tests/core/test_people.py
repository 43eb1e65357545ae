"""Asking for a relative: words, links and the switch."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from yibao.core.people import Person, addressed, carried, person_in


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("您还在等待期", "您母亲还在等待期"),
        ("可以直接替您备案", "可以直接替您母亲备案"),
        ("您说参保断了", "您说参保断了"),
        ("您没有填年龄", "您没有填年龄"),
        ("不替您选", "不替您选"),
        ("告诉您该问谁", "告诉您该问谁"),
        ("您或家人", "您或家人"),
    ],
)
def test_only_the_insured_person_is_renamed(text: str, said: str) -> None:
    assert addressed(text, Person.MOTHER) == said
    assert addressed(text, None) == text


@pytest.mark.parametrize("named", ["", "self", "aunt", "<b>"])
def test_other_words_name_nobody(named: str) -> None:
    assert person_in({"for": named}) is None
    assert carried({"for": named}) == {}


def render(text: str, address: str) -> str:
    request = RequestFactory().get(address)
    return Template(f"{{% load people %}}{text}").render(Context({"request": request}))


def test_the_block_and_the_hidden_field_follow_the_address() -> None:
    text = "{% addressed %}<p>您</p>{% endaddressed %}{% person_field %}"

    assert render(text, "/?for=father") == (
        '<p>您父亲</p><input type="hidden" name="for" value="father">'
    )
    assert render(text, "/") == "<p>您</p>"


def test_the_switch_keeps_the_other_answers() -> None:
    text = (
        "{% person_switch as switch %}"
        '{% include "components/person_switch.html" with switch=switch only %}'
    )

    html = render(text, "/x/?a=1&for=mother&b=%3Ci%3E")

    assert 'href="/x/?a=1&amp;b=%3Ci%3E&amp;for=father"' in html
    assert 'href="/x/?a=1&amp;b=%3Ci%3E&amp;for=mother" aria-current="true"' in html
    assert 'href="/x/?a=1&amp;b=%3Ci%3E"' in html
    assert html.count("aria-current") == 1
    assert "替谁查：母亲" in html
