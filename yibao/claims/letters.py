"""The decision letter: what was decided, for a page and for paper, from the decision alone."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from yibao.cases.personal import PersonalData
from yibao.cases.printing.claims import DecidedLine, DecisionLetter, DecisionReason
from yibao.cases.printing.document import Issue
from yibao.cases.printing.filing import PersonTexts
from yibao.cases.printing.texts import person_texts
from yibao.claims.models import Claim, Decision, LineDecision
from yibao.claims.reasons import REASONS, words_of
from yibao.claims.vocabulary import Answer, Outcome
from yibao.core.templatetags.figures import chinese_date, yuan
from yibao.estimates.wording import CARE_TYPE_LABELS, LEVEL_LABELS, LINES, SITUATION_LABELS
from yibao.regions import queries as regions
from yibao.rules.terms import CareType, Level, Situation

_BILL = (
    ("total", "total_fen"),
    ("off_catalog", "off_catalog_fen"),
    ("over_limit", "over_limit_fen"),
    ("upfront_self_pay", "upfront_self_pay_fen"),
)
"""Lines of the sheet that the person stated too."""

_FOUND = (
    "away_self_pay",
    "deductible",
    "pooled_fund",
    "large_expense",
    "critical_illness",
    "medical_aid",
    "supplement",
    "government_subsidy",
    "personal_total",
)
"""Lines that only the decision has; those of nothing are left out."""

_FUNDS = frozenset(_FOUND) - {"away_self_pay", "deductible", "personal_total"}
_MOST_REASONS = 40
_ENDS = ("。", "！", "？", ".", "!", "?")  # not shown


def letter_of(
    decision: Decision, *, person: PersonalData | None, issue: Issue, payment: str
) -> DecisionLetter:
    """Return the letter of a decision.

    Args:
        person: whose letter it is; masked here. None after erasure.
        issue: where the paper comes from (Issue).
        payment: what happens with the money now, in one sentence.
    """
    region = regions.get_region(decision.claim.case.region_code)
    return DecisionLetter(
        issue=issue,
        person=_texts_of(person),
        bureau=_("%(region)s医疗保障经办机构") % {"region": region.name},
        outcome=str(Outcome(decision.outcome).label),
        paid_fen=decision.fund_fen,
        payment=_sentence(payment + decision.note),
        visit=tuple(_visit(decision)),
        lines=tuple(_lines(decision)),
        total=_line(LINES["fund_total"], None, decision.fund_fen),
        reasons=tuple(_reasons(decision)),
        objection=objection_words(decision),
        decided_on=timezone.localdate(decision.at),
    )


def objection_words(decision: Decision) -> str:
    """Say how and until when to object."""
    return _(
        "您不同意这个决定的，可以在 %(day)s 之前（含当天）用办件编号在本站“查进度”里"
        "提出异议，写明理由，可以附材料；由另一名工作人员复查。也可以依法申请行政复议"
        "或提起行政诉讼。"
    ) % {"day": chinese_date(decision.object_until)}


def _texts_of(person: PersonalData | None) -> PersonTexts:
    if person is None:
        gone = _("已删除")
        return PersonTexts(name=gone, id_type=gone, id_number=gone)
    return person_texts(person.masked)


def visit_rows(claim: Claim) -> Iterator[tuple[str, str]]:
    """Name where, when and for what somebody was treated."""
    yield _("医疗机构"), claim.institution_name
    yield _("级别"), LEVEL_LABELS[Level(claim.level)]
    yield _("看什么"), CARE_TYPE_LABELS[CareType(claim.care_type)]
    if claim.admitted_on:
        yield _("入院日期"), chinese_date(claim.admitted_on)
    yield _("出院或看病的日期"), chinese_date(claim.discharged_on)
    if claim.situation:
        yield _("备案情况"), SITUATION_LABELS[Situation(claim.situation)]


def _visit(decision: Decision) -> Iterator[tuple[str, str]]:
    yield from visit_rows(decision.claim)
    yield _("按哪天的规定"), chinese_date(decision.on)
    if decision.number > 1:
        yield _("决定次数"), _("第 %(number)d 次，代替上一次决定") % {"number": decision.number}


def _lines(decision: Decision) -> Iterator[DecidedLine]:
    figures, claim = decision.figures, decision.claim
    for name, field in _BILL:
        stated = getattr(claim, field)
        if stated or figures[name]:
            yield _line(LINES[name], stated, figures[name])
    parts = claim.off_catalog_fen + claim.over_limit_fen + claim.upfront_self_pay_fen
    yield _line(LINES["in_scope"], claim.total_fen - parts, figures["in_scope"])
    left_out = _left_out(decision)
    for name in _FOUND:
        if figures[name] is None or name in left_out:
            yield _line(LINES[name], None, None, _("没有查到规定，没有算进去"))
        elif figures[name]:
            yield _line(LINES[name], None, figures[name])


def _line(label: str, claimed: int | None, allowed: int | None, note: str = "") -> DecidedLine:
    return DecidedLine(label=label, claimed_fen=claimed, allowed_fen=allowed, note=note)


def _left_out(decision: Decision) -> frozenset[str]:
    """Return the funds of which the sheet says nothing because no rule was known."""
    return frozenset(name for name in _FUNDS if decision.figures[name] is None)


def _reasons(decision: Decision) -> Iterator[DecisionReason]:
    if decision.reason_code in REASONS:
        words = words_of(decision.reason_code)
        yield DecisionReason(
            text=str(words.words),
            clause=str(words.clause),
            remedy=str(words.remedy),
        )
        return
    cut = decision.line_decisions.exclude(answer=Answer.APPROVED).select_related("line")
    for row in cut[:_MOST_REASONS]:
        yield _line_reason(row)
    if (more := cut.count() - _MOST_REASONS) > 0:
        yield DecisionReason(
            text=_("另有 %(count)d 项，见逐项清单。") % {"count": more},
            clause=_("参保地的待遇规定"),
        )


def _line_reason(row: LineDecision) -> DecisionReason:
    words = words_of(row.reason_code)
    beyond = row.off_catalog_fen
    values: dict[str, Any] = {
        "name": row.line.name,
        "place": row.line.position,
        "amount": yuan(beyond),
        "words": words.words,
    }
    text = _("第 %(place)d 项“%(name)s”，%(amount)s 元由个人承担：%(words)s") % values
    return DecisionReason(
        text=text + _sentence(row.note), clause=str(words.clause), remedy=str(words.remedy)
    )


def _sentence(text: str) -> str:
    """End a text that somebody typed as a sentence ends."""
    return text if not text or text.endswith(_ENDS) else text + _ENDS[0]
