"""What makes two rows the same rule."""

import pytest

from tests.factories.policies import make_draft
from yibao.policies.keys import SELECTORS, STRETCHES, TOPICS, SettledKey, paths_of, settled_keys
from yibao.policies.models import MODEL_OF, PROVISION_MODELS
from yibao.policies.schema import TYPE_OF, fields_of
from yibao.rules.policy import PROVISION_TYPES
from yibao.rules.terms import (
    LONG_TERM_CATEGORIES,
    CareType,
    FilingCategory,
    Group,
    Kind,
    Level,
    Mechanism,
    Standing,
)


def keys(table: str, insurance: str = "resident", /, **stated: object) -> set[SettledKey]:
    draft = make_draft(table, **stated)
    return set(settled_keys("370600", insurance, table, draft.standing, draft.kind, draft.values))


def meet(left: set[SettledKey], right: set[SettledKey]) -> bool:
    return any(one.overlaps(other) for one in left for other in right)


@pytest.mark.parametrize("table", TYPE_OF)
def test_every_table_has_a_model_with_the_fields_of_its_dataclass(table: str) -> None:
    columns = {field.name for field in MODEL_OF[table]._meta.get_fields()}

    assert {field.name for field in fields_of(table)} <= columns


def test_models_stand_in_the_order_of_the_engine() -> None:
    assert tuple(model.terms_type for model in PROVISION_MODELS) == PROVISION_TYPES


@pytest.mark.parametrize("table", TYPE_OF)
def test_every_field_is_a_selector_a_value_or_a_topic(table: str) -> None:
    names = {field.name for field in fields_of(table)}
    topics = set(TOPICS.get(table, ()))
    selectors = set(SELECTORS[table])

    assert selectors | topics | set(STRETCHES.get(table, ())) <= names
    assert not selectors & topics


def test_writes_a_key_as_a_path() -> None:
    draft = make_draft("filing_rule", categories=LONG_TERM_CATEGORIES, indefinite=True)

    assert paths_of("370600", "employee", "filing_rule", draft.values) == (
        "370600/employee/filing_rule/long_term/validity",
    )


def test_writes_one_path_per_topic() -> None:
    draft = make_draft(
        "filing_rule",
        categories=frozenset({FilingCategory.REFERRAL}),
        validity_months=6,
        validity_is_floor=True,
        required=True,
    )

    assert paths_of("000000", None, "filing_rule", draft.values) == (
        "000000/all/filing_rule/referral/required",
        "000000/all/filing_rule/referral/validity",
    )


def test_writes_bands_and_admissions_into_the_path() -> None:
    band = make_draft("payment_band", from_fen=300_000, to_fen=500_000, ratio_bp=8500)
    nth = make_draft("deductible", nth_from=2, amount_fen=1)

    assert paths_of("1", "employee", "payment_band", band.values) == (
        "1/employee/payment_band/3000-5000",
    )
    assert paths_of("1", "employee", "deductible", nth.values) == ("1/employee/deductible/nth2-",)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"level": Level.TERTIARY}, {"level": Level.TERTIARY, "ratio_bp": 1}),
        (
            {"groups": frozenset({Group.MINOR, Group.STUDENT})},
            {"groups": frozenset({Group.STUDENT, Group.SENIOR})},
        ),
        ({"from_fen": 0, "to_fen": 300}, {"from_fen": 299}),
        ({"care_types": frozenset({CareType.CHRONIC}), "disease": "M1"},) * 2,
    ],
)
def test_rows_of_one_key_meet(left: dict[str, object], right: dict[str, object]) -> None:
    assert meet(
        keys("payment_band", **{"ratio_bp": 8500} | left),
        keys("payment_band", **{"ratio_bp": 8500} | right),
    )


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"level": Level.TERTIARY}, {"level": Level.SECONDARY}),
        ({"level": Level.TERTIARY}, {}),
        (
            {"groups": frozenset({Group.MINOR, Group.STUDENT})},
            {"groups": frozenset({Group.STUDENT})},
        ),
        ({"from_fen": 0, "to_fen": 300}, {"from_fen": 300}),
        ({"kind": Kind.BOUND}, {}),
        ({"tier": "1"}, {"tier": "2"}),
    ],
)
def test_rows_that_the_engine_ranks_do_not_meet(
    left: dict[str, object], right: dict[str, object]
) -> None:
    assert not meet(
        keys("payment_band", **{"ratio_bp": 8500} | left),
        keys("payment_band", **{"ratio_bp": 8500} | right),
    )


def test_branches_do_not_meet() -> None:
    assert not meet(
        keys("payment_band", "employee", ratio_bp=8500),
        keys("payment_band", "resident", ratio_bp=8500),
    )


def test_fields_that_are_statements_of_their_own_meet_topic_by_topic() -> None:
    required = keys("filing_rule", required=True)
    validity = keys("filing_rule", validity_months=6)
    both = keys("filing_rule", required=False, validity_months=12)

    assert not meet(required, validity)
    assert meet(required, both)
    assert meet(validity, both)


def test_admissions_meet_where_their_numbers_do() -> None:
    second = keys("deductible", nth_from=2, nth_to=2, amount_fen=1)

    assert meet(second, keys("deductible", nth_from=2, amount_fen=1))
    assert not meet(second, keys("deductible", nth_from=3, amount_fen=1))
    assert not meet(second, keys("deductible", amount_fen=1))


def test_steps_of_one_list_stand_side_by_side() -> None:
    first = keys("away_adjustment", mechanism=Mechanism.NONE)

    assert not meet(first, keys("away_adjustment", mechanism=Mechanism.NONE, position=2))
    assert meet(first, keys("away_adjustment", mechanism=Mechanism.REFUSED))


@pytest.mark.parametrize(
    ("table", "stated"),
    [
        ("payment_band", {"ratio_bp": 8500, "standing": Standing.DISPUTED}),
        ("payment_band", {"ratio_bp": 8500, "standing": Standing.SUPERSEDED}),
        ("payment_band", {"ratio_bp": 8500, "kind": Kind.GUIDANCE}),
        ("remark", {"topic": "x", "text": "x", "reason": "x"}),
    ],
)
def test_rows_that_are_never_computed_settle_nothing(table: str, stated: dict[str, object]) -> None:
    assert keys(table, **stated) == set()


def test_the_number_of_a_key_is_the_same_in_every_process() -> None:
    assert SettledKey("370600/all/payment_band").hash == 3023810267466939750
