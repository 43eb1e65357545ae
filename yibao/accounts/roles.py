"""The roles of the bureau: groups with the permissions that each needs and no more.

A permission whose app or table does not exist yet is left out until it does:
`manage.py create_roles`, a step of every set-up, brings the groups up to date.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

_SEE_POLICIES = ("policies.view_*", "sources.view_*", "regions.view_*", "institutions.view_*")
_WORK_ON_CASES = (
    "cases.view_*",
    "cases.reveal_person",
    "cases.mark_upload",
    "cases.erase_person",
)


@dataclass(frozen=True, slots=True)
class Role:
    """A group. `*` in a permission stands for any letters: `policies.view_*`."""

    slug: str
    name: str
    permissions: tuple[str, ...]


ROLES = (
    Role(
        "policy_author",
        _("政策起草员"),
        (
            *_SEE_POLICIES,
            "policies.add_*",
            "policies.change_*",
            "policies.delete_*",
            "guides.view_*",
            "guides.add_*",
            "guides.change_*",
            "sources.add_*",
            "sources.change_*",
        ),
    ),
    Role(
        "policy_publisher",
        _("政策发布员"),
        (*_SEE_POLICIES, "guides.view_*", "policies.publish_revision", "guides.publish_*"),
    ),
    Role(
        "data_officer",
        _("数据管理员"),
        (
            *_SEE_POLICIES,
            "regions.change_*",
            "regions.add_levelmapping",
            "regions.delete_levelmapping",
            "sources.add_*",
            "sources.change_*",
            "institutions.add_*",
            "institutions.change_*",
            "institutions.delete_institutionname",
            "institutions.delete_serviceopening",
        ),
    ),
    Role(
        "filing_reviewer",
        _("备案审核员"),
        (
            *_SEE_POLICIES,
            "filings.view_*",
            "filings.change_*",
            "filings.review_*",
            *_WORK_ON_CASES,
        ),
    ),
    Role(
        "claims_adjudicator",
        _("报销审核员"),
        (
            *_SEE_POLICIES,
            "claims.view_*",
            "claims.change_*",
            "claims.decide_*",
            *_WORK_ON_CASES,
        ),
    ),
    Role(
        "second_approver",
        _("复核员"),
        (
            *_SEE_POLICIES,
            "claims.view_*",
            "claims.confirm_*",
            "claims.pay_*",
            "claims.export_*",
            *_WORK_ON_CASES,
        ),
    ),
    Role(
        "auditor",
        _("审计员"),
        ("audit.view_event", "audit.export_event", "accounts.view_*", "auth.view_group"),
    ),
    Role(
        "administrator",
        _("系统管理员"),
        (
            "accounts.view_*",
            "accounts.add_user",
            "accounts.change_user",
            "accounts.add_assignment",
            "accounts.change_assignment",
            "accounts.delete_assignment",
            "accounts.reset_factor",
            "policies.hand_over_revision",
            "auth.view_group",
        ),
    ),
)

APART = ({"auditor", "administrator"},)
"""Roles that one account must not hold together (GB/T 22239-2019 8.1.4.2, 8.1.5)."""


def clashing(names: set[str]) -> tuple[str, ...]:
    """Return the names of roles, among those given, that must not meet in one account."""
    name_of = {role.slug: role.name for role in ROLES}
    for slugs in APART:
        apart = {name_of[slug] for slug in slugs}
        if apart <= names:
            return tuple(sorted(apart))
    return ()
