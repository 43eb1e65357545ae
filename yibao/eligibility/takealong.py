"""The answer of the check as a note to take along."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from yibao.core.takealong import MOST_LINES, Card
from yibao.eligibility import queries
from yibao.eligibility.answer import Answer, answer_of
from yibao.eligibility.forms import CheckForm


def card(answers: Mapping[str, str], today: date) -> Card | None:
    """Return the answer in short, None while a question is open."""
    form = CheckForm(answers, today=today)
    if not form.is_valid() or form.check is None:
        return None
    answer = answer_of(form.check, queries.check(form.check), form.answers())
    about = [form.shown_answer(name) for name in ("insured", "care", "insurance", "care_type")]
    papers = _papers(answer)
    room = MOST_LINES - len(papers)
    lines = [line.words for line in answer.actions][:room]
    return Card(answer.headline, _about(about), (*lines, *papers))


def _papers(answer: Answer) -> tuple[str, ...]:
    """Return what to bring as one line; what may stand for a paper follows it in brackets."""
    if not answer.papers:
        return ()
    names = _("、").join(
        _either([words for _slug, words in paper.choices]) for paper in answer.papers
    )
    return (_("带上：%(papers)s。") % {"papers": names},)


def _either(names: list[str]) -> str:
    first, *others = names
    if not others:
        return first
    return _("%(paper)s（或%(others)s）") % {"paper": first, "others": _("、").join(others)}


def _about(parts: list[str]) -> str:
    insured, care, *rest = parts
    way = _("%(insured)s参保，到%(care)s看病") % {"insured": insured, "care": care}
    return _("，").join([way, *(part for part in rest if part)])
