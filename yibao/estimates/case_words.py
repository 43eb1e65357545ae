"""What a case is about, in words: the facts it was settled with, and what was assumed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from yibao.core.navigation import query_of
from yibao.core.people import PARAMETER
from yibao.core.templatetags.figures import chinese_date, percent, yuan
from yibao.core.words import gettext as _
from yibao.core.words import in_language
from yibao.estimates import wording
from yibao.estimates.queries import Case
from yibao.policies.labels import SEVERITY_LABELS, TREATMENT_LABELS, label
from yibao.rules.decision import Change, Note
from yibao.rules.terms import AidGroup, CareType, Level, Situation

_ALWAYS_SAID = ("off_catalog", "over_limit", "upfront_self_pay", "on")
_REASONS = {
    Situation.RETIREE_RESETTLED: "resettled",
    Situation.LONG_TERM_RESIDENT: "living",
    Situation.POSTED_WORKER: "posted",
    Situation.REFERRAL: "referral",
    Situation.ONWARD_REFERRAL: "referral",
    Situation.OTHER_TEMPORARY: "other",
}
_ACCUMULATED = (
    ("deductible_paid_fen", gettext_lazy("今年已付的起付线")),
    ("fund_paid_fen", gettext_lazy("今年基金已经付的")),
    ("fund_paid_month_fen", gettext_lazy("本月基金已经付的")),
    ("fund_paid_large_fen", gettext_lazy("今年大额补助已经付的")),
    ("fund_paid_critical_fen", gettext_lazy("今年大病保险已经付的")),
    ("cost_so_far_fen", gettext_lazy("今年已经发生的费用")),
    ("self_pay_accumulated_fen", gettext_lazy("今年累计的合规自付")),
)


def facts_of(case: Case) -> tuple[tuple[str, str], ...]:
    """Return the facts of a case as pairs of name and value; what was not given is left out."""
    return tuple((str(name), str(value)) for name, value in _facts(case) if value)


def _facts(case: Case) -> Iterable[tuple[object, object]]:
    facts, places = case.facts, case.places
    yield _("参保地"), places.insured_name
    yield _("看病的地方"), places.care_name
    yield _("医保类型"), wording.INSURANCE_LABELS[facts.insurance]
    if "group" not in facts.assumed:
        yield _("看病的人"), wording.GROUP_LABELS[facts.group]
    if facts.age is not None:
        yield _("年龄"), _("%(age)d 岁") % {"age": facts.age}
    if facts.tier:
        yield _("缴费档次"), facts.tier
    yield _("看什么"), wording.CARE_TYPE_LABELS[facts.care_type]
    if facts.care_type is not CareType.PHARMACY:
        yield _("医院级别"), wording.LEVEL_LABELS[facts.level]
    names = {each.slug: in_language(each.name) for each in case.terms.classes}
    yield _("医院在当地的类别"), names.get(facts.institution_class, facts.institution_class)
    yield _("病种"), facts.disease
    yield _("备案情况"), wording.SITUATION_LABELS[facts.situation] if facts.situation else ""
    yield _("原来的备案"), label(facts.base_filing) if facts.base_filing else ""
    if facts.admission is not None:
        yield _("今年第几次住院"), str(facts.admission)
    if facts.aid_group is not AidGroup.NONE:
        yield _("医疗救助"), label(facts.aid_group)
    if facts.civil_servant:
        yield _("公务员医疗补助"), _("享受")
    for field, name in _ACCUMULATED:
        yield name, _amount(getattr(facts.accumulated, field))
    yield _("个人账户余额"), _amount(facts.account_balance_fen)
    yield _("出院或看病的日期"), chinese_date(facts.on)


def _amount(fen: int | None) -> str:
    return "" if fen is None else _("%(amount)s 元") % {"amount": yuan(fen)}


def assumptions_of(case: Case, mattered: Iterable[str]) -> tuple[str, ...]:
    """Return what was assumed: what the engine says mattered, and always blank bill parts."""
    names = dict.fromkeys(mattered)
    names |= dict.fromkeys(name for name in _ALWAYS_SAID if name in case.facts.assumed)
    keys = (f"group.{case.facts.group}" if name == "group" else name for name in names)
    return tuple(wording.ASSUMPTIONS[key] for key in keys if key in wording.ASSUMPTIONS)


def change_words(change: Change) -> str:
    """Say which answer would have to be another."""
    if change.field == "filing":
        situation = wording.SITUATION_LABELS[Situation(change.value)]
        return _("备案情况换成“%(situation)s”") % {"situation": situation}
    if change.field == "level":
        level = wording.LEVEL_LABELS[Level(change.value)]
        return _("换到%(level)s医院") % {"level": level}
    return _("把“%(field)s”换成“%(value)s”") % {"field": change.field, "value": change.value}


def reading_words(case: Case, reasons: Iterable[Note]) -> str:
    """Say what one reading took for granted where several values were possible."""
    return "；".join(_option_words(case, note) for note in reasons)


def _option_words(case: Case, note: Note) -> str:
    options = note.values.get("options")
    value: Any = options[0] if isinstance(options, tuple) and options else ""
    if note.code == "dispute":
        return _("按《%(title)s》") % {"title": note.citations[0].title} if note.citations else ""
    if note.code == "bound":
        table, _dot, field = str(note.values.get("what", "")).partition(".")
        shown = yuan(value) if field.partition(":")[0].endswith("_fen") else percent(value)
        what = wording.gap_label(table, case.facts.insurance)
        return _("%(what)s按 %(value)s") % {"what": what, "value": shown}
    if note.code == "age":
        return _("年龄 %(low)d 到 %(high)d 岁") % {"low": value[0], "high": value[1]}
    if note.code == "tier":
        return _("第 %(tier)s 档") % {"tier": value}
    if note.code == "class":
        names = {each.slug: in_language(each.name) for each in case.terms.classes}
        return names.get(str(value), str(value))
    return str({**TREATMENT_LABELS, **SEVERITY_LABELS}.get(str(value), value))


def check_query(case: Case, answers: Mapping[str, str]) -> str:
    """Return the same facts as answers of the eligibility checker."""
    kept = {
        name: answers[name]
        for name in ("insured", "care", "insurance", "care_type", "disease", "on", PARAMETER)
        if name in answers
    }
    situation = case.facts.situation
    if situation is Situation.EMERGENCY:
        kept["urgency"] = "emergency"
    elif situation in _REASONS:
        kept["reason"] = _REASONS[situation]
    elif situation in (Situation.HOME_RETURN, Situation.THIRD_PLACE) and case.facts.base_filing:
        kept |= {"existing": "active", "existing_category": str(case.facts.base_filing)}
    return query_of(kept)
