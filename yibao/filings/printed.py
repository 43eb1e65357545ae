"""The printed papers of a filing, out of its rows."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from yibao.cases.personal import PersonalData
from yibao.cases.printing.document import in_chinese
from yibao.cases.printing.filing import (
    CancellationForm,
    CommitmentLetter,
    FilingForm,
    FilingTexts,
    HelperTexts,
    cancellation_form,
    commitment_letter,
    filing_form,
)
from yibao.cases.printing.texts import issue_of, papers_handed_in, person_texts
from yibao.cases.vocabulary import HelperRole
from yibao.cases.wizard.papers import paper_words
from yibao.core.templatetags.figures import chinese_date
from yibao.filings import wording
from yibao.filings.models import CancelRequest, Commitment, Filing
from yibao.filings.queries import state_on
from yibao.regions import queries as regions
from yibao.rules.terms import MaterialSlug


def print_form(
    filing: Filing, person: PersonalData, *, status_address: str, made_on: date
) -> bytes:
    """Return the registration form; `person` is masked where the reader need not see all."""
    with in_chinese():
        return filing_form(
            FilingForm(
                issue=issue_of(filing.case, status_address, made_on),
                person=person_texts(person),
                helper=_helper(person),
                filing=_filing(filing),
                papers=_papers(filing),
                notices=_notices(filing),
                state=str(state_on(filing, made_on).label),
                submitted_on=timezone.localdate(filing.case.submitted_at),
            )
        )


def print_letter(
    filing: Filing,
    letter: Commitment,
    person: PersonalData,
    *,
    status_address: str,
    made_on: date,
    signature: str,
) -> bytes:
    """Return the letter of commitment word for word as it was signed."""
    _heading, *promises = letter.text.split("\n")
    with in_chinese():
        return commitment_letter(
            CommitmentLetter(
                issue=issue_of(filing.case, status_address, made_on),
                person=person_texts(person),
                filing=_filing(filing),
                bureau=_("%(place)s医疗保障经办机构") % {"place": _place(filing.case.region_code)},
                promises=promises,
                text_version=letter.text_version,
                signed_name=signature,
                signed_on=_day(letter.signed_at),
            )
        )


def print_cancellation(
    filing: Filing,
    request: CancelRequest,
    person: PersonalData,
    *,
    status_address: str,
    made_on: date,
) -> bytes:
    """Return the form that asks for the end of a filing."""
    with in_chinese():
        return cancellation_form(
            CancellationForm(
                issue=issue_of(filing.case, status_address, made_on),
                person=person_texts(person),
                filing=_filing(filing),
                ends_on=request.wished_on,
                earliest_on=filing.change_from,
                reason=request.reason,
            )
        )


def _helper(person: PersonalData) -> HelperTexts | None:
    if person.helper == HelperRole.SELF:
        return None
    return HelperTexts(
        name=person.helper_name,
        relation=person.helper_relation,
        id_number=person.helper_id_number,
    )


def _filing(filing: Filing) -> FilingTexts:
    return FilingTexts(
        insured=_place(filing.case.region_code),
        insurance=wording.insurance_words(filing.case.insurance),
        care=_place(filing.care_code),
        category=str(filing.get_category_display()),
        starts_on=filing.starts_on,
        ends_on=filing.ends_on,
        validity=wording.validity_words(filing.validity),
    )


def _papers(filing: Filing) -> list[str]:
    papers = papers_handed_in(filing.case)
    if hasattr(filing, "commitment"):
        papers.append(paper_words(MaterialSlug.COMMITMENT))
    return papers


def _notices(filing: Filing) -> list[str]:
    notices = [
        _("提交不等于通过。审核通过并到了开始日期，备案才生效。"),
        _("看病时出示医保码或社会保障卡，选开通了异地直接结算的医院。"),
        _("情况有变化，要及时变更或取消备案。"),
    ]
    if filing.change_from is not None:
        words = _("最早%(day)s可以变更或取消。") % {"day": chinese_date(filing.change_from)}
        notices.append(words)
    return notices


def _place(code: str) -> str:
    return str(regions.get_region(code).full_name)


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)
