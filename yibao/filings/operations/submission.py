"""Hand in a filing: all of it or nothing, once, however often it is sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from yibao.cases.operations.cases import ConsentGiven, open_case
from yibao.cases.operations.drafts import Stale, close_draft, lock_draft
from yibao.cases.operations.messages import queue_message
from yibao.cases.personal import PersonalData
from yibao.cases.queries import Case, Draft
from yibao.cases.uploads.operations import hand_over_uploads
from yibao.cases.vocabulary import Kind, State
from yibao.filings.models import Commitment, Evidence, Filing


class NotReplaceable(Exception):
    """The filing that this one should replace ended meanwhile, or is being replaced already."""


@dataclass(frozen=True, slots=True)
class SignedLetter:
    """A commitment letter: the text in its version, and the name typed under it."""

    text_version: str
    text: str
    signature: str
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A complete application for a filing. Codes and days as of `filings.models.Filing`.

    `papers` are the slugs that were asked for; other files of the draft are not handed in.
    `due_on` is the last day of the bureau's time, None where no rule states one.
    """

    person: PersonalData
    consents: Sequence[ConsentGiven]
    region_code: str
    insurance: str
    care_code: str
    care_pool_code: str
    category: str
    evidence: Evidence
    starts_on: date
    ends_on: date | None
    validity: str
    change_from: date | None
    due_on: date | None
    papers: Collection[str]
    letter: SignedLetter | None = None
    decided_with: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def submit_filing(application: Application, *, draft_id: int, version: int, at: datetime) -> Case:
    """Make the case of a draft and return it; a second call returns the first one's.

    Args:
        version: the draft's version whose summary the filer saw.

    Raises:
        Stale: the draft was changed since.
        NotReplaceable: as it says; nothing is filed then.
    """
    draft = lock_draft(draft_id)
    if draft.case is not None:
        return draft.case
    if draft.version != version:
        raise Stale
    case = open_case(
        kind=Kind.FILING,
        region_code=application.region_code,
        insurance=application.insurance,
        person=application.person,
        consents=application.consents,
        submission_key=draft.uid,
        due_on=application.due_on,
        at=at,
    )
    filing = Filing.objects.create(
        case=case,
        care_code=application.care_code,
        care_pool_code=application.care_pool_code,
        category=application.category,
        evidence=application.evidence,
        starts_on=application.starts_on,
        ends_on=application.ends_on,
        validity=application.validity,
        change_from=application.change_from,
        replaces=_replaced(draft),
        decided_with=dict(application.decided_with),
    )
    if application.letter is not None:
        _keep_letter(filing, application.letter)
    hand_over_uploads(draft=draft, case=case, papers=application.papers)
    queue_message(case, template="submitted", person=application.person, at=at)
    close_draft(draft, case)
    return case


def _replaced(draft: Draft) -> Filing | None:
    """Return the filing that a change or renewal takes the place of, locked."""
    if draft.replaces_id is None:
        return None
    old = Filing.objects.select_for_update(of=("self",)).get(pk=draft.replaces_id)
    alive = (State.SUBMITTED, State.NEEDS_MATERIALS, State.ACCEPTED)
    is_replaced = old.replaced_by.filter(case__state__in=alive).exists()
    if old.case.state != State.ACCEPTED or is_replaced:
        raise NotReplaceable
    return old


def _keep_letter(filing: Filing, letter: SignedLetter) -> None:
    row = Commitment(
        filing=filing,
        text_version=letter.text_version,
        text=letter.text,
        signed_at=letter.signed_at,
    )
    row.sign(letter.signature)
    row.save(force_insert=True)
