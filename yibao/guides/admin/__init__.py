"""Guides, glossary and reports in the staff panel."""

from yibao.guides.admin.guides import GlossaryTermAdmin, GuideAdmin, GuideRevisionAdmin
from yibao.guides.admin.reports import ChannelReportAdmin

__all__ = ["ChannelReportAdmin", "GlossaryTermAdmin", "GuideAdmin", "GuideRevisionAdmin"]
