"""Send a claim in: everything in one transaction, once, however often the button is pressed."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yibao.cases.operations.cases import ConsentGiven, find_submitted, open_case
from yibao.cases.operations.drafts import Stale, close_draft, lock_draft
from yibao.cases.operations.messages import queue_message
from yibao.cases.personal import PersonalData
from yibao.cases.uploads.operations import hand_over_uploads
from yibao.cases.vocabulary import Kind
from yibao.cases.workdays import add_working_days
from yibao.claims.invoices import institution_key, masked, number_hash
from yibao.claims.models import Claim, ClaimLine, Invoice, LineReview, RiskMark
from yibao.claims.queries.findings import (
    Finding,
    check_claim,
    is_unusual,
    limits_of,
    pattern_key,
)
from yibao.claims.reckoning import terms_of
from yibao.claims.submitted import SubmittedClaim, SubmittedLine
from yibao.claims.vocabulary import LineClass, MarkCode
from yibao.claims.wording import TOTAL_LINES
from yibao.institutions import queries as institutions

SAMPLE_IN = 20
"""One claim in so many is looked at blindly, chosen by its reference alone."""

MOST_LINES = 2_000


class TooManyLines(ValueError):
    """More lines than a claim can hold; it has to be sent in parts."""


@transaction.atomic
def submit_claim(
    claim: SubmittedClaim,
    *,
    person: PersonalData,
    consents: Iterable[ConsentGiven],
    submission_key: str,
    draft_id: int | None = None,
    version: int | None = None,
    at: datetime,
) -> Claim:
    """Store a claim with its person, lines, invoices, papers and findings.

    A second call with the same key, or from the same draft, returns the first one's claim.

    Args:
        submission_key: the draft's name; unique for one submit.
        draft_id: the draft whose papers go over and which is emptied.
        version: the version of the draft that the claim was read from.

    Raises:
        Stale: the draft was changed since.
        TooManyLines: more than MOST_LINES.
    """
    draft = lock_draft(draft_id) if draft_id is not None else None
    known = find_submitted(submission_key) if draft is None else draft.case
    if known is not None:
        return Claim.objects.get(pk=known.pk)
    if draft is not None and version not in (None, draft.version):
        raise Stale
    if len(claim.lines) > MOST_LINES:
        raise TooManyLines(len(claim.lines))
    day = timezone.localdate(at)
    terms = terms_of(claim.insured_code, claim.insurance, claim.discharged_on, day)
    limits = limits_of(claim, terms)
    findings = check_claim(claim, terms, on=day)
    days = limits.handling_working_days
    case = open_case(
        kind=Kind.CLAIM,
        region_code=claim.insured_code,
        insurance=claim.insurance,
        person=person,
        consents=consents,
        submission_key=submission_key,
        due_on=None if days is None else add_working_days(day, days),
        at=at,
    )
    key = pattern_key(claim)
    row = Claim.objects.create(
        case=case,
        reason=claim.reason,
        institution_code=_known_code(claim.institution_code),
        institution_name=claim.institution_name,
        level=claim.level,
        institution_class=claim.institution_class,
        care_code=claim.care_code,
        care_type=claim.care_type,
        disease=claim.disease,
        treatment=claim.treatment,
        severity=claim.severity,
        admitted_on=claim.admitted_on,
        discharged_on=claim.discharged_on,
        situation=claim.situation or "",
        base_filing=claim.base_filing or "",
        trauma=claim.trauma,
        group=claim.group,
        tier=claim.tier,
        age=claim.age,
        aid_group=claim.aid_group,
        is_civil_servant=claim.is_civil_servant,
        total_fen=claim.total_fen,
        off_catalog_fen=claim.off_catalog_fen,
        over_limit_fen=claim.over_limit_fen,
        upfront_self_pay_fen=claim.upfront_self_pay_fen,
        has_lines=bool(claim.lines),
        last_claim_on=limits.last_claim_on,
        pattern_key=key,
        is_sample=is_sampled(case.reference),
    )
    _add_lines(row, claim)
    _add_invoices(row, claim)
    _add_marks(row, findings, is_odd=is_unusual(claim.total_fen, key))
    if draft is not None:
        hand_over_uploads(draft=draft, case=case)
        close_draft(draft, case)
    queue_message(case, template="submitted", person=person, at=at)
    return row


def is_sampled(reference: str) -> bool:
    """Tell whether a claim is in the random sample: always the same for one reference."""
    digest = sha256(f"sample {reference}".encode()).digest()
    return int.from_bytes(digest[:4]) % SAMPLE_IN == 0


def _known_code(code: str) -> str:
    return code if code and institutions.find(code) is not None else ""


def _add_lines(row: Claim, claim: SubmittedClaim) -> None:
    given = claim.lines or _lines_of_totals(claim)
    lines = ClaimLine.objects.bulk_create(
        ClaimLine(
            claim=row,
            position=position,
            name=line.name[:120],
            on=line.on,
            amount_fen=line.amount_fen,
            line_class=line.line_class or "",
            upfront_fen=line.upfront_fen,
            is_total=not claim.lines,
        )
        for position, line in enumerate(given, start=1)
    )
    LineReview.objects.bulk_create(
        LineReview(line=line, line_class=line.line_class, upfront_fen=line.upfront_fen)
        for line in lines
    )


def _lines_of_totals(claim: SubmittedClaim) -> tuple[SubmittedLine, ...]:
    """Return the totals of a settlement sheet as lines, so that both ways are decided alike."""
    upfront = claim.upfront_self_pay_fen
    parts = claim.off_catalog_fen + claim.over_limit_fen + upfront
    totals: list[tuple[str, int, LineClass, int | None]] = [
        ("in_scope", claim.total_fen - parts, LineClass.A, None),
        ("upfront_self_pay", upfront, LineClass.B, upfront),
        ("over_limit", claim.over_limit_fen, LineClass.OVER_LIMIT, None),
        ("off_catalog", claim.off_catalog_fen, LineClass.C, None),
    ]
    return tuple(
        SubmittedLine(
            name=str(TOTAL_LINES[name]),
            amount_fen=amount,
            on=claim.discharged_on,
            line_class=kind,
            upfront_fen=first,
        )
        for name, amount, kind, first in totals
        if amount
    )


def _add_invoices(row: Claim, claim: SubmittedClaim) -> None:
    place = institution_key(row.institution_code, row.institution_name)
    by_hash = {number_hash(invoice.number): invoice for invoice in claim.invoices}
    Invoice.objects.bulk_create(
        Invoice(
            claim=row,
            number_hash=digest,
            masked=masked(invoice.number)[:40],
            institution_key=place,
            on=invoice.on,
            amount_fen=invoice.amount_fen,
        )
        for digest, invoice in by_hash.items()
    )


def _add_marks(row: Claim, findings: Iterable[Finding], *, is_odd: bool) -> None:
    marks = [
        RiskMark(claim=row, code=found.code, values=dict(found.values), other_id=found.other)
        for found in findings
    ]
    if row.total_fen >= settings.SECOND_OFFICER_FEN:
        marks.append(RiskMark(claim=row, code=MarkCode.HIGH_VALUE))
    if is_odd:
        marks.append(RiskMark(claim=row, code=MarkCode.UNUSUAL))
    if row.is_sample:
        marks.append(RiskMark(claim=row, code=MarkCode.SAMPLE))
    RiskMark.objects.bulk_create(marks)
