"""Figures, dates and standings as pages print them."""

from datetime import date

import pytest
from django.template import Context, Template

from tests.core.gallery import citation
from yibao.core.footnotes import Footnotes
from yibao.core.templatetags import figures
from yibao.rules.terms import EffectiveBasis, Standing


def rendered(source: str, **context: object) -> str:
    return Template("{% load figures %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (0, "0.00"),
        (5, "0.05"),
        (123_456_789_012, "1,234,567,890.12"),
        (-5, "-0.05"),
        (-123_456, "-1,234.56"),
    ],
)
def test_yuan_keeps_both_decimals_and_the_sign(fen: int, shown: str) -> None:
    assert figures.yuan(fen) == shown


@pytest.mark.parametrize(
    ("ratio_bp", "shown"),
    [(10_000, "100%"), (8500, "85%"), (6750, "67.5%"), (1, "0.01%"), (0, "0%"), (-250, "-2.5%")],
)
def test_percent_drops_needless_zeros(ratio_bp: int, shown: str) -> None:
    assert figures.percent(ratio_bp) == shown


def test_figure_of_money_is_marked_for_machines_and_people() -> None:
    assert rendered('{% figure "total" 1234567 %}') == (
        '<data class="figure" data-figure="total" value="12345.67">12,345.67 元</data>'
    )


def test_figure_of_a_ratio_has_four_decimals_for_machines() -> None:
    html = rendered('{% figure "effective_ratio" 8500 kind="ratio" %}')

    assert 'value="0.8500">85%<' in html


def test_figure_of_a_count_shows_its_unit() -> None:
    html = rendered('{% figure "validity_months" 6 kind="count" unit="个月" %}')

    assert 'value="6">6 个月<' in html


def test_zero_is_a_figure_and_none_is_unknown() -> None:
    assert 'value="0.00">0.00 元<' in rendered('{% figure "cash" 0 %}')
    assert 'value="unknown">不清楚<' in rendered('{% figure "cash" value %}', value=None)


def test_figure_refuses_another_kind() -> None:
    with pytest.raises(ValueError, match="no such kind"):
        rendered('{% figure "total" 1 kind="dollars" %}')


def test_figure_escapes_what_it_is_given() -> None:
    html = rendered(
        '{% figure name 1 kind="count" unit=unit cite=cite %}', name='"><b>', unit="<i>", cite='"x'
    )

    assert "<b>" not in html
    assert "<i>" not in html
    assert 'href="#&quot;x"' in html


def test_figure_names_its_first_source_and_links_all_by_number() -> None:
    footnotes = Footnotes([citation("one", Standing.OFFICIAL), citation("two", Standing.DISPUTED)])

    html = rendered('{% figure "total" 1 cite=ids %}', ids=["two", "one"], footnotes=footnotes)

    assert 'data-citation="two"' in html
    assert html.index('href="#two" aria-label="依据2">[2]') < html.index('href="#one"')


def test_a_source_that_the_page_does_not_number_is_linked_by_a_word() -> None:
    assert '<a class="cite" href="#far" aria-label="依据">[依据]</a>' in rendered(
        '{% cite "far" %}'
    )


@pytest.mark.parametrize("standing", list(Standing))
def test_every_standing_has_a_word_beside_its_sign(standing: Standing) -> None:
    html = rendered("{% standing slug %}", slug=standing)

    assert f"tag-{standing.value}" in html
    assert html.endswith("</span>")
    assert len(html.rpartition("</span>")[0].rpartition("</span>")[2]) >= 2


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        (EffectiveBasis.STATED, "2024年2月1日起施行"),
        (EffectiveBasis.PUBLISHED, "2024年2月1日发布，没有写明施行日"),
        (EffectiveBasis.OBSERVED, "最晚2024年2月1日已在执行"),
    ],
)
def test_a_source_says_how_its_first_day_is_known(basis: EffectiveBasis, words: str) -> None:
    note = citation("one", Standing.OFFICIAL, basis=basis)

    assert figures.effective_words(note) == words


def test_the_last_day_of_a_source_is_the_day_before_its_exclusive_end() -> None:
    note = citation("one", Standing.OFFICIAL, effective_to=date(2027, 1, 1))

    assert figures.effective_words(note).endswith("到2026年12月31日为止")


def test_footnotes_number_sources_by_first_mention() -> None:
    footnotes: Footnotes = Footnotes()
    first = citation("b", Standing.OFFICIAL)

    numbers = [footnotes.add(first), footnotes.add(citation("a", Standing.OFFICIAL))]

    assert numbers == [1, 2]
    assert footnotes.add(first) == 1
    assert [note.id for note in footnotes] == ["b", "a"]
