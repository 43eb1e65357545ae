"""Questions of the bill check: a case as for the estimate, and a printed sheet's lines."""

from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from yibao.estimates import wording
from yibao.estimates.fields import yuan_field
from yibao.estimates.forms import EstimateForm, shares_fields
from yibao.rules.explanations import SHEET_LINES
from yibao.rules.money import Fen

_SHEET = "sheet_"


@shares_fields
class BillForm(EstimateForm):
    """The questions of the estimate, and the lines of a printed settlement sheet.

    Any of the lines will do; `printed` holds those that were copied, by the engine's names.
    """

    sheet_in_scope = yuan_field(wording.LINES.lazy["in_scope"])
    sheet_away_self_pay = yuan_field(wording.LINES.lazy["away_self_pay"])
    sheet_deductible = yuan_field(wording.LINES.lazy["deductible"])
    sheet_pooled_fund = yuan_field(wording.LINES.lazy["pooled_fund"])
    sheet_large_expense = yuan_field(wording.LINES.lazy["large_expense"])
    sheet_critical_illness = yuan_field(wording.LINES.lazy["critical_illness"])
    sheet_medical_aid = yuan_field(wording.LINES.lazy["medical_aid"])
    sheet_fund_total = yuan_field(wording.LINES.lazy["fund_total"])
    sheet_personal_account = yuan_field(wording.LINES.lazy["personal_account"])
    sheet_cash = yuan_field(wording.LINES.lazy["cash"])

    @property
    def sheet(self) -> list[BoundField]:
        """The fields for the lines of the sheet."""
        return [self[_SHEET + line] for line in SHEET_LINES]

    @property
    def printed(self) -> dict[str, Fen]:
        """The lines that were copied, in fen."""
        given = {line: self.cleaned_data.get(_SHEET + line) for line in SHEET_LINES}
        return {line: Fen(fen) for line, fen in given.items() if fen is not None}

    @property
    def unasked(self) -> tuple[str, ...]:
        """As of the estimate; of the sheet's lines one is enough."""
        has_line = any(_SHEET + line in self.data for line in SHEET_LINES)
        return super().unasked if has_line else (*super().unasked, "sheet_fund_total")

    def _require(self) -> None:
        super()._require()
        lines = [_SHEET + line for line in SHEET_LINES]
        are_wrong = any(line in self.errors for line in lines)
        if any(line in self.data for line in lines) and not self.printed and not are_wrong:
            self.add_error("sheet_fund_total", _("请从结算单上至少抄一行。"))
