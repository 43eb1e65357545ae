"""Replay in the panel: ask for it, watch it, explain what it found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yibao.core import background
from yibao.policies.models import ReplayRun, Revision
from yibao.policies.replay.operations import NOTE_LENGTH, ask_for_replay, explain
from yibao.policies.replay.operations.running import is_abandoned, work
from yibao.policies.replay.reading import report_of
from yibao.policies.succession import PolicyRefused

if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Revision]
else:
    _Base = object

AT_ONCE = 3_000
"""Cases that are replayed while the person waits, a second or two; more go to a worker."""

COMMAND = "work_replays"
_UNPROCESSABLE = 422


class ReplayPages(_Base):
    """The pages of a replay beside those of the desk."""

    def replay_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "policies_revision_{}".format
        return [
            path("<int:pk>/replay/", view(require_safe(self.replay)), name=name("replay")),
            path(
                "<int:pk>/replay/progress/",
                view(require_safe(self.replay_progress)),
                name=name("replay_progress"),
            ),
            path(
                "<int:pk>/replay/ask/",
                view(require_POST(self.ask_replay)),
                name=name("ask_replay"),
            ),
            path(
                "<int:pk>/replay/explain/",
                view(require_POST(self.explain_replay)),
                name=name("explain_replay"),
            ),
        ]

    def replay(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what the latest replay found."""
        return self._replay_page(request, self._seen(request, pk))

    def _replay_page(
        self,
        request: HttpRequest,
        revision: Revision,
        *,
        error: str = "",
        note: str = "",
        chosen: frozenset[int] = frozenset(),
    ) -> HttpResponse:
        report = report_of(revision)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": revision,
            "title": _("重算：%(revision)s") % {"revision": revision},
            "report": report,
            "may_ask": revision.is_open and self._may_ask(request, revision),
            "may_explain": revision.is_open
            and revision.author_id == request.user.pk
            and report is not None
            and report.is_done
            and report.is_current,
            "note_error": error,
            "note": note,
            "note_length": NOTE_LENGTH,
            "chosen": chosen,
        }
        return TemplateResponse(
            request,
            "admin/policies/revision/replay.html",
            context,
            status=_UNPROCESSABLE if error else 200,
        )

    def replay_progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say how far the work is; put a new worker in the place of a dead one."""
        revision = self._seen(request, pk)
        report = report_of(revision, with_changes=False)
        if report is None or not report.is_under_way:
            return HttpResponse(headers={"HX-Refresh": "true"})
        self._see_to_a_worker(report.run)
        return TemplateResponse(
            request, "admin/policies/revision/replay.html#progress", {"report": report}
        )

    def _see_to_a_worker(self, run: ReplayRun) -> None:
        if is_abandoned(run, is_alive=background.is_alive, at=timezone.now()):
            background.start(COMMAND)

    def ask_replay(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Replay the draft as it stands; a small set is done before the answer."""
        revision = self._seen(request, pk)
        if not self._may_ask(request, revision):
            raise PermissionDenied
        try:
            run = ask_for_replay(revision=revision, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        except PolicyRefused as refusal:
            for problem in refusal.problems:
                self.message_user(request, problem, messages.ERROR)
        else:
            if run.total <= AT_ONCE:
                work(
                    worker=background.new_name(),
                    is_alive=background.is_alive,
                    clock=timezone.now,
                    only=run.pk,
                )
            else:
                transaction.on_commit(lambda: background.start(COMMAND))
        return self._to_replay(revision)

    def explain_replay(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the author's note about the changes chosen."""
        revision = self._seen(request, pk)
        if revision.author_id != request.user.pk:
            raise PermissionDenied
        note = request.POST.get("note", "")
        chosen = frozenset(int(v) for v in request.POST.getlist("group") if v.isdecimal())
        try:
            explain(
                revision=revision,
                groups=chosen,
                note=note,
                by=request.user,
                at=timezone.now(),
            )
        except PolicyRefused as refusal:
            error = " ".join(refusal.problems)
            return self._replay_page(request, revision, error=error, note=note, chosen=chosen)
        self.message_user(request, _("已写入说明。"), messages.SUCCESS)
        return self._to_replay(revision)

    def _seen(self, request: HttpRequest, pk: int) -> Revision:
        revision: Revision = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_or_change_permission(request, revision):
            raise PermissionDenied
        return revision

    def _may_ask(self, request: HttpRequest, revision: Revision) -> bool:
        """Whoever drafts or publishes; others only look."""
        user: Any = request.user
        return any(
            user.has_perm(name) for name in ("policies.add_revision", "policies.publish_revision")
        )

    def _to_replay(self, revision: Revision) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:policies_revision_replay", args=[revision.pk]))
