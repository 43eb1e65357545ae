"""The questions that lead from what the window said to a cause. Words live in the pages.

Each answer names the next question or a cause. Who was given no reason walks the chain of
`causes.Link` from its start, one link per question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from yibao.rules.diagnosis.causes import Cause

START = "start"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer; `leads_to` is a cause or the code of a question."""

    code: str
    leads_to: Cause | str


@dataclass(frozen=True, slots=True)
class Question:
    code: str
    choices: tuple[Choice, ...]


def _question(code: str, **choices: Cause | str) -> tuple[str, Question]:
    return code, Question(code, tuple(Choice(*pair) for pair in choices.items()))


QUESTIONS: Mapping[str, Question] = MappingProxyType(
    dict(
        (
            _question(
                START,
                no_filing="no_filing",
                not_open="not_open",
                enrolment="enrolment",
                card="card",
                emergency=Cause.EMERGENCY_FLAG,
                trauma=Cause.TRAUMA,
                money="money",
                no_reason="no_reason",
            ),
            _question(
                "no_filing",
                never=Cause.NEVER_FILED,
                elsewhere=Cause.FILED_ELSEWHERE,
                expired=Cause.FILING_EXPIRED,
                just_now=Cause.FILING_NOT_YET,
                changed_branch=Cause.WRONG_BRANCH,
                cannot_change=Cause.CHANGE_LOCKED,
                already=Cause.ALREADY_FILED,
                not_sure="identity_link",
            ),
            _question(
                "not_open",
                hospital=Cause.NOT_NETWORKED,
                chronic=Cause.CHRONIC,
                pharmacy=Cause.PHARMACY,
                birth=Cause.BIRTH,
            ),
            _question(
                "enrolment",
                stopped=Cause.ENROLMENT,
                transferring=Cause.TRANSFERRING,
                changed_branch=Cause.WRONG_BRANCH,
                sanctioned=Cause.SANCTIONED,
                not_sure=Cause.ENROLMENT,
            ),
            _question(
                "card",
                mismatch=Cause.IDENTITY,
                password=Cause.CARD_LOCKED,
                no_money=Cause.ACCOUNT,
            ),
            _question(
                "money",
                less=Cause.LOWER_RATE,
                part="part",
                twice=Cause.CHARGED_TWICE,
                used_up=Cause.CAP_REACHED,
                drug=Cause.CATALOGUE,
                account=Cause.ACCOUNT,
                repay=Cause.REPAYMENT,
            ),
            _question("part", outside=Cause.OUTSIDE_ITEMS, chronic=Cause.CHRONIC),
            _question("no_reason", system=Cause.SYSTEM, nothing="identity_link"),
            _question("identity_link", fine="enrolment_link", wrong=Cause.IDENTITY),
            _question(
                "enrolment_link",
                fine="filing_link",
                stopped=Cause.ENROLMENT,
                transferring=Cause.TRANSFERRING,
            ),
            _question(
                "filing_link",
                fine="institution_link",
                never=Cause.NEVER_FILED,
                elsewhere=Cause.FILED_ELSEWHERE,
                expired=Cause.FILING_EXPIRED,
                just_now=Cause.FILING_NOT_YET,
            ),
            _question("institution_link", fine="transaction_link", not_open=Cause.NOT_NETWORKED),
            _question(
                "transaction_link",
                fine="card_link",
                fault=Cause.SYSTEM,
                charged=Cause.CHARGED_TWICE,
            ),
            _question("card_link", fine=Cause.SYSTEM, password=Cause.CARD_LOCKED),
        )
    )
)
"""Every question by its code, the first one first."""


def leading_to(target: Cause | str) -> Iterator[tuple[Question, Choice]]:
    """Yield every question and answer that lead to a cause or a question."""
    for question in QUESTIONS.values():
        for choice in question.choices:
            if choice.leads_to == target:
                yield question, choice


def walked(target: Cause | str, via: str = "") -> tuple[tuple[Question, Choice], ...]:
    """Return the answers that lead from the start to `target`, in order.

    `via` is the question asked last, where it is known; else the first that leads there is
    taken. The start has none.
    """
    steps: list[tuple[Question, Choice]] = []
    while target != START:
        found = list(leading_to(target))
        step = next((step for step in found if step[0].code == via), found[0])
        steps.append(step)
        target, via = step[0].code, ""
    return tuple(reversed(steps))
