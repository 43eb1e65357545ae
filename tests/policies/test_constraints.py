"""The tables refuse what the engine could not compute with, whoever writes to them."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories.policies import START, make_revision
from yibao.accounts.models import User
from yibao.policies.models import MODEL_OF, Revision
from yibao.sources.models import Clause

VALID: dict[str, dict[str, Any]] = {
    "filing_rule": {"required": True},
    "material_requirement": {"purpose": "filing", "material": "identity"},
    "channel": {"channel": "phone", "name": "热线"},
    "deductible": {"amount_fen": 80_000},
    "payment_band": {"ratio_bp": 8500},
    "group_adjustment": {"base_group": "active", "operator": "points", "value_bp": 500},
    "payment_cap": {"amount_fen": 100_000_00},
    "away_adjustment": {"mechanism": "percentage_points", "value_bp": 1000},
    "second_layer": {"layer": "critical_illness", "threshold_fen": 1_500_000},
    "second_layer_band": {"layer": "critical_illness", "ratio_bp": 6000},
    "medical_aid": {"aid_groups": ("low_income",), "ratio_bp": 7000},
    "supplement": {"supplement": "civil_servant", "ratio_bp": 9000},
    "chronic_disease": {"disease": "M03900", "name": "高血压"},
    "claim_rule": {"handling_working_days": 30},
    "enrolment_rule": {"status": "waiting", "fixed_months": 3},
    "account_rule": {"usable_away": True},
    "remark": {"topic": "其他", "text": "说明", "reason": "没有对应的栏目"},
}


@pytest.fixture
def head(author: User) -> dict[str, Any]:
    clause = Clause.objects.create(
        document_id="s-test", article="第一条", checked_on=date(2026, 11, 23)
    )
    return {
        "revision": make_revision(by=author),
        "clause": clause,
        "effective_from": START,
        "effective_basis": "stated",
        "standing": "official",
    }


@pytest.mark.parametrize("table", VALID)
def test_takes_a_row_that_states_something(table: str, head: dict[str, Any]) -> None:
    row = MODEL_OF[table](**head, **VALID[table])

    row.full_clean()
    row.save()

    row.refresh_from_db()
    assert row.pk


@pytest.mark.parametrize("table", VALID)
@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"effective_to": START}, "period_not_empty"),
        ({"standing": "sure"}, "standing_known"),
        ({"kind": "hint"}, "kind_known"),
        ({"effective_basis": ""}, "effective_basis_known"),
    ],
)
def test_refuses_a_wrong_head_in_every_table(
    table: str, changes: dict[str, Any], name: str, head: dict[str, Any]
) -> None:
    model = MODEL_OF[table]

    with pytest.raises(IntegrityError, match=f"{model._meta.model_name}_{name}"):
        model(**head | VALID[table] | changes).save()


@pytest.mark.parametrize(
    ("table", "changes", "name"),
    [
        ("filing_rule", {"scope": "moon"}, "filingrule_scope_known"),
        (
            "filing_rule",
            {"indefinite": True, "validity_months": 6},
            "filingrule_indefinite_has_no_months",
        ),
        ("filing_rule", {"validity_is_floor": True}, "filingrule_floor_is_of_months"),
        ("material_requirement", {"material": "photo"}, "materialrequirement_material_known"),
        ("channel", {"name": ""}, "channel_has_a_name"),
        ("deductible", {"factor_bp": 8000}, "deductible_amount_or_factor"),
        ("deductible", {"amount_fen": None}, "deductible_amount_or_factor"),
        ("deductible", {"amount_fen": -1}, "deductible_amount_fen_not_negative"),
        (
            "deductible",
            {"amount_high_fen": 79_999, "kind": "bound"},
            "deductible_amount_fen_before_amount_high_fen",
        ),
        ("deductible", {"amount_high_fen": 90_000}, "deductible_amount_high_fen_closes_a_range"),
        ("deductible", {"nth_from": 3, "nth_to": 2}, "deductible_nth_from_before_nth_to"),
        ("deductible", {"nth_from": 0}, "deductible_nth_counts_from_1"),
        ("deductible", {"nth_to": 2}, "deductible_nth_counts_from_1"),
        ("deductible", {"counts_per": "week"}, "deductible_counts_per_known"),
        ("payment_band", {"ratio_bp": 10_001}, "paymentband_ratio_bp_in_range"),
        ("payment_band", {"ratio_bp": -1}, "paymentband_ratio_bp_in_range"),
        ("payment_band", {"to_fen": 0}, "paymentband_from_fen_before_to_fen"),
        ("payment_band", {"age_from": 70, "age_to": 60}, "paymentband_age_from_before_age_to"),
        ("payment_band", {"level": "top"}, "paymentband_level_known"),
        ("group_adjustment", {"value_bp": 10_001}, "groupadjustment_value_bp_in_range"),
        (
            "payment_cap",
            {"unlimited": True},
            "paymentcap_exactly_one_of_amount_share_unlimited",
        ),
        (
            "payment_cap",
            {"amount_fen": None},
            "paymentcap_exactly_one_of_amount_share_unlimited",
        ),
        (
            "payment_cap",
            {"amount_fen": None, "share_bp": 9000},
            "paymentcap_share_is_of_all_layers",
        ),
        ("away_adjustment", {"scope": "local"}, "awayadjustment_never_at_home"),
        ("away_adjustment", {"position": 0}, "awayadjustment_position_from_1"),
        ("away_adjustment", {"value_bp": None}, "awayadjustment_mechanism_has_its_value"),
        ("away_adjustment", {"amount_fen": 1}, "awayadjustment_mechanism_has_its_value"),
        ("away_adjustment", {"mechanism": "none"}, "awayadjustment_mechanism_has_its_value"),
        ("away_adjustment", {"mechanism": "first_pay"}, "awayadjustment_mechanism_has_its_value"),
        ("away_adjustment", {"mechanism": "follow"}, "awayadjustment_mechanism_has_its_value"),
        (
            "away_adjustment",
            {"mechanism": "own_table", "value_bp": None},
            "awayadjustment_mechanism_has_its_value",
        ),
        (
            "away_adjustment",
            {"mechanism": "deductible_amount"},
            "awayadjustment_mechanism_has_its_value",
        ),
        ("away_adjustment", {"value_bp": 10_001}, "awayadjustment_value_in_range"),
        ("second_layer", {"layer": "basic"}, "secondlayer_layer_is_a_second_one"),
        (
            "second_layer",
            {"cap_fen": 1, "cap_unlimited": True},
            "secondlayer_cap_or_unlimited",
        ),
        ("second_layer", {"threshold_factor_bp": 5000}, "secondlayer_one_threshold"),
        ("second_layer_band", {"layer": "all"}, "secondlayerband_layer_is_a_second_one"),
        ("medical_aid", {"aid_groups": ()}, "medicalaid_names_its_groups"),
        (
            "medical_aid",
            {"total_from_fen": 5, "total_to_fen": 5},
            "medicalaid_total_from_fen_before_total_to_fen",
        ),
        ("supplement", {"supplement": "gift"}, "supplement_supplement_known"),
        ("chronic_disease", {"disease": ""}, "chronicdisease_has_code_and_name"),
        (
            "chronic_disease",
            {"cross_province_since": START},
            "chronicdisease_since_only_when_open",
        ),
        ("claim_rule", {"total_to_fen": -1}, "claimrule_total_to_fen_not_negative"),
        ("enrolment_rule", {"status": ""}, "enrolmentrule_names_a_status"),
        (
            "enrolment_rule",
            {"months_from": 4, "months_to": 3},
            "enrolmentrule_months_from_before_months_to",
        ),
        ("account_rule", {"pharmacy_mode": "shop"}, "accountrule_pharmacy_mode_known"),
        ("remark", {"reason": ""}, "remark_is_complete"),
    ],
)
def test_refuses_what_the_engine_assumes_never_to_meet(
    table: str, changes: dict[str, Any], name: str, head: dict[str, Any]
) -> None:
    row = MODEL_OF[table](**head | VALID[table] | changes)

    with pytest.raises(IntegrityError, match=rf"\b{name}\b"):
        row.save()


@pytest.mark.parametrize(
    "changes",
    [
        {"mechanism": "deductible_factor", "value_bp": 12_000},
        {"mechanism": "first_pay", "order": "before_deductible"},
        {"mechanism": "own_table", "amount_fen": 120_000},
        {"mechanism": "deductible_amount", "amount_fen": 120_000, "value_bp": None},
        {"mechanism": "follow", "follows": "other_temporary", "value_bp": None},
        {"mechanism": "unknown_ratio", "value_bp": None},
        {"value_high_bp": 2000, "kind": "bound"},
    ],
)
def test_takes_each_mechanism_with_its_value(changes: dict[str, Any], head: dict[str, Any]) -> None:
    row = MODEL_OF["away_adjustment"](**head | VALID["away_adjustment"] | changes)

    row.full_clean()
    row.save()

    assert row.pk


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        # which of the two is named first differs between databases
        ({"status": "done"}, "revision_(status_known|published_has_publisher_and_moment)"),
        ({"insurance": "rural"}, "revision_insurance_known"),
        ({"status": "published"}, "revision_published_has_publisher_and_moment"),
    ],
)
def test_refuses_a_revision(author: User, changes: dict[str, Any], name: str) -> None:
    revision = make_revision(by=author)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(**changes)


def test_a_clause_that_is_cited_cannot_be_deleted(head: dict[str, Any]) -> None:
    MODEL_OF["payment_band"](**head, **VALID["payment_band"]).save()

    with pytest.raises(IntegrityError):
        head["clause"].delete()


def test_the_guard_against_overlaps_stands_in_the_database(db: None) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE conname = 'keyperiod_no_two_at_once'"
            )
            expected = {"keyperiod_no_two_at_once"}
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' "
                "AND tbl_name = 'policies_keyperiod'"
            )
            expected = {"keyperiod_no_two_at_once_insert", "keyperiod_no_two_at_once_update"}
        assert {name for (name,) in cursor.fetchall()} == expected
