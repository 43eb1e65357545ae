"""Bounding attempts per address."""

from django.core.cache import cache

from yibao.core.throttle import allows


def test_counts_each_address_and_each_matter_by_itself() -> None:
    cache.clear()

    assert [allows("a", "192.0.2.1", most=2, seconds=60) for _time in range(3)] == [
        True,
        True,
        False,
    ]
    assert allows("a", "192.0.2.2", most=2, seconds=60)
    assert allows("b", "192.0.2.1", most=2, seconds=60)
