"""The bill: totals as on the settlement sheet, or its lines, and the invoices behind it."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.cases.id_numbers import parse_id_number
from yibao.cases.vocabulary import IdType
from yibao.cases.wizard.engine import MOST_KEPT_SIGNS, Row, StepForm
from yibao.cases.wizard.people import ShortTextField
from yibao.claims.operations.submission import MOST_LINES
from yibao.claims.submitted import SubmittedInvoice, SubmittedLine
from yibao.claims.vocabulary import LineClass
from yibao.core.forms import ChoiceField, IsoDateField, YuanField
from yibao.core.templatetags.figures import chinese_date, yuan
from yibao.estimates.fields import OptionField, select_field, yuan_field
from yibao.estimates.queries import Options, get_terms, list_options
from yibao.policies.labels import SEVERITY_LABELS, TREATMENT_LABELS
from yibao.policies.labels import choices as choices_of
from yibao.regions import queries as regions
from yibao.rules.terms import AidGroup, InsuranceType

INVOICES = 5
"""Rows for invoices; who has more adds their amounts up on the last ones' papers."""

_PARTS = ("off_catalog", "over_limit", "upfront_self_pay")
_OPTIONS = ("institution_class", "disease", "treatment", "severity", "tier")
_SEPARATORS = " \t\u3000,，;；、|"
_LINE = re.compile(  # not shown
    rf"(?P<name>.*?)[{_SEPARATORS}]*"
    r"(?P<minus>[-－−]?)[¥￥]?(?P<amount>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)元?"
    rf"(?:[{_SEPARATORS}]+(?P<line_class>[^{_SEPARATORS}\d]+))?"
)
_CLASSES = {
    "甲": LineClass.A,  # not shown
    "甲类": LineClass.A,  # not shown
    "乙": LineClass.B,  # not shown
    "乙类": LineClass.B,  # not shown
    "丙": LineClass.C,  # not shown
    "丙类": LineClass.C,  # not shown
    "自费": LineClass.C,  # not shown
    "超限价": LineClass.OVER_LIMIT,  # not shown
}
_AMOUNT = YuanField(required=False)
_LONGEST_LINE = 200


class LinesField(forms.CharField):
    """One line of the bill a line of text: its name, its amount, and its class where it is
    known. A refund has a minus sign. The value is a tuple of `SubmittedLine`."""

    widget = forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"})
    default_error_messages = {
        "name": gettext_lazy("第 %(number)d 行没有名称。"),
        "amount": gettext_lazy("第 %(number)d 行“%(text)s”没有读出金额。请写成：名称 金额 类别。"),
        "too_many": gettext_lazy("最多填 2000 行，请分几次申请，或只填合计。"),
    }

    def to_python(self, value: Any) -> Any:
        """Read the lines; blank ones are skipped."""
        rows = [row.strip() for row in str(value or "").splitlines() if row.strip()]
        if len(rows) > MOST_LINES:
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        return tuple(self._read(number, row) for number, row in enumerate(rows, start=1))

    def _read(self, number: int, row: str) -> SubmittedLine:
        found = _LINE.fullmatch(row) if len(row) <= _LONGEST_LINE else None
        word = found["line_class"] if found else None
        if found is None or (word is not None and word not in _CLASSES):
            raise self._refuse("amount", number, row)
        try:
            fen = _AMOUNT.clean(found["amount"])
        except ValidationError:
            raise self._refuse("amount", number, row) from None
        if not found["name"].strip():
            raise self._refuse("name", number, row)
        return SubmittedLine(
            name=found["name"].strip()[:120],
            amount_fen=-fen if found["minus"] else fen,
            line_class=_CLASSES[word] if word else None,
        )

    def _refuse(self, code: str, number: int, row: str) -> ValidationError:
        params = {"number": number, "text": row[:20]}
        return ValidationError(self.error_messages[code], code=code, params=params)


def _invoice_fields(today: date) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for number in range(1, INVOICES + 1):
        on = IsoDateField(label=gettext_lazy("开票日期"), required=False)
        on.today = today
        found[f"invoice_{number}"] = ShortTextField(
            label=gettext_lazy("票据号码"), most=40, required=False
        )
        found[f"invoice_{number}_on"] = on
        found[f"invoice_{number}_amount"] = yuan_field(gettext_lazy("票据金额"))
    return found


class BillForm(StepForm):
    """Amounts in yuan. Who leaves the invoices' day and amount blank has one over all."""

    total = YuanField(label=gettext_lazy("总费用"), help_text=gettext_lazy("票据上的合计金额"))
    off_catalog = yuan_field(
        gettext_lazy("全自费"), gettext_lazy("医保目录以外的；不清楚就留空，由经办机构核")
    )
    over_limit = yuan_field(gettext_lazy("超限价自费"), gettext_lazy("超过规定价格的部分"))
    upfront_self_pay = yuan_field(
        gettext_lazy("先行自付（乙类自付）"), gettext_lazy("乙类药品和项目先由自己付的部分")
    )
    lines = LinesField(
        label=gettext_lazy("逐项清单"),
        help_text=gettext_lazy(
            "可不填，上传费用清单也行。每行一项：名称 金额 类别，例如“阿莫西林 25.60 甲”。"
            "退费写负数。"
        ),
        required=False,
    )
    institution_class = OptionField(label=gettext_lazy("医院在当地的类别"), required=False)
    disease = OptionField(label=gettext_lazy("病种"), required=False)
    treatment = OptionField(label=gettext_lazy("治疗方式"), required=False)
    severity = OptionField(label=gettext_lazy("轻重程度"), required=False)
    tier = OptionField(label=gettext_lazy("缴费档次"), required=False)
    aid_group = select_field(
        choices_of(AidGroup), gettext_lazy("不是"), label=gettext_lazy("医疗救助对象")
    )
    civil_servant = ChoiceField(
        choices=[("yes", gettext_lazy("享受")), ("no", gettext_lazy("不享受"))],
        label=gettext_lazy("公务员医疗补助"),
        is_inline=True,
        required=False,
    )
    covered_from = IsoDateField(
        label=gettext_lazy("从哪天起参保"),
        help_text=gettext_lazy("今年新参保、断过保的填；一直在保的不用填"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= _invoice_fields(self.walk.today)
        self.fields["invoice_1"].marks_optional = False  # type: ignore[attr-defined]
        self.visit = self.walk.cleaned("visit")
        self.options = self._options()
        for name in _OPTIONS:
            if not self.fields[name].choices:  # type: ignore[attr-defined]
                del self.fields[name]
        if "aid_group" not in self.options.asked:
            del self.fields["aid_group"]
        if "civil_servant" not in self.options.asked:
            del self.fields["civil_servant"]

    def _options(self) -> Options:
        """Offer what the region's own rules of that day tell apart."""
        visit = self.visit
        if not visit:
            return Options()
        terms = get_terms(
            regions.resolve(visit["insured"].code).code,
            InsuranceType(visit["insurance"]),
            visit["discharged_on"],
            self.walk.today,
        )
        options = list_options(terms, visit["care_type"])
        self._offer("institution_class", [(each.slug, each.name) for each in options.classes])
        self._offer("tier", [(tier, _tier_words(tier)) for tier in options.tiers])
        self._offer("disease", list(options.diseases))
        self._offer("treatment", [(s, TREATMENT_LABELS.get(s, s)) for s in options.treatments])
        self._offer("severity", [(s, SEVERITY_LABELS.get(s, s)) for s in options.severities])
        return options

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        if choices:
            self.fields[name].choices = [("", _("不清楚")), *choices]  # type: ignore[attr-defined]

    # --- the page -------------------------------------------------------------------------

    def parts(self) -> list[Any]:
        """The fields of what no fund pays."""
        return [self[name] for name in _PARTS]

    def particulars(self) -> list[Any]:
        """The fields that the region's rules ask for."""
        names = (*_OPTIONS, "aid_group", "civil_servant", "covered_from")
        return [self[name] for name in names if name in self.fields]

    def invoice_rows(self) -> list[tuple[int, list[Any]]]:
        """The fields of each invoice."""
        return [
            (number, [self[f"invoice_{number}{part}"] for part in ("", "_on", "_amount")])
            for number in range(1, INVOICES + 1)
        ]

    @property
    def has_more_invoices(self) -> bool:
        """Whether more than the first invoice was filled in or is wrong."""
        later = [name for number in range(2, INVOICES + 1) for name in self._names(number)]
        return any(self[name].value() or self[name].errors for name in later)

    # --- reading ----------------------------------------------------------------------------

    def typed(self) -> dict[str, str]:
        """Return what was typed; a long list of lines is kept whole."""
        found = super().typed()
        lines = self.data.get(self.add_prefix("lines"), "")
        if isinstance(lines, str) and len(lines) > MOST_KEPT_SIGNS:
            found["lines"] = lines[: MOST_LINES * 160]
        return found

    def clean(self) -> dict[str, Any]:
        """Check the parts against the total, and each invoice for what it lacks."""
        data = self.cleaned_data
        total = data.get("total")
        parts = sum(data.get(name) or 0 for name in _PARTS)
        if total is not None and parts > total:
            words = _("自费的几项加起来比总费用还大，请检查。")
            name = next(name for name in reversed(_PARTS) if data.get(name))
            self.add_error(name, ValidationError(words, code="parts"))
        if total == 0:
            words = _("总费用是 0，没有可以报销的。")
            self.add_error("total", ValidationError(words, code="zero"))
        for number in range(1, INVOICES + 1):
            self._check_invoice(number)
        has_number = any(data.get(f"invoice_{number}") for number in range(1, INVOICES + 1))
        if not has_number and "invoice_1" not in self.errors:
            words = _("请至少填一张票据的号码，在票据右上角。")
            self.add_error("invoice_1", ValidationError(words, code="required"))
        self._check_offered()
        return data

    def _names(self, number: int) -> tuple[str, str, str]:
        return f"invoice_{number}", f"invoice_{number}_on", f"invoice_{number}_amount"

    def _check_invoice(self, number: int) -> None:
        data = self.cleaned_data
        name, on, amount = self._names(number)
        if (data.get(on) or data.get(amount)) and not data.get(name) and name not in self.errors:
            words = _("请填这张票据的号码。")
            self.add_error(name, ValidationError(words, code="required"))
        if data.get(on) and data[on] > self.walk.today:
            words = _("开票日期还没有到，请检查。")
            self.add_error(on, ValidationError(words, code="future"))
        is_one_of_several = number > 1 or bool(data.get("invoice_2"))
        lacks_amount = data.get(amount) is None and amount not in self.errors
        if data.get(name) and is_one_of_several and lacks_amount:
            words = _("有几张票据的，请分别填金额。")
            self.add_error(amount, ValidationError(words, code="required"))

    def _check_offered(self) -> None:
        for name in _OPTIONS:
            field, given = self.fields.get(name), self.cleaned_data.get(name)
            if field is not None and given and given not in dict(field.choices):  # type: ignore[attr-defined]
                self.add_error(name, field.error_messages["invalid"])

    @property
    def invoices(self) -> tuple[SubmittedInvoice, ...]:
        """The invoices of a valid form. A lone one without day and amount is the whole bill."""
        data = self.cleaned_data
        found = []
        for number in range(1, INVOICES + 1):
            name, on, amount = self._names(number)
            if data.get(name):
                fen = data["total"] if data.get(amount) is None else data[amount]
                day = data.get(on) or self.visit["discharged_on"]
                found.append(SubmittedInvoice(number=data[name], on=day, amount_fen=fen))
        return tuple(found)

    @property
    def age(self) -> int | None:
        """Whole years on the day of care, where the person's number tells."""
        person = self.walk.cleaned("person")
        if not person or not self.visit:
            return None
        number = parse_id_number(
            IdType(person["id_type"]), person["id_number"], today=self.walk.today
        )
        if number.born_on is None:
            return None
        day, born = self.visit["discharged_on"], number.born_on
        return int(day.year - born.year - ((day.month, day.day) < (born.month, born.day)))

    def rows(self) -> Iterable[Row]:
        """Return the answers in words."""
        data = self.cleaned_data
        for name in ("total", *_PARTS):
            if data.get(name) is not None:
                amount = _("%(amount)s 元") % {"amount": yuan(data[name])}
                yield Row(self.fields[name].label, amount)
        if data.get("lines"):
            count = len(data["lines"])
            yield Row(self.fields["lines"].label, _("%(count)d 项") % {"count": count})
        for invoice in self.invoices:
            words = _("%(number)s，%(day)s，%(amount)s 元") % {
                "number": invoice.number,
                "day": chinese_date(invoice.on),
                "amount": yuan(invoice.amount_fen),
            }
            yield Row(_("票据"), words)
        for bound in self.particulars():
            value = data.get(bound.name)
            if value in (None, ""):
                continue
            choices = dict(getattr(bound.field, "choices", ()))
            said = (
                chinese_date(value) if bound.name == "covered_from" else choices.get(value, value)
            )
            yield Row(bound.label, said)


def _tier_words(tier: str) -> str:
    return _("第 %(tier)s 档") % {"tier": tier} if tier.isdigit() else tier
