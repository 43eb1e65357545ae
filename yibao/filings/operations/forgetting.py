"""What a filing keeps of a person beside its case, and how it goes. Called with the case locked."""

from yibao.cases.queries import Case
from yibao.filings.models import CancelRequest, Commitment, Filing


def forget_filing(case: Case) -> None:
    """Empty what names the person or was written by them; the decision itself stays."""
    Commitment.objects.filter(filing=case.pk).update(sealed_signature="")
    CancelRequest.objects.filter(filing=case.pk).update(reason="", answer_note="")


def remove_filing(case: Case) -> None:
    """Remove the rows of a filing whose case is purged."""
    Filing.objects.filter(replaces=case.pk).update(replaces=None)
    CancelRequest.objects.filter(filing=case.pk).delete()
    Commitment.objects.filter(filing=case.pk).delete()
    Filing.objects.filter(pk=case.pk).delete()
