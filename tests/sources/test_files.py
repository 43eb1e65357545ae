"""The shipped source files, and what the reader refuses."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from yibao.core import toml
from yibao.regions import files as region_files
from yibao.rules.terms import Standing
from yibao.sources import files
from yibao.sources.files import SourceFileRefused

DOCUMENTS = {row.slug: row for row in files.read().documents}


def test_ships_the_documents_that_figures_cite() -> None:
    assert len(DOCUMENTS) == 75
    assert DOCUMENTS["s-js-75"].number == "苏医保发〔2022〕75号"
    assert DOCUMENTS["s-js-75"].reading == Standing.OFFICIAL
    assert DOCUMENTS["s-seed4"].authority == "explainer"
    assert DOCUMENTS["s14-cybersecurity"].superseded_by_id == "s15"


def test_keeps_compiled_documents_unverified() -> None:
    compiled = {slug for slug, row in DOCUMENTS.items() if "第三方汇编" in row.caution}

    assert len(compiled) == 23
    assert {DOCUMENTS[slug].reading for slug in compiled} == {Standing.UNVERIFIED}


def test_ends_a_document_on_the_day_after_its_last() -> None:
    assert DOCUMENTS["s-gz-mt"].effective_to == date(2024, 7, 1)
    assert DOCUMENTS["s-gz-2026fee"].effective_to == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("slug", "day"),
    [
        ("s-wlcb", date(2022, 6, 2)),
        ("s-nc-38", date(2022, 12, 31)),
        ("s-jx-card", date(2025, 11, 30)),
    ],
)
def test_takes_the_last_day_of_a_vague_date_and_says_so(slug: str, day: date) -> None:
    assert DOCUMENTS[slug].published_on == day
    assert DOCUMENTS[slug].dates_note


def test_tells_citizens_nothing_of_where_a_text_was_seen() -> None:
    public = ("title", "issuer", "number", "caution", "dates_note", "address")

    leaks = [
        (slug, name)
        for slug, row in DOCUMENTS.items()
        for name in public
        if re.search(r"github|seeds?/|repository|@[0-9a-f]{7}", getattr(row, name), re.IGNORECASE)
    ]

    assert leaks == []


def test_names_the_documents_of_local_classes() -> None:
    cited = {row.document_slug for row in region_files.read().mappings}

    assert cited <= set(DOCUMENTS)


def test_files_are_written_as_our_writer_writes_them() -> None:
    for path in files.paths():
        text = path.read_text(encoding="utf-8")
        assert toml.dumps(tomllib.loads(text)) == text, path.name


DOCUMENT = """
[[document]]
slug = "s-a"
title = "甲"
issuer = "乙局"
authority = "notice"
reading = "official"
"""
STATEMENT = """
[[statement]]
slug = "one"
document = "s-a"
article = "正文"
checked_on = 2026-11-23
topic = "statement/card"
topic_name = "医保卡"
text = "说法"
standing = "secondary"
"""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[document]\n", "whole file"),
        ('document = "s-a"\n', "expected [[document]]"),
        ("[[paper]]\n", "expected [[document]]"),
        (DOCUMENT.replace("s-a", "S A"), "'S A' is no slug"),
        (DOCUMENT + 'colour = "red"\n', "unknown key 'colour'"),
        (DOCUMENT + 'published_on = "2025"\n', "published_on must be of type date"),
        (DOCUMENT + "published_on = 2025-01-01T00:00:00\n", "published_on must be of type date"),
        (DOCUMENT + "number = 3\n", "number must be of type str"),
        (DOCUMENT.replace('"notice"', '"rumour"'), "authority: "),
        (DOCUMENT.replace('"official"', '"disputed"'), "reading: "),
        (DOCUMENT.replace('title = "甲"', 'title = ""'), "title: "),
        (DOCUMENT + 'address = "nowhere"\n', "address: "),
        (DOCUMENT + 'superseded_by = "s-b"\n', "unknown document 's-b'"),
        (DOCUMENT + DOCUMENT, "is listed twice"),
        (STATEMENT, "unknown document 's-a'"),
        (DOCUMENT + STATEMENT + 'related_statement = "two"\n', "unknown statement 'two'"),
        (DOCUMENT + STATEMENT + f'quote = "{"长" * 201}"\n', "quote: "),
        (DOCUMENT + STATEMENT.replace('"secondary"', '"sure"'), "standing: "),
        (DOCUMENT + STATEMENT + "review_interval_days = true\n", "must be of type int"),
    ],
)
def test_refuses_a_wrong_entry_by_file_entry_and_reason(
    tmp_path: Path, text: str, reason: str
) -> None:
    (tmp_path / "some.toml").write_text(text, encoding="utf-8")

    with pytest.raises(SourceFileRefused, match=re.escape(reason)) as refused:
        files.read(tmp_path)

    assert str(refused.value).startswith("some.toml, ")


def test_reads_what_is_spread_over_several_files(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(DOCUMENT, encoding="utf-8")
    (tmp_path / "a.toml").write_text(STATEMENT, encoding="utf-8")

    read = files.read(tmp_path)

    assert [row.slug for row in read.documents] == ["s-a"]
    assert read.statements[0].clause.document_id == "s-a"
