"""Filing: rules, papers and where to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from yibao.rules.policy.head import Provision
from yibao.rules.terms import (
    CareType,
    ChannelKind,
    FilingCategory,
    Group,
    MaterialPurpose,
    MaterialSlug,
    Scope,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingRule(Provision):
    """备案规则 per category and scope. Each field that is not None is a statement of its own
    and is inherited on its own (decisions.md 3).

    `validity_months` is a floor where `validity_is_floor`; `indefinite` = 长期有效;
    `per_stay` = 当次住院有效. Locks are months until the filing may be changed or
    cancelled, for filings made with evidence / by commitment letter.
    """

    table: ClassVar[str] = "filing_rule"

    categories: frozenset[FilingCategory] = frozenset()
    scope: Scope | None = None
    care_types: frozenset[CareType] = frozenset()
    groups: frozenset[Group] = frozenset()
    required: bool | None = None
    filing_free_zone: frozenset[str] = frozenset()  # division codes; both places inside it
    deemed_filed: bool | None = None
    min_residence_months: int | None = None
    validity_months: int | None = None
    validity_is_floor: bool | None = None
    indefinite: bool | None = None
    per_stay: bool | None = None
    honoured_during_stay: bool | None = None  # expiry during a stay does not matter
    change_lock_months: int | None = None
    commitment_lock_months: int | None = None
    early_change_grounds: str = ""
    commitment_allowed: bool | None = None
    several_places: bool | None = None
    several_places_commitment: bool | None = None
    before_discharge_direct: bool | None = None  # filed before discharge settles directly
    late_filing_allowed: bool | None = None  # after discharge
    late_filing_text: str = ""
    handling_working_days: int | None = None
    effective_moment: str = ""
    target_level: str = ""  # "prefecture", "province", "either"
    institution_choice_required: bool | None = None
    dual_enjoyment: bool | None = None  # 双向享受
    dual_enjoyment_needs_evidence: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRequirement(Provision):
    """材料: one paper for a filing category or a claim. Rows of one `alternative` number
    (> 0) within the same key are alternatives: any one of them is enough."""

    table: ClassVar[str] = "material_requirement"

    purpose: MaterialPurpose
    material: MaterialSlug
    categories: frozenset[FilingCategory] = frozenset()
    scope: Scope | None = None
    care_types: frozenset[CareType] = frozenset()
    reason: str = ""  # claims: "emergency", "trauma", "unfiled", …
    alternative: int = 0
    wording: str = ""  # the region's own name of the paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Provision):
    """办理渠道 and hotlines: where to file or ask. `value` is the number or address."""

    table: ClassVar[str] = "channel"

    channel: ChannelKind
    name: str
    value: str = ""
    hours: str = ""
    purpose: str = ""  # "filing", "question", "card", …
    categories: frozenset[FilingCategory] = frozenset()
    scope_text: str = ""
    available: bool = True  # False: the source says that this channel is NOT offered
