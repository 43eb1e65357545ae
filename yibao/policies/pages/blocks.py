"""Provisions grouped as citizens ask: by insurance, then by theme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from yibao.core.footnotes import Footnotes
from yibao.core.templatetags.figures import standing as standing_tag
from yibao.core.words import gettext as _
from yibao.core.words import in_language
from yibao.policies import queries
from yibao.policies.labels import label
from yibao.policies.presentation import describe
from yibao.policies.presentation.markup import cite_html, lines_html
from yibao.regions import queries as regions
from yibao.rules.citation import Citation
from yibao.rules.policy import (
    BenefitProvision,
    ChronicDisease,
    MaterialRequirement,
    PaymentCap,
    Provision,
)
from yibao.rules.terms import CareType, InsuranceType, Kind, Layer, MaterialPurpose, Standing

type Notes = Footnotes[Citation]

THEMES: Mapping[str, Promise] = {
    "filing": gettext_lazy("要不要备案，备案管多久"),
    "materials": gettext_lazy("备案要什么材料"),
    "inpatient": gettext_lazy("住院报销"),
    "outpatient": gettext_lazy("普通门诊报销"),
    "chronic": gettext_lazy("门诊慢特病"),
    "general": gettext_lazy("各类就医通用的规定"),
    "away": gettext_lazy("到外地就医的待遇差异"),
    "layers": gettext_lazy("大病、大额和救助"),
    "claims": gettext_lazy("先自付，再手工报销"),
    "accounts": gettext_lazy("个人账户和药店"),
    "enrolment": gettext_lazy("参保状态与等待期"),
    "channels": gettext_lazy("去哪里办，打什么电话"),
    "remarks": gettext_lazy("保留但不计算的规定"),
}
_THEME_OF_TABLE = {
    "filing_rule": "filing",
    "channel": "channels",
    "away_adjustment": "away",
    "second_layer": "layers",
    "second_layer_band": "layers",
    "medical_aid": "layers",
    "supplement": "layers",
    "chronic_disease": "chronic",
    "claim_rule": "claims",
    "enrolment_rule": "enrolment",
    "account_rule": "accounts",
    "remark": "remarks",
}
_THEME_OF_CARE = {
    CareType.INPATIENT: "inpatient",
    CareType.OUTPATIENT: "outpatient",
    CareType.CHRONIC: "chronic",
    CareType.PHARMACY: "accounts",
    CareType.BIRTH: "general",
}


@dataclass(frozen=True, slots=True)
class Theme:
    """The rows under one theme: table bodies as HTML, one per kind of rule."""

    slug: str
    title: str
    bodies: SafeString


@dataclass(frozen=True, slots=True)
class Branch:
    """The themes of one insurance type; `insurance=None` holds for both."""

    insurance: InsuranceType | None
    title: str
    themes: tuple[Theme, ...]

    @property
    def anchor(self) -> str:
        return self.insurance or "both"


def names_in(code: str) -> Mapping[str, str]:
    """Return the words of a region's institution classes and of all disease codes."""
    diseases = {
        row.provision.disease: in_language(row.provision.name)
        for row in queries.list_published()
        if isinstance(row.provision, ChronicDisease)
    }
    return diseases | {
        row.slug: in_language(row.local_name) for row in regions.list_class_rows(code)
    }


def theme_of(row: Provision) -> str:
    """Return the slug of the theme under which a citizen looks for a row."""
    if isinstance(row, MaterialRequirement):
        return "materials" if row.purpose is MaterialPurpose.FILING else "claims"
    if isinstance(row, PaymentCap) and row.layer is not Layer.BASIC:
        return "layers"
    if row.table in _THEME_OF_TABLE:
        return _THEME_OF_TABLE[row.table]
    if isinstance(row, BenefitProvision):
        themes = {_THEME_OF_CARE[care] for care in row.care_types}
        return themes.pop() if len(themes) == 1 else "general"
    return "general"


def branches_of(
    rows: Iterable[Provision], notes: Notes, names: Mapping[str, str]
) -> tuple[Branch, ...]:
    """Group rows by insurance and theme and number their sources in `notes`."""
    grouped: dict[InsuranceType | None, dict[str, dict[str, list[Provision]]]] = {}
    for row in rows:
        themes = grouped.setdefault(row.insurance, {})
        themes.setdefault(theme_of(row), {}).setdefault(row.table, []).append(row)
    order = [insurance for insurance in (*InsuranceType, None) if insurance in grouped]
    return tuple(
        Branch(
            insurance,
            str(label(insurance)) if insurance else _("职工医保和居民医保都适用"),
            tuple(
                Theme(slug, str(title), _bodies(grouped[insurance][slug], str(title), notes, names))
                for slug, title in THEMES.items()
                if slug in grouped[insurance]
            ),
        )
        for insurance in order
    )


def _bodies(
    tables: Mapping[str, list[Provision]], theme: str, notes: Notes, names: Mapping[str, str]
) -> SafeString:
    """Return a table body per kind of rule, each under its name where the theme has several
    kinds or is named otherwise."""
    parts = []
    for rows in tables.values():
        title = describe(rows[0]).table_label
        heading = (
            f'<tr class="group"><th colspan="2" scope="rowgroup">{escape(title)}</th></tr>'
            if len(tables) > 1 or title not in theme
            else ""
        )
        lines = "".join(row_html(row, notes, names) for row in rows)
        parts.append(f"<tbody>{heading}{lines}</tbody>")
    return mark_safe("".join(parts))  # noqa: S308


def row_html(row: Provision, notes: Notes, names: Mapping[str, str]) -> str:
    """Return one provision as a table row: for whom, what, on what source."""
    described = describe(row, names)
    citation = row.citation
    number = notes.add(citation)
    for_whom = escape(_(" · ").join(described.qualifiers)) or _("不分情况")
    tags = "".join(_tags(row))
    return (
        f'<tr data-provision="{escape(row.id)}" data-standing="{row.standing}">'
        f'<th scope="row">{for_whom}</th>'
        f"<td>{lines_html(described.lines, citation.id)}"
        f"{cite_html(citation.id, number)}{tags}</td></tr>"
    )


_KIND_WORDS = {
    Kind.BOUND: gettext_lazy("只有上下限，按范围测算"),
    Kind.GUIDANCE: gettext_lazy("指导意见，不用来计算"),
    Kind.AVERAGE: gettext_lazy("平均水平，不用来计算"),
}


def _tags(row: Provision) -> Iterable[str]:
    if row.standing is not Standing.OFFICIAL:
        yield f" {standing_tag(row.standing)}"
    if row.kind is not Kind.RULE:
        yield f' <span class="tag">{_KIND_WORDS[row.kind]}</span>'
    if row.citation.stale:
        yield f' <span class="tag tag-unverified">{_("已过复核期")}</span>'
    if row.note:
        yield f'<p class="muted small">{escape(in_language(row.note))}</p>'
