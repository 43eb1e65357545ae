"""Known cases: the shipped ones hold, the panel tries each, and no revision passes them by."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from tests.data.shipped import shipped_terms
from tests.factories.policies import AT, make_draft, make_revision, publish, replay
from tests.policies.test_admin import officer, signed_in
from yibao.accounts.models import User
from yibao.audit.queries import list_events
from yibao.policies import operations
from yibao.policies.gates import Unexplained
from yibao.policies.golden.checking import deviations, list_cases
from yibao.policies.golden.files import GoldenFileRefused, read
from yibao.policies.golden.loader import load_golden_cases
from yibao.policies.models import GoldenCase, Revision
from yibao.rules.terms import InsuranceType
from yibao.sources.models import Clause

ADD = "admin:policies_goldencase_add"
STATED = {"care_types": frozenset({"inpatient"}), "level": "tertiary"}
CASE: dict[str, Any] = {
    "region": "370600",
    "title": "居民住院，三级医院",
    "insurance": "resident",
    "on": "2026-12-01",
    "care_type": "inpatient",
    "scope": "local",
    "group": "adult",
    "level": "tertiary",
    "aid_group": "none",
    "total_fen": "10,000",
    "outcome": "computed",
    "expected_pooled_fund": "6,000",
}


def rows(ratio: int = 6000, **more: Any) -> list[Any]:
    return [
        make_draft("deductible", amount_fen=0, **STATED, **more),
        make_draft("payment_band", ratio_bp=ratio, **STATED, **more),
    ]


@pytest.fixture
def clause(places: None) -> Clause:
    return Clause.objects.create(
        document_id="s-test", article="第三条", checked_on=date(2026, 11, 23)
    )


@pytest.fixture
def in_force(author: User, checker: User) -> Revision:
    return publish(*rows(), by=author, other=checker)


def make_case(clause: Clause, **changes: Any) -> GoldenCase:
    given = CASE | {"total_fen": 1_000_000, "expected_pooled_fund": 600_000} | changes
    region = given.pop("region")
    return GoldenCase.objects.create(region_id=region, clause=clause, **given)


BILLS = [case for case in read() if case.model is GoldenCase]


@pytest.mark.parametrize("case", BILLS, ids=lambda case: case.slug)
def test_each_shipped_case_follows_from_the_shipped_rules(case: Any) -> None:
    known = GoldenCase(region_id=case.region_code, **case.columns)

    found = deviations(
        [known],
        lambda code, facts: shipped_terms(code, InsuranceType(facts.insurance), facts.on),
    )

    assert [(each.expected, each.found, each.outcome) for each in found] == []
    assert known.expected()


def test_a_shipped_case_with_another_figure_is_noticed() -> None:
    case = next(case for case in BILLS if case.slug == "nc-res-referral")
    known = GoldenCase(
        region_id=case.region_code, **(case.columns | {"expected_pooled_fund": 2_394_001})
    )

    (found,) = deviations(
        [known],
        lambda code, facts: shipped_terms(code, InsuranceType(facts.insurance), facts.on),
    )

    assert found.found["pooled_fund"] == 2_394_000


# --- the panel ---------------------------------------------------------------------


@pytest.fixture
def writer(places: None) -> User:
    return officer("writer", "add_goldencase", "change_goldencase", "view_goldencase")


def test_an_officer_adds_a_case_that_holds(
    writer: User, in_force: Revision, clause: Clause
) -> None:
    client = signed_in(writer)

    response = client.post(reverse(ADD), CASE | {"clause": clause.pk})

    assert response.status_code == 302, response.context["errors"]
    case = GoldenCase.objects.get()
    assert (case.total_fen, case.expected()) == (1_000_000, {"pooled_fund": 600_000})
    (event,) = list_events("policies.goldencase", str(case.pk))
    assert event.actor == "writer"
    listed = client.get(reverse("admin:policies_goldencase_changelist")).text
    assert "统筹基金支付 6,000.00" in listed
    assert "相符" in listed


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"expected_pooled_fund": "6001"}, "expected_pooled_fund", "按现行规定是 6,000.00 元"),
        ({"expected_critical_illness": "1"}, "expected_critical_illness", "没有这一项"),
        ({"level": "secondary"}, "outcome", "按现行规定是“算不出”"),
        ({"scope": "cross_province"}, "situation", "请选备案情况"),
        ({"situation": "referral"}, "situation", "在参保地看病没有备案"),
        ({"group": "retired"}, "group", "这个险种没有这类人"),
        ({"off_catalog_fen": "10001"}, "total_fen", "加起来比总费用还大"),
        ({"expected_pooled_fund": ""}, "expected_pooled_fund", "至少填一个"),
        ({"total_fen": "abc"}, "total_fen", "请填数字"),
        ({"region": "370602"}, "region", "它不是统筹区"),
        ({"region": "360100"}, "region", ""),
    ],
)
def test_a_case_that_does_not_come_out_is_refused_beside_its_field(
    writer: User, in_force: Revision, clause: Clause, changes: Any, field: str, words: str
) -> None:
    response = signed_in(writer).post(reverse(ADD), CASE | {"clause": clause.pk} | changes)

    assert response.status_code == 200
    errors = response.context["adminform"].form.errors
    assert words in "".join(errors[field])
    assert not GoldenCase.objects.exists()


def test_a_case_may_come_before_its_rule(writer: User, in_force: Revision, clause: Clause) -> None:
    ahead = CASE | {"clause": clause.pk, "expected_pooled_fund": "7000", "ahead": "on"}

    page = signed_in(writer).post(reverse(ADD), ahead, follow=True)

    assert "得不出这些数" in page.text
    assert "不符" in page.text


def test_cases_of_another_region_are_out_of_sight(
    writer: User, in_force: Revision, clause: Clause
) -> None:
    foreign = make_case(clause, region="360100")
    client = signed_in(writer)

    assert CASE["title"] not in client.get(reverse("admin:policies_goldencase_changelist")).text
    address = reverse("admin:policies_goldencase_change", args=[foreign.pk])
    assert client.get(address).status_code == 302


# --- the gate ----------------------------------------------------------------------


def correction(in_force: Revision, author: User) -> Revision:
    """A revision that takes the published ratio back and so changes what was true."""
    return make_revision(*rows(5000), by=author, corrects=in_force)


def test_a_case_that_would_come_out_wrong_stops_publication(
    in_force: Revision, clause: Clause, author: User, checker: User
) -> None:
    make_case(clause)
    revision = correction(in_force, author)

    with pytest.raises(Unexplained, match="居民住院，三级医院"):
        operations.publish_revision(revision=revision, by=checker, at=AT)
    in_force.refresh_from_db()
    assert in_force.paymentband_set.get().withdrawn_by is None

    replay(revision, by=author, note="")
    with pytest.raises(Unexplained):
        operations.submit_revision(revision=revision, by=author, at=AT)
    replay(revision, by=author, note="原来抄错了")
    submitted = operations.submit_revision(revision=revision, by=author, at=AT)
    assert operations.publish_revision(revision=submitted, by=checker, at=AT).published_at == AT


def test_a_note_speaks_only_of_what_it_was_written_about(
    in_force: Revision, clause: Clause, author: User, checker: User
) -> None:
    make_case(clause)
    revision = correction(in_force, author)
    replay(revision, by=author, note="原来抄错了")
    band = revision.paymentband_set.get()
    band.ratio_bp = 4000
    band.save()

    with pytest.raises(Unexplained):
        operations.publish_revision(revision=revision, by=checker, at=AT)


def test_a_province_answers_for_the_cities_that_inherit(
    clause: Clause, author: User, checker: User
) -> None:
    above = publish(*rows(), by=author, other=checker, region="370000")
    case = make_case(clause)
    other = make_case(clause, region="360100", outcome="unknown", expected_pooled_fund=None)
    revision = make_revision(*rows(5000), by=author, region="370000", corrects=above)

    assert list_cases("370000") == [case]
    assert list_cases("000000") == [other, case]
    with pytest.raises(Unexplained):
        operations.publish_revision(revision=revision, by=checker, at=AT)

    GoldenCase.objects.filter(pk=case.pk).update(retired_because="规定已废止")
    assert operations.publish_revision(revision=revision, by=checker, at=AT).published_at == AT


# --- shipped files -----------------------------------------------------------------

FILE = """
region = "370600"

[[case]]
slug = "{slug}"
title = "居民住院"
insurance = "resident"
on = 2026-12-01
care_type = "inpatient"
scope = "local"
group = "adult"
level = "tertiary"
total_fen = 1000000
document = "s-test"
article = "第一条"
checked_on = 2026-11-23

[case.expected]
{figure} = 600000
"""


def write(folder: Path, slug: str = "a", figure: str = "pooled_fund") -> Path:
    (folder / "370600.toml").write_text(FILE.format(slug=slug, figure=figure), encoding="utf-8")
    return folder


def test_a_shipped_case_that_was_mended_takes_the_place_of_the_old_one(
    in_force: Revision, tmp_path: Path
) -> None:
    load_golden_cases(at=AT, folder=write(tmp_path))
    old = GoldenCase.objects.get()

    report = load_golden_cases(at=AT, folder=write(tmp_path, figure="fund_total"))

    new = GoldenCase.objects.get()
    assert (new.pk, new.expected(), report.wrong) == (old.pk, {"fund_total": 600_000}, ())


def test_shipped_cases_are_loaded_once_and_retired_when_gone(
    in_force: Revision, tmp_path: Path
) -> None:
    first = load_golden_cases(at=AT, folder=write(tmp_path))
    again = load_golden_cases(at=AT, folder=tmp_path)
    mine = GoldenCase.objects.get()
    other = load_golden_cases(at=AT, folder=write(tmp_path, "b"))

    assert (first.cases, first.wrong, again.unchanged, other.cases) == (1, (), True, 1)
    mine.refresh_from_db()
    assert mine.retired_because
    assert mine.clause.document_id == "s-test"


def test_a_shipped_case_that_does_not_hold_is_reported(
    places: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("load_golden_cases", dir=write(tmp_path))

    printed = capsys.readouterr()
    assert "golden case a" in printed.err
    assert "golden cases: 1" in printed.out


def test_a_wrong_file_loads_nothing(places: None, tmp_path: Path) -> None:
    with pytest.raises(GoldenFileRefused, match="nonsense"):
        load_golden_cases(at=AT, folder=write(tmp_path, figure="nonsense"))

    assert not GoldenCase.objects.exists()
