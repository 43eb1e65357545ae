"""Every template compiles, and names only what exists."""

import re

import pytest
from django.template.loader import get_template
from django.urls import NoReverseMatch, get_resolver

from tests.architecture.code import PACKAGE, TEMPLATES

NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
SOURCES = [*TEMPLATES.rglob("*.html"), *PACKAGE.rglob("*.py")]
INCLUDE = re.compile(r"{%\s*include\s+\"([^\"]+)\"([^%]*)%}")
# A template named in code or in another template, with a partial or without.
NAMED = re.compile(r"[\"']([\w/-]+\.html(?:#[\w-]+)?)[\"']")
FRAGMENT = re.compile(r"template_for\(\s*\w+,\s*\"([^\"]+)\",\s*\"([^\"]+)\"")
URL = re.compile(r"{%\s*url\s+[\"']([\w:-]+)[\"']")


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles(name):
    get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_template_includes_components_and_its_own_folder_only(name):
    folder = name.rpartition("/")[0]

    strays = [
        included
        for included, _arguments in INCLUDE.findall((TEMPLATES / name).read_text())
        if not included.startswith(("components/", "yibao/", "admin/", f"{folder}/"))
    ]

    assert strays == []


@pytest.mark.parametrize("name", NAMES)
def test_a_component_sees_only_what_it_is_given(name):
    open_includes = [
        included
        for included, arguments in INCLUDE.findall((TEMPLATES / name).read_text())
        if included.startswith("components/") and not arguments.strip().endswith("only")
    ]

    assert open_includes == []


def test_named_templates_and_partials_exist():
    named = {name for path in SOURCES for name in NAMED.findall(path.read_text())}
    fragments = {
        f"{template}#{partial}"
        for path in SOURCES
        for template, partial in FRAGMENT.findall(path.read_text())
    }

    for name in sorted(named | fragments):
        get_template(name)


def test_named_addresses_exist():
    known = get_resolver()
    for path in TEMPLATES.rglob("*.html"):
        for name in URL.findall(path.read_text()):
            namespace, _, plain = name.rpartition(":")
            resolver = known.namespace_dict[namespace][1] if namespace else known
            if not resolver.reverse_dict.getlist(plain):
                raise NoReverseMatch(f"{path.name}: {name}")


def test_components_name_their_parameters_first():
    silent = [
        path.name
        for path in (TEMPLATES / "components").rglob("*.html")
        if not path.read_text().lstrip().startswith(("{#", "{% comment"))
    ]

    assert silent == []


def test_no_template_holds_inline_script_or_style():
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", re.I)

    found = [path.name for path in TEMPLATES.rglob("*.html") if inline.search(path.read_text())]

    assert found == []
