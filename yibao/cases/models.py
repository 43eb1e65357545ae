"""What filings and claims share: the case, its person, consents, timeline, questions, messages
and the drafts from which cases are made.

A `Case` is the file that somebody sent in; `filings.Filing` and `claims.Claim` say what it
asks for. Personal data stand in `Person` and `Draft` only, sealed (personal.py).
"""

import secrets

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yibao.cases import personal, right_models, upload_models  # noqa: F401 (their tables are the app's)
from yibao.cases.references import shown
from yibao.cases.vocabulary import ActorKind, Kind, Notify, Purpose, State
from yibao.core.written_once import WrittenOnce

INSURANCE_CHOICES = (("employee", _("职工医保")), ("resident", _("居民医保")))
_CODE = r"^([0-9]{6}|XPCC)$"


def new_uid() -> str:
    """Return an unguessable name for an address: 128 random bits, 22 signs."""
    return secrets.token_urlsafe(16)


class Case(models.Model):
    """办件: one filing or claim as the bureau of the insured region handles it.

    `region_code` is the pooling region that decides (regions.Region.code; no foreign key, so
    that cases can be kept apart by province later, design.md §7). `version` counts every change
    and is what two officers at once are told apart by. `submission_key` makes a second click on
    the last step answer with the first one's case.
    """

    reference = models.CharField(_("编号"), max_length=12, unique=True, editable=False)
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    region_code = models.CharField(_("参保统筹区"), max_length=6)
    insurance = models.CharField(_("险种"), max_length=10, choices=INSURANCE_CHOICES)
    state = models.CharField(_("状态"), max_length=20, choices=State)
    state_since = models.DateTimeField(_("进入状态的时间"))
    submitted_at = models.DateTimeField(_("提交时间"))
    submission_key = models.CharField(max_length=40, unique=True, editable=False)
    due_on = models.DateField(
        _("应办结的日期"), null=True, blank=True, help_text=_("空：规定没有写明时限。")
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("经办人"),
    )
    claimed_at = models.DateTimeField(_("领取时间"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("办件")
        verbose_name_plural = _("办件")
        ordering = ("submitted_at",)
        indexes = (
            models.Index(fields=("kind", "region_code", "state", "due_on"), name="case_queue"),
            models.Index(fields=("officer", "state"), name="case_of_officer"),
            models.Index(fields=("closed_at",), name="case_for_purge"),
        )
        constraints = (
            models.CheckConstraint(
                name="case_region_code_is_six_digits_or_xpcc",
                condition=Q(region_code__regex=_CODE),
            ),
            models.CheckConstraint(
                name="case_state_is_one_of_its_kind",
                condition=Q(
                    kind=Kind.FILING,
                    state__in=(
                        State.SUBMITTED,
                        State.NEEDS_MATERIALS,
                        State.ACCEPTED,
                        State.REFUSED,
                        State.CANCELLED,
                        State.REPLACED,
                        State.WITHDRAWN,
                    ),
                )
                | Q(
                    kind=Kind.CLAIM,
                    state__in=(
                        State.SUBMITTED,
                        State.RECEIVED,
                        State.NEEDS_MATERIALS,
                        State.UNDER_REVIEW,
                        State.DECIDED,
                        State.PAYMENT_ORDERED,
                        State.PAID,
                        State.PAYMENT_FAILED,
                        State.WITHDRAWN,
                    ),
                ),
            ),
            models.CheckConstraint(
                name="case_officer_with_moment",
                condition=Q(officer=None, claimed_at=None)
                | Q(officer__isnull=False, claimed_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.shown_reference

    @property
    def shown_reference(self) -> str:
        """The reference as people read it: YB-7K3Q-94XM-TR2D."""
        return shown(self.reference)


class Person(models.Model):
    """Who a case is about, sealed. After erasure the row stays, empty, to show that it was."""

    case = models.OneToOneField(
        "cases.Case", on_delete=models.PROTECT, primary_key=True, related_name="person"
    )
    uid = models.CharField(max_length=22, unique=True, default=new_uid, editable=False)
    id_lookup = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    sealed = models.TextField(blank=True, editable=False)
    erased_at = models.DateTimeField(_("删除时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("当事人")
        verbose_name_plural = _("当事人")
        default_permissions = ("view",)
        permissions = (("reveal_person", _("可以查看完整的个人信息")),)
        constraints = (
            models.CheckConstraint(
                name="person_is_there_or_erased",
                condition=Q(sealed="", id_lookup="", erased_at__isnull=False)
                | (Q(erased_at=None) & ~Q(sealed="") & ~Q(id_lookup="")),
            ),
        )

    def __str__(self) -> str:
        return str(self.case_id)

    def write(self, data: personal.PersonalData) -> None:
        """Seal the data into this row (unsaved)."""
        self.sealed = personal.sealed(data, self._place)
        self.id_lookup = personal.lookup_hash(data.id_number)

    def read(self) -> personal.PersonalData:
        """Open the data. Callers outside this app use `.read().masked` unless they audit it.

        Raises:
            Erased: nothing is there any more.
            core.sealing.SealBroken: the row was changed behind our back.
        """
        if not self.sealed:
            raise Erased
        return personal.opened(self.sealed, self._place)

    @property
    def _place(self) -> str:
        return f"cases.person:{self.uid}"


class Erased(LookupError):
    """The personal data of the case were erased."""


class Consent(models.Model):
    """What the filer agreed to: which text, in which version, when (个人信息保护法 article 29)."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(_("事项"), max_length=12, choices=Purpose)
    text_version = models.CharField(_("文本版本"), max_length=20)
    text_sha256 = models.CharField(_("文本校验值"), max_length=64)
    given_at = models.DateTimeField(_("同意时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("同意记录")
        verbose_name_plural = _("同意记录")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(fields=("case", "purpose"), name="consent_once_per_purpose"),
        )

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.text_version}"


class CaseEvent(WrittenOnce):
    """One line of a case's timeline: rows are only added.

    `note` is read by the citizen, `internal_note` by staff only; neither holds personal data
    beyond what the writer must say. `details` are codes and dates, never personal data.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(_("时间"))
    event = models.CharField(_("事件"), max_length=40)
    state = models.CharField(_("状态"), max_length=20, choices=State)
    actor_kind = models.CharField(_("谁"), max_length=10, choices=ActorKind)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("经办人"),
    )
    reason_code = models.CharField(_("原因代码"), max_length=40, blank=True)
    note = models.TextField(_("对申请人说的话"), blank=True)
    internal_note = models.TextField(_("内部备注"), blank=True)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("办理记录")
        verbose_name_plural = _("办理记录")
        ordering = ("at", "id")
        default_permissions = ("view",)
        indexes = (models.Index(fields=("case", "at"), name="event_of_case"),)

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d}"


class PapersRequest(models.Model):
    """一次性告知: everything that is still missing, asked for once and completely.

    `items` is a list of {"material": slug, "why": text for the citizen}.
    """

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="papers_requests")
    asked_at = models.DateTimeField(_("告知时间"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    items = models.JSONField(_("要补的材料"), encoder=DjangoJSONEncoder)
    note = models.TextField(_("说明"), blank=True)
    due_on = models.DateField(_("请在这天之前补来"), null=True, blank=True)
    answered_at = models.DateTimeField(_("补来的时间"), null=True, blank=True)
    answer_note = models.TextField(_("申请人的说明"), blank=True)

    class Meta:
        verbose_name = _("补材料告知")
        verbose_name_plural = _("补材料告知")
        ordering = ("asked_at",)
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("case",),
                condition=Q(answered_at=None),
                name="papers_request_one_open_per_case",
            ),
        )

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d}"


class Draft(models.Model):
    """草稿: what somebody typed so far, sealed, for 30 days (decisions.md 19).

    `uid` is in the address; `secret_hash` is of the secret in the browser's cookie, and
    `resume_hash` of the resume code: neither can be had from the database. `case` is set
    by the submit, after which the answers are emptied.
    """

    uid = models.CharField(max_length=22, unique=True, default=new_uid, editable=False)
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    secret_hash = models.CharField(max_length=64, editable=False)
    resume_hash = models.CharField(max_length=64, unique=True, editable=False)
    sealed = models.TextField(blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    started_at = models.DateTimeField(_("开始时间"))
    touched_at = models.DateTimeField(_("最后修改时间"))
    expires_at = models.DateTimeField(_("保留到"), db_index=True)
    replaces = models.ForeignKey(
        "cases.Case",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("要代替的办件"),
    )
    case = models.OneToOneField(
        "cases.Case",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="draft",
        verbose_name=_("办件"),
    )

    class Meta:
        verbose_name = _("草稿")
        verbose_name_plural = _("草稿")
        default_permissions = ()

    def __str__(self) -> str:
        return self.uid


class Message(models.Model):
    """A message to the filer that waits to be sent, was sent, or could not be (outbox).

    `sealed_to` is emptied once it was sent. The text is made from `template` and the case's
    reference when it is sent, and holds no personal data.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("未能送达")

    uid = models.CharField(max_length=22, unique=True, default=new_uid, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="messages")
    channel = models.CharField(_("方式"), max_length=5, choices=Notify)
    sealed_to = models.TextField(blank=True, editable=False)
    template = models.CharField(_("内容"), max_length=40)
    outcome = models.CharField(
        _("结果"), max_length=8, choices=Outcome, default=Outcome.WAITING, db_default="waiting"
    )
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0, db_default=0)
    created_at = models.DateTimeField(_("写入时间"))
    next_attempt_at = models.DateTimeField(_("下次尝试"), null=True, blank=True)
    sent_at = models.DateTimeField(_("发送时间"), null=True, blank=True)
    error = models.CharField(_("错误"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        ordering = ("created_at",)
        default_permissions = ("view",)
        indexes = (models.Index(fields=("outcome", "next_attempt_at"), name="message_queue"),)

    def __str__(self) -> str:
        return f"{self.template} {self.outcome}"
