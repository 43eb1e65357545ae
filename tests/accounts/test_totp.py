"""The vectors of RFC 6238, appendix B, for SHA-1, in six digits."""

from base64 import b32encode
from datetime import UTC, datetime

import pytest

from yibao.accounts.totp import code_at, is_code, new_secret, set_up_address, step_at

SECRET = b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_gives_the_codes_of_the_standard(seconds: int, code: str) -> None:
    step = step_at(datetime.fromtimestamp(seconds, UTC))

    assert code_at(SECRET, step) == code
    assert is_code(SECRET, step, code)
    assert not is_code(SECRET, step + 1, code)


def test_a_code_of_another_script_is_refused_and_does_not_fail() -> None:
    assert not is_code(SECRET, 1, "２８７０８２")


def test_secrets_are_long_and_differ() -> None:
    assert len({new_secret() for _number in range(50)}) == 50
    assert len(new_secret()) == 32


def test_apps_get_the_account_and_the_issuer() -> None:
    address = set_up_address("ABC", "li 四", "烟台市医保局")

    assert address.startswith("otpauth://totp/%E7%83%9F%E5%8F%B0")
    assert "secret=ABC&issuer=" in address
