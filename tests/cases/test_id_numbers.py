"""Numbers of identity papers."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from yibao.cases.id_numbers import is_minor, masked_name, masked_number, parse_id_number
from yibao.cases.vocabulary import IdType

TODAY = date(2026, 11, 23)


def _number(area: str, born_on: date, order: str = "002") -> str:
    body = f"{area}{born_on:%Y%m%d}{order}"
    # ISO 7064 MOD 11-2, pure form: the whole number is congruent to 1.
    remainder = 0
    for sign in body:
        remainder = (remainder + int(sign)) * 2 % 11
    return body + "0123456789X"[(12 - remainder) % 11]


@pytest.mark.parametrize(
    "typed", ["11010519491231002X", "11010519491231002x", " 110105 19491231 002Ｘ "]
)
def test_the_example_of_the_standard_is_read(typed):
    number = parse_id_number(IdType.RESIDENT_ID, typed, today=TODAY)

    assert (number.value, number.last6, number.born_on) == (
        "11010519491231002X",
        "31002X",
        date(1949, 12, 31),
    )


@given(st.from_regex(r"[0-9]{6}", fullmatch=True), st.dates(date(1900, 1, 1), TODAY))
def test_no_area_code_is_refused(area, born_on):
    number = _number(area, born_on)

    assert parse_id_number(IdType.RESIDENT_ID, number, today=TODAY).born_on == born_on


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 5), st.integers(1, 9))
def test_one_wrong_digit_is_seen(born_on, place, shift):
    number = _number("370602", born_on)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]

    with pytest.raises(ValidationError) as raised:
        parse_id_number(IdType.RESIDENT_ID, wrong, today=TODAY)
    assert raised.value.code == "id_check_sign"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "id_length"),
        ("11010519491231002", "id_length"),
        ("1101051949123100２X1", "id_length"),
        ("11010519491331002X", "id_birth"),
        (_number("110105", date(2026, 11, 23)).replace("20261123", "20270101"), "id_birth"),
        ("1101051949123100ХX", "id_signs"),  # a Cyrillic letter
        ("٣10105194912310021", "id_signs"),  # an Arabic digit
        ("110105194912310021", "id_check_sign"),
    ],
)
def test_every_mistake_has_its_own_words(typed, code):
    with pytest.raises(ValidationError) as raised:
        parse_id_number(IdType.RESIDENT_ID, typed, today=TODAY)
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("id_type", "typed", "fits"),
    [
        (IdType.PASSPORT, "e12345678", True),
        (IdType.PASSPORT, "护照123", False),
        (IdType.HMT_PERMIT, "H12345678", True),
        (IdType.HMT_PERMIT, "12345678", True),
        (IdType.HMT_PERMIT, "K12345678", False),
        (IdType.FOREIGN_PERMANENT, "USA11010519491", False),
        (IdType.FOREIGN_PERMANENT, "USA123456789012", True),
    ],
)
def test_other_papers_are_judged_by_their_shape(id_type, typed, fits):
    if fits:
        assert parse_id_number(id_type, typed, today=TODAY).born_on is None
    else:
        with pytest.raises(ValidationError):
            parse_id_number(id_type, typed, today=TODAY)


def test_a_minor_is_one_until_the_birthday():
    number = parse_id_number(IdType.RESIDENT_ID, _number("110105", date(2008, 11, 24)), today=TODAY)

    assert is_minor(number, TODAY)
    assert not is_minor(number, date(2026, 11, 24))


def test_what_is_masked_keeps_its_length():
    assert masked_number("11010519491231002X") == "110*************2X"
    assert masked_number("E12345") == "******"
    assert (masked_name("王"), masked_name("买买提·吐尔逊")) == ("*", "******逊")
