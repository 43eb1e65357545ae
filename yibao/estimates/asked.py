"""What the three pages share: questions above, and below them a result or what is missing."""

from dataclasses import dataclass

from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from yibao.core.navigation import links
from yibao.core.patterns import Pattern
from yibao.estimates.forms import CaseForm

_ANSWERED = Pattern("estimates/answered.html", "summary", "result", "toolbar")
_TOOLBAR = Pattern("components/toolbar.html", "address")


@dataclass(frozen=True, slots=True)
class Asked:
    """What tells the pages apart: `page` is the short name of the address."""

    page: str
    heading: Promise
    lead: Promise
    button: Promise

    @property
    def address(self) -> str:
        """Where the answers are sent."""
        return links()[self.page]


ESTIMATE = Asked(
    page="estimate",
    heading=_("算一算医保能报多少"),
    lead=_("填八项就能算。每个数都告诉您按哪份文件算的；查不到的规定会直接说。"),
    button=_("算一算"),
)
COMPARISON = Asked(
    page="compare",
    heading=_("同一张账单，比几种情况"),
    lead=_("备案、转诊、不备案，各报多少，差在哪里。"),
    button=_("比一比"),
)
BILL = Asked(
    page="bill",
    heading=_("核对一张结算单"),
    lead=_("照着结算单抄几行，看和规定算出来的一不一样。不用填姓名和证件号码。"),
    button=_("核对"),
)


def answered_html(summary: str, result: SafeString, address: str) -> SafeString:
    """Return a result with what speaks it aloud and what prints it; `address` is absolute."""
    return _ANSWERED(summary=summary, result=result, toolbar=_TOOLBAR(address=address))


def missing_html(form: CaseForm) -> SafeString:
    """Return the questions that are still open, nothing where none is or none was answered."""
    missing = form.missing
    if not missing:
        return SafeString("")
    return SafeString(get_template("estimates/missing.html").render({"missing": missing}))
