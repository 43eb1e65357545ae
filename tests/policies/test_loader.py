"""Files become revisions: once, whole or not at all, with a new revision per change."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories.policies import (
    AT,
    make_draft,
    past_the_locks,
    publish,
    row_text,
    write_file,
)
from yibao.accounts.models import User
from yibao.policies.files import PolicyFilesRefused
from yibao.policies.loader import check_files, load_policies
from yibao.policies.models import FilingRule, PaymentBand, Revision
from yibao.policies.queries import get_terms
from yibao.policies.verify import problems_of_published
from yibao.rules.policy import PaymentBand as Band
from yibao.rules.terms import InsuranceType
from yibao.sources.models import Clause

pytestmark = pytest.mark.usefixtures("places")

TERTIARY = row_text(level='"tertiary"')
SECONDARY = row_text(level='"secondary"', ratio_bp="9000")


def test_loads_as_two_system_actors(tmp_path: Path) -> None:
    write_file(tmp_path, TERTIARY + SECONDARY)

    report = load_policies(at=AT, folder=tmp_path)

    revision = Revision.objects.get()
    assert (report.files, report.rows, report.revisions, report.added) == (1, 2, 1, 2)
    assert (revision.author.username, revision.publisher.username) == ("loader", "release")
    assert revision.status == "published"
    assert problems_of_published() == []


def test_the_same_files_change_nothing(tmp_path: Path) -> None:
    write_file(tmp_path, TERTIARY)
    load_policies(at=AT, folder=tmp_path)

    assert load_policies(at=AT, folder=tmp_path).unchanged
    assert load_policies(at=AT, folder=tmp_path, force=True).revisions == 0
    assert Revision.objects.count() == 1


def test_a_changed_row_replaces_the_old_and_leaves_the_others(tmp_path: Path) -> None:
    write_file(tmp_path, TERTIARY + SECONDARY)
    load_policies(at=AT, folder=tmp_path)
    untouched = PaymentBand.objects.get(level="secondary")
    write_file(tmp_path, row_text(level='"tertiary"', ratio_bp="8000") + SECONDARY)

    report = load_policies(at=AT, folder=tmp_path)

    assert (report.added, report.ended, report.taken_back) == (1, 0, 1)
    assert PaymentBand.objects.get(withdrawn_by=None, level="secondary") == untouched
    assert PaymentBand.objects.get(withdrawn_by=None, level="tertiary").ratio_bp == 8000


def test_a_row_that_the_file_closes_keeps_its_number(tmp_path: Path) -> None:
    write_file(tmp_path, TERTIARY)
    load_policies(at=AT, folder=tmp_path)
    write_file(
        tmp_path,
        row_text(level='"tertiary"', effective_to="2027-01-01")
        + row_text(level='"tertiary"', ratio_bp="8000", effective_from="2027-01-01"),
    )

    report = load_policies(at=AT, folder=tmp_path)

    assert (report.added, report.ended, report.taken_back) == (1, 1, 0)
    old, new = PaymentBand.objects.order_by("pk")
    assert (old.effective_to, old.withdrawn_by) == (date(2027, 1, 1), None)
    assert new.ratio_bp == 8000


def test_rows_of_a_file_that_is_gone_are_taken_back(tmp_path: Path) -> None:
    write_file(tmp_path, TERTIARY, branch="employee")
    gone = write_file(tmp_path, TERTIARY)
    load_policies(at=AT, folder=tmp_path)
    gone.unlink()

    report = load_policies(at=AT, folder=tmp_path)

    assert report.taken_back == 1
    assert PaymentBand.objects.get(withdrawn_by=None).revision.insurance == "employee"


def test_a_later_check_of_a_clause_is_no_change_of_the_rule(tmp_path: Path) -> None:
    write_file(tmp_path, TERTIARY)
    load_policies(at=AT, folder=tmp_path)
    write_file(tmp_path, row_text(level='"tertiary"', checked_on="2027-03-01"))

    load_policies(at=AT, folder=tmp_path)

    assert Revision.objects.count() == 1
    assert Clause.objects.get().checked_on == date(2027, 3, 1)


def test_one_bad_file_keeps_all_others_out(tmp_path: Path) -> None:
    write_file(tmp_path, TERTIARY, branch="employee")
    write_file(tmp_path, row_text(ratio_bp="10001"))

    with pytest.raises(PolicyFilesRefused):
        load_policies(at=AT, folder=tmp_path)

    assert not Revision.objects.exists()


def test_leaves_alone_what_staff_brought_in_ended_or_took_back(
    tmp_path: Path, author: User, checker: User
) -> None:
    write_file(tmp_path, TERTIARY + row_text(level='"other"'))
    load_policies(at=AT, folder=tmp_path)
    old = PaymentBand.objects.get(level="tertiary")
    staff = publish(
        make_draft(
            "payment_band",
            care_types=frozenset({"inpatient"}),
            level="tertiary",
            ratio_bp=7000,
            effective_from=date(2027, 1, 1),
        ),
        by=author,
        other=checker,
    )
    write_file(tmp_path, TERTIARY)

    report = load_policies(at=AT, folder=tmp_path)

    assert (report.added, report.taken_back) == (0, 1)
    old.refresh_from_db()
    assert (old.ended_by, old.withdrawn_by) == (staff, None)
    assert PaymentBand.objects.get(revision=staff).withdrawn_by is None


def test_a_clash_with_a_rule_of_staff_is_named_and_nothing_is_loaded(
    tmp_path: Path, author: User, checker: User
) -> None:
    publish(
        make_draft("payment_band", care_types=frozenset({"inpatient"}), ratio_bp=7000),
        by=author,
        other=checker,
    )
    write_file(tmp_path, row_text())

    with pytest.raises(PolicyFilesRefused, match=r"370600/resident\.toml.*有效期重叠"):
        load_policies(at=AT, folder=tmp_path)

    assert Revision.objects.count() == 1


def test_what_is_loaded_is_in_force_at_once(tmp_path: Path) -> None:
    def ratios() -> list[int]:
        terms = get_terms("370602", InsuranceType.RESIDENT, date(2026, 12, 1))
        return [row.ratio_bp for level in terms.of(Band) for row in level]

    assert ratios() == []
    write_file(tmp_path, TERTIARY)
    load_policies(at=AT, folder=tmp_path)

    assert ratios() == [8500]


def test_checking_changes_nothing(tmp_path: Path) -> None:
    write_file(tmp_path, TERTIARY)

    assert len(check_files(tmp_path)) == 1
    assert not Revision.objects.exists()
    assert not Clause.objects.exists()


def test_the_command_names_every_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_file(tmp_path, row_text(ratio_bp="10001") + row_text("filing_rule"))

    with pytest.raises(CommandError, match="2 problems"):
        call_command("load_policies", dir=tmp_path, check=True)

    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in lines] == ["payment_band 1", "filing_rule 1"]


def test_the_command_writes_files_in_their_own_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_file(tmp_path, "# a comment\n" + SECONDARY + TERTIARY)

    call_command("load_policies", dir=tmp_path, check=True)
    assert "not in canonical form" in capsys.readouterr().out
    call_command("load_policies", dir=tmp_path, format=True)
    text = path.read_text()
    call_command("load_policies", dir=tmp_path, check=True)

    assert "canonical" not in capsys.readouterr().out.splitlines()[-1]
    assert "#" not in text
    assert text.index("tertiary") < text.index("secondary")


def test_exports_what_it_loaded_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    write_file(source, TERTIARY + SECONDARY)
    call_command("load_policies", dir=source, format=True)
    call_command("load_policies", dir=source)
    foreign = write_file(target, "", region="360100")

    call_command("export_policies", dir=target)

    written = target / "370600" / "resident.toml"
    assert written.read_bytes() == (source / "370600" / "resident.toml").read_bytes()
    assert foreign.exists()
    assert "360100/resident.toml: nothing published belongs" in capsys.readouterr().err


def test_verify_finds_what_the_operations_would_not_allow(
    author: User, checker: User, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(make_draft("filing_rule", required=True), by=author, other=checker)
    call_command("verify_policies")
    with past_the_locks():
        FilingRule.objects.update(required=None)

    with pytest.raises(CommandError, match="2 problems"):
        call_command("verify_policies")

    assert "什么也没有规定" in capsys.readouterr().err
