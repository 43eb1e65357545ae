"""Pinyin of institution names: a table of signs, and the words that are read otherwise.

A name costs a few microseconds, so that a national list can be indexed while it is
imported. pypinyin itself segments every name against 47,000 phrases, ten times slower;
nearly all of them say nothing that the table of signs does not.
"""

import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

_LONGEST_PHRASE = 4
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

SYLLABLES = frozenset(
    """
    a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bong bu ca cai
    can cang cao ce cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chuai
    chuan chuang chui chun chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de dei den
    deng di dian diao die din ding diu dong dou du duan dui dun duo e en er fa fan fang fei fen
    feng fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo
    ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian
    jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke kei ken keng kong kou
    ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei len leng li lia lian liang liao
    lie lin ling liu lo long lou lu luan lun luo lv lve ma mai man mang mao me mei men meng mi
    mian miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao
    nie nin ning niu nong nou nu nuan nun nuo nv nve o ou pa pai pan pang pao pei pen peng pi pian
    piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran
    rang rao re ren reng ri rong rou ru ruan rui run ruo sa sai san sang sao se sen seng sha shai
    shan shang shao she shei shen sheng shi shou shu shua shuai shuan shuang shui shun shuo si
    song sou su suan sui sun suo ta tai tan tang tao te tei teng ti tian tiao tie ting tong tou tu
    tuan tui tun tuo wa wai wan wang wei wen weng wo wong wu xi xia xian xiang xiao xie xin xing
    xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai
    zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhen zheng zhi zhong zhou zhu zhua
    zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
    """.split()  # noqa: SIM905 - a list of 390 quoted words is no easier to read
)
_LONGEST_SYLLABLE = 6
_BEGINNINGS = frozenset(word[:size] for word in SYLLABLES for size in range(1, len(word)))
_MOST_CUTS = 12


class _Readings(NamedTuple):
    signs: Mapping[int, str]
    phrases: Mapping[str, tuple[str, ...]]
    heads: frozenset[str]


def syllables(text: str) -> list[str]:
    """Return one syllable per Chinese sign, any other sign as it is.

    >>> syllables("重庆长寿区3院")
    ['chong', 'qing', 'chang', 'shou', 'qu', '3', 'yuan']
    """
    readings = _readings()
    found: list[str] = []
    place = 0
    while place < len(text):
        phrase = None
        if text[place : place + 2] in readings.heads:
            candidates = (text[place : place + size] for size in range(_LONGEST_PHRASE, 1, -1))
            phrase = next((word for word in candidates if word in readings.phrases), None)
        if phrase is None:
            sign = text[place]
            found.append(readings.signs.get(ord(sign), sign))
            place += 1
        else:
            found += readings.phrases[phrase]
            place += len(phrase)
    return found


def cuts(letters: str) -> list[tuple[str, ...]]:
    """Return the ways to cut typed letters into syllables, longer syllables first.

    The last piece may be the beginning of a syllable only. At most 12 ways: a text with
    more is cut in those that take the longest syllables.

    >>> cuts("xian"), cuts("xieh"), cuts("xhyy")
    ([('xian',), ('xi', 'an')], [('xie', 'h')], [])
    """
    found: list[tuple[str, ...]] = []
    dead: set[int] = set()

    def walk(start: int, before: tuple[str, ...]) -> None:
        known = len(found)
        if before and letters[start:] in _BEGINNINGS and letters[start:] not in SYLLABLES:
            found.append((*before, letters[start:]))
        for size in range(min(_LONGEST_SYLLABLE, len(letters) - start), 0, -1):
            piece = letters[start : start + size]
            if len(found) >= _MOST_CUTS:
                return
            if piece not in SYLLABLES and not (size == 1 and piece.isdigit()):
                continue
            if start + size == len(letters):
                found.append((*before, piece))
            elif start + size not in dead:
                walk(start + size, (*before, piece))
        if len(found) == known:
            dead.add(start)

    walk(0, ())
    return found


def completions(piece: str) -> tuple[str, ...]:
    """Return the syllables that begin with a piece, itself included where it is one."""
    return tuple(sorted(syllable for syllable in SYLLABLES if syllable.startswith(piece)))


@cache
def _readings() -> _Readings:
    # Half a second and 20 MiB, needed where names are indexed and nowhere else.
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    signs = {sign: _plain(readings.partition(",")[0]) for sign, readings in PINYIN_DICT.items()}
    signs |= {ord(sign): said for sign, said in _SIGNS.items()}
    phrases: dict[str, tuple[str, ...]] = {}
    for phrase, spoken in PHRASES_DICT.items():
        if 2 <= len(phrase) <= _LONGEST_PHRASE and len(spoken) == len(phrase):
            plain = tuple(_plain(readings[0]) for readings in spoken)
            usual = zip(phrase, plain, strict=True)
            if any(said not in (signs.get(ord(sign)), *_EVERYDAY) for sign, said in usual):
                phrases[phrase] = plain
    phrases |= {word: tuple(said.split()) for word, said in _WORDS.items()}
    return _Readings(signs, phrases, frozenset(phrase[:2] for phrase in phrases))


@cache
def _plain(syllable: str) -> str:
    """Return a syllable without its tone; ü is written v, as people type it."""
    apart = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(sign for sign in apart if sign.isalpha())
