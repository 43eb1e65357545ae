"""Who may open which page of the staff panel: the written matrix that the test compares with.

Each row is a pattern of URL names (without `admin:`), the roles that may open it for a
region of theirs, and whether the page is about one region. The first pattern that fits holds.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

AUTHOR, PUBLISHER, DATA = "policy_author", "policy_publisher", "data_officer"
FILING, CLAIMS, SECOND = "filing_reviewer", "claims_adjudicator", "second_approver"
AUDITOR, ADMINISTRATOR = "auditor", "administrator"

READERS = frozenset({AUTHOR, PUBLISHER, DATA, FILING, CLAIMS, SECOND})
ALL = READERS | {AUDITOR, ADMINISTRATOR}
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """`is_regional`: what it shows belongs to one region, and stays closed to all others."""

    pattern: str
    roles: frozenset[str]
    is_regional: bool = False


def site(patterns: str, *roles: str, of: frozenset[str] = NOBODY) -> list[Row]:
    """Pages about the whole site, or rows that all regions share."""
    return [Row(pattern, of | set(roles)) for pattern in patterns.split()]


def regional(patterns: str, *roles: str, of: frozenset[str] = NOBODY) -> list[Row]:
    """Pages about one row of one region."""
    return [Row(pattern, of | set(roles), is_regional=True) for pattern in patterns.split()]


MATRIX = [
    # One's own account.
    *site("index password_change password_change_done jsi18n", of=ALL),
    *site("security factor codes elsewhere confirm logout", of=ALL),
    # Which session is one's own is tested with the page.
    *site("end_session", of=NOBODY),
    # Says no without knowing for which select box (tested with one below).
    *site("autocomplete view_on_site", of=NOBODY),
    # Accounts, groups, events.
    *site("auth_group_changelist auth_group_change auth_group_history", AUDITOR, ADMINISTRATOR),
    *site("auth_group_*", of=NOBODY),
    *site("accounts_user_changelist", AUDITOR, ADMINISTRATOR),
    *site("accounts_user_add", ADMINISTRATOR),
    *site("accounts_user_delete", of=NOBODY),
    *regional("accounts_user_reset_factor auth_user_password_change", ADMINISTRATOR),
    *regional("accounts_user_end_sessions accounts_user_reopen", ADMINISTRATOR),
    *regional("accounts_user_change accounts_user_history", AUDITOR, ADMINISTRATOR),
    *site("audit_event_changelist audit_event_export", AUDITOR),
    *site("audit_event_add audit_event_delete", of=NOBODY),
    *regional("audit_event_change audit_event_history", AUDITOR),
    # What all regions share.
    *site("sources_*_add sources_document_check_copy", AUTHOR, DATA),
    *site("sources_*_delete regions_retiredcode_delete regions_retiredcode_add", of=NOBODY),
    *site("sources_* regions_retiredcode_*", of=READERS),
    # Regions.
    *site("regions_region_add regions_region_delete", of=NOBODY),
    *site("regions_levelmapping_add", DATA),
    *regional("regions_levelmapping_delete", DATA),
    *site("regions_*_changelist", of=READERS),
    *regional("regions_*_change regions_*_history", of=READERS),
    # Policies: what is drafted, reviewed and published; rows are changed in revisions.
    *site("policies_revision_add policies_goldencase_add policies_goldencheck_add", AUTHOR),
    *site("policies_*_add policies_*_delete", of=NOBODY),
    *site("policies_*_changelist", of=READERS),
    # The desk. The draft is somebody else's: its author alone edits it and hands it in.
    *site("policies_revision_desk", of=READERS),
    *site("policies_revision_start", AUTHOR),
    *[
        row
        for part in ["move", "row", "check", "settle", "accept", "sheet", "take_sheet"]
        for row in regional(f"policies_revision_{part}", of=NOBODY)
    ],
    *regional("policies_revision_comment policies_revision_schedule", PUBLISHER),
    *regional("policies_revision_correct", AUTHOR),
    *regional("policies_revision_ask_replay", AUTHOR, PUBLISHER),
    *regional("policies_revision_explain_replay", of=NOBODY),
    *site("policies_revision_preview_day policies_revision_conflicts", of=READERS),
    *site("policies_revision_freshness", of=READERS),
    *site("policies_revision_hand_overs", ADMINISTRATOR),
    *regional("policies_revision_hand_over", ADMINISTRATOR),
    # Which clause rests under one's own rules is tested with the page.
    *site("policies_revision_checked", of=NOBODY),
    *site("policies_revision_resolve", AUTHOR),
    *regional("policies_correction_contact", AUTHOR),
    # Which link belongs to which draft is tested with the page.
    *regional("policies_revision_revoke_preview", of=NOBODY),
    *regional("policies_revision_* policies_*_change policies_*_history", of=READERS),
    # Institutions: lists, imports, reports of wrong entries.
    *site("institutions_institution_add institutions_import*_add", DATA),
    *site("institutions_*_add institutions_*_delete", of=NOBODY),
    *site("institutions_*_changelist institutions_institution_export", of=READERS),
    *site("institutions_importsource_*", of=READERS),
    # "submit" is no step of an import; which steps there are is tested with them.
    *regional("institutions_importrun_do", of=NOBODY),
    *regional("institutions_*", of=READERS),
    # Cases. Which file of a case opens is tested with the desk.
    *site("filings_filing_add filings_filing_delete", of=NOBODY),
    *[
        row
        for part in ["changelist", "queue", "next", "bulk", "cancels", "checks"]
        for row in site(f"filings_filing_{part}", FILING)
    ],
    *regional("filings_filing_file filings_filing_mark", of=NOBODY),
    *regional("filings_filing_*", FILING),
    # Claims. Acts on a file, mark, order, draft or letter are tested with the desk.
    *site("claims_claim_add claims_claim_delete", of=NOBODY),
    *site("claims_claim_next claims_claim_find", CLAIMS),
    *site("claims_claim_payments claims_claim_export", SECOND),
    *[
        row
        for part in ["changelist", "queue", "drafts", "proposals", "reports", "reports_csv"]
        for row in site(f"claims_claim_{part}", CLAIMS, SECOND)
    ],
    *[
        row
        for part in [
            "file",
            "mark",
            "mark_answer",
            "year_answer",
            "confirm",
            "order_note",
            "letter",
            "letter_pdf",
            "proposal_answer",
        ]
        for row in regional(f"claims_claim_{part}", of=NOBODY)
    ],
    *regional("claims_claim_order", SECOND),
    *[
        row
        for part in ["change", "history", "reveal", "year"]
        for row in regional(f"claims_claim_{part}", CLAIMS, SECOND)
    ],
    *regional("claims_claim_*", CLAIMS),
    *[
        row
        for part in ["add", "delete"]
        for name in ["message", "erasurerequest"]
        for row in site(f"cases_{name}_{part}", of=NOBODY)
    ],
    *site("cases_message_changelist cases_erasurerequest_changelist", FILING, CLAIMS, SECOND),
    *regional("cases_message_* cases_erasurerequest_*", FILING, CLAIMS, SECOND),
    # Guides are the same for every region; reports about channels are not.
    *site("guides_channelreport_add guides_*_delete", of=NOBODY),
    *site("guides_*_add", AUTHOR),
    *site("guides_guiderevision_move", of=NOBODY),
    *site("guides_*_changelist", AUTHOR, PUBLISHER),
    *regional("guides_channelreport_*", AUTHOR, PUBLISHER),
    *site("guides_*", AUTHOR, PUBLISHER),
]


def roles_of(name: str) -> Row | None:
    """Return the row of a URL name, None where the matrix has none."""
    return next((row for row in MATRIX if fnmatchcase(name, row.pattern)), None)
