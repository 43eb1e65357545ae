"""What to do about a failed settlement, as a note to take along."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from yibao.core.takealong import MOST_LINES, Card
from yibao.diagnosis import queries
from yibao.diagnosis.forms import DiagnosisForm
from yibao.diagnosis.leaf import leaf_page


def card(answers: Mapping[str, str], today: date) -> Card | None:
    """Return what to do now, what to say and what to keep; None while the cause is open."""
    form = DiagnosisForm(answers, today=today)
    if not form.is_valid() or form.trouble is None:
        return None
    leaf = leaf_page(queries.diagnose(form.trouble), form.answers())
    last = [_("%(listener)s“%(say)s”") % {"listener": leaf.listener, "say": leaf.say}]
    if leaf.papers:
        names = _("、").join(paper.choices[0][1] for paper in leaf.papers)
        last.append(_("留好：%(papers)s。") % {"papers": names})
    room = MOST_LINES - len(last)
    lines = (*leaf.now, *leaf.fallback)[:room]
    return Card(leaf.title, leaf.owner, (*lines, *last))
