"""Personal data of a case: one sealed text per row, opened only on purpose.

Everything that names or reaches a person is in one sealed text, so no query, list, log or
export can show a part of it by accident. For finding cases of the same person there is a
keyed hash of the paper's number, which tells nothing to whoever lacks the key.
"""

import hmac
import json
from dataclasses import asdict, dataclass, fields

from yibao.cases.id_numbers import masked_name, masked_number, masked_phone
from yibao.cases.vocabulary import HelperRole, IdType, Notify
from yibao.core.keys import Key, current_key, keys
from yibao.core.sealing import seal, unseal

_PURPOSE = "person lookup"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """Who a case is about, who helps, and how to reach them. "" where it was not given.

    `guardian_*` is not a field of its own: for a minor the helper is the guardian.
    """

    name: str
    id_type: str = IdType.RESIDENT_ID
    id_number: str
    phone: str = ""
    address: str = ""
    email: str = ""
    notify: str = Notify.NONE
    helper: str = HelperRole.SELF
    helper_name: str = ""
    helper_relation: str = ""
    helper_id_number: str = ""
    bank_name: str = ""
    bank_account: str = ""
    account_holder: str = ""

    @property
    def masked(self) -> "PersonalData":
        """The same with everything hidden that need not be seen in a list."""
        return PersonalData(
            name=masked_name(self.name),
            id_type=self.id_type,
            id_number=masked_number(self.id_number),
            phone=masked_phone(self.phone) if self.phone else "",
            address="*" * min(len(self.address), 6),
            email=_masked_email(self.email),
            notify=self.notify,
            helper=self.helper,
            helper_name=masked_name(self.helper_name) if self.helper_name else "",
            helper_relation=self.helper_relation,
            helper_id_number=masked_number(self.helper_id_number),
            bank_name=self.bank_name,
            bank_account=masked_number(self.bank_account),
            account_holder=masked_name(self.account_holder) if self.account_holder else "",
        )


def sealed(data: PersonalData, place: str) -> str:
    """Return the data as one sealed text for one row."""
    return seal(json.dumps(asdict(data), ensure_ascii=False, sort_keys=True), place)


def opened(text: str, place: str) -> PersonalData:
    """Return the data of a sealed text. Raises core.sealing.SealBroken."""
    known = {field.name for field in fields(PersonalData)}
    raw = json.loads(unseal(text, place))
    return PersonalData(**{name: value for name, value in raw.items() if name in known})


def lookup_hash(id_number: str) -> str:
    """Return the keyed hash under which a number is stored now."""
    return _hash(current_key(_PURPOSE), id_number)


def lookup_hashes(id_number: str) -> tuple[str, ...]:
    """Return all keyed hashes under which a number may be stored, newest key first."""
    return tuple(_hash(key, id_number) for key in keys(_PURPOSE))


def _hash(key: Key, id_number: str) -> str:
    return hmac.digest(key.secret, id_number.encode(), "sha256").hex()


def _masked_email(email: str) -> str:
    name, at, host = email.partition("@")
    return f"{name[:1]}***{at}{host}" if at else ""
