"""For which places an officer may act: the regions given, and everything below them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from yibao.accounts.queries import NATION, assigned_regions, may_act_for
from yibao.institutions.imports.tables import area_of
from yibao.institutions.indexing import region_line


def may_act_at(request: HttpRequest, region_code: str) -> bool:
    """Tell whether the officer may act for institutions of a region, or for the whole nation."""
    line = () if region_code == NATION else region_line(region_code)
    return may_act_for(request.user, *line)  # type: ignore[arg-type]


def in_scope[Q: QuerySet[Any]](request: HttpRequest, rows: Q, field: str) -> Q:
    """Keep the rows whose region the officer may act for."""
    if request.user.is_superuser:
        return rows
    given = assigned_regions(request.user)  # type: ignore[arg-type]
    if NATION in given:
        return rows
    codes = {code for region in given for code in area_of(region)}
    return rows.filter(**{f"{field}__in": codes})
