"""Create the accounts that the site itself needs."""

import secrets
from datetime import datetime

from django.db import transaction

from yibao.accounts.models import User
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
