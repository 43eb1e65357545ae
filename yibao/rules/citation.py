"""Where a figure comes from: a dated clause of a named document."""

from dataclasses import dataclass
from datetime import date

from yibao.rules.terms import EffectiveBasis, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One provision's source as a citizen may see it (decisions.md 29).

    `id` is unique per provision and serves as the HTML anchor.
    `effective_from` is the first day on which the provision is known to hold;
    `basis` says how that day is known. `stale` is set where the last check is
    older than the review interval.
    """

    id: str
    document_id: str
    title: str
    number: str
    issuer: str
    article: str
    quote: str
    published_on: date | None
    effective_from: date
    effective_to: date | None
    basis: EffectiveBasis
    checked_on: date
    standing: Standing
    stale: bool = False

    def __hash__(self) -> int:
        # A page asks hundreds of times; the id alone tells nearly all apart.
        return hash(self.id)
