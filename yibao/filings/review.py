"""What an officer looks at before deciding a filing: checks, papers, other filings, the line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yibao.cases.desk_case import material_words
from yibao.cases.queries import Case, Erased, cases_of_person
from yibao.cases.uploads.queries import uploads_of_case
from yibao.cases.vocabulary import OPEN_STATES, Kind, State
from yibao.core.sealing import SealBroken
from yibao.filings.models import Evidence, Filing
from yibao.filings.review_reading import Judged
from yibao.regions import queries as regions
from yibao.rules.decision import Material
from yibao.rules.terms import MaterialSlug

# The form is what was filled in here, and the number is checked by its own check sign.
_GIVEN = frozenset({MaterialSlug.IDENTITY.value, MaterialSlug.FILING_FORM.value})
_LIVES = frozenset({*OPEN_STATES, State.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a case; only cases that pass all may be accepted in bulk."""

    code: str
    passed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Demand:
    """A paper that the rules demand, the ones that do in its place, and how it stands."""

    names: tuple[str, ...]
    wording: str
    state: str
    state_words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A filing on the line of days; `left` and `width` in thousandths of the line."""

    reference: str
    pk: int
    words: str
    starts_on: date
    ends_on: date | None
    state_words: Any
    overlaps: bool
    is_this: bool
    left: int
    width: int


def demands_of(filing: Filing, materials: Iterable[Material]) -> tuple[Demand, ...]:
    """Compare what the rules demand with what was handed in."""
    states: dict[str, set[str]] = {}
    for upload in uploads_of_case(filing.case):
        states.setdefault(upload.material, set()).add(upload.state)
    return tuple(_demand(filing, paper, states) for paper in materials)


def _demand(filing: Filing, paper: Material, states: dict[str, set[str]]) -> Demand:
    slugs = [slug.value for slug in (paper.slug, *paper.alternatives)]
    found = set().union(*(states.get(slug, set()) for slug in slugs))
    by_letter = filing.evidence == Evidence.COMMITMENT and MaterialSlug.COMMITMENT.value in slugs
    if "accepted" in found:
        state, words = "accepted", _("已核对，可以用")
    elif "received" in found:
        state, words = "received", _("已收到，还没有核对")
    elif by_letter:
        state, words = "commitment", _("签了承诺书")
    elif not _GIVEN.isdisjoint(slugs):
        state, words = "given", _("申请时已填写")
    elif found:
        state, words = "unreadable", _("看不清")
    else:
        state, words = "missing", _("没有交")
    return Demand(tuple(material_words(slug) for slug in slugs), paper.wording, state, words)


def others_of(filing: Filing) -> QuerySet[Filing]:
    """Return the person's other filings that are open or hold, of whatever region."""
    try:
        number = filing.case.person.read().id_number
    except (Erased, SealBroken):
        return Filing.objects.none()
    cases = cases_of_person(number, kind=Kind.FILING).filter(state__in=_LIVES)
    return (
        Filing.objects.filter(case__in=cases)
        .exclude(pk=filing.pk)
        .select_related("case")
        .order_by("starts_on")
    )


def overlaps(one: Filing, other: Filing) -> bool:
    """Whether two filings hold on the same day, neither taking the other's place."""
    if other.pk == one.replaces_id or one.pk == other.replaces_id:
        return False
    return _begins_before_end(one, other) and _begins_before_end(other, one)


def _begins_before_end(one: Filing, other: Filing) -> bool:
    last = _last_day(other)
    return last is None or one.starts_on <= last


def _last_day(filing: Filing) -> date | None:
    ended = filing.ended_on - timedelta(days=1) if filing.ended_on else None
    return min((day for day in (filing.ends_on, ended) if day), default=None)


def line_of(filing: Filing, others: Iterable[Filing]) -> tuple[Bar, ...]:
    """Return this filing and the others as bars on one line of days, the oldest first."""
    rows = sorted([filing, *others], key=lambda row: (row.starts_on, row.pk))
    first = min(row.starts_on for row in rows)
    year_on = max(row.starts_on for row in rows) + timedelta(days=365)
    last = max([year_on, *(day for row in rows if (day := _last_day(row)))])
    span = max((last - first).days, 1)

    def bar(row: Filing) -> Bar:
        begin = (row.starts_on - first).days * 1000 // span
        end = ((_last_day(row) or last) - first).days * 1000 // span
        return Bar(
            reference=row.case.shown_reference,
            pk=row.pk,
            words=f"{place_name(row.care_code)} {row.get_category_display()}",
            starts_on=row.starts_on,
            ends_on=_last_day(row),
            state_words=row.case.get_state_display(),
            overlaps=row.pk != filing.pk and overlaps(filing, row),
            is_this=row.pk == filing.pk,
            left=begin,
            width=max(end - begin, 8),
        )

    return tuple(bar(row) for row in rows)


def checks_of(
    filing: Filing,
    reading: Judged | None,
    demands: Iterable[Demand],
    others: Iterable[Filing],
) -> tuple[Check, ...]:
    """Return the checks of a case, in the order in which the page shows them."""
    try:
        filing.case.person.read()
        is_readable = True
    except (Erased, SealBroken):
        is_readable = False
    states = [demand.state for demand in demands]
    has_term = reading is not None and reading.term.validity != "unknown"
    is_single = not any(overlaps(filing, other) for other in others)
    fits = reading is not None and reading.fits
    return (
        Check(
            "rule",
            fits,
            _("规定要求备案，而且正是这一类。") if fits else _("规定的读法和所选的类型不一致。"),
        ),
        Check(
            "term",
            has_term,
            _("有效期有规定可依。") if has_term else _("有效期没有查到规定，要由人决定。"),
        ),
        _papers_check(states),
        Check(
            "single",
            is_single,
            _("没有和别的备案重叠。") if is_single else _("和本人的另一个备案时间重叠。"),
        ),
        Check(
            "person",
            is_readable,
            _("个人信息完整。") if is_readable else _("个人信息读不出来。"),
        ),
    )


def _papers_check(states: list[str]) -> Check:
    if "missing" in states or "unreadable" in states:
        return Check("papers", False, _("材料还没有齐，或有的看不清。"))
    if "received" in states:
        return Check("papers", False, _("有材料还没有核对。"))
    return Check("papers", True, _("材料齐全，都已核对。"))


def place_name(code: str) -> str:
    """Return the name of a place, its code where no region has it."""
    try:
        return str(regions.get_region(code).full_name)
    except LookupError:
        return code


def find_case_filing(case: Case) -> Filing:
    """Return the filing of a case, with the case as it was read."""
    filing = Filing.objects.select_related("replaces__case", "accepted_by").get(pk=case.pk)
    filing.case = case
    return filing
