"""The desk's operations: decide once, by who holds the case, and tell the citizen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from tests.factories.cases import SUBMITTED_AT, a_person
from tests.factories.filings import a_filing
from yibao.accounts.models import User
from yibao.audit.models import Event
from yibao.cases.models import Case, CaseEvent, Message
from yibao.cases.operations import desk
from yibao.cases.operations.cases import Changed, NotPossible
from yibao.cases.vocabulary import State
from yibao.filings.models import CancelRequest, Evidence, Filing
from yibao.filings.operations import review
from yibao.filings.refusals import REFUSALS

pytestmark = pytest.mark.django_db
LATER = SUBMITTED_AT + timedelta(hours=1)
TERM = review.Term(
    starts_on=date(2026, 12, 1),
    ends_on=None,
    validity="indefinite",
    change_from=date(2027, 6, 2),
)


@pytest.fixture
def officer():
    return User.objects.create_user("wang", name="王某")


def held(officer, **changes):
    """A filing that the officer has taken, and the case's version since."""
    filing = a_filing(**changes)
    return filing, desk.take_case(filing.pk, by=officer, at=LATER).version


def accepted(officer, **changes):
    filing, version = held(officer, **changes)
    return review.accept_filing(
        filing.pk, term=TERM, decided_with={}, version=version, by=officer, at=LATER
    )


def test_an_accepted_filing_holds_its_term_and_is_told(officer):
    person = a_person(notify="sms")
    filing, version = held(officer, person=person)

    review.accept_filing(
        filing.pk, term=TERM, decided_with={"rule": "D-14"}, version=version, by=officer, at=LATER
    )

    filing.refresh_from_db()
    assert (filing.case.state, filing.accepted_by) == (State.ACCEPTED, officer)
    assert (filing.change_from, filing.validity) == (date(2027, 6, 2), "indefinite")
    assert filing.decided_with == {"rule": "D-14"}
    assert list(Message.objects.values_list("template", flat=True)) == ["accepted"]
    assert Event.objects.filter(event="filings.accepted", actor="wang").count() == 1


@pytest.mark.parametrize(
    ("evidence", "is_later"), [(Evidence.COMMITMENT, True), (Evidence.PROOF, False)]
)
def test_only_what_rests_on_a_letter_is_checked_later(officer, evidence, is_later):
    assert accepted(officer, evidence=evidence).check_later is is_later


def test_nobody_decides_what_they_do_not_hold(officer):
    filing = a_filing()
    other = User.objects.create_user("li", name="李某")
    act = {"term": TERM, "decided_with": {}, "by": officer, "at": LATER}

    with pytest.raises(desk.NotHeld):
        review.accept_filing(filing.pk, version=1, **act)
    version = desk.take_case(filing.pk, by=other, at=LATER).version
    with pytest.raises(desk.Taken) as raised:
        review.accept_filing(filing.pk, version=version, **act)
    assert raised.value.officer == other


def test_a_relative_never_gets_the_case_again(officer):
    filing, _version = held(officer)
    desk.recuse(filing.pk, by=officer, at=LATER)

    with pytest.raises(desk.Recused):
        desk.take_case(filing.pk, by=officer, at=LATER)
    assert Case.objects.get().officer is None
    assert Event.objects.filter(event="filings.recused").exists()


def test_what_changed_meanwhile_is_not_decided(officer):
    filing, version = held(officer)
    desk.release_case(filing.pk, by=officer, at=LATER)
    desk.take_case(filing.pk, by=officer, at=LATER)

    with pytest.raises(Changed):
        review.refuse_filing(
            filing.pk, code="category_unfit", version=version, by=officer, at=LATER
        )


def test_a_new_filing_takes_the_place_of_the_old_on_its_first_day(officer):
    old = accepted(officer)
    new, version = held(officer, replaces=old, starts_on=date(2027, 7, 1))
    term = review.Term(
        starts_on=date(2027, 7, 1), ends_on=None, validity="indefinite", change_from=None
    )

    review.accept_filing(new.pk, term=term, decided_with={}, version=version, by=officer, at=LATER)

    old.refresh_from_db()
    assert (old.case.state, old.ended_on) == (State.REPLACED, date(2027, 7, 1))
    assert old.case.events.last().event == "replaced"


@pytest.mark.parametrize("code", [code for code, one in REFUSALS.items() if one.asks_first])
def test_a_mismatch_is_asked_about_before_it_is_refused(officer, code):
    filing, version = held(officer)
    act = {"code": code, "by": officer, "at": LATER}

    with pytest.raises(review.AskFirst):
        review.refuse_filing(filing.pk, version=version, **act)
    desk.ask_for_papers(
        filing.pk, items=[{"material": "identity", "why": "对不上"}], note="",
        due_on=None, version=version, by=officer, at=LATER,
    )  # fmt: skip
    with pytest.raises(review.AskFirst):  # asked, but there is no answer yet
        review.refuse_filing(filing.pk, version=version + 1, **act)
    answered = desk.answer_papers(filing.pk, note="", to=State.SUBMITTED, due_on=None, at=LATER)
    review.refuse_filing(filing.pk, version=answered.version, **act)

    filing.refresh_from_db()
    assert (filing.case.state, filing.refusal_code) == (State.REFUSED, code)
    assert filing.case.events.last().reason_code == code


def test_what_is_decided_is_not_decided_again(officer):
    filing = accepted(officer)
    version = filing.case.version + 2

    with pytest.raises((NotPossible, Changed)):
        review.refuse_filing(
            filing.pk, code="category_unfit", version=version, by=officer, at=LATER
        )


def wish(filing, **changes):
    facts = {"asked_at": LATER, "wished_on": date(2027, 7, 1), "reason": "回老家"}
    return CancelRequest.objects.create(filing=filing, **{**facts, **changes})


def test_a_wish_to_cancel_ends_the_filing_on_the_day(officer):
    filing = accepted(officer)
    asked = wish(filing)

    review.decide_cancel(asked.pk, ended_on=date(2027, 7, 1), by=officer, at=LATER)

    filing.refresh_from_db()
    assert (filing.case.state, filing.ended_on) == (State.CANCELLED, date(2027, 7, 1))
    with pytest.raises(review.NothingToDecide):
        review.decide_cancel(asked.pk, ended_on=date(2027, 7, 1), by=officer, at=LATER)


def test_before_the_lock_is_over_a_ground_is_written_down(officer):
    asked = wish(accepted(officer))
    early = date(2027, 1, 1)

    with pytest.raises(review.LockRunning) as raised:
        review.decide_cancel(asked.pk, ended_on=early, by=officer, at=LATER)
    assert raised.value.earliest == TERM.change_from
    review.decide_cancel(asked.pk, ended_on=early, note="工作调回", by=officer, at=LATER)
    assert Filing.objects.get().ended_on == early


def test_a_refused_wish_leaves_the_filing(officer):
    filing = accepted(officer)
    review.decide_cancel(wish(filing).pk, ended_on=None, note="住院中", by=officer, at=LATER)

    filing.refresh_from_db()
    assert filing.case.state == State.ACCEPTED
    assert CancelRequest.objects.get().answer == CancelRequest.Answer.REFUSED


@pytest.mark.parametrize(("is_true", "state"), [(True, State.ACCEPTED), (False, State.CANCELLED)])
def test_a_later_check_is_made_once(officer, is_true, state):
    filing = accepted(officer)

    review.mark_checked(filing.pk, is_true=is_true, note="电话核实", by=officer, at=LATER)

    filing.refresh_from_db()
    assert (filing.case.state, filing.checked_at) == (state, LATER)
    with pytest.raises(review.NothingToDecide):
        review.mark_checked(filing.pk, is_true=True, by=officer, at=LATER)


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_decides():
    first = User.objects.create_user("wang", name="王某")
    second = User.objects.create_user("li", name="李某")
    filing = a_filing()

    def accept(officer):
        try:
            review.take_and_accept(
                filing.pk, term=TERM, decided_with={}, version=1, by=officer, at=LATER
            )
        except (Changed, desk.Taken) as late:
            return type(late).__name__
        finally:
            connection.close()
        return "accepted"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(accept, (first, second)))

    assert said == ["Changed", "accepted"]
    assert CaseEvent.objects.filter(event="accepted").count() == 1
    assert Case.objects.get().state == State.ACCEPTED
