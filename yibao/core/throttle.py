"""Bound how often one address may do something, without keeping the address.

The counts live in the cache: with a memory cache every process counts for itself, so the
bound is then per process. It slows floods; it is no proof of identity.
"""

from hashlib import blake2b

from django.conf import settings
from django.core.cache import cache


def allows(what: str, address: str, *, most: int, seconds: int) -> bool:
    """Count one more attempt and tell whether it is within `most` in `seconds`."""
    name = blake2b(address.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=16)
    key = f"throttle:{what}:{name.hexdigest()}"
    if cache.add(key, 1, seconds):
        return True
    try:
        return int(cache.incr(key)) <= most
    except ValueError:  # it ran out between the two calls
        cache.set(key, 1, seconds)
        return True
