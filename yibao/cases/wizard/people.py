"""The steps about a person that every wizard asks: who, who helps, how to reach them."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from yibao.cases.id_numbers import IdNumber, is_minor, normalised, parse_id_number
from yibao.cases.vocabulary import HelperRole, IdType, Notify
from yibao.cases.wizard.engine import StepForm
from yibao.core.forms import ChoiceField, TypedField

NAME_SIGNS = 50
"""The longest names of the identity card have some forty signs."""

_HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]")  # not shown
_DOTS = re.compile(r"(?<=[^\x00-\x7f])[.・•‧∙⋅](?=[^\x00-\x7f])")
_LATIN_MARKS = frozenset(" -'’.,")
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"0\d{2,3}\d{7,8}", re.ASCII)
_PHONE_FILLERS = re.compile(r"[\s()（）\-–—+]")
_DIGITS_OF_A_RESIDENT = 15


class NameField(TypedField):
    """A person's name as on the paper: Han with ·, or Latin letters; nothing that only looks so."""

    default_error_messages = {
        "required": _("请填写姓名。"),
        "too_long": _("姓名太长了，最多 50 个字。"),
        "too_short": _("姓名至少两个字，请和证件上一样写全。"),
        "hidden": _("姓名里有看不见的或认不出的字符，请删掉重新输入。"),
        "symbols": _("姓名里不能有表情和符号“%(sign)s”，请删掉。"),
        "digits": _("姓名里不能有数字，请检查是不是填错了格。"),
        "letters": _(
            "姓名里的“%(sign)s”不是汉字，也不是英文字母，可能是长得像的别的文字，请重新输入。"
        ),
        "mixed": _("姓名里汉字和字母混在一起了，请和证件上写得一样。"),
        "dots": _("间隔号“·”只能放在两个字中间，请检查。"),
    }

    def read(self, text: str) -> str:
        """Return the name with one kind of dot and single spaces."""
        name = _DOTS.sub("·", unicodedata.normalize("NFC", re.sub(r" +", " ", text)))
        if len(name) > NAME_SIGNS:
            raise self.refuse("too_long")
        has_han = has_latin = False
        for sign in name:
            is_han, is_latin = self._look_at(sign)
            has_han |= is_han
            has_latin |= is_latin
        if has_han and has_latin:
            raise self.refuse("mixed")
        if "·" in name and ("" in name.split("·") or not has_han):
            raise self.refuse("dots")
        if sum(map(str.isalpha, name)) < 2:
            raise self.refuse("too_short")
        return name.replace(" ", "") if has_han else name

    def _look_at(self, sign: str) -> tuple[bool, bool]:
        """Tell whether a sign is Han, and whether it is Latin. Raises ValidationError."""
        if sign == "·" or sign in _LATIN_MARKS:
            return False, False
        if _HAN.fullmatch(sign):
            return True, False
        category = unicodedata.category(sign)
        if category.startswith("L") and unicodedata.name(sign, "").startswith("LATIN"):
            return False, True
        if category.startswith("N"):
            raise self.refuse("digits")
        if category.startswith(("S", "P")):
            raise self._about("symbols", sign)
        if category.startswith("L"):
            raise self._about("letters", sign)
        raise self.refuse("hidden")

    def _about(self, code: str, sign: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params={"sign": sign})


class ShortTextField(TypedField):
    """A line of text without control signs and symbols that nobody writes by hand."""

    default_error_messages = {"hidden": _("里面有看不见的字符或表情，请删掉重新输入。")}

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value: Any) -> Any:
        """Return the line, or None when nothing was typed."""
        text = unicodedata.normalize("NFC", "" if value is None else str(value)).strip()
        if len(text) > self.most:
            raise self.refuse("too_long")
        if any(unicodedata.category(sign)[0] == "C" or _is_picture(sign) for sign in text):
            raise self.refuse("hidden")
        return text or None


def _is_picture(sign: str) -> bool:
    return unicodedata.category(sign) in ("So", "Sk")


class PhoneField(TypedField):
    """A Chinese mobile or landline number; the country code is forgiven."""

    default_error_messages = {
        "required": _("请填写电话，经办机构有事要能找到您。"),
        "invalid": _("请填 11 位手机号，或带区号的座机号，例如 0535-1234567。"),
    }

    def read(self, text: str) -> str:
        """Return digits only."""
        digits = _PHONE_FILLERS.sub("", text)
        if len(digits) > 11 and digits.startswith("86"):
            digits = digits[2:]
        if not (_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits)):
            raise self.refuse("invalid")
        return digits


class IdNumberField(TypedField):
    """The number of a paper; the form judges it, which knows the kind of paper."""

    default_error_messages = {"required": _("请填写证件号码。")}

    def read(self, text: str) -> str:
        """Return the number in half width and capitals, without spaces."""
        return normalised(text)


class PersonForm(StepForm):
    """Who it is about, and who fills it in when that is somebody else."""

    name = NameField(
        label=_("姓名"), help_text=_("和身份证件上写得一样。少数民族姓名中间的点用“·”。")
    )
    id_type = ChoiceField(
        choices=IdType.choices, initial=IdType.RESIDENT_ID, label=_("证件种类"), is_inline=True
    )
    id_number = IdNumberField(label=_("证件号码"), help_text=_("参保登记用的那个证件。"))
    helper = ChoiceField(
        choices=HelperRole.choices,
        initial=HelperRole.SELF,
        label=_("谁来办"),
        choice_hints={
            HelperRole.RELATIVE: _("父母、子女、配偶等。未满 18 岁的由父母或监护人办"),
            HelperRole.AGENT: _("受本人委托的其他人，例如单位、社区工作人员"),
        },
    )
    helper_name = NameField(label=_("办理人姓名"), required=False)
    helper_relation = ShortTextField(
        label=_("办理人和本人的关系"),
        help_text=_("例如：女儿、父亲、单位同事。"),
        most=20,
        required=False,
    )
    helper_id_number = IdNumberField(label=_("办理人的证件号码"), required=False)

    helper_fields = ("helper_name", "helper_relation", "helper_id_number")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*self.helper_fields, "name", "id_number"):
            self.fields[name].widget.attrs.update({"autocomplete": "off", "spellcheck": "false"})
            self.fields[name].marks_optional = False  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Judge the numbers against their kinds, and the helper against the person."""
        data = self.cleaned_data
        number = self._number("id_number", data.get("id_type"))
        if data.get("helper") in (None, "", HelperRole.SELF):
            for name in self.helper_fields:
                data[name] = None
                self.errors.pop(name, None)
        else:
            self._check_helper(number)
        if number and is_minor(number, self.walk.today) and "helper" not in self.errors:
            self._check_guardian()
        data["is_minor"] = bool(number and is_minor(number, self.walk.today))
        return data

    def _number(self, name: str, id_type: str | None) -> IdNumber | None:
        value = self.cleaned_data.get(name)
        if not value or not id_type:
            return None
        try:
            number = parse_id_number(IdType(id_type), value, today=self.walk.today)
        except ValidationError as error:
            self.add_error(name, error)
            return None
        self.cleaned_data[name] = number.value
        return number

    def _check_helper(self, number: IdNumber | None) -> None:
        data = self.cleaned_data
        words = {
            "helper_name": _("替别人办，要写办理人自己的姓名。"),
            "helper_id_number": _("替别人办，要写办理人自己的证件号码。"),
        }
        if data["helper"] == HelperRole.RELATIVE:
            words["helper_relation"] = _("请写您和本人的关系，例如“女儿”。")
        for name, message in words.items():
            if not data.get(name) and name not in self.errors:
                self.add_error(name, ValidationError(message, code="required"))
        typed = data.get("helper_id_number")
        helper = self._number("helper_id_number", _kind_of(typed) if typed else None)
        if helper is None:
            return
        if number is not None and helper.value == number.value:
            words_ = _("这和本人的证件号码一样。自己办的，上面请选“我自己”。")
            self.add_error("helper_id_number", ValidationError(words_, code="same_person"))
        elif is_minor(helper, self.walk.today):
            words_ = _("办理人未满 18 岁，不能替别人办。")
            self.add_error("helper_id_number", ValidationError(words_, code="helper_minor"))

    def _check_guardian(self) -> None:
        if self.cleaned_data.get("helper") != HelperRole.RELATIVE:
            words = _(
                "本人未满 18 岁，要由父母或其他监护人办。请选“我替家人办”，并填写监护人的信息。"
            )
            self.add_error("helper", ValidationError(words, code="guardian"))


def _kind_of(number: str) -> IdType:
    """Return which kind of paper a helper's number is of: its shape tells."""
    if len(number) >= _DIGITS_OF_A_RESIDENT and number[:1].isdigit():
        return IdType.RESIDENT_ID
    return IdType.PASSPORT


class ContactForm(StepForm):
    """How to reach whoever files."""

    phone = PhoneField(label=_("联系电话"), help_text=_("经办机构有疑问时打这个电话。"))
    address = ShortTextField(label=_("现在住的地址"), most=100, required=False)
    email = forms.CharField(label=_("电子邮箱"), required=False, empty_value=None, max_length=254)
    notify = ChoiceField(
        choices=Notify.choices,
        initial=Notify.NONE,
        label=_("有进展时怎么告诉您"),
        help_text=_("通知里只有编号，没有姓名和证件号码。不选通知也能随时查进度。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs.update({"inputmode": "tel", "autocomplete": "tel"})
        self.fields["email"].widget.attrs.update({"inputmode": "email", "autocomplete": "email"})

    def clean_email(self) -> str | None:
        """Judge the address in words of our own."""
        email: str | None = self.cleaned_data["email"]
        if email is None:
            return None
        email = unicodedata.normalize("NFKC", email).strip()
        try:
            validate_email(email)
        except ValidationError as error:
            words = _("邮箱的写法不对，例如 name@example.com。")
            raise ValidationError(words, code="invalid") from error
        return email

    def clean(self) -> dict[str, Any]:
        """Ask for the address that the chosen way of notice needs."""
        data = self.cleaned_data
        wants_mail = data.get("notify") == Notify.EMAIL
        if wants_mail and not data.get("email") and "email" not in self.errors:
            words = _("选了发邮件，请填写邮箱。")
            self.add_error("email", ValidationError(words, code="required"))
        if data.get("notify") == Notify.SMS and not _MOBILE.fullmatch(data.get("phone") or "1"):
            words = _("座机收不到短信。请填手机号，或选别的通知方式。")
            if data.get("phone"):
                self.add_error("notify", ValidationError(words, code="landline"))
        return data
