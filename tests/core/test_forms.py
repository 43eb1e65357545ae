"""What people type, and what the fields make of it."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tests.core.gallery import CHAOYANG, YANTAI, GalleryForm, find
from yibao.core.forms import MAX_FEN, IsoDateField, RegionField, WholeNumberField, YuanField

TODAY = date(2026, 12, 1)


def code_of(field: Any, typed: str) -> str:
    with pytest.raises(ValidationError) as caught:
        field.clean(typed)
    return str(caught.value.error_list[0].code)


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("12345.67", 1_234_567),
        ("12,345.67", 1_234_567),
        ("１２，３４５．６", 1_234_560),
        (" 800 元", 80_000),
        ("¥1,234,567", 123_456_700),
        ("0", 0),
        ("0.5", 50),
        ("12。5", 1250),
        ("1000000000", MAX_FEN),
        ("5万", 5_000_000),
        ("１．２５ 万元", 1_250_000),
        ("3.000001万", 3_000_001),
    ],
)
def test_yuan_field_reads_amounts_as_people_write_them(typed: str, fen: int) -> None:
    assert YuanField().clean(typed) == fen


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"),
        ("   ", "required"),
        ("-1", "negative"),
        ("－１", "negative"),
        ("1.234", "too_fine"),
        ("1,5", "invalid"),
        ("1,000万", "invalid"),
        ("3.0000001万", "invalid"),
        ("万", "invalid"),
        ("12,34", "invalid"),
        ("一千", "invalid"),
        ("1e5", "invalid"),
        ("NaN", "invalid"),
        ("٣", "invalid"),
        (".5", "invalid"),
        ("1000000000.01", "too_much"),
        ("9" * 60, "too_much"),
        ("9" * 10_000, "too_long"),
    ],
)
def test_yuan_field_refuses(typed: str, code: str) -> None:
    assert code_of(YuanField(), typed) == code


@given(st.integers(min_value=0, max_value=MAX_FEN))
def test_yuan_field_reads_back_what_it_shows(fen: int) -> None:
    field = YuanField()

    assert field.clean(field.prepare_value(fen)) == fen


@given(st.text(max_size=80))
def test_yuan_field_answers_any_text_with_fen_or_an_error(typed: str) -> None:
    try:
        value = YuanField(required=False).clean(typed)
    except ValidationError:
        return
    assert value is None or 0 <= value <= MAX_FEN


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2025-13-01", "invalid"),
        ("2025-02-29", "invalid"),
        ("20250301", "invalid"),
        ("2025-W10-6", "invalid"),
        ("2025/03/01", "invalid"),
        ("1997-12-31", "too_early"),
        ("2027-12-03", "too_late"),
        ("2025-03-01" * 1000, "too_long"),
    ],
)
def test_date_field_refuses(typed: str, code: str) -> None:
    field = IsoDateField()
    field.today = TODAY

    assert code_of(field, typed) == code


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2025-03-01", date(2025, 3, 1)),
        ("２０２５－０３－０１", date(2025, 3, 1)),
        ("1998-01-01", date(1998, 1, 1)),
        ("2027-12-01", date(2027, 12, 1)),
    ],
)
def test_date_field_reads_days_between_its_bounds(typed: str, day: date) -> None:
    field = IsoDateField()
    field.today = TODAY

    assert field.clean(typed) == day


def test_date_field_never_reads_the_clock_itself() -> None:
    with pytest.raises(LookupError):
        IsoDateField().clean("2025-03-01")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2.5", "invalid"),
        ("x", "invalid"),
        ("0", "out_of_range"),
        ("-3", "out_of_range"),
        ("100", "out_of_range"),
    ],
)
def test_whole_number_field_refuses(typed: str, code: str) -> None:
    assert code_of(WholeNumberField(low=1, high=99), typed) == code


def test_whole_number_field_reads_full_width_digits() -> None:
    assert WholeNumberField(low=1, high=99).clean("９９") == 99


def test_region_field_gives_the_place_and_shows_its_full_name() -> None:
    field = RegionField(find=find)

    assert field.clean(" 烟台 ") is YANTAI
    assert field.prepare_value("370600") == "山东省烟台市 370600"
    assert field.clean(field.prepare_value("烟台")) is YANTAI


def test_region_field_keeps_what_it_cannot_read() -> None:
    field = RegionField(find=find)

    assert code_of(field, "亚特兰蒂斯") == "unknown"
    assert field.prepare_value("亚特兰蒂斯") == "亚特兰蒂斯"
    assert field.prepare_value("朝阳") == "朝阳"


def test_region_field_does_not_search_for_an_endless_text() -> None:
    searched: list[str] = []
    field = RegionField(find=lambda text: searched.append(text))

    assert code_of(field, "烟" * 10_000) == "too_long"
    field.prepare_value("烟" * 10_000)

    assert searched == []


def test_region_field_offers_the_places_a_name_may_mean() -> None:
    with pytest.raises(ValidationError) as caught:
        RegionField(find=find).clean("朝阳")

    assert caught.value.error_list[0].params["candidates"] == CHAOYANG.candidates


def test_messages_name_what_was_typed_but_never_at_length() -> None:
    form = GalleryForm({"insured": "某" * 60})

    assert form.errors["insured"][0].count("某") == 20
