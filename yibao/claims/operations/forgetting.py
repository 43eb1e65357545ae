"""What a claim keeps of a person beside its case, and how it goes. Called with the case locked."""

from yibao.cases.queries import Case
from yibao.claims.models import (
    AccumulatorEntry,
    Claim,
    ClaimLine,
    Decision,
    DecisionDraft,
    Invoice,
    LineDecision,
    LineReview,
    Objection,
    PaymentEntry,
    RetroactiveProposal,
    RiskMark,
    YearAccount,
    YearAddition,
)


def forget_claim(case: Case) -> None:
    """Empty what the person wrote and what could lead to them; what was decided stays."""
    Objection.objects.filter(claim=case.pk).update(sealed_text="")
    Invoice.objects.filter(claim=case.pk).update(masked="")


def remove_claim(case: Case) -> None:
    """Remove the rows of a claim whose case is purged; the database refuses young ones."""
    claim = case.pk
    RetroactiveProposal.objects.filter(decision__claim=claim).delete()
    Objection.objects.filter(claim=claim).delete()
    PaymentEntry.objects.filter(claim=claim, order__isnull=False).delete()
    PaymentEntry.objects.filter(claim=claim).delete()
    additions = YearAddition.objects.filter(claim=claim)
    entries = list(additions.exclude(entry=None).values_list("entry", flat=True))
    YearAddition.objects.filter(undoes__in=entries).delete()
    additions.delete()
    AccumulatorEntry.objects.filter(pk__in=entries).delete()
    AccumulatorEntry.objects.filter(decision__claim=claim).delete()
    YearAccount.objects.filter(entries=None).delete()
    LineDecision.objects.filter(decision__claim=claim).delete()
    DecisionDraft.objects.filter(claim=claim).delete()
    for decision in Decision.objects.filter(claim=claim).order_by("-number"):
        Decision.objects.filter(pk=decision.pk).delete()
    RiskMark.objects.filter(claim=claim).delete()
    RiskMark.objects.filter(other=claim).delete()
    Invoice.objects.filter(claim=claim).delete()
    LineReview.objects.filter(line__claim=claim).delete()
    ClaimLine.objects.filter(claim=claim).delete()
    Claim.objects.filter(pk=claim).delete()
