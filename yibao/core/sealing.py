"""Encrypt short texts at rest: AES-256-GCM, bound to the place where they are stored."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yibao.core.keys import current_key, key_of

_PURPOSE = "sealing"
_NONCE_BYTES = 12


class SealBroken(ValueError):
    """The text was changed, belongs elsewhere, or its key is no longer among the site's."""


def seal(text: str, place: str) -> str:
    """Return the text encrypted; `place` (table, column, row) must be given again to open it."""
    key = current_key(_PURPOSE)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = nonce + AESGCM(key.secret).encrypt(nonce, text.encode(), place.encode())
    return f"{key.id}:{urlsafe_b64encode(sealed).decode()}"


def unseal(sealed: str, place: str) -> str:
    """Return the text that was sealed for the place.

    Raises:
        SealBroken: never returns anything but what was sealed.
    """
    key_id, _, body = sealed.partition(":")
    key = key_of(_PURPOSE, key_id)
    if key is None:
        raise SealBroken(f"no key {key_id!r}")
    try:
        raw = urlsafe_b64decode(body)
        text = AESGCM(key.secret).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(place) from error
    return text.decode()
