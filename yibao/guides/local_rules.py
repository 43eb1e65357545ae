"""The provisions that a placeholder stands for: of the chosen region, with their sources."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yibao.core.footnotes import Footnotes
from yibao.core.templatetags.figures import standing as standing_tag
from yibao.core.words import in_language
from yibao.guides.markup import Placeholder
from yibao.policies import queries as policies
from yibao.policies.labels import label
from yibao.policies.pages.blocks import names_in
from yibao.policies.presentation import describe
from yibao.policies.presentation.markup import cite_html, lines_html
from yibao.regions import queries as regions
from yibao.regions.index import RegionRef
from yibao.rules.citation import Citation
from yibao.rules.policy import Provision
from yibao.rules.terms import InsuranceType, Kind, Standing

MOST_ROWS = 12
"""More rows than a reader of a guide wants: the rest stands on the region's page."""

_LINE_OF_FIELD = {"validity_months": "validity", "indefinite": "validity", "per_stay": "validity"}
_ALL_LEVELS = frozenset({"channel"})
"""Tables in which a region adds to what stands above it, and does not replace it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of one level that fit a placeholder."""

    region: RegionRef
    rows: tuple[Provision, ...]


class LocalRules:
    """What is in force in a region on a day, or in the nation where none was chosen."""

    def __init__(self, region: RegionRef | None, insurance: InsuranceType | None, on: date) -> None:
        self.region = region
        code = region.code if region else regions.NATION
        self._levels = policies.list_levels(code, on, insurance=insurance, today=on)
        self._names: Mapping[str, str] = names_in(code) if region else {}
        self.notes: Footnotes[Citation] = Footnotes()

    def find(self, placeholder: Placeholder) -> tuple[Found, ...]:
        """Return the rows of the nearest level that states anything."""
        found = []
        for level in self._levels:
            rows = tuple(row for row in level.provisions if _fits(row, placeholder))
            if rows:
                found.append(Found(regions.get_region(level.region_code), rows))
                if placeholder.table not in _ALL_LEVELS:
                    break
        return tuple(found)

    def html(self, placeholder: Placeholder) -> SafeString:
        """Return the rows with their sources, or the words that say what is missing."""
        found = self.find(placeholder)
        if not found:
            return self._missing()
        parts = [self._level_html(level, placeholder) for level in found]
        if self.region is None:
            hint = _("各地可能另有规定。在“看当地规定”里填上参保地，就能看到。")
            parts.append(f'<p class="muted small">{escape(hint)}</p>')
        return mark_safe(f'<div class="local">{"".join(parts)}</div>')  # noqa: S308

    def _missing(self) -> SafeString:
        if self.region is None:
            words = _("各地不同。在“看当地规定”里填上参保地，就能看到当地的规定和出处。")
            body = f"<p>{escape(words)}</p>"
        else:
            words = _("%(name)s的这一条还没有查到。") % {"name": self.region.full_name}
            ask = regions.whom_to_ask(self.region.code)
            body = f"<p>{escape(words)}</p><p>{escape(ask)}</p>"
        return mark_safe(f'<div class="unknown" data-local="missing">{body}</div>')  # noqa: S308

    def _level_html(self, found: Found, placeholder: Placeholder) -> str:
        # What can be relied on comes before what sources dispute.
        rows = sorted(found.rows, key=lambda row: row.standing is Standing.DISPUTED)
        items = "".join(self._row_html(row, placeholder) for row in rows[:MOST_ROWS])
        more = ""
        if len(found.rows) > MOST_ROWS:
            more = f"<li>{escape(_('还有几条，见这个地方的规定页。'))}</li>"
        return f'<p class="local-who">{escape(self._whose(found.region))}</p><ul>{items}{more}</ul>'

    def _whose(self, region: RegionRef) -> str:
        if self.region is None or region.code == self.region.code:
            return _("%(name)s的规定") % {"name": region.full_name}
        names = {"name": self.region.name, "upper": region.full_name}
        return _("%(name)s没有另作规定的，按%(upper)s的规定") % names

    def _row_html(self, row: Provision, placeholder: Placeholder) -> str:
        described = describe(row, self._names)
        wanted = _LINE_OF_FIELD.get(placeholder.field, placeholder.field)
        named = {wanted, "name"} if wanted else set()  # a disease's date says nothing alone
        lines = [line for line in described.lines if line.field in named] or described.lines
        whom = [*([str(label(row.insurance))] if row.insurance else []), *described.qualifiers]
        head = f'<span class="muted">{escape(" · ".join(whom))}</span> ' if whom else ""
        cite = cite_html(row.citation.id, self.notes.add(row.citation))
        return (
            f'<li data-provision="{escape(row.id)}" data-standing="{row.standing}">'
            f"{head}{lines_html(lines, row.citation.id)}{cite}{''.join(_tags(row))}</li>"
        )


def _fits(row: Provision, placeholder: Placeholder) -> bool:
    if row.table != placeholder.table:
        return False
    if placeholder.field and not _states(row, placeholder.field):
        return False
    return all(_allows(getattr(row, name), value) for name, value in placeholder.keys)


def _states(row: Provision, field: str) -> bool:
    names = [name for name, line in _LINE_OF_FIELD.items() if line == "validity"]
    wanted = names if field in _LINE_OF_FIELD else [field]
    return any(getattr(row, name) not in (None, "", frozenset()) for name in wanted)


def _allows(stated: object, wanted: str) -> bool:
    """Tell whether a selector of a row holds for a value; an empty one holds for all."""
    if stated in (None, "", frozenset()):
        return True
    if isinstance(stated, frozenset):
        return wanted in {str(each) for each in stated}
    return str(stated).replace(" ", "") == wanted  # a placeholder has no blanks in a value


def _tags(row: Provision) -> Iterable[str]:
    if row.standing is not Standing.OFFICIAL:
        yield f" {standing_tag(row.standing)}"
    if row.kind in (Kind.GUIDANCE, Kind.AVERAGE):
        yield f' <span class="tag">{escape(_("参考，不用来计算"))}</span>'
    if row.citation.stale:
        yield f' <span class="tag tag-unverified">{escape(_("已过复核期"))}</span>'
    if row.note and row.standing is Standing.DISPUTED:
        yield f' <span class="working">{escape(in_language(row.note))}</span>'
