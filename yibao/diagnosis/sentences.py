"""Sentences for the codes of a leaf, short enough to be read at a window."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yibao.core.words import in_language
from yibao.diagnosis.wording import frozen

ACTIONS = frozen(
    {
        "file_now": _("先不要结账。现在就办备案：手机打开“国家异地就医备案”小程序。"),
        "ask_recheck": _("办好后，请医院医保办重新查一次。"),
        "ask_late_filing": _("打电话问参保地：现在还能补备案吗？"),
        "claim_at_home": _("拿好下面的材料，回参保地报销。"),
        "claim_if_allowed": _("问参保地：这笔钱以后能不能报？能报就交材料。"),
        "claim_rest": _("没算进去的部分，问参保地能不能单独报。"),
        "read_filed_place": _("手机上看“备案记录”：备的是哪个省、哪个市？"),
        "file_this_place": _("和医院所在地不一样，就改成这里；改不了，就另办一次。"),
        "read_last_day": _("手机上看“备案记录”：哪天到期？和入院那天比一比。"),
        "file_again": _("先不要结账。马上再办一次备案。"),
        "ask_whether_counts": _("打电话问参保地：入院那天备案算不算数？"),
        "read_start_day": _("手机上看“备案记录”：审核通过了吗？哪天开始？"),
        "ask_resend": _("已经通过的，打电话请参保地重新上传一次。"),
        "ask_branch": _("打电话问参保地：我现在算职工医保，还是居民医保？"),
        "file_right_branch": _("按现在的险种，重新办一次备案。"),
        "ask_enrolment": _("打电话问参保地：我的医保为什么不能用，哪天恢复？"),
        "settle_arrears": _("欠费的先补上。单位欠的，找单位。"),
        "ask_transfer": _("打电话问老参保地和新参保地：转移办完了没有？"),
        "settle_after_transfer": _("医院同意的话，等转移办完再结账。"),
        "use_code": _("不用卡，换成手机上的“医保码”再试一次。"),
        "compare_identity": _("拿身份证，请窗口对姓名和证件号。不一样就打电话请参保地改。"),
        "activate_card": _("新卡要先激活。换过卡的，用新卡。"),
        "reset_password": _("重设密码：能办的地方看下面；没有写的，问发卡银行或社保卡窗口。"),
        "ask_service_open": _("问医院医保办：这次看的（住院、门诊）开通异地直接结算了吗？"),
        "other_hospital": _("没开通、病情又允许，就换一家开通了的。"),
        "ask_qualified": _("打电话问参保地：这个病办过慢特病认定吗？上传了吗？"),
        "ask_disease_open": _("问医院：这个病种在这里开通了吗？"),
        "apply_qualification": _("没认定的，先在参保地申请认定。"),
        "ask_flag": _("请医院医保办补传“急诊”标志：住院的选“急诊住院”，门诊的选“急诊”。"),
        "ask_recheck_emergency": _("传好以后，请窗口重新结算。"),
        "keep_emergency_record": _("请医院开急诊诊断证明，或盖章的急诊病历。"),
        "sign_letter": _("没有别人责任的，请医院给“外伤无第三方责任承诺书”，您来签字。"),
        "third_party_first": _("有责任人的，先找他或保险公司赔。工伤找单位。"),
        "get_certificate": _("请医院医保办开外院检查、药店购药的证明，盖章。"),
        "ask_join": _("请窗口把这些费用并到这次一起结。"),
        "keep_outside_papers": _("外面的发票、检查单、处方都留好。"),
        "retry_later": _("不急的话，等一等，过一小时再试。"),
        "ask_which_side": _("问清楚：是这边系统的问题，还是参保地的问题？"),
        "report_fault": _("打电话报故障，记下时间和工号。"),
        "ask_resettle": _("先问医院：能不能退掉自费，重新按医保结？"),
        "pay_no_more": _("先不要再付钱。"),
        "ask_reversal": _("请窗口查上一笔，先冲正（撤销），再重新结算。"),
        "keep_payment_record": _("付款记录、两张小票都留好，拍照。"),
        "check_sheet": _("看结算单：写的是哪种备案（转诊、临时、没备案）？医院几级？"),
        "ask_reason_of_sum": _("问窗口：起付线、自付、自费各是多少？"),
        "estimate": _("用本站“算报销”照着账单算一遍。"),
        "ask_which_cap": _("打电话问：是哪一种额度用完了，今年还剩多少？"),
        "ask_further_layers": _("再问：大病保险、医疗救助还能不能付？"),
        "account_is_extra": _("个人账户没钱，不影响统筹基金报销。先照常结算。"),
        "check_balance": _("手机上查个人账户余额。"),
        "family_account": _("家人有余额的，问参保地能不能“家庭共济”。"),
        "pay_cash_rest": _("个人该付的部分，用现金或手机付。"),
        "ask_sanction_end": _("打电话问参保地：因为什么暂停，到哪天为止？"),
        "appeal": _("不同意，就请对方给书面决定，问清怎样申诉、几天之内。"),
        "ask_birth": _("打电话问参保地：在外地生，能直接结吗？要什么材料？"),
        "ask_alternative": _("问医生：有没有这里能报的同类药？"),
        "sign_self_pay": _("没有的话，先问清多少钱，再决定用不用。"),
        "ask_catalogue_gap": _("问参保地：老家能报、这里不能报的，回去能补报吗？"),
        "read_letter": _("看通知：谁发的，为什么，多少钱，哪天之前？"),
        "ask_basis": _("打通知上的电话核实。别在短信链接里付钱。"),
        "ask_instalments": _("一次拿不出，问能不能分几次退。"),
        "ask_lock_end": _("打电话问参保地：最早哪天可以改？能不能提前？"),
        "file_temporary": _("等不了，就问能不能另办一次临时备案。"),
        "no_second_filing": _("不用再办。"),
        "check_place_and_day": _("手机上看“备案记录”：是这个地方吗？过期没有？"),
        "ask_pharmacy_open": _("问药店：开通外地医保了吗？用个人账户还是统筹？"),
        "bring_prescription": _("处方药要带处方。"),
        "pay_from_account": _("统筹用不了，先问能不能用个人账户。"),
        "no_filing_abroad": _("不用办异地备案，回来也不能报。"),
        "ask_other_payers": _("买了商业保险、旅行保险的，问保险公司。"),
        # If it still fails
        "pay_and_keep": _("实在不行，先自己付。下面的材料一样都别少。"),
        "ask_written": _("不给办，请对方写下理由，或记下时间、姓名、原话。"),
    }
)

SAY = frozen(
    {
        "recheck_filing": _("我刚补办了异地备案，请重新查一次，按医保直接结算。"),
        "change_filing": _("我的备案地和看病的地方不一样，请帮我改过来，或者另办一次。"),
        "filed_at_admission": _("我入院那天备案还没过期，请按入院那天查，给我直接结算。"),
        "resend_filing": _("我的备案已经通过，医院查不到，请重新上传一次。"),
        "which_branch": _("我换过医保，请查现在是哪一种，备案要不要重办？"),
        "enrolment": _("我在外地看病，系统说参保状态不正常。是什么原因，哪天能恢复？"),
        "transfer": _("我的医保在转移，外地结不了账。哪天办完，这期间的钱怎么报？"),
        "identity": _("外地医院读到的信息和我的身份证不一样，请查一下，帮我改正。"),
        "password": _("我的卡密码锁了，能不能用医保码结算？"),
        "service_open": _("我是外地医保。这次看病，你们开通异地直接结算了吗？"),
        "chronic": _("请查我的慢特病认定：是哪种病，上传到国家平台了吗？"),
        "emergency_flag": _("我是异地急诊，没来得及备案。请上传急诊标志，再给我结算。"),
        "trauma_letter": _("这次受伤没有别人的责任，我愿意签承诺书，请按医保结算。"),
        "certificate": _("住院时我在外面做了检查（买了药），请开证明盖章，并到这次一起结。"),
        "certificate_paid": _("住院时我在外面做的检查（买的药）没结，请补开盖章的证明。"),
        "which_side": _("请看一下报错原话：是你们的系统，还是我参保地的系统？我拍张照。"),
        "reversal": _("我被扣了钱，结算没成功（扣了两次）。请先冲正，再重新结。"),
        "why_this_sum": _("请告诉我：这次按哪种备案算的，起付线多少，比例多少？"),
        "which_cap": _("请查：我今年哪一种额度用完了，大病保险能不能接着付？"),
        "account": _("请查：我有没有个人账户，余额多少，外地能不能用？"),
        "sanction": _("请告诉我暂停的原因和截止的日子。这期间的钱以后能不能报？"),
        "birth": _("我要在外地生孩子，能直接结算吗？不能的话，回来报要什么材料？"),
        "alternative": _("这种药这里不能报。有没有效果差不多、能报的？"),
        "catalogue_gap": _("这种药在我们那里能报，在外地没报上，回去能补吗？"),
        "basis": _("我收到退钱的通知。请告诉我依据、金额怎么算的，能不能分几次退？"),
        "lock": _("我要到别的地方看病，备案改不了。最早哪天能改，能另办一次吗？"),
        "recheck_existing": _("我已经有备案，请按我的身份证号再查一次。"),
        "pharmacy": _("我在外地药店买药，能用个人账户吗，能用统筹吗，要先备案吗？"),
        "abroad": _("我是在境外看的病。医保是不是都不付，有没有例外？"),
        "claim": _(
            "我在外地看病，钱全部自己付了，原因是‘%(reason)s’。能不能报，要什么材料，最晚哪天交？"
        ),
    }
)

NOTES = frozen(
    {
        "local": _("您是在参保地看病，不用异地备案。"),
        "abroad": _("在境外（包括港澳台）看病的钱，医保不付。"),
        "not_required": _("按参保地的规定，短期外出也不用备案。请医院核对系统。"),
        "file_before_discharge": _("没结账之前补办备案，医院就应当给您直接结算。"),
        "not_before_discharge": _("参保地规定：住院以后再备案，不能直接结算。"),
        "late_filing_allowed": _("参保地允许出院以后补备案。"),
        "late_filing_refused": _("参保地不接受出院以后补备案，按没备案报。"),
        "filed_place": _("备案是备到一个市或一个省。住院可以去那里所有开通的医院。"),
        "honoured_during_stay": _("入院时没过期，住院中间过期也算数，可以直接结算。"),
        "not_honoured": _("参保地规定：住院中间过期，就不算数了。"),
        "filing_handling": _("参保地应当在 %(days)s 个工作日内办完备案。"),
        "paid_after_arrears": _("参保地规定：补缴以后，欠费期间的钱可以补报。"),
        "not_paid_after_arrears": _("参保地规定：欠费期间的钱，补缴以后也不报。"),
        "waiting_fixed": _("刚参保或断过保的，要等 %(months)s 个月。"),
        "transfer_not_needed": _("去外地看病本来不用转医保。转移期间，结算可能通不过。"),
        "show_card": _("医保码和社保卡，哪一个都可以用。"),
        "password_places": _("重设卡密码，参保地写明的地方：%(names)s。"),
        "charged": _("结算没成功又扣了钱的，医院查明后要冲正（撤销），再重新结。"),
        "one_stop": _("直接结算会把大病保险、医疗救助一起算。没算的，问参保地。"),
        "repaid": _("多付的待遇要退。可以分期退，也可以从以后的待遇、个人账户里抵。"),
        "holds_on": _("备案没过期，在备案的地方看几次病都算数，不用再办。"),
        "unconnected": _("定点医院没联网的，先自己付，再回参保地报。不是定点的，只报急诊抢救。"),
        "chronic_listed": _("能跨省直接结的慢特病：%(names)s。"),
        "chronic_needs_qualification": _("三样都要有：参保地认定过、病种在名单里、医院开通了。"),
        "deemed_filed": _("异地急诊抢救视同已经备案，但要医院上传急诊标志。"),
        "not_deemed_filed": _("参保地规定：急诊也要另外备案。"),
        "not_paid_by_insurance": _("别人或工伤该付的，医保不付。找不到人时，可以申请先行支付。"),
        "outside_items": _("有医院盖章的证明，外面的检查和药可以并到一起结。"),
        "whose_catalogue": _("能报哪些药，看医院所在地的目录；报多少，看参保地的规定。"),
        "no_account": _("居民医保没有个人账户，自己该付的部分用现金。"),
        "account_usable": _("个人账户在外地结算时可以用。"),
        "account_not_usable": _("参保地规定：个人账户在外地不能用。"),
        "mutual_aid": _("家人的个人账户可以共济，付您自己该付的部分。"),
        "suspension_months": _("暂停联网结算，一般 %(months_from)s 到 %(months_to)s 个月。"),
        "claims_accepted": _("参保地写明可以报的情形：%(text)s"),
        "no_lock": _("参保地没有限制，备案随时可以改。"),
        "lock": _("长期备案办好 %(months)s 个月以后才能改。"),
        "lock_by_evidence": _("有证明的，%(months)s 个月后可以改；签承诺书的，%(longest)s 个月。"),
        "pharmacy_none": _("参保地不付外地药店的钱。"),
        "pharmacy_account_only": _("在外地药店只能用自己的个人账户。"),
        "pharmacy_pooled": _("在外地药店，统筹基金也能付一部分。"),
        "pharmacy_filing": _("外地药店买药要先备案。"),
        "pharmacy_no_filing": _("外地药店买药不用备案。"),
        # By when
        "before_settling": _("直接结算：要在结账之前办好。"),
        "before_admission": _("最好在住院之前问清。"),
        "before_buying": _("付钱之前问清。"),
        "same_day": _("当天就办，隔天更难查。"),
        "soon": _("尽早问，结算单留好。"),
        "by_letter": _("看通知上写的日子。没写就打电话问，记下来。"),
        "claim_deadline": _("回去报销：%(months)s 个月之内。"),
        "claim_deadline_unknown": _("回去报销：期限各地不同，我们没查到这里的。现在就问，记下来。"),
        "claim_handling": _("材料收下以后，%(days)s 个工作日内应当办完。"),
    }
)


def filled(code: str, values: Mapping[str, object]) -> str:
    """Return the sentence of a note's code with its values. Raises KeyError for a code without
    words."""
    text = str(NOTES[code])
    if not values:
        return text
    return text % {name: _shown(value) for name, value in values.items()}


def _shown(value: object) -> object:
    if isinstance(value, tuple):
        return gettext("、").join(in_language(str(each)) for each in value)
    return value
