"""What stands between a draft and its readers: a replay before review, known cases before
publication."""

from __future__ import annotations

from django.utils.translation import gettext as _

from yibao.policies.golden.asking import WrongAnswer, list_checks, wrong_answers
from yibao.policies.golden.checking import (
    Deviation,
    deviations,
    inherits,
    list_cases,
    published_store,
    terms_in,
)
from yibao.policies.models import (
    ChangeKind,
    ReplayGroup,
    ReplayRun,
    ReplayState,
    Revision,
    RevisionStatus,
)
from yibao.policies.succession import PolicyRefused

_NAMED = 5


class NotReplayed(PolicyRefused):
    """Nobody has seen yet what the draft, as it stands, changes in known cases."""


class Unexplained(PolicyRefused):
    """A change is unexpected, and its author has said nothing about it."""


def latest_run(revision: Revision) -> ReplayRun | None:
    """Return the replay that was asked for last."""
    return ReplayRun.objects.filter(revision=revision).first()


def is_current(run: ReplayRun, revision: Revision) -> bool:
    """Tell whether a replay speaks of the draft as it stands, on the rules now in force."""
    if run.version != revision.version:
        return False
    since = Revision.objects.filter(
        status=RevisionStatus.PUBLISHED, published_at__gt=run.asked_at
    ).exclude(pk=revision.pk)
    return not any(
        inherits(other, revision.region_id) or inherits(revision.region_id, other)
        for other in since.values_list("region_id", flat=True).distinct()
    )


def unexplained(run: ReplayRun) -> int:
    """Return how many kinds of unexpected change still lack a note."""
    return run.groups.exclude(surprise="").filter(note="").count()


def refuse_unreplayed(revision: Revision) -> None:
    """Refuse a draft whose effect nobody has looked at, or left without a word.

    Raises:
        NotReplayed, Unexplained.
    """
    run = latest_run(revision)
    if run is None or run.state != ReplayState.DONE:
        raise NotReplayed(_("送审之前先重算：在“重算”页看这份草稿会改变哪些结果。"))
    if not is_current(run, revision):
        raise NotReplayed(_("上次重算以后，草稿或现行规定有改动。请再重算一次。"))
    number = unexplained(run)
    if number:
        raise Unexplained(
            _("有 %(number)d 类没有预料到的变化还没有说明。请在“重算”页逐类写明原因。")
            % {"number": number}
        )


def refuse_unexplained_deviations(revision: Revision) -> None:
    """Refuse a revision under which a known case comes out wrong and nobody says why.

    Call it in the transaction that publishes, after the rows have changed.

    Raises:
        Unexplained: names the cases.
    """
    cases = list_cases(revision.region_id, revision.insurance)
    checks = list_checks(revision.region_id, revision.insurance)
    if not cases and not checks:
        return
    noted = _noted_subjects(revision)
    terms_of = terms_in(published_store())
    found: tuple[Deviation | WrongAnswer, ...] = (
        *deviations(cases, terms_of),
        *wrong_answers(checks, terms_of),
    )
    wrong = [each for each in found if each.subject not in noted]
    if wrong:
        raise Unexplained(*(_words(each) for each in wrong[:_NAMED]))


def _noted_subjects(revision: Revision) -> set[str]:
    run = latest_run(revision)
    if run is None or run.state != ReplayState.DONE:
        return set()
    groups = ReplayGroup.objects.filter(run=run, kind=ChangeKind.DEVIATES).exclude(note="")
    return set(groups.values_list("subject", flat=True))


def _words(found: Deviation | WrongAnswer) -> str:
    if isinstance(found, WrongAnswer):
        said = _(
            "资格算例“%(case)s”在这次修订之下得不出应得的答案。请起草人重算并写明原因，或改正草稿。"
        )
    else:
        said = _("算例“%(case)s”在这次修订之下得不出应得的数。请起草人重算并写明原因，或改正草稿。")
    return said % {"case": found.case}
