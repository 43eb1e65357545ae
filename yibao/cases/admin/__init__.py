"""Cases in the staff panel: messages that failed, wishes to be forgotten, and the base of desks."""

from yibao.cases.admin.erasure import ErasureRequestAdmin
from yibao.cases.admin.messages import MessageAdmin

__all__ = ["ErasureRequestAdmin", "MessageAdmin"]
