"""手工报销审核: the desk of claims on the shared one, from the lines to the decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yibao.cases import desk_queue
from yibao.cases.admin.desk import CaseDesk
from yibao.cases.admin.filters import StateFilter
from yibao.cases.desk_case import material_words
from yibao.cases.desk_queue import Tab
from yibao.cases.operations.desk import Recused, Taken
from yibao.cases.queries import Case, Erased
from yibao.cases.vocabulary import Kind, State
from yibao.claims.admin.letters import LetterPages
from yibao.claims.admin.money import MoneyPages
from yibao.claims.admin.overview import OverviewPages
from yibao.claims.admin.reading import ReadingPages
from yibao.claims.admin.shared import number_of, user_of
from yibao.claims.admin.year import YearPages
from yibao.claims.claim_page import (
    HELD_WORDS,
    decisions_of,
    facts_of_claim,
    mark_rows,
)
from yibao.claims.desk_forms import (
    DecideForm,
    DenyForm,
    FirstForm,
    OverrideForm,
)
from yibao.claims.models import Claim, DecisionDraft
from yibao.claims.operations import deciding, review
from yibao.claims.papers import papers_of_claim
from yibao.claims.queries.money import open_orders
from yibao.claims.vocabulary import MarkCode, ProposalState
from yibao.core.list_filters import InWords
from yibao.core.templatetags.figures import yuan
from yibao.core.workbench import Desk
from yibao.estimates.wording import CARE_TYPE_LABELS

_UNPROCESSABLE = 422
_DECISIONS: Mapping[str, type[DecideForm]] = {
    "engine": DecideForm,
    "deny": DenyForm,
    "override": OverrideForm,
}


class CareTypeFilter(InWords, admin.ChoicesFieldListFilter):
    """The kinds of care."""

    def said(self, value: str) -> str:
        return CARE_TYPE_LABELS[value]


@admin.register(Claim)
class ClaimAdmin(ReadingPages, YearPages, LetterPages, MoneyPages, OverviewPages, CaseDesk):
    """The desk. A claim is decided on its page, not edited as a form."""

    kind = Kind.CLAIM
    review_permission = "claims.decide_claim"
    case_template = "admin/claims/claim/case.html"
    queue_template = "admin/claims/claim/queue.html"
    queue_title = gettext_lazy("手工报销审核")

    list_display = ("reference", "institution_name", "amount", "state", "submitted")
    list_filter = (StateFilter, "reason", ("care_type", CareTypeFilter))

    @admin.display(description=gettext_lazy("编号"), ordering="case__reference")
    def reference(self, claim: Claim) -> str:
        return claim.case.shown_reference

    @admin.display(description=gettext_lazy("医疗费总额（元）"), ordering="total_fen")
    def amount(self, claim: Claim) -> str:
        return yuan(claim.total_fen)

    @admin.display(description=gettext_lazy("状态"), ordering="case__state")
    def state(self, claim: Claim) -> str:
        return claim.case.get_state_display()

    @admin.display(description=gettext_lazy("提交时间"), ordering="case__submitted_at")
    def submitted(self, claim: Claim) -> datetime:
        return claim.case.submitted_at

    # --- addresses -----------------------------------------------------------------------

    def more_urls(self) -> list[URLPattern]:
        return [
            self.page("<int:pk>/decide/<slug:how>/", require_POST(self.decide), "decide"),
            self.page("<int:pk>/confirm/", require_POST(self.confirm), "confirm"),
            *self.reading_urls(),
            *self.year_urls(),
            *self.letter_urls(),
            *self.money_urls(),
            *self.overview_urls(),
        ]

    # --- the queue -----------------------------------------------------------------------

    def desks(self, request: HttpRequest) -> Iterator[Desk]:
        yield from super().desks(request)
        user = user_of(request)
        if user.has_perm("claims.confirm_claim"):
            drafts = self.open_drafts(request).exclude(by=user).count()
            additions = self.open_additions(request).exclude(by=user).count()
            yield Desk(_("等复核的决定"), self.address("drafts"), drafts + additions)
        if self.may_review(request):
            waiting = self.open_proposals(request).count()
            yield Desk(_("规定追溯影响的决定"), self.address("proposals"), waiting)
        if self._may_pay(request):
            waiting = len(open_orders(user.region_codes))
            yield Desk(_("付款"), self.address("payments"), waiting)

    def filters(self, request: HttpRequest) -> list[dict[str, Any]]:
        return [
            {
                "name": "mark",
                "label": _("提示"),
                "choices": MarkCode.choices,
                "chosen": request.GET.get("mark", ""),
            }
        ]

    def filtered(self, cases: QuerySet[Case], request: HttpRequest) -> QuerySet[Case]:
        mark = request.GET.get("mark", "")
        if mark not in MarkCode.values:
            return cases
        return cases.filter(claim__marks__code=mark).distinct()

    def words_of(self, keys: Sequence[int]) -> Mapping[int, Any]:
        """Say what each claim is about: amount, place, and its open marks."""
        claims = Claim.objects.filter(pk__in=keys).prefetch_related("marks")
        return {claim.pk: _words(claim) for claim in claims}

    def queue_context(self, request: HttpRequest, tab: Tab) -> dict[str, Any]:
        return {
            "drafts": self.address("drafts"),
            "drafts_waiting": self.open_drafts(request).count()
            + self.open_additions(request).count(),
            "payments": self.address("payments"),
            "reports": self.address("reports"),
            "proposals": self.address("proposals"),
        }

    # --- taking --------------------------------------------------------------------------

    def take(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.case_of(request, pk, to_review=True)
        self.attempt(
            request,
            lambda: review.take_claim(case.pk, by=user_of(request), at=timezone.now()),
        )
        return self.to_case(pk)

    def take_next(self, request: HttpRequest) -> HttpResponse:
        """Take the most urgent claim that is free and that this officer may answer."""
        if not self.has_view_or_change_permission(request) or not self.may_review(request):
            raise PermissionDenied
        user = user_of(request)
        for pk in desk_queue.next_free(self._cases(request), officer_id=user.pk)[:20]:
            try:
                review.take_claim(pk, by=user, at=timezone.now())
            except (Taken, Recused, review.SameEyes):
                continue
            return self.to_case(pk)
        self.message_user(request, _("没有待领取的了。"), messages.INFO)
        return HttpResponseRedirect(self.address("queue"))

    def attempt(self, request: HttpRequest, act: Callable[[], Any], done: Any = "") -> bool:
        """As the shared desk, with what can stand in the way of a claim."""
        try:
            return super().attempt(request, act, done)
        except review.SameEyes:
            words = _("原来的决定由您作出，异议由另一位同事复查。")
        except review.Waits:
            words = _("这一件在等复核，复核完才能改。")
        except deciding.NotReady as not_ready:
            held = _("；").join(str(HELD_WORDS[code]) for code in not_ready.held)
            words = _("还不能决定：%(held)s。") % {"held": held}
        except deciding.OverCap as over:
            words = _("超过封顶线：统筹基金还能支付 %(room)s 元。") % {"room": yuan(over.room_fen)}
        except deciding.Moved:
            words = _("年度累计或规定变了，算出的数和提交复核时不同，已退回经办人重新决定。")
        except deciding.OwnDraft:
            words = _("自己提出的决定，由另一位同事复核。")
        except deciding.Answered:
            words = _("已经复核过了。")
        except Erased:
            words = _("个人信息已经删除，不能再办。")
        self.message_user(request, words, messages.ERROR)
        return False

    # --- the case page ---------------------------------------------------------------------

    def case_context(self, request: HttpRequest, case: Case, at: datetime) -> dict[str, Any]:
        claim = Claim.objects.select_related("case__person").get(pk=case.pk)
        assessment = self.assessment_of(claim, at)
        may_work = (
            case.officer_id == request.user.pk
            and case.state in (State.RECEIVED, State.UNDER_REVIEW)
            and self.may_review(request)
        )
        draft = claim.drafts.filter(state=ProposalState.OPEN).select_related("by").first()
        returned = claim.drafts.filter(state=ProposalState.RETURNED).order_by("-at").first()
        context: dict[str, Any] = {
            "claim": claim,
            "facts": facts_of_claim(claim),
            "marks": mark_rows(claim),
            "may_work": may_work and draft is None,
            "draft": draft,
            "draft_funds": yuan(draft.fund_fen) if draft else "",
            "returned": returned if draft is None else None,
            "may_confirm": draft is not None
            and draft.by_id != request.user.pk
            and request.user.has_perm("claims.confirm_claim"),
            "decide_form": DecideForm(),
            "deny_form": DenyForm(),
            "override_form": OverrideForm(),
            "first_form": FirstForm(),
            "decisions": decisions_of(claim),
            "objections": [
                (row, row.read()) for row in claim.objections.select_related("decision")
            ],
            "acts": self.acts_of(case.pk),
            **self.money_context(request, claim),
        }
        return context | self.reading_of(request, claim, assessment)

    def papers_to_ask(self, case: Case) -> Sequence[tuple[str, Any, str]]:
        """What the rules demand and what came; what cannot be read is ticked with its reason."""
        claim = Claim.objects.select_related("case").get(pk=case.pk)
        faults = {
            upload.material: str(upload.get_fault_display())
            for upload in case.uploads.filter(removed_at=None)
        }
        slugs = dict.fromkeys([*papers_of_claim(claim, timezone.localdate()), *faults])
        return [(slug, material_words(slug), faults.get(slug, "")) for slug in slugs]

    # --- acts --------------------------------------------------------------------------------

    def decide(self, request: HttpRequest, pk: int, how: str) -> HttpResponse:
        case = self.case_of(request, pk, to_review=True)
        maker = _DECISIONS.get(how, DecideForm)
        form = maker(request.POST)
        name = {"deny": "deny_form", "override": "override_form"}.get(how, "decide_form")
        if form.is_valid():
            self._decide(request, pk, form)
        if form.errors:
            typed: dict[str, Any] = {name: form}
            return self.show(request, case, status=_UNPROCESSABLE, **typed)
        return self.to_case(pk)

    def _decide(self, request: HttpRequest, pk: int, form: DecideForm) -> None:
        found: list[Any] = []

        def act() -> None:
            try:
                found.append(
                    deciding.decide_claim(
                        pk,
                        form.wish,
                        version=number_of(request.POST.get("version", "")),
                        by=user_of(request),
                        at=timezone.now(),
                    )
                )
            except ValueError:
                words = _("各基金加起来不能超过符合政策范围的金额。")
                form.add_error(None, words)

        self.attempt(request, act)
        if found and isinstance(found[0], DecisionDraft):
            self.message_user(request, _("已提交复核，由另一位同事确认后才生效。"))
        elif found:
            self.message_user(request, _("已作出决定，申请人可以查到。"), messages.SUCCESS)

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Confirm or return what a colleague wants to decide."""
        case = self.case_of(request, pk)
        if not request.user.has_perm("claims.confirm_claim"):
            raise PermissionDenied
        draft = get_object_or_404(DecisionDraft, claim=pk, state=ProposalState.OPEN)
        note = request.POST.get("note", "").strip()
        values: dict[str, Any] = {
            "version": number_of(request.POST.get("version", "")),
            "by": user_of(request),
            "at": timezone.now(),
        }
        if "return" not in request.POST:
            self.attempt(
                request,
                lambda: deciding.confirm_draft(draft.pk, **values),
                _("已复核，决定生效，申请人可以查到。"),
            )
        elif note:
            self.attempt(
                request,
                lambda: deciding.return_draft(draft.pk, note=note, **values),
                _("已退回经办人。"),
            )
        else:
            self.message_user(request, _("退回的，请写明原因。"), messages.ERROR)
        return self.to_case(case.pk)


def _words(claim: Claim) -> str:
    marks = [str(mark.get_code_display()) for mark in claim.marks.all() if not mark.answer]
    parts = [_("%(yuan)s 元") % {"yuan": yuan(claim.total_fen)}, claim.institution_name, *marks]
    return " · ".join(parts)
