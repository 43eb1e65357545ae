"""Names of answers, outcomes and gaps, plain enough to be read aloud to one's parents."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yibao.rules.decision import CheckOutcome, DirectSettlement
from yibao.rules.facts import (
    Enrolment,
    Evidence,
    FiledStatus,
    InstitutionStatus,
    Qualified,
    Reason,
    Stage,
    Trauma,
    Urgency,
)
from yibao.rules.terms import CareType, FilingCategory, InsuranceType

type Words = Mapping[str, Promise]


def frozen(words: Mapping[str, Promise]) -> Words:
    """Return the words as a mapping that nothing can change, by plain text codes."""
    return MappingProxyType({str(code): text for code, text in words.items()})


# --- Choices ----------------------------------------------------------------------

START = frozen(
    {
        "long": _("长期住在外地"),
        "short": _("短期外出"),
        "better": _("想去外地看更好的医院"),
        "hospital": _("已经在医院，或已经结完账"),
        "emergency": _("现在就是急诊"),
    }
)

START_HINTS = frozen(
    {
        "long": _("已经住满或要住满半年：随子女居住、安家、外派、上学"),
        "short": _("出差、旅游、探亲时看病"),
        "better": _("有转诊证明，或者自己决定去"),
        "hospital": _("没备案、没能直接报销，现在怎么办"),
        "emergency": _("先看病。点这里看现在只需做什么"),
    }
)

INSURANCE = frozen(
    {
        InsuranceType.EMPLOYEE: _("职工医保"),
        InsuranceType.RESIDENT: _("居民医保"),
    }
)

INSURANCE_HINTS = frozen(
    {
        InsuranceType.EMPLOYEE: _(
            "单位交的，或灵活就业按月交的；退休前按月交、退休后不用再交的也是"
        ),
        InsuranceType.RESIDENT: _("每年交一次的，包括老人、孩子、学生、原新农合"),
    }
)

REASON = frozen(
    {
        Reason.RESETTLED: _("退休了，在外地长期住"),
        Reason.LIVING: _("没到退休或没有退休身份，在外地长期住"),
        Reason.POSTED: _("单位派到外地，或长期在外地工作"),
        Reason.STUDY: _("在外地上学"),
        Reason.REFERRAL: _("想转到外地的医院治"),
        Reason.OTHER: _("出差、旅游、探亲，或自己决定去外地看病"),
    }
)

REASON_HINTS = frozen(
    {
        Reason.RESETTLED: _("退休人员随子女住、在外地养老，住满或要住满半年"),
        Reason.LIVING: _("住满或要住满半年，例如跟家人住、带孙辈"),
        Reason.POSTED: _("在外地工作满或要满半年"),
        Reason.REFERRAL: _("本地医院开了、或打算开转诊证明"),
    }
)

CARE_TYPE = frozen(
    {
        CareType.INPATIENT: _("住院"),
        CareType.OUTPATIENT: _("普通门诊"),
        CareType.CHRONIC: _("门诊慢特病"),
        CareType.PHARMACY: _("药店买药"),
        CareType.BIRTH: _("生孩子"),
    }
)

CARE_TYPE_HINTS = frozen(
    {
        CareType.CHRONIC: _("在参保地办过认定的高血压、糖尿病、肿瘤放化疗、透析等"),
    }
)

URGENCY = frozen({Urgency.ORDINARY: _("不是急诊"), Urgency.EMERGENCY: _("急诊、抢救")})

STAGE = frozen(
    {
        Stage.PLANNING: _("还没去，或还没办住院"),
        Stage.ADMITTED: _("正在住院，还没结账"),
        Stage.DISCHARGED: _("已经出院，钱全是自己付的"),
    }
)

EVIDENCE = frozen(
    {
        Evidence.PROOF: _("有证明"),
        Evidence.COMMITMENT: _("没有证明，可以签承诺书"),
        Evidence.NONE: _("没有证明，也不签承诺书"),
        Evidence.UNKNOWN: _("不清楚"),
    }
)

EVIDENCE_FOR_REFERRAL = frozen(
    {
        Evidence.PROOF: _("有，医院已经开了"),
        Evidence.NONE: _("没有"),
        Evidence.UNKNOWN: _("不清楚"),
    }
)

ENROLMENT = frozen(
    {
        Enrolment.ACTIVE: _("正常"),
        Enrolment.WAITING: _("刚参保，还在等待期"),
        Enrolment.ARREARS: _("欠费了"),
        Enrolment.SUSPENDED: _("单位停缴，待遇暂停"),
        Enrolment.TRANSFERRING: _("正在办医保转移"),
        Enrolment.ENDED: _("已经断保、退保"),
        Enrolment.SANCTIONED: _("因违规被暂停联网结算"),
        Enrolment.UNKNOWN: _("不清楚"),
    }
)

EXISTING = frozen(
    {
        FiledStatus.NONE: _("没有"),
        FiledStatus.ACTIVE: _("有，还在有效期"),
        FiledStatus.EXPIRED: _("有过，已经过期"),
        FiledStatus.ELSEWHERE: _("有，但备案的是另一个地方"),
        FiledStatus.UNKNOWN: _("不清楚"),
    }
)

CATEGORY = frozen(
    {
        FilingCategory.RETIREE_RESETTLED: _("异地安置退休人员"),
        FilingCategory.LONG_TERM_RESIDENT: _("异地长期居住人员"),
        FilingCategory.POSTED_WORKER: _("常驻异地工作人员"),
        FilingCategory.REFERRAL: _("异地转诊人员"),
        FilingCategory.EMERGENCY: _("异地急诊抢救人员"),
        FilingCategory.OTHER_TEMPORARY: _("其他临时外出就医人员"),
    }
)

TRAUMA = frozen(
    {
        Trauma.NO: _("不是"),
        Trauma.NO_THIRD_PARTY: _("是，自己摔伤碰伤，没有别人的责任"),
        Trauma.THIRD_PARTY: _("是，有别人的责任（如车祸、打架）"),
        Trauma.WORK_INJURY: _("是，工伤"),
    }
)

INSTITUTION = frozen(
    {
        InstitutionStatus.NETWORKED: _("已开通异地直接结算"),
        InstitutionStatus.DESIGNATED: _("是医保定点，但没开通异地结算"),
        InstitutionStatus.NONE: _("不是医保定点"),
        InstitutionStatus.UNKNOWN: _("不清楚，或还没选医院"),
    }
)

QUALIFIED = frozen(
    {
        Qualified.YES: _("办过"),
        Qualified.NO: _("没办过"),
        Qualified.UNKNOWN: _("不清楚"),
    }
)

# --- The answer -------------------------------------------------------------------

HEADLINES = frozen(
    {
        CheckOutcome.FILE: _("要先备案"),
        CheckOutcome.FILE_LATE: _("还没结账，现在补办备案来得及"),
        CheckOutcome.NO_FILING: _("不用备案"),
        CheckOutcome.DEEMED_FILED: _("不用先备案，先看病"),
        CheckOutcome.COVERED: _("不用再备案，原来的备案管用"),
        CheckOutcome.CHANGE_FILING: _("要先变更备案的地方"),
        CheckOutcome.MANUAL_CLAIM: _("先自己付钱，再回参保地报销"),
        CheckOutcome.NOT_PAYABLE: _("这次的费用，现在不能用医保报"),
        CheckOutcome.FIX_ENROLMENT: _("先把参保状态办好"),
        CheckOutcome.ASK: _("这里的规定查不到，请先问参保地"),
    }
)

HEADLINES_OF_ASK = frozen(
    {
        "rule_unknown": _("这里的规定查不到，请先问参保地"),
        "rule_unconfirmed": _("这里的规定还没有证实，请先问参保地"),
        "rule_disputed": _("这里的规定说法不一，请先问参保地"),
    }
)
"""By the reason why there is no answer."""

DIRECT = frozen(
    {
        DirectSettlement.YES: _("能直接结算：在开通了异地结算的医院，出院时只付自己该付的部分。"),
        DirectSettlement.NO: _("不能直接结算：钱要先全部自己付。"),
        DirectSettlement.UNKNOWN: _("能不能直接结算，还说不准。"),
    }
)

GAPS = frozen(
    {
        "filing_rule.required": _("这种情况要不要备案"),
        "filing_rule.deemed_filed": _("急诊算不算已经备案"),
        "filing_rule.validity": _("备案能管多久"),
        "filing_rule.change_lock_months": _("备案后多久可以变更或取消"),
        "filing_rule.commitment_lock_months": _("签承诺书备案后多久可以变更或取消"),
        "filing_rule.late_filing_allowed": _("出院以后还能不能补办备案"),
        "filing_rule.before_discharge_direct": _("住院以后才备案，能不能直接结算"),
        "filing_rule.honoured_during_stay": _("住院中间备案到期，还算不算数"),
        "filing_rule.dual_enjoyment": _("长期备案以后，回参保地看病怎么报"),
        "enrolment_rule.retroactive_payment": _("补缴以后，欠费期间的费用能不能补报"),
        "claim_rule.deadline_months": _("手工报销最晚什么时候申请"),
        "claim_rule.birth": _("在外地生孩子怎么报"),
        "account_rule.filing_needed": _("在外地药店买药要不要备案"),
        "chronic_disease.listed": _("这个病种能不能在外地直接结算"),
        "chronic_disease.cross_province": _("这个病种能不能在外地直接结算"),
        "material_requirement": _("备案要带什么材料"),
    }
)

YES_OR_NO: Mapping[str, tuple[Promise, Promise]] = MappingProxyType(
    {
        "filing_rule.required": (_("要备案"), _("不用备案")),
        "filing_rule.deemed_filed": (_("算"), _("不算")),
        "filing_rule.honoured_during_stay": (_("算数"), _("不算数")),
        "account_rule.filing_needed": (_("要备案"), _("不用备案")),
    }
)
"""The two readings of a disputed yes-or-no rule, where it is not 能 and 不能."""

FIELDS = frozen(
    {
        "insured": _("参保地"),
        "care": _("看病的地方"),
        "insurance": _("医保类型"),
        "reason": _("去外地的原因"),
        "urgency": _("是不是急诊"),
        "care_type": _("看什么"),
        "stage": _("到哪一步了"),
        "evidence": _("手里的证明"),
        "disease": _("病种"),
        "qualified": _("慢特病认定"),
        "enrolment": _("参保状态"),
        "existing": _("原来的备案"),
        "existing_category": _("原备案的类型"),
        "existing_care": _("原备案的地方"),
        "existing_since": _("原备案从哪天起"),
        "existing_until": _("原备案到哪天止"),
        "existing_evidence": _("原备案是怎么办的"),
        "admitted_on": _("入院日期"),
        "trauma": _("是不是外伤"),
        "institution": _("医院"),
        "on": _("看病的日期"),
    }
)

ASSUMPTIONS = frozen(
    {
        "enrolment": _("医保状态正常"),
        "urgency": _("不是急诊"),
        "stage": _("还没去看病"),
        "existing": _("以前没有办过备案"),
        "trauma": _("不是外伤"),
        "institution": _("会选开通了异地直接结算的医院"),
        "on": _("按今天的规定"),
    }
)
"""What is taken for granted where nothing was answered. Other unanswered questions are
looked at both ways and need no assumption."""

CHANGES = frozen(
    {
        "evidence": _("如果拿到转诊证明"),
        "reason": _("如果先在本地医院办转诊"),
        "institution": _("如果换到开通了异地直接结算的医院"),
        "qualified": _("如果先在参保地办好慢特病认定"),
        "enrolment": _("如果参保状态恢复正常"),
    }
)
