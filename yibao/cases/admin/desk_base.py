"""What a review desk rests on: its hooks, its queue, who may what, and how an act is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yibao.cases import desk_queue
from yibao.cases.desk_queue import Tab
from yibao.cases.models import Case
from yibao.cases.operations.cases import Changed, NotPossible
from yibao.cases.operations.desk import (
    NotHeld,
    Recused,
    Taken,
    take_case,
)
from yibao.cases.queries import within_regions
from yibao.cases.references import parse
from yibao.cases.vocabulary import Kind
from yibao.core.workbench import Desk
from yibao.regions import queries as regions
from yibao.regions.scoped_admin import RegionScoped

if TYPE_CHECKING:
    from yibao.accounts.models import User

_PER_PAGE = 25
_UNPROCESSABLE = 422


class DeskBase(RegionScoped):
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

    def desks(self, request: HttpRequest) -> Iterator[Desk]:
        """Yield the desk for the panel's first page, with what is free and what one holds."""
        if self.may_review(request):
            officer_id = request.user.pk or 0
            today, cases = timezone.localdate(), self._cases(request)
            waiting = sum(
                desk_queue.in_tab(cases, tab, officer_id=officer_id, today=today).count()
                for tab in (Tab.MINE, Tab.FREE)
            )
            yield Desk(self.queue_title, self.address("queue"), waiting)

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
            "rows": [(row, words.get(row.pk, ""), region_name(row.region_code)) for row in rows],
            "page": page,
            "regions": sorted((region_name(code), code) for code in codes),
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

    # --- acting ---------------------------------------------------------------------------

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


def user_of(request: HttpRequest) -> User:
    """Return the officer who asks."""
    return cast("User", request.user)


def number_of(text: str) -> int:
    """Return a key or version out of a form or address, 0 for what is none."""
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def region_name(code: str) -> str:
    """Return the name of a region, its code where none has it."""
    try:
        return str(regions.get_region(code).name)
    except LookupError:
        return code
