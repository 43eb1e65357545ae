"""Pinyin of institution names: a table of signs, and the words that are read otherwise.

A name costs two microseconds, so that a national list can be indexed while it is imported.
`data/pinyin.txt` holds what is needed of pypinyin's data (MIT); `pinyin_source` makes it.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from operator import add
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).parent / "data" / "pinyin.txt"
LONGEST_PHRASE = 4

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


class Sounds(NamedTuple):
    """How a text is said: the first letters, and the syllables, each after a `'`."""

    initials: str
    apart: str


class _Signs(dict[int, str]):
    """Code point → what to write for it; a sign without a reading stands for itself."""

    def __init__(self, pattern: str, readings: Mapping[int, str]) -> None:
        self._pattern = pattern
        self._readings = readings

    def __missing__(self, sign: int) -> str:
        said = self._readings.get(sign, chr(sign))
        found = self[sign] = said[0] if self._pattern == "initial" else f"'{said}"
        return found


class _Readings(NamedTuple):
    signs: Mapping[int, str]
    phrases: Mapping[str, tuple[str, ...]]
    heads: frozenset[str]
    initials: _Signs
    apart: _Signs


def sounds(text: str) -> Sounds:
    """Return how a text is said.

    >>> sounds("长寿3院")
    Sounds(initials='cs3y', apart="'chang'shou'3'yuan")
    """
    readings = _readings()
    if readings.heads.isdisjoint(map(add, text, text[1:])):
        return Sounds(text.translate(readings.initials), text.translate(readings.apart))
    said = syllables(text)
    return Sounds("".join(syllable[0] for syllable in said), apart(said))


def apart(syllables_: Iterable[str]) -> str:
    """Return syllables as an index has them.

    >>> apart(["xie", "he"])
    "'xie'he"
    """
    return "".join(f"'{syllable}" for syllable in syllables_)


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
            candidates = (text[place : place + size] for size in range(LONGEST_PHRASE, 1, -1))
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

    >>> cuts("xian")
    [('xian',), ('xia', 'n'), ('xi', 'an'), ('xi', 'a', 'n')]
    >>> cuts("xhyy")
    []
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
    signs: dict[int, str] = {}
    by_syllable, phrase_lines = TABLE.read_text(encoding="utf-8").split("\n\n")
    for line in by_syllable.splitlines():
        said, of = line.split(" ")
        signs |= dict.fromkeys(map(ord, of), said)
    split = (line.split(" ") for line in phrase_lines.splitlines())
    phrases = {phrase: tuple(said) for phrase, *said in split}
    heads = frozenset(phrase[:2] for phrase in phrases)
    return _Readings(signs, phrases, heads, _Signs("initial", signs), _Signs("apart", signs))
