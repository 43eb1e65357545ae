"""Why a filing is refused: code → words, what to do now, the clause, how to object.

A refusal is never free text alone. What rests on a mismatch or a missing paper may only be
said after the citizen was asked once (features.md W6, 一次性告知).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yibao.sources.queries import UnknownDocument, get_document


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A reason. `document` and `article` name the clause; `asks_first`: only after a question."""

    code: str
    words: Any
    remedy: Any
    document: str
    article: str
    asks_first: bool = False


_ALL = (
    Refusal(
        code="identity_mismatch",
        words=_("补材料以后，姓名或证件号码和参保登记仍然对不上。"),
        remedy=_("请带身份证到参保地核对登记信息；登记错了先改登记，再重新申请。"),
        document="s-nhsa22",
        article="经办规程第八条",  # not shown
        asks_first=True,
    ),
    Refusal(
        code="papers_missing",
        words=_("告知补材料以后，要求的材料仍然没有补齐。"),
        remedy=_("材料齐了可以马上重新申请，不影响以后办理。"),
        document="s-nhsa22",
        article="经办规程第八条",  # not shown
        asks_first=True,
    ),
    Refusal(
        code="papers_untrue",
        words=_("提交的材料经核实与事实不符。"),
        remedy=_("请用真实的材料重新申请；认为核实有误的，可以要求复核并提供证据。"),
        document="s3",
        article="第三十条、第四十一条",  # not shown
        asks_first=True,
    ),
    Refusal(
        code="not_insured_here",
        words=_("在这个统筹区没有查到所选险种的有效参保。"),
        remedy=_("请到实际参保的地方申请；换过工作或参保地的，先核对现在参加的是哪种医保。"),
        document="s-nhsa22",
        article="经办规程第七条、第八条",  # not shown
    ),
    Refusal(
        code="category_unfit",
        words=_("情况不符合所选的备案类型。"),
        remedy=_("请按实际情况换一种备案类型重新申请；短期外出可以按“其他临时外出就医”办。"),
        document="s-nhsa22",
        article="经办规程第七条、第八条",  # not shown
    ),
    Refusal(
        code="already_covered",
        words=_("同一个地方已经有有效的备案，不用再办一次。"),
        remedy=_("直接用原来的备案看病；要改地方或时间，请变更原来的备案。"),
        document="s-nhsa22",
        article="经办规程第十三条",  # not shown
    ),
    Refusal(
        code="care_at_home",
        words=_("要去的地方就在参保的统筹区里，不算异地就医。"),
        remedy=_("不用备案，拿医保码或社会保障卡直接就医。"),
        document="s-nhsa22",
        article="经办规程第六条",  # not shown
    ),
)

REFUSALS: Mapping[str, Refusal] = MappingProxyType({refusal.code: refusal for refusal in _ALL})

OBJECTION_DOCUMENT, OBJECTION_ARTICLE = "s2", "第八十三条"  # not shown


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """A refusal as the citizen reads it."""

    code: str
    words: str
    remedy: str
    clause: str
    objection: str


def words_of(code: str) -> RefusalWords:
    """Return a refusal in words. Raises KeyError: no such code."""
    refusal = REFUSALS[code]
    return RefusalWords(
        code=code,
        words=str(refusal.words),
        remedy=str(refusal.remedy),
        clause=_clause(refusal.document, refusal.article),
        objection=gettext(
            "不同意这个决定的，可以在收到决定后 %(days)s 天内请参保地医保经办机构复核，"
            "也可以依法申请行政复议或提起行政诉讼（%(clause)s）。"
        )
        % {
            "days": settings.OBJECTION_DAYS,
            "clause": _clause(OBJECTION_DOCUMENT, OBJECTION_ARTICLE),
        },
    )


def _clause(slug: str, article: str) -> str:
    try:
        document = get_document(slug)
    except UnknownDocument:
        return article
    number = f"（{document.number}）" if document.number else ""  # not shown
    return gettext("《%(title)s》%(number)s%(article)s") % {
        "title": document.title,
        "number": number,
        "article": article,
    }
