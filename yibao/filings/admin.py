"""备案审核: the desk of filings, wishes to cancel, later checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from yibao.cases.admin.desk import CaseDesk
from yibao.cases.admin.filters import StateFilter
from yibao.cases.desk_case import material_words
from yibao.cases.desk_forms import IDENTITY
from yibao.cases.desk_queue import Tab
from yibao.cases.queries import Case, within_regions
from yibao.cases.vocabulary import Kind, State
from yibao.core.workbench import Desk
from yibao.filings.models import CATEGORY_CHOICES, CancelRequest, Filing
from yibao.filings.operations import review as operations
from yibao.filings.refusals import words_of
from yibao.filings.review import (
    Check,
    Demand,
    checks_of,
    demands_of,
    find_case_filing,
    line_of,
    others_of,
    place_name,
)
from yibao.filings.review_forms import AcceptForm, CancelForm, RefuseForm
from yibao.filings.review_reading import Judged, judged

if TYPE_CHECKING:
    from yibao.accounts.models import User

_MOST_AT_ONCE = 25


@admin.register(Filing)
class FilingAdmin(CaseDesk):
    """The desk. A filing is decided on its page, not edited as a form."""

    kind = Kind.FILING
    review_permission = "filings.review_filing"
    case_template = "admin/filings/filing/case.html"
    queue_template = "admin/filings/filing/queue.html"
    queue_title = gettext_lazy("备案审核")

    list_display = ("reference", "place", "category", "state", "submitted", "starts_on", "ends_on")
    list_filter = (StateFilter, "category", "evidence")

    @admin.display(description=gettext_lazy("编号"), ordering="case__reference")
    def reference(self, filing: Filing) -> str:
        return filing.case.shown_reference

    @admin.display(description=gettext_lazy("参保地 → 就医地"))
    def place(self, filing: Filing) -> str:
        return f"{place_name(filing.case.region_code)} → {place_name(filing.care_code)}"

    @admin.display(description=gettext_lazy("状态"), ordering="case__state")
    def state(self, filing: Filing) -> str:
        return filing.case.get_state_display()

    @admin.display(description=gettext_lazy("提交时间"), ordering="case__submitted_at")
    def submitted(self, filing: Filing) -> datetime:
        return filing.case.submitted_at

    # --- the queue -----------------------------------------------------------------------

    def desks(self, request: HttpRequest) -> Iterator[Desk]:
        yield from super().desks(request)
        if self.may_review(request):
            yield Desk(_("取消申请"), self.address("cancels"), self._cancels(request).count())
            yield Desk(_("事后核查"), self.address("checks"), self._to_check(request).count())

    def filters(self, request: HttpRequest) -> list[dict[str, Any]]:
        return [
            {
                "name": "category",
                "label": _("备案类型"),
                "choices": CATEGORY_CHOICES,
                "chosen": request.GET.get("category", ""),
            }
        ]

    def filtered(self, cases: QuerySet[Case], request: HttpRequest) -> QuerySet[Case]:
        category = request.GET.get("category", "")
        return cases.filter(filing__category=category) if category else cases

    def words_of(self, keys: Sequence[int]) -> Mapping[int, Any]:
        return {
            filing.pk: f"{place_name(filing.care_code)} · {filing.get_category_display()}"
            f" · {filing.get_evidence_display()}"
            for filing in Filing.objects.filter(pk__in=keys)
        }

    def queue_context(self, request: HttpRequest, tab: Tab) -> dict[str, Any]:
        return {
            "may_accept_many": tab in (Tab.FREE, Tab.MINE) and self.may_review(request),
            "bulk": self.address("bulk"),
            "cancels": self.address("cancels"),
            "cancels_waiting": self._cancels(request).count(),
            "checks": self.address("checks"),
            "checks_waiting": self._to_check(request).count(),
        }

    def more_urls(self) -> list[URLPattern]:
        return [
            self.page("<int:pk>/accept/", require_POST(self.accept), "accept"),
            self.page("<int:pk>/refuse/", require_POST(self.refuse), "refuse"),
            self.page("<int:pk>/checked/", require_POST(self.checked), "checked"),
            self.page("<int:pk>/cancel/", require_POST(self.cancel), "cancel"),
            self.page("bulk/", require_POST(self.bulk), "bulk"),
            self.page("cancels/", require_safe(self.cancels), "cancels"),
            self.page("checks/", require_safe(self.checks), "checks"),
        ]

    # --- one case ------------------------------------------------------------------------

    def case_context(self, request: HttpRequest, case: Case, at: datetime) -> dict[str, Any]:
        filing = find_case_filing(case)
        reading, demands, checks = _judged(filing, timezone.localdate(at))
        by_rule = _term_by_rule(filing, reading)
        asked = filing.cancel_requests.filter(answer=CancelRequest.Answer.OPEN).first()
        names = ("accept", "refuse", "checked", "cancel")
        return {
            "filing": filing,
            "insured": place_name(case.region_code),
            "care": place_name(filing.care_code),
            "reading": reading,
            "footnotes": reading.answer.footnotes if reading else None,
            "demands": demands,
            "checks": checks,
            "line": line_of(filing, others_of(filing)),
            "accept_form": AcceptForm(by_rule=by_rule),
            "refuse_form": RefuseForm(),
            "refusal": words_of(filing.refusal_code) if filing.refusal_code else None,
            "is_open": case.state == State.SUBMITTED,
            "needs_check": filing.check_later and filing.checked_at is None,
            "cancel_request": asked,
            "cancel_form": _cancel_form(filing, asked) if asked else None,
            "acts": {name: self.address(name, case.pk) for name in names},
        }

    def papers_to_ask(self, case: Case) -> Sequence[tuple[str, Any, str]]:
        """What the rules demand and what came; what cannot be read is ticked with its reason."""
        filing = find_case_filing(case)
        reading, _demands, _checks = _judged(filing, timezone.localdate())
        slugs = [IDENTITY]
        if reading:
            for paper in reading.reading.decision.materials:
                slugs += [paper.slug.value, *(slug.value for slug in paper.alternatives)]
        faults = {
            upload.material: upload.get_fault_display()
            for upload in case.uploads.filter(removed_at=None)
        }
        slugs = list(dict.fromkeys([*slugs, *faults]))
        return [(slug, material_words(slug), str(faults.get(slug, ""))) for slug in slugs]

    def accept(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.case_of(request, pk, to_review=True)
        filing = find_case_filing(case)
        now = timezone.now()
        reading, _demands, _checks = _judged(filing, timezone.localdate(now))
        form = AcceptForm(request.POST, by_rule=_term_by_rule(filing, reading))
        if not form.is_valid():
            return self.show(request, case, status=422, accept_form=form)
        self.attempt(
            request,
            lambda: operations.accept_filing(
                pk,
                term=form.term,
                reason=form.cleaned_data["reason"].strip(),
                decided_with=reading.decided_with if reading else {},
                version=_number(request.POST.get("version", "")),
                by=_user(request),
                at=now,
            ),
            _("已通过 %(case)s，申请人可以查到。") % {"case": case.shown_reference},
        )
        return self.to_case(pk)

    def refuse(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.case_of(request, pk, to_review=True)
        form = RefuseForm(request.POST)
        if not form.is_valid():
            return self.show(request, case, status=422, refuse_form=form)
        try:
            self.attempt(
                request,
                lambda: operations.refuse_filing(
                    pk,
                    code=form.cleaned_data["code"],
                    note=form.cleaned_data["note"].strip(),
                    version=_number(request.POST.get("version", "")),
                    by=_user(request),
                    at=timezone.now(),
                ),
                _("已记下未通过，申请人能看到原因和怎么办。"),
            )
        except operations.AskFirst:
            self.message_user(
                request,
                _("这种情况要先请申请人补材料或说明，不能第一次就不通过。请在这里写明要补什么。"),
                messages.WARNING,
            )
            return HttpResponseRedirect(f"{self.address('ask', pk)}?mismatch=1")
        return self.to_case(pk)

    # --- many at once --------------------------------------------------------------------

    def bulk(self, request: HttpRequest) -> HttpResponse:
        """Accept the ticked cases that pass every check; the others stay as they are."""
        if not self.has_view_or_change_permission(request) or not self.may_review(request):
            raise PermissionDenied
        today, done, left = timezone.localdate(), 0, []
        for word in request.POST.getlist("case")[:_MOST_AT_ONCE]:
            pk, _dash, version = word.partition("-")
            case = self.case_of(request, _number(pk), to_review=True)
            filing = find_case_filing(case)
            reading, _demands, checks = _judged(filing, today)
            if case.state == State.SUBMITTED and all(check.passed for check in checks):
                done += self._accept_one(request, filing, reading, _number(version))
            else:
                left.append(case.shown_reference)
        if done:
            words = _("已通过 %(number)s 件。") % {"number": done}
            self.message_user(request, words, messages.SUCCESS)
        if left:
            words = _("有检查没有通过，没有动：%(cases)s") % {"cases": _("、").join(left)}
            self.message_user(request, words, messages.WARNING)
        if not done and not left:
            self.message_user(request, _("请先勾选要通过的办件。"), messages.WARNING)
        return HttpResponseRedirect(self.address("queue"))

    def _accept_one(
        self, request: HttpRequest, filing: Filing, reading: Judged | None, version: int
    ) -> bool:
        return self.attempt(
            request,
            lambda: operations.take_and_accept(
                filing.pk,
                term=_term_by_rule(filing, reading),
                decided_with=reading.decided_with if reading else {},
                version=version,
                by=_user(request),
                at=timezone.now(),
            ),
        )

    # --- wishes to cancel ------------------------------------------------------------------

    def _cancels(self, request: HttpRequest) -> QuerySet[CancelRequest]:
        cases = within_regions(Case.objects.all(), _user(request).region_codes)
        return CancelRequest.objects.filter(
            answer=CancelRequest.Answer.OPEN, filing__case__in=cases
        ).select_related("filing__case")

    def cancels(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        context = {
            "title": _("取消申请"),
            "rows": [(row, place_name(row.filing.care_code)) for row in self._cancels(request)],
        }
        return self.render(request, "admin/filings/filing/cancels.html", context)

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer the wish to cancel of one filing."""
        case = self.case_of(request, pk, to_review=True)
        asked = get_object_or_404(self._cancels(request), filing=pk)
        form = _cancel_form(asked.filing, asked, request.POST)
        if not form.is_valid():
            return self.show(request, case, status=422, cancel_form=form)
        agrees = "agree" in request.POST
        try:
            self.attempt(
                request,
                lambda: operations.decide_cancel(
                    asked.pk,
                    ended_on=form.cleaned_data["ended_on"] if agrees else None,
                    note=form.cleaned_data["note"].strip(),
                    by=_user(request),
                    at=timezone.now(),
                ),
                _("已取消，申请人可以查到。") if agrees else _("已答复申请人。"),
            )
        except operations.LockRunning as running:
            words = _("规定最早 %(day)s 才能取消。提前取消的，请写明理由。")
            form.add_error("note", words % {"day": running.earliest})
            return self.show(request, case, status=422, cancel_form=form)
        except operations.NothingToDecide:
            self.message_user(request, _("这个申请已经处理过了。"), messages.ERROR)
        return self.to_case(pk)

    # --- later checks ----------------------------------------------------------------------

    def _to_check(self, request: HttpRequest) -> QuerySet[Filing]:
        cases = within_regions(Case.objects.all(), _user(request).region_codes)
        return (
            Filing.objects.filter(check_later=True, checked_at=None, case__in=cases)
            .select_related("case")
            .order_by("accepted_at")
        )

    def checks(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        context = {
            "title": _("事后核查"),
            "rows": [(row, place_name(row.care_code)) for row in self._to_check(request)],
        }
        return self.render(request, "admin/filings/filing/checks.html", context)

    def checked(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write down what a later check found."""
        case = self.case_of(request, pk, to_review=True)
        is_true = "true" in request.POST
        note = request.POST.get("note", "").strip()[:200]
        if not is_true and not note:
            self.message_user(request, _("请写明核查发现了什么。"), messages.ERROR)
            return self.to_case(case.pk)
        try:
            self.attempt(
                request,
                lambda: operations.mark_checked(
                    pk, is_true=is_true, note=note, by=_user(request), at=timezone.now()
                ),
                _("已记下核查结果。"),
            )
        except operations.NothingToDecide:
            self.message_user(request, _("这一件不用核查，或已经核查过了。"), messages.ERROR)
        return self.to_case(pk)


def _judged(
    filing: Filing, today: date
) -> tuple[Judged | None, tuple[Demand, ...], tuple[Check, ...]]:
    reading = judged(filing, today=today)
    demands = demands_of(filing, reading.reading.decision.materials if reading else ())
    return reading, demands, checks_of(filing, reading, demands, others_of(filing))


def _term_by_rule(filing: Filing, reading: Judged | None) -> operations.Term:
    return operations.Term(
        starts_on=filing.starts_on,
        ends_on=reading.term.ends_on if reading else None,
        validity=reading.term.validity if reading else "unknown",
        change_from=reading.term.change_from if reading else None,
    )


def _cancel_form(filing: Filing, asked: CancelRequest, data: Any = None) -> CancelForm:
    return CancelForm(data, earliest=filing.change_from, wished=asked.wished_on)


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0
