"""Names of regions in Latin letters, for readers of English: pinyin, or the customary name."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache

from yibao.core.identity import Same
from yibao.regions import queries
from yibao.regions.index import RegionIndex, RegionRef
from yibao.regions.offices import english_of_issuer

CUSTOMARY: Mapping[str, str] = {
    "000000": "whole country",
    "150000": "Inner Mongolia",
    "540000": "Xizang",
    "610000": "Shaanxi",
    "710000": "Taiwan",
    "810000": "Hong Kong",
    "820000": "Macau",
    "150100": "Hohhot",
    "150600": "Ordos",
    "150700": "Hulunbuir",
    "150800": "Bayannur",
    "150900": "Ulanqab",
    "152200": "Hinggan",
    "152500": "Xilingol",
    "152900": "Alxa",
    "222400": "Yanbian",
    "230100": "Harbin",
    "230200": "Qiqihar",
    "540100": "Lhasa",
    "540200": "Xigaze",
    "540300": "Qamdo",
    "540400": "Nyingchi",
    "540500": "Shannan",
    "540600": "Nagqu",
    "542500": "Ngari",
    "513200": "Aba (Ngawa)",
    "513300": "Garze",
    "513400": "Liangshan",
    "533400": "Deqen",
    "632200": "Haibei",
    "632300": "Huangnan",
    "632500": "Hainan (Qinghai)",
    "632600": "Golog",
    "632700": "Yushu",
    "632800": "Haixi",
    "650000": "Xinjiang",
    "650100": "Urumqi",
    "650200": "Karamay",
    "650400": "Turpan",
    "650500": "Hami",
    "652300": "Changji",
    "652700": "Bortala",
    "652800": "Bayingolin",
    "652900": "Aksu",
    "653000": "Kizilsu",
    "653100": "Kashgar",
    "653200": "Hotan",
    "654000": "Ili",
    "654200": "Tacheng",
    "654300": "Altay",
}
"""Where the custom differs from pinyin."""

_ENDINGS = ("shi", "xian", "qu", "qi")
_OWN_POOL = "本级"  # not shown
_LAST_SIGNS = tuple("省市区县州盟旗团国级")  # not shown
"""Every name of a region ends with one of these; most other words need no look-up."""


def spelled(pinyin: str) -> str:
    """Return syllables as one word; an apostrophe stands where it would be read wrongly.

    >>> spelled("xi an"), spelled("wu jia qu"), spelled("yan tai")
    ("Xi'an", 'Wujiaqu', 'Yantai')
    """
    word = ""
    for syllable in pinyin.split():
        word += f"'{syllable}" if word and syllable[0] in "aeo" else syllable
    return word.capitalize()


def english_of(words: str) -> str | None:
    """Return the English of a region's or an issuer's Chinese name, None for other words."""
    return place_of(words) or english_of_issuer(words, place_of)


def place_of(words: str) -> str | None:
    """Return the English of a region's Chinese name, None for other words.

    A name that several regions have (鼓楼区) is English only where its city stands before it.
    """
    if not words.endswith(_LAST_SIGNS):
        return None
    names = _names(Same(queries.MEMORY.get()))
    if words.endswith(_OWN_POOL) and (above := names.get(words[: -len(_OWN_POOL) - 1])):
        return f"{above}, own pool"
    return names.get(words)


@lru_cache(maxsize=2)
def _names(same: Same[queries.Memory]) -> Mapping[str, str]:
    index = same.it.index
    own = {code: _own(region, index.pinyin[code]) for code, region in index.regions.items()}
    found = {
        region.full_name: ", ".join(dict.fromkeys(own[each] for each in _line(region, index)))
        for region in index.regions.values()
    }
    often = Counter(region.name for region in index.regions.values())
    for region in index.regions.values():
        if often[region.name] == 1:
            found.setdefault(region.name, own[region.code])
    return found


def _own(region: RegionRef, pinyin: str) -> str:
    if region.code in CUSTOMARY:
        return CUSTOMARY[region.code]
    syllables = pinyin.split()
    # Short names of one sign keep their ending: 碑林区 is Beilin, 赵县 is Zhaoxian.
    if region.short_name == region.name and len(syllables) > 2 and syllables[-1] in _ENDINGS:
        syllables.pop()
    return spelled(" ".join(syllables))


def _line(region: RegionRef, index: RegionIndex) -> Iterator[str]:
    """Yield the codes that the full name spells out, the region itself first."""
    yield region.code
    above = index.regions.get(region.parent_code or "")
    while above is not None:
        if above.name in region.full_name:
            yield above.code
        above = index.regions.get(above.parent_code or "")
