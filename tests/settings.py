"""Settings of a test run: a folder and a database of its own, cheap hashing, no manifest."""

import os
import tempfile

os.environ["YIBAO_DATA_DIR"] = tempfile.mkdtemp(prefix="yibao-test-")
os.environ.pop("YIBAO_OPERATOR", None)
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")

from yibao.config.settings import *  # noqa: F403
from yibao.config.settings import DATA_DIR, DATABASES, STORAGES

# Hashed names need collectstatic first, and live_server is built before any override of a test.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
JOB_WORKER = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if not os.environ["DATABASE_URL"]:
    # A file: every thread of live_server opens a connection of its own.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
