"""异地就医备案: what a case of the kind `filing` asks for, and what became of it."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yibao.core.sealing import seal, unseal

CATEGORY_CHOICES = (
    ("retiree_resettled", _("异地安置退休人员")),
    ("long_term_resident", _("异地长期居住人员")),
    ("posted_worker", _("常驻异地工作人员")),
    ("referral", _("异地转诊人员")),
    ("emergency", _("异地急诊抢救人员")),
    ("other_temporary", _("其他临时外出就医人员")),
)


class Evidence(models.TextChoices):
    """On what the filing rests (国家医保局 经办规程: 材料 or 个人承诺书)."""

    PROOF = "proof", _("证明材料")
    COMMITMENT = "commitment", _("个人承诺书")


class Filing(models.Model):
    """备案: one place of care for one person from a day on.

    `care_code` is a division code, its pooling region in `care_pool_code`; `000000` never.
    `ends_on` is inclusive, null while it holds for an indefinite time or the rule is unknown
    (`validity` tells which: `indefinite`, `months:6`, `per_stay`, `unknown`). `change_from` is
    the first day on which it may be changed or cancelled, null where no rule states one.
    `decided_with` holds what it was decided with: rule, provision ids, citations.
    """

    case = models.OneToOneField(
        "cases.Case", on_delete=models.PROTECT, primary_key=True, related_name="filing"
    )
    care_code = models.CharField(_("就医地"), max_length=6)
    care_pool_code = models.CharField(_("就医地统筹区"), max_length=6)
    category = models.CharField(_("备案类型"), max_length=20, choices=CATEGORY_CHOICES)
    evidence = models.CharField(_("依据"), max_length=10, choices=Evidence)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("截止日期"), null=True, blank=True)
    validity = models.CharField(_("有效期"), max_length=20, blank=True)
    change_from = models.DateField(_("最早可变更日期"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("通过时间"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("审核人"),
    )
    refusal_code = models.CharField(_("未通过的原因"), max_length=40, blank=True)
    ended_on = models.DateField(
        _("提前结束的日期"),
        null=True,
        blank=True,
        help_text=_("取消或被代替后，这天起不再有效。"),
    )
    replaces = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("代替的备案"),
    )
    check_later = models.BooleanField(
        _("事后核查"), default=False, help_text=_("凭承诺书通过的备案，日后要核查。")
    )
    checked_at = models.DateTimeField(_("核查时间"), null=True, blank=True)
    decided_with = models.JSONField(default=dict, encoder=DjangoJSONEncoder, editable=False)

    class Meta:
        verbose_name = _("备案")
        verbose_name_plural = _("备案")
        default_permissions = ("view", "change")
        permissions = (("review_filing", _("可以审核备案")),)
        indexes = (
            models.Index(fields=("starts_on", "ends_on"), name="filing_period"),
            models.Index(
                fields=("checked_at",), condition=Q(check_later=True), name="filing_to_check"
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="filing_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="filing_accepted_with_moment",
                condition=Q(accepted_at=None, accepted_by=None) | Q(accepted_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return str(self.case_id)


class Commitment(models.Model):
    """个人承诺书: the text in its version, signed with a typed name on a day."""

    filing = models.OneToOneField(
        "filings.Filing", on_delete=models.PROTECT, primary_key=True, related_name="commitment"
    )
    text_version = models.CharField(_("文本版本"), max_length=20)
    text = models.TextField(_("全文"))
    sealed_signature = models.TextField(editable=False)
    signed_at = models.DateTimeField(_("签署时间"))

    class Meta:
        verbose_name = _("个人承诺书")
        verbose_name_plural = _("个人承诺书")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.text_version

    def sign(self, name: str) -> None:
        """Seal the typed name into this row (unsaved)."""
        self.sealed_signature = seal(name, self._place)

    @property
    def signature(self) -> str:
        """The typed name. Raises core.sealing.SealBroken."""
        return unseal(self.sealed_signature, self._place)

    @property
    def _place(self) -> str:
        return f"filings.commitment:{self.filing_id}"


class CancelRequest(models.Model):
    """The filer's wish to end a filing; a change or renewal is a new filing that replaces it."""

    class Answer(models.TextChoices):
        OPEN = "open", _("待处理")
        DONE = "done", _("已取消")
        REFUSED = "refused", _("未同意")

    filing = models.ForeignKey(
        "filings.Filing", on_delete=models.PROTECT, related_name="cancel_requests"
    )
    asked_at = models.DateTimeField(_("申请时间"))
    wished_on = models.DateField(_("希望从这天起取消"))
    reason = models.CharField(_("原因"), max_length=200)
    answer = models.CharField(
        _("处理结果"), max_length=8, choices=Answer, default=Answer.OPEN, db_default="open"
    )
    answered_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    answer_note = models.TextField(_("答复"), blank=True)

    class Meta:
        verbose_name = _("取消申请")
        verbose_name_plural = _("取消申请")
        ordering = ("asked_at",)
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("filing",),
                condition=Q(answer="open"),
                name="cancel_request_one_open_per_filing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.filing_id} {self.wished_on}"
