"""Every word that a visitor of the public pages may read: the msgids of their code and templates.

Staff pages and printed forms speak Chinese only (decisions/), so what they alone say is
left out: their templates and modules, the names of models and fields, and commands.
"""

import ast
import csv
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation.template import templatize

from tests.architecture.code import PACKAGE, TEMPLATES, module
from yibao.guides.markup import words_of

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
"""Words, and the marks that stand between them."""
_MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
_STAFF_APPS = {"accounts", "audit", "config"}
_STAFF_PARTS = {
    "admin",
    "commands",
    "desk",
    "golden",
    "imports",
    "management",
    "migrations",
    "preview",
    "printing",
    "replay",
    "resolutions",
}
_STAFF_NAMES = re.compile(r"review|printed|desk|import|admin|recorded|exports|apps")
_STAFF_MODULES = {
    "core/periods.py",
    "core/fields.py",
    "guides/files.py",
    "guides/markup.py",
    "guides/operations.py",
    "institutions/operations/lists.py",
    "cases/operations/reveal.py",
    "claims/claim_page.py",
    "claims/letters.py",
    "claims/replays.py",
    "claims/views_of_claim.py",
    "filings/replays.py",
    "policies/checks.py",
    "policies/corrections/operations.py",
    "policies/fields.py",
    "policies/files.py",
    "policies/gates.py",
    "policies/models/replay.py",
    "policies/operations.py",
    "policies/succession.py",
    "policies/verify.py",
    "sources/copies.py",
}
"""Modules whose messages only staff, the loaders and printed letters have."""
_LITERAL = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_IN_TEMPLATE = re.compile(rf"(?<![A-Za-z])(n?gettext|_)\(\s*{_LITERAL}(?:\s*,\s*{_LITERAL})?", re.S)


def public_modules() -> Iterator[Path]:
    """Yield the modules whose words visitors read."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        is_staff = parts[0] in _STAFF_APPS or set(parts[:-1]) & _STAFF_PARTS
        is_staff = is_staff or "/".join(parts) in _STAFF_MODULES
        if not is_staff and not _STAFF_NAMES.search(path.stem):
            yield path


def public_templates() -> Iterator[Path]:
    """Yield the templates of public pages."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        if path.relative_to(TEMPLATES).parts[0] not in ("admin", "accounts"):
            yield path


def words_of_module(path: Path) -> Iterator[str]:
    """Yield the msgids of a module; of models only the choices, which pages show."""
    tree = module(path)
    is_models = "models" in path.relative_to(PACKAGE).parts or path.stem.endswith("models")
    roots: list[ast.AST] = [tree]
    if is_models:
        roots = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
            and any("Choices" in ast.unparse(base) for base in node.bases)
        ]
        roots += [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and "CHOICES" in ast.unparse(node.targets[0])
        ]
    for root in roots:
        for node in ast.walk(root):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in _MARKS:
                    yield from _literals(node, name)


def _literals(node: ast.Call, name: str) -> Iterator[str]:
    takes = node.args[1:2] if name.startswith("p") else node.args[:1]
    for argument in takes:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def words_of_template(path: Path) -> Iterator[str]:
    """Yield the msgids of a template, as Django's own extraction sees them."""
    for match in _IN_TEMPLATE.finditer(templatize(path.read_text())):
        yield ast.literal_eval(match[2])


def words_of_guides() -> Iterator[str]:
    """Yield the words of the shipped guides and glossary (guides/english.py)."""
    for path in sorted((PACKAGE / "guides" / "data").glob("*.toml")):
        for table, rows in tomllib.loads(path.read_text()).items():
            for row in rows:
                yield from (
                    (row["definition"],)
                    if table == "term"
                    else (row["question"], row["keywords"], row["short"], *words_of(row["body"]))
                )


_SPOKEN_DATA = {
    "account_rule": ("note", "text"),
    "channel": ("name", "hours", "note", "scope_text"),
    "chronic_disease": ("name", "note"),
    "claim_rule": ("accepted_situations", "deadline_text", "note", "situation_text"),
    "document": ("caution", "dates_note"),
    "enrolment_rule": ("note", "text"),
    "filing_rule": ("early_change_grounds", "effective_moment", "late_filing_text", "note"),
    "material_requirement": ("note", "wording"),
    "remark": ("note", "reason", "text"),
    "statement": ("ruling", "text", "topic_name"),
}
"""The columns of the data that pages say in their language; elsewhere it is the remark alone.
Titles, quotes, addresses and issuers are said as they are."""


def words_of_data() -> Iterator[str]:
    """Yield what the shipped policies, sources and hospital classes say on pages."""
    for app in ("policies", "sources"):
        for path in sorted((PACKAGE / app / "data").rglob("*.toml")):
            yield from _words_of_tables(tomllib.loads(path.read_text()))
    with (PACKAGE / "regions" / "data" / "level_mappings.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield from (row["local_name"], row["note"])


def _words_of_tables(tables: Mapping[str, Any]) -> Iterator[str]:
    for table, rows in tables.items():
        for row in rows if isinstance(rows, list) else ():
            if isinstance(row, dict):
                said = (row.get(column, "") for column in _SPOKEN_DATA.get(table, ("note",)))
                yield from (words for words in said if isinstance(words, str))
                yield from _words_of_tables(row)


def public_words() -> dict[str, str]:
    """Return every Chinese msgid of the public pages, with the first place that says it."""
    found = dict.fromkeys(words_of_guides(), "yibao/guides/data")
    found |= {text: "yibao/policies/data" for text in words_of_data() if CHINESE.search(text)}
    for paths, read in (
        (public_modules(), words_of_module),
        (public_templates(), words_of_template),
    ):
        for path in paths:
            for text in read(path):
                if CHINESE.search(text):
                    found.setdefault(text, str(path.relative_to(PACKAGE.parent)))
    return found
