"""A real server process on a database of its own, and a browser that never gives up."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from random import sample
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

ROOT = Path(__file__).parents[2]
PATIENCE = 60
PORTS = range(20_000, 32_768)
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_LOST = (HTTPException, OSError)
"""What a killed server leaves its browsers with; half an answer is an HTTPException."""


class Server:
    """gunicorn with one worker, on a folder of its own; it can be killed and started again."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self.port = _free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.environment = {
            **kept,
            "YIBAO_DATA_DIR": str(folder),
            "DATABASE_URL": database,
            "DEBUG": "true",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WORKERS": "1",
            "YIBAO_JOB_WORKER": "no",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> None:
        """Run a command of the site to its end."""
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def start(self) -> None:
        """Start, and wait until it answers."""
        config = ("-c", "python:yibao.config.gunicorn", "yibao.config.wsgi")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *config],
            cwd=ROOT, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("the server did not start")

    def kill(self) -> None:
        """End all its processes at once, as a power cut would."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Persistent:
    """A browser without scripts; every request is sent again until there is an answer."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.address = base
        self.page = ""
        self.retried = 0
        self._open = build_opener(HTTPCookieProcessor(CookieJar())).open

    def get(self, path: str) -> str:
        """Open a page."""
        return self._ask(Request(urljoin(self.address, path)))  # noqa: S310 - our own server

    def send(self, data: dict[str, Any], path: str = "") -> str:
        """Send the form of the page at hand."""
        token = _TOKEN.search(self.page)
        body = encode_multipart(
            BOUNDARY, {**data, "csrfmiddlewaretoken": token[1] if token else ""}
        )
        address = urljoin(self.address, path) if path else self.address
        headers = {"Content-Type": MULTIPART_CONTENT, "Referer": self.address, "Origin": self.base}
        return self._ask(Request(address, data=body, headers=headers))  # noqa: S310

    def _ask(self, request: Request) -> str:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with self._open(request, timeout=20) as answer:
                    self.address = answer.geturl()
                    self.page = answer.read().decode()
                    return self.page
            except HTTPError as error:
                if error.code != 503:
                    raise
            except _LOST:
                if time.monotonic() > until:
                    raise
            self.retried += 1
            time.sleep(0.1)


def _free_port() -> int:
    """Return a port that no client is ever given: between two starts it would be taken, even by
    a browser that asks for the server again and so comes to talk to itself."""
    for port in sample(PORTS, len(PORTS)):
        with socket.socket() as found, suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port")
