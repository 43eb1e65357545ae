"""定点医药机构: who they are, what they were called, which services are open.

A list of a day is a query over periods: nothing is overwritten, periods end.
"""

from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yibao.core.periods import Dated, DatedQuerySet
from yibao.institutions import import_models  # noqa: F401 (its tables belong to the app)
from yibao.regions.vocabulary import LEVEL_CHOICES, ClassSlug

CODE_PATTERN = r"^[HPY][0-9]{11}$"
DISEASE_PATTERN = r"^M[0-9]{5}$"
_valid_code = RegexValidator(CODE_PATTERN, _("编码应为 H、P 或 Y 加十一位数字。"))
_valid_disease = RegexValidator(DISEASE_PATTERN, _("病种编码应为 M 加五位数字。"))


class Kind(models.TextChoices):
    GENERAL = "general", _("综合医院")
    TCM = "tcm", _("中医医院")
    SPECIALIST = "specialist", _("专科医院")
    MATERNAL = "maternal", _("妇幼保健院")
    PREVENTION = "prevention", _("疾控、防治机构")
    COMMUNITY_CENTRE = "community_centre", _("社区卫生服务中心")
    COMMUNITY_STATION = "community_station", _("社区卫生服务站")
    TOWNSHIP = "township", _("卫生院")
    VILLAGE = "village", _("村卫生室")
    CLINIC = "clinic", _("门诊部、诊所")
    PHARMACY = "pharmacy", _("零售药店")
    OTHER = "other", _("其他")


class Grade(models.TextChoices):
    """等次, apart from the level: many hospitals are 三级 and nothing more."""

    SPECIAL = "special", _("特等")
    A = "a", _("甲等")
    B = "b", _("乙等")
    C = "c", _("丙等")


class Institution(models.Model):
    """医药机构: one hospital, clinic or pharmacy.

    `code` is the national one (H 医疗机构 or P 零售药店, then eleven digits, the first six
    a 医保区划) or, where that is not known, our own: Y, the six digits of the region and a
    number of five. It never changes; an entry that turns out to be the same as another
    ends and names the other in `merged_into`.

    `effective_from` is the first day on which the institution is known to be on the list
    (null: since when is not known), `effective_to` the first on which it no longer is
    (null: it still is). `source_date` is the day of the list that the row was taken from.

    `name_key`, `initials`, `pinyin`, `grams` and `position` belong to the search and are
    set by `indexing.index` alone (indexing.py tells what they hold).
    """

    code = models.CharField(_("编码"), max_length=12, primary_key=True, validators=[_valid_code])
    name = models.CharField(_("名称"), max_length=100)
    aliases = models.CharField(
        _("别名"), max_length=200, blank=True, help_text=_("几个别名之间空一格。")
    )
    kind = models.CharField(_("类别"), max_length=20, choices=Kind)
    level = models.CharField(
        _("级别"), max_length=10, choices=LEVEL_CHOICES, blank=True, help_text=_("不详的留空。")
    )
    grade = models.CharField(_("等次"), max_length=10, choices=Grade, blank=True)
    class_slug = models.CharField(
        _("当地类别"),
        max_length=20,
        choices=ClassSlug,
        blank=True,
        help_text=_("当地另有分类的填。"),
    )
    region = models.ForeignKey(
        "regions.Region",
        on_delete=models.PROTECT,
        related_name="institutions",
        verbose_name=_("所在区划"),
    )
    address = models.CharField(_("地址"), max_length=200, blank=True)
    phones = models.CharField(
        _("电话"), max_length=120, blank=True, help_text=_("几个号码之间空一格。")
    )
    latitude = models.DecimalField(_("纬度"), max_digits=8, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(
        _("经度"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    effective_from = models.DateField(_("列入日"), null=True, blank=True)
    effective_to = models.DateField(_("移出日（当日起不再列入）"), null=True, blank=True)
    end_reason = models.CharField(_("移出原因"), max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_from",
        verbose_name=_("并入"),
    )
    source_name = models.CharField(_("来源"), max_length=120)
    source_date = models.DateField(_("来源名单日期"))
    document = models.ForeignKey(
        "sources.Document",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="institutions",
        verbose_name=_("来源文件"),
    )
    checked_on = models.DateField(
        _("最近核对日"), null=True, blank=True, help_text=_("没有人核对过的留空。")
    )
    synthetic = models.BooleanField(_("虚构"), default=False, editable=False)

    name_key = models.TextField(editable=False)
    initials = models.TextField(editable=False)
    pinyin = models.TextField(editable=False)
    grams = models.TextField(editable=False)
    position = models.BigIntegerField(unique=True, editable=False)

    class Meta:
        verbose_name = _("医药机构")
        verbose_name_plural = _("医药机构")
        ordering = ("position",)
        constraints = (
            models.CheckConstraint(
                name="institution_code_is_national_or_own", condition=Q(code__regex=CODE_PATTERN)
            ),
            models.CheckConstraint(name="institution_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="institution_period_not_empty",
                condition=Q(effective_from=None)
                | Q(effective_to=None)
                | Q(effective_to__gt=F("effective_from")),
                violation_error_message=_("移出日必须晚于列入日。"),
            ),
            models.CheckConstraint(
                name="institution_does_not_merge_into_itself",
                condition=~Q(merged_into=F("code")),
            ),
            models.CheckConstraint(
                name="institution_merged_has_ended",
                condition=Q(merged_into=None) | Q(effective_to__isnull=False),
                violation_error_message=_("并入别处的机构必须填写移出日。"),
            ),
            models.CheckConstraint(
                name="institution_coordinates_together_and_on_earth",
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                violation_error_message=_("经纬度须同时填写。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.code}"

    def is_listed_on(self, day: date) -> bool:
        """Whether the list of that day holds the institution."""
        has_begun = self.effective_from is None or self.effective_from <= day
        return has_begun and (self.effective_to is None or day < self.effective_to)


class InstitutionName(models.Model):
    """曾用名: a name that an institution bore until `used_to` (excluded)."""

    institution = models.ForeignKey(
        "institutions.Institution",
        on_delete=models.CASCADE,
        related_name="former_names",
        verbose_name=_("机构"),
    )
    name = models.CharField(_("曾用名"), max_length=100)
    used_from = models.DateField(_("启用日"), null=True, blank=True)
    used_to = models.DateField(_("停用日（不含当日）"))
    source_name = models.CharField(_("来源"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("曾用名")
        verbose_name_plural = _("曾用名")
        ordering = ("institution", "-used_to")
        constraints = (
            models.UniqueConstraint(
                fields=("institution", "name", "used_to"), name="institutionname_once"
            ),
            models.CheckConstraint(
                name="institutionname_period_not_empty",
                condition=Q(used_from=None) | Q(used_to__gt=F("used_from")),
            ),
        )

    def __str__(self) -> str:
        return self.name


class InstitutionChange(models.Model):
    """本站改过什么: one field of an entry that an officer or a list changed, with both values.

    The page about the institution reads these lines. Who did it is in the audit's chain: a
    change by hand is an event of its own, a list is one event with the digest of its lines
    (`imports.history`), so that 650,000 rows do not make as many events.
    """

    institution = models.ForeignKey(
        "institutions.Institution", on_delete=models.CASCADE, related_name="changes"
    )
    day = models.DateField()
    field = models.CharField(max_length=20)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200, blank=True)
    run = models.ForeignKey("institutions.ImportRun", on_delete=models.PROTECT, null=True)

    class Meta:
        default_permissions = ()
        ordering = ("-day", "-id")

    def __str__(self) -> str:
        return f"{self.institution_id} {self.field}"


class Service(models.TextChoices):
    """The services of the finder (contract.md), in the order in which a row shows them."""

    INPATIENT = "inpatient", _("住院")
    OUTPATIENT = "outpatient", _("普通门诊")
    CHRONIC = "chronic", _("门诊慢特病")
    PHARMACY = "pharmacy", _("药店购药")


class OpeningScope(models.TextChoices):
    IN_PROVINCE = "in_province", _("省内异地")
    CROSS_PROVINCE = "cross_province", _("跨省")


class ServiceOpening(Dated):
    """直接结算开通情况: one service, open at one institution for a period.

    `disease` is the code of the chronic disease that a `chronic` opening is for, "" where
    the source does not say which.
    """

    institution = models.ForeignKey(
        "institutions.Institution",
        on_delete=models.CASCADE,
        related_name="openings",
        verbose_name=_("机构"),
    )
    service = models.CharField(_("服务"), max_length=12, choices=Service)
    disease = models.CharField(_("病种编码"), max_length=6, blank=True, validators=[_valid_disease])
    scope = models.CharField(_("范围"), max_length=15, choices=OpeningScope)
    source_name = models.CharField(_("来源"), max_length=120)
    document = models.ForeignKey(
        "sources.Document",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="openings",
        verbose_name=_("来源文件"),
    )
    checked_on = models.DateField(_("最近核对日"))

    objects = DatedQuerySet["ServiceOpening"].as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("开通情况")
        verbose_name_plural = _("开通情况")
        ordering = ("institution", "service", "disease", "scope", "effective_from")
        constraints = (
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=("institution", "service", "disease", "scope", "effective_from"),
                name="serviceopening_once",
            ),
            models.CheckConstraint(
                name="serviceopening_disease_with_chronic_alone",
                condition=Q(service=Service.CHRONIC) | Q(disease=""),
                violation_error_message=_("只有门诊慢特病才写病种。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.institution_id} {self.service} {self.disease}".rstrip()


class CommonToken(models.Model):
    """A token that many institutions hold, and about how many of a tier do.

    PostgreSQL chooses by it how to read a list; what is found does not depend on it. `tier`
    is `position` divided by `indexing.POSITIONS_PER_TIER`.
    """

    token = models.CharField(max_length=40)
    tier = models.PositiveSmallIntegerField()
    rows = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.token


class WrongEntryReport(models.Model):
    """报错: what a visitor says is wrong with an entry. It changes nothing by itself.

    No personal data: `sender` is a keyed digest of the address of the day, to limit how
    many one address may send, and cannot be turned back.
    """

    class Subject(models.TextChoices):
        NAME = "name", _("名称不对")
        ADDRESS = "address", _("地址不对")
        PHONE = "phone", _("电话不对")
        LEVEL = "level", _("级别不对")
        SERVICE = "service", _("能不能直接结算不对")
        CLOSED = "closed", _("已经关门或搬走")
        OTHER = "other", _("其他")

    class Status(models.TextChoices):
        OPEN = "open", _("待处理")
        CORRECTED = "corrected", _("已更正")
        UNFOUNDED = "unfounded", _("核实后无误")

    institution = models.ForeignKey(
        "institutions.Institution",
        on_delete=models.CASCADE,
        related_name="reports",
        verbose_name=_("机构"),
    )
    subject = models.CharField(_("哪里不对"), max_length=10, choices=Subject)
    text = models.CharField(_("说明"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("收到时间"))
    sender = models.CharField(max_length=64, editable=False)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    handled_by = models.CharField(_("处理人"), max_length=150, blank=True)
    handled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    note = models.CharField(_("处理说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("报错")
        verbose_name_plural = _("报错")
        ordering = ("status", "-sent_at")
        indexes = (models.Index(fields=("sender", "sent_at"), name="report_by_sender"),)
        constraints = (
            models.CheckConstraint(
                name="report_handled_says_by_whom_and_when",
                condition=Q(status="open", handled_by="", handled_at=None)
                | ~Q(status="open") & ~Q(handled_by="") & Q(handled_at__isnull=False),
                violation_error_message=_("处理过的报错须写明处理人和时间。"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.institution_id} {self.subject}"
