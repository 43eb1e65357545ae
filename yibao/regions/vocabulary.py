"""Kinds of regions, grounds of pooling, classes of institutions: words that other apps use too."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yibao.rules.terms import Level


class RegionKind(models.TextChoices):
    NATION = "nation", _("全国")
    PROVINCE = "province", _("省级")
    PREFECTURE = "prefecture", _("地市级")
    COUNTY = "county", _("县级")
    PROVINCE_LEVEL_POOL = "province_level_pool", _("省本级")
    CITY_LEVEL_POOL = "city_level_pool", _("市本级")
    XPCC = "xpcc", _("兵团")


class PoolingBasis(models.TextChoices):
    """How sure it is that a region is pooled where the row says."""

    NOT_STATED = "not_stated", _("未列明")
    MUNICIPALITY = "municipality", _("直辖市，全市统筹")
    PROVINCE_WIDE = "province_wide", _("全省统筹（仅有一处来源，待核实）")
    PREFECTURE_DEFAULT = "prefecture_default", _("按市级统筹的通例推定")
    PREFECTURE_MOVING = "prefecture_moving", _("按市级统筹推定；据报正转为省级统筹，待核实")
    OWN_POOL = "own_pool", _("当地文件自成统筹区")
    PROVINCE_LEVEL = "province_level", _("省本级参保人员单独统筹")
    CITY_LEVEL = "city_level", _("市本级，归所在市统筹")
    CORPS = "corps", _("兵团统筹（代码为本站自编）")
    OUTSIDE = "outside", _("不在内地基本医保范围内")
    CONFIRMED = "confirmed", _("工作人员已核实")


class ClassSlug(models.TextChoices):
    """The published class slugs (decisions.md 12)."""

    COMMUNITY = "community", _("社区卫生服务机构、乡镇卫生院")
    SCHOOL_CLINIC = "school_clinic", _("校医院")
    DESIGNATED_PRIMARY = "designated_primary", _("选定的基层机构")
    TERTIARY_SPECIAL = "tertiary_special", _("三级特等")
    TERTIARY_A = "tertiary_a", _("三级甲等")
    TERTIARY_B = "tertiary_b", _("三级乙等")
    TERTIARY_CITY = "tertiary_city", _("市属三级")
    TERTIARY_PROVINCE = "tertiary_province", _("省属三级")
    SECONDARY_TCM = "secondary_tcm", _("二级中医")
    CLASS1 = "class1", _("一类")
    CLASS2 = "class2", _("二类")
    CLASS3 = "class3", _("三类")


LEVEL_CHOICES = (
    (Level.TERTIARY.value, _("三级")),
    (Level.SECONDARY.value, _("二级")),
    (Level.PRIMARY.value, _("一级")),
    (Level.UNRATED.value, _("未定级")),
)
