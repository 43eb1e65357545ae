"""Questions with known answers: the shipped ones hold, the panel asks each, the gate keeps them."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from tests.data.shipped import shipped_terms
from tests.factories.policies import AT, make_draft, make_revision, publish, replay
from tests.factories.regions import shipped_memory
from tests.policies.replays import NEXT_YEAR
from tests.policies.test_admin import officer, signed_in
from yibao.accounts.models import User
from yibao.audit.queries import list_events
from yibao.policies import operations
from yibao.policies.desk import drafts
from yibao.policies.desk_labels import DESK_LABELS, desk_label
from yibao.policies.gates import Unexplained
from yibao.policies.golden.answers import said
from yibao.policies.golden.asking import list_checks, wrong_answers
from yibao.policies.golden.files import read
from yibao.policies.models import About, GoldenCheck, ReplayRun, Revision, Surprise
from yibao.policies.replay import questions
from yibao.policies.replay.reading import report_of
from yibao.policies.replay.sources import Reach
from yibao.regions import queries as regions
from yibao.rules.terms import InsuranceType
from yibao.sources.models import Clause

ADD = "admin:policies_goldencheck_add"
QUESTION: dict[str, Any] = {
    "region": "370600",
    "title": "退休后到南昌安家",
    "insurance": "resident",
    "on": "2026-12-01",
    "care_code": "南昌",
    "care_type": "inpatient",
    "reason": "resettled",
    "urgency": "ordinary",
    "stage": "planning",
    "evidence": "proof",
    "qualified": "unknown",
    "institution": "unknown",
    "enrolment": "active",
    "existing": "none",
    "expected_outcome": "file",
    "expected_validity": "months",
    "expected_months": "6",
    "expected_change_on": "2027-03-02",
}
SETTLED = {"categories": frozenset({"retiree_resettled"})}
CHECKS = [case for case in read() if case.model is GoldenCheck]


def rules(months: int = 6, **more: Any) -> list[Any]:
    return [
        make_draft(
            "filing_rule",
            required=True,
            validity_months=months,
            change_lock_months=3,
            commitment_lock_months=3,
            **SETTLED,
            **more,
        )
    ]


@pytest.fixture
def clause(places: None) -> Clause:
    return Clause.objects.create(
        document_id="s-test", article="第三条", checked_on=date(2026, 11, 23)
    )


@pytest.fixture
def in_force(author: User, checker: User) -> Revision:
    return publish(*rules(), by=author, other=checker)


def make_check(clause: Clause, **changes: Any) -> GoldenCheck:
    given = QUESTION | {"care_code": "360100"} | changes
    return GoldenCheck.objects.create(region_id=given.pop("region"), clause=clause, **given)


@pytest.mark.django_db
@pytest.mark.parametrize("case", CHECKS, ids=lambda case: case.slug)
def test_each_shipped_question_is_answered_so_by_the_shipped_rules(case: Any) -> None:
    regions.MEMORY.hold(shipped_memory())
    known = GoldenCheck(region_id=case.region_code, **case.columns)
    known.clean()

    found = wrong_answers(
        [known], lambda code, facts: shipped_terms(code, InsuranceType(facts.insurance), facts.on)
    )

    assert [(each.expected, each.found) for each in found] == []
    assert len(known.expected()) >= 2


def test_every_answer_and_fact_has_words() -> None:
    for enumeration in DESK_LABELS:
        for value in enumeration:
            assert desk_label(value)
    assert (said("validity", "unknown"), said("direct", "yes")) == ("不清楚", "能直接结算")


# --- the panel ---------------------------------------------------------------------


@pytest.fixture
def writer(places: None) -> User:
    return officer("writer", "add_goldencheck", "change_goldencheck", "view_goldencheck")


def test_an_officer_adds_a_question_that_holds(
    writer: User, in_force: Revision, clause: Clause
) -> None:
    client = signed_in(writer)

    response = client.post(reverse(ADD), QUESTION | {"clause": clause.pk})

    assert response.status_code == 302, response.context["errors"]
    check = GoldenCheck.objects.get()
    assert check.care_code == "360100"
    (event,) = list_events("policies.goldencheck", str(check.pk))
    assert event.actor == "writer"
    listed = client.get(reverse("admin:policies_goldencheck_changelist")).text
    assert "结论 要备案；有效期 6 个月；最早可变更的日期 2027-03-02" in listed
    assert "相符" in listed


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"expected_outcome": "no_filing"}, "expected_outcome", "按现行规定是“要备案”"),
        ({"expected_months": "12"}, "expected_validity", "按现行规定是“6 个月”"),
        ({"expected_change_on": "2027-06-02"}, "expected_change_on", "2027-03-02"),
        ({"expected_months": ""}, "__all__", "若干个月"),
        ({"reason": ""}, "reason", "请选原因"),
        ({"existing_since": "2026-01-01"}, "existing", "原备案是否有效"),
        ({"care_code": "无此地"}, "care_code", "没有找到这个地方"),
        ({"region": "370602"}, "region", "它不是统筹区"),
        ({"region": "360100"}, "region", ""),
    ],
)
def test_a_question_that_is_answered_otherwise_is_refused_beside_its_field(
    writer: User, in_force: Revision, clause: Clause, changes: Any, field: str, words: str
) -> None:
    response = signed_in(writer).post(reverse(ADD), QUESTION | {"clause": clause.pk} | changes)

    assert response.status_code == 200
    errors = response.context["adminform"].form.errors
    assert words in "".join(errors[field])
    assert not GoldenCheck.objects.exists()


def test_a_question_may_come_before_its_rule(
    writer: User, in_force: Revision, clause: Clause
) -> None:
    ahead = QUESTION | {"clause": clause.pk, "expected_months": "12", "ahead": "on"}

    page = signed_in(writer).post(reverse(ADD), ahead, follow=True)

    assert "得不出这个答案" in page.text
    assert "不符" in page.text


# --- the replay --------------------------------------------------------------------


def revised(author: User, months: int = 12, **more: Any) -> Revision:
    return make_revision(*rules(months, effective_from=NEXT_YEAR), by=author, **more)


def answers_in(run: ReplayRun) -> dict[tuple[str, str, str], int]:
    groups = run.groups.filter(about=About.ANSWER)
    return {(group.source, group.kind, group.surprise): group.cases for group in groups}


def test_a_longer_validity_shows_from_what_to_what(
    in_force: Revision, clause: Clause, author: User
) -> None:
    make_check(clause)
    revision = revised(author)

    run = replay(revision, by=author)

    # On its own day the question is answered as before, on the first day of the draft anew.
    assert answers_in(run) == {("golden_checks", "changed", ""): 1, ("questions", "changed", ""): 2}
    group = run.groups.get(source="golden_checks")
    change = group.changes.get()
    assert (change.on, change.lines) == (NEXT_YEAR, {"validity": ["months:6", "months:12"]})
    assert "care=360100" in change.query
    report = report_of(revision)
    assert report is not None
    (view,) = [view for view in report.expected if view.source == "资格算例"]
    (line,) = view.changes[0].lines
    assert (line.name, line.before, line.after, view.amount) == ("有效期", "6 个月", "12 个月", "")
    assert run.counts["golden"] == 1


def test_an_answer_that_is_lost_needs_a_word(
    in_force: Revision, clause: Clause, author: User
) -> None:
    make_check(clause)
    rule = in_force.filingrule_set.get()
    revision = make_revision(by=author, starts_on=NEXT_YEAR)
    drafts.end_row(revision=revision, table="filing_rule", pk=rule.pk, by=author, at=AT, version=0)
    revision.refresh_from_db()

    run = replay(revision, by=author, note="")

    assert answers_in(run)[("golden_checks", "lost", "lost")] == 1
    with pytest.raises(Unexplained):
        operations.submit_revision(revision=revision, by=author, at=AT)
    replay(revision, by=author, note="按新规定不再备案")
    assert operations.submit_revision(revision=revision, by=author, at=AT).is_open


def test_answers_in_another_region_need_a_word(author: User, checker: User, clause: Clause) -> None:
    publish(*rules(), by=author, other=checker, region="370000")
    make_check(clause)

    run = replay(revised(author, region="370000"), by=author)

    assert answers_in(run)[("golden_checks", "changed", "elsewhere")] == 1


def test_sample_questions_are_counted_before_they_are_made(in_force: Revision) -> None:
    reach = Reach(
        region_code="370600",
        codes=("370600",),
        branches=(InsuranceType.RESIDENT,),
        days=(NEXT_YEAR, date(2027, 6, 1)),
    )

    asked = list(questions.iterate(reach))

    assert len(asked) == questions.count(reach) == 2 * questions.PER_PLACE
    assert asked == list(questions.iterate(reach))
    assert len({question.facts for question in asked}) == len(asked)


# --- the gate ----------------------------------------------------------------------


def test_a_question_that_would_be_answered_wrongly_stops_publication(
    in_force: Revision, clause: Clause, author: User, checker: User
) -> None:
    check = make_check(clause)
    revision = make_revision(*rules(3), by=author, corrects=in_force)

    with pytest.raises(Unexplained, match="退休后到南昌安家"):
        operations.publish_revision(revision=revision, by=checker, at=AT)

    run = replay(revision, by=author, note="原来抄错了")
    group = run.groups.get(source="golden_checks", kind="deviates")
    assert group.surprise == Surprise.DEVIATES
    assert group.changes.get().lines == {"validity": ["months:6", "months:3"]}
    submitted = operations.submit_revision(revision=revision, by=author, at=AT)
    assert operations.publish_revision(revision=submitted, by=checker, at=AT).published_at == AT
    assert list_checks("370600") == [check]
