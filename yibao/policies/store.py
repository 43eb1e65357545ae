"""All published provisions in memory, as the engine takes them.

They are a few thousand small rows: compiled once, read without a query until a revision
is published or a source changes (the stamps say so).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q

from yibao.core.language import per_language
from yibao.core.stamps import Stamped
from yibao.policies.models import Provision as ProvisionRow
from yibao.policies.models import RevisionStatus
from yibao.policies.rows import rows_of
from yibao.policies.schema import values_of
from yibao.regions import queries as regions
from yibao.rules.citation import Citation
from yibao.rules.period import Period
from yibao.rules.policy import Provision, Terms
from yibao.rules.terms import EffectiveBasis, InsuranceType, Kind, Standing

_CACHED_TERMS = 1024
_LEFT_OUT = frozenset({Standing.SUPERSEDED, Standing.REJECTED})


@dataclass(frozen=True, slots=True)
class Stored:
    """A published provision with the first day on which its last check is too old.

    `revision_id` brought it in; `ended_by_id` set its end, if any did. `clause_id` is the
    clause that it cites.
    """

    provision: Provision
    review_due_on: date
    revision_id: int
    ended_by_id: int | None
    clause_id: int = 0

    def seen(self, today: date | None) -> Provision:
        """Return the provision as it stands on `today`: stale where its check is too old."""
        if today is None or today < self.review_due_on:
            return self.provision
        citation = replace(self.provision.citation, stale=True)
        return replace(self.provision, citation=citation)


class Store:
    """The published provisions by region; terms are put together once per question."""

    def __init__(self, rows: Iterable[Stored]) -> None:
        by_region: dict[str, list[Stored]] = defaultdict(list)
        for row in rows:
            by_region[row.provision.region_code].append(row)
        self.by_region: Mapping[str, tuple[Stored, ...]] = {
            code: tuple(rows) for code, rows in by_region.items()
        }
        self.terms: Callable[[str, InsuranceType, date, date | None, bool], Terms] = per_language(
            maxsize=_CACHED_TERMS
        )(self._terms)

    def of(self, region_code: str) -> tuple[Stored, ...]:
        """Return everything published for one region itself, of all days."""
        return self.by_region.get(region_code, ())

    def level(
        self,
        region_code: str,
        insurance: InsuranceType | None,
        on: date,
        today: date | None,
        with_unverified: bool,
    ) -> tuple[Provision, ...]:
        """Return what one region itself has in force; `insurance=None` is both branches."""
        return tuple(
            row.seen(today)
            for row in self.of(region_code)
            if row.provision.period.holds(on)
            and row.provision.standing not in _LEFT_OUT
            and (with_unverified or row.provision.standing is not Standing.UNVERIFIED)
            and (insurance is None or row.provision.insurance in (None, insurance))
        )

    def _terms(
        self,
        region_code: str,
        insurance: InsuranceType,
        on: date,
        today: date | None,
        with_unverified: bool,
    ) -> Terms:
        region = regions.resolve(region_code)
        own_days = [
            row.provision.period.start
            for row in self.of(region.code)
            if row.provision.insurance in (None, insurance)
        ]
        return Terms(
            region_code=region.code,
            region_name=region.name,
            insurance=insurance,
            on=on,
            levels=tuple(
                self.level(code, insurance, on, today, with_unverified)
                for code in regions.chain(region.code)
            ),
            classes=regions.list_classes(region.code),
            known_from=min(own_days, default=None),
            whom_to_ask=regions.whom_to_ask(region.code),
        )


def _build() -> Store:
    return store_of(rows_of(Q(revision__status=RevisionStatus.PUBLISHED, withdrawn_by=None)))


def store_of(rows: Iterable[ProvisionRow]) -> Store:
    """Return rows as memory holds them. Reads clause, document and revision of each."""
    return Store(
        Stored(
            provision_of(row),
            row.clause.review_due_on(),
            row.revision_id,
            row.ended_by_id,
            row.clause_id,
        )
        for row in rows
    )


def provision_of(row: ProvisionRow) -> Provision:
    """Return a row as the engine takes it. Reads clause, document and revision."""
    kind = row.terms_type
    clause, document, insurance = row.clause, row.clause.document, row.revision.insurance
    identity = f"{kind.table}-{row.pk}"
    standing = Standing(row.standing)
    return kind(
        id=identity,
        region_code=row.revision.region_id,
        insurance=InsuranceType(insurance) if insurance else None,
        period=Period(row.effective_from, row.effective_to),
        standing=standing,
        kind=Kind(row.kind),
        note=row.note,
        citation=Citation(
            id=_note_id(row),
            document_id=document.pk,
            title=document.title,
            number=document.number,
            issuer=document.issuer,
            article=clause.article,
            quote=clause.quote,
            published_on=document.published_on,
            effective_from=row.effective_from,
            effective_to=row.effective_to,
            basis=EffectiveBasis(row.effective_basis),
            checked_on=clause.checked_on,
            standing=standing,
        ),
        **values_of(row, kind.table),
    )


def _note_id(row: ProvisionRow) -> str:
    """Return one id for all rows that a page cites with the same words, so that a clause
    with ten figures is one note."""
    end = f"-{row.effective_to:%Y%m%d}" if row.effective_to else ""
    return f"c{row.clause_id}-{row.effective_from:%Y%m%d}{end}-{row.effective_basis}-{row.standing}"


STORE = Stamped(("policies", "sources", "regions"), _build)
