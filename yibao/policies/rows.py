"""Rows of the tables as drafts, and drafts as rows."""

from collections import defaultdict
from collections.abc import Iterable

from django.apps import apps
from django.db.models import Count, Q, Value

from yibao.policies.keys import SettledKey, settled_keys
from yibao.policies.models import MODEL_OF, PROVISION_MODELS, Provision, Revision
from yibao.policies.schema import Draft, fields_of, values_of
from yibao.rules.terms import EffectiveBasis, Kind, Standing
from yibao.sources.operations import ensure_clauses


def draft_of(row: Provision) -> Draft:
    """Return what a row states. Reads its clause: select it together with the row."""
    table = row.terms_type.table
    return Draft(
        table=table,
        document=row.clause.document_id,
        article=row.clause.article,
        quote=row.clause.quote,
        checked_on=row.clause.checked_on,
        standing=Standing(row.standing),
        kind=Kind(row.kind),
        effective_from=row.effective_from,
        effective_basis=EffectiveBasis(row.effective_basis),
        effective_to=row.effective_to,
        note=row.note,
        reference=tuple(row.reference),
        values=values_of(row, table),
    )


def row_of(draft: Draft, revision: Revision, clause_id: int) -> Provision:
    """Return an unsaved row of the revision."""
    columns = {
        field.name: field.to_column(draft.values[field.name]) for field in fields_of(draft.table)
    }
    return MODEL_OF[draft.table](
        revision=revision,
        clause_id=clause_id,
        effective_from=draft.effective_from,
        effective_to=draft.effective_to,
        effective_basis=draft.effective_basis.value,
        standing=draft.standing.value,
        kind=draft.kind.value,
        note=draft.note,
        reference=list(draft.reference),
        **columns,
    )


def rows_of(condition: Q, models: Iterable[type[Provision]] = PROVISION_MODELS) -> list[Provision]:
    """Return the rows of the tables that fit, with clause and revision (one query a table)."""
    return [
        row
        for model in models
        for row in model._default_manager.filter(condition).select_related(
            "clause__document", "revision"
        )
    ]


def count_rows(revision: Revision) -> dict[str, int]:
    """Return how many rows a revision brings in, by table; tables without any are left out."""
    counts = [
        model._default_manager.filter(revision=revision)
        .order_by()
        .values_list(Value(table))
        .annotate(rows=Count("pk"))
        for table, model in MODEL_OF.items()
    ]
    return dict(counts[0].union(*counts[1:]).order_by())


def rows_in(revision: Revision) -> list[Provision]:
    """Return the rows that a revision brings in; only the tables that hold some are read."""
    return rows_of(Q(revision=revision), [MODEL_OF[table] for table in count_rows(revision)])


def cite(drafts: Iterable[Draft]) -> dict[tuple[str, str, str], int]:
    """Save the clauses that drafts cite, and the day each was last checked.

    Returns the id of each by document, article and quote.
    """
    clause = apps.get_model("sources", "Clause")
    found = ensure_clauses(
        clause(
            document_id=draft.document,
            article=draft.article,
            quote=draft.quote,
            checked_on=draft.checked_on,
        )
        for draft in drafts
    )
    return {(key.document, key.article, key.quote): pk for key, pk in found.items()}


def insert(drafts: Iterable[Draft], revision: Revision) -> list[Provision]:
    """Save drafts as rows of an open revision, with the clauses they cite."""
    drafts = tuple(drafts)
    clauses = cite(drafts)
    by_model: dict[type[Provision], list[Provision]] = defaultdict(list)
    for draft in drafts:
        clause_id = clauses[draft.document, draft.article, draft.quote]
        by_model[MODEL_OF[draft.table]].append(row_of(draft, revision, clause_id))
    return [
        row for model, rows in by_model.items() for row in model._default_manager.bulk_create(rows)
    ]


def settled_by(row: Provision, revision: Revision) -> tuple[SettledKey, ...]:
    """Return the keys that a row of the revision settles once it is published."""
    table = row.terms_type.table
    return settled_keys(
        revision.region_id,
        revision.insurance or None,
        table,
        Standing(row.standing),
        Kind(row.kind),
        values_of(row, table),
    )
