"""Every code of the engine has its words, and no word is left over."""

import re
from typing import Any

import pytest

from tests.data.shipped import shipped_provisions
from tests.rules.builders import DAY, HOME
from yibao.diagnosis import sentences, wording
from yibao.diagnosis.leaf import leaf_page
from yibao.rules.diagnosis import ABROAD, LEAVES, QUESTIONS, Cause, DiagnosisFacts, diagnose
from yibao.rules.facts import Stage
from yibao.rules.policy import Terms
from yibao.rules.terms import InsuranceType, Scope

LONGEST = 25
"""Signs of a sentence that is read at a window (reliability.md asks it of the large mode)."""

DRY_WORDS = ("经办机构", "零星报销", "统筹区", "就医地")


def test_every_answer_has_words_and_every_word_an_answer() -> None:
    asked = {
        (question.code, choice.code)
        for question in QUESTIONS.values()
        for choice in question.choices
    }

    assert set(wording.CHOICES) == asked
    assert set(wording.QUESTIONS) == set(QUESTIONS)
    assert set(wording.HINTS) <= set(QUESTIONS)


def test_every_action_has_words_and_every_word_an_action() -> None:
    used = {
        code
        for leaf in (*LEAVES.values(), ABROAD)
        for code in (*leaf.now, *leaf.paid, *leaf.fallback, *leaf.fallback_paid)
    }

    assert set(sentences.ACTIONS) == used


def test_everything_that_is_said_has_words_and_the_reverse() -> None:
    used = {code for leaf in (*LEAVES.values(), ABROAD) for code in (leaf.say, leaf.say_paid)}

    assert set(sentences.SAY) == used


@pytest.mark.parametrize("cause", Cause)
def test_titles_are_short_enough_for_a_phone(cause: Cause) -> None:
    assert len(str(wording.TITLES[cause])) <= 14


@pytest.mark.parametrize("code", sentences.ACTIONS)
def test_what_to_do_is_said_in_short_sentences(code: str) -> None:
    text = str(sentences.ACTIONS[code])

    assert all(len(part) <= LONGEST + 5 for part in re.split("[。？：；]", text))
    assert not [word for word in DRY_WORDS if word in text]


def _leaves(region: str, **facts: Any) -> None:
    rows = shipped_provisions()
    chain = (region, f"{region[:2]}0000", "000000")
    for cause in Cause:
        for insurance in InsuranceType:
            levels = tuple(
                tuple(
                    row
                    for row in rows.get(code, ())
                    if row.insurance in (None, insurance) and row.period.holds(DAY)
                )
                for code in dict.fromkeys(chain)
            )
            terms = Terms(
                region_code=region,
                region_name=region,
                insurance=insurance,
                on=DAY,
                levels=levels,
                whom_to_ask="12393",
            )
            found = diagnose(
                DiagnosisFacts(cause=cause, on=DAY, insurance=insurance, **facts), terms
            )
            page = leaf_page(found, {})
            shown = [line.words for line in (*page.because, *page.by_when)] + [
                line.words for _, readings in page.disputes for line in readings
            ]
            assert all(words and "%(" not in words and "None" not in words for words in shown)


@pytest.mark.parametrize("region", sorted(shipped_provisions()))
@pytest.mark.parametrize("stage", [Stage.ADMITTED, Stage.DISCHARGED])
@pytest.mark.parametrize("scope", [Scope.CROSS_PROVINCE, Scope.IN_PROVINCE])
def test_every_shipped_rule_is_put_into_words(region: str, stage: Stage, scope: Scope) -> None:
    _leaves(region, stage=stage, scope=scope)


def test_a_region_without_any_rule_is_put_into_words() -> None:
    _leaves(HOME[:4] + "99", stage=Stage.ADMITTED, scope=Scope.LOCAL)
