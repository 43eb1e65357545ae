"""What the documents name exists."""

import re

import pytest
from django.core.management import get_commands

from tests.architecture.code import ROOT

DOCUMENTS = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "yibao/docs").rglob("*.md")]
)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")
FENCE = re.compile(r"```[a-z]*\n(.*?)```", re.S)
TOP = ("yibao/", "templates/", "static/", "tests/", ".ci/")
MAKE_TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))


def _named(text: str) -> list[str]:
    fenced = [line for block in FENCE.findall(text) for line in block.splitlines()]
    return [*CODE.findall(FENCE.sub("", text)), *fenced]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_paths_exist(document):
    words = [word for span in _named(document.read_text()) for word in span.split()]
    paths = [word for word in words if word.startswith(TOP) and not re.search(r"[*<>{…]", word)]

    assert [path for path in paths if not (ROOT / path.rstrip(".,;:")).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    links = LINK.findall(document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_exist(document):
    text = "\n".join(_named(document.read_text()))

    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", text)) <= MAKE_TARGETS
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) <= set(get_commands())
