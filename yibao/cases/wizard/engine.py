"""A wizard: steps of one form each, kept in a draft, and at the end one operation.

An app that wants one writes its forms as `StepForm`s, names them in `Step`s, and gives

    wizard = Wizard(kind=Kind.FILING, namespace="filings", steps=(...), submit=..., done=...)
    urlpatterns = [*Views(wizard).urls(), ...]

- The first step is the notice at `new/`: its answer begins the draft. The last is the
  confirmation: its answer calls `submit(walk)`, which returns the case.
- What is kept of a step is what was typed. A step is complete while its form, built from that,
  is valid: nobody can skip ahead, and a changed rule or an earlier answer shows at once.
  A form reads the earlier steps through `self.walk.cleaned("person")`.
- `Step.decides` names fields; when one of them changes, the answers of the steps in
  `Step.drops` are void.
- A form with papers mixes in `uploads.fields.UploadsForm` before `StepForm`.
- Templates extend `cases/wizard/step.html` and get `form`, `step`, `walk`, `progress`.

Nothing here knows what the case is about.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from yibao.cases.models import Case, Draft
from yibao.cases.operations.drafts import read_answers
from yibao.cases.vocabulary import Kind
from yibao.core.forms import BaseForm, ChoiceField, IsoDateField, RegionField

type Answers = Mapping[str, str]

PASSED = "_passed"
"""Kept beside the answers of a step whose form was valid when it was sent."""

MOST_KEPT_SIGNS = 1000
"""Of one answer; no field takes more."""


@dataclass(frozen=True, slots=True)
class Row:
    """One answer in words, for the confirmation."""

    label: Any
    value: Any


class StepForm(BaseForm):
    """The form of one step; `walk` holds the other steps' answers and the day."""

    def __init__(self, *args: Any, walk: "Walk", **kwargs: Any) -> None:
        self.walk = walk
        super().__init__(*args, **kwargs)
        for field_ in self.fields.values():
            if isinstance(field_, IsoDateField):
                field_.today = walk.today

    def typed(self) -> dict[str, str]:
        """Return what was typed, to be kept."""
        found = {name: self.data.get(self.add_prefix(name)) for name in self.fields}
        return {
            name: str(value)[:MOST_KEPT_SIGNS]
            for name, value in found.items()
            if isinstance(value, str) and value
        }

    def rows(self) -> Iterable[Row]:
        """Return the answers of a valid form in words."""
        for name, field_ in self.fields.items():
            value = self.cleaned_data.get(name)
            if value in (None, "", []):
                continue
            if isinstance(field_, ChoiceField):
                words = dict(field_.choices)  # type: ignore[arg-type]
                value = words.get(str(value), value)
            elif isinstance(field_, RegionField):
                value = value.full_name
            yield Row(field_.label, value)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One page. `template` extends cases/wizard/step.html."""

    slug: str
    title: Any
    form: type[StepForm]
    template: str
    decides: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()


def _no_prefill(query: Mapping[str, str]) -> Mapping[str, Answers]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Wizard:
    """The steps of one kind of case; `namespace` is that of its URLs.

    `submit` makes the case out of a complete walk. It raises `drafts.Stale` where the draft is no
    longer what was shown, and must give the first one's case to a second call.
    `done` fills the last page's template, `prefill` reads answers out of the address with
    which somebody begins: by step, as typed.
    """

    kind: Kind
    namespace: str
    title: Any
    steps: tuple[Step, ...]
    submit: Callable[["Walk"], Case]
    done: Callable[[HttpRequest, Draft, Case], dict[str, Any]]
    done_template: str
    prefill: Callable[[Mapping[str, str]], Mapping[str, Answers]] = field(default=_no_prefill)

    @property
    def first(self) -> Step:
        return self.steps[0]

    @property
    def last(self) -> Step:
        return self.steps[-1]

    def step(self, slug: str) -> Step | None:
        """Return a step by its slug."""
        return next((step for step in self.steps if step.slug == slug), None)

    def position(self, step: Step) -> int:
        """Return the place of a step, from 0."""
        return self.steps.index(step)


class Refused(Exception):
    """The case cannot be made now; `words` say why, for the person."""

    def __init__(self, words: Any) -> None:
        super().__init__(words)
        self.words = words


class Walk:
    """One person's way through a wizard, as it stands."""

    def __init__(self, wizard: Wizard, draft: Draft | None, *, at: datetime, today: date) -> None:
        self.wizard = wizard
        self.draft = draft
        self.at = at
        self.today = today
        self.answers: Mapping[str, Answers] = read_answers(draft) if draft else {}
        self._forms: dict[str, StepForm] = {}

    def form(self, slug: str) -> StepForm:
        """Return a step's form, bound to what was kept of it."""
        if slug not in self._forms:
            step = self.wizard.step(slug)
            if step is None:
                raise LookupError(slug)
            self._forms[slug] = step.form(dict(self.answers.get(slug, {})), {}, walk=self)
        return self._forms[slug]

    def is_complete(self, slug: str) -> bool:
        """Tell whether a step was answered and its answers still stand."""
        return PASSED in self.answers.get(slug, {}) and self.form(slug).is_valid()

    def cleaned(self, slug: str) -> dict[str, Any]:
        """Return the values of a complete step, nothing of an incomplete one."""
        return self.form(slug).cleaned_data if self.is_complete(slug) else {}

    @cached_property
    def first_open(self) -> Step:
        """The first step that is not complete; the last one when only that is left."""
        return next(
            (step for step in self.wizard.steps[:-1] if not self.is_complete(step.slug)),
            self.wizard.last,
        )

    def may_open(self, step: Step) -> bool:
        """Tell whether everything before a step is complete."""
        return self.wizard.position(step) <= self.wizard.position(self.first_open)

    def voided_by(self, step: Step, typed: Answers) -> tuple[str, ...]:
        """Return the steps whose answers do not outlive these new ones."""
        before = self.answers.get(step.slug)
        if before is None or PASSED not in before:
            return ()
        has_changed = any(before.get(name, "") != typed.get(name, "") for name in step.decides)
        return step.drops if has_changed else ()
