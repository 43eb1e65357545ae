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


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        # As people talk.
        ("医保卡丢了咋整", "card-lost"),
        ("备案了为啥还不能刷", "settlement-refused"),
        ("忘了备案怎么办", "late-filing-how"),
        ("能不能网上报销", "claim-how"),
        ("一年最多报多少", "is-there-cap"),
        ("医保电话多少", "who-to-call"),
        ("给老婆用我的医保卡", "mutual-aid-who"),
        ("辞职了医保怎么办", "stop-insurance"),
        ("牙疼", "dental"),
        ("骨折了能报吗", "trauma"),
        ("我想查医保余额", "account-check"),
        ("网上怎么查备案", "effective-when"),
        ("退休了去深圳住", "retired-away"),
        # With another sign of the same sound.
        ("异地备按怎么办", "how-to-file"),
        ("取消备按", "cancel-filing"),
        ("挂试", "card-lost"),
        ("余鹅", "account-what"),
        ("医保个人帐户怎么用", "account-what"),
        # In pinyin, in one word or several.
        ("yidi jiuyi", "what-is-filing"),
        ("yibaoka diule", "card-lost"),
        ("zhuyuan baoxiao", "reimbursement-table"),
        ("quxiao beian", "cancel-filing"),
        ("zhuanzhen", "referral-how"),
    ],
)
def test_what_people_type_finds_its_answer_among_the_first_three(typed: str, answer: str):
    assert answer in slugs(find(typed))[:3]


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
