"""What a person takes along from a filing: the reference, what happens next, the days to keep."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yibao.cases.queries import Case
from yibao.cases.vocabulary import State
from yibao.cases.workdays import is_provisional
from yibao.core import clock
from yibao.core.navigation import links
from yibao.core.takealong import MOST_LINES, Card, qr_code
from yibao.core.templatetags.figures import chinese_date
from yibao.deadlines.page import DeadlinesPage, calendar_of, page_of
from yibao.filings.models import Filing
from yibao.filings.queries import find_commitment, find_filing, read_filing
from yibao.filings.reading import Reading, deadlines_of
from yibao.regions import queries as regions
from yibao.rules.facts import Evidence


def receipt_context(request: HttpRequest, case: Case, *, folder: str) -> dict[str, Any]:
    """Return what the page after the submit shows; `folder` is where its files lie."""
    filing = find_filing(case)
    if filing is None:
        return {}
    today = clock.today()
    reading = read_filing(filing, today=today)
    return {
        "case": case,
        "filing": filing,
        "place": regions.get_region(filing.care_code).full_name,
        "insured": reading.terms.region_name,
        "whom_to_ask": reading.terms.whom_to_ask,
        "days": days_of(filing, reading, today),
        "letter": find_commitment(filing),
        "has_calendar": calendar_file(request, case) is not None,
        "is_provisional": case.due_on is not None and is_provisional(case.due_on),
        "folder": folder,
    }


def days_of(filing: Filing, reading: Reading, today: date) -> DeadlinesPage:
    """Return the days of a filing in words, with their clauses."""
    return page_of(deadlines_of(reading, Evidence(filing.evidence)), {}, today)


def calendar_file(request: HttpRequest, case: Case) -> bytes | None:
    """Return the days to come as a calendar file; it names neither person nor reference."""
    filing = find_filing(case)
    if filing is None:
        return None
    today = clock.today()
    reading = read_filing(filing, today=today)
    address = request.build_absolute_uri(links()["status"])
    return calendar_of(deadlines_of(reading, Evidence(filing.evidence)), address, today)


def note_context(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Return the note to take along: large lines, and the way to the status page."""
    filing = find_filing(case)
    address = request.build_absolute_uri(links()["status"])
    lines = [
        _("编号：%(reference)s。抄好，查进度要用。") % {"reference": case.shown_reference},
        _("查进度：打开下面的地址，输入编号和证件号码后六位。"),
    ]
    if case.due_on is not None and case.state == State.SUBMITTED:
        lines.append(_("%(day)s前会有审核结果。") % {"day": chinese_date(case.due_on)})
    lines.append(_("审核通过以前，备案还不能用。"))
    if filing is not None:
        place = regions.get_region(filing.care_code).full_name
        lines.append(
            _("从%(day)s起，到%(place)s看病。")
            % {"day": chinese_date(filing.starts_on), "place": place}
        )
        if filing.ends_on is not None:
            lines.append(_("%(day)s到期。") % {"day": chinese_date(filing.ends_on)})
        if filing.change_from is not None:
            lines.append(
                _("最早%(day)s可以变更或取消。") % {"day": chinese_date(filing.change_from)}
            )
    card = Card(_("异地就医备案"), _("已提交，等待审核"), tuple(lines[:MOST_LINES]))
    return {"card": card, "code": qr_code(address, card.title), "address": address}
