"""English names of those who issue documents: offices of a place, and a few others.

An issuer that is not known here stays as its document has it.
"""

import re
from collections.abc import Callable, Mapping

OFFICES: Mapping[str, str] = {
    "人民政府": "People's Government",  # not shown
    "人民政府办公室": "People's Government, General Office",  # not shown
    "人民政府办公厅": "People's Government, General Office",  # not shown
    "人民政府门户网站": "People's Government, website",  # not shown
    "管委会办公室": "Administrative Committee, General Office",  # not shown
    "人民代表大会常务委员会": "People's Congress, Standing Committee",  # not shown
    "医疗保障局": "Healthcare Security Bureau",  # not shown
    "医疗保险服务中心": "Medical Insurance Service Centre",  # not shown
    "人力资源和社会保障局": "Human Resources and Social Security Bureau",  # not shown
    "财政局": "Finance Bureau",  # not shown
    "财政厅": "Finance Department",  # not shown
    "卫生健康委员会": "Health Commission",  # not shown
    "有关部门": "authorities",  # not shown
    "中心医院": "Central Hospital",  # not shown
}
"""Behind the name of a place, or alone after an office of the same place."""

OTHERS: Mapping[str, str] = {
    "国务院": "State Council",  # not shown
    "国务院办公厅": "State Council, General Office",  # not shown
    "国家医疗保障局": "National Healthcare Security Administration",  # not shown
    "国家医疗保障局办公室": (  # not shown
        "National Healthcare Security Administration, General Office"
    ),
    "财政部": "Ministry of Finance",  # not shown
    "财政部办公厅": "Ministry of Finance, General Office",  # not shown
    "全国人民代表大会常务委员会": (  # not shown
        "National People's Congress, Standing Committee"
    ),
    "新华社": "Xinhua News Agency",  # not shown
    "中国新闻网": "China News Service, website",  # not shown
    "中国日报": "China Daily",  # not shown
    "江西日报": "Jiangxi Daily",  # not shown
    "健康新闻": "health news site",  # not shown
    "“苏州社保”公众号": "Suzhou social insurance, public account",  # not shown
    "杨凌示范区管委会办公室": (  # not shown
        "Yangling Demonstration Zone, Administrative Committee, General Office"
    ),
    "杨凌示范区医疗保障局": (  # not shown
        "Yangling Demonstration Zone Healthcare Security Bureau"
    ),
    "杭州电子科技大学校医院解读": (  # not shown
        "explained by the hospital of Hangzhou Dianzi University"
    ),
    "软件公司": "a software company",  # not shown
    "第三方网站": "a website of a third party",  # not shown
    "第三方个人汇编": "a private compilation",  # not shown
    "第三方整理，源自北京市医疗保障局政策库": (  # not shown
        "a compilation from the policy library of the Beijing Healthcare Security Bureau"
    ),
}
"""By their whole name."""

_LAST_WORDS = (*OFFICES, *OTHERS)
_AND_OTHERS = "等"  # not shown
_REMARK = re.compile(r"（[^（）]*）$")  # not shown
_BETWEEN = re.compile("[、；]")  # not shown


def english_of_issuer(words: str, place: Callable[[str], str | None]) -> str | None:
    """Return the English of one or several issuers, None where one of them is not known.

    `place` names a region in English. A remark in brackets behind the name is left out.

    >>> english_of_issuer("烟台市医疗保障局、财政局等", {"烟台市": "Yantai"}.get)
    'Yantai Healthcare Security Bureau; Finance Bureau and others'
    """
    name = _REMARK.sub("", words)
    open_ended = name.endswith(_AND_OTHERS)
    name = name.removesuffix(_AND_OTHERS)
    if not name.endswith(_LAST_WORDS):
        return None
    found = [_issuer(part, place) for part in _BETWEEN.split(name)]
    known = [english for english in found if english is not None]
    if len(known) < len(found):
        return None
    return "; ".join(known) + (" and others" if open_ended else "")


def _issuer(name: str, place: Callable[[str], str | None]) -> str | None:
    if name in OTHERS:
        return OTHERS[name]
    if name in OFFICES:
        return OFFICES[name]
    for office in sorted((each for each in OFFICES if name.endswith(each)), key=len, reverse=True):
        if where := place(name.removesuffix(office)):
            return f"{where} {OFFICES[office]}"
    return None
