"""What an officer fills in at the desk of claims."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.claims.models import Claim
from yibao.claims.operations.deciding import Wish
from yibao.claims.operations.review import LineAnswer
from yibao.claims.queries.assessment import ReadRow
from yibao.claims.reasons import CHOICES
from yibao.claims.reckoning import FUNDS
from yibao.claims.vocabulary import Answer, Failure, LineClass, MarkAnswer, MarkCode
from yibao.core.forms import YuanField
from yibao.estimates.wording import (
    CARE_TYPE_LABELS,
    GROUP_LABELS,
    LEVEL_LABELS,
    LINES,
    SITUATION_LABELS,
)
from yibao.policies.labels import choices
from yibao.rules.terms import (
    AidGroup,
    CareType,
    FilingCategory,
    Group,
    Level,
    Situation,
)

_NOTE_SIGNS = 500
_PRIVATE = _("这段话会写进决定书。不要写姓名、证件号码和电话。")
_REASONS = [("", _("请选择")), *CHOICES]
_CUTS = (Answer.ADJUSTED, Answer.DENIED)


class SignedYuanField(YuanField):
    """An amount that may be negative, as a refund is."""

    def read(self, text: str) -> int:
        text = text.strip().replace("−", "-")
        fen = super().read(text.removeprefix("-"))
        return -fen if text.startswith("-") else fen

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int) and value < 0:
            return f"-{super().prepare_value(-value)}"
        return super().prepare_value(value)


class LineForm(forms.Form):
    """The officer's reading of one line."""

    answer = forms.ChoiceField(choices=Answer.choices, label=_("审核"))
    line_class = forms.ChoiceField(
        choices=[("", _("不清楚")), *LineClass.choices], label=_("类别"), required=False
    )
    upfront = SignedYuanField(label=_("先行自付（元）"), required=False)
    allowed = SignedYuanField(label=_("认可（元）"), required=False)
    reason = forms.ChoiceField(choices=_REASONS, label=_("原因"), required=False)
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, row: ReadRow) -> None:
        review = row.review
        super().__init__(
            data,
            prefix=f"line-{row.line.position}",
            initial={
                "answer": review.answer,
                "line_class": review.line_class,
                "upfront": review.upfront_fen,
                "allowed": review.allowed_fen,
                "reason": review.reason_code,
                "note": review.note,
            },
        )
        self.row = row
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = _("第 %(number)d 项：%(field)s") % {
                "number": row.line.position,
                "field": field.label,
            }
            if name in ("upfront", "allowed"):
                field.widget.attrs["size"] = 9

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        answer = data.get("answer")
        if answer in _CUTS and not data.get("reason"):
            self.add_error("reason", _("调整或不予支付，请选原因，申请人会看到。"))
        if answer == Answer.ADJUSTED and data.get("allowed") is None and "allowed" in data:
            self.add_error("allowed", _("请填认可多少元。"))
        if answer == Answer.APPROVED and not data.get("line_class"):
            self.add_error("line_class", _("认可之前，请先确定类别。"))
        is_b = data.get("line_class") == LineClass.B and answer != Answer.DENIED
        if is_b and answer != Answer.HELD and data.get("upfront") is None and "upfront" in data:
            self.add_error("upfront", _("乙类请填先行自付多少元，没有就填 0。"))
        self._check_bounds(data)
        return data

    def _check_bounds(self, data: dict[str, Any]) -> None:
        amount = self.row.line.amount_fen
        for name in ("upfront", "allowed"):
            given = data.get(name)
            low, high = min(amount, 0), max(amount, 0)
            if given is not None and not low <= given <= high:
                self.add_error(name, _("不能超出这一项的金额。"))

    @property
    def line_answer(self) -> LineAnswer:
        """What the operation takes."""
        data = self.cleaned_data
        kind = data["line_class"]
        return LineAnswer(
            position=self.row.line.position,
            answer=Answer(data["answer"]),
            line_class=LineClass(kind) if kind else None,
            upfront_fen=data["upfront"],
            allowed_fen=data["allowed"],
            reason_code=data["reason"],
            note=data["note"].strip(),
        )


@dataclass(frozen=True, slots=True)
class LineForms:
    """The forms of the lines that one page shows."""

    forms: tuple[LineForm, ...]

    @classmethod
    def of(cls, rows: Iterable[ReadRow], data: Any = None) -> "LineForms":
        """Bind forms to what was posted; a line that was not posted is left out."""
        rows = tuple(rows)
        if data is not None:
            rows = tuple(row for row in rows if f"line-{row.line.position}-answer" in data)
        return cls(tuple(LineForm(data, row=row) for row in rows))

    def is_valid(self) -> bool:
        return not any(form.errors for form in self.forms)

    @property
    def answers(self) -> list[LineAnswer]:
        return [form.line_answer for form in self.forms]


class MarkForm(forms.Form):
    """What came of a mark."""

    answer = forms.ChoiceField(label=_("核实结果"))
    note = forms.CharField(
        label=_("怎么核实的"),
        max_length=300,
        error_messages={"required": _("请写明怎么核实的。")},
    )

    def __init__(self, data: Any = None, *, code: str, prefix: str = "") -> None:
        super().__init__(data, prefix=prefix or None)
        answers = (MarkAnswer.DIFFERENT, MarkAnswer.SAME)
        if code != MarkCode.DUPLICATE:
            answers = (MarkAnswer.NO_MATTER, MarkAnswer.COUNTS)
        self.fields["answer"].choices = [(one.value, one.label) for one in answers]  # type: ignore[attr-defined]


class FactsForm(forms.Form):
    """What the papers say of the person and the care, where the application said otherwise."""

    care_type = forms.ChoiceField(
        choices=[(each.value, CARE_TYPE_LABELS.lazy[each]) for each in CareType],
        label=_("看什么"),
    )
    situation = forms.ChoiceField(
        choices=[
            ("", _("在参保地看病")),
            *((each.value, SITUATION_LABELS.lazy[each]) for each in Situation),
        ],
        label=_("看病那天的备案"),
        required=False,
    )
    base_filing = forms.ChoiceField(
        choices=[("", _("没有")), *choices(FilingCategory)],
        label=_("原来的长期备案"),
        required=False,
    )
    group = forms.ChoiceField(
        choices=[(each.value, GROUP_LABELS.lazy[each]) for each in Group], label=_("待遇人群")
    )
    level = forms.ChoiceField(
        choices=[(e.value, LEVEL_LABELS.lazy[e]) for e in Level if e in LEVEL_LABELS.lazy],
        label=_("医院级别"),
    )
    institution_class = forms.CharField(label=_("当地类别代码"), max_length=20, required=False)
    tier = forms.CharField(label=_("缴费档次"), max_length=10, required=False)
    age = forms.IntegerField(label=_("年龄"), min_value=0, max_value=130, required=False)
    disease = forms.CharField(label=_("病种代码"), max_length=20, required=False)
    aid_group = forms.ChoiceField(choices=choices(AidGroup), label=_("医疗救助对象"))
    is_civil_servant = forms.BooleanField(label=_("享受公务员医疗补助"), required=False)

    def __init__(self, data: Any = None, *, claim: Claim) -> None:
        super().__init__(data, initial={name: getattr(claim, name) for name in self.base_fields})


class DecideForm(forms.Form):
    """Follow the engine, deny the whole, or state one's own figures with a reason."""

    note = forms.CharField(
        label=_("对申请人说的话"),
        max_length=_NOTE_SIGNS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_PRIVATE,
    )

    @property
    def wish(self) -> Wish:
        """What the operation takes."""
        return Wish(note=self.cleaned_data["note"].strip())


class DenyForm(DecideForm):
    """Deny the whole."""

    reason_code = forms.ChoiceField(
        choices=_REASONS,
        label=_("不予支付的原因"),
        error_messages={"required": _("请选原因，申请人会看到。")},
    )
    field_order = ("reason_code", "note")

    @property
    def wish(self) -> Wish:
        data = self.cleaned_data
        return Wish(denies=True, reason_code=data["reason_code"], note=data["note"].strip())


class OverrideForm(DecideForm):
    """Figures of one's own for each fund; a second officer confirms them."""

    override_reason = forms.CharField(
        label=_("为什么不按系统计算"),
        max_length=_NOTE_SIGNS,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明为什么不按系统计算。")},
    )
    field_order = (*FUNDS, "override_reason", "note")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name in FUNDS:
            self.fields[name] = YuanField(label=LINES.lazy[name], required=False)
        self.order_fields(self.field_order)

    @property
    def wish(self) -> Wish:
        data = self.cleaned_data
        return Wish(
            funds={name: data[name] or 0 for name in FUNDS},
            override_reason=data["override_reason"].strip(),
            note=data["note"].strip(),
        )


class FirstForm(forms.Form):
    """What the officer of a blind sample found."""

    fund = YuanField(label=_("您算出的基金支付总额（元）"))


class PaidForm(forms.Form):
    """The day on which the bank paid."""

    on = forms.DateField(label=_("银行付款日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any = None, *, today: date, prefix: str = "") -> None:
        super().__init__(data, prefix=prefix or None, initial={"on": today})
        self.today = today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise ValidationError(_("银行付款日期不能晚于今天。"))
        return on


class FailedForm(PaidForm):
    """Why the bank sent the money back."""

    failure = forms.ChoiceField(choices=Failure.choices, label=_("原因"))
    note = forms.CharField(label=_("银行的说明"), max_length=300, required=False)
