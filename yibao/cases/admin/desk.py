"""The base of every review desk in the panel: queue, take and pass on, ask, reveal, judge files.

A desk is a ModelAdmin of a model whose primary key is its case (`filings.Filing`,
`claims.Claim`). It sets `kind`, `review_permission` and `case_template`, and fills in the
hooks below; its own pages come through `more_urls`, its own acts through `attempt`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yibao.cases import desk_queue
from yibao.cases.desk_case import case_view
from yibao.cases.desk_forms import AskForm, MarkForm, RevealForm
from yibao.cases.desk_queue import Tab
from yibao.cases.models import Case, Erased
from yibao.cases.operations.cases import Changed, NotPossible
from yibao.cases.operations.desk import (
    NotHeld,
    Recused,
    Taken,
    ask_for_papers,
    recuse,
    release_case,
    require_holder,
    take_case,
)
from yibao.cases.operations.reveal import Why, record_file_view, reveal_person
from yibao.cases.personal import PersonalData
from yibao.cases.queries import within_regions
from yibao.cases.references import parse
from yibao.cases.uploads import operations as uploads
from yibao.cases.uploads.queries import find_upload
from yibao.cases.uploads.serving import file_response
from yibao.cases.vocabulary import Kind
from yibao.regions import queries as regions
from yibao.regions.scoped_admin import RegionScoped

if TYPE_CHECKING:
    from yibao.accounts.models import User

_PER_PAGE = 25
_UNPROCESSABLE = 422


class CaseDesk(RegionScoped):
    """Queue and case page of one kind of case, each officer for their own regions only."""

    kind: Kind
    review_permission: str
    case_template: str

    region_path = "case__region_code"
    actions = None
    list_select_related = ("case",)
    search_fields = ("case__reference",)
    search_help_text = _("编号，例如 YB-7K3Q-94XM-TR2D")

    # --- what a desk fills in ------------------------------------------------------------

    def more_urls(self) -> list[URLPattern]:
        """Return the pages of this kind alone; wrap them with `page`."""
        return []

    def filters(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Return further select boxes of the queue: name, label, choices, chosen."""
        return []

    def filtered(self, cases: QuerySet[Case], request: HttpRequest) -> QuerySet[Case]:
        """Keep the cases that the further select boxes let through."""
        return cases

    def words_of(self, keys: Sequence[int]) -> Mapping[int, Any]:
        """Say in the queue what each case asks for."""
        return {}

    def case_context(self, request: HttpRequest, case: Case, at: datetime) -> dict[str, Any]:
        """Return what the template of this kind shows beside the common parts."""
        return {}

    def papers_to_ask(self, case: Case) -> Sequence[tuple[str, Any, str]]:
        """Return what can be asked for: slug, name, and a reason where one is known."""
        return ()

    # --- addresses -----------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        own = [
            self.page("queue/", require_safe(self.queue), "queue"),
            self.page("next/", require_POST(self.take_next), "next"),
            self.page("<int:pk>/take/", require_POST(self.take), "take"),
            self.page("<int:pk>/release/", require_POST(self.release), "release"),
            self.page("<int:pk>/recuse/", require_POST(self.recuse), "recuse"),
            self.page("<int:pk>/reveal/", require_POST(self.reveal), "reveal"),
            self.page("<int:pk>/ask/", self.ask, "ask"),
            self.page("<int:pk>/file/<str:file>/", require_safe(self.file), "file"),
            self.page("<int:pk>/file/<str:file>/mark/", require_POST(self.mark), "mark"),
        ]
        return [*own, *self.more_urls(), *super().get_urls()]

    def page(self, route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        """Make one address of the desk, for staff only."""
        return path(route, self.admin_site.admin_view(view), name=f"{self._label}_{name}")

    @property
    def _label(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def address(self, name: str, *arguments: Any) -> str:
        """Return the address of a page of this desk."""
        return reverse(f"admin:{self._label}_{name}", args=arguments)

    def to_case(self, pk: int) -> HttpResponseRedirect:
        return HttpResponseRedirect(self.address("change", pk))

    # --- who may what --------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def may_review(self, request: HttpRequest) -> bool:
        """Whether the person works at this desk, and does not only look on."""
        return cast("User", request.user).has_perm(self.review_permission)

    def case_of(self, request: HttpRequest, pk: int, *, to_review: bool = False) -> Case:
        """Return a case of the officer's own regions.

        Raises:
            Http404: there is none, or it belongs elsewhere.
            PermissionDenied: they may not see cases, or not work on them.
        """
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if to_review and not self.may_review(request):
            raise PermissionDenied
        return get_object_or_404(self._cases(request).select_related("officer", "person"), pk=pk)

    def _cases(self, request: HttpRequest) -> QuerySet[Case]:
        user = cast("User", request.user)
        return within_regions(Case.objects.filter(kind=self.kind), user.region_codes)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find a case by its reference alone, however it was typed."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(case__reference=parse(search_term) or ""), False

    # --- the queue -----------------------------------------------------------------------

    def queue(self, request: HttpRequest) -> HttpResponse:
        """List the cases of a tab, most urgent first."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        officer_id = request.user.pk or 0
        tab = Tab(request.GET["tab"]) if request.GET.get("tab") in Tab.values else Tab.FREE
        mine = self._cases(request)
        codes = list(mine.order_by().values_list("region_code", flat=True).distinct())
        region = request.GET.get("region", "")
        cases = mine.filter(region_code=region) if region in codes else mine
        cases = self.filtered(cases, request)
        found = desk_queue.in_tab(cases, tab, officer_id=officer_id, today=today)
        pages = Paginator(found.select_related("officer"), _PER_PAGE)
        page = pages.get_page(request.GET.get("page"))
        rows = desk_queue.rows_of(page.object_list, officer_id=officer_id, today=today)
        counts = desk_queue.count_tabs(cases, officer_id=officer_id, today=today)
        words = self.words_of([row.pk for row in rows])
        kept = {key: request.GET[key] for key in request.GET if key not in ("tab", "page")}
        context = {
            "title": self.queue_title,
            "tab": tab,
            "tabs": [(one, one.label, counts[one]) for one in Tab],
            "rows": [(row, words.get(row.pk, ""), _region_name(row.region_code)) for row in rows],
            "page": page,
            "regions": sorted((_region_name(code), code) for code in codes),
            "region": region,
            "filters": self.filters(request),
            "kept": kept,
            "may_review": self.may_review(request),
            **self.queue_context(request, tab),
        }
        return self.render(request, self.queue_template, context)

    queue_title: Any = ""
    queue_template = "admin/cases/desk/queue.html"

    def queue_context(self, request: HttpRequest, tab: Tab) -> dict[str, Any]:
        """Return what the queue of this kind shows beside the common parts."""
        return {}

    def take_next(self, request: HttpRequest) -> HttpResponse:
        """Take the most urgent case that is free."""
        if not self.has_view_or_change_permission(request) or not self.may_review(request):
            raise PermissionDenied
        user = cast("User", request.user)
        for pk in desk_queue.next_free(self._cases(request), officer_id=user.pk):
            try:
                take_case(pk, by=user, at=timezone.now())
            except (Taken, Recused):
                continue
            return self.to_case(pk)
        self.message_user(request, _("没有待领取的了。"), messages.INFO)
        return HttpResponseRedirect(self.address("queue"))

    # --- one case ------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the case; it is not edited as a form, but decided."""
        return self.show(request, self.case_of(request, _number(object_id)))

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        """The case page holds the timeline."""
        case = self.case_of(request, _number(object_id))
        return HttpResponseRedirect(f"{self.address('change', case.pk)}#timeline")

    def show(
        self,
        request: HttpRequest,
        case: Case,
        *,
        person: PersonalData | None = None,
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        """Render the case page; `person` in full only after `reveal`."""
        now = timezone.now()
        context = {
            "title": f"{case.get_kind_display()} {case.shown_reference}",
            "case": case,
            "view": case_view(case, person=person, today=timezone.localdate(now)),
            "is_mine": case.officer_id == request.user.pk,
            "is_recused": case.recusals.filter(officer=request.user.pk).exists(),
            "may_review": self.may_review(request),
            "may_reveal": request.user.has_perm("cases.reveal_person"),
            "reveal_form": RevealForm(),
            "mark_form": MarkForm(),
            **self.case_context(request, case, now),
            **more,
        }
        return self.render(request, self.case_template, context, case=case, status=status)

    def attempt(self, request: HttpRequest, act: Callable[[], Any], done: Any = "") -> bool:
        """Do something to a case; say what stood in the way, and by whom. True when done."""
        try:
            act()
        except Changed as changed:
            when = timezone.localtime(changed.at).strftime("%H:%M")
            self._refuse(
                request,
                _("已由 %(who)s 于 %(when)s 处理。请看最新的情况，再决定。")
                % {"who": changed.by_whom, "when": when},
            )
        except Taken as taken:
            self._refuse(request, _("这件正由 %(who)s 办理。") % {"who": taken.officer})
        except NotHeld:
            self._refuse(request, _("请先领取这一件，再办理。"))
        except Recused:
            self._refuse(request, _("您声明过和当事人有亲属关系，这一件由别人办。"))
        except NotPossible as refused:
            self._refuse(
                request, _("这件现在是“%(state)s”，不能这样办。") % {"state": refused.shown_state}
            )
        else:
            if done:
                self.message_user(request, done, messages.SUCCESS)
            return True
        return False

    def _refuse(self, request: HttpRequest, words: str) -> None:
        self.message_user(request, words, messages.ERROR)

    def take(self, request: HttpRequest, pk: int) -> HttpResponse:
        case = self.case_of(request, pk, to_review=True)
        self.attempt(request, lambda: take_case(case.pk, by=_user(request), at=timezone.now()))
        return self.to_case(pk)

    def release(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give back what one holds oneself; a colleague's case only for a reason."""
        case = self.case_of(request, pk, to_review=True)
        reason = request.POST.get("reason", "").strip()[:200]
        if case.officer_id != request.user.pk and not reason:
            self._refuse(request, _("放回别人领取的办件，请写明原因。"))
            return self.to_case(pk)
        release_case(case.pk, by=_user(request), at=timezone.now(), reason=reason)
        self.message_user(request, _("已放回待领取。"), messages.SUCCESS)
        return HttpResponseRedirect(self.address("queue"))

    def recuse(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Declare to be related to the person: the case is passed on, for good."""
        case = self.case_of(request, pk, to_review=True)
        recuse(case.pk, by=_user(request), at=timezone.now())
        self.message_user(request, _("已记下回避，这一件由别人办。"), messages.SUCCESS)
        return HttpResponseRedirect(self.address("queue"))

    def reveal(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the full personal data once; the view is on record before it is shown."""
        case = self.case_of(request, pk)
        if not request.user.has_perm("cases.reveal_person"):
            raise PermissionDenied
        form = RevealForm(request.POST)
        if not form.is_valid():
            self._refuse(request, _("请选择为什么要看完整的信息。"))
            return self.to_case(pk)
        try:
            person = reveal_person(
                case, why=Why(form.cleaned_data["why"]), by=_user(request), at=timezone.now()
            )
        except Erased:
            self._refuse(request, _("个人信息已经删除。"))
            return self.to_case(pk)
        return self.show(request, case, person=person)

    # --- asking for papers ---------------------------------------------------------------

    def ask(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for everything that is missing: fill in, see it as the citizen will, send."""
        case = self.case_of(request, pk, to_review=True)
        is_sent = request.method == "POST"
        data = request.POST if is_sent else None
        form = AskForm(data, papers=self.papers_to_ask(case), today=timezone.localdate())
        version = _number(request.POST.get("version", "")) or case.version
        is_valid = is_sent and form.is_valid()
        if is_valid and "send" in request.POST:
            self.attempt(
                request,
                lambda: self._send_question(case, form, version, _user(request)),
                _("已告知申请人。等补来以后，这一件会回到您这里。"),
            )
            return self.to_case(pk)
        context = {
            "title": _("请申请人补材料：%(case)s") % {"case": case.shown_reference},
            "case": case,
            "form": form,
            "version": version,
            "preview": form if is_valid and "change" not in request.POST else None,
            "is_mismatch": "mismatch" in request.GET,
        }
        status = _UNPROCESSABLE if is_sent and not is_valid else 200
        return self.render(request, "admin/cases/desk/ask.html", context, case=case, status=status)

    def _send_question(self, case: Case, form: AskForm, version: int, user: User) -> None:
        require_holder(case, user)
        ask_for_papers(
            case.pk,
            items=form.items,
            note=form.cleaned_data["note"],
            due_on=form.cleaned_data["due_on"],
            version=version,
            by=user,
            at=timezone.now(),
        )

    # --- files ---------------------------------------------------------------------------

    def file(self, request: HttpRequest, pk: int, file: str) -> HttpResponse:
        """Show one file of the case; who looked is on record before."""
        case = self.case_of(request, pk)
        upload = find_upload(file, case=case)
        if upload is None:
            raise Http404
        record_file_view(upload, case, by=_user(request), at=timezone.now())
        return file_response(upload)

    def mark(self, request: HttpRequest, pk: int, file: str) -> HttpResponse:
        """Say whether a file can be used."""
        case = self.case_of(request, pk, to_review=True)
        if not request.user.has_perm("cases.mark_upload"):
            raise PermissionDenied
        upload = find_upload(file, case=case)
        form = MarkForm(request.POST)
        if upload is None or not form.is_valid():
            raise Http404

        def judge() -> None:
            require_holder(case, _user(request))
            uploads.mark_upload(
                upload=upload,
                state=form.state,
                fault=form.fault,
                by=_user(request),
                at=timezone.now(),
            )

        self.attempt(request, judge)
        return HttpResponseRedirect(f"{self.address('change', pk)}#papers")

    # --- rendering -----------------------------------------------------------------------

    def render(
        self,
        request: HttpRequest,
        template: str,
        context: dict[str, Any],
        *,
        case: Case | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Render a page of the desk; nothing of it stays in a cache."""
        desk = {
            "queue": self.address("queue"),
            "next": self.address("next"),
            "list": self.address("changelist"),
        }
        if case is not None:
            acts = ("change", "take", "release", "recuse", "reveal", "ask")
            desk |= {name: self.address(name, case.pk) for name in acts}
            desk["files"] = f"{self.address('change', case.pk).removesuffix('change/')}file/"
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "desk": desk}
        response = TemplateResponse(request, template, shared | context, status=status)
        add_never_cache_headers(response)
        return response


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def _region_name(code: str) -> str:
    try:
        return str(regions.get_region(code).name)
    except LookupError:
        return code
