"""What the papers of every case say alike: where they come from, whose they are, what was added."""

from collections import Counter
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from yibao.cases.models import Case
from yibao.cases.personal import PersonalData
from yibao.cases.printing.document import Issue
from yibao.cases.printing.filing import PersonTexts
from yibao.cases.uploads.queries import uploads_of_case
from yibao.cases.vocabulary import IdType
from yibao.cases.wizard.papers import paper_words
from yibao.rules.terms import MaterialSlug


def issue_of(case: Case, status_address: str, made_on: date) -> Issue:
    """Return where a paper of the case comes from."""
    return Issue(
        reference=case.shown_reference,
        status_address=status_address,
        made_on=made_on,
        operator=settings.OPERATOR,
    )


def person_texts(person: PersonalData) -> PersonTexts:
    """Return the person as printed; `person` is masked where the reader need not see all."""
    return PersonTexts(
        name=person.name,
        id_type=str(IdType(person.id_type).label),
        id_number=person.id_number,
        phone=person.phone,
        address=person.address,
    )


def papers_handed_in(case: Case) -> list[str]:
    """Name the papers that were uploaded, with how many files each has."""
    counts = Counter(upload.material for upload in uploads_of_case(case))
    return [
        _("%(paper)s：%(number)d 份") % {"paper": paper_words(MaterialSlug(slug)), "number": number}
        for slug, number in counts.items()
        if slug in MaterialSlug
    ]
