"""The wizard of a claim: its steps, and how a complete walk becomes a claim."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yibao.cases.operations.drafts import Stale
from yibao.cases.queries import Case, Draft
from yibao.cases.vocabulary import Kind
from yibao.cases.wizard.engine import Answers, Step, Walk, Wizard
from yibao.cases.wizard.people import PersonForm
from yibao.claims.forms.application import claim_of, person_of
from yibao.claims.forms.begin import AccountForm, ClaimNoticeForm
from yibao.claims.forms.bill import BillForm
from yibao.claims.forms.confirm import ConfirmClaimForm
from yibao.claims.forms.documents import DocumentsForm
from yibao.claims.forms.visit import VisitForm
from yibao.claims.operations.submission import submit_claim
from yibao.claims.receipt_views import receipt_context

STEPS = (
    Step(slug="notice", title=_("告知书"), form=ClaimNoticeForm, template="claims/notice.html"),
    Step(slug="person", title=_("给谁报"), form=PersonForm, template="claims/person.html"),
    Step(
        slug="visit",
        title=_("在哪里看的病"),
        form=VisitForm,
        template="claims/visit.html",
        decides=("insured", "insurance", "care_type", "reason", "filing", "trauma", "care"),
        drops=("documents",),
    ),
    Step(slug="bill", title=_("费用"), form=BillForm, template="claims/bill.html"),
    Step(slug="documents", title=_("材料"), form=DocumentsForm, template="claims/documents.html"),
    Step(slug="account", title=_("收款和联系"), form=AccountForm, template="claims/account.html"),
    Step(
        slug="confirm", title=_("核对并提交"), form=ConfirmClaimForm, template="claims/confirm.html"
    ),
)

_VISIT = ("insured", "insurance", "group", "reason", "institution", "care", "level", "care_type",
          "filing", "base_filing", "trauma")  # fmt: skip
_BILL = ("total", "off_catalog", "over_limit", "upfront_self_pay", "institution_class", "disease",
         "treatment", "severity", "tier", "aid_group", "civil_servant")  # fmt: skip
"""What the checker, the estimate and the diagnosis hand over in the address."""


def prefill(query: Mapping[str, str]) -> Mapping[str, Answers]:
    """Read what is known of the visit and the bill out of an address."""
    typed = {**query}
    if "on" in typed:
        typed.setdefault("discharged_on", typed["on"])
    if "class" in typed:
        typed.setdefault("institution_class", typed["class"])
    found = {}
    for slug, names in (("visit", (*_VISIT, "discharged_on")), ("bill", _BILL)):
        known = {name: typed[name][:60] for name in names if typed.get(name)}
        if known:
            found[slug] = known
    return found


def submit(walk: Walk) -> Case:
    """Make a case of a complete walk. Raises Stale."""
    draft, claim = walk.draft, claim_of(walk)
    if draft is None or claim is None or walk.first_open is not walk.wizard.last:
        raise Stale
    row = submit_claim(
        claim,
        person=person_of(walk),
        consents=ClaimNoticeForm.consents(walk.at),
        submission_key=draft.uid,
        draft_id=draft.pk,
        version=draft.version,
        at=walk.at,
    )
    return row.case


def done(request: HttpRequest, draft: Draft, case: Case) -> dict[str, object]:
    """Return what the last page shows."""
    return receipt_context(request, case, folder=reverse("claims:draft", args=(draft.uid,)))


WIZARD = Wizard(
    kind=Kind.CLAIM,
    namespace="claims",
    title=_("申请手工报销"),
    steps=STEPS,
    submit=submit,
    done=done,
    done_template="claims/done.html",
    prefill=prefill,
)
