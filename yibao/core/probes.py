"""What a load balancer and a monitor ask: alive, ready, figures."""

import ipaddress
import logging
import os

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yibao.core import metrics
from yibao.core.addresses import client_address

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer as long as the process lives; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when database, cache and storage answer, else 503 and which does not."""
    parts = {"database": _database(), "cache": _cache(), "storage": _storage()}
    status = 200 if all(parts.values()) else 503
    return JsonResponse(
        {name: "ok" if ok else "failed" for name, ok in parts.items()}, status=status
    )


@never_cache
@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, for the allowed addresses only; to others the page is not there."""
    if not _is_allowed(client_address(request)):
        raise Http404
    return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


def _is_allowed(address: str) -> bool:
    # Over a Unix socket there is no address: only this machine can open it.
    if not address:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in settings.METRICS_ALLOWED)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("readyz: the database does not answer")
        return False
    return True


def _cache() -> bool:
    try:
        cache.set("readyz", "ok", timeout=5)
        return bool(cache.get("readyz") == "ok")
    except Exception:  # every cache backend has errors of its own
        logger.exception("readyz: the cache does not answer")
        return False


def _storage() -> bool:
    return os.access(settings.DATA_DIR, os.W_OK | os.X_OK)
