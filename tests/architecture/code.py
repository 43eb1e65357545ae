"""Find and parse the project's own files."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "yibao"
TEMPLATES = ROOT / "templates"

# From the bottom up; the same order as the import contracts in pyproject.toml.
LAYERS = (
    "rules",
    "core",
    "audit",
    "sources",
    "regions",
    "accounts",
    "policies",
    "institutions",
    "eligibility",
    "estimates",
    "guides",
    "diagnosis",
    "deadlines",
    "cases",
    "filings",
    "claims",
    "lookups",
    "config",
)


@cache
def module(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def modules(*parts: str) -> Iterator[Path]:
    """Python files under yibao/<parts>, without migrations."""
    for path in sorted((PACKAGE / Path(*parts)).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
