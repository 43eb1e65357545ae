"""Numbers of identity papers: what makes one well-formed, and how it is compared and masked.

居民身份证: GB 11643-1999, eighteen signs, the last by ISO 7064:1983 MOD 11-2. The area code is
never judged: codes change, and people born under an old one keep it.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from yibao.cases.vocabulary import IdType

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_SIGNS = "10X98765432"
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_SPACES = re.compile(r"[\s\u3000·.\-–—]+")
_EARLIEST_BIRTH = date(1900, 1, 1)
ADULT_YEARS = 18

# Shapes as the issuing authorities print them; the check signs of these are not public.
_SHAPES: dict[IdType, re.Pattern[str]] = {
    IdType.PASSPORT: re.compile(r"[A-Z0-9]{5,17}"),
    IdType.HMT_PERMIT: re.compile(r"([HM][0-9]{8}([0-9]{2})?|[0-9]{8}([0-9]{2})?)"),
    IdType.FOREIGN_PERMANENT: re.compile(r"([A-Z]{3}[0-9]{12}|9[0-9]{17})"),
}


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A well-formed number, and the day of birth where the number holds one."""

    id_type: IdType
    value: str
    born_on: date | None = None

    @property
    def last6(self) -> str:
        """The last six signs, by which a case is looked up (decisions.md 21)."""
        return self.value[-6:]


def normalised(text: str) -> str:
    """Return what was typed in half width and capitals, without spaces and dashes."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).upper()


def parse_id_number(id_type: IdType, text: str, *, today: date) -> IdNumber:
    """Return the number that somebody typed.

    Raises:
        ValidationError: with words for the person who typed it, and a code: `id_signs`,
            `id_length`, `id_birth`, `id_check_sign`, `id_shape`.
    """
    value = normalised(text)
    if id_type in (IdType.RESIDENT_ID, IdType.HMT_RESIDENCE):
        return IdNumber(id_type, value, _read_resident(value, today))
    if not _SHAPES[id_type].fullmatch(value):
        raise ValidationError(
            _("证件号码的格式和所选的证件种类对不上，请核对种类和号码。"), code="id_shape"
        )
    born_on = None
    if id_type is IdType.FOREIGN_PERMANENT and len(value) == 18:
        born_on = _read_resident(value, today)
    return IdNumber(id_type, value, born_on)


def _read_resident(value: str, today: date) -> date:
    if len(value) != 18:
        raise ValidationError(
            _("证件号码应是 18 位，现在是 %(length)s 位。请对照证件逐位核对。"),
            code="id_length",
            params={"length": len(value)},
        )
    if not _RESIDENT.fullmatch(value):
        raise ValidationError(
            _("证件号码只能有数字，最后一位可以是 X。请对照证件重新输入。"), code="id_signs"
        )
    try:
        born_on = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        born_on = None
    if born_on is None or not _EARLIEST_BIRTH <= born_on <= today:
        raise ValidationError(
            _("证件号码第 7 到 14 位是出生日期，现在不是一个真实的日期。请核对。"),
            code="id_birth",
        )
    total = sum(weight * int(sign) for weight, sign in zip(_WEIGHTS, value[:17], strict=True))
    if _CHECK_SIGNS[total % 11] != value[17]:
        raise ValidationError(
            _("证件号码有一位可能输错了（最后一位是校验位，现在对不上）。请逐位核对。"),
            code="id_check_sign",
        )
    return born_on


def is_minor(number: IdNumber, on: date) -> bool:
    """Tell whether the person is under 18 (民法典 article 17) as far as the number tells."""
    if number.born_on is None:
        return False
    had_birthday = (on.month, on.day) >= (number.born_on.month, number.born_on.day)
    return on.year - number.born_on.year - (not had_birthday) < ADULT_YEARS


def masked_number(value: str) -> str:
    """Return a number with its middle hidden: the first three and the last two signs stay.

    >>> masked_number("11010519491231002X")
    '110*************2X'
    """
    if len(value) < 8:
        return "*" * len(value)
    return f"{value[:3]}{'*' * (len(value) - 5)}{value[-2:]}"


def masked_name(name: str) -> str:
    """Return a name of which only the last sign can be read.

    >>> masked_name("欧阳小明")
    '***明'
    """
    return "*" * (len(name) - 1) + name[-1:] if len(name) > 1 else "*"


def masked_phone(phone: str) -> str:
    """Return a phone number with its middle hidden.

    >>> masked_phone("13800001234")
    '138****1234'
    """
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "*" * len(phone)
