"""Region policies in the staff panel."""

from yibao.policies.admin.corrections import CorrectionAdmin
from yibao.policies.admin.golden import GoldenCaseAdmin
from yibao.policies.admin.golden_checks import GoldenCheckAdmin
from yibao.policies.admin.provisions import ProvisionAdmin
from yibao.policies.admin.revisions import RevisionAdmin

__all__ = [
    "CorrectionAdmin",
    "GoldenCaseAdmin",
    "GoldenCheckAdmin",
    "ProvisionAdmin",
    "RevisionAdmin",
]
