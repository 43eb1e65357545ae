"""The server's settings: `gunicorn -c python:yibao.config.gunicorn yibao.config.wsgi`.

HOST, PORT, WORKERS and THREADS come from the environment.
"""

import os
import tempfile
from typing import Any

from yibao.config import environment as env

# Figures of all workers meet in this folder; prometheus_client reads the variable on import.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="yibao-metrics-"))

bind = f"{env.text('HOST') or '127.0.0.1'}:{env.number('PORT', default=8000, least=1, most=65535)}"
workers = env.number("WORKERS", default=2, least=1, most=64)
threads = env.number("THREADS", default=4, least=1, most=64)
worker_class = "gthread"
# Load once, in the master: a wrong setting then ends the start with its sentence.
preload_app = True
control_socket_disable = True
limit_request_line = 8190
graceful_timeout = 20


def child_exit(server: Any, worker: Any) -> None:
    """Drop the gauges of a worker that ended."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
