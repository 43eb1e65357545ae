"""One case as an officer sees it: the person masked, the papers, the questions, the timeline."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from yibao.cases.desk_queue import days_left
from yibao.cases.models import Case, Erased, PapersRequest
from yibao.cases.personal import PersonalData
from yibao.cases.status_words import staff_event_words
from yibao.cases.uploads.queries import UploadRow, replaced_uploads_of_case, uploads_of_case
from yibao.cases.vocabulary import HelperRole, IdType, Notify
from yibao.cases.workdays import is_provisional
from yibao.core.sealing import SealBroken
from yibao.policies.labels import label
from yibao.rules.terms import MaterialSlug


@dataclass(frozen=True, slots=True)
class Paper:
    """The files of one paper."""

    slug: str
    name: Any
    files: tuple[UploadRow, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline."""

    at: datetime
    words: Any
    who: str
    note: str
    internal_note: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question for papers, in words."""

    row: PapersRequest
    items: tuple[tuple[Any, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """What the page shows of any kind of case. `person` is None once it was erased."""

    person: tuple[tuple[Any, Any], ...] | None
    is_revealed: bool
    is_broken: bool
    papers: tuple[Paper, ...]
    replaced: tuple[UploadRow, ...]
    questions: tuple[Question, ...]
    timeline: tuple[Line, ...]
    days_left: int | None
    is_provisional: bool


def case_view(case: Case, *, person: PersonalData | None, today: date) -> CaseView:
    """Return the view of a case; `person` is the full data where they were revealed."""
    shown, is_broken = person, False
    if shown is None:
        try:
            shown = case.person.read().masked
        except Erased:
            shown = None
        except SealBroken:
            is_broken = True
    return CaseView(
        person=person_lines(shown) if shown else None,
        is_revealed=person is not None,
        is_broken=is_broken,
        papers=papers_of(case),
        replaced=replaced_uploads_of_case(case),
        questions=tuple(
            Question(row, tuple((material_words(i["material"]), i["why"]) for i in row.items))
            for row in case.papers_requests.select_related("asked_by")
        ),
        timeline=tuple(
            Line(
                event.at,
                staff_event_words(event.event, event.state),
                str(event.officer or event.get_actor_kind_display()),
                event.note,
                event.internal_note,
            )
            for event in case.events.select_related("officer")
        ),
        days_left=days_left(case, today),
        is_provisional=case.due_on is not None and is_provisional(case.due_on),
    )


def person_lines(data: PersonalData) -> tuple[tuple[Any, Any], ...]:
    """Return personal data as names and values, without what was not given."""
    rows = [
        (_("姓名"), data.name),
        (_("证件"), IdType(data.id_type).label),
        (_("证件号码"), data.id_number),
        (_("电话"), data.phone),
        (_("地址"), data.address),
        (_("邮箱"), data.email),
        (_("通知方式"), Notify(data.notify).label),
        (_("谁来办"), HelperRole(data.helper).label),
        (_("代办人"), data.helper_name),
        (_("与本人关系"), data.helper_relation),
        (_("代办人证件号码"), data.helper_id_number),
        (_("开户银行"), data.bank_name),
        (_("收款账号"), data.bank_account),
        (_("户名"), data.account_holder),
    ]
    return tuple((name, value) for name, value in rows if value)


def papers_of(case: Case) -> tuple[Paper, ...]:
    """Return the files of a case by paper, in the order in which they came."""
    found: dict[str, list[UploadRow]] = {}
    for upload in uploads_of_case(case):
        found.setdefault(upload.material, []).append(upload)
    return tuple(Paper(slug, material_words(slug), tuple(files)) for slug, files in found.items())


def material_words(slug: str) -> str:
    """Return the name of a paper; a slug that the rules do not know stands for itself."""
    return label(MaterialSlug(slug)) if slug in set(MaterialSlug) else slug
