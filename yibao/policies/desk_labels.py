"""What staff read for the facts of a check and the parts of its answer."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

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
    Urgency,
)

DESK_LABELS: Mapping[type[StrEnum], Mapping[StrEnum, Promise]] = {
    Reason: {
        Reason.RESETTLED: _("退休后到外地安家"),
        Reason.LIVING: _("长期住在外地"),
        Reason.POSTED: _("单位派驻外地"),
        Reason.STUDY: _("在外地上学"),
        Reason.REFERRAL: _("转诊"),
        Reason.OTHER: _("其他临时外出"),
    },
    Urgency: {
        Urgency.ORDINARY: _("不是急诊"),
        Urgency.EMERGENCY: _("急诊抢救"),
    },
    Stage: {
        Stage.PLANNING: _("还没去"),
        Stage.ADMITTED: _("正在住院"),
        Stage.DISCHARGED: _("已经出院，自己付了钱"),
    },
    Evidence: {
        Evidence.PROOF: _("有证明"),
        Evidence.COMMITMENT: _("签承诺书"),
        Evidence.NONE: _("没有证明，也不签承诺书"),
        Evidence.UNKNOWN: _("没有说"),
    },
    Qualified: {
        Qualified.YES: _("认定过"),
        Qualified.NO: _("没有认定"),
        Qualified.UNKNOWN: _("没有说"),
    },
    FiledStatus: {
        FiledStatus.NONE: _("没有备案"),
        FiledStatus.ACTIVE: _("有，在有效期"),
        FiledStatus.EXPIRED: _("有过，已过期"),
        FiledStatus.ELSEWHERE: _("有，备案在别处"),
        FiledStatus.UNKNOWN: _("没有说"),
    },
    InstitutionStatus: {
        InstitutionStatus.NETWORKED: _("已开通异地结算"),
        InstitutionStatus.DESIGNATED: _("定点，没开通异地结算"),
        InstitutionStatus.NONE: _("不是定点"),
        InstitutionStatus.UNKNOWN: _("没有说"),
    },
    Enrolment: {
        Enrolment.ACTIVE: _("正常"),
        Enrolment.WAITING: _("等待期"),
        Enrolment.ARREARS: _("欠费"),
        Enrolment.SUSPENDED: _("停缴"),
        Enrolment.TRANSFERRING: _("正在转移"),
        Enrolment.ENDED: _("已断保"),
        Enrolment.SANCTIONED: _("暂停联网结算"),
        Enrolment.UNKNOWN: _("没有说"),
    },
    CheckOutcome: {
        CheckOutcome.FILE: _("要备案"),
        CheckOutcome.FILE_LATE: _("补办备案"),
        CheckOutcome.NO_FILING: _("不用备案"),
        CheckOutcome.DEEMED_FILED: _("视同已备案"),
        CheckOutcome.COVERED: _("原备案管用"),
        CheckOutcome.CHANGE_FILING: _("先变更备案"),
        CheckOutcome.MANUAL_CLAIM: _("回参保地手工报销"),
        CheckOutcome.NOT_PAYABLE: _("不能报销"),
        CheckOutcome.FIX_ENROLMENT: _("先办好参保"),
        CheckOutcome.ASK: _("答不出，问参保地"),
    },
    DirectSettlement: {
        DirectSettlement.YES: _("能直接结算"),
        DirectSettlement.NO: _("不能直接结算"),
        DirectSettlement.UNKNOWN: _("说不准"),
    },
}


def desk_label(value: StrEnum) -> str:
    """Return the words for one value. Raises KeyError without words (a test prevents it)."""
    return str(DESK_LABELS[type(value)][value])


def desk_choices(enumeration: type[StrEnum]) -> list[tuple[str, Promise]]:
    """Return `(slug, label)` pairs in the order of the enumeration, for Django fields."""
    labels = DESK_LABELS[enumeration]
    return [(member.value, labels[member]) for member in enumeration]
