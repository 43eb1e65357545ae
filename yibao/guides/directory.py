"""The directory: agencies, halls, hotlines and web halls of a region, as provisions say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.core.footnotes import Footnotes
from yibao.core.words import in_language
from yibao.policies import queries as policies
from yibao.policies.labels import label
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef
from yibao.rules.citation import Citation
from yibao.rules.policy import Channel
from yibao.rules.terms import ChannelKind, FilingCategory, Standing

_ORDER = (
    ChannelKind.PHONE,
    ChannelKind.WINDOW,
    ChannelKind.APP,
    ChannelKind.MINI_PROGRAM,
    ChannelKind.WEB,
    ChannelKind.MAIL,
)
_PURPOSES: Mapping[str, Promise] = {
    "filing": gettext_lazy("办备案"),
    "question": gettext_lazy("咨询"),
    "card": gettext_lazy("社保卡挂失、补办"),
    "password": gettext_lazy("重设社保卡密码"),
    "cancel": gettext_lazy("取消备案"),
    "claim": gettext_lazy("手工报销"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One channel. `link` is where a tap leads, "" for a counter or an app."""

    id: str
    kind: str
    name: str
    value: str
    link: str
    hours: str
    purpose: str
    scope: str
    is_offered: bool
    standing: Standing
    note: str
    citation: Citation
    number: int
    report_address: str

    @property
    def is_phone(self) -> bool:
        return self.link.startswith("tel:")

    @property
    def shown(self) -> str:
        """The entry in one line, as a report keeps it."""
        return " ".join(part for part in (self.kind, self.name, self.value) if part)


@dataclass(frozen=True, slots=True)
class Level:
    """The channels that one region states, by kind."""

    region: RegionRef
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """What the page shows. `others` are the regions that state channels of their own."""

    region: RegionRef | None
    levels: tuple[Level, ...]
    notes: Footnotes[Citation]
    others: tuple[RegionRef, ...]


def directory_of(region: RegionRef | None, today: date) -> Directory:
    """Return the channels of a region and of what stands above it; without one, the nation's."""
    code = region.code if region else regions.NATION
    notes: Footnotes[Citation] = Footnotes()
    levels = []
    for level in policies.list_levels(code, today, today=today):
        rows = [row for row in level.provisions if isinstance(row, Channel)]
        if rows:
            rows.sort(key=lambda row: (_ORDER.index(row.channel), row.purpose, row.name))
            entries = tuple(_entry(row, code, notes) for row in rows)
            levels.append(Level(regions.get_region(level.region_code), entries))
    return Directory(region, tuple(levels), notes, () if region else _others(today))


def find_entry(code: str, channel_id: str, today: date) -> Entry | None:
    """Return one channel of a region's directory, None when it is not, or no longer, there.

    Raises:
        UnknownRegion: for a code that is no region's.
    """
    region = regions.resolve(code) if code != regions.NATION else None
    for level in directory_of(region, today).levels:
        for entry in level.entries:
            if entry.id == channel_id:
                return entry
    return None


def _others(today: date) -> tuple[RegionRef, ...]:
    return tuple(
        regions.get_region(code)
        for code in policies.list_regions_with_policies()
        if code != regions.NATION
        and any(isinstance(row, Channel) for row in policies.provisions_in_force(code, today))
    )


def _entry(row: Channel, code: str, notes: Footnotes[Citation]) -> Entry:
    query = urlencode({"channel": row.id, "region": code})
    return Entry(
        id=row.id,
        kind=str(label(row.channel)),
        name=in_language(row.name),
        value=row.value,
        link=_link(row),
        hours=in_language(row.hours),
        purpose=str(_PURPOSES.get(row.purpose, row.purpose)),
        scope=_scope(row),
        is_offered=row.available,
        standing=row.standing,
        note=in_language(row.note),
        citation=row.citation,
        number=notes.add(row.citation),
        report_address=f"{reverse('guides:report')}?{query}",
    )


def _scope(row: Channel) -> str:
    named = [str(label(each)) for each in FilingCategory if each in row.categories]
    categories = _("、").join(named)
    return _("；").join(part for part in (categories, in_language(row.scope_text)) if part)


def _link(row: Channel) -> str:
    if row.channel is ChannelKind.PHONE and row.value:
        return f"tel:{row.value.replace('-', '').replace(' ', '')}"
    return row.value if row.value.startswith(("https://", "http://")) else ""
