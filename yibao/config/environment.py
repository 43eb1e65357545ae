"""Read the environment strictly: a wrong value stops the start with one sentence.

`SystemExit` with a text prints that text and nothing else, whoever imported the
settings: `manage.py`, gunicorn or a test run.
"""

import os
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Never
from urllib.parse import unquote, urlsplit

import environ

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


def refuse(name: str, sentence: str) -> Never:
    """Stop the process, naming the variable."""
    raise SystemExit(f"yibao cannot start: {name} {sentence}")


def text(name: str, default: str = "") -> str:
    """The variable's value without surrounding blanks."""
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool) -> bool:
    """A yes or no; blank counts as not set."""
    value = text(name).lower()
    if not value:
        return default
    if value in _YES | _NO:
        return value in _YES
    refuse(name, f"must be yes or no, not {value!r}.")


def number(name: str, *, default: int, least: int, most: int) -> int:
    """A whole number between `least` and `most`, both included."""
    value = text(name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        refuse(name, f"must be a whole number from {least} to {most}, not {value!r}.")
    return int(value)


def words(name: str, default: Iterable[str] = ()) -> list[str]:
    """A comma-separated list."""
    found = [word.strip() for word in text(name).split(",")]
    return [word for word in found if word] or list(default)


def url(name: str, *, schemes: Iterable[str]) -> str:
    """An address with one of the given schemes, or blank when not set.

    The value may hold a password, so it is never repeated in the message.
    """
    value = text(name)
    if value and urlsplit(value).scheme not in set(schemes):
        refuse(name, f"must start with one of: {', '.join(f'{s}://' for s in schemes)}.")
    return value


def mailer(name: str) -> dict[str, Any]:
    """Django's settings for the mailer named by the variable; without it nothing is sent.

    `smtp://` speaks STARTTLS, `smtps://` TLS from the first byte: never in clear.
    """
    parts = urlsplit(url(name, schemes=("smtp", "smtps")))
    if not parts.scheme:
        return {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    try:
        port = parts.port
    except ValueError:
        refuse(name, "has no number as its port.")
    if not parts.hostname:
        refuse(name, "names no host.")
    is_tls = parts.scheme == "smtps"
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": port or (465 if is_tls else 587),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": is_tls,
            "use_tls": not is_tls,
            "timeout": 20,
        },
    }


def database(name: str) -> dict[str, Any] | None:
    """Django's settings for the database named by the variable, or None when not set."""
    value = url(name, schemes=("sqlite", "postgres", "postgresql"))
    if not value:
        return None
    if value.startswith("sqlite:") and urlsplit(value).netloc:
        refuse(name, "must name a file by its full path: sqlite:////folder/file.sqlite3.")
    try:
        config: dict[str, Any] = dict(environ.Env.db_url_config(value))
    except (ValueError, KeyError) as error:
        refuse(name, f"cannot be read: {type(error).__name__}.")
    if not config.get("NAME"):
        refuse(name, "names no database.")
    if value.startswith("sqlite:"):
        if not Path(config["NAME"]).is_absolute():
            refuse(name, "must name a file by its full path: sqlite:////folder/file.sqlite3.")
        config["ENGINE"] = "yibao.core.sqlite"
    else:
        # Compiling the finder's statement takes a second, running it some milliseconds.
        options = config.setdefault("OPTIONS", {})
        options["options"] = f"{options.get('options', '')} -c jit=off".strip()
    return config


def cache(name: str) -> dict[str, Any] | None:
    """Django's settings for the cache named by the variable, or None when not set."""
    value = url(name, schemes=("locmemcache", "dbcache", "redis", "rediss"))
    if not value:
        return None
    if value.startswith("redis") and find_spec("redis") is None:
        refuse(name, "names a Redis server, but the package redis is not installed.")
    return dict(environ.Env.cache_url_config(value))
