"""The list of days as its page shows it, and as a calendar file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from yibao.core.footnotes import Footnotes
from yibao.core.navigation import links
from yibao.deadlines import wording
from yibao.rules.citation import Citation
from yibao.rules.deadlines import Deadlines, dated
from yibao.rules.decision import Disputed, Unknown, Validity

REMIND_DAYS = 7
CALENDAR = "calendar.ics"


@dataclass(frozen=True, slots=True)
class Row:
    """One duty: its day (None where it has none), what to do, the sentence and its sources."""

    duty: str
    day: date | None
    days_left: int | None
    title: str
    words: str
    cites: tuple[str, ...]

    @property
    def is_over(self) -> bool:
        return self.days_left is not None and self.days_left < 0


@dataclass(frozen=True, slots=True)
class Gap:
    """What is not known, and whom to ask."""

    missing: str
    what: str
    ask: str


@dataclass(frozen=True, slots=True)
class Reading:
    words: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinesPage:
    """Everything that templates/deadlines/deadlines.html prints of a list."""

    rows: tuple[Row, ...]
    gaps: tuple[Gap, ...]
    disputes: tuple[tuple[str, tuple[Reading, ...]], ...]
    footnotes: Footnotes[Citation]
    calendar_address: str


def page_of(deadlines: Deadlines, query: Mapping[str, str], today: date) -> DeadlinesPage:
    """Put a list into words; `query` is what was answered, for the file's address."""
    notes: Footnotes[Citation] = Footnotes()
    rows = tuple(
        Row(
            duty=each.duty,
            day=each.day,
            days_left=(each.day - today).days if each.day else None,
            title=str(wording.DUTIES[each.duty]),
            words=_sentence(each.note.code, each.note.values),
            cites=_cites(notes, each.note.citations),
        )
        for each in deadlines.in_order()
    )
    has_days = any(row.day and not row.is_over for row in rows)
    address = f"{links()['deadlines']}{CALENDAR}?{urlencode(query)}" if has_days else ""
    return DeadlinesPage(
        rows=rows,
        gaps=tuple(_gap(gap) for gap in deadlines.gaps),
        disputes=tuple(_dispute(each, notes) for each in deadlines.disputes),
        footnotes=notes,
        calendar_address=address,
    )


def calendar_of(deadlines: Deadlines, address: str, today: date) -> bytes | None:
    """Return the days to come as a calendar file, None where there is none.

    `address` leads back to the list. Whole days, a reminder a week before, and nothing
    about the person: the same answers give the same file on the same day.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//yibao//deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("医保异地就医：期限"))
    written = datetime(today.year, today.month, today.day, tzinfo=UTC)
    for each, day in dated(deadlines):
        if day < today:
            continue
        title = str(wording.DUTIES[each.duty])
        event = Event()
        known = f"{each.duty} {each.note.code} {day} {address}"
        event.add("uid", f"{sha256(known.encode()).hexdigest()[:32]}@yibao")
        event.add("dtstamp", written)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("summary", title)
        sentence = _sentence(each.note.code, each.note.values)
        event.add("description", f"{sentence}\n{address}")
        event.add("transp", "TRANSPARENT")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", timedelta(days=-REMIND_DAYS))
        event.add_component(alarm)
        calendar.add_component(event)
    return calendar.to_ical() if calendar.subcomponents else None


def _sentence(code: str, values: Mapping[str, object]) -> str:
    text = str(wording.SENTENCES[code])
    return text % values if values else text


def _cites(notes: Footnotes[Citation], citations: Iterable[Citation]) -> tuple[str, ...]:
    unique = dict.fromkeys(citations)
    for citation in unique:
        notes.add(citation)
    return tuple(citation.id for citation in unique)


def _gap(gap: Unknown) -> Gap:
    what = str(wording.GAPS[f"{gap.what}.{gap.detail}"])
    return Gap(gap.what, what, gap.whom_to_ask)


def _dispute(dispute: Disputed[Any], notes: Footnotes[Citation]) -> tuple[str, tuple[Reading, ...]]:
    readings = tuple(
        Reading(_reading_words(reading.value), _cites(notes, (reading.citation,)))
        for reading in dispute.readings
    )
    return str(wording.DISPUTES[dispute.what]), readings


def _reading_words(value: object) -> str:
    if isinstance(value, bool):
        return _("能") if value else _("不能")
    if isinstance(value, Validity):
        if value.indefinite:
            return _("长期有效")
        if value.per_stay:
            return _("只管这一次住院")
        value = value.months
    return _("%(months)d 个月") % {"months": value}
