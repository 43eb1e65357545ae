"""The site's secret keys, one per purpose, and how they are changed without losing anything.

`YIBAO_KEYS` lists secrets, newest first: the first signs and encrypts, all of them verify
and decrypt. Without it the SECRET_KEY and its fallbacks serve.
"""

import hmac
from dataclasses import dataclass
from functools import cache

from django.conf import settings

KEY_ID_SIGNS = 8


@dataclass(frozen=True, slots=True)
class Key:
    """32 secret bytes for one purpose; `id` is a fingerprint that may be stored beside data."""

    id: str
    secret: bytes


def keys(purpose: str) -> tuple[Key, ...]:
    """Return the keys of a purpose, newest first; never empty."""
    return _derived(purpose, tuple(settings.KEYS))


def current_key(purpose: str) -> Key:
    """Return the key that signs and encrypts now."""
    return keys(purpose)[0]


def key_of(purpose: str, key_id: str) -> Key | None:
    """Return the key of this id, None when it is no longer (or was never) among the site's."""
    return next((key for key in keys(purpose) if key.id == key_id), None)


@cache
def _derived(purpose: str, masters: tuple[str, ...]) -> tuple[Key, ...]:
    def derive(master: str, label: str) -> bytes:
        return hmac.digest(master.encode(), f"yibao {label} {purpose}".encode(), "sha256")

    return tuple(
        Key(derive(master, "id").hex()[:KEY_ID_SIGNS], derive(master, "secret"))
        for master in masters
    )
