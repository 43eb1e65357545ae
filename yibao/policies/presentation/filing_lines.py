"""Filing rules, papers and channels in words."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from yibao.core.words import gettext as _
from yibao.core.words import in_language
from yibao.policies.presentation.figures import Line, count, label
from yibao.policies.presentation.lines import lines_of
from yibao.rules import policy


@lines_of.register
def _filing_rule(row: policy.FilingRule) -> Iterable[Line]:
    if row.required is not None:
        yield Line("required", (_("需要备案") if row.required else _("不需要备案"),))
    if row.filing_free_zone:
        yield Line("filing_free_zone", (_("示范区内互相就医，免备案直接结算"),))
    if row.deemed_filed is not None:
        words = _("视同已备案") if row.deemed_filed else _("不视同已备案")
        yield Line("deemed_filed", (words,))
    if row.min_residence_months is not None:
        months = count("min_residence_months", row.min_residence_months)
        yield Line("min_residence_months", (_("居住或工作需满 "), months, _(" 个月")))
    yield from _validity(row)
    yield from _locks(row)
    yield from _yes_no_lines(row)
    if row.handling_working_days is not None:
        days = count("handling_working_days", row.handling_working_days)
        yield Line("handling_working_days", (_("办理时限 "), days, _(" 个工作日")))
    for name, prefix in (
        ("early_change_grounds", _("可以提前变更的情形：")),
        ("late_filing_text", _("补办：")),
        ("effective_moment", _("生效时间：")),
    ):
        if text := getattr(row, name):
            yield Line(name, (prefix, in_language(text)))
    if row.target_level:
        yield Line("target_level", (str(_TARGETS[row.target_level]),))


def _validity(row: policy.FilingRule) -> Iterable[Line]:
    if row.indefinite:
        yield Line("validity", (_("备案长期有效"),))
    elif row.per_stay:
        yield Line("validity", (_("只在当次住院有效"),))
    elif row.validity_months is not None:
        prefix = _("有效期不少于 ") if row.validity_is_floor else _("有效期 ")
        months = count("validity_months", row.validity_months)
        yield Line("validity", (prefix, months, _(" 个月")))


def _locks(row: policy.FilingRule) -> Iterable[Line]:
    for name, whose in (
        ("change_lock_months", _("凭证明材料备案的，")),
        ("commitment_lock_months", _("凭承诺书备案的，")),
    ):
        months = getattr(row, name)
        if months == 0:
            yield Line(name, (whose, _("可以随时变更或取消")))
        elif months is not None:
            figure = count(name, months)
            yield Line(name, (whose, _("满 "), figure, _(" 个月后可以变更或取消")))


def _yes_no_lines(row: policy.FilingRule) -> Iterable[Line]:
    for name, (if_true, if_false) in _yes_no().items():
        value = getattr(row, name)
        if value is not None:
            yield Line(name, (if_true if value else if_false,))


def _yes_no() -> Mapping[str, tuple[str, str]]:
    return {
        "honoured_during_stay": (
            _("有效期内已经入院的，期满后本次住院仍可直接结算"),
            _("期满后本次住院不能直接结算"),
        ),
        "commitment_allowed": (
            _("可以用个人承诺书代替证明材料"),
            _("不能用个人承诺书代替证明材料"),
        ),
        "several_places": (_("可以同时备案几个地方"), _("只能备案一个地方")),
        "several_places_commitment": (
            _("备案几个地方时也可以用承诺书"),
            _("备案几个地方时不能用承诺书"),
        ),
        "before_discharge_direct": (
            _("出院结算前补办备案，可以直接结算"),
            _("出院结算前补办备案，也不能直接结算"),
        ),
        "late_filing_allowed": (_("出院后可以补办备案"), _("出院后不能补办备案")),
        "institution_choice_required": (_("门诊需要先选定医疗机构"), _("门诊不需要选定医疗机构")),
        "dual_enjoyment": (
            _("在备案地和参保地都可以享受待遇"),
            _("只能在备案地享受待遇"),
        ),
        "dual_enjoyment_needs_evidence": (
            _("双向享受待遇需要凭证明材料备案"),
            _("双向享受待遇不要求证明材料"),
        ),
    }


_TARGETS: Mapping[str, Promise] = {
    "prefecture": gettext_lazy("备案到就医地市"),
    "province": gettext_lazy("备案到就医省份"),
    "either": gettext_lazy("可以备案到就医地市或省份"),
}


@lines_of.register
def _material(row: policy.MaterialRequirement) -> Iterable[Line]:
    words = in_language(row.wording) or label(row.material)
    prefix = _("%(purpose)s：") % {"purpose": label(row.purpose)}
    suffix = _("（与同组材料任选一种）") if row.alternative else ""
    yield Line("material", (prefix, words, suffix))


@lines_of.register
def _channel(row: policy.Channel) -> Iterable[Line]:
    parts = [label(row.channel), _("："), in_language(row.name)]
    for text in (row.value, in_language(row.hours), in_language(row.scope_text)):
        if text:
            parts.extend((_("，"), text))
    if not row.available:
        parts.append(_("（不提供）"))
    yield Line("channel", tuple(parts))
