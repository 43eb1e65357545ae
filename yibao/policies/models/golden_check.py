"""资格算例: questions to the checker whose answers are known, for the decision table."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yibao.policies.desk_labels import desk_choices
from yibao.policies.fields import enum_field, number_field, text_field
from yibao.policies.models.constraints import known
from yibao.rules import facts, terms
from yibao.rules.decision import CheckOutcome, DirectSettlement

VALIDITIES = (
    ("months", _("若干个月")),
    ("indefinite", _("长期有效")),
    ("per_stay", _("只管一次住院")),
    ("disputed", _("说法不一")),
    ("unknown", _("不清楚")),
)
"""How long a filing holds; `months` has the number beside it."""


def _fact(verbose_name: Any, enum: type[StrEnum], **kwargs: Any) -> models.CharField[Any, Any]:
    return models.CharField(verbose_name, max_length=24, choices=desk_choices(enum), **kwargs)


class GoldenCheck(models.Model):
    """A question about one region on one day, and the answer that must come out.

    Columns are those of the checker; `care_code` is any division. A part of the answer that
    is empty is not compared; the outcome always is. `slug` names a shipped one.
    What no longer serves says why in `retired_because` and is compared no more; none is
    ever deleted.
    """

    slug = models.CharField(max_length=60, blank=True, editable=False)
    region = models.ForeignKey(
        "regions.Region", on_delete=models.PROTECT, related_name="+", verbose_name=_("统筹区")
    )
    title = models.CharField(
        _("标题"), max_length=120, help_text=_("例如：退休后到上海安家，住院前问要不要备案。")
    )
    insurance = enum_field(_("险种"), terms.InsuranceType)
    on = models.DateField(_("看病的日期"), help_text=_("按这一天的规定回答。"))
    care_code = models.CharField(
        _("看病的地方"), max_length=6, help_text=_("城市名或六位区划代码，例如“上海”。")
    )
    care_type = enum_field(_("医疗类别"), terms.CareType)
    reason = _fact(_("去外地的原因"), facts.Reason, blank=True, default="")
    urgency = _fact(_("急诊"), facts.Urgency, default=facts.Urgency.ORDINARY.value)
    stage = _fact(_("到哪一步"), facts.Stage, default=facts.Stage.PLANNING.value)
    evidence = _fact(_("手里的证明"), facts.Evidence, default=facts.Evidence.UNKNOWN.value)
    disease = text_field(_("病种代码"), 20)
    qualified = _fact(_("慢特病认定"), facts.Qualified, default=facts.Qualified.UNKNOWN.value)
    institution = _fact(
        _("医院"), facts.InstitutionStatus, default=facts.InstitutionStatus.UNKNOWN.value
    )
    enrolment = _fact(_("参保状态"), facts.Enrolment, default=facts.Enrolment.ACTIVE.value)
    existing = _fact(_("原来的备案"), facts.FiledStatus, default=facts.FiledStatus.NONE.value)
    existing_category = enum_field(_("原备案的类型"), terms.FilingCategory, blank=True)
    existing_since = models.DateField(_("原备案从哪天起"), null=True, blank=True)
    existing_until = models.DateField(_("原备案到哪天止"), null=True, blank=True)
    expected_outcome = _fact(_("结论"), CheckOutcome)
    expected_category = enum_field(_("备案类型"), terms.FilingCategory, blank=True)
    expected_direct = _fact(_("直接结算"), DirectSettlement, blank=True, default="")
    expected_validity = models.CharField(
        _("有效期"), max_length=12, choices=VALIDITIES, blank=True, default=""
    )
    expected_months = number_field(_("有效几个月"))
    expected_change_on = models.DateField(
        _("最早可变更的日期"),
        null=True,
        blank=True,
        help_text=_("看病那天办的备案，从哪天起可以变更或取消。"),
    )
    clause = models.ForeignKey(
        "sources.Clause",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("来源条文"),
        help_text=_("答案从哪一条得出来。"),
    )
    working = models.CharField(
        _("理由"), max_length=300, blank=True, help_text=_("怎样得出来的，让别人能够核对。")
    )
    retired_because = models.CharField(
        _("不再使用的原因"), max_length=200, blank=True, help_text=_("填写后不再核对这个算例。")
    )

    class Meta:
        verbose_name = _("资格算例")
        verbose_name_plural = _("资格算例")
        ordering = ("region", "insurance", "on", "id")
        constraints = (
            models.UniqueConstraint(
                name="goldencheck_shipped_once", fields=("slug",), condition=~Q(slug="")
            ),
            known("insurance", terms.InsuranceType),
            known("care_type", terms.CareType),
            known("reason", facts.Reason, blank=True),
            known("urgency", facts.Urgency),
            known("stage", facts.Stage),
            known("evidence", facts.Evidence),
            known("qualified", facts.Qualified),
            known("institution", facts.InstitutionStatus),
            known("enrolment", facts.Enrolment),
            known("existing", facts.FiledStatus),
            known("existing_category", terms.FilingCategory, blank=True),
            known("expected_outcome", CheckOutcome),
            known("expected_category", terms.FilingCategory, blank=True),
            known("expected_direct", DirectSettlement, blank=True),
            models.CheckConstraint(
                name="goldencheck_validity_known",
                condition=Q(expected_validity__in=["", *(slug for slug, _label in VALIDITIES)]),
            ),
            models.CheckConstraint(
                name="goldencheck_months_beside_their_kind",
                condition=Q(
                    expected_validity="months",
                    expected_months__isnull=False,
                    expected_months__gte=1,
                )
                | (~Q(expected_validity="months") & Q(expected_months=None)),
                violation_error_message=_("选了“若干个月”才填几个月，也只在这时填。"),
            ),
        )

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a question that nobody can ask, beside the fields concerned."""
        wrong: dict[str, Any] = {}
        is_away = self.care_code and self.region_id and self.care_code != self.region_id
        if is_away and not self.reason and self.urgency != facts.Urgency.EMERGENCY:
            wrong["reason"] = _("到外地看病，不是急诊，请选原因。")
        if self.existing == facts.FiledStatus.NONE and (
            self.existing_category or self.existing_since or self.existing_until
        ):
            wrong["existing"] = _("填了原备案的内容，请选原备案是否有效。")
        since, until = self.existing_since, self.existing_until
        if since and until and until < since:
            wrong["existing_until"] = _("截止日期早于开始日期，请检查。")
        if wrong:
            raise ValidationError(wrong)

    def expected(self) -> dict[str, str]:
        """Return the parts of the answer that must come out, as the codes of golden.answers."""
        validity = self.expected_validity
        if validity == "months":
            validity = f"months:{self.expected_months}"
        given = {
            "outcome": self.expected_outcome,
            "category": self.expected_category,
            "direct": self.expected_direct,
            "validity": validity,
            "change_on": self.expected_change_on.isoformat() if self.expected_change_on else "",
        }
        return {name: code for name, code in given.items() if code}
