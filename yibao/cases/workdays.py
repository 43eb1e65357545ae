"""Working days as the State Council sets them, for the time limits of the bureau.

The `holidays` package holds the yearly notices with the working week-ends they make up for;
the years after the last notice are the rule of the law alone, so their days are provisional.
"""

from datetime import date, timedelta
from functools import cache

import holidays

LAST_NOTICE_YEAR = 2026
"""The last year whose days off the State Council has announced (国办发明电)."""


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("CN")


def is_working_day(day: date) -> bool:
    """Tell whether offices work on the day: made-up Saturdays count, days off do not."""
    return bool(_calendar().is_working_day(day))


def is_provisional(day: date) -> bool:
    """Tell whether the days off of its year were not announced yet."""
    return day.year > LAST_NOTICE_YEAR


def add_working_days(start: date, count: int) -> date:
    """Return the last day of a limit of `count` working days that begins after `start`.

    The first day does not count (民法典 article 201). Raises ValueError: a negative count.
    """
    if count < 0:
        raise ValueError(count)
    day = start
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Return how many working days lie after `start` up to and with `end`; negative when past."""
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(start + timedelta(days=n + 1)) for n in range((end - start).days))
