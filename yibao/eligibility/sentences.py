"""Sentences for the codes of the engine's notes, plain enough to be read aloud to one's parents."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yibao.eligibility.wording import frozen

NOTES = frozen(
    {
        # Why
        "abroad": _("医保不付在境外（包括港澳台）看病的钱。"),
        "enrolment_ended": _("您说参保已经断了。断保期间看病，医保不付。"),
        "enrolment_waiting": _("您还在等待期，等待期内看病，医保不付。"),
        "enrolment_sanctioned": _(
            "您的联网结算被暂停，钱要先全部自己付；恢复以后能不能补报，由参保地决定。"
        ),
        "enrolment_arrears": _("您说医保欠费了，欠费期间一般不能直接结算。"),
        "enrolment_suspended": _("您说待遇暂停了，暂停期间一般不能直接结算。"),
        "enrolment_transferring": _("医保正在转移，转移期间结算可能通不过。"),
        "paid_after_arrears": _("参保地规定：补缴以后，欠费期间的费用可以补报。"),
        "not_paid_after_arrears": _("参保地规定：欠费期间的费用，补缴以后也不补报。"),
        "waiting_fixed": _("固定等待期是 %(months)s 个月。"),
        "waiting_variable": _("断保每多一年，等待期再加 %(months)s 个月。"),
        "waiting_buy_back": _("补缴断保年份的保费，可以缩短等待期。"),
        "suspension_months": _("暂停联网结算的时间是 %(months_from)s 到 %(months_to)s 个月。"),
        "trauma_third_party": _("别人造成的伤，应当由责任人付，不由医保付。"),
        "trauma_work_injury": _("工伤由工伤保险付，不由医保付。"),
        "local": _("您在参保地看病，不算异地就医。"),
        "home_while_filed": _("您办了长期备案，这次是回参保地看病。"),
        "dual_enjoyment": _("备案以后两头都能用：回参保地看病，也能直接结算。"),
        "no_dual_enjoyment": _("参保地规定：长期备案以后，回参保地看病不能照常结算。"),
        "deemed_filed": _("异地急诊抢救，视同已经备案，不用先办手续。"),
        "not_deemed_filed": _("参保地规定：急诊也要另外备案。"),
        "hospital_uploads_flag": _("要由医院上传“急诊”标志。医院没传，结算会失败。"),
        "already_paid": _("钱已经全部自己付了，不能再直接结算，要拿材料回参保地报。"),
        "third_place": _("您的长期备案在另一个地方，这次去的是第三个地方，要另外办一次临时备案。"),
        "several_places": _("参保地允许同时备案几个地方。如果也在这里长期住，可以加一个。"),
        "filing_covers": _("您已经有这个地方的备案，还在有效期。"),
        "filing_covers_until": _("您已经有这个地方的备案，有效到 %(until)s。"),
        "honoured_during_stay": _("入院时备案还有效，住院中间到期也算数。"),
        "not_honoured": _("参保地规定：住院中间到期，备案就不算数了。"),
        "filing_elsewhere": _("您的备案是另一个地方的，在这里用不上。"),
        "locked_until": _("参保地规定备案后 %(months)s 个月内不能变更，最早 %(day)s 可以改。"),
        "lock_over": _("不能变更的期限已经过了（最早 %(day)s 可以改）。"),
        "chronic_qualified": _("您已经在参保地办过门诊慢特病认定。"),
        "chronic_listed": _("这个病种可以跨省直接结算。"),
        "chronic_not_listed": _("这个病种现在不能跨省直接结算。"),
        "chronic_not_qualified": _("没有在参保地办过门诊慢特病认定，不能按慢特病结算。"),
        "pharmacy_filing": _("参保地规定：在外地药店买药要先备案。"),
        "pharmacy_no_filing": _("在外地药店买药不用备案。"),
        "pharmacy_none": _("参保地不支付外地药店的费用。"),
        "pharmacy_account_only": _("在外地药店只能用自己的个人账户付。"),
        "pharmacy_pooled": _("在外地药店买药，统筹基金也可以付一部分。"),
        "birth_away": _("在外地生孩子，多数地方要先自己付钱，再回参保地报。"),
        "free_zone": _("两个地方在同一个免备案的区域里。"),
        "not_required": _("参保地规定：这种情况不用备案。"),
        "required": _("参保地要求：这种情况要先备案，才能直接结算。"),
        "category_retiree_resettled": _("退休后长期住在外地，按“异地安置退休人员”备案。"),
        "category_long_term_resident": _("长期住在外地，按“异地长期居住人员”备案。"),
        "category_posted_worker": _("长期在外地工作，按“常驻异地工作人员”备案。"),
        "category_referral": _("有转诊证明，按“异地转诊人员”备案。"),
        "category_emergency": _("急诊抢救，按“异地急诊抢救人员”办。"),
        "category_other_temporary": _("短期外出或自己决定去，按“其他临时外出就医人员”备案。"),
        "no_referral_proof": _("没有转诊证明，不能按转诊备案；承诺书也不能代替转诊证明。"),
        "long_term_means": _(
            "“长期”是指已经住满、或要住满 %(months)s 个月。住不满，选“短期外出”。"
        ),
        "before_discharge": _("只要还没出院结账，补办了备案，医院就应当给您直接结算。"),
        "not_before_discharge": _("参保地规定：住院以后再备案，不能直接结算。"),
        "late_filing_allowed": _("参保地允许出院以后补办备案。"),
        "late_filing_refused": _("参保地不接受出院以后补办备案，按没有备案报销。"),
        "rule_unknown": _("我们没有查到参保地的这一条规定，不能拿别处的来猜。"),
        "rule_unconfirmed": _("只有一份材料提到参保地的这一条规定，还没有证实，我们不能拿来用。"),
        "rule_disputed": _("几份材料说法不一样，或者条文可以有两种读法，我们不替您选。"),
        "institution_designated": _("这家医院没有开通异地直接结算，要先自己付钱，再回参保地报。"),
        "institution_none": _("这家医院不是医保定点。除了急诊抢救，费用医保不付。"),
        "institution_unknown": _("还不知道医院有没有开通异地直接结算。"),
        "institution_networked": _("医院已经开通异地直接结算。"),
        # What to do
        "buy_other_cover": _("去境外前，可以另外买一份商业医疗保险。"),
        "enrol_again": _("尽快到参保地医保经办机构（或单位）重新参保，问清哪天起能报。"),
        "keep_papers": _("把发票、费用清单、病历、诊断证明、出院小结都留好。"),
        "ask_end_of_waiting": _("问参保地：等待期到哪一天结束？能不能等到那天以后再治？"),
        "ask_end_of_sanctioned": _("问参保地：暂停到哪一天结束？这段时间的费用能不能补报？"),
        "settle_arrears": _("先把欠费补上（单位欠的找单位），再问参保地哪天恢复待遇。"),
        "wait_for_transfer": _("问新、老参保地：转移办完了没有？办完再结账更稳妥。"),
        "claim_third_party": _("找责任人或他的保险公司赔。"),
        "claim_work_injury": _("告诉单位，申请工伤认定，走工伤保险。"),
        "ask_advance_payment": _("责任人不付、或找不到人时，可以向医保申请先行支付。"),
        "ask_home_return": _("回来看病前，先问参保地：长期备案期间在本地怎么报？"),
        "show_card": _("挂号、住院、结账时都出示医保码（医保电子凭证）或社保卡。"),
        "find_networked": _("先问有没有已开通异地直接结算的医院，能换就换。"),
        "claim_at_home": _("拿下面的材料，到参保地医保经办机构申请手工报销。"),
        "claim_deadline": _("注意期限：参保地要求在 %(months)s 个月内申请。"),
        "claim_handling": _("材料交齐后，%(days)s 个工作日内应当办完。"),
        "emergency_first": _("先看病，不要等手续。"),
        "tell_emergency_desk": _("告诉收费窗口或医保办：“我是异地急诊，请上传急诊标志。”"),
        "do_not_file_twice": _("不用再办一次。"),
        "change_filing": _("到原来备案的渠道，把备案地改成这次看病的地方。"),
        "if_locked": _("现在还不能改。可以问参保地能不能另办一次临时备案。"),
        "check_qualification": _("先问参保地：这个病办过慢特病认定没有？"),
        "apply_qualification": _("想按慢特病报，先在参保地申请慢特病认定。"),
        "ask_birth": _("生之前先问参保地：在外地生能不能直接结算，要什么材料？"),
        "prepare_papers": _("准备好下面的材料。"),
        "file_before_travel": _(
            "去之前办好备案：手机上用“国家异地就医备案”小程序或“国家医保服务平台”APP，"
            "也可以去参保地窗口。"
        ),
        "file_before_discharge": _(
            "现在就办备案（手机上用“国家异地就医备案”小程序），一定要在出院结账之前办好。"
        ),
        "get_referral_proof": _("请参保地有转诊资格的医院开转诊证明；有的医院可以直接替您备案。"),
        "ask_recheck": _("办好后，请医院医保办在系统里重新查一次您的备案。"),
        "file_late": _("先补办备案，再申请报销。"),
        "ask_late_filing": _("先问参保地：出院以后还能不能补办备案？到哪天为止？"),
        "ask_insured_place": _("打参保地的医保电话问清楚，记下时间和答复。"),
        "sign_trauma_commitment": _("住院时在医院签“外伤无第三方责任承诺书”。"),
        # Mind
        "check_institution": _("要选开通了异地直接结算的医院，去之前先打电话问医院医保办。"),
        "lower_rate": _("自己决定去外地，报销比例一般比有转诊证明低。能开转诊证明就先开。"),
        "only_rescue_costs": _("不是医保定点的医院，只有急诊抢救的费用能报。"),
        "same_rate": _("备案以后，报销比例和在参保地看病一样。"),
        "lock_by_evidence": _(
            "用证明材料备案，%(months)s 个月后可以变更；签承诺书备案，要 %(longest)s 个月。"
        ),
    }
)


def filled(code: str, values: Mapping[str, object]) -> str:
    """Return the sentence of a code with its values. Raises KeyError for a code without words."""
    text = str(NOTES[code])
    if not values:
        return text
    return text % {name: _shown(value) for name, value in values.items()}


def _shown(value: object) -> object:
    if isinstance(value, date):
        return gettext("%(year)d年%(month)d月%(day)d日") % {
            "year": value.year,
            "month": value.month,
            "day": value.day,
        }
    return value
