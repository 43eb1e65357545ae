"""From the wizard's answers to a claim as it is sent in."""

from yibao.cases.personal import PersonalData
from yibao.cases.vocabulary import HelperRole, IdType, Notify
from yibao.cases.wizard.engine import Walk
from yibao.claims.forms.bill import BillForm
from yibao.claims.submitted import SubmittedClaim
from yibao.regions import queries as regions
from yibao.rules.terms import AidGroup


def claim_of(walk: Walk) -> SubmittedClaim | None:
    """Return what the walk asks for, None while visit or bill is incomplete."""
    visit, bill, form = walk.cleaned("visit"), walk.cleaned("bill"), walk.form("bill")
    if not visit or not bill or not isinstance(form, BillForm):
        return None
    institution = visit["institution"]
    return SubmittedClaim(
        insured_code=regions.resolve(visit["insured"].code).code,
        insurance=visit["insurance"],
        group=visit["group"],
        reason=visit["reason"],
        care_code=visit["care"].code,
        institution_name=visit["institution_name"],
        institution_code=institution.code if institution else "",
        level=visit["level"],
        care_type=visit["care_type"],
        admitted_on=visit["admitted_on"],
        discharged_on=visit["discharged_on"],
        situation=visit["filing"] or None,
        base_filing=visit["base_filing"] or None,
        trauma=visit["trauma"],
        institution_class=bill.get("institution_class") or "",
        disease=bill.get("disease") or "",
        treatment=bill.get("treatment") or "",
        severity=bill.get("severity") or "",
        tier=bill.get("tier") or "",
        age=form.age,
        aid_group=AidGroup(bill.get("aid_group") or AidGroup.NONE),
        is_civil_servant=bill.get("civil_servant") == "yes",
        covered_from=bill["covered_from"],
        total_fen=bill["total"],
        off_catalog_fen=bill["off_catalog"] or 0,
        over_limit_fen=bill["over_limit"] or 0,
        upfront_self_pay_fen=bill["upfront_self_pay"] or 0,
        lines=bill["lines"],
        invoices=form.invoices,
    )


def person_of(walk: Walk) -> PersonalData:
    """Return who claims, how to reach them, and their account."""
    person, account = walk.cleaned("person"), walk.cleaned("account")
    return PersonalData(
        name=person["name"],
        id_type=IdType(person["id_type"]),
        id_number=person["id_number"],
        phone=account["phone"],
        address=account["address"] or "",
        email=account["email"] or "",
        notify=Notify(account["notify"]),
        helper=HelperRole(person["helper"]),
        helper_name=person["helper_name"] or "",
        helper_relation=person["helper_relation"] or "",
        helper_id_number=person["helper_id_number"] or "",
        bank_name=account["bank_name"],
        bank_account=account["bank_account"],
        account_holder=account["account_holder"],
    )
