"""The estimate as a note to take along."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from yibao.core.takealong import MOST_LINES, Card
from yibao.estimates import queries
from yibao.estimates.forms import EstimateForm
from yibao.estimates.sheet import Sheet, sheet_of


def card(answers: Mapping[str, str], today: date) -> Card | None:
    """Return what to do with an estimate, None while a question is open."""
    form = EstimateForm(answers, today=today)
    if not form.is_valid() or form.case is None:
        return None
    sheet = sheet_of(form.case, queries.estimate(form.case), form.answers())
    about = _("%(insured)s参保，到%(care)s看病，按公开规定估算，不是承诺") % {
        "insured": sheet.insured,
        "care": sheet.care,
    }
    return Card(sheet.summary, about, tuple(_lines(sheet))[:MOST_LINES])


def _lines(sheet: Sheet) -> list[str]:
    return [
        *dict.fromkeys(gap.ask for gap in sheet.gaps),
        _("看病以前，先查要不要备案。"),
        _("挂号、住院、结账时都出示医保码或社保卡。"),
        _("结账时要结算单，和这里的数对一对。"),
        _("差得多，请医院医保办逐项说明。"),
        _("发票、费用清单、病历、出院小结都留好。"),
    ]
