"""A real server on a set-up database; CPU of its one worker per request, round robin."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 7
REQUESTS = 200
FLOOR = "/floor/"
LEAST_FRESH = 20_000

_fresh = count()


@dataclass(frozen=True, slots=True)
class Request:
    """One page to ask for; `headers` make it a fragment or a conditional GET.

    `is_fresh`: each time with an answer of its own, so that no page that was kept can answer:
    the path's `{fresh}` is another amount each time, or a name is added that no form knows.
    """

    path: str
    headers: Mapping[str, str] | None = None
    is_fresh: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """CPU time of one kind of request as a multiple of the floor's in the same round."""

    name: str
    middle: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.name}: {self.middle:.2f} × FLOOR ({self.least:.2f} to {self.most:.2f})"


@dataclass(frozen=True, slots=True)
class Server:
    """The running site: its port and the process that answers."""

    port: int
    worker: int

    def get(self, request: Request) -> tuple[int, Mapping[str, str], bytes]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            return self._ask(connection, request)

    def cpu_seconds(self, request: Request) -> float:
        """CPU seconds that the worker spends on REQUESTS such requests."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            before = self._spent()
            for _ in range(REQUESTS):
                status, _headers, _body = self._ask(connection, request)
                assert status in (200, 304)
            return self._spent() - before

    @staticmethod
    def _ask(connection: HTTPConnection, request: Request) -> tuple[int, Mapping[str, str], bytes]:
        path = request.path
        if request.is_fresh:
            mark = "&" if "?" in path else "?"
            path = path if "{fresh}" in path else f"{path}{mark}fresh={{fresh}}"
            path = path.replace("{fresh}", str(LEAST_FRESH + next(_fresh)))
        connection.request("GET", path, headers=dict(request.headers or {}))
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()

    def _spent(self) -> float:
        """User and system time of the worker, all threads, in seconds (schedstat: nanoseconds)."""
        tasks = Path(f"/proc/{self.worker}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The site with all shipped data, one worker, four threads."""
    if not Path("/proc/self/schedstat").exists():
        pytest.skip("CPU of a worker is read from /proc, which only Linux has")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "YIBAO_DATA_DIR": str(tmp_path_factory.mktemp("bench")),
        "YIBAO_OPERATOR": "",
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
        "PORT": str(port),
        "WORKERS": "1",
    }
    python = [sys.executable, "-m"]
    setup = [sys.executable, "manage.py", "setup"]
    subprocess.run(setup, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    master = subprocess.Popen(
        [*python, "gunicorn", "-c", "python:yibao.config.gunicorn", "yibao.config.wsgi"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        children = Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()
        yield Server(port, int(children[0]))
    finally:
        master.terminate()
        master.wait(timeout=30)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            Server(port, 0).get(Request("/healthz"))
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def floors(server: Server) -> Callable[[Mapping[str, Request]], dict[str, Figure]]:
    """`floors({"home": Request("/")})`: each one's cost as a multiple of the empty view's."""

    def measure(cases: Mapping[str, Request]) -> dict[str, Figure]:
        costs: dict[str, list[float]] = {name: [] for name in cases}
        for request in (Request(FLOOR), *cases.values()):
            server.cpu_seconds(request)  # warm
        for _ in range(ROUNDS):
            base = server.cpu_seconds(Request(FLOOR))
            for name, request in cases.items():
                costs[name].append(server.cpu_seconds(request) / base)
        figures = {
            name: Figure(name, median(found), min(found), max(found))
            for name, found in costs.items()
        }
        print("", *figures.values(), sep="\n", end="")
        return figures

    return measure
