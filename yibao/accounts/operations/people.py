"""Create the accounts and roles that the site needs; record who was given which rights."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from yibao.accounts.models import User
from yibao.accounts.operations.recording import record_account
from yibao.accounts.operations.sessions import end_with
from yibao.accounts.roles import ROLES
from yibao.audit.operations import record

# Author and publisher of the shipped data: two, because nobody publishes their own draft.
LOADER = "loader"
RELEASE = "release"
DEMO = "demo"


@transaction.atomic
def ensure_system_actors() -> tuple[User, User]:
    """Return (loader, release), made when missing; neither can ever sign in.

    Raises:
        UsernameTaken: when a person already has one of the two names.
    """
    return _system_actor(LOADER), _system_actor(RELEASE)


class UsernameTaken(ValueError):
    """A person's account has the name that the site's own actor needs."""


def _system_actor(username: str) -> User:
    found = User.objects.filter(username=username).first()
    if found is None:
        actor = User(username=username, is_system=True, is_active=False)
        actor.set_unusable_password()
        actor.save()
        return actor
    if not found.is_system:
        raise UsernameTaken(username)
    return found


@transaction.atomic
def create_demo_staff(*, at: datetime) -> str | None:
    """Make the superuser `demo` and return its random password, or None when it exists."""
    if User.objects.filter(username=DEMO).exists():
        return None
    loader, _release = ensure_system_actors()
    password = secrets.token_urlsafe(15)
    User.objects.create_superuser(username=DEMO, password=password)
    record(
        event="accounts.demo_staff_created",
        by=loader,
        at=at,
        object_type="accounts.user",
        object_key=DEMO,
    )
    return password


@transaction.atomic
def create_roles(*, at: datetime) -> tuple[str, ...]:
    """Bring the groups of the roles in line with `roles.py`; return the names of changed ones.

    Groups that the bureau made beside them stay as they are.
    """
    loader, _release = ensure_system_actors()
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    changed = []
    for role in ROLES:
        wanted = {
            name
            for name in known
            if any(fnmatchcase(name, pattern) for pattern in role.permissions)
        }
        group, _is_new = Group.objects.get_or_create(name=role.name)
        held = {
            f"{app}.{codename}"
            for app, codename in group.permissions.values_list(
                "content_type__app_label", "codename"
            )
        }
        if wanted == held:
            continue
        group.permissions.set([known[name] for name in wanted])
        changed.append(role.name)
        record(
            event="accounts.role_changed",
            by=loader,
            at=at,
            object_type="auth.group",
            object_key=role.slug,
            before={"permissions": sorted(held - wanted)},
            after={"permissions": sorted(wanted - held)},
        )
    return tuple(changed)


type Access = Mapping[str, Any]


def access_of(user: User) -> Access:
    """Return what the person may do and where, in the words of an event."""
    if user.pk is None:
        return {}
    stored = User.objects.get(pk=user.pk)
    return {
        "is_active": stored.is_active,
        "is_staff": stored.is_staff,
        "is_superuser": stored.is_superuser,
        "roles": sorted(stored.groups.values_list("name", flat=True)),
        "permissions": sorted(stored.user_permissions.values_list("codename", flat=True)),
        "regions": sorted(stored.assignments.values_list("region_code", flat=True)),
    }


@transaction.atomic
def record_access(*, user: User, before: Access, by: User, at: datetime, keep: str = "") -> bool:
    """Record what changed of a person's rights since `before`, and end their sessions but
    `keep`; nothing when nothing did. Return whether sessions ended."""
    after = access_of(user)
    names = [name for name in after if before.get(name) != after[name]]
    if not names:
        return False
    record_account(
        "accounts.access_changed" if before else "accounts.user_added",
        user,
        by=by,
        at=at,
        before={name: before[name] for name in names if name in before},
        after={name: after[name] for name in names},
    )
    if before:
        end_with(user=user, at=at, keep=keep)
    return bool(before)
