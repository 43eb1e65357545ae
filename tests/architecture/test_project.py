"""Migrations, production settings, licences."""

import os
import re
import secrets
import subprocess
import sys
from importlib.metadata import distribution

import pytest
from django.core.management import call_command
from packaging.requirements import Requirement

from tests.architecture.code import PACKAGE, ROOT

# What the zlib licence asks for, where a package ships the text without its name.
ZLIB_TEXT = "ALTERED SOURCE VERSIONS MUST BE PLAINLY MARKED"
PERMISSIVE = ("MIT", "BSD", "APACHE", "PSF", "PYTHON SOFTWARE FOUNDATION", "ISC", "ZLIB", ZLIB_TEXT)
# Used as libraries, unchanged and replaceable, which the LGPL-3 and the MPL-2 allow; the fonts
# are embedded in documents, which the OFL allows.
LIBRARY_ONLY = {
    "psycopg": "LGPL",
    "psycopg-binary": "LGPL",
    "psycopg-pool": "LGPL",
    "fpdf2": "LGPL",
    "pikepdf": "MPL",
    "pylopdf-fonts-zh-cn": "OFL",
}


@pytest.mark.django_db
def test_models_and_migrations_agree():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def _manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def production(tmp_path):
    return {
        "YIBAO_DATA_DIR": str(tmp_path),
        "YIBAO_OPERATOR": "某市医疗保障局",
        "YIBAO_BEHIND_PROXY": "yes",
        "ALLOWED_HOSTS": "yibao.example.org",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "YIBAO_MAIL_URL": "smtps://mail.example.org",
    }


def test_production_settings_pass_every_check(production):
    done = _manage("check", "--deploy", "--fail-level", "WARNING", **production)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "*"),
        ("DEBUG", "maybe"),
        ("DEBUG", "yes"),
        ("DATABASE_URL", "mysql://server/name"),
        ("DATABASE_URL", "sqlite://relative.sqlite3"),
        ("CACHE_URL", "memcached://server"),
        ("YIBAO_BEHIND_PROXY", "perhaps"),
        ("YIBAO_METRICS_ALLOWED", "everyone"),
        ("YIBAO_OPERATOR", "局" * 61),
        ("YIBAO_DATA_DIR", "/proc/nowhere"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_sentence(production, name, value):
    done = _manage("check", **{**production, name: value})

    assert done.returncode == 1
    assert re.fullmatch(rf"yibao cannot start: {name} .+\.\n", done.stderr), done.stderr


def test_the_message_about_a_wrong_address_keeps_its_password(production):
    done = _manage("check", **{**production, "DATABASE_URL": "mysql://user:hunter2@server/name"})

    assert "hunter2" not in done.stderr


def test_no_file_is_longer_than_four_hundred_lines():
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in (PACKAGE, ROOT / "tests")
        for path in folder.rglob("*.py")
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > 420
    }

    assert long == {}


def _runtime_packages() -> set[str]:
    lock = (ROOT / "requirements.txt").read_text()
    requirements = [Requirement(line) for line in re.findall(r"^[^\s#]+==[^\\\n]+", lock, re.M)]
    return {
        requirement.name
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate()
    }


@pytest.mark.parametrize("name", sorted(_runtime_packages()))
def test_licence_allows_distribution_under_apache_2(name):
    package = distribution(name)
    metadata = package.metadata
    files = [file for file in package.files or [] if file.name.upper().startswith("LICENSE")]
    words = [
        metadata.get("License-Expression") or "",
        *(value for value in metadata.get_all("Classifier", []) if value.startswith("License")),
        (metadata.get("License") or "")[:200],
    ]
    said = " ".join(words).strip().upper() or " ".join(file.read_text() for file in files).upper()

    if name in LIBRARY_ONLY:
        assert LIBRARY_ONLY[name] in said
    else:
        assert any(licence in said for licence in PERMISSIVE), said
        assert "GPL" not in said
