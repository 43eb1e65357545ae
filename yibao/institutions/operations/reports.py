"""Take a visitor's report of a wrong entry into the staff's queue. The entry stays as it is."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from yibao.institutions.models import Institution, WrongEntryReport

MOST_PER_HOUR = 5
"""Reports of one address in an hour."""


class TooManyReports(PermissionError):
    """The address has sent as many reports as it may within an hour."""


@transaction.atomic
def report_wrong_entry(
    institution: Institution, *, subject: str, text: str, address: str, at: datetime
) -> WrongEntryReport:
    """Add one report. Raises TooManyReports.

    `address` is the sender's network address; only a keyed digest of it and of the day is
    kept, so that nobody can be followed from one day to the next.
    """
    address_and_day = f"{timezone.localdate(at)} {address}"
    sender = salted_hmac("institutions.report", address_and_day, algorithm="sha256").hexdigest()
    recent = WrongEntryReport.objects.filter(sender=sender, sent_at__gt=at - timedelta(hours=1))
    if recent.count() >= MOST_PER_HOUR:
        raise TooManyReports
    return WrongEntryReport.objects.create(
        institution=institution, subject=subject, text=text, sent_at=at, sender=sender
    )
