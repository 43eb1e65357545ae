"""Find a case by its reference and the last six signs of the paper's number.

Every try costs the same: one case is asked for, one sealed text is opened, one comparison is
made, whether or not there is a case. Counting comes before looking, in the database, so that
of many tries at once no more than the limit learn anything; a hit is given back.
"""

import hmac
from datetime import datetime, timedelta
from functools import cache
from ipaddress import IPv6Address, ip_address, ip_network

from django.db import transaction
from django.db.models import F

from yibao.audit.operations import record
from yibao.cases.actors import Clockwork, Filer
from yibao.cases.id_numbers import normalised
from yibao.cases.models import Case, Erased, Person
from yibao.cases.personal import PersonalData, opened, sealed
from yibao.cases.queries import find_case
from yibao.cases.references import parse
from yibao.cases.right_models import LookupCount
from yibao.core.keys import Key, current_key
from yibao.core.sealing import SealBroken

WINDOW = timedelta(hours=1)
REFERENCE_MISSES = 5
ADDRESS_MISSES = 20
_PURPOSE = "case look-up"
_LAST = 6
_DUMMY_PLACE = "cases.person:nobody"


class TooManyMisses(Exception):
    """This address missed too often within the hour; which cases exist plays no part in it."""


def look_up(*, reference: str, id_last6: str, address: str, at: datetime) -> Case | None:
    """Return the case that both belong to; None for any miss, and none says which.

    A reference that was missed too often within the hour misses whatever is typed.

    Raises:
        TooManyMisses: for the address.
    """
    stored = parse(reference)
    by_address = _key("address", _network(address))
    by_reference = _key("reference", stored or normalised(reference[:60]))
    if not _count(by_address, ADDRESS_MISSES, at=at):
        raise TooManyMisses
    may_look = _count(by_reference, REFERENCE_MISSES, at=at)
    case = find_case(stored or "")
    real = _opened(case.person if case is not None and may_look else None)
    typed = normalised(id_last6[:60])
    is_hit = hmac.compare_digest(real.id_number[-_LAST:].encode(), typed.encode())
    if case is None or not may_look or not is_hit or real is _nobody(_current()):
        return None
    _give_back(case, (by_address, by_reference), at=at)
    return case


def prove(case: Case, *, id_number: str, phone: str, address: str, at: datetime) -> bool:
    """Tell whether somebody knows the whole number and, where one was left, the phone.

    What is shown in full asks for more than the look-up. Tries count as misses of both.

    Raises:
        TooManyMisses: for the address or for the case.
    """
    keys = (_key("address", _network(address)), _key("proof", case.reference))
    if not all([_count(keys[0], ADDRESS_MISSES, at=at), _count(keys[1], REFERENCE_MISSES, at=at)]):
        raise TooManyMisses
    try:
        real = case.person.read()
    except (Erased, SealBroken):
        return False
    is_number = hmac.compare_digest(real.id_number.encode(), normalised(id_number[:60]).encode())
    is_phone = hmac.compare_digest(real.phone.encode(), normalised(phone[:60]).encode())
    if is_number and is_phone:
        _forgive(keys)
    return is_number and is_phone


@transaction.atomic
def _count(key: str, limit: int, *, at: datetime) -> bool:
    """Count one try and tell whether it is within the limit."""
    row, is_new = LookupCount.objects.select_for_update().get_or_create(
        key=key, defaults={"since": at, "count": 1}
    )
    if not is_new:
        is_over = not row.since <= at < row.since + WINDOW
        row.since, row.count = (at, 1) if is_over else (row.since, row.count + 1)
        row.save(update_fields=["since", "count"])
    if row.count == limit + 1:
        # Told once; the key says which one it was to nobody without the site's key.
        record(
            event="cases.lookup_locked",
            by=Clockwork("lookup"),
            at=at,
            object_type="cases.lookup",
            object_key=key[:16],
        )
    return row.count <= limit


@transaction.atomic
def _give_back(case: Case, keys: tuple[str, str], *, at: datetime) -> None:
    _forgive(keys)
    record(
        event="cases.looked_up",
        by=Filer(case.reference),
        at=at,
        object_type="cases.case",
        object_key=case.reference,
        region_code=case.region_code,
    )


def _forgive(keys: tuple[str, str]) -> None:
    LookupCount.objects.filter(key__in=keys, count__gt=0).update(count=F("count") - 1)


def _opened(person: Person | None) -> PersonalData:
    """Open a person, or nobody: either way one sealed text is opened."""
    nobody = _nobody(_current())
    if person is not None:
        try:
            return person.read()
        except (Erased, SealBroken):
            pass
    opened(_sealed_nobody(_current()), _DUMMY_PLACE)
    return nobody


@cache
def _nobody(_key: Key) -> PersonalData:
    return PersonalData(name="无" * 3, id_number="?" * 18, phone="?" * 11)  # not shown


@cache
def _sealed_nobody(key: Key) -> str:
    return sealed(_nobody(key), _DUMMY_PLACE)


def _current() -> Key:
    return current_key("sealing")


def _key(what: str, value: str) -> str:
    secret = current_key(_PURPOSE).secret
    return hmac.digest(secret, f"{what} {value}".encode(), "sha256").hex()


def _network(address: str) -> str:
    """Return an address, of IPv6 the network that one household has."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        return str(ip_network(f"{parsed}/64", strict=False))
    return str(parsed)
