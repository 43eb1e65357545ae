"""Forms of signing in and of one's own account."""

from typing import Any

from django import forms
from django.contrib.auth.forms import UsernameField
from django.utils.translation import gettext_lazy as _


def _password(**kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=_("密码"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", **kwargs}),
    )


def _code(**kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=_("验证码"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "class": "vTextField"}
            | kwargs
        ),
    )


class SignInForm(forms.Form):
    username = UsernameField(
        label=_("用户名"),
        max_length=150,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    password = _password()


class CodeForm(forms.Form):
    code = _code(autofocus=True)


class ConfirmForm(forms.Form):
    """The password, and the code of those who have a second factor."""

    password = _password(autofocus=True)
    code = _code()

    def __init__(self, *args: Any, has_factor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_factor:
            del self.fields["code"]
