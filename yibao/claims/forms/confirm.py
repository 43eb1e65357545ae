"""The last look at a claim: its answers, what stands out in it, and what it may come to."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from yibao.cases.wizard.agreeing import LastLookForm
from yibao.claims.forms.application import claim_of
from yibao.claims.queries.findings import ClaimLimits, Finding, check_claim, limits_of
from yibao.claims.reckoning import Reckoning, reckon_alone, terms_of
from yibao.claims.submitted import SubmittedClaim
from yibao.claims.vocabulary import STAFF_ONLY_MARKS, MarkCode
from yibao.claims.wording import mark_words
from yibao.claims.working import Working, working_of
from yibao.core.footnotes import Footnotes
from yibao.rules.citation import Citation
from yibao.rules.policy import Terms

_ASKED = frozenset({MarkCode.DUPLICATE, MarkCode.SUMS, MarkCode.DEADLINE_PASSED})
"""Findings that the person is asked about; the others are only said."""


class ConfirmClaimForm(LastLookForm):
    """A tick for what seems wrong; nothing that was typed is refused for it."""

    findings_known = forms.BooleanField(
        required=False, label=_("我看过上面的提醒，内容没有错，仍然要提交")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.asks:
            del self.fields["findings_known"]

    @cached_property
    def claim(self) -> SubmittedClaim | None:
        """What would be sent in; None while a step is incomplete."""
        return claim_of(self.walk)

    @cached_property
    def terms(self) -> Terms | None:
        claim = self.claim
        if claim is None:
            return None
        return terms_of(claim.insured_code, claim.insurance, claim.discharged_on, self.walk.today)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What stands out, without what only staff look at."""
        if self.claim is None or self.terms is None:
            return ()
        found = check_claim(self.claim, self.terms, on=self.walk.today)
        return tuple(each for each in found if each.code not in STAFF_ONLY_MARKS)

    @property
    def asks(self) -> bool:
        return any(each.code in _ASKED for each in self.findings)

    def finding_words(self) -> list[tuple[str, str]]:
        """Return each finding's code and sentence, each sentence once."""
        said = {mark_words(each.code, each.values): each.code for each in self.findings}
        return [(code, words) for words, code in said.items()]

    @cached_property
    def footnotes(self) -> Footnotes[Citation]:
        """The clauses behind what this page says, in its order."""
        notes = self.working.footnotes if self.working else Footnotes[Citation]()
        for cited in self.limits.cites if self.limits else ():
            notes.add(cited)
        return notes

    def limit_ids(self) -> list[str]:
        """Return the clauses of the claimant's last day."""
        return [cited.id for cited in self.limits.cites] if self.limits else []

    @cached_property
    def working(self) -> Working | None:
        """The estimate step by step, or what is missing for it."""
        return working_of(self.reckoning.settlement) if self.reckoning else None

    @cached_property
    def limits(self) -> ClaimLimits | None:
        if self.claim is None or self.terms is None:
            return None
        return limits_of(self.claim, self.terms)

    @cached_property
    def reckoning(self) -> Reckoning | None:
        """The estimate of this bill alone: what the year has used up is not known here."""
        claim = self.claim
        if claim is None or self.terms is None:
            return None
        return reckon_alone(
            claim,
            region_code=claim.insured_code,
            insurance=claim.insurance,
            terms=self.terms,
        )

    def clean(self) -> dict[str, Any]:
        """Ask once about what seems wrong."""
        if self.asks and not self.cleaned_data.get("findings_known"):
            words = _("请先看上面的提醒。内容没有错的，请打勾。")
            self.add_error("findings_known", ValidationError(words, code="findings"))
        return self.cleaned_data
