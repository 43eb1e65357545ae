"""The shipped documents and statements, in memory, for tests that need no rows of them."""

from functools import cache

from yibao.sources import files, queries


@cache
def shipped_sources() -> queries.Memory:
    """Return what memory holds once the shipped files are loaded."""
    read = files.read()
    documents = {document.slug: document for document in read.documents}
    for entry in read.statements:
        entry.clause.document = documents[entry.clause.document_id]
        entry.statement.clause = entry.clause
    return queries.build(read.documents, [entry.statement for entry in read.statements])
