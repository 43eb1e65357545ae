"""Sending a claim in: once, whole, and with everything that has to be looked at."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import claims as make
from tests.factories.cases import ID_NUMBER
from yibao.cases.operations.cases import ConsentGiven
from yibao.cases.operations.drafts import start_draft
from yibao.cases.queries import Draft
from yibao.cases.vocabulary import Kind, Purpose, State
from yibao.claims.invoices import masked, number_hash
from yibao.claims.models import Claim, ClaimLine, Invoice, RiskMark
from yibao.claims.operations import objections, submission
from yibao.claims.operations.submission import is_sampled
from yibao.claims.queries import findings
from yibao.claims.queries.findings import check_claim, limits_of
from yibao.claims.reckoning import terms_of
from yibao.claims.submitted import SubmittedInvoice
from yibao.claims.vocabulary import LineClass, MarkCode
from yibao.claims.wording import mark_words
from yibao.rules.decision import Cited
from yibao.rules.facts import Trauma

pytestmark = pytest.mark.django_db


_UNCOUNTED = re.compile("SAVEPOINT|core_datastamp")
"""The test's own transaction, and the stamps, which a request reads once."""


def invoice(**changes: Any) -> SubmittedInvoice:
    facts = {"number": "3100 123456", "on": date(2026, 10, 20), "amount_fen": 2_000_000}
    return SubmittedInvoice(**{**facts, **changes})  # type: ignore[arg-type]


def codes(claim: Claim) -> list[str]:
    return list(claim.marks.values_list("code", flat=True))


def test_totals_become_lines_whose_parts_are_the_totals():
    claim = make.submit()

    lines = list(claim.lines.values_list("amount_fen", "line_class", "upfront_fen"))
    assert lines == [
        (1_850_000, LineClass.A, None),
        (50_000, LineClass.B, 50_000),
        (100_000, LineClass.C, None),
    ]
    assert claim.case.state == State.SUBMITTED


def test_the_same_submit_twice_is_one_claim():
    assert make.submit(key="once").pk == make.submit(key="once").pk
    assert Claim.objects.count() == 1


def test_a_draft_becomes_a_claim_and_is_emptied():
    opened = start_draft(kind=Kind.CLAIM, at=make.SUBMITTED_AT)

    def send() -> Claim:
        return submission.submit_claim(
            make.a_submission(),
            person=make.a_person(),
            consents=[],
            submission_key=opened.draft.uid,
            draft_id=opened.draft.pk,
            at=make.SUBMITTED_AT,
        )

    claim, again = send(), send()

    draft = Draft.objects.get()
    assert (draft.case_id, draft.sealed, again.pk) == (claim.pk, "", claim.pk)


def test_a_submit_takes_as_few_statements_with_forty_invoices_as_with_two():
    make.submit()
    counts = []

    for count in (2, 40):
        opened = start_draft(kind=Kind.CLAIM, at=make.SUBMITTED_AT)
        invoices = tuple(invoice(number=f"{count}-{each}") for each in range(count))
        with CaptureQueriesContext(connection) as seen:
            submission.submit_claim(
                make.a_submission(invoices=invoices),
                person=make.a_person(),
                consents=[
                    ConsentGiven(each, "2026-11", "0" * 64, make.SUBMITTED_AT) for each in Purpose
                ],
                submission_key=opened.draft.uid,
                draft_id=opened.draft.pk,
                version=1,
                at=make.SUBMITTED_AT,
            )
        counts.append(sum(not _UNCOUNTED.search(query["sql"]) for query in seen))

    assert counts[0] == counts[1] <= 19


def test_nothing_is_stored_when_anything_fails(monkeypatch):
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    for step in ("_add_lines", "_add_invoices", "_add_marks", "queue_message"):
        with monkeypatch.context() as patch:
            patch.setattr(submission, step, broken)
            with pytest.raises(RuntimeError):
                make.submit(key=step)
    assert not Claim.objects.exists()
    assert not ClaimLine.objects.exists()


def test_too_many_lines_are_refused_before_anything_is_stored():
    lines = tuple(make.a_line() for _number in range(submission.MOST_LINES + 1))

    with pytest.raises(submission.TooManyLines):
        make.submit(lines=lines)
    assert not Claim.objects.exists()


def test_an_invoice_number_is_nowhere_in_clear():
    claim = make.submit(invoices=(invoice(number="3100-987654"),))

    stored = str(list(Invoice.objects.values())) + str(list(RiskMark.objects.values()))
    assert "3100987654" not in stored
    assert claim.invoices.get().masked == "******7654"
    assert masked("12") == "**"
    assert number_hash("No. 31 00") == number_hash("3100")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"covered_from": date(2026, 10, 9)}, MarkCode.OUTSIDE_COVER),
        ({"covered_until": date(2026, 10, 19)}, MarkCode.OUTSIDE_COVER),
        (
            {"admitted_on": date(2025, 12, 30), "discharged_on": date(2026, 1, 4)},
            MarkCode.CROSS_YEAR,
        ),
        ({"trauma": Trauma.THIRD_PARTY}, MarkCode.THIRD_PARTY),
        ({"trauma": Trauma.WORK_INJURY}, MarkCode.THIRD_PARTY),
        ({"off_catalog_fen": 3_000_000}, MarkCode.SUMS),
        ({"lines": (make.a_line(amount_fen=1),)}, MarkCode.SUMS),
        ({"invoices": (invoice(amount_fen=1),)}, MarkCode.SUMS),
        ({"total_fen": 3_000_000}, MarkCode.HIGH_VALUE),
        ({}, MarkCode.NOT_DESIGNATED),
    ],
)
def test_each_check_finds_its_case(changes, code):
    claim = make.submit(**changes)

    assert code in codes(claim)
    for mark in claim.marks.all():
        assert mark_words(mark.code, mark.values)


def test_a_plain_claim_is_not_suspected():
    claim = make.submit(
        invoices=(invoice(),),
        covered_from=date(2026, 1, 1),
        covered_until=date(2026, 12, 31),
    )

    assert set(codes(claim)) <= {
        MarkCode.NOT_DESIGNATED,
        MarkCode.DEADLINE_UNKNOWN,
        MarkCode.SAMPLE,
    }


def test_the_deadline_is_the_regions_and_never_assumed(monkeypatch):
    claim = make.a_submission()
    terms = terms_of(claim.insured_code, claim.insurance, claim.discharged_on, make.TODAY)
    stated = limits_of(claim, terms).last_claim_on
    found = {each.code for each in check_claim(claim, terms, on=date(2040, 1, 1))}
    assert (MarkCode.DEADLINE_UNKNOWN in found) is (stated is None)

    monkeypatch.setattr(
        findings,
        "_rule",
        lambda claim, terms, name: (
            Cited(value=12, citations=()) if name == "deadline_months" else None
        ),
    )
    last = date(2027, 10, 20)
    assert limits_of(claim, terms).last_claim_on == last
    passed = check_claim(claim, terms, on=date(2027, 10, 21))
    assert MarkCode.DEADLINE_PASSED in {each.code for each in passed}
    assert not any(
        each.code in (MarkCode.DEADLINE_PASSED, MarkCode.DEADLINE_UNKNOWN)
        for each in check_claim(claim, terms, on=last)
    )


@pytest.mark.parametrize(
    ("second", "by"),
    [
        ({"number": "No.3100123456", "amount_fen": 1_999_999}, "number"),
        ({"number": "999"}, "alike"),
    ],
)
def test_the_same_invoice_is_asked_about_and_not_refused(second, by):
    first = make.submit(invoices=(invoice(),))
    changes = {"total_fen": 2_000_001, "id_number": ID_NUMBER}

    claim = make.submit(invoices=(invoice(**second),), **changes)

    mark = claim.marks.get(code=MarkCode.DUPLICATE)
    assert (mark.other_id, mark.values) == (first.pk, {"by": by})


def test_a_withdrawn_claim_is_no_duplicate():
    first = make.submit(invoices=(invoice(),))
    objections.withdraw_claim(first.pk, at=make.LATER)

    assert MarkCode.DUPLICATE not in codes(make.submit(invoices=(invoice(),)))


def test_a_bill_far_above_its_like_is_marked(monkeypatch):
    monkeypatch.setattr(findings, "PATTERN_LEAST", 2)
    for day in (1, 2):
        make.decided(discharged_on=date(2026, 9, day), admitted_on=None)

    assert MarkCode.UNUSUAL in codes(make.submit(total_fen=6_000_001))
    assert MarkCode.UNUSUAL not in codes(make.submit(total_fen=6_000_000))


def test_the_sample_is_one_in_twenty_and_always_the_same():
    references = [f"REF{number}" for number in range(4_000)]
    taken = [each for each in references if is_sampled(each)]

    assert 150 < len(taken) < 250
    assert all(is_sampled(each) for each in taken)
