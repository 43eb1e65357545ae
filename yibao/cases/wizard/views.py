"""The pages of a wizard: begin, answer a step, leave, resume, done."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from yibao.cases.models import Draft
from yibao.cases.operations.drafts import (
    Stale,
    Submitted,
    new_resume_code,
    resume_draft,
    save_step,
    start_draft,
)
from yibao.cases.uploads.fields import UploadsForm
from yibao.cases.uploads.operations import HandedIn
from yibao.cases.uploads.serving import draft_file
from yibao.cases.wizard import binding
from yibao.cases.wizard.engine import PASSED, Refused, Step, StepForm, Walk, Wizard
from yibao.cases.wizard.guard import is_forged, private
from yibao.cases.wizard.resuming import ResumeForm, grouped
from yibao.core import clock, throttle
from yibao.core.addresses import client_address
from yibao.core.navigation import links

MOST_RESUMES = 20
HOUR = 60 * 60
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
BACK_TO_LAST = "from"
LEAVE_BUTTON = "leave"


class Gone(Exception):
    """This browser holds no such draft: it ran out, was opened elsewhere, or never was."""


class Views:
    """The views of one wizard."""

    def __init__(self, wizard: Wizard) -> None:
        self.wizard = wizard

    def urls(self) -> list[URLPattern]:
        """Return the addresses, to stand under the app's own."""
        pages = (
            ("new/", self.start, "new"),
            ("resume/", self.resume, "resume"),
            ("draft/<str:uid>/", self.current, "draft"),
            ("draft/<str:uid>/done/", self.done, "done"),
            ("draft/<str:uid>/forget/", self.forget, "forget"),
            ("draft/<str:uid>/files/<str:name>/", self.file, "file"),
            ("draft/<str:uid>/files/<str:name>/preview/", self.preview, "preview"),
            ("draft/<str:uid>/<slug:slug>/", self.step, "step"),
        )
        return [path(route, private(self._or_gone(view)), name=name) for route, view, name in pages]

    # --- begin, resume, leave -----------------------------------------------------------

    def start(self, request: HttpRequest) -> HttpResponseBase:
        """Show the notice; begin a draft when it was agreed to."""
        step = self.wizard.first
        walk = self._new_walk(None)
        if request.method != "POST":
            return self._page(request, walk, step, step.form(walk=walk))
        form = step.form(request.POST, request.FILES, walk=walk)
        if is_forged(request):
            return self._page(request, walk, step, form, problem="expired", status=403)
        if not form.is_valid():
            return self._page(request, walk, step, form, status=UNPROCESSABLE)
        answers = {
            **self.wizard.prefill(request.GET.dict()),
            step.slug: {**form.typed(), PASSED: "1"},
        }
        opened = start_draft(kind=self.wizard.kind, at=walk.at, answers=answers)
        response = redirect(self.address(opened.draft, self.wizard.steps[1]))
        binding.bind(response, opened.secret, path=self.folder(opened.draft))
        return response

    def resume(self, request: HttpRequest) -> HttpResponseBase:
        """Open a draft by its code. Every miss gets the same words."""
        if request.method != "POST":
            return self._resume_page(request, ResumeForm())
        form = ResumeForm(request.POST)
        if is_forged(request):
            return self._resume_page(request, form, problem="expired", status=403)
        if not form.is_valid():
            return self._resume_page(request, form, status=UNPROCESSABLE)
        address = client_address(request)
        if not throttle.allows("resume", address, most=MOST_RESUMES, seconds=HOUR):
            return self._resume_page(request, form, problem="too_many", status=429)
        code = form.cleaned_data["resume_code"]
        found = resume_draft(code, kind=self.wizard.kind, at=timezone.now())
        if found is None:
            return self._resume_page(request, form, problem="unknown", status=404)
        draft, secret = found
        response = redirect(self.folder(draft))
        binding.bind(response, secret, path=self.folder(draft))
        return response

    def leave(self, request: HttpRequest, walk: Walk, draft: Draft) -> HttpResponse:
        """Show a resume code, once, and let the browser forget the draft."""
        code = new_resume_code(draft.pk)
        response = TemplateResponse(
            request,
            "cases/wizard/left.html",
            {
                "wizard": self.wizard,
                "code": grouped(code),
                "kept_until": timezone.localdate(draft.expires_at),
                "resume_address": self._named("resume"),
                "resume_absolute": request.build_absolute_uri(self._named("resume")),
            },
        )
        binding.release(response, path=self.folder(draft))
        return response

    # --- a draft ------------------------------------------------------------------------

    def current(self, request: HttpRequest, uid: str) -> HttpResponseBase:
        """Lead to where somebody left off."""
        walk, draft = self._held(request, uid)
        return redirect(self.address(draft, walk.first_open))

    def step(self, request: HttpRequest, uid: str, slug: str) -> HttpResponseBase:
        """Show one step, or take its answer."""
        walk, draft = self._held(request, uid)
        step = self.wizard.step(slug)
        if step is None:
            raise Gone
        if draft.case is not None:
            return redirect(self._named("done", draft))
        if not walk.may_open(step):
            return redirect(self.address(draft, walk.first_open))
        if request.method == "POST":
            return self._answered(request, walk, draft, step)
        kept = walk.answers.get(slug, {})
        was_right = PASSED in kept and not walk.is_complete(slug)
        form = walk.form(slug) if was_right else step.form(initial=dict(kept), walk=walk)
        return self._page(request, walk, step, form)

    def _answered(
        self, request: HttpRequest, walk: Walk, draft: Draft, step: Step
    ) -> HttpResponseBase:
        form = step.form(request.POST, request.FILES, walk=walk)
        if is_forged(request):
            return self._page(request, walk, step, form, problem="expired", status=403)
        try:
            if isinstance(form, UploadsForm):
                form.keep(draft=draft, at=walk.at)
            if LEAVE_BUTTON in request.POST:
                self._save(walk, draft, step, form, passed=False)
                return self.leave(request, walk, draft)
            stays = isinstance(form, UploadsForm) and form.stays
            if not form.is_valid():
                return self._page(request, walk, step, form, status=UNPROCESSABLE)
            if step is self.wizard.last and not stays:
                return self._submitted(request, walk, draft, form)
            self._save(walk, draft, step, form, passed=not stays)
        except (Submitted, HandedIn):
            return redirect(self._named("done", draft))
        return self._next(request, draft, step, stays=stays)

    def _save(self, walk: Walk, draft: Draft, step: Step, form: StepForm, *, passed: bool) -> None:
        typed = form.typed()
        if passed:
            typed[PASSED] = "1"
        save_step(draft.pk, step.slug, typed, at=walk.at, drops=walk.voided_by(step, typed))

    def _next(
        self, request: HttpRequest, draft: Draft, step: Step, *, stays: bool
    ) -> HttpResponseBase:
        """Go on: to the confirmation for who came from there, if nothing else is open now."""
        goes_back = request.GET.get(BACK_TO_LAST) == self.wizard.last.slug
        query = f"?{BACK_TO_LAST}={self.wizard.last.slug}" if goes_back else ""
        if stays:
            response = redirect(f"{self.address(draft, step)}{query}")
        else:
            following = self.wizard.steps[self.wizard.position(step) + 1]
            if goes_back:
                draft.refresh_from_db()
                following = self._new_walk(draft).first_open
            if following is self.wizard.last:
                query = ""
            response = redirect(f"{self.address(draft, following)}{query}")
        binding.keep_bound(request, response, path=self.folder(draft))
        return response

    def _submitted(
        self, request: HttpRequest, walk: Walk, draft: Draft, form: StepForm
    ) -> HttpResponseBase:
        step = self.wizard.last
        if request.POST.get("version", str(draft.version)) != str(draft.version):
            return self._page(
                request, walk, step, form, problem="changed", status=HTTPStatus.CONFLICT
            )
        try:
            self.wizard.submit(walk)
        except Stale:
            return redirect(self.folder(draft))
        except Refused as refused:
            form.add_error(None, refused.words)
            return self._page(request, walk, step, form, status=HTTPStatus.CONFLICT)
        return redirect(self._named("done", draft))

    def done(self, request: HttpRequest, uid: str) -> HttpResponseBase:
        """Show what was filed."""
        walk, draft = self._held(request, uid)
        if draft.case is None:
            return redirect(self.address(draft, walk.first_open))
        context = {
            "wizard": self.wizard,
            "draft": draft,
            "case": draft.case,
            "hours": binding.SECONDS // HOUR,
            **self.wizard.done(request, draft, draft.case),
        }
        return TemplateResponse(request, self.wizard.done_template, context)

    def forget(self, request: HttpRequest, uid: str) -> HttpResponseBase:
        """Let this browser forget what was filed, for who sits at somebody else's machine."""
        _walk, draft = self._held(request, uid)
        if request.method != "POST" or is_forged(request):
            return redirect(self.folder(draft))
        response = redirect(links()["home"])
        binding.release(response, path=self.folder(draft))
        return response

    def file(self, request: HttpRequest, uid: str, name: str) -> HttpResponseBase:
        """Give a file back to whoever sent it."""
        _walk, draft = self._held(request, uid)
        return draft_file(draft, name)

    def preview(self, request: HttpRequest, uid: str, name: str) -> HttpResponseBase:
        """Give the small picture of a file."""
        _walk, draft = self._held(request, uid)
        return draft_file(draft, name, preview=True)

    # --- pieces -------------------------------------------------------------------------

    def folder(self, draft: Draft) -> str:
        """Return the address under which all of a draft lies."""
        return self._named("draft", draft)

    def address(self, draft: Draft, step: Step) -> str:
        """Return the address of a step of a draft."""
        return reverse(f"{self.wizard.namespace}:step", args=(draft.uid, step.slug))

    def done_address(self, uid: str) -> str:
        """Return the address of the last page of a draft."""
        return reverse(f"{self.wizard.namespace}:done", args=(uid,))

    def _named(self, name: str, draft: Draft | None = None) -> str:
        return reverse(f"{self.wizard.namespace}:{name}", args=(draft.uid,) if draft else ())

    def _new_walk(self, draft: Draft | None) -> Walk:
        return Walk(self.wizard, draft, at=timezone.now(), today=clock.today())

    def _held(self, request: HttpRequest, uid: str) -> tuple[Walk, Draft]:
        draft = binding.held_draft(request, uid, kind=self.wizard.kind, at=timezone.now())
        if draft is None:
            raise Gone
        return self._new_walk(draft), draft

    def _page(
        self,
        request: HttpRequest,
        walk: Walk,
        step: Step,
        form: StepForm,
        *,
        problem: str = "",
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        draft = walk.draft
        position = self.wizard.position(step)
        before = self.wizard.steps[position - 1] if position and draft else None
        context: dict[str, Any] = {
            "wizard": self.wizard,
            "walk": walk,
            "step": step,
            "form": form,
            "problem": problem,
            "number": position + 1,
            "of": len(self.wizard.steps),
            "folder": self.folder(draft) if draft else "",
            "back": self.address(draft, before) if draft and before else "",
            "resume_address": self._named("resume"),
            "kept_until": timezone.localdate(draft.expires_at) if draft else None,
            "action": request.get_full_path(),
            "is_last": step is self.wizard.last,
            "from_last": f"?{BACK_TO_LAST}={self.wizard.last.slug}",
        }
        return TemplateResponse(request, step.template, context, status=status)

    def _resume_page(
        self, request: HttpRequest, form: ResumeForm, *, problem: str = "", status: int = 200
    ) -> HttpResponse:
        context = {
            "wizard": self.wizard,
            "form": form,
            "problem": problem,
            "new_address": self._named("new"),
        }
        return TemplateResponse(request, "cases/wizard/resume.html", context, status=status)

    def _or_gone(self, view: Any) -> Any:
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in ("GET", "HEAD", "POST"):
                return HttpResponseNotAllowed(("GET", "HEAD", "POST"))
            try:
                response: HttpResponseBase = view(request, *args, **kwargs)
            except Gone:
                context = {
                    "wizard": self.wizard,
                    "new_address": self._named("new"),
                    "resume_address": self._named("resume"),
                }
                return TemplateResponse(request, "cases/wizard/gone.html", context, status=404)
            return response

        return answer
