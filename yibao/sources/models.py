"""The documents and clauses that figures cite, and what they say that no table can hold."""

from datetime import date, timedelta

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yibao.rules.terms import Standing

SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
QUOTE_LENGTH = 200
STANDING_CHOICES = (
    (Standing.OFFICIAL.value, _("官方原文")),
    (Standing.SECONDARY.value, _("转引")),
    (Standing.UNVERIFIED.value, _("待核实")),
    (Standing.DISPUTED.value, _("有争议")),
    (Standing.SUPERSEDED.value, _("已被取代")),
    (Standing.REJECTED.value, _("不采用")),
)
_READING_CHOICES = STANDING_CHOICES[:3]


class Authority(models.TextChoices):
    """The level of authority of a document, from law down to hearsay."""

    LAW = "law", _("法律")
    ADMINISTRATIVE_REGULATION = "administrative_regulation", _("行政法规")
    LOCAL_REGULATION = "local_regulation", _("地方性法规、政府规章")
    NORMATIVE = "normative", _("规范性文件")
    NOTICE = "notice", _("通告、通知、答复")
    OFFICIAL_PAGE = "official_page", _("官方网页、办事指南")
    PRESS = "press", _("新闻报道")
    EXPLAINER = "explainer", _("科普文章")
    COMPILATION = "compilation", _("第三方汇编")


class Document(models.Model):
    """文件: a law, notice, page or article that clauses are quoted from.

    `reading` is how far what was read of it may be relied on: official = read in its own
    words, secondary = quoted or summarised by somebody else, unverified = by somebody who
    is known to err. `effective_to` is the first day on which it no longer holds.
    `seen_at`, `how_seen` and the file are for staff only.
    """

    slug = models.CharField(
        _("编号"),
        max_length=40,
        primary_key=True,
        validators=[RegexValidator(SLUG_PATTERN, _("编号由小写字母、数字和短横线组成。"))],
    )
    title = models.CharField(_("标题"), max_length=200)
    issuer = models.CharField(_("发布者"), max_length=100)
    number = models.CharField(_("文号"), max_length=60, blank=True)
    authority = models.CharField(_("效力层级"), max_length=30, choices=Authority)
    reading = models.CharField(_("核对程度"), max_length=12, choices=_READING_CHOICES)
    published_on = models.DateField(_("发布日期"), null=True, blank=True)
    effective_on = models.DateField(_("施行日期"), null=True, blank=True)
    effective_to = models.DateField(_("失效日期（当日起不再有效）"), null=True, blank=True)
    dates_note = models.CharField(
        _("日期说明"), max_length=100, blank=True, help_text=_("日期不精确时写明原文怎么说。")
    )
    address = models.URLField(_("官方网址"), max_length=300, blank=True)
    caution = models.CharField(_("使用提醒"), max_length=300, blank=True)
    seen_at = models.CharField(_("见于（仅工作人员可见）"), max_length=500, blank=True)
    how_seen = models.CharField(_("查阅方式（仅工作人员可见）"), max_length=300, blank=True)
    file = models.FileField(_("文件副本"), upload_to="sources/", blank=True)
    sha256 = models.CharField(
        _("副本校验值"),
        max_length=64,
        blank=True,
        validators=[RegexValidator(r"^[0-9a-f]{64}$", _("应为 64 位十六进制。"))],
    )
    superseded_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="supersedes",
        verbose_name=_("被取代于"),
    )

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")
        ordering = ("slug",)
        constraints = (
            models.CheckConstraint(
                name="document_slug_is_lower_case", condition=Q(slug__regex=SLUG_PATTERN)
            ),
            models.CheckConstraint(
                name="document_period_not_empty",
                condition=Q(effective_on=None)
                | Q(effective_to=None)
                | Q(effective_to__gt=F("effective_on")),
                violation_error_message=_("失效日期必须晚于施行日期。"),
            ),
            models.CheckConstraint(
                name="document_file_and_checksum_together",
                condition=Q(file="", sha256="") | (~Q(file="") & ~Q(sha256="")),
                violation_error_message=_("文件副本和校验值须同时填写。"),
            ),
            models.CheckConstraint(
                name="document_does_not_supersede_itself",
                condition=~Q(superseded_by=F("slug")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.title}{self.number}"


class Clause(models.Model):
    """条文: the place in a document that a figure rests on, with a short quote where kept.

    `checked_on` is the day on which somebody last compared it with the document.
    """

    document = models.ForeignKey(
        "sources.Document",
        on_delete=models.PROTECT,
        related_name="clauses",
        verbose_name=_("文件"),
    )
    article = models.CharField(
        _("条款"), max_length=60, help_text=_("如“第十七条”“附件一”“正文”。")
    )
    quote = models.CharField(_("原句摘录"), max_length=QUOTE_LENGTH, blank=True)
    checked_on = models.DateField(_("最近核对日"))
    review_interval_days = models.PositiveSmallIntegerField(
        _("核对周期（天）"),
        null=True,
        blank=True,
        help_text=_("留空则按本站规定：官方原文 365 天，其他 180 天。"),
    )

    class Meta:
        verbose_name = _("条文")
        verbose_name_plural = _("条文")
        ordering = ("document", "article", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("document", "article", "quote"), name="clause_once_per_document"
            ),
            models.CheckConstraint(
                name="clause_review_interval_positive",
                condition=Q(review_interval_days=None) | Q(review_interval_days__gte=1),
            ),
        )

    def __str__(self) -> str:
        return f"{self.document_id} {self.article} {self.quote[:40]}".rstrip()

    def review_due_on(self) -> date:
        """Return the first day on which the last check is too old.

        Reads `document` for its default interval: select it together with the clause.
        """
        days = self.review_interval_days
        if days is None:
            days = settings.REVIEW_INTERVAL_DAYS[
                "official" if self.document.reading == Standing.OFFICIAL else "other"
            ]
        return self.checked_on + timedelta(days=days + 1)


class Statement(models.Model):
    """说法: what a clause says that no table of provisions can hold, in our own words.

    Contradictions live here: statements on one `topic` are shown side by side with the
    ruling that says which to follow, or that none is to be relied on.
    """

    slug = models.CharField(
        _("编号"),
        max_length=60,
        primary_key=True,
        validators=[RegexValidator(SLUG_PATTERN, _("编号由小写字母、数字和短横线组成。"))],
    )
    clause = models.ForeignKey(
        "sources.Clause",
        on_delete=models.PROTECT,
        related_name="statements",
        verbose_name=_("条文"),
    )
    topic = models.CharField(_("话题"), max_length=60, db_index=True)
    topic_name = models.CharField(_("话题名称"), max_length=60)
    text = models.CharField(_("说法（转述）"), max_length=300)
    standing = models.CharField(_("可信程度"), max_length=12, choices=STANDING_CHOICES)
    ruling = models.CharField(_("本站处理"), max_length=400, blank=True)
    related_statement = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="answers",
        verbose_name=_("与之相对的说法"),
    )

    class Meta:
        verbose_name = _("说法")
        verbose_name_plural = _("说法")
        ordering = ("topic", "slug")
        constraints = (
            models.CheckConstraint(
                name="statement_disputed_has_a_ruling",
                condition=~Q(standing=Standing.DISPUTED.value) | ~Q(ruling=""),
                violation_error_message=_("有争议的说法必须写明本站怎样处理。"),
            ),
            models.CheckConstraint(
                name="statement_not_related_to_itself", condition=~Q(related_statement=F("slug"))
            ),
        )

    def __str__(self) -> str:
        return self.slug
