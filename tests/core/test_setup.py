"""`manage.py setup` does what is missing and nothing twice."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from yibao.core.management.commands import setup


@pytest.fixture
def site(settings, tmp_path, monkeypatch):
    """A deployment with one static file; records which commands ran."""
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "a.css").write_text("a{}")
    settings.STATICFILES_DIRS = [tmp_path / "source"]
    settings.STATIC_ROOT = tmp_path / "static"
    ran = []
    monkeypatch.setattr(setup, "call_command", lambda name, **options: ran.append(name))
    (tmp_path / "static").mkdir()
    return ran


def test_migrates_then_loads_in_the_order_of_the_settings(site, settings):
    settings.SETUP_COMMANDS = ("load_regions", "load_sources")

    call_command("setup", stdout=StringIO())

    assert site == ["migrate", "load_regions", "load_sources", "collectstatic"]


def test_collects_static_files_only_when_they_changed(site, settings, tmp_path):
    settings.SETUP_COMMANDS = ()
    call_command("setup")
    call_command("setup")
    assert site.count("collectstatic") == 1

    Path(tmp_path / "source" / "a.css").write_text("b{}")
    call_command("setup")

    assert site.count("collectstatic") == 2


def test_leaves_static_files_to_the_development_server(site, settings):
    settings.SETUP_COMMANDS = ()
    settings.DEBUG = True

    call_command("setup")

    assert site == ["migrate"]


@pytest.mark.django_db
def test_every_set_up_command_exists_and_can_run_again(settings):
    for _ in range(2):
        for name in settings.SETUP_COMMANDS:
            call_command(name, stdout=StringIO())
