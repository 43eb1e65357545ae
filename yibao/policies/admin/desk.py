"""The desk in the panel: board, start, change from what is in force, check, review."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yibao.accounts.queries import NATION, may_act_for
from yibao.core.workbench import Desk
from yibao.policies import queries
from yibao.policies.admin.desk_forms import ScheduleForm, SheetForm, StartForm
from yibao.policies.admin.inlines import may_edit
from yibao.policies.admin.replays import ReplayPages
from yibao.policies.desk import drafts
from yibao.policies.desk.board import board_of
from yibao.policies.desk.checks import findings_of
from yibao.policies.desk.diff import ChangeKind, changes_of
from yibao.policies.desk.ground import ground_of, inherited_by, views_of
from yibao.policies.desk.outcome import outcome_of
from yibao.policies.desk.spreadsheet import read_workbook, workbook_of
from yibao.policies.models import Comment, Provision, Revision, RevisionStatus
from yibao.policies.operations import create_revision, list_unseen, schedule_revision
from yibao.policies.pages.blocks import names_in
from yibao.policies.replay.reading import report_of
from yibao.policies.rows import rows_in
from yibao.policies.succession import PolicyRefused
from yibao.regions import queries as regions

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNPROCESSABLE = 422


class DeskPages(ReplayPages):
    """Pages of the revision's admin beyond list and form."""

    def desk_urls(self) -> list[URLPattern]:
        def page(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"policies_revision_{name}")

        return [
            page("desk/", require_safe(self.board), "desk"),
            page("start/", self.start, "start"),
            page("<int:pk>/ground/", require_safe(self.ground), "ground"),
            page("<int:pk>/ground/<slug:what>/", require_POST(self.change_row), "row"),
            page("<int:pk>/review/", require_safe(self.review), "review"),
            page("<int:pk>/check/", require_POST(self.check_form), "check"),
            page("<int:pk>/comment/", require_POST(self.comment), "comment"),
            page("<int:pk>/settle/<int:comment>/", require_POST(self.settle), "settle"),
            page("<int:pk>/accept/", require_POST(self.accept), "accept"),
            page("<int:pk>/schedule/", require_POST(self.schedule), "schedule"),
            page("<int:pk>/correct/", require_POST(self.correct), "correct"),
            page("<int:pk>/sheet.xlsx", require_safe(self.sheet), "sheet"),
            page("<int:pk>/sheet/", self.take_sheet, "take_sheet"),
            *self.replay_urls(),
        ]

    def desks(self, request: HttpRequest) -> Iterator[Desk]:
        """Yield the pages of policy work for the panel's first page."""
        if not self.has_view_or_change_permission(request):
            return
        user = request.user
        if user.has_perm("policies.publish_revision"):
            mine = self.get_queryset(request).filter(status=RevisionStatus.IN_REVIEW)
            address = reverse("admin:policies_revision_changelist") + "?status__exact=in_review"
            yield Desk(_("等复核的修订"), address, mine.exclude(author_id=user.pk).count())
        if user.has_perm("policies.add_revision") or user.has_perm("policies.publish_revision"):
            yield Desk(_("政策工作台"), reverse("admin:policies_revision_desk"))
            yield Desk(_("争议处理台"), reverse("admin:policies_revision_conflicts"))
            yield Desk(_("该核对的条文和链接"), reverse("admin:policies_revision_freshness"))

    # --- board and start ----------------------------------------------------------------

    def board(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        now = timezone.now()
        board = board_of(
            self.get_queryset(request),
            self._codes(request),
            user_id=request.user.pk or 0,
            may_publish=request.user.has_perm("policies.publish_revision"),
            at=now,
            today=timezone.localdate(now),
        )
        context = {"board": board, "title": _("政策工作台")}
        return self._page(request, "desk", context)

    def start(self, request: HttpRequest) -> HttpResponse:
        """Begin a revision from what is in force on a day."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else None
        first = {key: request.GET[key] for key in ("region", "insurance") if key in request.GET}
        form = StartForm(data, codes=self._codes(request), initial=first)
        if data is not None and form.is_valid():
            try:
                revision = create_revision(
                    region_code=form.cleaned_data["region"],
                    insurance=form.cleaned_data["insurance"],
                    title=form.cleaned_data["title"],
                    basis=str(form.cleaned_data["document"]),
                    announced_on=form.cleaned_data["announced_on"],
                    starts_on=form.cleaned_data["starts_on"],
                    by=request.user,  # type: ignore[arg-type]
                    at=timezone.now(),
                )
            except PolicyRefused as refusal:
                form.add_error(None, list(refusal.problems))
            else:
                return self._go("ground", revision)
        context = {
            "form": form,
            "title": _("从现行规定改起"),
            "media": self.media + form.media,
        }
        return self._page(request, "start", context, status=_UNPROCESSABLE if data else 200)

    def _codes(self, request: HttpRequest) -> list[str]:
        """Return the regions of the person: those with policies, and those given by name."""
        user: Any = request.user
        given = set(user.assignments.values_list("region_code", flat=True)) - {NATION}
        stated = (
            code
            for code in queries.list_regions_with_policies()
            if may_act_for(user, *regions.chain(code))
        )
        return sorted({*stated, *(code for code in given if self._is_known(code))})

    def _is_known(self, code: str) -> bool:
        try:
            return regions.resolve(code).code == code
        except (regions.UnknownRegion, regions.RetiredRegion):
            return False

    # --- what the draft stands on ---------------------------------------------------------

    def ground(self, request: HttpRequest, pk: int) -> HttpResponse:
        revision = self._revision(request, pk)
        day = revision.starts_on or timezone.localdate()
        context = {
            "original": revision,
            "title": _("从现行规定改起：%(revision)s") % {"revision": revision},
            "rows": views_of(revision),
            "inherited": inherited_by(revision, day),
            "day": day,
            "may_edit": may_edit(request, revision),
        }
        return self._page(request, "ground", context)

    def change_row(self, request: HttpRequest, pk: int, what: str) -> HttpResponse:
        revision = self._editable(request, pk)
        operations: dict[str, Callable[..., object]] = {
            "amend": drafts.amend_row,
            "end": drafts.end_row,
            "keep": drafts.keep_row,
        }
        if what not in operations:
            raise Http404
        arguments = {
            "revision": revision,
            "table": request.POST.get("table", ""),
            "pk": _number(request.POST.get("row", "")),
            "version": _number(request.POST.get("version", "")),
            "by": request.user,
            "at": timezone.now(),
        }
        row = self._try(request, lambda: operations[what](**arguments))
        if isinstance(row, Provision):
            self.message_user(request, _("已抄入草稿，请在这里修改。"), messages.SUCCESS)
            theme = self.theme_of(row.terms_type.table)
            address = reverse("admin:policies_revision_change", args=[pk])
            return HttpResponseRedirect(f"{address}?theme={theme}")
        return self._go("ground", revision)

    def theme_of(self, table: str) -> str:
        raise NotImplementedError

    def sheet(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Export the draft as a workbook."""
        content = workbook_of(self._editable(request, pk))
        name = f"revision-{pk}.xlsx"
        return HttpResponse(
            content,
            content_type=_XLSX,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def take_sheet(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a workbook back: first only said what it would do, then written."""
        revision = self._editable(request, pk)
        report = None
        form = SheetForm(request.POST or None, request.FILES or None)
        is_dry = "write" not in request.POST
        if request.method == "POST" and form.is_valid():
            try:
                report = read_workbook(
                    revision=revision,
                    content=form.cleaned_data["file"].read(),
                    by=request.user,  # type: ignore[arg-type]
                    at=timezone.now(),
                    dry_run=is_dry,
                )
            except PolicyRefused as refusal:
                form.add_error("file", list(refusal.problems))
            else:
                if not is_dry and not report.problems:
                    self.message_user(request, _("已写入草稿。"), messages.SUCCESS)
                    return self._go("review", revision)
        context = {
            "original": revision,
            "title": _("用表格修改：%(revision)s") % {"revision": revision},
            "form": form,
            "report": report,
        }
        is_refused = bool(form.errors or (report and report.problems))
        return self._page(request, "sheet", context, status=_UNPROCESSABLE if is_refused else 200)

    # --- checks while editing ---------------------------------------------------------------

    def check_form(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Judge the draft with what is typed in the form and not saved yet (a fragment)."""
        revision = self._editable(request, pk)
        formsets, _inlines = self._create_formsets(request, revision, change=True)  # type: ignore[attr-defined]
        typed: list[Provision] = []
        shown: set[type[Provision]] = set()
        problems: list[str] = []
        for formset in formsets:
            if not issubclass(formset.model, Provision):
                continue
            shown.add(formset.model)
            for form in formset.forms:
                if not form.has_changed() and not form.instance.pk:
                    continue
                if form.is_valid():
                    if not form.cleaned_data.get("DELETE"):
                        typed.append(form.instance)
                else:
                    problems += [
                        f"{form.instance}：{error}"
                        for errors in form.errors.values()
                        for error in errors
                    ]
        saved = [row for row in rows_in(revision) if type(row) not in shown]
        ground = ground_of(revision, [*typed, *saved], timezone.localdate())
        context = {"findings": findings_of(ground), "problems": problems}
        return TemplateResponse(request, "admin/policies/revision/findings.html", context)

    # --- review -------------------------------------------------------------------------------

    def review(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what the revision changes, what looks wrong and what was said about it."""
        revision = self._revision(request, pk)
        return self._review(request, revision, ScheduleForm())

    def _review(
        self, request: HttpRequest, revision: Revision, form: ScheduleForm, status: int = 200
    ) -> HttpResponse:
        outcome = outcome_of(revision)
        changes = changes_of(outcome, names_in(revision.region_id))
        findings = (
            findings_of(ground_of(revision, outcome.added, timezone.localdate()))
            if revision.is_open
            else ()
        )
        is_basis = {ChangeKind.BASIS, ChangeKind.SAME}
        is_checker = (
            revision.status == RevisionStatus.IN_REVIEW
            and revision.author_id != request.user.pk
            and request.user.has_perm("policies.publish_revision")
        )
        context = {
            "original": revision,
            "title": _("复核：%(revision)s") % {"revision": revision},
            "changes": [change for change in changes if change.kind not in is_basis],
            "basis_changes": [change for change in changes if change.kind in is_basis],
            "refused": outcome.refused,
            "findings": findings,
            "report": report_of(revision, with_changes=False),
            "comments": revision.comments.select_related("by"),
            "unseen": list_unseen(revision) if revision.is_open else (),
            "is_author": revision.author_id == request.user.pk,
            "schedule_form": form if is_checker else None,
            "moves": self.moves_of(request, revision),
            "media": self.media + form.media,
            "may_correct": revision.status == RevisionStatus.PUBLISHED
            and self.has_add_permission(request),
        }
        return self._page(request, "review", context, status=status)

    def moves_of(self, request: HttpRequest, revision: Revision) -> list[dict[str, Any]]:
        raise NotImplementedError

    def comment(self, request: HttpRequest, pk: int) -> HttpResponse:
        revision = self._revision(request, pk)
        if not self._may_talk(request, revision):
            raise PermissionDenied
        table, _dash, number = request.POST.get("row", "").rpartition("-")
        self._try(
            request,
            lambda: drafts.comment_on(
                revision=revision,
                text=request.POST.get("text", ""),
                table=table,
                pk=_number(number) if table else None,
                by=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            ),
        )
        return self._go("review", revision)

    def settle(self, request: HttpRequest, pk: int, comment: int) -> HttpResponse:
        revision = self._revision(request, pk)
        if not self._may_talk(request, revision):
            raise PermissionDenied
        found = get_object_or_404(Comment, pk=comment, revision=revision)
        self._try(
            request,
            lambda: drafts.settle_comment(comment=found, by=request.user, at=timezone.now()),  # type: ignore[arg-type]
        )
        return self._go("review", revision)

    def _may_talk(self, request: HttpRequest, revision: Revision) -> bool:
        """Author and whoever may publish: others only read."""
        return revision.author_id == request.user.pk or request.user.has_perm(
            "policies.publish_revision"
        )

    def accept(self, request: HttpRequest, pk: int) -> HttpResponse:
        revision = self._editable(request, pk)
        self._try(
            request,
            lambda: drafts.accept_ground(revision=revision, by=request.user, at=timezone.now()),  # type: ignore[arg-type]
        )
        return self._go("review", revision)

    def schedule(self, request: HttpRequest, pk: int) -> HttpResponse:
        revision = self._revision(request, pk)
        if not request.user.has_perm("policies.publish_revision"):
            raise PermissionDenied
        form = ScheduleForm(request.POST)
        if not form.is_valid():
            return self._review(request, revision, form, _UNPROCESSABLE)
        done = self._try(
            request,
            lambda: schedule_revision(
                revision=revision,
                moment=form.cleaned_data["moment"],
                by=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            ),
        )
        if done is not None:
            self.message_user(request, _("已批准，到时发布。"), messages.SUCCESS)
        return self._go("review", revision)

    def correct(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Open a revision that corrects this published one."""
        revision = self._revision(request, pk)
        if not self.has_add_permission(request):
            raise PermissionDenied
        draft = self._try(
            request,
            lambda: drafts.correct_revision(
                revision=revision,
                reason=request.POST.get("reason", ""),
                by=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            ),
        )
        return self._go("ground" if draft else "review", draft or revision)

    # --- helpers ------------------------------------------------------------------------------

    def _revision(self, request: HttpRequest, pk: int) -> Revision:
        revision: Revision = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_or_change_permission(request, revision):
            raise PermissionDenied
        return revision

    def _editable(self, request: HttpRequest, pk: int) -> Revision:
        revision = self._revision(request, pk)
        if not may_edit(request, revision):
            raise PermissionDenied
        return revision

    def _try[T](self, request: HttpRequest, act: Callable[[], T]) -> T | None:
        """Do something; what is refused is said on the next page."""
        try:
            return act()
        except PolicyRefused as refusal:
            for problem in refusal.problems:
                self.message_user(request, problem, messages.ERROR)
            return None

    def _go(self, page: str, revision: Revision) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(f"admin:policies_revision_{page}", args=[revision.pk]))

    def _page(
        self, request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        template = f"admin/policies/revision/{name}.html"
        return TemplateResponse(request, template, shared | context, status=status)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0
