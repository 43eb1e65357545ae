"""Words of the finder: levels, services, diseases, how an entry was checked, how to ask."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yibao.institutions.models import Grade
from yibao.rules.terms import Level

SHORT_LEVELS: Mapping[str, Promise] = MappingProxyType(
    {
        Level.TERTIARY: _("三级"),
        Level.SECONDARY: _("二级"),
        Level.PRIMARY: _("一级"),
        Level.UNRATED: _("未定级"),
        "": _("级别不详"),
    }
)
GRADES: Mapping[str, Promise] = MappingProxyType(
    {Grade.SPECIAL: _("特等"), Grade.A: _("甲等"), Grade.B: _("乙等"), Grade.C: _("丙等")}
)

DISEASES: Mapping[str, Promise] = MappingProxyType(
    {
        "M03900": _("高血压"),
        "M01600": _("糖尿病"),
        "M00500": _("恶性肿瘤门诊治疗"),
        "M07801": _("尿毒症透析"),
        "M08300": _("器官移植术后抗排异治疗"),
        "M05300": _("慢性阻塞性肺疾病"),
        "M06900": _("类风湿关节炎"),
        "M04600": _("冠心病"),
        "M00200": _("病毒性肝炎"),
        "M07200": _("强直性脊柱炎"),
    }
)
"""The chronic diseases that are settled directly across provinces, under the national codes."""

CHANGED_FIELDS: Mapping[str, Promise] = MappingProxyType(
    {
        "name": _("名称"),
        "aliases": _("别名"),
        "kind": _("类别"),
        "level": _("级别"),
        "grade": _("等次"),
        "class_slug": _("当地类别"),
        "region": _("所在区划"),
        "address": _("地址"),
        "phones": _("电话"),
        "effective_from": _("列入日"),
        "effective_to": _("移出日"),
        "merged_into": _("并入"),
    }
)
"""What the public change log names; other fields stay with the staff."""
