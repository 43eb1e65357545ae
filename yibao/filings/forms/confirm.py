"""The last look: everything that was answered, and what the person should know before."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from yibao.cases.wizard.agreeing import LastLookForm
from yibao.core.footnotes import Footnotes
from yibao.filings import wording
from yibao.filings.queries import overlapping
from yibao.filings.reading import Reading, Term, due_cites, due_on, term_of
from yibao.rules.citation import Citation
from yibao.rules.facts import Evidence


class ConfirmForm(LastLookForm):
    """Nothing new is asked, but for a filing that seems to be there already."""

    overlap_known = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.overlap:
            self.fields["overlap_known"].label = _("我知道，仍然要提交，由经办机构判断")
        else:
            del self.fields["overlap_known"]

    @property
    def reading(self) -> Reading | None:
        found: Reading | None = self.walk.form("places").reading  # type: ignore[attr-defined]
        return found if self.walk.is_complete("places") else None

    @property
    def evidence(self) -> Evidence:
        found: Evidence = self.walk.form("materials").evidence  # type: ignore[attr-defined]
        return found

    @cached_property
    def term(self) -> Term | None:
        """How long the filing would hold."""
        return term_of(self.reading, self.evidence) if self.reading else None

    @property
    def answer_by(self) -> Any:
        """The last day for the bureau, None where no rule states one."""
        return due_on(self.reading, self.walk.today) if self.reading else None

    @cached_property
    def because(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Why the category fits: each sentence with the ids of its clauses."""
        return wording.because(self.reading) if self.reading else ()

    @cached_property
    def footnotes(self) -> Footnotes[Citation]:
        """The clauses behind what this page says."""
        if self.reading is None or self.term is None:
            return Footnotes()
        return Footnotes(
            [
                *self.reading.citations,
                *self.term.validity_cites,
                *self.term.change_cites,
                *due_cites(self.reading),
            ]
        )

    def validity_ids(self) -> list[str]:
        """Return the clauses that say how long the filing holds."""
        return [cited.id for cited in self.term.validity_cites] if self.term else []

    def change_ids(self) -> list[str]:
        """Return the clauses that say when it may be changed."""
        return [cited.id for cited in self.term.change_cites] if self.term else []

    def due_ids(self) -> list[str]:
        """Return the clauses that say how long the bureau may take."""
        return [cited.id for cited in due_cites(self.reading)] if self.reading else []

    @cached_property
    def overlap(self) -> str:
        """Whether the person seems to have a filing for these days: `same`, `several`, `other`
        or "". Where it is to is not told: whoever types a name and a number learns no more."""
        person, draft = self.walk.cleaned("person"), self.walk.draft
        if not person or self.reading is None or self.term is None or draft is None:
            return ""
        found = overlapping(
            person["id_number"],
            person["name"],
            starts_on=self.reading.wish.starts_on,
            ends_on=self.term.ends_on,
            without=draft.replaces,
        )
        if not found:
            return ""
        if any(filing.care_pool_code == self.reading.care_pool for filing in found):
            return "same"
        return "other" if not self._allows_several else ""

    @property
    def _allows_several(self) -> bool:
        """Whether the rules allow several places at once, on this evidence."""
        if self.reading is None:
            return False
        several = self.reading.rule("several_places")
        by_letter = self.reading.rule("several_places_commitment")
        refuses_letter = by_letter is not None and not by_letter.value
        if self.evidence is Evidence.COMMITMENT and refuses_letter:
            return False
        return several is not None and bool(several.value)

    def clean(self) -> dict[str, Any]:
        """Ask once about what seems to be there already."""
        if self.overlap and not self.cleaned_data.get("overlap_known"):
            words = _("请先看上面的提醒。确实要再交一份，请打勾。")
            self.add_error("overlap_known", ValidationError(words, code="overlap"))
        return self.cleaned_data
