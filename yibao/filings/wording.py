"""Words of the filing pages, chosen by code."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from yibao.core.words import gettext, said
from yibao.eligibility import wording as check
from yibao.eligibility.sentences import filled
from yibao.filings.reading import Reading
from yibao.rules.decision import CheckOutcome
from yibao.rules.terms import FilingCategory, InsuranceType

INSURANCE = [(str(each), words) for each, words in check.INSURANCE.items()]
CATEGORIES = [(str(each), words) for each, words in check.CATEGORY.items()]
CATEGORY_HINTS: Mapping[str, Any] = MappingProxyType(
    {
        FilingCategory.RETIREE_RESETTLED: _("退休人员，在外地住满或要住满半年"),
        FilingCategory.LONG_TERM_RESIDENT: _("在外地住满或要住满半年，例如跟家人住、上学"),
        FilingCategory.POSTED_WORKER: _("单位派到外地，或在外地工作满半年"),
        FilingCategory.REFERRAL: _("参保地的医院开了转诊证明"),
        FilingCategory.EMERGENCY: _("急诊抢救一般视同已备案，不用先办"),
        FilingCategory.OTHER_TEMPORARY: _("出差、旅游、探亲，或自己决定去外地看病"),
    }
)

_MISFITS: Mapping[CheckOutcome, Any] = MappingProxyType(
    {
        CheckOutcome.NO_FILING: _("按规定，这种情况不用备案，带医保码或社保卡直接去就行。"),
        CheckOutcome.DEEMED_FILED: _("按规定，急诊抢救视同已经备案，不用再办。"),
        CheckOutcome.NOT_PAYABLE: _("按规定，这种情况医保不付，备案也没有用。"),
    }
)
_OTHER_MISFIT = _("按规定，这一类不适合您填的地方和时间。")


def misfit_words(reading: Reading) -> str:
    """Say why a category may not be filed, and by which text."""
    words = said(_MISFITS.get(reading.decision.outcome, _OTHER_MISFIT))
    cited = next(iter(reading.citations), None)
    if cited is None:
        return words
    return words + gettext("依据：《%(title)s》%(article)s。") % {
        "title": cited.title,
        "article": cited.article,
    }


def because(reading: Reading) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return why the category fits, each sentence with the ids of its sources."""
    return tuple(
        (filled(note.code, note.values), tuple(cited.id for cited in note.citations))
        for note in reading.decision.because
    )


def validity_words(code: str) -> str:
    """Say how long a filing holds, of the code of `Filing.validity`."""
    sort, _colon, months = code.partition(":")
    if sort == "months":
        return gettext("%(months)s 个月") % {"months": months}
    return {
        "indefinite": gettext("长期有效，直到您变更或取消"),
        "per_stay": gettext("只管这一次住院"),
    }.get(sort, gettext("没有查到规定，以审核结果为准"))


def insurance_words(code: str) -> str:
    """Return the name of a branch of the insurance."""
    return said(check.INSURANCE[InsuranceType(code)])
