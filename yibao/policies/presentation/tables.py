"""Names of the provision tables for pages."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TABLES: Mapping[str, Promise] = {
    "filing_rule": _("备案规则"),
    "material_requirement": _("所需材料"),
    "channel": _("办理渠道和电话"),
    "deductible": _("起付标准"),
    "payment_band": _("支付比例"),
    "group_adjustment": _("人群比例调整"),
    "payment_cap": _("最高支付限额"),
    "away_adjustment": _("异地就医待遇差异"),
    "second_layer": _("大病保险、大额补助"),
    "second_layer_band": _("大病、大额支付比例"),
    "medical_aid": _("医疗救助"),
    "supplement": _("补充补助"),
    "chronic_disease": _("门诊慢特病病种"),
    "claim_rule": _("手工报销规则"),
    "enrolment_rule": _("参保状态与等待期"),
    "account_rule": _("个人账户和药店"),
    "remark": _("保留但不计算的规定"),
}
