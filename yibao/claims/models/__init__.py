"""手工报销: the claim and its lines, what was decided, what was paid, what was objected to."""

from yibao.claims.models.claim import Claim, ClaimLine, Invoice, LineReview, RiskMark
from yibao.claims.models.decision import Decision, DecisionDraft, LineDecision
from yibao.claims.models.money import (
    AMOUNTS,
    AccumulatorEntry,
    PaymentEntry,
    YearAccount,
    YearAddition,
)
from yibao.claims.models.review import Objection, RetroactiveProposal

__all__ = [
    "AMOUNTS",
    "AccumulatorEntry",
    "Claim",
    "ClaimLine",
    "Decision",
    "DecisionDraft",
    "Invoice",
    "LineDecision",
    "LineReview",
    "Objection",
    "PaymentEntry",
    "RetroactiveProposal",
    "RiskMark",
    "YearAccount",
    "YearAddition",
]
