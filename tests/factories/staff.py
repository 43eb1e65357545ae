"""Staff: people with roles, in regions."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client

from yibao.accounts.models import Assignment, User
from yibao.accounts.roles import ROLES


def make_staff(
    username: str,
    *slugs: str,
    regions: Iterable[str] = (),
    rights: Iterable[str] = (),
    name: str = "",
    password: str | None = None,
) -> User:
    """Make a person of some roles: `make_staff("li", "auditor", regions=["370600"])`."""
    user = User.objects.create_user(username, password=password, is_staff=True, name=name)
    names = [role.name for role in ROLES if role.slug in slugs]
    if Group.objects.filter(name__in=names).count() < len(names):
        call_command("create_roles", verbosity=0)
    user.groups.set(Group.objects.filter(name__in=names))
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    Assignment.objects.bulk_create(Assignment(user=user, region_code=code) for code in regions)
    return user


def signed_in(user: User) -> Client:
    """Return a browser in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return client
