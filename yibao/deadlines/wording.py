"""Sentences of the list of days."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yibao.rules.deadlines import Duty

DUTIES: Mapping[str, Promise] = {
    Duty.FILE: _("办备案"),
    Duty.CHANGE: _("最早可以变更或取消备案"),
    Duty.EXPIRY: _("备案有效到"),
    Duty.RENEWAL: _("还要看病的话，再办一次备案"),
    Duty.CLAIM: _("手工报销最晚交材料"),
    Duty.HANDLING: _("报销要等多久"),
}
"""What a day is for; also the title in a calendar."""

SENTENCES: Mapping[str, Promise] = {
    "before_discharge_direct_yes": _("没结账以前补办备案，就可以直接结算。"),
    "before_discharge_direct_no": _("住院以后再备案，不能直接结算。要在住院以前办。"),
    "late_filing_allowed_yes": _("出院以后还能补备案。没有查到期限，尽早办。"),
    "late_filing_allowed_no": _("出院以后不能补备案，按没备案报。"),
    "indefinite": _("长期有效，不用续办。"),
    "per_stay": _("只管这一次住院，出院就到期。"),
    "holds": _("从开始那天起 %(months)d 个月，到期那天还算数。"),
    "holds_at_least": _("从开始那天起至少 %(months)d 个月。当地可能更长，到期以前问一问。"),
    "holds_months": _("从开始那天起 %(months)d 个月。填上开始的日子，就能算出哪天到期。"),
    "holds_at_least_months": _("从开始那天起至少 %(months)d 个月。填上开始的日子就能算。"),
    "renew": _("在到期以前办好，中间就不会断。"),
    "no_lock": _("没有限制，随时可以改。"),
    "no_lock_proof": _("交了证明材料的，没有限制，随时可以改。"),
    "no_lock_commitment": _("签承诺书的，没有限制，随时可以改。"),
    "change": _("备案满 %(months)d 个月以后。"),
    "change_proof": _("交了证明材料的，备案满 %(months)d 个月以后。"),
    "change_commitment": _("签承诺书的，备案满 %(months)d 个月以后。"),
    "change_months": _("备案满 %(months)d 个月以后。填上开始的日子就能算。"),
    "change_months_proof": _("交了证明材料的，备案满 %(months)d 个月以后。"),
    "change_months_commitment": _("签承诺书的，备案满 %(months)d 个月以后。"),
    "claim": _("从出院（看病）那天起 %(months)d 个月之内，最后一天也可以交。"),
    "claim_months": _("从出院（看病）那天起 %(months)d 个月之内。填上那一天就能算。"),
    "handling": _("材料收齐以后，%(days)d 个工作日之内应当办完。"),
}

GAPS: Mapping[str, Promise] = {
    "filing_rule.before_discharge_direct": _("住院以后补备案，能不能直接结算"),
    "filing_rule.late_filing_allowed": _("出院以后还能不能补备案，到哪天为止"),
    "filing_rule.validity_months": _("备案管多久"),
    "filing_rule.change_lock_months": _("备案多久以后可以变更或取消"),
    "claim_rule.deadline_months": _("手工报销最晚哪天交材料（各地不同，不要等）"),
    "material_requirement.due": _("缺材料时，最晚哪天补交（看通知单，没写就问）"),
}

DISPUTES: Mapping[str, Promise] = {
    "filing_rule.validity_months": _("备案管多久"),
    "filing_rule.validity": _("备案管多久"),
    "filing_rule.change_lock_months": _("备案多久以后可以变更或取消"),
    "filing_rule.commitment_lock_months": _("签承诺书备案的，多久以后可以变更或取消"),
    "filing_rule.before_discharge_direct": _("住院以后补备案，能不能直接结算"),
    "filing_rule.late_filing_allowed": _("出院以后还能不能补备案"),
    "claim_rule.deadline_months": _("手工报销最晚哪天交材料"),
}
