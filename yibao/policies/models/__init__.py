"""Tables of region policies: revisions, and one table per kind of provision."""

from yibao.policies.models.benefits import (
    AwayAdjustment,
    Deductible,
    GroupAdjustment,
    PaymentBand,
    PaymentCap,
)
from yibao.policies.models.comment import Comment
from yibao.policies.models.correction import Correction, CorrectionStatus, Resolution
from yibao.policies.models.filing import Channel, FilingRule, MaterialRequirement
from yibao.policies.models.golden import GoldenCase
from yibao.policies.models.golden_check import GoldenCheck
from yibao.policies.models.hand_over import HandOver
from yibao.policies.models.keyed import KeyPeriod
from yibao.policies.models.layers import MedicalAid, SecondLayer, SecondLayerBand, Supplement
from yibao.policies.models.other import (
    AccountRule,
    ChronicDisease,
    ClaimRule,
    EnrolmentRule,
    Remark,
)
from yibao.policies.models.preview import PreviewLink
from yibao.policies.models.provision import BenefitProvision, Provision
from yibao.policies.models.replay import (
    About,
    ChangeKind,
    ReplayChange,
    ReplayGroup,
    ReplayRun,
    ReplayState,
    Surprise,
)
from yibao.policies.models.revision import (
    OPEN_STATUSES,
    Ending,
    Locked,
    Revision,
    RevisionStatus,
)

PROVISION_MODELS: tuple[type[Provision], ...] = (
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
"""In the order of `rules.policy.PROVISION_TYPES`."""

MODEL_OF: dict[str, type[Provision]] = {model.terms_type.table: model for model in PROVISION_MODELS}

__all__ = [
    "MODEL_OF",
    "OPEN_STATUSES",
    "PROVISION_MODELS",
    "About",
    "AccountRule",
    "AwayAdjustment",
    "BenefitProvision",
    "ChangeKind",
    "Channel",
    "ChronicDisease",
    "ClaimRule",
    "Comment",
    "Correction",
    "CorrectionStatus",
    "Deductible",
    "Ending",
    "EnrolmentRule",
    "FilingRule",
    "GoldenCase",
    "GoldenCheck",
    "GroupAdjustment",
    "HandOver",
    "KeyPeriod",
    "Locked",
    "MaterialRequirement",
    "MedicalAid",
    "PaymentBand",
    "PaymentCap",
    "PreviewLink",
    "Provision",
    "Remark",
    "ReplayChange",
    "ReplayGroup",
    "ReplayRun",
    "ReplayState",
    "Resolution",
    "Revision",
    "RevisionStatus",
    "SecondLayer",
    "SecondLayerBand",
    "Supplement",
    "Surprise",
]
