"""Imports and relations go downwards only."""

import subprocess
import sys
from pathlib import Path

import grimp
import pytest
from django.apps import apps

from tests.architecture.code import LAYERS, PACKAGE, ROOT


def test_import_contracts_hold():
    lint_imports = Path(sys.executable).parent / "lint-imports"

    done = subprocess.run(
        [lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


def test_every_package_has_its_layer():
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}

    assert packages == set(LAYERS)


def test_models_of_an_app_are_its_own_matter():
    graph = grimp.build_graph("yibao")

    crossings = [
        f"{importer} imports {found}"
        for found in sorted(graph.modules)
        if found.endswith(".models") and found.count(".") == 2
        for importer in sorted(graph.find_modules_that_directly_import(found))
        # core holds what every app's models are built from, accounts.User is everybody's actor
        if importer.split(".")[1] != found.split(".")[1]
        and found not in ("yibao.core.models", "yibao.accounts.models")
    ]

    assert crossings == []


def test_the_engine_starts_without_django():
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (PACKAGE / "rules").rglob("*.py")
        if path.name != "__init__.py"
    ]
    program = (
        f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'sqlite3', 'psycopg')])"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("label", [name for name in LAYERS if apps.is_installed(f"yibao.{name}")])
def test_relations_point_to_the_same_or_a_lower_layer(label):
    rank = LAYERS.index(label)

    upwards = [
        f"{model.__name__}.{field.name} -> {field.related_model.__name__}"
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and field.related_model._meta.app_label in LAYERS
        and LAYERS.index(field.related_model._meta.app_label) > rank
    ]

    assert upwards == []
