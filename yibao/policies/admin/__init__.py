"""Region policies in the staff panel."""

from yibao.policies.admin.corrections import CorrectionAdmin
from yibao.policies.admin.provisions import ProvisionAdmin
from yibao.policies.admin.revisions import RevisionAdmin

__all__ = ["CorrectionAdmin", "ProvisionAdmin", "RevisionAdmin"]
