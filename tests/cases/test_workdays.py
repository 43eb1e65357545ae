"""Working days as announced by the State Council for 2026."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.cases.workdays import add_working_days, is_provisional, working_days_between

days = st.dates(date(2024, 1, 1), date(2026, 12, 1))


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 23), 2, date(2026, 11, 25)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # National Day
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # a Saturday that is worked
    ],
)
def test_days_off_do_not_count(start, count, end):
    assert add_working_days(start, count) == end


@given(days, st.integers(0, 60))
def test_counting_back_gives_the_same(start, count):
    assert working_days_between(start, add_working_days(start, count)) == count


def test_a_limit_has_no_negative_days():
    with pytest.raises(ValueError, match="-1"):
        add_working_days(date(2026, 1, 1), -1)


def test_years_without_a_notice_are_provisional():
    assert (is_provisional(date(2026, 12, 31)), is_provisional(date(2027, 1, 1))) == (False, True)
