"""Work in the background: a process of its own on this machine, started when asked for.

Who works is known by name, so that the work of a dead process can be told from that of a
live one before its lease ends.
"""

import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path
from threading import Thread

from django.conf import settings


def new_name() -> str:
    """Return this process's name as a worker: machine, process, and a number used once."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(6)}"


def is_alive(worker: str) -> bool:
    """Tell whether a worker may still be at work; one of another machine always may."""
    host, _colon, rest = worker.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname()[:60] or not rest.isdigit():
        return True
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def start(command: str) -> None:
    """Start a management command beside the server; it ends when its queue is empty.

    A process, not a thread: such work takes a whole core, and pages must not wait for it.
    Where JOB_WORKER is off, somebody runs the command with `--watch` instead.
    """
    if not settings.JOB_WORKER:
        return
    manage = Path(settings.BASE_DIR) / "manage.py"
    process = subprocess.Popen(  # noqa: S603 (our own commands, no argument from outside)
        [sys.executable, str(manage), command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    Thread(target=process.wait, daemon=True).start()
