"""The log of changes: what was published here, when, and from which day it holds."""

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yibao.core import clock, stamps
from yibao.core.caching import public_page
from yibao.core.navigation import links
from yibao.core.templatetags.figures import chinese_date
from yibao.policies.changes.forms import LogForm
from yibao.policies.pages.changes import BadCursor, LogEntry, change_log
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef
from yibao.regions.queries import RetiredRegion, UnknownRegion

UNPROCESSABLE = 422
FEED_SIZE = 50


def _state(request: HttpRequest) -> str:
    kinds = ("policies", "sources", "regions")
    return " ".join([str(clock.today()), *(f"{kind} {stamps.current(kind)}" for kind in kinds)])


@require_safe
@public_page(_state)
def changes(request: HttpRequest) -> HttpResponse:
    """List published revisions, newest first; of all regions or of what concerns one."""
    form = LogForm(request.GET)
    is_valid = form.is_valid()
    region: RegionRef | None = form.cleaned_data.get("region") if is_valid else None
    cursor, is_stale_link = request.GET.get("page", ""), False
    try:
        log = change_log(region.code if region else None, cursor)
    except BadCursor:
        log, is_stale_link = change_log(region.code if region else None), True
    kept = {"region": region.code} if region else {}
    context = {
        "form": form,
        "region": region,
        "log": log,
        "is_first": not cursor or is_stale_link,
        "is_stale_link": is_stale_link,
        "first_address": _address("policies:changes", **kept),
        "next_address": _address("policies:changes", **kept, page=log.further)
        if log.further
        else "",
        "feed_address": _address("policies:changes_feed", **kept),
    }
    status = 200 if is_valid and not is_stale_link else UNPROCESSABLE
    return TemplateResponse(request, "policies/changes.html", context, status=status)


@require_safe
@public_page(_state)
def feed(request: HttpRequest) -> HttpResponse:
    """Give the newest entries to feed readers (Atom, RFC 4287)."""
    code = request.GET.get("region", "")
    try:
        region = regions.get_region(code) if code else None
    except (UnknownRegion, RetiredRegion) as error:
        raise Http404(str(error)) from error
    log = change_log(region.code if region else None, size=FEED_SIZE)
    kept = {"region": region.code} if region else {}
    page = request.build_absolute_uri(_address("policies:changes", **kept))
    title = (
        _("%(name)s：医保规定的变化") % {"name": region.full_name}
        if region
        else _("各地医保规定的变化")
    )
    atom = Atom1Feed(
        title=title,
        link=page,
        description=None,
        language="zh-Hans",
        feed_url=request.build_absolute_uri(request.get_full_path()),
        feed_guid=page,
    )
    for entry in log.entries:
        link = request.build_absolute_uri(_history(entry))
        atom.add_item(
            title=entry.heading,
            link=link,
            description=_said(entry),
            unique_id=link,
            pubdate=entry.published_at,
            updateddate=entry.published_at,
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml")


def _said(entry: LogEntry) -> str:
    effect = entry.effect
    parts = [
        _("%(insurance)s。带来 %(added)d 条规定，终止 %(ended)d 条。")
        % {
            "insurance": entry.insurance_words,
            "added": effect.brought_in,
            "ended": effect.ended,
        }
    ]
    if entry.announced_on:
        parts.append(_("主管部门公布：%(day)s。") % {"day": chinese_date(entry.announced_on)})
    if effect.first and effect.first == effect.last:
        parts.append(_("生效：%(day)s。") % {"day": chinese_date(effect.first)})
    elif effect.first:
        parts.append(
            _("生效：%(first)s至%(last)s，各条不同。")
            % {"first": chinese_date(effect.first), "last": chinese_date(effect.last)}
        )
    return " ".join([*parts, entry.basis]).strip()


def _history(entry: LogEntry) -> str:
    return f"{links()['regions']}{entry.region.code}/history/#revision-{entry.pk}"


def _address(view: str, **query: str) -> str:
    return f"{reverse(view)}?{urlencode(query)}" if query else reverse(view)
