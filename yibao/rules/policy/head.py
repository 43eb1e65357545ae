"""What every provision has: its head, and the selectors that benefits share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yibao.rules.citation import Citation
from yibao.rules.period import Period
from yibao.rules.terms import (
    CareType,
    Group,
    InsuranceType,
    Kind,
    Level,
    Standing,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """The head that all provisions share.

    `insurance=None` holds for both branches. `kind` decides whether the row may be
    computed with; `citation.standing` repeats `standing` for display.
    """

    table: ClassVar[str] = ""

    id: str
    region_code: str
    insurance: InsuranceType | None
    period: Period
    standing: Standing
    citation: Citation
    kind: Kind = Kind.RULE
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitProvision(Provision):
    """Selectors that the figures of benefits share.

    `care_types`, `groups`: empty = all. `level=None` = all levels, `Level.OTHER` = the
    levels not stated otherwise. `institution_class` is the region's own class slug.
    Ages are whole years, both ends inclusive. `tier` is the contribution tier.
    """

    care_types: frozenset[CareType] = frozenset()
    groups: frozenset[Group] = frozenset()
    age_from: int | None = None
    age_to: int | None = None
    tier: str = ""
    level: Level | None = None
    institution_class: str = ""
    disease: str = ""
    treatment: str = ""
    severity: str = ""
