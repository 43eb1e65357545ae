"""Asking for a relative: words, links and the switch."""

import re

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from tests.architecture.public_words import public_words
from yibao.core.english_person import IRREGULAR, READER, REGULAR, UNBENT, about
from yibao.core.language import ENGLISH, speaking
from yibao.core.people import Person, addressed, carried, person_in
from yibao.core.words import gettext


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
    html = render("{% person_switch %}", "/x/?a=1&for=mother&b=%3Ci%3E")

    assert 'href="/x/?a=1&amp;b=%3Ci%3E&amp;for=father"' in html
    assert 'href="/x/?a=1&amp;b=%3Ci%3E&amp;for=mother" aria-current="true"' in html
    assert 'href="/x/?a=1&amp;b=%3Ci%3E"' in html
    assert html.count("aria-current") == 1
    assert "替谁查：母亲" in html


# --- in English ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("You are still waiting.", "Your mother is still waiting."),
        ("Have you filed?", "Has your mother filed?"),
        ("until you change or cancel it", "until your mother changes or cancels it"),
        ("you usually pay; you can claim", "your mother usually pays; you can claim"),
        ("You live with your children.", "Your mother lives with her children."),
        ("Your card. Your code.", "Your mother's card. Your mother's code."),
        ("Are they yours?", "Are they your mother's?"),
        ("You say that your card is lost.", "You say that your mother's card is lost."),
        ("If you do not know, call.", "If you do not know, call."),
        ("it tells you whom to ask", "it tells you whom to ask"),
        ("you or your family", "you or your family"),
        ("the calendar of your phone", "the calendar of your phone"),
        ("问一下。 (Can you settle directly?)", "问一下。 (Can you settle directly?)"),
    ],
)  # fmt: skip
def test_english_speaks_of_the_relative(text: str, said: str) -> None:
    with speaking(ENGLISH):
        assert addressed(text, Person.MOTHER) == said
        assert addressed(text, None) == text


@pytest.mark.parametrize(
    ("person", "said"),
    [
        (Person.FATHER, "Your father shows his code."),
        (Person.SPOUSE, "Your spouse shows their code."),
        (Person.CHILD, "Your child shows their code."),
        (Person.OTHER, "Your relative shows their code."),
    ],
)
def test_english_has_a_word_for_each(person: Person, said: str) -> None:
    with speaking(ENGLISH):
        assert addressed("You shows your code.", person) == said


# The pages that are asked for somebody: templates with {% addressed %}.
PAGES = ("guides", "eligibility", "estimates", "diagnosis", "deadlines")


def english_words() -> dict[str, str]:
    """Return the English of what those pages say."""
    with speaking(ENGLISH):
        return {
            text: gettext(text)
            for text, place in public_words().items()
            if any(f"/{app}/" in f"{place}/" for app in PAGES)
        }


def test_every_verb_of_the_catalogue_is_known() -> None:
    known = {*IRREGULAR, *REGULAR, *UNBENT, *(words.split()[0] for words in READER)}
    no_verbs = {"with", "as", "to", "at", "for", "in", "if", "on", "or", "the", "when", "brings"}
    adverbs = "already|first|only|still|usually|now|also"
    # Not the object, nor the subject of a question.
    subject = re.compile(
        rf"(?<!tells )(?<!ask )(?<![Aa]re )(?<![Hh]ave )\b[Yy]ou (?:(?:{adverbs}) )?([a-z]+)"
    )
    unknown = {
        (verb, english)
        for english in english_words().values()
        for verb in subject.findall(re.sub(r"\([A-Z][^()]*\)", "", english))
        if verb not in known | no_verbs
    }

    assert unknown == set()


def test_english_names_the_person_where_chinese_does() -> None:
    ours = {"您抄的", "您手上的", "您填的", "您这一小时", "您的手机", "您知道正确的", "问您"}
    left_out = {
        text: english
        for text, english in english_words().items()
        if addressed(text, Person.MOTHER) != text
        and about(english, "your mother") == english
        and not any(words in text for words in ours)
    }

    assert left_out == {}
