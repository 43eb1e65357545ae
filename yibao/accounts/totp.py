"""Codes of six digits that change every 30 seconds: HOTP (RFC 4226) over time (RFC 6238).

SHA-1 because every authenticator app understands it; HMAC does not need it to resist
collisions.
"""

import hmac
import secrets
from base64 import b32decode, b32encode
from datetime import datetime
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
_DIGITS = 6
_SECRET_BYTES = 20


def new_secret() -> str:
    """Return 160 random bits in base 32, as apps take them."""
    return b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def step_at(at: datetime) -> int:
    """Return the number of the step that the moment lies in."""
    return int(at.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """Return the code of a step.

    >>> code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1)
    '287082'
    """
    digest = hmac.digest(b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**_DIGITS).zfill(_DIGITS)


def is_code(secret: str, step: int, typed: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(code_at(secret, step).encode(), typed.encode())


def set_up_address(secret: str, account: str, issuer: str) -> str:
    """Return the otpauth:// address that apps read from the QR picture."""
    label = quote(f"{issuer}:{account}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"
