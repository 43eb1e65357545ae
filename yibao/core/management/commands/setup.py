import hashlib
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = (
        "Bring a deployment up to date: migrate, load the data that ships with the code, "
        "collect static files. What did not change is not done again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        for name in settings.SETUP_COMMANDS:
            call_command(name, stdout=self.stdout, stderr=self.stderr)
        self._collect_static()

    def _collect_static(self) -> None:
        """Hash and compress the static files, unless these very files were collected."""
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        state = _static_state()
        if settings.DEBUG or (stamp.is_file() and stamp.read_text() == state):
            return
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(state)


def _static_state() -> str:
    """Name the content of all static files; a package's own by its version (size and path)."""
    whole = hashlib.sha256(django.__version__.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            path = Path(storage.path(name))
            whole.update(f"{name}\0{path.stat().st_size}\0".encode())
            if any(path.is_relative_to(folder) for folder in settings.STATICFILES_DIRS):
                whole.update(path.read_bytes())
    return whole.hexdigest()
