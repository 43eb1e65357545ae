"""Half-open periods `[start, end)`; the one place that knows how dates filter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


class EmptyPeriod(ValueError):
    """A period must hold at least one day."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` (included) to `end` (excluded); `end=None` is open.

    Raises:
        EmptyPeriod: when `end` is not after `start`.
    """

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end <= self.start:
            raise EmptyPeriod(f"{self.start} … {self.end}")

    @classmethod
    def through(cls, start: date, last: date | None) -> Period:
        """Build a period from a law's inclusive last day (有效期至)."""
        return cls(start, None if last is None else last + timedelta(days=1))

    def holds(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def overlaps(self, other: Period) -> bool:
        return (other.end is None or self.start < other.end) and (
            self.end is None or other.start < self.end
        )

    @property
    def last_day(self) -> date | None:
        """The last day in force (inclusive), or None while open."""
        return None if self.end is None else self.end - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or that month's last day.

    >>> add_months(date(2025, 8, 31), 6)
    datetime.date(2026, 2, 28)
    """
    month_index = day.year * 12 + day.month - 1 + months
    year, month = divmod(month_index, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
