"""Reference numbers: random, without look-alikes, with a check sign (decisions.md 21).

Eleven random signs of an alphabet of 30 are about 54 bits; the twelfth makes a mistyped or
swapped sign show (Luhn's rule in base 30).
"""

import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWX"
_PREFIX = "YB"
_SIGNS = 12
# What people read instead of a sign that is not in the alphabet is not guessed: it is wrong.
_IGNORED = str.maketrans("", "", " -–—－　·.\t\n")


def new_reference() -> str:
    """Return a new reference as stored: twelve signs, the last a check sign."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(_SIGNS - 1))
    return body + _check_sign(body)


def shown(reference: str) -> str:
    """Return a stored reference as people read it.

    >>> shown("7K3Q94XMTR2D")
    'YB-7K3Q-94XM-TR2D'
    """
    return "-".join((_PREFIX, reference[:4], reference[4:8], reference[8:]))


def parse(text: str) -> str | None:
    """Return the reference that somebody typed as it is stored, None when it is none.

    Case, spaces, dashes, full-width signs and the prefix are forgiven.
    """
    plain = _half_width(text).upper().translate(_IGNORED)
    if len(plain) == _SIGNS + len(_PREFIX):
        plain = plain.removeprefix(_PREFIX)
    if len(plain) != _SIGNS or any(sign not in ALPHABET for sign in plain):
        return None
    return plain if _check_sign(plain[:-1]) == plain[-1] else None


def _half_width(text: str) -> str:
    return "".join(
        chr(ord(sign) - 0xFEE0) if "\uff01" <= sign <= "\uff5e" else sign for sign in text[:60]
    )


def _check_sign(body: str) -> str:
    base = len(ALPHABET)
    total = 0
    for place, sign in enumerate(reversed(body)):
        value = ALPHABET.index(sign) * (2 if place % 2 == 0 else 1)
        total += value // base + value % base
    return ALPHABET[-total % base]
