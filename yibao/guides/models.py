"""Guides in dated revisions, the glossary, and what visitors report about a channel."""

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yibao.guides.topics import Topic

SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_valid_slug = RegexValidator(SLUG_PATTERN, _("编号由小写字母、数字和短横线组成。"))


class Locked(Exception):
    """What was published stays as it is; a correction is a revision of its own."""


class GuideStatus(models.TextChoices):
    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("待复核")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤回")


OPEN_STATUSES = (GuideStatus.DRAFT, GuideStatus.IN_REVIEW)


class Guide(models.Model):
    """指南: one question that people ask. What it says is its latest published revision.

    `rank` orders the guides of a topic. A retired guide is shown no more.
    """

    slug = models.CharField(_("编号"), max_length=60, primary_key=True, validators=[_valid_slug])
    topic = models.CharField(_("主题"), max_length=12, choices=Topic)
    rank = models.PositiveSmallIntegerField(_("次序"), default=100)
    is_retired = models.BooleanField(_("不再显示"), default=False)

    class Meta:
        verbose_name = _("指南")
        verbose_name_plural = _("指南")
        ordering = ("topic", "rank", "slug")
        constraints = (
            models.CheckConstraint(name="guide_topic_known", condition=Q(topic__in=Topic.values)),
        )

    def __str__(self) -> str:
        return self.slug


class GuideRevision(models.Model):
    """一版指南: question, short answer and text. Figures are placeholders (`markup`).

    A published revision never changes; the latest one is shown. `reviewed_on` is the day
    on which somebody last compared the text with its sources. `content_hash` is set on
    revisions that were loaded from a file.
    """

    guide = models.ForeignKey(
        "guides.Guide",
        on_delete=models.PROTECT,
        related_name="revisions",
        verbose_name=_("指南"),
    )
    question = models.CharField(_("问题"), max_length=60)
    keywords = models.CharField(
        _("别的问法"), max_length=300, blank=True, help_text=_("几个词之间空一格；只用来搜索。")
    )
    short = models.CharField(
        _("一句话回答"), max_length=200, help_text=_("不写数字；数字放在正文的占位行里。")
    )
    body = models.TextField(
        _("正文"),
        help_text=_(
            "空一行分段；“## ”是小标题，“- ”是列表；[文字](check) 是链接；"
            "数字写成单独一行的占位，例如 {{figure filing_rule.validity_months}}。"
        ),
    )
    documents = models.ManyToManyField(
        "sources.Document", related_name="+", blank=True, verbose_name=_("资料来源")
    )
    related = models.ManyToManyField(
        "guides.Guide", related_name="+", blank=True, verbose_name=_("相关问题")
    )
    reviewed_on = models.DateField(_("核对日期"))
    status = models.CharField(
        _("状态"),
        max_length=10,
        choices=GuideStatus,
        default=GuideStatus.DRAFT,
        editable=False,
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("起草人"),
    )
    publisher = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("发布人"),
    )
    created_at = models.DateTimeField(_("起草时间"), editable=False)
    published_at = models.DateTimeField(_("发布时间"), null=True, editable=False)
    content_hash = models.CharField(_("内容摘要"), max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("指南的一版")
        verbose_name_plural = _("指南的各版")
        ordering = ("-id",)
        permissions = (("publish_guiderevision", _("可以发布指南")),)
        constraints = (
            models.CheckConstraint(
                name="guide_revision_status_known", condition=Q(status__in=GuideStatus.values)
            ),
            models.CheckConstraint(
                name="guide_revision_publisher_is_not_the_author",
                condition=Q(publisher=None) | ~Q(publisher=F("author")),
                violation_error_message=_("起草人不能发布自己写的指南。"),
            ),
            models.CheckConstraint(
                name="guide_revision_published_has_publisher_and_moment",
                condition=Q(status="published", publisher__isnull=False, published_at__isnull=False)
                | (~Q(status="published") & Q(publisher=None, published_at=None)),
            ),
            models.UniqueConstraint(
                name="guide_revision_one_open_per_guide",
                fields=("guide",),
                condition=Q(status__in=OPEN_STATUSES),
                violation_error_message=_("这篇指南已经有一版还没发布，请先处理那一版。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.question} #{self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and self._stored_status() not in (None, *OPEN_STATUSES):
            raise Locked(_("已发布或撤回的指南不能再改；请另写一版。"))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self._stored_status() not in OPEN_STATUSES:
            raise Locked(_("已发布或撤回的指南不能删除。"))
        return super().delete(*args, **kwargs)

    def _stored_status(self) -> str | None:
        rows = GuideRevision.objects.filter(pk=self.pk)
        return rows.values_list("status", flat=True).first()


class GlossaryTerm(models.Model):
    """名词: a word of the field in plain words. `aliases` are other names, by blanks."""

    slug = models.CharField(_("编号"), max_length=60, primary_key=True, validators=[_valid_slug])
    name = models.CharField(_("名词"), max_length=40, unique=True)
    aliases = models.CharField(
        _("别名"), max_length=120, blank=True, help_text=_("几个别名之间空一格。")
    )
    english = models.CharField(_("英文"), max_length=100, blank=True)
    definition = models.CharField(_("解释"), max_length=300)

    class Meta:
        verbose_name = _("名词")
        verbose_name_plural = _("名词")
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.name


class Fault(models.TextChoices):
    """What a visitor found wrong with a channel."""

    DEAD = "dead", _("打不通，或者打不开")
    CHANGED = "changed", _("号码或地址换了")
    NOT_CONCERNED = "not_concerned", _("说不归他们管")
    HOURS = "hours", _("服务时间不对")
    OTHER = "other", _("别的问题")


class ChannelReport(models.Model):
    """A visitor's word that a channel of the directory is wrong; staff look into it.

    It never changes the directory. `channel` names the row of then, `shown` what the page
    said. Nothing about the visitor is kept, not even the address.
    """

    channel = models.CharField(_("渠道编号"), max_length=40)
    region_code = models.CharField(_("地区代码"), max_length=6)
    shown = models.CharField(_("当时显示"), max_length=300)
    fault = models.CharField(_("哪里不对"), max_length=15, choices=Fault)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    reported_at = models.DateTimeField(_("报告时间"))
    resolution = models.CharField(_("处理结果"), max_length=200, blank=True)
    resolved_at = models.DateTimeField(_("处理时间"), null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("处理人"),
    )

    class Meta:
        verbose_name = _("渠道报错")
        verbose_name_plural = _("渠道报错")
        ordering = ("resolved_at", "-id")
        constraints = (
            models.CheckConstraint(
                name="channel_report_fault_known", condition=Q(fault__in=Fault.values)
            ),
            models.CheckConstraint(
                name="channel_report_resolved_by_somebody_in_words",
                condition=Q(resolved_at=None, resolved_by=None, resolution="")
                | (Q(resolved_at__isnull=False, resolved_by__isnull=False) & ~Q(resolution="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.shown} #{self.pk}"
