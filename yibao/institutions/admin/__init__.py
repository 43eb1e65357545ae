"""Institutions in the staff panel: entries, visitors' reports, imports of lists."""

from yibao.institutions.admin.entries import InstitutionAdmin
from yibao.institutions.admin.imports import ImportRunAdmin, ImportSourceAdmin
from yibao.institutions.admin.reports import WrongEntryReportAdmin

__all__ = ["ImportRunAdmin", "ImportSourceAdmin", "InstitutionAdmin", "WrongEntryReportAdmin"]
