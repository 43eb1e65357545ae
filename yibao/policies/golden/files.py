"""The shipped cases: `data/<region>.toml`, lists of `[[case]]` (bills) and `[[check]]`
(questions) with fields as in their tables.

`expected` holds names of the contract in fen, or parts of an answer; `document`, `article`
and `quote` name the clause that they follow from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yibao.policies.models import GoldenCase, GoldenCheck

DATA = Path(__file__).parent / "data"
_CLAUSE = ("document", "article", "quote", "checked_on")
_NOT_HERE = {"id", "region", "clause", "retired_because"}
_NEEDED = {
    "case": {"slug", "title", "insurance", "on", "total_fen"},
    "check": {"slug", "title", "insurance", "on", "care_code", "care_type"},
}


def _columns(model: type[GoldenCase | GoldenCheck]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the columns that a file may state, and the names of what may be expected."""
    names = {field.name for field in model._meta.concrete_fields} - _NOT_HERE
    expected = {name for name in names if name.startswith("expected_")}
    return (
        frozenset(names - expected),
        frozenset(name.removeprefix("expected_") for name in expected),
    )


_MODELS: dict[str, type[GoldenCase | GoldenCheck]] = {"case": GoldenCase, "check": GoldenCheck}
_KNOWN = {kind: _columns(model) for kind, model in _MODELS.items()}


class GoldenFileRefused(ValueError):
    """A file of known cases is wrong; the message names file, case and key."""


@dataclass(frozen=True, slots=True)
class ShippedCase:
    """`columns` are those of the table `model`, without the clause; `clause` names that."""

    model: type[GoldenCase | GoldenCheck]
    region_code: str
    columns: dict[str, Any]
    clause: dict[str, Any]

    @property
    def slug(self) -> str:
        return str(self.columns["slug"])


def paths(folder: Path = DATA) -> list[Path]:
    return sorted(folder.glob("*.toml"))


def read(folder: Path = DATA) -> tuple[ShippedCase, ...]:
    """Return every shipped case. Raises GoldenFileRefused."""
    found = tuple(case for path in paths(folder) for case in _cases(path))
    slugs = [case.slug for case in found]
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        raise GoldenFileRefused(f"slugs used twice: {', '.join(twice)}")
    return found


def _cases(path: Path) -> Iterator[ShippedCase]:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    for kind, model in _MODELS.items():
        plain, may_expect = _KNOWN[kind]
        for entry in document.get(kind, []):
            name = f"{path.name}: {entry.get('slug', '?')}"
            expected = entry.pop("expected", {})
            clause = {key: entry.pop(key) for key in _CLAUSE if key in entry}
            unknown = (entry.keys() - plain) | (expected.keys() - may_expect)
            missing = _NEEDED[kind] - entry.keys()
            missing |= {"document", "article", "checked_on"} - clause.keys()
            if unknown or missing:
                raise GoldenFileRefused(
                    f"{name}: unknown {sorted(unknown)}, missing {sorted(missing)}"
                )
            columns = entry | {f"expected_{key}": value for key, value in expected.items()}
            yield ShippedCase(model, document["region"], columns, clause)
