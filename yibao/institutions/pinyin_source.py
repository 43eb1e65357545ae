"""Make `data/pinyin.txt` from pypinyin: `python -m yibao.institutions.pinyin_source`.

What pypinyin holds takes half a second and 55 MiB to load in each process. Of its 47,000
phrases nearly all say nothing that the signs one by one do not; the file keeps the rest.
"""

import unicodedata
from functools import cache

from yibao.institutions.pinyin import LONGEST_PHRASE, TABLE

# Names of places and hospitals differ from everyday words: 长 of 长春, 都 of 首都, 佛 of 佛山.
# Phrases that say otherwise for these (长子, 都是) are left out.
_SIGNS = {"长": "chang", "都": "du", "佛": "fo"}  # not shown
_EVERYDAY = ("zhang", "dou")
_WORDS = {  # not shown
    "长子县": "zhang zi xian", "朝阳": "chao yang", "泊头": "bo tou",
    "大城县": "dai cheng xian", "繁峙": "fan shi", "洪洞": "hong tong", "珲春": "hun chun",
    "六合": "lu he", "涡阳": "guo yang", "乐陵": "lao ling", "单县": "shan xian",
    "浚县": "xun xian", "漯河": "luo he",
    "覃塘": "qin tang", "什邡": "shi fang", "筠连": "jun lian", "荥经": "ying jing",
    "民乐": "min le", "崆峒": "kong tong", "宕昌": "tan chang", "伽师": "jia shi",
    "尼勒克": "ni le ke",
}  # fmt: skip


def table() -> str:
    """Return the file: a line per syllable with its signs, then a line per phrase."""
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    signs = {sign: _plain(said.partition(",")[0]) for sign, said in PINYIN_DICT.items()}
    signs |= {ord(sign): said for sign, said in _SIGNS.items()}
    phrases: dict[str, tuple[str, ...]] = {}
    for phrase, spoken in PHRASES_DICT.items():
        if 2 <= len(phrase) <= LONGEST_PHRASE and len(spoken) == len(phrase):
            plain = tuple(_plain(readings[0]) for readings in spoken)
            usual = zip(phrase, plain, strict=True)
            if any(said not in (signs.get(ord(sign)), *_EVERYDAY) for sign, said in usual):
                phrases[phrase] = plain
    phrases |= {word: tuple(said.split()) for word, said in _WORDS.items()}
    by_syllable: dict[str, list[str]] = {}
    for sign, said in sorted(signs.items()):
        by_syllable.setdefault(said, []).append(chr(sign))
    lines = [f"{said} {''.join(found)}" for said, found in sorted(by_syllable.items())]
    lines += ["", *(f"{phrase} {' '.join(said)}" for phrase, said in sorted(phrases.items()))]
    return "\n".join(lines) + "\n"


@cache
def _plain(syllable: str) -> str:
    """Return a syllable without its tone; ü is written v, as people type it."""
    apart = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(sign for sign in apart if sign.isalpha())


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
