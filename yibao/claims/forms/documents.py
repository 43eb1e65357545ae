"""The papers of a claim."""

from functools import cached_property

from yibao.cases.wizard.papers import PaperGroup, PapersForm
from yibao.claims.papers import papers_of
from yibao.claims.reckoning import terms_of
from yibao.regions import queries as regions
from yibao.rules.policy import Terms


class DocumentsForm(PapersForm):
    """The papers that the rules of the day of care ask for."""

    @cached_property
    def terms(self) -> Terms:
        """The rules of the day of care."""
        visit = self.walk.cleaned("visit")
        pool = regions.resolve(visit["insured"].code).code
        return terms_of(pool, visit["insurance"], visit["discharged_on"], self.walk.today)

    def find_groups(self) -> tuple[PaperGroup, ...]:
        visit = self.walk.cleaned("visit")
        scope = regions.scope(visit["insured"].code, visit["care"].code)
        return papers_of(
            self.terms,
            scope,
            reason=visit["reason"],
            situation=visit["filing"] or "",
            trauma=visit["trauma"],
            care_type=visit["care_type"],
        )
