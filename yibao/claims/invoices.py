"""Numbers of invoices: compared by keyed hash, shown masked, never stored in clear."""

import hmac
import re
import unicodedata

from yibao.core.keys import current_key, keys

_PURPOSE = "invoice lookup"
_SIGNS = re.compile(r"[^0-9A-Z]+")
_SPACES = re.compile(r"\s+")


def normalised(number: str) -> str:
    """Return a number in half width and capitals, without what people put around its signs.

    >>> normalised("（No.0012 3456）")
    '00123456'
    """
    return _SIGNS.sub("", unicodedata.normalize("NFKC", number).upper()).removeprefix("NO")


def masked(number: str) -> str:
    """Return a number of which the last four signs can be read.

    >>> masked("3100123456")
    '******3456'
    """
    plain = normalised(number)
    return "*" * max(len(plain) - 4, 0) + plain[-4:] if len(plain) > 4 else "*" * len(plain)


def number_hash(number: str) -> str:
    """Return the keyed hash under which a number is stored now."""
    return _hash(current_key(_PURPOSE).secret, number)


def number_hashes(number: str) -> tuple[str, ...]:
    """Return every keyed hash under which a number may be stored, newest key first."""
    return tuple(_hash(key.secret, number) for key in keys(_PURPOSE))


def institution_key(code: str, name: str) -> str:
    """Return what an institution is compared by: its code, else its name without spaces."""
    return code or _SPACES.sub("", unicodedata.normalize("NFKC", name))[:100]


def _hash(secret: bytes, number: str) -> str:
    return hmac.digest(secret, normalised(number).encode(), "sha256").hex()
