"""The printed application of a claim, out of its rows."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from yibao.cases.personal import PersonalData
from yibao.cases.printing.claims import BillLine, ClaimSummary, claim_summary
from yibao.cases.printing.document import in_chinese
from yibao.cases.printing.texts import issue_of, papers_handed_in, person_texts
from yibao.claims.letters import visit_rows
from yibao.claims.models import Claim
from yibao.claims.queries.findings import handling_days
from yibao.claims.reckoning import reckon_alone, terms_of


def print_application(
    claim: Claim, person: PersonalData, *, status_address: str, made_on: date
) -> bytes:
    """Return 手工报销申请表: what was asked for, and what the rules of the day make of the bill.

    `person` is masked where the reader need not see all. Numbers of invoices are kept as
    hashes only (design.md section 6) and are not printed.
    """
    with in_chinese():
        return claim_summary(
            ClaimSummary(
                issue=issue_of(claim.case, status_address, made_on),
                person=person_texts(person),
                visit=tuple(visit_rows(claim)),
                lines=[
                    BillLine(name=line.name, on=line.on, invoice="", amount_fen=line.amount_fen)
                    for line in claim.lines.all()
                ],
                total_fen=claim.total_fen,
                papers=papers_handed_in(claim.case),
                account=(
                    (_("户名"), person.account_holder),
                    (_("开户银行"), person.bank_name),
                    (_("账号"), person.bank_account),
                ),
                estimate_fen=_estimate(claim, made_on),
                notices=_notices(claim, made_on),
                submitted_on=timezone.localdate(claim.case.submitted_at),
            )
        )


def _estimate(claim: Claim, today: date) -> int | None:
    """Return what funds pay of this bill alone, in fen; None where the rules do not tell."""
    case = claim.case
    terms = terms_of(case.region_code, case.insurance, claim.on, today)
    reckoning = reckon_alone(
        claim, region_code=case.region_code, insurance=case.insurance, terms=terms
    )
    figures = reckoning.figures if reckoning else None
    return figures.fund_total if figures else None


def _notices(claim: Claim, today: date) -> list[str]:
    days = handling_days(claim, today)
    return [
        _("材料齐全的，按规定 %(days)d 个工作日内会有结果。") % {"days": days}
        if days is not None
        else _("规定没有写明要多久。"),
        _("缺材料时，进度页面会一次写明，请按时补。"),
        _("票据原件留好，经办机构可能要看。"),
        _("决定出来以后，不同意可以提出异议。"),
    ]
