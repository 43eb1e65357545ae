"""What a region's policy says: typed provisions, and the terms they form on a day.

Every provision is one dated statement of one rule (design.md §3). Field names here,
in the tables of the `policies` app and in the shipped TOML files are the same.
Amounts are fen, ratios basis points, limits of bands half-open `[from, to)`.
Empty selectors (empty set, empty text, None) mean "holds for all".
"""

from yibao.rules.policy.assembled import MOST_KEPT, LocalClass, Terms
from yibao.rules.policy.benefits import (
    AwayAdjustment,
    Deductible,
    GroupAdjustment,
    PaymentBand,
    PaymentCap,
)
from yibao.rules.policy.filing import Channel, FilingRule, MaterialRequirement
from yibao.rules.policy.head import BenefitProvision, Provision
from yibao.rules.policy.layers import MedicalAid, SecondLayer, SecondLayerBand, Supplement
from yibao.rules.policy.other import AccountRule, ChronicDisease, ClaimRule, EnrolmentRule, Remark

__all__ = [
    "MOST_KEPT",
    "PROVISION_TYPES",
    "AccountRule",
    "AwayAdjustment",
    "BenefitProvision",
    "Channel",
    "ChronicDisease",
    "ClaimRule",
    "Deductible",
    "EnrolmentRule",
    "FilingRule",
    "GroupAdjustment",
    "LocalClass",
    "MaterialRequirement",
    "MedicalAid",
    "PaymentBand",
    "PaymentCap",
    "Provision",
    "Remark",
    "SecondLayer",
    "SecondLayerBand",
    "Supplement",
    "Terms",
]

PROVISION_TYPES: tuple[type[Provision], ...] = (
    FilingRule,
    MaterialRequirement,
    Channel,
    Deductible,
    PaymentBand,
    GroupAdjustment,
    PaymentCap,
    AwayAdjustment,
    SecondLayer,
    SecondLayerBand,
    MedicalAid,
    Supplement,
    ChronicDisease,
    ClaimRule,
    EnrolmentRule,
    AccountRule,
    Remark,
)
