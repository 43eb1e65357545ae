"""The texts that people agree to or sign, each with a version that is stored with the filing.

A text is never edited in place: a change is a new version, so that what somebody signed can
be told years later. The Chinese text is what counts; its hash is stored as well.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

_CHINESE = "zh-hans"


@dataclass(frozen=True, slots=True)
class Text:
    """A headed text; `version` is the day from which it is used."""

    version: str
    sections: tuple[tuple[Any, tuple[Any, ...]], ...]

    @property
    def chinese(self) -> str:
        """The text that counts, one sentence a line."""
        with translation.override(_CHINESE):
            return "\n".join(
                str(line) for heading, lines in self.sections for line in (heading, *lines)
            )

    @property
    def sha256(self) -> str:
        """The hash of the text that counts."""
        return sha256(self.chinese.encode()).hexdigest()


NOTICE = Text(
    "2026-11-23",
    (
        (
            _("备案是怎么回事"),
            (
                _(
                    "备案就是告诉参保地医保：您要在外地看病。备案后，在备案地开通了异地直接结算的医院住院，"
                    "可以直接结算。"
                ),
                _(
                    "报销的范围一般按就医地，报销的比例按参保地。没有备案，报销可能少一些，"
                    "或者要先自己付。"
                ),
                _("提交不等于通过。参保地医保经办机构审核通过、到了开始日期，备案才生效。"),
            ),
        ),
        (
            _("您要做到的"),
            (
                _(
                    "填写的内容和上传的材料必须真实。用假材料备案，可能被暂停联网结算，"
                    "并要承担法律责任。"
                ),
                _("情况有变化（搬回参保地、换了地方、参保关系变了），要及时变更或取消备案。"),
            ),
        ),
        (
            _("我们怎样用您的个人信息"),
            (
                _("谁在用：本站的运营单位和您参保地的医保经办机构，只用于办理这次备案。"),
                _(
                    "用哪些：姓名、证件号码、联系方式、参保地和就医地、您上传的材料；"
                    "替别人办的，还有办理人的姓名和证件号码。"
                ),
                format_lazy(
                    _(
                        "放多久：没有提交的草稿放 {days} 天；提交后的在最后一次办理后"
                        "放 {years} 年，到期删除。"
                    ),
                    days=settings.DRAFT_DAYS,
                    years=settings.CASE_YEARS,
                ),
                _(
                    "怎样保护：加密保存，页面上只显示一部分，工作人员每次查看完整信息都有记录。"
                    "不向别人提供，不出境。"
                ),
                _(
                    "您的权利：凭编号可以查看、下载、更正、要求删除，也可以撤回同意。"
                    "撤回以前已经办的仍然有效。"
                ),
            ),
        ),
    ),
)

SENSITIVE = Text(
    "2026-11-23",
    (
        (
            _("单独同意：处理敏感个人信息"),
            (
                _(
                    "证件号码、材料照片、转诊证明里的病情、未满 14 岁孩子的信息，"
                    "属于敏感个人信息，一旦泄露可能伤害您的尊严、人身和财产安全。"
                ),
                _(
                    "办备案要核对身份和条件，没有这些就没法办。不同意也可以不在这里办，"
                    "改到参保地窗口办。"
                ),
            ),
        ),
    ),
)

COMMITMENT = Text(
    "2026-11-23",
    (
        (
            _("异地就医备案个人承诺书"),
            (
                _(
                    "一、本人已经看过告知书，知道办理这类备案的条件、要交的材料和不实承诺的后果，"
                    "并愿意遵守。"
                ),
                _(
                    "二、本人在备案的地方居住、生活或工作，已经或将要满 6 个月，"
                    "符合所选备案类型的条件。"
                ),
                _(
                    "三、本人所填的内容真实、准确、完整；现在没有交的证明材料，"
                    "经办机构核查时愿意配合提供。"
                ),
                _("四、情况有变化时，本人及时办理变更或取消。"),
                _(
                    "五、承诺不实的，本人愿意接受暂停医疗费用联网结算、退回多付的医保基金等处理，"
                    "并承担法律和信用后果。"
                ),
            ),
        ),
    ),
)
