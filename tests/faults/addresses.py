"""Every public address of the site, from the resolver, and hostile texts to put into it."""

from collections.abc import Iterator
from random import Random
from urllib.parse import quote_from_bytes

from django.urls import URLPattern, URLResolver, get_resolver

MARK = "yb<u>\"'x"
"""Reflected unescaped, this would be an element and end an attribute."""

PATHS = {
    "code": ("310000", "370600", "XPCC", "999999", "H11010100001", "Y" + "1" * 11, "x" * 200),
    "slug": ("filing", "s-seed4", "nothing-here", "-", "a" * 200),
}
_ANY = ("1", "0", "-1", "310000", "🙂", "../../etc/passwd", "%", "a" * 300)

FIELDS = (
    *("insured", "care", "insurance", "enrolment", "reason", "urgency", "care_type", "disease"),
    *("qualified", "stage", "existing", "existing_category", "existing_care", "existing_since"),
    *("existing_until", "existing_evidence", "admitted_on", "evidence", "trauma", "institution"),
    *("on", "group", "age", "class", "tier", "treatment", "level", "filing", "base_filing"),
    *("total", "off_catalog", "over_limit", "upfront_self_pay", "admission", "deductible_paid"),
    *("fund_paid", "cost_so_far", "aid_group", "civil_servant", "account_balance", "symptom"),
    *("q", "region", "service", "page", "a", "b", "from", "for", "lang", "next", "topic"),
    *("reference", "id_last6", "code", "name", "id_type", "id_number", "category", "starts_on"),
)
_GOOD = (
    *("370600", "310000", "110000", "employee", "resident", "inpatient", "outpatient", "chronic"),
    *("referral", "long_term_resident", "unfiled", "tertiary", "2026-12-01", "45000", "other"),
    *("emergency", "ordinary", "planning", "discharged", "F-12", "mother", "estimate", "check"),
    *("协和", "医院", "xh", "M01600", "active", "1", "北京", "en"),
)
_BAD = (
    MARK,
    f"</title></script>{MARK}",
    "",
    " ",
    "\0",
    "\x1b[31m\r\nSet-Cookie: a=b",
    "\u202e\u200b\ufeff",
    "０１２３",
    "1e309",
    "-1",
    "9" * 400,
    "NaN",
    "0x10",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "'; DROP TABLE x; --",
    '" OR 1=1',
    "% _ * \\",
    "AND OR NOT NEAR(",
    "{{ 7*7 }}{% debug %}",
    "../../../etc/passwd",
    "😀" * 60,
    "院" * 3_000,
    "a b c " * 400,
    "000000",
    "999999",
    "XPCC",
)
_BYTES = (b"\xff\xfe", b"%zz", b"\xed\xa0\x80", b"\xf0\x9f", b"a;b=c&&==&")


def public_paths() -> Iterator[str]:
    """Return every address outside the staff panel, with samples where it takes a part."""
    for pattern in _walk(get_resolver().url_patterns, ""):
        for address in _filled(pattern):
            yield f"/{address}"


def hostile_query(chance: Random) -> str:
    """Return a query string of good, bad and malformed answers in any mixture."""
    parts = []
    for name in chance.sample(FIELDS, chance.randint(1, 12)):
        kind = chance.random()
        if kind < 0.08:
            value = quote_from_bytes(chance.choice(_BYTES))
        else:
            text = chance.choice(_BAD if kind < 0.5 else _GOOD)
            value = quote_from_bytes(text.encode())
        parts.append(f"{name}={value}")
        if chance.random() < 0.1:
            parts.append(f"{name}=again")
    return "&".join(parts)


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        whole = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if not whole.startswith("admin/"):
                yield from _walk(pattern.url_patterns, whole)
        else:
            yield whole


def _filled(pattern: str) -> Iterator[str]:
    if "<" not in pattern:
        yield pattern
        return
    before, _open, rest = pattern.partition("<")
    part, _close, after = rest.partition(">")
    for value in PATHS.get(part.rpartition(":")[2], _ANY):
        for filled in _filled(after):
            yield f"{before}{quote_from_bytes(value.encode(), safe='')}{filled}"
