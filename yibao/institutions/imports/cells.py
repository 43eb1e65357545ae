"""Turn the text cells of a list into the values of a row, or say which cell is wrong.

A national list has 650,000 rows, so what repeats (places, levels, kinds) is read once and
remembered, and signs are looked for in whole batches first (`Batch.is_plain`).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from yibao.institutions.imports.reading import is_plain
from yibao.institutions.indexing import region_line
from yibao.institutions.models import Grade, Kind, Service
from yibao.regions import queries as regions
from yibao.regions.vocabulary import ClassSlug
from yibao.rules.terms import Level

_CODE = re.compile(r"[HPY][0-9]{11}")
_DISEASE = re.compile(r"M[0-9]{5}")
_SEPARATORS = re.compile(r"[\s、,，;；/|]+")
_LENGTHS = {"name": 100, "aliases": 200, "address": 200, "phones": 120}
_LEVELS = {  # not shown
    "": "",
    "不详": "",
    "无": "",
    "三级": Level.TERTIARY.value,
    "二级": Level.SECONDARY.value,
    "一级": Level.PRIMARY.value,
    "未定级": Level.UNRATED.value,
    "未评级": Level.UNRATED.value,
    "无等级": Level.UNRATED.value,
}
_LEVELS |= {level: level for level in (*_LEVELS.values(), "3", "2", "1") if level}
_LEVELS |= {"3": Level.TERTIARY.value, "2": Level.SECONDARY.value, "1": Level.PRIMARY.value}
_GRADES = {"": "", "不详": "", "未定等": "", "合格": ""}  # not shown
_GRADES |= {str(grade.label): grade.value for grade in Grade}
_GRADES |= {grade.value: grade.value for grade in Grade}
# hosp_lv 医院等级 of the national platform: 01 三级特等 … 10 一级丙等, 11 无等级.
_HOSP_LV = {"": ("", ""), "11": (Level.UNRATED.value, "")} | {
    code: (level.value, grade.value)
    for code, level, grade in (
        ("01", Level.TERTIARY, Grade.SPECIAL),
        ("02", Level.TERTIARY, Grade.A),
        ("03", Level.TERTIARY, Grade.B),
        ("04", Level.TERTIARY, Grade.C),
        ("05", Level.SECONDARY, Grade.A),
        ("06", Level.SECONDARY, Grade.B),
        ("07", Level.SECONDARY, Grade.C),
        ("08", Level.PRIMARY, Grade.A),
        ("09", Level.PRIMARY, Grade.B),
        ("10", Level.PRIMARY, Grade.C),
    )
}
_KINDS = {kind.value: kind.value for kind in Kind} | {  # not shown
    "": "",
    "综合医院": Kind.GENERAL.value,
    "中医医院": Kind.TCM.value,
    "中医院": Kind.TCM.value,
    "专科医院": Kind.SPECIALIST.value,
    "妇幼保健院": Kind.MATERNAL.value,
    "疾控、防治机构": Kind.PREVENTION.value,
    "疾控/防治机构": Kind.PREVENTION.value,
    "社区卫生服务中心": Kind.COMMUNITY_CENTRE.value,
    "社区卫生服务站": Kind.COMMUNITY_STATION.value,
    "卫生院": Kind.TOWNSHIP.value,
    "乡镇卫生院": Kind.TOWNSHIP.value,
    "村卫生室": Kind.VILLAGE.value,
    "门诊部": Kind.CLINIC.value,
    "诊所": Kind.CLINIC.value,
    "门诊部、诊所": Kind.CLINIC.value,
    "门诊部/诊所": Kind.CLINIC.value,
    "零售药店": Kind.PHARMACY.value,
    "药店": Kind.PHARMACY.value,
    "其他": Kind.OTHER.value,
}
# What a name says of its kind, for lists without that column; the first that fits.
_NAMED = (  # not shown
    ("药店", Kind.PHARMACY),
    ("药房", Kind.PHARMACY),
    ("卫生服务站", Kind.COMMUNITY_STATION),
    ("社区卫生服务", Kind.COMMUNITY_CENTRE),
    ("卫生室", Kind.VILLAGE),
    ("卫生院", Kind.TOWNSHIP),
    ("妇幼", Kind.MATERNAL),
    ("疾病预防", Kind.PREVENTION),
    ("中医", Kind.TCM),
    ("诊所", Kind.CLINIC),
    ("门诊部", Kind.CLINIC),
    ("医院", Kind.GENERAL),
)
_CLASSES = {slug.value: slug.value for slug in ClassSlug} | {"": ""}
_CLASSES |= {str(slug.label): slug.value for slug in ClassSlug}
_YES = frozenset({"1", "是", "已开通", "开通", "y", "yes", "√", "✓"})  # not shown
_NO = frozenset({"0", "否", "未开通", "n", "no", "×"})  # not shown
_FLAGS = (Service.INPATIENT.value, Service.OUTPATIENT.value, Service.PHARMACY.value)


_MOST_REMEMBERED = 10_000
_TRAITS = ("kind", "level", "grade", "hosp_lv", "class_slug")
type _Traits = tuple[str, str, str, str]
"""Kind ("": the name says it), level, grade, class."""


class CellRefused(ValueError):
    """One cell of a row is wrong; `field` says which."""

    def __init__(self, field: str, value: str, reason: str) -> None:
        self.field = field
        self.value = value
        self.reason = reason
        super().__init__(field, value, reason)


class Row(NamedTuple):
    """The values of one row, in the order of the staging table's columns.

    `services` are (service, disease), disease "" but for `chronic`; they have a table of
    their own.
    """

    code: str = ""
    name: str = ""
    aliases: str = ""
    kind: str = ""
    level: str = ""
    grade: str = ""
    class_slug: str = ""
    region_code: str = ""
    address: str = ""
    phones: str = ""
    services: tuple[tuple[str, str], ...] = ()


def compared_fields(columns: Mapping[str, int], *, has_grades: bool) -> tuple[str, ...]:
    """Return the fields of a row that a list with these columns speaks of.

    What a list does not speak of stays as it is. `has_grades`: a column of levels may hold
    grades too (三级甲等), which only its cells tell.
    """
    found = {"level", "grade"} if "hosp_lv" in columns else set()
    found |= {"grade"} if "level" in columns and has_grades else set()
    found |= {"region_code" if name == "region" else name for name in columns}
    return tuple(name for name in Row._fields if name in found - {"code", "services"})


def spoken_services(columns: Mapping[str, int]) -> tuple[str, ...]:
    """Return the services that a list with these columns speaks of."""
    return tuple(service for service in Service.values if service in columns)


class RowReader:
    """Reads the rows of one list."""

    def __init__(self, columns: Mapping[str, int], width: int, area: str) -> None:
        """`columns` is field → position, `area` the code of the region the list covers."""
        self._at = columns
        self._width = width
        self._area = area
        self._regions: dict[str, str] = {}
        self._flags = [name for name in _FLAGS if name in columns]
        self._traits: dict[tuple[str, ...], _Traits] = {}
        self._open: dict[tuple[str, ...], tuple[tuple[str, str], ...]] = {}
        self._trait_places = [columns[name] for name in _TRAITS if name in columns]
        self._open_places = [columns[name] for name in (*_FLAGS, "chronic") if name in columns]

    def read(self, cells: Sequence[str], *, is_plain_batch: bool) -> Row:
        """Return the row's values.

        Raises:
            CellRefused: a cell is wrong, or the row has more or fewer cells than headers.
        """
        if len(cells) != self._width:
            raise CellRefused(
                "",
                str(len(cells)),
                _("这一行有 %(found)d 格，表头有 %(width)d 格，可能错位。")
                % {"found": len(cells), "width": self._width},
            )
        if not is_plain_batch:
            self._refuse_odd_signs(cells)
        at = self._at
        code = cells[at["code"]].strip().upper() if "code" in at else ""
        if code and not _CODE.fullmatch(code):
            raise CellRefused("code", code, _("编码应为 H 或 P 加十一位数字。"))
        name = self._text("name", cells)
        if not name:
            raise CellRefused("name", "", _("没有名称。"))
        kind, level, grade, class_slug = self._read_traits(cells)
        return Row(
            code,
            unicodedata.normalize("NFC", name),
            self._list("aliases", cells),
            kind or _kind_of(name),
            level,
            grade,
            class_slug,
            self._region(cells[at["region"]].strip()),
            self._text("address", cells),
            self._list("phones", cells),
            self._services(cells),
        )

    def key_of(self, cells: Sequence[str]) -> Row:
        """Return what a refused row still says of which institution it means."""
        if len(cells) != self._width:
            return Row()
        code = cells[self._at["code"]].strip().upper() if "code" in self._at else ""
        try:
            region = self._region(cells[self._at["region"]].strip())
        except CellRefused:
            region = ""
        name = " ".join(cells[self._at["name"]].split())[: _LENGTHS["name"]]
        return Row(code if _CODE.fullmatch(code) else "", name, region_code=region)

    def _refuse_odd_signs(self, cells: Sequence[str]) -> None:
        for name, place in self._at.items():
            if not is_plain(cells[place]):
                raise CellRefused(name, cells[place], _("含有看不见的控制符或无法显示的字。"))

    def _text(self, field: str, cells: Sequence[str]) -> str:
        place = self._at.get(field)
        if place is None or not cells[place]:
            return ""
        text = " ".join(cells[place].split())
        if len(text) > _LENGTHS[field]:
            raise CellRefused(field, text, _("超过 %(limit)d 个字。") % {"limit": _LENGTHS[field]})
        return text

    def _list(self, field: str, cells: Sequence[str]) -> str:
        text = self._text(field, cells)
        return " ".join(filter(None, _SEPARATORS.split(text))) if text else ""

    def _choice(self, field: str, cells: Sequence[str], words: Mapping[str, str]) -> str:
        place = self._at.get(field)
        if place is None:
            return ""
        cell = cells[place].strip()
        try:
            return words[cell]
        except KeyError:
            raise CellRefused(field, cell, _("不认识的写法。")) from None

    def _read_traits(self, cells: Sequence[str]) -> _Traits:
        key = tuple([cells[place] for place in self._trait_places])
        found = self._traits.get(key)
        if found is None:
            kind = self._choice("kind", cells, _KINDS)
            class_slug = self._choice("class_slug", cells, _CLASSES)
            found = self._traits[key] = (kind, *self._level(cells), class_slug)
        return found

    def _level(self, cells: Sequence[str]) -> tuple[str, str]:
        place = self._at.get("hosp_lv")
        if place is not None:
            cell = cells[place].strip()
            if cell.rjust(2, "0") not in _HOSP_LV and cell:
                raise CellRefused("hosp_lv", cell, _("医院等级代码应为 01 至 11。"))
            return _HOSP_LV[cell.rjust(2, "0") if cell else ""]
        place = self._at.get("level")
        cell = cells[place].strip() if place is not None else ""
        if len(cell) == 4 and cell[2:] in _GRADES and "grade" not in self._at:  # 三级甲等
            return self._word("level", cell[:2], _LEVELS), _GRADES[cell[2:]]
        return self._choice("level", cells, _LEVELS), self._choice("grade", cells, _GRADES)

    def _word(self, field: str, cell: str, words: Mapping[str, str]) -> str:
        if cell not in words:
            raise CellRefused(field, cell, _("不认识的写法。"))
        return words[cell]

    def _region(self, text: str) -> str:
        found = self._regions.get(text)
        if found is None:
            found = self._regions[text] = self._find_region(text)
        return found

    def _find_region(self, text: str) -> str:
        found = self._lookup(text)
        if self._area != regions.NATION and self._area not in region_line(found):
            raise CellRefused("region", text, _("不在这份名单覆盖的地区内。"))
        return found

    @staticmethod
    def _lookup(text: str) -> str:
        match regions.find_region(text):
            case regions.RegionRef() as region if region.code != regions.NATION:
                return region.code
            case regions.Ambiguous():
                raise CellRefused("region", text, _("有几个地方叫这个名字，请写区划代码。"))
        raise CellRefused("region", text, _("没有这个区划。"))

    def _services(self, cells: Sequence[str]) -> tuple[tuple[str, str], ...]:
        key = tuple([cells[place] for place in self._open_places])
        found = self._open.get(key)
        if found is None:
            if len(self._open) >= _MOST_REMEMBERED:
                self._open.clear()
            found = self._open[key] = self._read_services(cells)
        return found

    def _read_services(self, cells: Sequence[str]) -> tuple[tuple[str, str], ...]:
        found = []
        for flag in self._flags:
            cell = cells[self._at[flag]].strip().casefold()
            if cell in _YES:
                found.append((flag, ""))
            elif cell and cell not in _NO:
                raise CellRefused(flag, cell, _("应为“是”或“否”。"))
        place = self._at.get("chronic")
        if place is not None and cells[place].strip().casefold() not in {"", *_NO}:
            codes = sorted(set(filter(None, _SEPARATORS.split(cells[place].strip().upper()))))
            wrong = next((code for code in codes if not _DISEASE.fullmatch(code)), None)
            if wrong is not None:
                raise CellRefused("chronic", wrong, _("请写病种编码，如 M01600。"))
            found += [(Service.CHRONIC.value, code) for code in codes]
        return tuple(found)


def _kind_of(name: str) -> str:
    return next((kind.value for word, kind in _NAMED if word in name), Kind.OTHER.value)
