"""Institutions as a page shows them: words and addresses, so that templates only loop."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from yibao.core.navigation import links
from yibao.core.people import PARAMETER
from yibao.institutions.models import Grade, Kind, OpeningScope, Service
from yibao.institutions.wording import DISEASES, GRADES, SHORT_LEVELS
from yibao.regions import queries as regions
from yibao.regions.vocabulary import ClassSlug
from yibao.rules.terms import Scope

STALE_DAYS = 90
_GRADED_CLASSES: Mapping[str, str] = {
    ClassSlug.TERTIARY_SPECIAL: Grade.SPECIAL,
    ClassSlug.TERTIARY_A: Grade.A,
    ClassSlug.TERTIARY_B: Grade.B,
}
# With area code, mobile, 400 and 800, or short: what can be dialled from elsewhere.
_DIALLED = re.compile(
    r"0[0-9]{2,3}-?[0-9]{7,8}|1[3-9][0-9]{9}|[48]00-?[0-9]{3}-?[0-9]{4}|1[0-9]{2,4}", re.ASCII
)
_BETWEEN_PHONES = re.compile(r"[\s/、;；,，]+")


class Row(Protocol):
    """What an entry is made from: a search result or the model."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def aliases(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def grade(self) -> str: ...
    @property
    def class_slug(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def phones(self) -> str: ...
    @property
    def source_name(self) -> str: ...
    @property
    def source_date(self) -> date: ...
    @property
    def checked_on(self) -> date | None: ...


class Opened(Protocol):
    """An opening in force."""

    @property
    def service(self) -> str: ...
    @property
    def disease(self) -> str: ...
    @property
    def scope(self) -> str: ...
    @property
    def checked_on(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as written, and as a link dials it from anywhere ("" where that is not known)."""

    text: str
    dial: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list, and the head of the page about one institution."""

    code: str
    name: str
    aliases: str
    address: str
    place: str
    kind: str
    level: str
    insured_level: str
    services: tuple[str, ...]
    is_service_open: bool | None
    checked: str
    is_stale: bool
    source: str
    phones: tuple[Phone, ...]
    page_address: str
    estimate_address: str
    check_address: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked, as far as an entry shows it: the answers by field, and today."""

    answers: Mapping[str, str]
    today: date
    service: str = ""
    disease: str = ""


def entry_of(row: Row, region_code: str, openings: Sequence[Opened], asked: Asked) -> Entry:
    """Return one institution in words. `openings` are those in force on the day asked about."""
    region = regions.get_region(region_code)
    insured = asked.answers.get("insured", "")
    counted = [o for o in openings if _counts(o, insured, region_code)]
    checked, is_stale = _checked(row, openings, asked.today)
    return Entry(
        code=row.code,
        name=row.name,
        aliases=_("、").join(row.aliases.split()),
        address=_after_place(row.address, region.full_name),
        place=region.full_name,
        kind=str(Kind(row.kind).label),
        level=level_words(row.level, row.grade),
        insured_level=insured_level(row, insured) if insured else "",
        services=_services(counted),
        is_service_open=_is_open(counted, asked) if asked.service else None,
        checked=checked,
        is_stale=is_stale,
        source=source_words(row.source_name, row.source_date),
        phones=phones_of(row.phones),
        page_address=_page_address(row.code, asked),
        estimate_address=_estimate_address(row, region_code, asked),
        check_address=_check_address(region_code, counted, asked),
    )


def level_words(level: str, grade: str) -> str:
    """Return the national level with its grade (三级甲等)."""
    return f"{SHORT_LEVELS[level]}{GRADES.get(grade, '')}"


def insured_level(row: Row, insured: str) -> str:
    """Return what the insured region calls such an institution, "" where it says nothing."""
    classes = [c for c in regions.list_class_rows(insured) if c.level == row.level]
    graded = [c for c in classes if _GRADED_CLASSES.get(c.slug) == row.grade and row.grade]
    fitting = graded or [c for c in classes if c.slug not in _GRADED_CLASSES]
    if not fitting:
        return ""
    names = _("或").join(c.local_name for c in fitting)
    if any(c.is_inferred for c in fitting):
        names = _("%(names)s（按条文推断）") % {"names": names}
    return _("按%(place)s的分法：%(names)s") % {
        "place": regions.get_region(insured).short_name,
        "names": names,
    }


def phones_of(text: str) -> tuple[Phone, ...]:
    """Return the numbers of an entry.

    >>> phones_of("0315-2981842 值班室")
    (Phone(text='0315-2981842', dial='03152981842'), Phone(text='值班室', dial=''))
    """
    return tuple(
        Phone(word, word.replace("-", "") if _DIALLED.fullmatch(word) else "")
        for word in _BETWEEN_PHONES.split(text)
        if word
    )


def source_words(name: str, day: date) -> str:
    """Return where a row comes from: the publisher and the month of the list."""
    return _("%(name)s，%(year)d 年 %(month)d 月名单") % {
        "name": name,
        "year": day.year,
        "month": day.month,
    }


def _after_place(address: str, place: str) -> str:
    """Return an address without the names of the place that it repeats."""
    for start in range(len(place) - 1):
        if address.startswith(place[start:]):
            return address.removeprefix(place[start:])
    return address


def disease_words(code: str) -> str:
    """Return a disease's name, or its code where we have no name for it."""
    return str(DISEASES.get(code, code))


def scope_words(scope: str) -> str:
    return str(OpeningScope(scope).label)


def _counts(opening: Opened, insured: str, region_code: str) -> bool:
    """Whether an opening is of use to people insured there."""
    if not insured or opening.scope == OpeningScope.CROSS_PROVINCE:
        return True
    return regions.scope(insured, region_code) in (Scope.LOCAL, Scope.IN_PROVINCE)


def _services(openings: Iterable[Opened]) -> tuple[str, ...]:
    diseases = {o.disease for o in openings if o.service == Service.CHRONIC and o.disease}
    found = []
    for service in Service:
        if not any(o.service == service for o in openings):
            continue
        words = str(service.label)
        if service == Service.CHRONIC and diseases:
            names = _("、").join(disease_words(code) for code in sorted(diseases))
            words = _("%(service)s（%(diseases)s）") % {"service": words, "diseases": names}
        found.append(words)
    return tuple(found)


def _is_open(openings: Iterable[Opened], asked: Asked) -> bool:
    return any(o.service == asked.service and asked.disease in ("", o.disease) for o in openings)


def _checked(row: Row, openings: Sequence[Opened], today: date) -> tuple[str, bool]:
    days = [o.checked_on for o in openings]
    day = min(days) if days else row.checked_on
    if day is None:
        return _("本站还没有核对过"), True
    words = _("%(year)d年%(month)d月%(day)d日核对") % {
        "year": day.year,
        "month": day.month,
        "day": day.day,
    }
    if today - day > timedelta(days=STALE_DAYS):
        return _("%(words)s，已超过 %(days)d 天") % {"words": words, "days": STALE_DAYS}, True
    return words, False


def _page_address(code: str, asked: Asked) -> str:
    kept = {
        name: asked.answers[name] for name in ("insured", "on", PARAMETER) if name in asked.answers
    }
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{links()['institutions']}{code}/{query}"


def _estimate_address(row: Row, region_code: str, asked: Asked) -> str:
    answers = _carried(region_code, asked)
    if row.level:
        answers["level"] = row.level
    return f"{links()['estimate']}?{urlencode(answers)}"


def _check_address(region_code: str, openings: Sequence[Opened], asked: Asked) -> str:
    answers = _carried(region_code, asked)
    if asked.service and _is_open(openings, asked):
        answers["institution"] = "networked"
    return f"{links()['check']}?{urlencode(answers)}"


def _carried(region_code: str, asked: Asked) -> dict[str, str]:
    """Return what the check and the estimate can take over, in the order they ask."""
    found = {"insured": asked.answers.get("insured", ""), "care": region_code}
    found["care_type"] = asked.service
    found["disease"] = asked.disease
    found["on"] = asked.answers.get("on", "")
    found[PARAMETER] = asked.answers.get(PARAMETER, "")
    return {name: value for name, value in found.items() if value}
