"""Chinese labels of the engine's enumerations, for forms, admin and pages."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yibao.rules import terms

type Labels = Mapping[StrEnum, Promise]

_BY_ENUM: Mapping[type[StrEnum], Labels] = {
    terms.InsuranceType: {
        terms.InsuranceType.EMPLOYEE: _("职工医保"),
        terms.InsuranceType.RESIDENT: _("城乡居民医保"),
    },
    terms.CareType: {
        terms.CareType.INPATIENT: _("住院"),
        terms.CareType.OUTPATIENT: _("普通门诊"),
        terms.CareType.CHRONIC: _("门诊慢特病"),
        terms.CareType.PHARMACY: _("药店购药"),
        terms.CareType.BIRTH: _("生育"),
    },
    terms.Scope: {
        terms.Scope.LOCAL: _("参保地"),
        terms.Scope.IN_PROVINCE: _("省内跨市"),
        terms.Scope.CROSS_PROVINCE: _("跨省"),
        terms.Scope.ABROAD: _("境外"),
    },
    terms.FilingCategory: {
        terms.FilingCategory.RETIREE_RESETTLED: _("异地安置退休人员"),
        terms.FilingCategory.LONG_TERM_RESIDENT: _("异地长期居住人员"),
        terms.FilingCategory.POSTED_WORKER: _("常驻异地工作人员"),
        terms.FilingCategory.REFERRAL: _("异地转诊人员"),
        terms.FilingCategory.EMERGENCY: _("异地急诊抢救人员"),
        terms.FilingCategory.OTHER_TEMPORARY: _("其他临时外出就医人员"),
    },
    terms.Situation: {
        terms.Situation.RETIREE_RESETTLED: _("异地安置退休（已备案）"),
        terms.Situation.LONG_TERM_RESIDENT: _("异地长期居住（已备案）"),
        terms.Situation.POSTED_WORKER: _("常驻异地工作（已备案）"),
        terms.Situation.REFERRAL: _("异地转诊（已备案）"),
        terms.Situation.EMERGENCY: _("异地急诊抢救"),
        terms.Situation.OTHER_TEMPORARY: _("其他临时外出（已备案）"),
        terms.Situation.UNFILED: _("没有备案"),
        terms.Situation.LATE: _("事后补办备案"),
        terms.Situation.HOME_RETURN: _("长期备案后回参保地就医"),
        terms.Situation.THIRD_PLACE: _("长期备案后到第三地就医"),
        terms.Situation.ONWARD_REFERRAL: _("从备案地再转诊到外地"),
    },
    terms.Level: {
        terms.Level.TERTIARY: _("三级"),
        terms.Level.SECONDARY: _("二级"),
        terms.Level.PRIMARY: _("一级"),
        terms.Level.UNRATED: _("未定级"),
        terms.Level.OTHER: _("其他机构"),
    },
    terms.Group: {
        terms.Group.ACTIVE: _("在职职工"),
        terms.Group.RETIRED: _("退休人员"),
        terms.Group.VETERAN: _("建国前老工人"),
        terms.Group.ADULT: _("成年居民"),
        terms.Group.MINOR: _("未成年居民"),
        terms.Group.STUDENT: _("学生"),
        terms.Group.SENIOR: _("老年居民"),
    },
    terms.AidGroup: {
        terms.AidGroup.NONE: _("不是救助对象"),
        terms.AidGroup.EXTREME_POVERTY: _("特困人员"),
        terms.AidGroup.LOW_INCOME: _("低保对象"),
        terms.AidGroup.POVERTY_RISK: _("返贫致贫人口"),
        terms.AidGroup.ORPHAN_DISABLED: _("孤儿、孤残儿童"),
    },
    terms.Standing: {
        terms.Standing.OFFICIAL: _("官方原文"),
        terms.Standing.SECONDARY: _("转引"),
        terms.Standing.UNVERIFIED: _("待核实"),
        terms.Standing.DISPUTED: _("有争议"),
        terms.Standing.SUPERSEDED: _("已被取代"),
        terms.Standing.REJECTED: _("不采用"),
    },
    terms.Kind: {
        terms.Kind.RULE: _("规定"),
        terms.Kind.BOUND: _("上下限"),
        terms.Kind.GUIDANCE: _("指导意见"),
        terms.Kind.AVERAGE: _("平均水平"),
    },
    terms.EffectiveBasis: {
        terms.EffectiveBasis.STATED: _("文件写明"),
        terms.EffectiveBasis.PUBLISHED: _("按公布日期"),
        terms.EffectiveBasis.OBSERVED: _("按查到的日期"),
    },
    terms.DeductiblePeriod: {
        terms.DeductiblePeriod.ADMISSION: _("每次住院"),
        terms.DeductiblePeriod.VISIT: _("每次就诊"),
        terms.DeductiblePeriod.QUARTER: _("每季度"),
        terms.DeductiblePeriod.YEAR: _("每年"),
        terms.DeductiblePeriod.YEAR_HIGHEST: _("每年一次，按最高级别"),
    },
    terms.BandBasis: {
        terms.BandBasis.INCLUDING_DEDUCTIBLE: _("按含起付线的金额分段"),
        terms.BandBasis.AFTER_DEDUCTIBLE: _("按扣除起付线后的金额分段"),
        terms.BandBasis.CUMULATIVE_YEAR: _("按全年累计金额分段"),
    },
    terms.CapPeriod: {
        terms.CapPeriod.VISIT: _("每次"),
        terms.CapPeriod.MONTH: _("每月"),
        terms.CapPeriod.QUARTER: _("每季度"),
        terms.CapPeriod.YEAR: _("每年"),
    },
    terms.CapBasis: {
        terms.CapBasis.FUND_PAID: _("基金支付额"),
        terms.CapBasis.IN_SCOPE: _("政策范围内费用"),
        terms.CapBasis.TOTAL: _("总费用"),
    },
    terms.Layer: {
        terms.Layer.BASIC: _("统筹基金"),
        terms.Layer.LARGE_EXPENSE: _("职工大额医疗费用补助"),
        terms.Layer.CRITICAL_ILLNESS: _("大病保险"),
        terms.Layer.SUPPLEMENT: _("补充补助"),
        terms.Layer.MEDICAL_AID: _("医疗救助"),
        terms.Layer.ALL: _("各项合计"),
    },
    terms.Mechanism: {
        terms.Mechanism.NONE: _("与参保地相同"),
        terms.Mechanism.PERCENTAGE_POINTS: _("支付比例降低若干个百分点"),
        terms.Mechanism.FACTOR: _("支付比例乘以系数"),
        terms.Mechanism.FIRST_PAY: _("个人先行自付一部分"),
        terms.Mechanism.REPLACED_RATIO: _("另定支付比例"),
        terms.Mechanism.OWN_TABLE: _("另定起付标准和支付比例"),
        terms.Mechanism.DEDUCTIBLE_AMOUNT: _("另定起付标准"),
        terms.Mechanism.DEDUCTIBLE_FACTOR: _("起付标准乘以系数"),
        terms.Mechanism.SECOND_LAYER_POINTS: _("大病比例降低若干个百分点"),
        terms.Mechanism.FOLLOW: _("按另一种情形执行"),
        terms.Mechanism.REFUSED: _("不予支付"),
        terms.Mechanism.UNKNOWN_RATIO: _("有规定，数值不详"),
    },
    terms.FirstPayOrder: {
        terms.FirstPayOrder.BEFORE_DEDUCTIBLE: _("扣起付线之前"),
        terms.FirstPayOrder.AFTER_DEDUCTIBLE: _("扣起付线之后"),
    },
    terms.GroupOperator: {
        terms.GroupOperator.POINTS: _("比例提高若干个百分点"),
        terms.GroupOperator.OWN_SHARE_FACTOR: _("个人负担比例乘以系数"),
    },
    terms.SecondLayerMode: {
        terms.SecondLayerMode.CONTINUATION: _("超过统筹限额的部分继续支付"),
        terms.SecondLayerMode.THRESHOLD: _("累计自付超过起付线后支付"),
    },
    terms.SecondLayerBandBasis: {
        terms.SecondLayerBandBasis.OVER_THRESHOLD: _("从起付线起分段"),
        terms.SecondLayerBandBasis.CUMULATIVE: _("按累计自付分段"),
    },
    terms.SelfPayPart: {
        terms.SelfPayPart.OFF_CATALOG: _("全自费"),
        terms.SelfPayPart.OVER_LIMIT: _("超限价自费"),
        terms.SelfPayPart.UPFRONT_SELF_PAY: _("乙类先行自付"),
        terms.SelfPayPart.AWAY_SELF_PAY: _("异地先行自付"),
        terms.SelfPayPart.NON_DESIGNATED: _("非定点机构费用"),
    },
    terms.SupplementKind: {
        terms.SupplementKind.CIVIL_SERVANT: _("公务员医疗补助"),
        terms.SupplementKind.ENTERPRISE: _("企业补充医疗保险"),
        terms.SupplementKind.GOVERNMENT: _("政府补助"),
    },
    terms.RatioRule: {
        terms.RatioRule.OWN: _("按本行比例"),
        terms.RatioRule.AS_INPATIENT: _("按住院比例"),
        terms.RatioRule.AS_OUTPATIENT: _("按普通门诊比例"),
    },
    terms.PharmacyMode: {
        terms.PharmacyMode.NONE: _("不支付"),
        terms.PharmacyMode.ACCOUNT_ONLY: _("只能用个人账户"),
        terms.PharmacyMode.POOLED: _("统筹基金支付"),
    },
    terms.CrossYearMode: {
        terms.CrossYearMode.SINGLE: _("按出院日期一次结算"),
        terms.CrossYearMode.SPLIT_BY_DAYS: _("按日均费用分年结算"),
        terms.CrossYearMode.EITHER: _("两种方式都可以"),
    },
    terms.MaterialPurpose: {
        terms.MaterialPurpose.FILING: _("备案"),
        terms.MaterialPurpose.CLAIM: _("手工报销"),
    },
    terms.MaterialSlug: {
        terms.MaterialSlug.IDENTITY: _("身份证明（医保码、身份证或社保卡，任选一种）"),
        terms.MaterialSlug.HOUSEHOLD_REGISTER: _("户口簿首页和本人页"),
        terms.MaterialSlug.RESIDENCE_PROOF: _("长期居住证明（如居住证）"),
        terms.MaterialSlug.WORK_PROOF: _("异地工作证明（派出证明、单位证明或劳动合同）"),
        terms.MaterialSlug.REFERRAL_PROOF: _("转诊转院证明"),
        terms.MaterialSlug.COMMITMENT: _("个人承诺书"),
        terms.MaterialSlug.EMERGENCY_DIAGNOSIS: _("急诊诊断证明或急诊病历"),
        terms.MaterialSlug.TRAUMA_COMMITMENT: _("外伤无第三方责任承诺书"),
        terms.MaterialSlug.RECEIPT: _("医院收费票据"),
        terms.MaterialSlug.ITEMISED_LIST: _("费用清单"),
        terms.MaterialSlug.DIAGNOSIS: _("诊断证明"),
        terms.MaterialSlug.MEDICAL_RECORD: _("病历"),
        terms.MaterialSlug.DISCHARGE_SUMMARY: _("出院小结"),
        terms.MaterialSlug.PRESCRIPTION: _("处方"),
        terms.MaterialSlug.FILING_FORM: _("异地就医登记备案表"),
    },
    terms.ChannelKind: {
        terms.ChannelKind.APP: _("手机应用"),
        terms.ChannelKind.MINI_PROGRAM: _("小程序、公众号"),
        terms.ChannelKind.WEB: _("网站"),
        terms.ChannelKind.WINDOW: _("经办窗口"),
        terms.ChannelKind.PHONE: _("电话"),
        terms.ChannelKind.MAIL: _("邮寄"),
    },
}

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

TREATMENT_LABELS: Mapping[str, Promise] = {
    "radio_chemo": _("放疗、化疗"),
    "targeted": _("针对性药物"),
    "auxiliary": _("辅助检查和用药"),
    "dialysis": _("透析"),
    "anti_rejection": _("抗排异治疗"),
}
"""治疗方式 of provisions. A slug without words here is shown as it is."""

SEVERITY_LABELS: Mapping[str, Promise] = {
    "mild": _("轻度"),
    "moderate": _("中度"),
    "severe": _("重度"),
}
"""病情程度 of provisions."""


def label(value: StrEnum) -> str:
    """Return the Chinese label of one value of the engine's vocabulary.

    Raises:
        KeyError: for an enumeration or a value without a label (a test keeps this from
            happening).
    """
    return str(_BY_ENUM[type(value)][value])


def choices(enumeration: type[StrEnum]) -> list[tuple[str, Promise]]:
    """Return `(slug, label)` pairs in the order of the enumeration, for Django fields."""
    labels = _BY_ENUM[enumeration]
    return [(member.value, labels[member]) for member in enumeration]
