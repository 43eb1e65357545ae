"""For which places an officer may act: the regions given, and everything below them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from yibao.accounts.queries import NATION, may_act_for
from yibao.institutions.indexing import region_line


def may_act_at(request: HttpRequest, region_code: str) -> bool:
    """Tell whether the officer may act for institutions of a region, or for the whole nation."""
    line = () if region_code == NATION else region_line(region_code)
    return may_act_for(request.user, *line)  # type: ignore[arg-type]


def in_scope[Q: QuerySet[Any]](request: HttpRequest, rows: Q, field: str) -> Q:
    """Keep the rows whose region the officer may act for."""
    given = request.user.region_codes  # type: ignore[union-attr]
    if given is None:
        return rows
    return rows.filter(**{f"{field}__in": given})
