"""The wizard of a filing: its steps, and how a complete walk becomes an application."""

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yibao.cases.operations.drafts import Stale
from yibao.cases.personal import PersonalData
from yibao.cases.queries import Case, Draft
from yibao.cases.vocabulary import HelperRole, IdType, Kind, Notify
from yibao.cases.wizard.engine import Answers, Refused, Step, Walk, Wizard
from yibao.filings.forms.begin import FilingContactForm, FilingPersonForm, NoticeForm
from yibao.filings.forms.confirm import ConfirmForm
from yibao.filings.forms.materials import MaterialsForm
from yibao.filings.forms.places import CHANGE, GROUND, PlacesForm
from yibao.filings.models import Evidence
from yibao.filings.notices import COMMITMENT
from yibao.filings.operations.submission import (
    Application,
    NotReplaceable,
    SignedLetter,
    submit_filing,
)
from yibao.filings.reading import decided_with, due_on, term_of
from yibao.filings.receipt_views import receipt_context
from yibao.rules.facts import Evidence as EvidenceFact

STEPS = (
    Step(slug="notice", title=_("告知书"), form=NoticeForm, template="filings/notice.html"),
    Step(
        slug="person",
        title=_("给谁办"),
        form=FilingPersonForm,
        template="filings/person.html",
        decides=("name", "id_number", "helper", "helper_name"),
        drops=("materials",),
    ),
    Step(
        slug="places",
        title=_("去哪里"),
        form=PlacesForm,
        template="filings/places.html",
        decides=("insured", "care", "insurance", "category"),
        drops=("materials",),
    ),
    Step(slug="materials", title=_("材料"), form=MaterialsForm, template="filings/materials.html"),
    Step(
        slug="contact", title=_("联系方式"), form=FilingContactForm, template="filings/contact.html"
    ),
    Step(slug="confirm", title=_("核对并提交"), form=ConfirmForm, template="filings/confirm.html"),
)

PREFILLED = ("insured", "care", "insurance", "category", "starts_on")
"""What the checker's answer hands over in the address; nothing of the person."""


def prefill(query: Mapping[str, str]) -> Mapping[str, Answers]:
    """Read the places out of an address."""
    known = {name: query[name][:60] for name in PREFILLED if query.get(name)}
    return {"places": known} if known else {}


def submit(walk: Walk) -> Case:
    """Make a case of a complete walk. Raises Stale, Refused."""
    draft = walk.draft
    if draft is None:
        raise Stale
    try:
        return submit_filing(
            application_of(walk), draft_id=draft.pk, version=draft.version, at=walk.at
        )
    except NotReplaceable as error:
        words = _("原来的备案已经取消，或已经有一份变更在办。请先查进度。")
        raise Refused(words) from error


def application_of(walk: Walk) -> Application:
    """Return what a complete walk asks for. Raises Stale: it is not complete."""
    if walk.first_open is not walk.wizard.last:
        raise Stale
    places, materials = walk.form("places"), walk.form("materials")
    if not isinstance(places, PlacesForm) or not isinstance(materials, MaterialsForm):
        raise TypeError("a walk through other steps")
    reading = places.reading
    if reading is None:
        raise Stale
    evidence = materials.evidence
    term = term_of(reading, evidence)
    by_letter = evidence is EvidenceFact.COMMITMENT
    return Application(
        person=_person(walk),
        consents=NoticeForm.consents(walk.at),
        region_code=reading.pool,
        insurance=reading.wish.insurance.value,
        care_code=reading.wish.care,
        care_pool_code=reading.care_pool,
        category=reading.wish.category.value,
        evidence=Evidence.COMMITMENT if by_letter else Evidence.PROOF,
        starts_on=reading.wish.starts_on,
        ends_on=term.ends_on,
        validity=term.validity,
        change_from=term.change_from,
        due_on=due_on(reading, walk.today),
        papers=materials.slugs,
        letter=_letter(materials, walk.at) if by_letter else None,
        decided_with={**decided_with(reading), **_early_ground(walk)},
    )


def _early_ground(walk: Walk) -> dict[str, str]:
    ground = walk.answers.get(CHANGE, {}).get(GROUND, "")
    return {"early_ground": ground} if ground else {}


def _person(walk: Walk) -> PersonalData:
    person, contact = walk.cleaned("person"), walk.cleaned("contact")
    return PersonalData(
        name=person["name"],
        id_type=IdType(person["id_type"]),
        id_number=person["id_number"],
        phone=contact["phone"],
        address=contact["address"] or "",
        email=contact["email"] or "",
        notify=Notify(contact["notify"]),
        helper=HelperRole(person["helper"]),
        helper_name=person["helper_name"] or "",
        helper_relation=person["helper_relation"] or "",
        helper_id_number=person["helper_id_number"] or "",
    )


def _letter(materials: MaterialsForm, at: datetime) -> SignedLetter:
    name = materials.cleaned_data["signature_name"]
    return SignedLetter(COMMITMENT.version, COMMITMENT.chinese, name, at)


def done(request: HttpRequest, draft: Draft, case: Case) -> dict[str, object]:
    """Return what the last page shows."""
    folder = reverse("filings:draft", args=(draft.uid,))
    return receipt_context(request, case, folder=folder)


WIZARD = Wizard(
    kind=Kind.FILING,
    namespace="filings",
    title=_("办异地就医备案"),
    steps=STEPS,
    submit=submit,
    done=done,
    done_template="filings/done.html",
    prefill=prefill,
)
