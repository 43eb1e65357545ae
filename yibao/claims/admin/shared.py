"""Small helpers of the panel's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import HttpRequest

if TYPE_CHECKING:
    from yibao.accounts.models import User


def user_of(request: HttpRequest) -> User:
    """Return who is signed in; the panel lets nobody else in."""
    return cast("User", request.user)


def number_of(text: str) -> int:
    """Return a typed number, 0 for anything else."""
    return int(text) if text.isdecimal() and len(text) < 18 else 0
