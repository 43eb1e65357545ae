"""Questions, answers and names, plain enough for somebody who stands at a window."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yibao.rules.diagnosis import START, Cause, Link, Owner
from yibao.rules.facts import Stage
from yibao.rules.terms import CareType, InsuranceType

type Words = Mapping[str, Promise]


def frozen(words: Mapping[str, Promise]) -> Words:
    """Return the words as a mapping that nothing can change, by plain text codes."""
    return MappingProxyType({str(code): text for code, text in words.items()})


STAGE = frozen(
    {
        Stage.PLANNING: _("还没看、还没住院"),
        Stage.ADMITTED: _("还没结账"),
        Stage.DISCHARGED: _("钱已经全部自己付了"),
    }
)
INSURANCE = frozen({InsuranceType.EMPLOYEE: _("职工医保"), InsuranceType.RESIDENT: _("居民医保")})
CARE_TYPE = frozen(
    {
        CareType.INPATIENT: _("住院"),
        CareType.OUTPATIENT: _("普通门诊"),
        CareType.CHRONIC: _("门诊慢特病"),
        CareType.PHARMACY: _("药店买药"),
        CareType.BIRTH: _("生孩子"),
    }
)
FIELDS = frozen(
    {
        "stage": _("到哪一步"),
        "insured": _("医保交在"),
        "insurance": _("哪种医保"),
        "care": _("看病在"),
        "care_type": _("看什么"),
        "on": _("看病的日子"),
    }
)
ASSUMPTIONS = frozen(
    {
        "stage": _("还没结账"),
        "care": _("是跨省看病"),
        "care_type": _("是住院"),
        "on": _("就在今天"),
    }
)

QUESTIONS = frozen(
    {
        START: _("窗口怎么说？"),
        "no_filing": _("您办过异地备案吗？"),
        "not_open": _("这次看什么？"),
        "enrolment": _("说您的医保怎么了？"),
        "card": _("卡或医保码怎么了？"),
        "money": _("钱哪里不对？"),
        "part": _("哪一部分没报？"),
        "no_reason": _("窗口说原因了吗？"),
        "identity_link": _("窗口屏幕上的姓名、证件号，是您本人的吗？"),
        "enrolment_link": _("医保在正常缴费吗？"),
        "filing_link": _("备案办好了吗？"),
        "institution_link": _("问一句医院：这里开通异地直接结算了吗？"),
        "transaction_link": _("点“结算”以后怎样了？"),
        "card_link": _("密码通过了吗？"),
    }
)

CHOICES: Mapping[tuple[str, str], tuple[Promise, Promise | str]] = MappingProxyType(
    {
        (START, "no_filing"): (_("备案有问题"), _("查不到备案、备案地不对、过期了")),
        (START, "not_open"): (_("这里没开通、不能用"), _("医院、药店、慢特病、生孩子")),
        (START, "enrolment"): (_("参保状态不正常"), _("欠费、停保、正在转移")),
        (START, "card"): (_("卡读不出、密码不对"), _("信息对不上、卡锁了、卡里没钱")),
        (START, "emergency"): (_("是急诊，也不给结"), _("没有备案的急诊、抢救")),
        (START, "trauma"): (_("说是外伤，不给结"), _("摔伤、撞伤、车祸")),
        (START, "money"): (_("结了，但钱不对"), _("报得少、只报一部分、重复扣钱")),
        (START, "no_reason"): (_("系统问题，或没说原因"), _("我们一步一步找")),
        ("no_filing", "never"): (_("没有办过"), ""),
        ("no_filing", "elsewhere"): (_("办过，备的是别的地方"), ""),
        ("no_filing", "expired"): (_("办过，过期了"), ""),
        ("no_filing", "just_now"): (_("刚办的，就这一两天"), ""),
        ("no_filing", "changed_branch"): (
            _("办过，后来换了医保"),
            _("居民医保换成职工医保，或反过来"),
        ),
        ("no_filing", "cannot_change"): (_("想改备案，不让改"), ""),
        ("no_filing", "already"): (_("想办备案，说已经有了"), ""),
        ("no_filing", "not_sure"): (_("说不清楚"), _("我们一步一步找")),
        ("not_open", "hospital"): (_("住院或普通门诊"), ""),
        ("not_open", "chronic"): (_("门诊慢特病"), _("高血压、糖尿病、透析等")),
        ("not_open", "pharmacy"): (_("药店买药"), ""),
        ("not_open", "birth"): (_("生孩子"), ""),
        ("enrolment", "stopped"): (_("欠费、停保，或还在等待期"), ""),
        ("enrolment", "transferring"): (_("换了工作，正在转医保"), ""),
        ("enrolment", "changed_branch"): (_("居民、职工换过"), _("说“险种不对”")),
        ("enrolment", "sanctioned"): (_("违规，被暂停联网结算"), ""),
        ("enrolment", "not_sure"): (_("只说“状态异常”"), ""),
        ("card", "mismatch"): (_("读不出，或姓名、证件号对不上"), _("旧卡、没激活的卡也选这个")),
        ("card", "password"): (_("密码输错，锁了"), ""),
        ("card", "no_money"): (_("卡里没钱，或外地不能用"), _("说的是个人账户")),
        ("money", "less"): (_("报得比想的少"), ""),
        ("money", "part"): (_("只报了一部分"), ""),
        ("money", "twice"): (_("扣了两次，或要退钱"), ""),
        ("money", "used_up"): (_("说额度用完了"), ""),
        ("money", "drug"): (_("有的药、检查不给报"), _("在老家能报，这里不能")),
        ("money", "account"): (_("个人账户用不了"), ""),
        ("money", "repay"): (_("后来通知我把钱退回去"), ""),
        ("part", "outside"): (_("在别处做的检查、买的药没算"), ""),
        ("part", "chronic"): (_("慢特病按普通门诊结了"), ""),
        ("no_reason", "system"): (_("说系统坏了、没网、在升级"), ""),
        ("no_reason", "nothing"): (_("没说原因"), _("我们一步一步找")),
        ("identity_link", "fine"): (_("是，或没看见"), ""),
        ("identity_link", "wrong"): (_("不是，或读不出来"), ""),
        ("enrolment_link", "fine"): (_("正常，或不知道"), ""),
        ("enrolment_link", "stopped"): (_("欠费、停保，或刚参保"), ""),
        ("enrolment_link", "transferring"): (_("正在转移"), ""),
        ("filing_link", "fine"): (_("办好了：是这个地方，也没过期"), ""),
        ("filing_link", "never"): (_("没有办过"), ""),
        ("filing_link", "elsewhere"): (_("备的是别的地方"), ""),
        ("filing_link", "expired"): (_("过期了"), ""),
        ("filing_link", "just_now"): (_("刚办的，就这一两天"), ""),
        ("institution_link", "fine"): (_("开通了"), ""),
        ("institution_link", "not_open"): (_("没开通"), ""),
        ("transaction_link", "fine"): (_("要我输密码"), ""),
        ("transaction_link", "fault"): (_("报错、超时、没反应"), ""),
        ("transaction_link", "charged"): (_("扣了钱，又说没成功"), ""),
        ("card_link", "fine"): (_("通过了，还是不行"), ""),
        ("card_link", "password"): (_("密码错，或锁了"), ""),
    }
)
"""Words and hint of each answer, by question and answer."""

HINTS = frozen(
    {
        START: _("选最像的一个。点错了可以退回来。"),
        "filing_link": _("手机上打开“国家异地就医备案”小程序，点“备案记录”就能看到。"),
        "institution_link": _("医院开没开通，住院和门诊分开算。"),
    }
)

TITLES = frozen(
    {
        Cause.NEVER_FILED: _("还没有办备案"),
        Cause.FILED_ELSEWHERE: _("备案的是别的地方"),
        Cause.FILING_EXPIRED: _("备案过期了"),
        Cause.FILING_NOT_YET: _("刚办的备案还没传到"),
        Cause.WRONG_BRANCH: _("备案用的险种不对"),
        Cause.ENROLMENT: _("医保现在不能用"),
        Cause.TRANSFERRING: _("医保正在转移"),
        Cause.IDENTITY: _("卡或身份信息对不上"),
        Cause.CARD_LOCKED: _("卡的密码锁了"),
        Cause.NOT_NETWORKED: _("医院没有开通这一项"),
        Cause.CHRONIC: _("没按慢特病结算"),
        Cause.EMERGENCY_FLAG: _("急诊标志没有上传"),
        Cause.TRAUMA: _("外伤要先说明责任"),
        Cause.OUTSIDE_ITEMS: _("外面的检查、药没算进去"),
        Cause.SYSTEM: _("系统或网络出了故障"),
        Cause.CHARGED_TWICE: _("重复扣钱，或没有退回"),
        Cause.LOWER_RATE: _("报得比想的少"),
        Cause.CAP_REACHED: _("报销额度用完了"),
        Cause.ACCOUNT: _("个人账户用不了"),
        Cause.SANCTIONED: _("被暂停联网结算"),
        Cause.BIRTH: _("在外地生孩子没能直接结"),
        Cause.CATALOGUE: _("这里的目录不报这种药"),
        Cause.REPAYMENT: _("通知把钱退回去"),
        Cause.CHANGE_LOCKED: _("备案还不能改"),
        Cause.ALREADY_FILED: _("已经有备案了"),
        Cause.PHARMACY: _("药店不给刷"),
    }
)

ABROAD = _("在境外看病，医保不付")
"""Title of every leaf for care abroad."""

OWNERS = frozen(
    {
        Owner.HOSPITAL: _("医院医保办（在医院里，问导诊台）"),
        Owner.INSURED_PLACE: _("参保地医保部门（打电话）"),
        Owner.CARD_ISSUER: _("发卡的银行，或社保卡窗口"),
    }
)
LISTENERS = frozen(
    {
        Owner.HOSPITAL: _("对医院医保办说："),
        Owner.INSURED_PLACE: _("对参保地医保部门说："),
        Owner.CARD_ISSUER: _("对发卡的地方说："),
    }
)
LINKS = frozen(
    {
        Link.IDENTITY: _("身份"),
        Link.ENROLMENT: _("参保"),
        Link.FILING: _("备案"),
        Link.INSTITUTION: _("医院开通"),
        Link.TRANSACTION: _("结算"),
        Link.CARD: _("卡和密码"),
        Link.BENEFIT: _("金额"),
    }
)

GAPS = frozen(
    {
        "filing_rule.required": _("要不要备案"),
        "filing_rule.before_discharge_direct": _("住院以后补备案，能不能直接结算"),
        "filing_rule.late_filing_allowed": _("出院以后能不能补备案"),
        "filing_rule.change_lock_months": _("备案多久以后可以改"),
        "filing_rule.honoured_during_stay": _("住院中间过期，还算不算数"),
        "filing_rule.handling_working_days": _("备案要办几天"),
        "filing_rule.deemed_filed": _("急诊没备案，算不算已备案"),
        "enrolment_rule.retroactive_payment": _("补缴以后，欠费期间的钱能不能报"),
        "enrolment_rule.months_from": _("暂停多久"),
        "account_rule.usable_away": _("个人账户在外地能不能用"),
        "account_rule.pharmacy_mode": _("外地药店能不能刷医保"),
        "channel.password": _("卡的密码到哪里重设"),
        "claim_rule.deadline_months": _("最晚多久之内要报"),
        "claim_rule.accepted_situations": _("哪些情况能回去报"),
        "material_requirement.claim": _("报销要哪些材料"),
    }
)
READINGS = frozen({"True": _("能"), "False": _("不能")})
