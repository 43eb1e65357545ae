"""Form fields that read what people type in Chinese and answer in plain words.

Every field refuses text longer than it can need before looking at it, so that a
10,000-character answer costs no more than a short one.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

MAX_FEN = 100_000_000_000
"""One billion yuan, in fen: more than any bill."""

FIRST_DAY = date(1998, 1, 1)
"""No rule of the insurance is older (decisions.md 20)."""

DAYS_AHEAD = 366
TYPED_SIGNS = 60
MAX_CANDIDATES = 20

_AMOUNT = re.compile(r"(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?", re.ASCII)
_TEN_THOUSANDS = re.compile(r"(\d+)(?:\.(\d{1,6}))?万", re.ASCII)  # not shown
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def plain(typed: str) -> str:
    """Return typed text with full-width signs made half-width and outer blanks removed.

    >>> plain(" １２，３４５．６ ")
    '12,345.6'
    """
    return unicodedata.normalize("NFKC", typed).replace("。", ".").strip()


class BaseForm(forms.Form):
    """A form that speaks plainly: no browser bubbles, and the page holds the form element."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    @cached_property
    def helper(self) -> FormHelper:
        """Let crispy print the fields only: it would copy `hx-…` attributes onto every choice."""
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


class ChoiceField(forms.ChoiceField):
    """One answer out of a few, each with an optional line of help."""

    widget = forms.RadioSelect
    default_error_messages = {
        "required": _("请选一项。"),
        "invalid_choice": _("没有这个选项，请重新选一项。"),
    }

    def __init__(
        self,
        *,
        choice_hints: Mapping[str, Any] | None = None,
        is_inline: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.choice_hints = choice_hints or {}
        self.is_inline = is_inline


class TypedField(forms.Field):
    """A field whose text is bounded and brought to half-width before it is read."""

    widget = forms.TextInput
    default_error_messages = {
        "required": _("请填写这一项。"),
        "too_long": _("填得太长了，请检查。"),
    }

    def to_python(self, value: Any) -> Any:
        """Return `read(text)`, or None when nothing was typed."""
        typed = "" if value is None else str(value)
        if len(typed) > TYPED_SIGNS:
            raise ValidationError(self.error_messages["too_long"], code="too_long")
        text = plain(typed)
        return self.read(text) if text else None

    def read(self, text: str) -> Any:
        """Turn half-width text into the field's value, or raise ValidationError."""
        raise NotImplementedError

    def refuse(self, code: str) -> ValidationError:
        """Return the error `code` of this field, ready to raise."""
        return ValidationError(self.error_messages[code], code=code)


class YuanField(TypedField):
    """An amount typed in yuan; the value is integer fen."""

    unit = _("元")
    default_error_messages = {
        "required": _("请填写金额，单位是元。"),
        "invalid": _("请只填数字，例如 12000 或 12,345.67。"),
        "negative": _("金额不能是负数。"),
        "too_fine": _("最多填到分，也就是两位小数。"),
        "too_much": _("金额太大了，请检查是不是多填了几位。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        attributes = {"inputmode": "decimal", "autocomplete": "off", "class": "input-money"}
        self.widget.attrs = {**attributes, **self.widget.attrs}

    def read(self, text: str) -> int:
        """Return fen; thousands separators, a currency sign, 元 and 万 are allowed."""
        text = (
            text.replace(" ", "").replace("、", ",").removeprefix("¥").removesuffix(str(self.unit))
        )
        if text.startswith("-"):
            raise self.refuse("negative")
        if re.fullmatch(r"[\d,]+\.\d{3,}", text):
            raise self.refuse("too_fine")
        if match := _TEN_THOUSANDS.fullmatch(text):
            places = 6
        elif match := _AMOUNT.fullmatch(text):
            places = 2
        else:
            raise self.refuse("invalid")
        whole, rest = match.groups(default="")
        fen = int(whole.replace(",", "") + rest.ljust(places, "0"))
        if fen > MAX_FEN:
            raise self.refuse("too_much")
        return fen

    def prepare_value(self, value: Any) -> Any:
        """Show fen as yuan; leave typed text as it was typed."""
        if isinstance(value, int):
            return f"{value // 100}.{value % 100:02d}".removesuffix(".00")
        return value


class WholeNumberField(TypedField):
    """A whole number between two bounds, both allowed."""

    default_error_messages = {
        "invalid": _("请只填整数。"),
        "out_of_range": _("请填 %(low)d 到 %(high)d 之间的整数。"),
    }

    def __init__(self, *, low: int, high: int, unit: Any = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.low, self.high, self.unit = low, high, unit
        attributes = {"inputmode": "numeric", "autocomplete": "off", "class": "input-number"}
        self.widget.attrs = {**attributes, **self.widget.attrs}

    def read(self, text: str) -> int:
        """Return the number."""
        if re.fullmatch(r"-?\d{1,12}", text, re.ASCII) is None:
            raise self.refuse("invalid")
        number = int(text)
        if not self.low <= number <= self.high:
            raise ValidationError(
                self.error_messages["out_of_range"],
                code="out_of_range",
                params={"low": self.low, "high": self.high},
            )
        return number


class IsoDateField(TypedField):
    """A day as 2025-03-01, not before 1998 and at most a year after `today`.

    The form sets `today` before it validates: nothing below a view reads the clock.
    """

    today: date | None = None
    default_error_messages = {
        "required": _("请填写日期。"),
        "invalid": _("请按“年-月-日”填写真实的日期，例如 2025-03-01。"),
        "too_early": _("日期太早了:1998 年以前还没有这项制度。"),
        "too_late": _("日期太晚了：最多查到一年以后。"),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        attributes = {"autocomplete": "off", "class": "input-date"}
        self.widget.attrs = {**attributes, **self.widget.attrs}

    def read(self, text: str) -> date:
        """Return the day."""
        if self.today is None:
            raise LookupError("IsoDateField.today was not set by its form")
        try:
            day = date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            raise self.refuse("invalid")
        if day < FIRST_DAY:
            raise self.refuse("too_early")
        if day > self.today + timedelta(days=DAYS_AHEAD):
            raise self.refuse("too_late")
        return day

    def input_type(self, shown: str) -> str:
        """Offer the browser's calendar, unless that would hide what was typed wrongly."""
        try:
            date.fromisoformat(shown)
        except ValueError:
            return "text" if shown else "date"
        return "date"


class Place(Protocol):
    """A region as a form sees it."""

    @property
    def code(self) -> str: ...

    @property
    def full_name(self) -> Any: ...


class Places(Protocol):
    """Several regions that one name may mean."""

    @property
    def candidates(self) -> Sequence[Place]: ...


type FindPlace = Callable[[str], Place | Places | None]


class RegionField(TypedField):
    """A region by code, name, pinyin or initials; the value is what `find` returns for it.

    `find(text)` answers with one place, with several, or None.
    """

    kind = "region"
    default_error_messages = {
        "required": _("请填写地名，例如“烟台”。"),
        "unknown": _("没有找到“%(typed)s”。请换个写法，或点“按省份选择”。"),
        "ambiguous": _("叫“%(typed)s”的地方不止一个，请在下面选一个。"),
    }

    def __init__(self, *, find: FindPlace, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.find = find

    def read(self, text: str) -> Place:
        """Return the place meant, or refuse with the candidates as the error's params."""
        found = self.find(text)
        if found is None:
            params: dict[str, Any] = {"typed": text[:20]}
            raise ValidationError(self.error_messages["unknown"], code="unknown", params=params)
        if hasattr(found, "candidates"):
            params = {"typed": text[:20], "candidates": found.candidates[:MAX_CANDIDATES]}
            raise ValidationError(self.error_messages["ambiguous"], code="ambiguous", params=params)
        return found

    def prepare_value(self, value: Any) -> Any:
        """Show a place, or text that names exactly one, as its full name and code."""
        if isinstance(value, str) and len(value) <= TYPED_SIGNS:
            text = plain(value)
            found = self.find(text) if text else None
        else:
            found = value
        if found is None or isinstance(found, str) or hasattr(found, "candidates"):
            return value
        name = str(found.full_name)
        # A word in place of a code ("abroad") is for machines; its name alone is read back.
        return f"{name} {found.code}" if found.code[-1:].isdigit() else name
