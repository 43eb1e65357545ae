"""The papers of a claim: what was handed in, what was decided, and the order to pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from yibao.cases.printing.amounts import capital_yuan, yuan
from yibao.cases.printing.document import Document, Issue, day_words, in_chinese
from yibao.cases.printing.filing import PersonTexts


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """One line of a bill, in fen. `invoice` is "" where the line names none."""

    name: str
    on: date | None
    invoice: str
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSummary:
    """手工报销申请表: what the person asks for, before anybody judged it.

    `visit` and `account` are names and values; `estimate_fen` is what the same bill comes to
    by the published rules, None where they do not tell; it is no promise and printed so.
    """

    issue: Issue
    person: PersonTexts
    visit: Sequence[tuple[str, str]]
    lines: Sequence[BillLine]
    total_fen: int
    papers: Sequence[str]
    account: Sequence[tuple[str, str]]
    estimate_fen: int | None
    notices: Sequence[str]
    submitted_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedLine:
    """One line of the settlement sheet: asked for and allowed, in fen; None prints a dash."""

    label: str
    claimed_fen: int | None
    allowed_fen: int | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionReason:
    """Why less was allowed, on what it rests, and what the person can do."""

    text: str
    clause: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLetter:
    """医疗费用手工报销决定书. `outcome` in words; `paid_fen` is what the person gets."""

    issue: Issue
    person: PersonTexts
    bureau: str
    outcome: str
    paid_fen: int
    payment: str
    visit: Sequence[tuple[str, str]]
    lines: Sequence[DecidedLine]
    total: DecidedLine
    reasons: Sequence[DecisionReason]
    objection: str
    decided_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentLine:
    """One order: to whom, to which account, how much (fen)."""

    reference: str
    payee: str
    bank: str
    account: str
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSheet:
    """医疗费用报销付款单: orders that are paid together. `number` is the sheet's own."""

    issue: Issue
    number: str
    bureau: str
    lines: Sequence[PaymentLine]
    prepared_by: str
    confirmed_by: str


def claim_summary(summary: ClaimSummary) -> bytes:
    """Return the application of a claim."""
    with in_chinese():
        paper = Document(_("医疗费用手工报销申请表"), summary.issue)
        paper.section(_("一、参保人"))
        paper.pairs(
            [
                (_("姓名"), summary.person.name),
                (_("联系电话"), summary.person.phone or _("未填")),
                (_("证件种类"), summary.person.id_type),
                (_("证件号码"), summary.person.id_number),
            ]
        )
        paper.section(_("二、就医情况"))
        paper.pairs(list(summary.visit))
        paper.section(_("三、申请报销的费用"))
        paper.table(
            (_("项目"), _("日期"), _("票据号码"), _("金额（元）")),
            [
                (line.name, _short(line.on), line.invoice, yuan(line.amount_fen))
                for line in summary.lines
            ],
            widths=(5, 2.6, 3.6, 2.8),
            aligns=("left", "center", "left", "right"),
            total=(_("合计"), "", "", yuan(summary.total_fen)),
        )
        if summary.estimate_fen is None:
            paper.paragraph(_("按公布的规定还算不出能报多少，以审核决定为准。"))
        else:
            paper.paragraph(
                _(
                    "按公布的规定估算，医保可能支付 %(amount)s 元。"
                    "这是估算，不是承诺，以审核决定为准。"
                )
                % {"amount": yuan(summary.estimate_fen)}
            )
        paper.section(_("四、已交的材料"))
        paper.items(summary.papers or (_("没有上传材料。"),))
        paper.section(_("五、收款账户"))
        paper.pairs(list(summary.account), columns=1)
        paper.section(_("六、温馨提示"))
        paper.items(summary.notices)
        paper.signature(_("申请人签名："), "", day_words(None))
        paper.pairs([(_("提交日期"), day_words(summary.submitted_on))], columns=1)
        return paper.to_bytes()


def decision_letter(letter: DecisionLetter) -> bytes:
    """Return the letter that tells what was decided: the money first."""
    with in_chinese():
        paper = Document(_("医疗费用手工报销决定书"), letter.issue, subtitle=letter.bureau)
        paper.paragraph(_("%(name)s：") % {"name": letter.person.name}, indent=False)
        paper.paragraph(
            _("您（证件号码 %(id_number)s）申请的手工报销，审核决定如下：%(outcome)s。")
            % {"id_number": letter.person.id_number, "outcome": letter.outcome}
        )
        paper.emphasis(_("医保支付给您"), _("%(amount)s 元") % {"amount": yuan(letter.paid_fen)})
        paper.paragraph(
            _("大写：%(words)s。%(payment)s")
            % {"words": capital_yuan(letter.paid_fen), "payment": letter.payment},
            indent=False,
        )
        paper.section(_("一、就医情况"))
        paper.pairs(list(letter.visit))
        paper.section(_("二、申请和核准的金额"))
        paper.table(
            (_("项目"), _("申请（元）"), _("核准（元）"), _("说明")),
            [_decided(line) for line in letter.lines],
            widths=(4.4, 2.7, 2.7, 4.2),
            aligns=("left", "right", "right", "left"),
            total=_decided(letter.total),
        )
        if letter.reasons:
            paper.section(_("三、没有全部核准的原因"))
            paper.items([_reason(reason) for reason in letter.reasons])
        paper.section(_("四、不同意怎么办") if letter.reasons else _("三、不同意怎么办"))
        paper.paragraph(letter.objection)
        paper.signature(_("经办机构（盖章）："), "", day_words(letter.decided_on))
        return paper.to_bytes()


def payment_sheet(sheet: PaymentSheet) -> bytes:
    """Return the orders to pay, with their sum in figures and words."""
    with in_chinese():
        paper = Document(_("医疗费用报销付款单"), sheet.issue, subtitle=sheet.bureau)
        total = sum(line.amount_fen for line in sheet.lines)
        paper.pairs(
            [
                (_("付款单号"), sheet.number),
                (_("笔数"), str(len(sheet.lines))),
                (_("金额合计"), _("%(amount)s 元") % {"amount": yuan(total)}),
                (_("制单日期"), day_words(sheet.issue.made_on)),
                (_("大写"), capital_yuan(total)),
            ]
        )
        paper.table(
            (_("办件编号"), _("收款人"), _("开户行"), _("账号"), _("金额（元）")),
            [
                (line.reference, line.payee, line.bank, line.account, yuan(line.amount_fen))
                for line in sheet.lines
            ],
            widths=(38, 24, 34, 43, 27),
            aligns=("left", "left", "left", "left", "right"),
            total=(_("合计"), "", "", "", yuan(total)),
        )
        paper.signature(_("制单："), sheet.prepared_by, day_words(sheet.issue.made_on))
        paper.signature(_("复核："), sheet.confirmed_by, day_words(None))
        return paper.to_bytes()


def _decided(line: DecidedLine) -> tuple[str, str, str, str]:
    return (line.label, _amount(line.claimed_fen), _amount(line.allowed_fen), line.note)


def _amount(fen: int | None) -> str:
    return "—" if fen is None else yuan(fen)


def _reason(reason: DecisionReason) -> str:
    text = _("%(text)s 依据：%(clause)s。") % {"text": reason.text, "clause": reason.clause}
    return text + _("您可以：%(remedy)s") % {"remedy": reason.remedy} if reason.remedy else text


def _short(day: date | None) -> str:
    return day.isoformat() if day else ""
