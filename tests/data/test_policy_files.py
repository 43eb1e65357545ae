"""The shipped policy files: complete, traceable, and as cautious as their sources."""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.data.shipped import ancestors, shipped_files
from yibao.policies import files
from yibao.policies.canonical import in_canonical_form
from yibao.policies.labels import SEVERITY_LABELS, TREATMENT_LABELS
from yibao.policies.schema import Draft
from yibao.rules.terms import COMPUTED_STANDINGS, Kind, Standing
from yibao.sources import files as source_files

FACTS = Path(__file__).with_name("facts.csv")
STANDINGS_OF = {
    "official_text": {Standing.OFFICIAL},
    "official_derived": {Standing.SECONDARY, Standing.DISPUTED},
    "secondary": {Standing.SECONDARY, Standing.DISPUTED},
    "seed_only": {Standing.SECONDARY, Standing.DISPUTED},
    "compilation": {Standing.UNVERIFIED, Standing.DISPUTED},
}
EXPLAINERS = {f"s-seed{number}" for number in range(5)}


@cache
def facts() -> Mapping[str, Mapping[str, str]]:
    """The facts of the compilation that the files are made from, by id."""
    with FACTS.open(encoding="utf-8", newline="") as stream:
        return {row["id"]: row for row in csv.DictReader(stream)}


@cache
def rows() -> tuple[tuple[str, Draft], ...]:
    return tuple((file.region_code, row.draft) for file in shipped_files() for row in file.rows)


@cache
def rows_of_fact() -> Mapping[str, tuple[Draft, ...]]:
    found: dict[str, list[Draft]] = defaultdict(list)
    for _code, draft in rows():
        for fact in draft.reference:
            found[fact].append(draft)
    return {fact: tuple(drafts) for fact, drafts in found.items()}


def test_files_pass_the_loaders_checks_and_are_canonical() -> None:
    not_canonical = [
        file.name
        for file in shipped_files()
        if not in_canonical_form(file, (files.DATA / file.name).read_text(encoding="utf-8"))
    ]
    assert not_canonical == []


def test_every_fact_is_carried_and_no_reference_is_made_up() -> None:
    assert len(facts()) == 532
    assert set(rows_of_fact()) == set(facts())


def test_few_facts_are_kept_without_being_computed_and_each_says_why() -> None:
    kept = {
        fact for fact, drafts in rows_of_fact().items() if {d.table for d in drafts} == {"remark"}
    }
    assert 0 < len(kept) < 40
    assert all(draft.values["reason"] for _code, draft in rows() if draft.table == "remark")


def _figures(value: str) -> Iterator[Decimal]:
    """Every number that a fact states, taken out of lists and tables too."""
    try:
        stated = json.loads(value, parse_float=str, parse_int=str)
    except ValueError:
        stated = value
    yield from _numbers(stated)


def _numbers(stated: Any) -> Iterator[Decimal]:
    if isinstance(stated, dict):
        for part in stated.values():
            yield from _numbers(part)
    elif isinstance(stated, list):
        for part in stated:
            yield from _numbers(part)
    elif isinstance(stated, str) and re.fullmatch(r"(?:about )?\d+(?:\.\d+)?", stated):
        yield Decimal(stated.removeprefix("about "))


def _as_stored(figure: Decimal) -> set[int]:
    """A share is stored in basis points; yuan in fen; factors, months and days above 1 too."""
    if 0 < figure < 1:
        return {int(figure * 10_000)}
    return {int(figure * 100), int(figure * 10_000), int(figure)}


PLAIN_FIGURES = {
    "fund_ratio",
    "deductible",
    "annual_deductible",
    "per_visit_deductible",
    "annual_fund_cap",
    "per_visit_fund_cap",
    "monthly_fund_cap",
    "annual_cost_cap",
    "fund_ratio_bonus",
    "personal_ratio_factor",
    "deductible_factor",
    "overall_cap_share",
    "away_rule",
}


# Stored as what follows from it: 70 % raised by 3 points; the quote says that 27 % are left.
DERIVED = {"330100-005"}


def _wrong_figures() -> Iterator[tuple[str, str]]:
    for fact, stated in facts().items():
        drafts = rows_of_fact()[fact]
        if stated["parameter"] not in PLAIN_FIGURES or all(d.table == "remark" for d in drafts):
            continue
        held = {value for draft in drafts for value in draft.values.values() if type(value) is int}
        for figure in _figures(stated["value"]):
            if not held & _as_stored(figure) and fact not in DERIVED:
                yield fact, stated["value"]


def test_rows_hold_the_very_figures_of_their_facts() -> None:
    assert list(_wrong_figures()) == []


def test_standing_never_says_more_than_the_source_allows() -> None:
    wrong = [
        (fact, draft.standing)
        for fact, drafts in rows_of_fact().items()
        for draft in drafts
        if draft.standing not in STANDINGS_OF[facts()[fact]["confidence"]]
    ]
    assert wrong == []


def test_only_documents_read_in_their_own_words_make_a_row_official() -> None:
    reading = {document.slug: document.reading for document in source_files.read().documents}
    wrong = [
        (code, draft.table, draft.document)
        for code, draft in rows()
        if draft.standing is Standing.OFFICIAL and reading[draft.document] != "official"
    ]
    assert wrong == []


def test_quotes_are_short_and_those_of_explainers_shorter() -> None:
    long = [
        (code, draft.quote)
        for code, draft in rows()
        if len(draft.quote) > (60 if draft.document in EXPLAINERS else 160)
    ]
    assert long == []


def test_a_computed_row_of_an_explainer_shows_the_sentence_it_rests_on() -> None:
    bare = [
        (code, draft.table)
        for code, draft in rows()
        if draft.document in EXPLAINERS
        and draft.standing in COMPUTED_STANDINGS
        and draft.kind in (Kind.RULE, Kind.BOUND)
        and not draft.quote
    ]
    assert bare == []


def test_a_row_without_a_quote_says_so_or_names_its_article() -> None:
    silent = [
        (code, draft.table, draft.document)
        for code, draft in rows()
        if not draft.quote
        and draft.article == "正文"
        and not draft.note
        and draft.table != "remark"
    ]
    assert silent == []


def test_every_disputed_row_says_what_is_in_dispute() -> None:
    silent = [
        (code, draft.table, draft.quote)
        for code, draft in rows()
        if draft.standing is Standing.DISPUTED and not draft.note
    ]
    assert silent == []


def test_all_rows_were_checked_on_the_day_of_the_compilation() -> None:
    assert {draft.checked_on for _code, draft in rows()} == {date(2026, 11, 23)}


def test_jiangxi_separates_the_provincial_pool_from_the_rules_of_the_province() -> None:
    province = {draft.table for code, draft in rows() if code == "360000"}
    assert not province & {"deductible", "payment_band", "payment_cap"}
    own = [draft for code, draft in rows() if code == "369900"]
    assert {draft.table for draft in own} >= {"deductible", "payment_band", "payment_cap"}
    assert "away_adjustment" not in {draft.table for draft in own}


@pytest.mark.parametrize(
    ("code", "table", "document"),
    [
        ("320000", "away_adjustment", "s-js-75"),
        ("310000", "filing_rule", "s4"),
        ("330000", "enrolment_rule", "s-zj-reg"),
        ("000000", "claim_rule", "s1"),
        ("320100", "payment_cap", "s-nj-mt"),
    ],
)
def test_law_that_was_read_is_official(code: str, table: str, document: str) -> None:
    found = [d for c, d in rows() if (c, d.table, d.document) == (code, table, document)]
    assert found
    assert {draft.standing for draft in found} == {Standing.OFFICIAL}


def test_every_treatment_and_severity_has_words() -> None:
    treatments = {draft.values.get("treatment") for _code, draft in rows()} - {None, ""}
    severities = {draft.values.get("severity") for _code, draft in rows()} - {None, ""}
    assert treatments <= set(TREATMENT_LABELS)
    assert severities <= set(SEVERITY_LABELS)


def test_every_disease_code_has_a_name_where_it_is_used() -> None:
    named = {
        (code, draft.values["disease"])
        for code, draft in rows()
        if draft.table == "chronic_disease"
    }
    nameless = {
        (code, disease)
        for code, draft in rows()
        if (disease := draft.values.get("disease"))
        and not {(each, disease) for each in (code, *ancestors(code))} & named
    }
    assert nameless == set()
