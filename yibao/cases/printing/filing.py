"""The papers of a filing: the form, the letter of commitment, the cancellation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from yibao.cases.printing.document import Document, Issue, day_words, in_chinese


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTexts:
    """Who the paper is about, as it may be printed: the caller masks what must be masked."""

    name: str
    id_type: str
    id_number: str
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperTexts:
    """Who filed for the person."""

    name: str
    relation: str
    id_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingTexts:
    """What is filed, in words. `validity` says how long it holds, or that it is not known."""

    insured: str
    insurance: str
    care: str
    category: str
    starts_on: date
    ends_on: date | None
    validity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingForm:
    """异地就医登记备案表.

    `papers` are those handed in; `notices` what the person must know (时限、变更、急诊).
    """

    issue: Issue
    person: PersonTexts
    helper: HelperTexts | None
    filing: FilingTexts
    papers: Sequence[str]
    notices: Sequence[str]
    state: str
    submitted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentLetter:
    """个人承诺书: the text that was agreed to, word for word, in the version that is named.

    `signed_name` and `signed_on` are what was typed; "" and None leave room for the hand.
    """

    issue: Issue
    person: PersonTexts
    filing: FilingTexts
    bureau: str
    promises: Sequence[str]
    text_version: str
    signed_name: str
    signed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationForm:
    """异地就医备案取消登记表. `earliest_on`: the first day on which the rule lets it end."""

    issue: Issue
    person: PersonTexts
    filing: FilingTexts
    ends_on: date
    earliest_on: date | None
    reason: str
    signed_name: str = ""
    signed_on: date | None = None


def filing_form(form: FilingForm) -> bytes:
    """Return the registration form of a filing."""
    with in_chinese():
        paper = Document(_("异地就医登记备案表"), form.issue)
        paper.section(_("一、参保人"))
        paper.pairs(_person_rows(form.person))
        if form.helper is not None:
            paper.pairs(
                [
                    (_("代办人"), form.helper.name),
                    (_("与参保人关系"), form.helper.relation),
                    (_("代办人证件号"), form.helper.id_number or _("未填")),
                ]
            )
        paper.section(_("二、备案内容"))
        paper.pairs(
            [
                *_filing_rows(form.filing),
                (_("提交日期"), day_words(form.submitted_on)),
                (_("目前状态"), form.state),
            ]
        )
        paper.section(_("三、已交的材料"))
        paper.items(form.papers or (_("没有上传材料。"),))
        paper.section(_("四、温馨提示"))
        paper.items(form.notices)
        paper.signature(_("参保人（代办人）签名："), "", day_words(None))
        paper.blank_box(_("经办机构意见"), 26, _("（盖章）　　　年　　月　　日"))
        return paper.to_bytes()


def commitment_letter(letter: CommitmentLetter) -> bytes:
    """Return the letter of commitment."""
    with in_chinese():
        paper = Document(_("异地就医备案个人承诺书"), letter.issue)
        paper.paragraph(_("%(bureau)s：") % {"bureau": letter.bureau}, indent=False)
        paper.paragraph(
            _(
                "本人%(name)s（%(id_type)s：%(id_number)s），参加%(insured)s%(insurance)s，"
                "因%(category)s，需要在%(care)s就医，自%(start)s起。本人自愿作出如下承诺："
            )
            % {
                "name": letter.person.name,
                "id_type": letter.person.id_type,
                "id_number": letter.person.id_number,
                "insured": letter.filing.insured,
                "insurance": letter.filing.insurance,
                "category": letter.filing.category,
                "care": letter.filing.care,
                "start": day_words(letter.filing.starts_on),
            }
        )
        paper.items(letter.promises)
        paper.signature(_("承诺人："), letter.signed_name, day_words(letter.signed_on))
        if letter.signed_name:
            paper.paragraph(
                _("说明：上面的姓名由承诺人在网上键入，不是手写签名。承诺书文本版本：%(version)s。")
                % {"version": letter.text_version},
                size=9,
                indent=False,
            )
        else:
            paper.paragraph(
                _("承诺书文本版本：%(version)s。") % {"version": letter.text_version},
                size=9,
                indent=False,
            )
        return paper.to_bytes()


def cancellation_form(form: CancellationForm) -> bytes:
    """Return the form that ends a filing."""
    with in_chinese():
        paper = Document(_("异地就医备案取消登记表"), form.issue)
        paper.section(_("一、参保人"))
        paper.pairs(_person_rows(form.person))
        paper.section(_("二、要取消的备案"))
        paper.pairs(_filing_rows(form.filing))
        paper.section(_("三、取消"))
        earliest = day_words(form.earliest_on) if form.earliest_on else _("规定没有写明")
        paper.pairs(
            [
                (_("取消日期"), day_words(form.ends_on)),
                (_("规定最早可取消"), earliest),
                (_("取消原因"), form.reason or _("未填")),
            ]
        )
        paper.paragraph(
            _("本人知道：取消后在就医地看病，不再按本备案直接结算；已经发生的费用不受影响。")
        )
        paper.signature(_("参保人（代办人）签名："), form.signed_name, day_words(form.signed_on))
        paper.blank_box(_("经办机构意见"), 26, _("（盖章）　　　年　　月　　日"))
        return paper.to_bytes()


def _person_rows(person: PersonTexts) -> list[tuple[str, str]]:
    return [
        (_("姓名"), person.name),
        (_("联系电话"), person.phone or _("未填")),
        (_("证件种类"), person.id_type),
        (_("证件号码"), person.id_number),
        (_("联系地址"), person.address or _("未填")),
    ]


def _filing_rows(filing: FilingTexts) -> list[tuple[str, str]]:
    return [
        (_("参保地"), filing.insured),
        (_("险种"), filing.insurance),
        (_("就医地"), filing.care),
        (_("备案类型"), filing.category),
        (_("开始日期"), day_words(filing.starts_on)),
        (_("截止日期"), day_words(filing.ends_on) if filing.ends_on else _("未定日期")),
        (_("有效期"), filing.validity),
    ]
