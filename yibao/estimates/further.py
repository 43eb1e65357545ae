"""Questions beyond the eight: the bill's parts, the person, and what the year has used up."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from yibao.core.forms import BaseForm, ChoiceField, IsoDateField, WholeNumberField
from yibao.estimates.fields import OptionField, select_field, yuan_field
from yibao.estimates.queries import BILL_PARTS
from yibao.policies.labels import choices as choices_of
from yibao.rules.terms import AidGroup

ACCUMULATED = (
    "deductible_paid",
    "fund_paid",
    "fund_paid_month",
    "fund_paid_large",
    "fund_paid_critical",
    "cost_so_far",
    "self_pay_accumulated",
)
"""What the year or month has used up, by the names of the contract."""


class FurtherQuestions(BaseForm):
    """None must be answered; a page shows those on which the region's rules depend."""

    off_catalog = yuan_field(_("全自费"), _("医保目录以外的药品和项目"))
    over_limit = yuan_field(_("超限价自费"), _("超过规定价格的部分"))
    upfront_self_pay = yuan_field(_("先行自付（乙类自付）"), _("乙类药品和项目先由自己付的部分"))
    institution_class = OptionField(label=_("医院在当地的类别"), required=False)
    disease = OptionField(label=_("病种"), required=False)
    treatment = OptionField(label=_("治疗方式"), required=False)
    severity = OptionField(label=_("轻重程度"), required=False)
    tier = OptionField(label=_("缴费档次"), required=False)
    age = WholeNumberField(low=0, high=130, unit=_("岁"), label=_("年龄"), required=False)
    admission = WholeNumberField(
        low=1, high=99, unit=_("次"), label=_("今年第几次住院"), required=False
    )
    deductible_paid = yuan_field(_("今年已付的起付线"))
    fund_paid = yuan_field(_("今年基金已经付的钱"), _("只算这一类看病方式"))
    fund_paid_month = yuan_field(_("本月基金已经付的钱"))
    fund_paid_large = yuan_field(_("今年大额补助已经付的钱"))
    fund_paid_critical = yuan_field(_("今年大病保险已经付的钱"))
    cost_so_far = yuan_field(_("今年已经发生的费用"), _("符合政策范围的部分"))
    self_pay_accumulated = yuan_field(_("今年累计的合规自付"), _("不含全自费，不含这一次"))
    aid_group = select_field(choices_of(AidGroup), _("没有填（按不是算）"), label=_("医疗救助对象"))
    civil_servant = ChoiceField(
        choices=[("yes", _("享受")), ("no", _("不享受"))],
        label=_("公务员医疗补助"),
        is_inline=True,
        required=False,
    )
    account_balance = yuan_field(_("个人账户余额"))
    on = IsoDateField(label=_("出院或看病的日期"), help_text=_("不填就按今天"), required=False)

    sections: tuple[tuple[Any, tuple[str, ...]], ...] = (
        (_("账单里的自费部分"), BILL_PARTS),
        (
            _("医院、病种和本人"),
            (
                "institution_class", "disease", "treatment", "severity", "tier", "age",
                "base_filing", "aid_group", "civil_servant", "account_balance", "on",
            ),
        ),
        (_("今年已经用掉的"), ("admission", *ACCUMULATED)),
    )  # fmt: skip
