"""The shipped table of readings is what pypinyin says, and spells as it does sign by sign."""

import csv

import pytest

from yibao.institutions import loader, pinyin, pinyin_source
from yibao.institutions.pinyin import apart, sounds, syllables


def test_the_table_is_made_from_pypinyin() -> None:
    assert pinyin.TABLE.read_text(encoding="utf-8") == pinyin_source.table()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("长春", "chang chun"),
        ("朝阳", "chao yang"),
        ("首都", "shou du"),
        ("银行", "yin hang"),
        ("ct3号", "c t 3 hao"),
    ],
)
def test_words_are_read_as_people_say_them(text: str, said: str) -> None:
    assert syllables(text) == said.split()


def test_whole_names_sound_as_their_syllables() -> None:
    with loader.DATA.open(encoding="utf-8", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file)]

    for name in names:
        said = syllables(name)
        assert sounds(name) == ("".join(syllable[0] for syllable in said), apart(said)), name
    assert len(names) > 6000
