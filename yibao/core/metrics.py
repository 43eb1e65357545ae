"""Figures for Prometheus.

With several worker processes `PROMETHEUS_MULTIPROC_DIR` must name an empty folder
before the first import; `yibao.config.gunicorn` sees to that.
"""

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)

CONTENT_TYPE = CONTENT_TYPE_LATEST

_requests = Counter("yibao_requests", "Answered requests", ("view", "status"))
_seconds = Histogram(
    "yibao_request_seconds",
    "Seconds from the first middleware to the answer",
    ("view",),
    buckets=(0.005, 0.02, 0.1, 0.5, 2, 15),
)


def observe(view: str, status: int, seconds: float) -> None:
    """Record one answered request."""
    _requests.labels(view, str(status)).inc()
    _seconds.labels(view).observe(seconds)


def exposition() -> bytes:
    """All figures of all worker processes in Prometheus' text format."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
