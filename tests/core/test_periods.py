from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models

from yibao.core.periods import Dated, DatedQuerySet


class Rule(Dated):
    name = models.CharField(max_length=10)
    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        app_label = "tests"  # of no app: the check of migrations must not see it
        managed = False
        db_table = "test_dated_rule"
        abstract = False


@pytest.fixture
def rules(db):
    with connection.cursor() as cursor:
        serial = "serial" if connection.vendor == "postgresql" else "integer"
        cursor.execute(
            f"CREATE TABLE test_dated_rule (id {serial} PRIMARY KEY, name varchar(10), "
            "effective_from date NOT NULL, effective_to date)"
        )
    Rule.objects.create(name="old", effective_from=date(2023, 1, 1), effective_to=date(2025, 1, 1))
    Rule.objects.create(name="new", effective_from=date(2025, 1, 1))
    return Rule.objects


def _names(rows):
    return sorted(row.name for row in rows)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2022, 12, 31), []),
        (date(2023, 1, 1), ["old"]),
        (date(2024, 12, 31), ["old"]),
        (date(2025, 1, 1), ["new"]),
        (date(2099, 1, 1), ["new"]),
    ],
)
def test_the_first_day_counts_and_the_last_does_not(rules, day, expected):
    assert _names(rules.in_force(day)) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2022, 1, 1), date(2023, 1, 1), []),
        (date(2022, 1, 1), date(2023, 1, 2), ["old"]),
        (date(2024, 12, 31), None, ["new", "old"]),
        (date(2025, 1, 1), None, ["new"]),
        (date(2025, 6, 1), date(2025, 7, 1), ["new"]),
    ],
)
def test_finds_rows_that_share_a_day(rules, start, end, expected):
    assert _names(rules.overlapping(start, end)) == expected


@pytest.mark.django_db
def test_a_row_must_hold_at_least_one_day():
    constraint = next(c for c in Rule._meta.constraints if c.name.endswith("period_not_empty"))
    empty = Rule(name="x", effective_from=date(2025, 1, 1), effective_to=date(2025, 1, 1))

    with pytest.raises(ValidationError, match="失效日必须晚于生效日"):
        constraint.validate(Rule, empty)
