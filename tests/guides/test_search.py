"""The search finds the answer to what people ask."""

from pathlib import Path

import pytest

from tests.guides.conftest import TODAY
from yibao.guides.search import Results, search

pytestmark = pytest.mark.usefixtures("shipped")

LINES = (Path(__file__).parent / "questions.txt").read_text(encoding="utf-8").splitlines()
QUESTIONS = [line.split("|") for line in LINES if not line.startswith("#")]


def find(text: str) -> Results:
    return search(text, carried={}, on=TODAY)


def slugs(results: Results) -> list[str]:
    return [hit.address.split("/")[2] for hit in results.guides]


def test_every_question_of_the_articles_is_asked():
    assert len(QUESTIONS) >= 97 + 12
    assert len({question for question, *_rest in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize(("question", "answer"), [line[:2] for line in QUESTIONS])
def test_the_first_answer_is_the_right_one(question: str, answer: str):
    assert slugs(find(question))[0] == answer


@pytest.mark.parametrize(
    ("question", "code"), [(line[0], line[2]) for line in QUESTIONS if len(line) > 2]
)
def test_a_place_in_the_question_goes_along(question: str, code: str):
    results = find(question)

    assert results.place is not None
    assert results.place.code == code
    assert results.regions[0].address == f"/regions/{code}/"
    if not slugs(results)[0].startswith("not-here"):
        assert results.guides[0].address.endswith(f"?insured={code}")


def test_pinyin_and_initials_find_guides_and_terms():
    assert "what-is-filing" in slugs(find("beian"))
    assert "home-return" in slugs(find("hlj"))  # 回老家
    assert [hit.title for hit in find("qifuxian").terms] == ["起付标准"]
    assert find("yantai").regions[0].address == "/regions/370600/"


def test_pinyin_begins_with_a_syllable():
    assert slugs(find("eian")) == []


def test_a_term_is_found_by_any_of_its_names():
    assert find("起付线").terms[0].title == "起付标准"
    assert find("零星报销").terms[0].title == "手工报销"


@pytest.mark.parametrize("text", ["", "。。。", "xyzzy", "囧囧囧"])
def test_nonsense_finds_nothing(text: str):
    assert find(text).count == 0


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("referral proof", "referral-how"),
        ("lost card", "card-lost"),
        ("my card was stolen", "card-lost"),
        ("How do I file?", "how-to-file"),
        ("how to get reimbursed", "claim-how"),
        ("do I need to register before going to another city", "in-province"),
        ("what documents do I need", "materials"),
        ("how much is paid in hospital", "reimbursement-table"),
        ("forgot my password", "password-locked"),
        ("can my wife use my account", "mutual-aid-who"),
        ("dentures", "dental"),
        ("pregnant", "birth-costs"),
        ("passport", "materials"),
    ],
)
def test_english_words_find_guides(typed: str, answer: str):
    assert slugs(find(typed))[0] == answer


def test_english_words_of_no_guide_find_none():
    assert slugs(find("xyzzy plugh")) == []


def test_english_words_find_terms():
    assert "起付标准" in [hit.title for hit in find("deductible").terms]


def test_pinyin_is_never_taken_for_english():
    assert "what-is-filing" in slugs(find("beian"))
