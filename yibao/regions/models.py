"""Administrative divisions, the pooling regions they belong to, and local hospital classes.

Codes are those of 医保区划 (admdvs): GB/T 2260, the extensions `XX9900` 省本级 and
`XXYY99` 市本级, `000000` for the nation, and our own `XPCC` for the pool of the corps.
"""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yibao.regions.vocabulary import LEVEL_CHOICES, ClassSlug, PoolingBasis, RegionKind

__all__ = [
    "CODE_PATTERN",
    "LEVEL_CHOICES",
    "ClassSlug",
    "LevelMapping",
    "PoolingBasis",
    "Region",
    "RegionKind",
    "RetiredCode",
]

CODE_PATTERN = r"^([0-9]{6}|XPCC)$"
_valid_code = RegexValidator(CODE_PATTERN, _("代码应为六位数字，兵团为 XPCC。"))


class Region(models.Model):
    """医保区划: one row per division, from the nation (000000) down to the counties.

    `pooling_region` is the 统筹区 whose rules hold for people insured here, the region
    itself where it is one; null where the code alone does not tell (a province whose
    cities pool for themselves, the nation, Taiwan, Hong Kong, Macau).
    """

    code = models.CharField(_("区划代码"), max_length=6, primary_key=True, validators=[_valid_code])
    name = models.CharField(_("名称"), max_length=50)
    short_name = models.CharField(_("简称"), max_length=30)
    kind = models.CharField(_("类别"), max_length=20, choices=RegionKind)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级"),
    )
    pooling_region = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("统筹区"),
        help_text=_("参保人执行哪个统筹区的政策；自成统筹区的填它自己。"),
    )
    pooling_basis = models.CharField(
        _("统筹依据"),
        max_length=20,
        choices=PoolingBasis,
        default=PoolingBasis.NOT_STATED,
        help_text=_("选“工作人员已核实”后，重新载入数据不会改动本行的统筹区。"),
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)
    pinyin = models.CharField(
        _("拼音"), max_length=80, blank=True, help_text=_("音节之间空一格，不带声调。")
    )
    aliases = models.CharField(
        _("别名"), max_length=80, blank=True, help_text=_("几个别名之间空一格。")
    )

    class Meta:
        verbose_name = _("区划")
        verbose_name_plural = _("区划")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                name="region_code_is_six_digits_or_xpcc", condition=Q(code__regex=CODE_PATTERN)
            ),
            models.CheckConstraint(
                name="region_only_the_nation_has_no_parent",
                condition=Q(kind=RegionKind.NATION, parent=None)
                | (~Q(kind=RegionKind.NATION) & Q(parent__isnull=False)),
            ),
            models.CheckConstraint(
                name="region_is_not_its_own_parent", condition=~Q(parent=F("code"))
            ),
            models.CheckConstraint(
                name="region_outside_has_no_pool",
                condition=~Q(pooling_basis=PoolingBasis.OUTSIDE) | Q(pooling_region=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.code}"

    @property
    def is_pooling(self) -> bool:
        """Whether the region is a 统筹区 itself."""
        return self.pooling_region_id == self.code


class RetiredCode(models.Model):
    """A code that GB/T 2260 no longer lists.

    `successor_code` is a live code or another retired one, empty where no successor is
    known. Revisions are the months (YYYYMM) of the lists that held the code.
    """

    code = models.CharField(_("原代码"), max_length=6, primary_key=True, validators=[_valid_code])
    name = models.CharField(_("原名称"), max_length=50)
    first_revision = models.CharField(_("最早版本"), max_length=6)
    last_revision = models.CharField(_("最晚版本"), max_length=6)
    successor_code = models.CharField(
        _("现代码"), max_length=6, blank=True, validators=[_valid_code]
    )

    class Meta:
        verbose_name = _("停用代码")
        verbose_name_plural = _("停用代码")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                name="retiredcode_does_not_succeed_itself", condition=~Q(successor_code=F("code"))
            ),
            models.CheckConstraint(
                name="retiredcode_revisions_in_order",
                condition=Q(first_revision__lte=F("last_revision")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class LevelMapping(models.Model):
    """医疗机构类别: a region's own class of institution and the national level it stands for.

    `rank` orders a region's classes, 1 the highest: 一类 is the top class in Shanxi and
    must never be read as 一级.
    """

    region = models.ForeignKey(
        "regions.Region", on_delete=models.CASCADE, related_name="classes", verbose_name=_("统筹区")
    )
    slug = models.CharField(_("类别"), max_length=20, choices=ClassSlug)
    local_name = models.CharField(_("当地叫法"), max_length=60)
    level = models.CharField(_("对应级别"), max_length=10, choices=LEVEL_CHOICES)
    rank = models.PositiveSmallIntegerField(_("次序"), help_text=_("1 为当地最高一类。"))
    document_slug = models.SlugField(_("来源文件编号"), max_length=40)
    clause = models.CharField(_("来源条文"), max_length=200)
    is_inferred = models.BooleanField(
        _("推断"), default=False, help_text=_("来源没有明说对应哪一级，由行文推断。")
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("机构类别对照")
        verbose_name_plural = _("机构类别对照")
        ordering = ("region", "rank", "slug")
        constraints = (
            models.UniqueConstraint(
                fields=("region", "slug"), name="levelmapping_once_per_region_and_class"
            ),
            models.CheckConstraint(name="levelmapping_rank_from_1", condition=Q(rank__gte=1)),
        )

    def __str__(self) -> str:
        return f"{self.region_id} {self.local_name}"
