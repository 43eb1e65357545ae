"""Which column of a list holds what: the fields a list can bring, and a source's own headers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.institutions.imports.reading import ImportFileRefused

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a list, its words for staff, and headers under which it is known."""

    name: str
    label: "StrOrPromise"
    headers: tuple[str, ...]
    is_required: bool = False


FIELDS = (  # not shown
    Field(
        "code",
        gettext_lazy("机构编码"),
        ("fixmedins_code", "定点医药机构编号", "医保编码", "国家医保编码", "机构编号"),
    ),
    Field(
        "name",
        gettext_lazy("名称"),
        ("fixmedins_name", "机构名称", "医院名称", "医疗机构名称", "定点医药机构名称"),
        is_required=True,
    ),
    Field("aliases", gettext_lazy("别名"), ("alias", "其他名称", "第二名称")),
    Field("kind", gettext_lazy("类别"), ("机构类别", "机构类型", "医疗机构类别")),
    Field("level", gettext_lazy("级别"), ("医院级别", "机构级别", "医疗机构级别", "医院等级")),
    Field("grade", gettext_lazy("等次"), ("医院等次",)),
    Field("hosp_lv", gettext_lazy("医院等级代码"), ("aka101", "医院等级编码")),
    Field("class_slug", gettext_lazy("当地类别"), ("当地分类",)),
    Field(
        "region",
        gettext_lazy("所在区划"),
        ("admdvs", "区划代码", "行政区划", "行政区划代码", "医保区划", "所在地区", "区县", "县区"),
        is_required=True,
    ),
    Field("address", gettext_lazy("地址"), ("机构地址", "详细地址", "医院地址")),
    Field("phones", gettext_lazy("电话"), ("phone", "联系电话", "咨询电话", "电话号码")),
    Field("inpatient", gettext_lazy("住院"), ("open_inpatient", "住院开通", "是否开通住院")),
    Field("outpatient", gettext_lazy("普通门诊"), ("open_outpatient", "门诊", "普通门诊开通")),
    Field("chronic", gettext_lazy("门诊慢特病"), ("open_chronic", "慢特病", "门诊慢特病病种")),
    Field("pharmacy", gettext_lazy("药店购药"), ("open_pharmacy", "药店", "购药")),
)
NAMES = tuple(field.name for field in FIELDS)


def suggest(headers: Sequence[str], saved: Mapping[str, str]) -> dict[str, str]:
    """Return field → header: the source's saved headers first, then known ones."""
    found = {name: header for name, header in saved.items() if header in headers and name in NAMES}
    folded = {header.casefold(): header for header in headers}
    for field in FIELDS:
        known = (field.name, str(field.label), *field.headers)
        header = next((folded[word.casefold()] for word in known if word.casefold() in folded), "")
        if field.name not in found and header and header not in found.values():
            found[field.name] = header
    return found


def problem(headers: Sequence[str], columns: Mapping[str, str]) -> str:
    """Return why the columns cannot be used with these headers, "" when they can."""
    for field in FIELDS:
        if field.is_required and not columns.get(field.name):
            return _("请选择哪一列是“%(field)s”。") % {"field": field.label}
    missing = [header for header in columns.values() if header not in headers]
    if missing:
        return _("文件里没有“%(header)s”这一列。") % {"header": missing[0]}
    if len(set(columns.values())) < len(columns):
        return _("同一列不能用作两个字段。")
    if "hosp_lv" in columns and {"level", "grade"} & set(columns):
        return _("“医院等级代码”已包含级别和等次，三者不能同时使用。")
    return ""


def fits(headers: Sequence[str], saved: Mapping[str, str]) -> bool:
    """Tell whether a source's saved columns can be used as they are, without asking."""
    return bool(saved) and not problem(headers, saved)


def positions(headers: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Return field → position in a row.

    Raises:
        ImportFileRefused: the columns do not fit the headers.
    """
    reason = problem(headers, columns)
    if reason:
        raise ImportFileRefused(reason)
    return {name: headers.index(header) for name, header in columns.items()}
