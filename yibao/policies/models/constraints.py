"""What the database itself refuses, written once for all tables."""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def known(field: str, enum: type[StrEnum], *, blank: bool = False) -> models.CheckConstraint:
    """The column holds a slug of the enumeration."""
    slugs = [member.value for member in enum] + ([""] if blank else [])
    return models.CheckConstraint(
        name=f"%(class)s_{field}_known",
        condition=Q(**{f"{field}__in": slugs}),
        violation_error_message=_("不是可选的值。"),
    )


def share(field: str, *, null: bool = False, top: int = 10_000) -> models.CheckConstraint:
    """The column holds 0 … `top` basis points."""
    condition = Q(**{f"{field}__gte": 0, f"{field}__lte": top})
    return models.CheckConstraint(
        name=f"%(class)s_{field}_in_range",
        condition=condition | Q(**{f"{field}__isnull": True}) if null else condition,
        violation_error_message=_("比例应在零到百分之百之间。"),
    )


def not_negative(*fields: str) -> models.CheckConstraint:
    condition = Q()
    for field in fields:
        condition &= Q(**{f"{field}__gte": 0}) | Q(**{f"{field}__isnull": True})
    return models.CheckConstraint(
        name=f"%(class)s_{fields[0]}_not_negative",
        condition=condition,
        violation_error_message=_("金额不能是负数。"),
    )


def ascending(low: str, high: str, *, strict: bool = False) -> models.CheckConstraint:
    """`low` ≤ `high` (or <), where both are given."""
    order = Q(**{f"{high}__gt" if strict else f"{high}__gte": F(low)})
    return models.CheckConstraint(
        name=f"%(class)s_{low}_before_{high}",
        condition=Q(**{f"{low}__isnull": True}) | Q(**{f"{high}__isnull": True}) | order,
        violation_error_message=_("下限不能高于上限。"),
    )


def high_needs_low(low: str, high: str) -> models.CheckConstraint:
    """The upper end of a range stands only beside its lower end, and makes the row a bound."""
    return models.CheckConstraint(
        name=f"%(class)s_{high}_closes_a_range",
        condition=Q(**{f"{high}__isnull": True})
        | (Q(**{f"{low}__isnull": False}) & ~Q(kind="rule")),
        violation_error_message=_("有上限值的行，性质应选“上下限”。"),
    )
