"""Encrypt texts and files at rest: AES-256-GCM, bound to the place where they are stored."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yibao.core.keys import KEY_ID_SIGNS, Key, current_key, key_of

_PURPOSE = "sealing"
_NONCE_BYTES = 12


class SealBroken(ValueError):
    """What was sealed was changed, belongs elsewhere, or its key is no longer the site's."""


def seal(text: str, place: str) -> str:
    """Return the text encrypted; `place` (table, column, row) must be given again to open it."""
    key = current_key(_PURPOSE)
    return f"{key.id}:{urlsafe_b64encode(_encrypted(key, text.encode(), place)).decode()}"


def unseal(sealed: str, place: str) -> str:
    """Return the text that was sealed for the place.

    Raises:
        SealBroken: never returns anything but what was sealed.
    """
    key_id, _, body = sealed.partition(":")
    try:
        raw = urlsafe_b64decode(body)
    except ValueError as error:
        raise SealBroken(place) from error
    return _decrypted(key_id, raw, place).decode()


def seal_bytes(content: bytes, place: str) -> bytes:
    """Return the content encrypted for a place, with the key's id in front."""
    key = current_key(_PURPOSE)
    return key.id.encode() + _encrypted(key, content, place)


def unseal_bytes(sealed: bytes, place: str) -> bytes:
    """Return the content that was sealed for the place. Raises SealBroken, as `unseal`."""
    key_id = sealed[:KEY_ID_SIGNS].decode("ascii", "replace")
    return _decrypted(key_id, sealed[KEY_ID_SIGNS:], place)


def is_sealed_by_current_key(sealed: bytes) -> bool:
    """Tell whether the newest key sealed these bytes."""
    return sealed.startswith(current_key(_PURPOSE).id.encode())


def _encrypted(key: Key, content: bytes, place: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key.secret).encrypt(nonce, content, place.encode())


def _decrypted(key_id: str, raw: bytes, place: str) -> bytes:
    key = key_of(_PURPOSE, key_id)
    if key is None:
        raise SealBroken(f"no key {key_id!r}")
    try:
        return AESGCM(key.secret).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(place) from error
