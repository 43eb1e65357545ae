"""For whom and for what a provision holds, in words."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from yibao.core.words import gettext as _
from yibao.core.words import in_language
from yibao.policies.labels import SEVERITY_LABELS, TREATMENT_LABELS
from yibao.policies.presentation.figures import join, label, yuan
from yibao.rules import policy
from yibao.rules.policy import BenefitProvision, Provision
from yibao.rules.terms import LONG_TERM_CATEGORIES, TEMPORARY_CATEGORIES, Level, Scope


def qualifiers(provision: Provision, names: Mapping[str, str]) -> Iterable[str]:
    """Yield them in reading order. `names` maps class slugs and disease codes to words."""
    yield from _set_qualifiers(provision)
    if isinstance(provision, BenefitProvision):
        yield from _benefit_qualifiers(provision, names)
    if isinstance(provision, policy.Deductible):
        yield from _admission_qualifier(provision)
    if isinstance(provision, policy.MedicalAid):
        yield from _total_qualifier(provision.total_from_fen, provision.total_to_fen)
    if isinstance(provision, policy.ClaimRule):
        if provision.situation_text:
            yield in_language(provision.situation_text)
        yield from _total_qualifier(None, provision.total_to_fen)


def _set_qualifiers(provision: Provision) -> Iterable[str]:
    scope = getattr(provision, "scope", None)
    if isinstance(scope, Scope):
        yield label(scope)
    for name in ("categories", "situations", "care_types", "groups", "aid_groups"):
        values = getattr(provision, name, None)
        if values:
            yield _named_set(values) or join(values)


def _named_set(values: frozenset[StrEnum]) -> str:
    """Return one name for the three long-term or the three temporary kinds, else ""."""
    slugs = {str(value) for value in values}
    if slugs == {str(category) for category in LONG_TERM_CATEGORIES}:
        return _("长期在外地的三类人员（安置退休、长期居住、常驻工作）")
    if slugs == {str(category) for category in TEMPORARY_CATEGORIES}:
        return _("临时外出的三类人员（转诊、急诊抢救、其他）")
    return ""


def _benefit_qualifiers(row: BenefitProvision, names: Mapping[str, str]) -> Iterable[str]:
    if row.age_from is not None and row.age_to is not None:
        yield _("%(from)d—%(to)d 岁") % {"from": row.age_from, "to": row.age_to}
    elif row.age_from is not None:
        yield _("%(age)d 岁及以上") % {"age": row.age_from}
    elif row.age_to is not None:
        yield _("%(age)d 岁及以下") % {"age": row.age_to}
    if row.tier:
        yield _("缴费第 %(tier)s 档") % {"tier": row.tier}
    if row.institution_class:
        yield names.get(row.institution_class, row.institution_class)
    elif row.level is not None:
        yield (
            label(row.level)
            if row.level is Level.OTHER
            else _("%(level)s医疗机构") % {"level": label(row.level)}
        )
    for text in (row.disease, row.treatment, row.severity):
        if text:
            yield names.get(text) or str(_WORDS.get(text, text))


def _admission_qualifier(row: policy.Deductible) -> Iterable[str]:
    if row.nth_from is None and row.nth_to is None:
        return
    first = row.nth_from or 1
    if row.nth_to is None:
        yield _("年内第 %(n)d 次及以后") % {"n": first}
    elif row.nth_to == first:
        yield _("年内第 %(n)d 次") % {"n": first}
    else:
        yield _("年内第 %(first)d 至 %(last)d 次") % {"first": first, "last": row.nth_to}


def _total_qualifier(from_fen: int | None, to_fen: int | None) -> Iterable[str]:
    if from_fen is not None:
        yield _("总费用 %(amount)s以上") % {"amount": yuan("", from_fen).text}
    if to_fen is not None:
        yield _("总费用 %(amount)s以下") % {"amount": yuan("", to_fen).text}


# Slugs that are not enumerations of the engine but appear in provisions.
_WORDS = {**TREATMENT_LABELS, **SEVERITY_LABELS}
