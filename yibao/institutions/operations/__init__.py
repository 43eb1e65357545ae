"""What staff do: to single entries by hand (`entries`), to whole lists by import (`lists`)."""

from yibao.institutions.operations.entries import (
    AlreadyHandled,
    close_institutions,
    handle_report,
    next_code,
    note_changes,
    reopen_institutions,
)
from yibao.institutions.operations.lists import (
    TWICE_CHOICES,
    TWIN_CHOICES,
    ImportRefused,
    Upload,
    ask_to_apply,
    ask_to_undo,
    cancel_import,
    choose_columns,
    decide,
    is_latest,
    needs_worker,
    start_import,
)

__all__ = [
    "TWICE_CHOICES",
    "TWIN_CHOICES",
    "AlreadyHandled",
    "ImportRefused",
    "Upload",
    "ask_to_apply",
    "ask_to_undo",
    "cancel_import",
    "choose_columns",
    "close_institutions",
    "decide",
    "handle_report",
    "is_latest",
    "needs_worker",
    "next_code",
    "note_changes",
    "reopen_institutions",
    "start_import",
]
