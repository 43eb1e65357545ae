"""Who works on imports: a process of its own on this machine, started when one is asked for."""

from yibao.core import background
from yibao.core.background import is_alive, new_name

__all__ = ["is_alive", "new_name", "start"]


def start() -> None:
    """Start a worker beside the server; it ends when the queue is empty."""
    background.start("work_imports")
