"""What filings and claims call the same things: kinds, states, people, ways to reach them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What a case asks for."""

    FILING = "filing", _("异地就医备案")
    CLAIM = "claim", _("手工报销")


class State(TextChoices):
    """States of design.md §5. `EFFECTIVE` and `EXPIRED` are never stored: the day tells them."""

    SUBMITTED = "submitted", _("已提交")
    RECEIVED = "received", _("已收件")
    NEEDS_MATERIALS = "needs_materials", _("等您补材料")
    ACCEPTED = "accepted", _("已通过")
    EFFECTIVE = "effective", _("已生效")
    EXPIRED = "expired", _("已到期")
    REFUSED = "refused", _("未通过")
    CANCELLED = "cancelled", _("已取消")
    REPLACED = "replaced", _("已被新备案代替")
    WITHDRAWN = "withdrawn", _("已撤回")
    UNDER_REVIEW = "under_review", _("审核中")
    DECIDED = "decided", _("已作出决定")
    PAYMENT_ORDERED = "payment_ordered", _("已通知付款")
    PAID = "paid", _("已付款")
    PAYMENT_FAILED = "payment_failed", _("付款未成功")


TRANSITIONS: dict[Kind, dict[State, frozenset[State]]] = {
    Kind.FILING: {
        State.SUBMITTED: frozenset(
            {State.NEEDS_MATERIALS, State.ACCEPTED, State.REFUSED, State.WITHDRAWN}
        ),
        State.NEEDS_MATERIALS: frozenset({State.SUBMITTED, State.REFUSED, State.WITHDRAWN}),
        State.ACCEPTED: frozenset({State.CANCELLED, State.REPLACED}),
    },
    Kind.CLAIM: {
        State.SUBMITTED: frozenset({State.RECEIVED, State.WITHDRAWN}),
        State.RECEIVED: frozenset({State.NEEDS_MATERIALS, State.UNDER_REVIEW, State.WITHDRAWN}),
        State.NEEDS_MATERIALS: frozenset({State.RECEIVED, State.WITHDRAWN}),
        State.UNDER_REVIEW: frozenset({State.NEEDS_MATERIALS, State.DECIDED, State.WITHDRAWN}),
        # To `paid` at once: a second decision that leaves the sum that was paid as it is.
        State.DECIDED: frozenset({State.PAYMENT_ORDERED, State.PAID, State.UNDER_REVIEW}),
        State.PAYMENT_ORDERED: frozenset(
            {State.PAID, State.PAYMENT_FAILED, State.DECIDED, State.UNDER_REVIEW}
        ),
        State.PAYMENT_FAILED: frozenset({State.PAYMENT_ORDERED, State.DECIDED, State.UNDER_REVIEW}),
        State.PAID: frozenset({State.PAYMENT_FAILED, State.DECIDED, State.UNDER_REVIEW}),
    },
}
"""What may follow what; a state without a line here is final."""


def states_of(kind: Kind) -> tuple[State, ...]:
    """Return the states that cases of a kind are stored in, in the order of their lives."""
    reached = frozenset().union(*TRANSITIONS[kind].values())
    return tuple(state for state in State if state in reached or state in TRANSITIONS[kind])


OPEN_STATES = frozenset(
    {State.SUBMITTED, State.RECEIVED, State.NEEDS_MATERIALS, State.UNDER_REVIEW}
)
"""States in which somebody still has to act before there is an answer."""

WAITS_FOR_STAFF = OPEN_STATES - {State.NEEDS_MATERIALS}
"""States in which the bureau's clock of working days runs."""


def may_follow(kind: Kind, state: State, following: State) -> bool:
    """Tell whether a case of the kind may go from one state to another."""
    return following in TRANSITIONS[kind].get(state, frozenset())


class IdType(TextChoices):
    """Papers that name a person (contract.md, `id_type`)."""

    RESIDENT_ID = "resident_id", _("居民身份证")
    PASSPORT = "passport", _("护照")
    HMT_PERMIT = "hmt_permit", _("港澳台居民来往内地（大陆）通行证")
    HMT_RESIDENCE = "hmt_residence", _("港澳台居民居住证")
    FOREIGN_PERMANENT = "foreign_permanent", _("外国人永久居留身份证")


class HelperRole(TextChoices):
    """Who fills in the form."""

    SELF = "self", _("我自己")
    RELATIVE = "relative", _("我替家人办")
    AGENT = "agent", _("我受托代办")


class Notify(TextChoices):
    """How the filer hears of news; all of it is on the status page as well."""

    NONE = "none", _("不用通知，我自己查")
    SMS = "sms", _("发短信")
    EMAIL = "email", _("发邮件")


class ActorKind(TextChoices):
    """Who did something in a case."""

    FILER = "filer", _("申请人")
    OFFICER = "officer", _("经办人员")
    SYSTEM = "system", _("系统")


class Purpose(TextChoices):
    """What somebody consented to; two separate acts (个人信息保护法 articles 14, 29)."""

    NOTICE = "notice", _("告知书")
    SENSITIVE = "sensitive", _("处理敏感个人信息的单独同意")
