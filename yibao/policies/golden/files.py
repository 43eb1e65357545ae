"""The shipped cases: `data/<region>.toml`, a list of `[[case]]` with fields as in the table.

`expected` holds names of the contract in fen; `document`, `article` and `quote` name the
clause that the figures follow from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yibao.policies.models import GoldenCase
from yibao.policies.models.golden import EXPECTED

DATA = Path(__file__).parent / "data"
_CLAUSE = ("document", "article", "quote", "checked_on")
_NOT_HERE = {"id", "region", "clause", "retired_because"}
_PLAIN = {
    field.name
    for field in GoldenCase._meta.concrete_fields
    if field.name not in _NOT_HERE and not field.name.startswith("expected_")
}


class GoldenFileRefused(ValueError):
    """A file of known cases is wrong; the message names file, case and key."""


@dataclass(frozen=True, slots=True)
class ShippedCase:
    """`columns` are those of the table, without the clause; `clause` names that."""

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
    for entry in document.get("case", []):
        name = f"{path.name}: {entry.get('slug', '?')}"
        expected = entry.pop("expected", {})
        clause = {key: entry.pop(key) for key in _CLAUSE if key in entry}
        unknown = (entry.keys() - _PLAIN) | (expected.keys() - set(EXPECTED))
        missing = {"slug", "title", "insurance", "on", "total_fen"} - entry.keys()
        missing |= {"document", "article", "checked_on"} - clause.keys()
        if unknown or missing:
            raise GoldenFileRefused(f"{name}: unknown {sorted(unknown)}, missing {sorted(missing)}")
        columns = entry | {f"expected_{key}": fen for key, fen in expected.items()}
        yield ShippedCase(document["region"], columns, clause)
