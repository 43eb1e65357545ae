"""Reference numbers: unguessable, and a slip of the finger shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao.cases.references import ALPHABET, new_reference, parse, shown

references = st.builds(new_reference)


@given(references)
def test_what_is_shown_is_read_back(reference):
    assert parse(shown(reference)) == reference
    assert parse(f"  {shown(reference).lower()} ".replace("-", " ")) == reference
    assert parse(reference) == reference
    assert parse("".join(chr(ord(sign) + 0xFEE0) for sign in reference)) == reference


@given(references, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_seen(reference, place, sign):
    mistyped = reference[:place] + sign + reference[place + 1 :]

    assert (parse(mistyped) is None) == (mistyped != reference)


@given(references, st.integers(0, 10))
def test_two_swapped_signs_are_seen(reference, place):
    first, second = reference[place : place + 2]
    swapped = reference[:place] + second + first + reference[place + 2 :]
    # Luhn's rule cannot tell the first sign of the alphabet from its last beside it.
    blind = {first, second} == {ALPHABET[0], ALPHABET[-1]}

    assert (parse(swapped) is None) == (swapped != reference) or blind


@pytest.mark.parametrize("text", ["", "YB-", "YB-7K3Q-94XM-TR2", "YB-O0I1-ZZZZ-ZZZZ", "😀" * 12])
def test_other_texts_are_no_reference(text):
    assert parse(text) is None
