"""What may be a password."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from yibao.accounts.models import User


@pytest.mark.parametrize(
    "password",
    [
        "elevensigns",
        "woaini1314520",
        "Yibao@20261231",
        "wodemima123456",
        "zhongguo888888",
        "Zhang13812345678",
        "qwertyuiop123",
        "P@ssw0rd2026!!",
        "yantaiyibao12393",
        "aaaaaaaaaaaaaa",
        "369258147036925",
        "administrator1",
        "lisihuangdao2",
    ],
)
def test_refuses_what_is_guessed_first(password):
    with pytest.raises(ValidationError):
        validate_password(password, User(username="lisihuangdao"))


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "kdjfhgurtyvb",
        " leading and trailing ",
        "云雀在雨后的松林里唱歌给石头听",
        "😀 lantern 窗 river",
        "x7" * 10 + "long and winding" * 8,
    ],
)
def test_allows_length_without_rules_of_composition(password):
    validate_password(password, User(username="lisi"))
