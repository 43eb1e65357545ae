"""规定: what all tables of policy share."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from yibao.core.periods import Dated
from yibao.policies.fields import enum_field, number_field, set_field, text_field
from yibao.policies.models.constraints import ascending, known
from yibao.policies.models.revision import refuse_unless_open
from yibao.rules import policy, terms


class Provision(Dated):
    """One dated statement of one rule, with the clause that makes it.

    Field names are those of the dataclass `terms_type` in `rules.policy`. Of a
    published row only the end is ever set (`effective_to` with `ended_by`, or
    `withdrawn_by`), by the operations and never through `save`.
    """

    terms_type: ClassVar[type[policy.Provision]]

    revision = models.ForeignKey(
        "policies.Revision", on_delete=models.CASCADE, verbose_name=_("修订")
    )
    effective_basis = enum_field(
        _("生效日依据"),
        terms.EffectiveBasis,
        help_text=_("文件没有写明何时起执行的，按发布日期或查到日期。"),
    )
    clause = models.ForeignKey(
        "sources.Clause",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("来源条文"),
        help_text=_("先在“依据文件”中录入文件和条文，再在这里选。"),
    )
    standing = enum_field(_("可信程度"), terms.Standing)
    kind = enum_field(_("性质"), terms.Kind, default=terms.Kind.RULE.value)
    note = text_field(_("备注"), 300)
    reference = models.JSONField(_("资料编号"), default=list, blank=True, editable=False)
    ended_by = models.ForeignKey(
        "policies.Revision",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("由哪次修订终止"),
    )
    withdrawn_by = models.ForeignKey(
        "policies.Revision",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("由哪次修订撤下"),
    )

    class Meta(Dated.Meta):
        abstract = True
        ordering = ("id",)
        constraints = (
            *Dated.Meta.constraints,
            known("effective_basis", terms.EffectiveBasis),
            known("standing", terms.Standing),
            known("kind", terms.Kind),
        )

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk or ''}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        refuse_unless_open(self.revision_id)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        refuse_unless_open(self.revision_id)
        return super().delete(*args, **kwargs)


class BenefitProvision(Provision):
    """Selectors that the figures of benefits share; left empty they hold for all."""

    care_types = set_field(_("医疗类别"), terms.CareType, help_text=_("不选表示都适用。"))
    groups = set_field(_("人群"), terms.Group, help_text=_("不选表示都适用。"))
    age_from = number_field(_("年龄自"), help_text=_("周岁，含。"))
    age_to = number_field(_("年龄至"), help_text=_("周岁，含。"))
    tier = text_field(_("缴费档次"), 10, help_text=_("按档次缴费的地区填 1、2 等。"))
    level = enum_field(
        _("医院级别"),
        terms.Level,
        blank=True,
        help_text=_("不选表示各级都适用；“其余级别”指本地没有另行规定的级别。"),
    )
    institution_class = text_field(
        _("机构类别"), 20, help_text=_("本地自定类别的代码，例如 community；一般留空。")
    )
    disease = text_field(_("病种代码"), 20, help_text=_("门诊慢特病病种，例如 M07801。"))
    treatment = text_field(_("治疗方式"), 40)
    severity = text_field(_("病情程度"), 20)

    class Meta(Provision.Meta):
        abstract = True
        constraints = (
            *Provision.Meta.constraints,
            known("level", terms.Level, blank=True),
            ascending("age_from", "age_to"),
        )
