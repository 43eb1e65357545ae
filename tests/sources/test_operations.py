"""Loading sources, and the clauses that provisions bring along."""

from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from tests.sources.test_files import DOCUMENT, STATEMENT
from yibao.audit.models import Event
from yibao.core import stamps
from yibao.sources import files, queries
from yibao.sources.files import ClauseKey, SourceFileRefused
from yibao.sources.models import Clause, Document, Statement
from yibao.sources.operations import LoadReport, ensure_clauses, load_sources
from yibao.sources.queries import UnknownDocument

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _load(folder: Path = files.DATA, *, force: bool = False) -> LoadReport:
    return load_sources(by=get_user_model()(username="loader"), at=AT, folder=folder, force=force)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    answer = STATEMENT.replace('"one"', '"two"') + 'quote = "原句"\nrelated_statement = "one"\n'
    (tmp_path / "some.toml").write_text(DOCUMENT + STATEMENT + answer, encoding="utf-8")
    return tmp_path


def test_loads_documents_and_statements_with_their_clauses(folder: Path) -> None:
    assert _load(folder) == LoadReport(documents=1, statements=2)

    two = Statement.objects.get(slug="two")
    assert (two.clause.article, two.clause.quote) == ("正文", "原句")
    assert two.related_statement_id == "one"
    assert Event.objects.get(event="sources.files_loaded").actor == "loader"


def test_skips_files_that_were_loaded_before(folder: Path) -> None:
    _load(folder)
    stamp = stamps.current("sources")

    assert _load(folder).unchanged
    assert stamps.current("sources") == stamp


def test_loads_the_same_files_again_to_the_same_rows(folder: Path) -> None:
    _load(folder)
    before = [list(model.objects.values()) for model in (Document, Clause, Statement)]

    _load(folder, force=True)

    assert [list(model.objects.values()) for model in (Document, Clause, Statement)] == before


def test_takes_over_what_changed_and_keeps_what_staff_added(folder: Path) -> None:
    _load(folder)
    Document.objects.create(
        slug="s-own", title="丙", issuer="丁", authority="law", reading="official"
    )
    path = folder / "some.toml"
    path.write_text(path.read_text("utf-8").replace('title = "甲"', 'title = "新甲"'), "utf-8")

    _load(folder)

    assert queries.get_document("s-a").title == "新甲"
    assert queries.get_document("s-own").title == "丙"


def test_changes_nothing_when_the_tables_refuse_an_entry(folder: Path) -> None:
    _load(folder)
    path = folder / "some.toml"
    text = path.read_text("utf-8").replace('title = "甲"', 'title = "新甲"')
    path.write_text(text.replace('standing = "secondary"', 'standing = "disputed"'), "utf-8")

    with pytest.raises(SourceFileRefused, match="statement_disputed_has_a_ruling"):
        _load(folder)

    assert queries.get_document("s-a").title == "甲"


def test_command_loads_once_and_names_what_it_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    out = StringIO()
    call_command("load_sources", stdout=out)
    call_command("load_sources", stdout=out)

    lines = out.getvalue().splitlines()
    assert lines[0].startswith("sources: 75 documents, ")
    assert lines[1] == "sources: unchanged"

    def refuse(**options: object) -> LoadReport:
        raise SourceFileRefused("documents.toml", "document 3 (s-a)", "has no title")

    monkeypatch.setattr("yibao.sources.management.commands.load_sources.load_sources", refuse)
    with pytest.raises(CommandError, match=r"documents\.toml, document 3 \(s-a\): has no title"):
        call_command("load_sources", stdout=out)


def _clause(quote: str, checked_on: date, interval: int | None = None) -> Clause:
    return Clause(
        document_id="s-a",
        article="第十条",
        quote=quote,
        checked_on=checked_on,
        review_interval_days=interval,
    )


def test_gives_each_clause_one_row_however_often_it_is_cited(folder: Path) -> None:
    _load(folder)
    day = date(2026, 11, 23)

    first = ensure_clauses([_clause("甲", day), _clause("甲", day), _clause("乙", day)])
    again = ensure_clauses([_clause("乙", day)])

    assert set(first) == {ClauseKey("s-a", "第十条", "甲"), ClauseKey("s-a", "第十条", "乙")}
    assert again == {ClauseKey("s-a", "第十条", "乙"): first[ClauseKey("s-a", "第十条", "乙")]}
    assert Clause.objects.filter(article="第十条").count() == 2


def test_moves_the_check_day_of_a_clause_only_forward(folder: Path) -> None:
    _load(folder)
    ensure_clauses([_clause("甲", date(2026, 11, 23), 90)])

    ensure_clauses([_clause("甲", date(2026, 1, 1))])
    row = Clause.objects.get(quote="甲")
    assert (row.checked_on, row.review_interval_days) == (date(2026, 11, 23), 90)

    ensure_clauses([_clause("甲", date(2026, 12, 1), 30)])
    row.refresh_from_db()
    assert (row.checked_on, row.review_interval_days) == (date(2026, 12, 1), 30)


def test_asks_as_many_queries_for_one_clause_as_for_many(
    folder: Path, django_assert_num_queries: object
) -> None:
    _load(folder)
    day = date(2026, 11, 23)

    for quotes in (["甲"], [f"句{number}" for number in range(200)]):
        with django_assert_num_queries(2):  # type: ignore[operator]
            ensure_clauses([_clause(quote, day) for quote in quotes])


def test_calls_a_clause_due_after_its_interval(folder: Path) -> None:
    _load(folder)
    ensure_clauses([_clause("甲", date(2026, 1, 1)), _clause("乙", date(2026, 1, 1), 10)])

    due = {row.quote: row.review_due_on for row in queries.list_clauses("s-a")}
    assert due["甲"] == date(2027, 1, 2)  # official: 365 days
    assert due["乙"] == date(2026, 1, 12)

    Document.objects.filter(slug="s-a").update(reading="secondary")
    due = {row.quote: row.review_due_on for row in queries.list_clauses("s-a")}
    assert due["甲"] == date(2026, 7, 1)  # others: 180 days


def test_reads_documents_and_statements_from_memory(
    folder: Path, django_assert_num_queries: object
) -> None:
    _load(folder)
    queries.list_documents()

    with django_assert_num_queries(3):  # type: ignore[operator]  # one check of the stamp each
        assert queries.get_document("s-a").issuer == "乙局"
        assert [row.slug for row in queries.list_statements("s-a")] == ["one", "two"]
        assert [len(topic) for topic in queries.list_topics()] == [2]
    with pytest.raises(UnknownDocument):
        queries.get_document("s-none")


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("document_slug_is_lower_case", {"slug": "S-B"}),
        (
            "document_period_not_empty",
            {"effective_on": date(2025, 1, 1), "effective_to": date(2025, 1, 1)},
        ),
        ("document_file_and_checksum_together", {"sha256": "0" * 64}),
        ("document_file_and_checksum_together", {"file": "a.pdf"}),
        ("document_does_not_supersede_itself", {"superseded_by_id": "s-b"}),
    ],
)
def test_database_refuses_an_impossible_document(constraint: str, fields: dict[str, str]) -> None:
    whole = {"slug": "s-b", "title": "甲", "issuer": "乙", "authority": "law"} | fields

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Document.objects.create(reading="official", **whole)


def test_database_refuses_an_impossible_clause_or_statement(folder: Path) -> None:
    _load(folder)
    day = date(2026, 11, 23)
    clause = Clause.objects.first()
    assert clause is not None

    with pytest.raises(IntegrityError), transaction.atomic():
        Clause.objects.create(document_id="s-a", article="正文", quote="原句", checked_on=day)
    with pytest.raises(IntegrityError, match="interval_positive"), transaction.atomic():
        Clause.objects.create(
            document_id="s-a", article="一", checked_on=day, review_interval_days=0
        )
    with pytest.raises(IntegrityError, match="not_related_to_itself"), transaction.atomic():
        Statement.objects.filter(slug="one").update(related_statement="one")
    with pytest.raises(IntegrityError, match="disputed_has_a_ruling"), transaction.atomic():
        Statement.objects.filter(slug="one").update(standing="disputed", ruling="")


@pytest.mark.parametrize(
    "address", ["document/?q=江苏", "document/s-js-75/change/", "clause/?q=a", "statement/"]
)
def test_staff_pages_do_not_query_per_row(
    client: object, address: str, django_assert_max_num_queries: object
) -> None:
    _load()
    ensure_clauses(
        Clause(
            document_id="s-js-75", article="一", quote=f"句{number}", checked_on=date(2026, 11, 23)
        )
        for number in range(30)
    )
    user = get_user_model().objects.create_superuser("chen", password="x")
    client.force_login(user)  # type: ignore[attr-defined]

    with django_assert_max_num_queries(14):  # type: ignore[operator]
        response = client.get(f"/admin/sources/{address}")  # type: ignore[attr-defined]

    assert response.status_code == 200


def test_staff_check_a_clause_in_the_panel(client: object, folder: Path) -> None:
    _load(folder)
    clause = Clause.objects.get(quote="原句")
    client.force_login(  # type: ignore[attr-defined]
        get_user_model().objects.create_superuser("chen", password="x")
    )
    stamp = stamps.current("sources")

    client.post(  # type: ignore[attr-defined]
        f"/admin/sources/clause/{clause.pk}/change/",
        {"document": "s-a", "article": "正文", "quote": "原句", "checked_on": "2026-12-01"},
    )

    event = Event.objects.get(event="sources.clause_changed")
    assert (event.before, event.after) == (
        {"checked_on": "2026-11-23"},
        {"checked_on": "2026-12-01"},
    )
    assert stamps.current("sources") == stamp + 1
