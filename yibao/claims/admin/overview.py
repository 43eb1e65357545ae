"""What waits for the second officer, what a rule that reaches back would change, reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from yibao.cases.operations.cases import NotPossible
from yibao.claims.admin.shared import user_of
from yibao.claims.claim_page import place_name
from yibao.claims.models import DecisionDraft, RetroactiveProposal, YearAddition
from yibao.claims.operations.objections import answer_proposal, find_affected
from yibao.claims.queries.reports import Report, report
from yibao.claims.reasons import words_of
from yibao.claims.vocabulary import ProposalState
from yibao.core.spreadsheets import csv_lines
from yibao.core.templatetags.figures import machine_yuan, percent, yuan
from yibao.estimates.wording import LINES

if TYPE_CHECKING:
    from yibao.cases.admin.desk import CaseDesk as _Base
else:
    _Base = object

_WIDTH = 600
_UNPROCESSABLE = 422
_MOST_DAYS = 3 * 366
_AGES = {
    "over": gettext_lazy("已超时限"),
    "near": gettext_lazy("三个工作日内到期"),
    "well": gettext_lazy("时间充裕"),
    "none": gettext_lazy("没有规定时限"),
}
_DAYS = {
    "5": gettext_lazy("5 个工作日以内"),
    "10": gettext_lazy("6 到 10 个"),
    "20": gettext_lazy("11 到 20 个"),
    "30": gettext_lazy("21 到 30 个"),
    "more": gettext_lazy("30 个以上"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart with its words; `width` in the picture's units (of 600)."""

    label: Any
    shown: str
    width: int


def _date_input() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class SpanForm(forms.Form):
    """The days of a report, both ends inclusive."""

    since = forms.DateField(label=gettext_lazy("从"), widget=_date_input())
    until = forms.DateField(label=gettext_lazy("到"), widget=_date_input())

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and not since <= until <= since + timedelta(days=_MOST_DAYS):
            self.add_error("until", _("结束日期要在开始日期之后，最多三年。"))
        return data


class OverviewPages(_Base):
    """Pages of the desk that are about many claims."""

    def overview_urls(self) -> list[URLPattern]:
        return [
            self.page("drafts/", require_safe(self.drafts), "drafts"),
            self.page("proposals/", require_safe(self.proposals), "proposals"),
            self.page("proposals/find/", require_POST(self.find), "find"),
            self.page("proposals/<int:pk>/", require_POST(self.answer), "proposal_answer"),
            self.page("reports/", require_safe(self.reports), "reports"),
            self.page("reports.csv", require_safe(self.reports_csv), "reports_csv"),
        ]

    # --- the second officer ----------------------------------------------------------------

    def open_drafts(self, request: HttpRequest) -> QuerySet[DecisionDraft]:
        """Return what waits for a second officer in the person's regions."""
        rows = DecisionDraft.objects.filter(state=ProposalState.OPEN)
        codes = user_of(request).region_codes
        return rows if codes is None else rows.filter(claim__case__region_code__in=codes)

    def open_additions(self, request: HttpRequest) -> QuerySet[YearAddition]:
        """Return amounts of a year that wait for a colleague's look in the person's regions."""
        rows = YearAddition.objects.filter(state=ProposalState.OPEN)
        codes = user_of(request).region_codes
        return rows if codes is None else rows.filter(claim__case__region_code__in=codes)

    def drafts(self, request: HttpRequest) -> HttpResponse:
        self._require_view(request)
        rows = self.open_drafts(request).select_related("claim__case", "by")
        context = {
            "title": _("等复核的决定"),
            "rows": [(row, yuan(row.fund_fen), row.by_id == request.user.pk) for row in rows],
            "additions": [
                (row, self.address("year", row.claim_id), row.by_id == request.user.pk)
                for row in self.open_additions(request).select_related("claim__case", "by")
            ],
        }
        return self.render(request, "admin/claims/claim/drafts.html", context)

    # --- rules that reach back ---------------------------------------------------------------

    def proposals(self, request: HttpRequest) -> HttpResponse:
        """List what decisions would be under the rules published now."""
        self._require_view(request)
        context = {
            "title": _("规定追溯影响的决定"),
            "rows": [
                (row, _difference(row), self.address("proposal_answer", row.pk))
                for row in self.open_proposals(request)
            ],
            "find": self.address("find"),
            "may_decide": self.may_review(request),
        }
        return self.render(request, "admin/claims/claim/proposals.html", context)

    def find(self, request: HttpRequest) -> HttpResponse:
        """Reckon the decisions of one's regions again."""
        self._require_work(request)
        found = find_affected(region_codes=user_of(request).region_codes, at=timezone.now())
        words = _("重新计算完毕，新发现 %(count)d 件不同。") % {"count": len(found)}
        self.message_user(request, words)
        return HttpResponseRedirect(self.address("proposals"))

    def answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open a claim again, or leave it, with a reason."""
        self._require_work(request)
        row = get_object_or_404(self.open_proposals(request), pk=pk)
        try:
            answer_proposal(
                row.pk,
                accepts="accept" in request.POST,
                note=request.POST.get("note", ""),
                by=user_of(request),
                at=timezone.now(),
            )
        except ValueError:
            self.message_user(request, _("请写明原因。"), messages.ERROR)
        except NotPossible:
            self.message_user(request, _("这一件已经在复查。"), messages.ERROR)
        else:
            self.message_user(request, _("已记下。"), messages.SUCCESS)
        return HttpResponseRedirect(self.address("proposals"))

    def open_proposals(self, request: HttpRequest) -> QuerySet[RetroactiveProposal]:
        rows = RetroactiveProposal.objects.filter(state=ProposalState.OPEN)
        codes = user_of(request).region_codes
        if codes is not None:
            rows = rows.filter(decision__claim__case__region_code__in=codes)
        return rows.select_related("decision__claim__case")

    # --- reports -----------------------------------------------------------------------------

    def reports(self, request: HttpRequest) -> HttpResponse:
        self._require_view(request)
        form, found = self._report(request)
        context: dict[str, Any] = {"title": _("手工报销统计"), "form": form}
        if found is not None:
            context |= {
                "report": found,
                "months": [
                    (row, place_name(row.region_code), yuan(row.claimed_fen), yuan(row.fund_fen))
                    for row in found.months
                ],
                "charts": _charts(found),
                "reasons": [
                    (words_of(code).label, count, yuan(fen)) for code, count, fen in found.reasons
                ],
                "reversal": "" if found.reversal_bp is None else percent(found.reversal_bp),
                "csv": f"{self.address('reports_csv')}?since={found.since}&until={found.until}",
            }
        status = 200 if found is not None else _UNPROCESSABLE
        return self.render(request, "admin/claims/claim/reports.html", context, status=status)

    def reports_csv(self, request: HttpRequest) -> HttpResponse:
        """Give out the months as a table."""
        self._require_view(request)
        _form, found = self._report(request)
        header = (
            _("月份"), _("统筹区代码"), _("统筹区"), _("提交"), _("决定"),
            _("申请金额（元）"), _("基金支付（元）"),
        )  # fmt: skip
        rows = (
            (
                row.month,
                row.region_code,
                place_name(row.region_code),
                row.submitted,
                row.decided,
                machine_yuan(row.claimed_fen),
                machine_yuan(row.fund_fen),
            )
            for row in (found.months if found else ())
        )
        return HttpResponse(
            "".join(csv_lines(header, rows)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="claims.csv"'},
        )

    def _report(self, request: HttpRequest) -> tuple[SpanForm, Report | None]:
        today = timezone.localdate()
        first = date(today.year, 1, 1)
        data = request.GET if "since" in request.GET else {"since": first, "until": today}
        form = SpanForm(data)
        if not form.is_valid():
            return form, None
        return form, report(
            codes=user_of(request).region_codes,
            since=form.cleaned_data["since"],
            until=form.cleaned_data["until"],
            today=today,
        )

    # --- parts -------------------------------------------------------------------------------

    def _require_view(self, request: HttpRequest) -> None:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied

    def _require_work(self, request: HttpRequest) -> None:
        self._require_view(request)
        if not self.may_review(request):
            raise PermissionDenied


def _difference(row: RetroactiveProposal) -> str:
    if row.difference_fen is None:
        return _("按现在的规定算不出")
    return _("%(sign)s%(yuan)s 元") % {
        "sign": "+" if row.difference_fen > 0 else "",
        "yuan": yuan(row.difference_fen),
    }


def _charts(found: Report) -> list[tuple[Any, list[Bar]]]:
    """Return the charts by title; each bar's words say the same."""
    counts = [(_AGES[code], count, str(count)) for code, count in found.ages]
    days = [(_DAYS[code], count, str(count)) for code, count in found.days]
    layers = [(LINES[name], fen, yuan(fen)) for name, fen in found.layers if fen]
    charts = ((_("在办的件"), counts), (_("从提交到决定"), days), (_("基金支付（元）"), layers))
    return [(title, _bars(rows)) for title, rows in charts]


def _bars(rows: Sequence[tuple[Any, int, str]]) -> list[Bar]:
    most = max((value for _label, value, _shown in rows), default=0) or 1
    return [Bar(label, shown, _WIDTH * value // most) for label, value, shown in rows]
