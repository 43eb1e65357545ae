"""The shipped guides and glossary keep their promises."""

import re
from pathlib import Path

import pytest

from tests.factories.guides import shipped_guides
from yibao.guides.files import GuideFileRefused, read
from yibao.guides.markup import Placeholder
from yibao.guides.topics import Topic

GUIDE = """[[guide]]
slug = "a"
topic = "filing"
question = "问题"
short = "回答"
body = "正文"
documents = []
reviewed_on = 2026-11-23
"""
# Every term of the field's glossary.
TERMS = (Path(__file__).parent / "terms.txt").read_text(encoding="utf-8").split()


def test_the_glossary_explains_every_term():
    memory = shipped_guides()

    assert [name for name in TERMS if name not in memory.terms_by_name] == []
    assert all(len(term.name) < 20 and term.definition.endswith("。") for term in memory.terms)


def test_every_topic_has_guides_and_every_guide_has_related_ones():
    guides = shipped_guides().guides.values()

    assert {guide.topic for guide in guides} == set(Topic)
    assert [guide.slug for guide in guides if not guide.related] == []
    assert [guide.slug for guide in guides if not guide.documents] == []


def test_what_varies_by_region_is_a_placeholder():
    guides = shipped_guides().guides
    about_figures = ("how-long", "change-filing", "ratio-away", "is-there-cap", "claim-deadline")

    for slug in about_figures:
        assert any(isinstance(block, Placeholder) for block in guides[slug].blocks), slug


def test_sentences_are_short():
    sentences = [
        sentence
        for guide in shipped_guides().guides.values()
        for sentence in re.split(r"[。！？；：，、]", guide.short)
    ]

    assert max(map(len, sentences)) <= 25


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('"正文"', '"报85%"'), "85%"),
        (('"回答"', '"等六个月"'), "六个月"),
        (('"filing"', '"nowhere"'), "topic"),
        (("documents = []", 'documents = "s1"'), "documents"),
        (("documents = []", 'documents = []\nrelated = ["b"]'), "no guide b"),
        (("documents = []", 'documents = []\ncolour = "red"'), "colour"),
        (('question = "问题"\n', ""), "question"),
        (('"正文"', '"[看](guide:b)"'), "no guide b"),
        ((GUIDE, GUIDE * 2), "listed 2 times"),
        (("[[guide]]", "[[guide]"), "guides.toml"),
    ],
)
def test_a_wrong_file_is_refused_with_its_reason(tmp_path, change, problem):
    (tmp_path / "guides.toml").write_text(GUIDE.replace(*change), encoding="utf-8")

    with pytest.raises(GuideFileRefused) as refused:
        read(tmp_path)

    assert any(problem in each for each in refused.value.problems)
