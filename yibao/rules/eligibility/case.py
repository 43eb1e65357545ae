"""A case: the facts of a check beside the terms, with what follows from both."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from enum import Enum, auto
from functools import cached_property
from typing import Any

from yibao.rules import filing
from yibao.rules.decision import Cited, DirectSettlement, Disputed, Unknown
from yibao.rules.facts import (
    CheckFacts,
    Evidence,
    ExistingFiling,
    FiledStatus,
    InstitutionStatus,
    Qualified,
    Reason,
    Stage,
    Urgency,
)
from yibao.rules.policy import AccountRule, ChronicDisease, FilingRule, Provision, Terms
from yibao.rules.selection import Key, field, specificity
from yibao.rules.terms import (
    COMPUTED_STANDINGS,
    LONG_TERM_CATEGORIES,
    CareType,
    FilingCategory,
    Kind,
    Scope,
)

_CATEGORY_OF_REASON = {
    Reason.RESETTLED: FilingCategory.RETIREE_RESETTLED,
    Reason.LIVING: FilingCategory.LONG_TERM_RESIDENT,
    Reason.STUDY: FilingCategory.LONG_TERM_RESIDENT,
    Reason.POSTED: FilingCategory.POSTED_WORKER,
    Reason.REFERRAL: FilingCategory.REFERRAL,
    Reason.OTHER: FilingCategory.OTHER_TEMPORARY,
}


class Reach(Enum):
    """What an existing filing means for this place and day."""

    NONE = auto()
    COVERS = auto()
    ELSEWHERE = auto()  # in force, but for another place
    ENDED = auto()
    ENDED_IN_STAY = auto()  # ended after the admission


class Listing(Enum):
    """Whether a chronic disease is settled directly in the care place's scope."""

    LISTED = auto()
    NOT_LISTED = auto()
    UNKNOWN = auto()


def reach_of(existing: ExistingFiling, within: frozenset[str], facts: CheckFacts) -> Reach:
    """Return what `existing` means for a care place that lies within the codes `within`.

    A status that the person named is corrected by the dates and the place given with it.
    """
    if existing.status in (FiledStatus.NONE, FiledStatus.UNKNOWN):
        return Reach.NONE
    if existing.since is not None and existing.since > facts.on:
        return Reach.NONE
    is_here = (
        existing.status is not FiledStatus.ELSEWHERE
        if existing.care_pool is None
        else existing.care_pool in within
    )
    is_over = existing.until is not None and existing.until < facts.on
    if existing.until is None and existing.status is FiledStatus.EXPIRED:
        is_over = True
    if not is_over:
        return Reach.COVERS if is_here else Reach.ELSEWHERE
    held_at_admission = (
        is_here
        and facts.stage is not Stage.PLANNING
        and facts.admitted_on is not None
        and existing.until is not None
        and facts.admitted_on <= existing.until
        and (existing.since is None or existing.since <= facts.admitted_on)
    )
    return Reach.ENDED_IN_STAY if held_at_admission else Reach.ENDED


@dataclass(frozen=True)
class Case:
    """Facts and terms; everything derived is worked out once, when a row first asks.

    `known` holds rules that were read already: the same case with one answer different
    reads mostly the same ones.
    """

    facts: CheckFacts
    terms: Terms
    known: dict[Hashable, Any] = dataclass_field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def is_emergency(self) -> bool:
        return self.facts.urgency is Urgency.EMERGENCY

    @cached_property
    def is_settled(self) -> bool:
        """The person has left and paid everything: nothing can be settled directly any more."""
        return self.facts.stage is Stage.DISCHARGED

    @cached_property
    def lacks_referral_proof(self) -> bool:
        """Wants a referral without its proof, which no commitment letter replaces (N-18)."""
        return self.facts.reason is Reason.REFERRAL and self.facts.evidence in (
            Evidence.NONE,
            Evidence.COMMITMENT,
        )

    @cached_property
    def category(self) -> FilingCategory:
        """The filing category that fits the reason; emergencies are a category of their own."""
        if self.is_emergency:
            return FilingCategory.EMERGENCY
        if self.facts.reason is None or self.lacks_referral_proof:
            return FilingCategory.OTHER_TEMPORARY
        return _CATEGORY_OF_REASON[self.facts.reason]

    @cached_property
    def is_long_term(self) -> bool:
        return self.category in LONG_TERM_CATEGORIES

    @cached_property
    def has_long_term_filing(self) -> bool:
        return self.facts.existing.category in LONG_TERM_CATEGORIES

    @cached_property
    def care_places(self) -> frozenset[str]:
        return self.facts.care_within | {self.facts.care_code, self.facts.care_pool}

    @cached_property
    def insured_places(self) -> frozenset[str]:
        return self.facts.insured_within | {self.facts.insured_code, self.terms.region_code}

    @cached_property
    def reach(self) -> Reach:
        return reach_of(self.facts.existing, self.care_places, self.facts)

    # --- Rules ------------------------------------------------------------------

    @cached_property
    def key(self) -> Key:
        return filing.filing_key(self.category, self.facts.scope, self.facts.care_type)

    def key_for(self, category: FilingCategory | None) -> Key:
        return replace(self.key, category=category)

    def rule(self, name: str) -> Cited[Any] | Disputed[Any] | None:
        """Return one field of the filing rules for this case's category."""
        return self.rule_for(name, self.key)

    def rule_for(self, name: str, key: Key) -> Cited[Any] | Disputed[Any] | None:
        """Return one field of the filing rules for a key."""
        return self._read(FilingRule, name, key)

    def field(
        self, table: type[Provision], name: str, **parts: Any
    ) -> Cited[Any] | Disputed[Any] | None:
        """Return one field of another table for this care type and scope."""
        key = Key(care_type=self.facts.care_type, scope=self.facts.scope, **parts)
        return self._read(table, name, key)

    def _read(
        self, table: type[Provision], name: str, key: Key
    ) -> Cited[Any] | Disputed[Any] | None:
        question = (table, name, key)
        if question not in self.known:
            self.known[question] = field(self.terms, table, name, key)
        return self.known[question]  # type: ignore[no-any-return]

    @cached_property
    def required(self) -> Cited[bool] | Disputed[bool] | None:
        """Whether a filing is needed at all."""
        return self.rule("required")

    @cached_property
    def is_filing_free(self) -> bool:
        return isinstance(self.required, Cited) and not self.required.value

    @cached_property
    def free_zone(self) -> FilingRule | None:
        """The rule of a filing-free area that holds both places, if one does."""
        for rows in self.terms.of(FilingRule):
            for row in rows:
                zone = row.filing_free_zone
                if (
                    zone
                    and row.kind is Kind.RULE
                    and row.standing in COMPUTED_STANDINGS
                    and zone & self.insured_places
                    and zone & self.care_places
                    and specificity(row, self.key) is not None
                ):
                    return row
        return None

    @cached_property
    def listed(self) -> Cited[bool] | Disputed[bool] | None:
        """What the terms say of the disease in the list of direct settlement across provinces."""
        return self.field(ChronicDisease, "cross_province", disease=self.facts.disease)

    @cached_property
    def listing(self) -> Listing:
        if not self.facts.disease or self.facts.scope is Scope.IN_PROVINCE:
            return Listing.UNKNOWN  # the list is one of cross-province settlement
        if self.listed is None:
            list_is_known = any(
                row.cross_province for rows in self.terms.of(ChronicDisease) for row in rows
            )
            return Listing.NOT_LISTED if list_is_known else Listing.UNKNOWN
        if isinstance(self.listed, Disputed):
            return Listing.UNKNOWN
        since = self.field(ChronicDisease, "cross_province_since", disease=self.facts.disease)
        is_open = not isinstance(since, Cited) or since.value <= self.facts.on
        return Listing.LISTED if self.listed.value and is_open else Listing.NOT_LISTED

    # --- Direct settlement --------------------------------------------------------

    @cached_property
    def direct(self) -> DirectSettlement:
        """Whether the bill is settled at the hospital once the filing is in order.

        An institution that is not named yet counts as one that can be chosen: connected.
        """
        facts = self.facts
        if self.is_settled or facts.institution in (
            InstitutionStatus.DESIGNATED,
            InstitutionStatus.NONE,
        ):
            return DirectSettlement.NO
        if facts.scope is Scope.LOCAL:
            return DirectSettlement.YES
        match facts.care_type:
            case CareType.CHRONIC:
                return self._direct_chronic
            case CareType.PHARMACY:
                return self._direct_pharmacy
            case CareType.OUTPATIENT if facts.institution is not InstitutionStatus.NETWORKED:
                return DirectSettlement.UNKNOWN  # opened institution by institution (N-31)
            case CareType.BIRTH:
                return DirectSettlement.UNKNOWN
        return DirectSettlement.YES

    @cached_property
    def _direct_chronic(self) -> DirectSettlement:
        if self.listing is Listing.NOT_LISTED or self.facts.qualified is Qualified.NO:
            return DirectSettlement.NO
        if self.listing is Listing.UNKNOWN or self.facts.qualified is Qualified.UNKNOWN:
            return DirectSettlement.UNKNOWN
        return DirectSettlement.YES

    @cached_property
    def _direct_pharmacy(self) -> DirectSettlement:
        usable = self.field(AccountRule, "usable_away")
        if not isinstance(usable, Cited):
            return DirectSettlement.UNKNOWN
        return DirectSettlement.YES if usable.value else DirectSettlement.NO

    def gap(self, table: type[Provision], detail: str) -> Unknown:
        """Name a parameter that nobody states, and whom to ask."""
        return Unknown(
            what=table.table,
            detail=detail,
            region_code=self.terms.region_code,
            region_name=self.terms.region_name,
            insurance=self.facts.insurance,
            care_type=self.facts.care_type,
            on=self.facts.on,
            whom_to_ask=self.terms.whom_to_ask,
        )
