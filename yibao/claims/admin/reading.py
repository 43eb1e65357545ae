"""Read a claim before it is decided: its lines, its marks, its facts, the blind figure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yibao.cases.queries import Erased
from yibao.claims.admin.shared import number_of, user_of
from yibao.claims.claim_page import HELD_WORDS, mark_rows
from yibao.claims.desk_forms import FactsForm, FirstForm, LineForms, MarkForm
from yibao.claims.models import Claim
from yibao.claims.operations import review
from yibao.claims.queries.assessment import Assessment, assess
from yibao.claims.vocabulary import STAFF_ONLY_MARKS, MarkAnswer
from yibao.claims.working import Working, working_of
from yibao.core.htmx import wants_fragment
from yibao.core.navigation import links
from yibao.estimates.wording import CARE_TYPE_LABELS
from yibao.rules.terms import CareType

if TYPE_CHECKING:
    from yibao.cases.admin.desk import CaseDesk as _Base
else:
    _Base = object

_LINES_PER_PAGE = 50
_UNPROCESSABLE = 422
_ACTS = (
    "lines",
    "approve",
    "facts",
    "first",
    "confirm",
    "order",
    "year",
    "letter",
    "letter_pdf",
)
_WAYS = ("engine", "deny", "override")


class ReadingPages(_Base):
    """Pages of the desk on which a claim is read; nothing is decided here."""

    def reading_urls(self) -> list[URLPattern]:
        return [
            self.page("<int:pk>/lines/", require_POST(self.lines), "lines"),
            self.page("<int:pk>/approve/", require_POST(self.approve), "approve"),
            self.page("<int:pk>/marks/<int:mark>/", require_POST(self.answer_mark), "mark_answer"),
            self.page("<int:pk>/facts/", self.facts, "facts"),
            self.page("<int:pk>/first/", require_POST(self.first), "first"),
        ]

    def reading_of(
        self, request: HttpRequest, claim: Claim, assessment: Assessment | None, **more: Any
    ) -> dict[str, Any]:
        """Return what the fragment of lines and working shows."""
        if assessment is None:
            return {"assessment": None, "version": claim.case.version}
        pages = Paginator(assessment.rows, _LINES_PER_PAGE)
        page = pages.get_page(request.GET.get("lines"))
        return {
            "assessment": assessment,
            "version": claim.case.version,
            "line_page": page,
            "line_forms": LineForms.of(page.object_list),
            "held": [HELD_WORDS[code] for code in assessment.held],
            "working": _working_of(assessment),
            "rules": _rules_of(claim, assessment),
            "cross_year": assessment.cross_year,
            "room": assessment.room_fen(),
            **more,
        }

    def assessment_of(self, claim: Claim, at: datetime) -> Assessment | None:
        """Return where the claim stands, None once the person was erased."""
        try:
            person = claim.case.person.read()
        except Erased:
            return None
        return assess(claim, person=person, today=timezone.localdate(at))

    def acts_of(self, pk: int) -> dict[str, str]:
        acts = {name: self.address(name, pk) for name in _ACTS}
        return acts | {how: self.address("decide", pk, how) for how in _WAYS}

    def lines(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep what was said to the lines of this page, and reckon again."""
        case = self.case_of(request, pk, to_review=True)
        claim = Claim.objects.select_related("case__person").get(pk=pk)
        now = timezone.now()
        assessment = self.assessment_of(claim, now)
        rows = assessment.rows if assessment else ()
        typed = LineForms.of(rows, request.POST)
        is_valid = typed.is_valid()
        if is_valid:
            self.attempt(
                request,
                lambda: review.answer_lines(
                    pk,
                    typed.answers,
                    version=number_of(request.POST.get("version", "")),
                    by=user_of(request),
                    at=now,
                ),
                "" if wants_fragment(request) else _("已保存。"),  # type: ignore[arg-type]
            )
        if not wants_fragment(request):  # type: ignore[arg-type]
            if is_valid:
                page = number_of(request.GET.get("lines", "")) or 1
                return HttpResponseRedirect(f"{self.address('change', pk)}?lines={page}#lines")
            return self.show(request, case, status=_UNPROCESSABLE, line_forms=typed)
        claim = Claim.objects.select_related("case__person").get(pk=pk)
        reading = self.reading_of(request, claim, self.assessment_of(claim, now))
        if not is_valid:
            reading["line_forms"] = typed
        names = _versioned_forms(claim, reading["assessment"])
        context = reading | {"acts": self.acts_of(pk), "may_work": True, "version_names": names}
        template = "admin/claims/claim/reading.html"
        status = 200 if is_valid else _UNPROCESSABLE
        return TemplateResponse(request, template, context, status=status)

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve every line that lacks nothing."""
        self.case_of(request, pk, to_review=True)
        self.attempt(
            request,
            lambda: review.approve_clear_lines(
                pk,
                version=number_of(request.POST.get("version", "")),
                by=user_of(request),
                at=timezone.now(),
            ),
            _("清楚的各项已认可，其余仍待核。"),
        )
        return HttpResponseRedirect(f"{self.address('change', pk)}#lines")

    def answer_mark(self, request: HttpRequest, pk: int, mark: int) -> HttpResponse:
        case = self.case_of(request, pk, to_review=True)
        row = get_object_or_404(Claim.objects.get(pk=pk).marks, pk=mark)
        form = MarkForm(request.POST, code=row.code)
        if not form.is_valid():
            return self.show(
                request, case, status=_UNPROCESSABLE, marks=mark_rows(case.claim, {mark: form})
            )
        self.attempt(
            request,
            lambda: review.answer_mark(
                mark,
                answer=MarkAnswer(form.cleaned_data["answer"]),
                note=form.cleaned_data["note"],
                version=number_of(request.POST.get("version", "")),
                by=user_of(request),
                at=timezone.now(),
            ),
            _("已记下核实结果。"),
        )
        return HttpResponseRedirect(f"{self.address('change', pk)}#marks")

    def facts(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Correct what the application says of the person and the care."""
        case = self.case_of(request, pk, to_review=True)
        claim = Claim.objects.get(pk=pk)
        data = request.POST if request.method == "POST" else None
        form = FactsForm(data, claim=claim)
        if data is not None and form.is_valid():
            self.attempt(
                request,
                lambda: review.correct_facts(
                    pk,
                    form.cleaned_data,
                    version=number_of(request.POST.get("version", "")),
                    by=user_of(request),
                    at=timezone.now(),
                ),
                _("已更正，系统按新的情况重新计算。"),
            )
            return self.to_case(pk)
        title = _("更正就医情况：%(case)s") % {"case": case.shown_reference}
        context = {"title": title, "case": case, "form": form, "version": case.version}
        status = 200 if data is None else _UNPROCESSABLE
        return self.render(
            request, "admin/claims/claim/facts.html", context, case=case, status=status
        )

    def first(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the officer's own figure of a blind sample."""
        case = self.case_of(request, pk, to_review=True)
        form = FirstForm(request.POST)
        if not form.is_valid():
            return self.show(request, case, status=_UNPROCESSABLE, first_form=form)
        self.attempt(
            request,
            lambda: review.give_first_figure(
                pk,
                fund_fen=form.cleaned_data["fund"],
                version=number_of(request.POST.get("version", "")),
                by=user_of(request),
                at=timezone.now(),
            ),
        )
        return HttpResponseRedirect(f"{self.address('change', pk)}#working")


def _rules_of(claim: Claim, assessment: Assessment) -> dict[str, Any]:
    """Return whose rules of which day the claim is reckoned by, and where they stand."""
    terms = assessment.terms
    code = claim.case.region_code
    return {
        "place": terms.region_name,
        "insurance": claim.case.get_insurance_display(),
        "care": CARE_TYPE_LABELS[CareType(claim.care_type)],
        "on": claim.on,
        "ask": terms.whom_to_ask,
        "address": f"{links()['regions']}{code}/?on={claim.on.isoformat()}",
    }


def _working_of(assessment: Assessment) -> Working | None:
    """Return the engine's working, None while the bill is not known or is looked at blindly."""
    reckoning = assessment.reckoning
    if reckoning is None or assessment.is_unread:
        return None
    return working_of(reckoning.settlement)


def _versioned_forms(claim: Claim, assessment: Assessment | None) -> list[str]:
    """Name the forms of the page that have to learn the new version without a reload."""
    marks = claim.marks.filter(answer="").exclude(code__in=STAFF_ONLY_MARKS)
    named = [f"mark-{mark}" for mark in marks.values_list("pk", flat=True)]
    is_unread = assessment is not None and assessment.is_unread
    return ["lines", "approve", *(("first",) if is_unread else _WAYS), *named]
