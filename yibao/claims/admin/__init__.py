"""The staff panel of claims: the desk where they are decided, payments, reports."""

from yibao.claims.admin.desk import ClaimAdmin

__all__ = ["ClaimAdmin"]
