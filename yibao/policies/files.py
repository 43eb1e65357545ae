"""The shipped policy files: read, written and checked, without touching the database.

`<folder>/<region>/<insurance>.toml` holds what one region says for one branch ("all" for
both): a head (`region`, `insurance`, `title`) and one table per row, named and with fields
as in `rules.policy`. Money is whole fen, ratios whole basis points; a field left out is
not stated. Files are written canonically: the same rows always give the same text.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from yibao.policies.checks import problems
from yibao.policies.keys import SettledKey, settled_keys
from yibao.policies.models import MODEL_OF
from yibao.policies.schema import TYPE_OF, Draft, Field, fields_of
from yibao.rules.period import Period
from yibao.rules.terms import EffectiveBasis, InsuranceType, Kind, Standing

DATA = Path(__file__).parent / "data"
BOTH = "all"
_BRANCHES = (*(str(branch) for branch in InsuranceType), BOTH)
_HEAD = ("region", "insurance", "title")
_ROW_HEAD = (
    "reference",
    "document",
    "article",
    "quote",
    "checked_on",
    "standing",
    "kind",
    "effective_from",
    "effective_basis",
    "effective_to",
    "note",
)
_QUOTE_LENGTH = 200
_ARTICLE_LENGTH = 60


@dataclass(frozen=True, slots=True, order=True)
class FileProblem:
    """One reason why the files cannot be loaded; `line` is 0 where it is not known."""

    file: str
    line: int
    entry: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.entry}: {self.reason}" if self.entry else f"{place}: {self.reason}"


class PolicyFilesRefused(Exception):
    """Nothing was loaded; `problems` names every reason."""

    def __init__(self, found: Iterable[FileProblem]) -> None:
        self.problems = tuple(sorted(found))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row with its place in the file."""

    line: int
    entry: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """One file; `insurance` is "" for both branches."""

    name: str
    region_code: str
    insurance: str
    title: str
    rows: tuple[FileRow, ...]

    @property
    def drafts(self) -> tuple[Draft, ...]:
        return tuple(row.draft for row in self.rows)


@dataclass(frozen=True, slots=True)
class Known:
    """What the files may refer to: documents by slug, regions by code, a region's classes."""

    documents: frozenset[str]
    is_region: Callable[[str], bool]
    classes_of: Callable[[str], frozenset[str]]


def paths(folder: Path = DATA) -> list[Path]:
    """Return the policy files of a folder, in the order of their names."""
    return sorted(folder.glob("*/*.toml"))


def read(folder: Path, known: Known) -> tuple[PolicyFile, ...]:
    """Read and check all files of a folder. Raises PolicyFilesRefused with every problem."""
    found: list[FileProblem] = []
    files: list[PolicyFile] = []
    for path in paths(folder):
        name = f"{path.parent.name}/{path.name}"
        try:
            text = path.read_text(encoding="utf-8")
            document = tomllib.loads(text)
        except (OSError, UnicodeDecodeError) as error:
            found.append(FileProblem(name, 0, "", str(error)))
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            found.append(FileProblem(name, int(line[1]) if line else 0, "", str(error)))
        else:
            reader = _Reader(name, text, known)
            files.append(reader.file(path, document))
            found += reader.problems
    found += _overlaps(files)
    if found:
        raise PolicyFilesRefused(found)
    return tuple(files)


class _Reader:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, name: str, text: str, known: Known) -> None:
        self.name = name
        self.known = known
        self.problems: list[FileProblem] = []
        self._line = 0
        self._entry = ""
        self._lines: dict[str, list[int]] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            if header := re.match(r"\s*\[\[\s*([a-z_]+)\s*\]\]", line):
                self._lines.setdefault(header[1], []).append(number)

    def refuse(self, reason: str) -> None:
        self.problems.append(FileProblem(self.name, self._line, self._entry, reason))

    def file(self, path: Path, document: Mapping[str, Any]) -> PolicyFile:
        self._line = 1
        region, branch, title = (document.get(key) for key in _HEAD)
        if region != path.parent.name:
            self.refuse(_("region 应与文件夹同名：%(name)s。") % {"name": path.parent.name})
        if not isinstance(region, str) or not self.known.is_region(region):
            self.refuse(_("没有这个区划：%(code)s。") % {"code": region})
        if branch != path.stem or branch not in _BRANCHES:
            self.refuse(_("insurance 应与文件同名：employee、resident 或 all。"))
        if not isinstance(title, str) or not 0 < len(title) <= 120:
            self.refuse(_("title 应为不超过 120 字的文字。"))
        insurance = "" if branch == BOTH else str(branch)
        rows: list[FileRow] = []
        for key, value in document.items():
            if key in _HEAD:
                continue
            if key not in TYPE_OF:
                self.refuse(_("没有这个表：%(key)s。") % {"key": key})
            elif not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
                self.refuse(_("%(key)s 应写作 [[%(key)s]]。") % {"key": key})
            else:
                rows += self._rows(key, value, str(region), insurance)
        self._repeated(rows)
        return PolicyFile(self.name, str(region), insurance, str(title), tuple(rows))

    def _rows(
        self, table: str, rows: Sequence[Mapping[str, Any]], region: str, insurance: str
    ) -> Iterator[FileRow]:
        lines = self._lines.get(table, [])
        for number, row in enumerate(rows, start=1):
            self._line = lines[number - 1] if len(lines) >= number else 0
            self._entry = f"{table} {number}"
            before = len(self.problems)
            draft = self._draft(table, row)
            if draft is None:
                continue
            for reason in problems(draft, insurance):
                self.refuse(reason)
            self._references(draft, region)
            if len(self.problems) == before:
                yield FileRow(self._line, self._entry, draft)
        self._line, self._entry = 0, ""

    def _draft(self, table: str, row: Mapping[str, Any]) -> Draft | None:
        before = len(self.problems)
        names = {field.name for field in fields_of(table)}
        for key in row:
            if key not in names and key not in _ROW_HEAD:
                self.refuse(_("没有这个字段：%(key)s。") % {"key": key})
        head = {
            "document": self._text(row, "document", required=True),
            "article": self._text(row, "article", required=True, longest=_ARTICLE_LENGTH),
            "quote": self._text(row, "quote", longest=_QUOTE_LENGTH),
            "checked_on": self._date(row, "checked_on", required=True),
            "standing": self._member(row, "standing", Standing, None),
            "kind": self._member(row, "kind", Kind, Kind.RULE),
            "effective_from": self._date(row, "effective_from", required=True),
            "effective_basis": self._member(row, "effective_basis", EffectiveBasis, None),
            "effective_to": self._date(row, "effective_to"),
            "note": self._text(row, "note", longest=_column_length(table, "note")),
            "reference": self._texts(row, "reference"),
        }
        values = {field.name: self._field(table, field, row) for field in fields_of(table)}
        if len(self.problems) > before:
            return None
        return Draft(table=table, values=values, **head)  # type: ignore[arg-type]

    def _references(self, draft: Draft, region: str) -> None:
        if draft.document not in self.known.documents:
            self.refuse(_("没有这份文件：%(slug)s。") % {"slug": draft.document})
        for code in draft.values.get("filing_free_zone") or ():
            if not self.known.is_region(code):
                self.refuse(_("没有这个区划：%(code)s。") % {"code": code})
        slug = draft.values.get("institution_class")
        if slug and slug not in self.known.classes_of(region):
            self.refuse(_("本地没有这个机构类别：%(slug)s。") % {"slug": slug})

    def _repeated(self, rows: Iterable[FileRow]) -> None:
        first: dict[Any, FileRow] = {}
        for row in rows:
            known = first.setdefault(row.draft.identity(), row)
            if known is not row:
                self._line, self._entry = row.line, row.entry
                self.refuse(_("与 %(entry)s 完全相同。") % {"entry": known.entry})

    # --- values -----------------------------------------------------------------------

    def _text(
        self, row: Mapping[str, Any], key: str, *, required: bool = False, longest: int = 40
    ) -> str:
        value = row.get(key, "")
        if not isinstance(value, str):
            self.refuse(_("%(key)s 应为文字。") % {"key": key})
        elif value != value.strip():
            self.refuse(_("%(key)s 首尾有空白。") % {"key": key})
        elif required and not value:
            self.refuse(_("缺少 %(key)s。") % {"key": key})
        elif len(value) > longest:
            self.refuse(_("%(key)s 超过 %(longest)d 字。") % {"key": key, "longest": longest})
        return str(value)

    def _texts(self, row: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = row.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(_("%(key)s 应为文字的列表。") % {"key": key})
            return ()
        return tuple(value)

    def _date(self, row: Mapping[str, Any], key: str, *, required: bool = False) -> date | None:
        value = row.get(key)
        if value is None:
            if required:
                self.refuse(_("缺少 %(key)s。") % {"key": key})
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            self.refuse(_("%(key)s 应为日期，如 2026-01-01。") % {"key": key})
            return None
        return value

    def _member(
        self, row: Mapping[str, Any], key: str, enum: type[StrEnum], default: StrEnum | None
    ) -> StrEnum | None:
        value = row.get(key, default)
        if value is None:
            self.refuse(_("缺少 %(key)s。") % {"key": key})
            return None
        if value not in list(enum):
            options = "、".join(enum)
            self.refuse(
                _("%(key)s 不能是 %(value)s，只能是：%(options)s。")
                % {"key": key, "value": repr(value), "options": options}
            )
            return None
        return enum(value)

    def _field(self, table: str, field: Field, row: Mapping[str, Any]) -> Any:
        if field.name not in row:
            if field.default is MISSING:
                self.refuse(_("缺少 %(key)s。") % {"key": field.name})
                return None
            return field.default
        value = row[field.name]
        if field.many:
            return self._set(field, value)
        if issubclass(field.base, StrEnum):
            return self._member(row, field.name, field.base, None)
        if field.base is int:
            return self._integer(field.name, value)
        if field.base is date:
            return self._date(row, field.name)
        if field.base is bool:
            if not isinstance(value, bool):
                self.refuse(_("%(key)s 应为 true 或 false。") % {"key": field.name})
            return value
        longest = _column_length(table, field.name)
        return self._text(row, field.name, required=field.required, longest=longest)

    def _integer(self, key: str, value: Any) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool):
            if abs(value) < 10**15:
                return value
            self.refuse(_("%(key)s 太大。") % {"key": key})
        elif key.endswith("_bp"):
            self.refuse(_("%(key)s 应为整数基点：85%% 写作 8500。") % {"key": key})
        elif key.endswith("_fen"):
            self.refuse(_("%(key)s 应为整数分：100 元写作 10000。") % {"key": key})
        else:
            self.refuse(_("%(key)s 应为整数。") % {"key": key})
        return None

    def _set(self, field: Field, value: Any) -> frozenset[Any] | None:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.refuse(_("%(key)s 应为代码的列表。") % {"key": field.name})
            return None
        if len(set(value)) != len(value):
            self.refuse(_("%(key)s 有重复的代码。") % {"key": field.name})
        if issubclass(field.base, StrEnum):
            unknown = sorted(set(value) - set(field.base))
            if unknown:
                self.refuse(
                    _("%(key)s 不能含 %(value)s，只能是：%(options)s。")
                    % {
                        "key": field.name,
                        "value": "、".join(unknown),
                        "options": "、".join(field.base),
                    }
                )
                return None
        return frozenset(field.base(item) for item in value)


def _column_length(table: str, name: str) -> int:
    return MODEL_OF[table]._meta.get_field(name).max_length or 0  # type: ignore[union-attr]


def _overlaps(files: Iterable[PolicyFile]) -> Iterator[FileProblem]:
    """Two computed rows of one key may not hold on the same day, in whatever file they stand."""
    settled: dict[str, list[tuple[SettledKey, Period, str, FileRow]]] = {}
    for file in files:
        for row in file.rows:
            draft = row.draft
            period = Period(draft.effective_from, draft.effective_to)
            for key in settled_keys(
                file.region_code,
                file.insurance,
                draft.table,
                draft.standing,
                draft.kind,
                draft.values,
            ):
                settled.setdefault(key.path, []).append((key, period, file.name, row))
    reported: set[tuple[str, int, str, int]] = set()
    for rows in settled.values():
        for place, (key, period, name, row) in enumerate(rows):
            for other_key, other_period, other_name, other in rows[:place]:
                if not (key.overlaps(other_key) and period.overlaps(other_period)):
                    continue
                pair = (name, row.line, other_name, other.line)
                if pair not in reported:
                    reported.add(pair)
                    yield FileProblem(
                        name,
                        row.line,
                        row.entry,
                        _("与 %(file)s:%(line)d（%(entry)s）是同一规定，有效期重叠：%(path)s")
                        % {
                            "file": other_name,
                            "line": other.line,
                            "entry": other.entry,
                            "path": key.path,
                        },
                    )
