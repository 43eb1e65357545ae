"""Every word a person reads goes through gettext, so that another language can follow."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template.base import DebugLexer, TokenType

from tests.architecture.code import ROOT, TEMPLATES, module, modules

CHINESE = re.compile(r"[\u3400-\u9fff]")
MARKS = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
}
# A literal that is compared with data and never shown says so on its line, or on the
# first line of the assignment that holds it.
NOT_SHOWN = "# not shown"
MARKED_LITERAL = re.compile(r"_\((\"[^\"]*\"|'[^']*')\)")


def _unmarked(path: Path) -> Iterator[str]:
    lines = path.read_text().splitlines()
    marked: set[ast.AST] = set()
    for node in ast.walk(module(path)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in MARKS:
                marked.update(part for argument in node.args for part in ast.walk(argument))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            marked.add(node.value)  # a docstring
        if (
            isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
            and NOT_SHOWN in lines[node.lineno - 1]
        ):
            marked.update(ast.walk(node))
    for node in ast.walk(module(path)):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and CHINESE.search(node.value)
            and node not in marked
            and NOT_SHOWN not in lines[node.lineno - 1]
            and NOT_SHOWN not in lines[(node.end_lineno or node.lineno) - 1]
        ):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.value[:30]!r}"


def test_chinese_in_code_is_marked():
    assert [found for path in modules() for found in _unmarked(path)] == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_chinese_in_templates_is_marked(path):
    found = []
    closing = ""
    for token in DebugLexer(path.read_text()).tokenize():
        if token.token_type == TokenType.COMMENT:
            continue
        word = token.split_contents()[0] if token.token_type == TokenType.BLOCK else ""
        if closing:
            closing = "" if word == closing else closing
        elif word in ("blocktranslate", "blocktrans", "comment"):
            closing = f"end{word}"
        elif word not in ("translate", "trans") and CHINESE.search(
            MARKED_LITERAL.sub("", token.contents)
        ):
            found.append(f"{token.lineno}: {token.contents.strip()[:40]}")

    assert found == []
