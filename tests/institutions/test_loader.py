"""The shipped list: real names with their source and day, no invented code, nothing lost."""

from datetime import date

import pytest
from django.core.management import call_command

from tests.institutions.lists import AT
from yibao.audit.models import Event
from yibao.institutions import indexing
from yibao.institutions.loader import DATA, load_institutions, read
from yibao.institutions.models import Institution, ServiceOpening
from yibao.regions import queries as regions


@pytest.fixture
def shipped_rows(shipped):
    return read()


@pytest.fixture
def shipped(db):
    from tests.factories.regions import shipped_memory

    regions.MEMORY.hold(shipped_memory())


def test_every_row_names_its_source_and_day(shipped_rows):
    assert len(shipped_rows) == 6_710
    assert all(row.source_name for row in shipped_rows)
    assert {row.source_date.year for row in shipped_rows} == {2020}
    assert max(row.source_date for row in shipped_rows) == date(2020, 2, 11)
    assert all(row.checked_on is None for row in shipped_rows)


def test_codes_are_our_own_and_positions_differ(shipped_rows):
    assert all(row.code[0] == "Y" and row.code[1:7] == row.region_id for row in shipped_rows)
    assert len({row.code for row in shipped_rows}) == len(shipped_rows)
    assert len({row.position for row in shipped_rows}) == len(shipped_rows)


def test_no_mobile_number_is_shipped(shipped_rows):
    numbers = [number for row in shipped_rows for number in row.phones.split()]

    assert [number for number in numbers if number.startswith("1") and "-" not in number] == []
    assert len(numbers) > 1_500


def test_rows_are_valid(shipped_rows):
    for row in shipped_rows:
        row.clean_fields(exclude=("region", "effective_from"))


def test_the_licence_lies_beside_the_list():
    folder = DATA.parent / "licences"

    assert "MIT License" in (folder / "hhui64-wuhan2020map.MIT.txt").read_text()
    assert "wuhan2020" in (folder / "README.md").read_text()


def test_loads_once_and_keeps_what_others_took_over(officer, tmp_path):
    lines = DATA.read_text().splitlines(keepends=True)
    path = tmp_path / "list.csv"
    mine = [line for line in lines if line.startswith(("Y110101", "code"))]
    path.write_text("".join(mine))

    first = load_institutions(by=officer, at=AT, path=path)
    again = load_institutions(by=officer, at=AT, path=path)
    assert first.added == len(mine) - 1
    assert again.unchanged
    assert not ServiceOpening.objects.exists()
    assert Event.objects.get(event="institutions.shipped_list_loaded").actor == "chen"

    kept, corrected = Institution.objects.order_by("code")[:2]
    Institution.objects.filter(pk=kept.pk).update(name="人工改名", checked_on=date(2026, 11, 1))
    path.write_text("".join(mine).replace(kept.name, "新名甲").replace(corrected.name, "新名乙"))
    report = load_institutions(by=officer, at=AT, path=path)

    assert report.changed >= 1
    kept.refresh_from_db()
    corrected.refresh_from_db()
    assert (kept.name, corrected.name) == ("人工改名", "新名乙")
    grams = corrected.grams
    indexing.index(corrected)
    assert corrected.grams == grams


def test_setup_loads_the_list(settings):
    assert "load_institutions" in settings.SETUP_COMMANDS


def test_the_command_says_what_it_did(officer, monkeypatch, capsys):
    monkeypatch.setattr("yibao.institutions.loader.read", lambda _path: [])

    call_command("load_institutions")
    call_command("load_institutions")

    assert capsys.readouterr().out.split("\n")[:2] == [
        "institutions: 0 added, 0 corrected",
        "institutions: unchanged",
    ]
