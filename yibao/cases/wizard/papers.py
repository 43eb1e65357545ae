"""The step of papers: a file field for each, where any one of a group may be enough."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _

from yibao.cases.uploads.fields import PREFIX, UploadField, UploadsForm
from yibao.cases.uploads.queries import UploadRow, uploads_of_draft
from yibao.cases.wizard.engine import Row, StepForm
from yibao.core.words import said
from yibao.policies.labels import label
from yibao.rules.citation import Citation
from yibao.rules.terms import MaterialSlug


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperGroup:
    """Papers of which any one is enough; `may_commit`: a signed letter is enough as well."""

    slugs: tuple[MaterialSlug, ...]
    may_commit: bool = False
    is_required: bool
    wording: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """One demand of the rules as the page shows it: the fields of which any one is enough."""

    fields: tuple[BoundField, ...]
    group: PaperGroup
    names: str


def paper_words(slug: MaterialSlug) -> str:
    """Return the name of a paper."""
    return said(label(slug))


class PapersForm(UploadsForm, StepForm):
    """A file field for each paper, `material_` and its slug. `find_groups` says which."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = self.find_groups()
        held = self._held()
        for group in self.groups:
            for slug in group.slugs:
                name = paper_words(slug)
                is_alone = len(group.slugs) == 1 and not group.may_commit
                field = UploadField(
                    material=slug.value,
                    held=held,
                    label=name,
                    help_text=group.wording if group.wording != name else "",
                    required=False,
                )
                field.marks_optional = is_alone and not group.is_required  # type: ignore[attr-defined]
                self.fields[f"{PREFIX}{slug.value}"] = field

    def find_groups(self) -> tuple[PaperGroup, ...]:
        """Return what has to be, or may be, handed in. The steps before are complete."""
        raise NotImplementedError

    @property
    def is_known(self) -> bool:
        """Whether the rules state the papers at all."""
        return any(group.is_required for group in self.groups)

    @property
    def slugs(self) -> frozenset[str]:
        """The papers that were asked for."""
        return frozenset(slug.value for group in self.groups for slug in group.slugs)

    def shown_groups(self) -> tuple[ShownGroup, ...]:
        """Return the demands with their fields."""
        return tuple(
            ShownGroup(
                tuple(self[f"{PREFIX}{slug.value}"] for slug in group.slugs),
                group,
                _("、").join(paper_words(slug) for slug in group.slugs),
            )
            for group in self.groups
        )

    def clean(self) -> dict[str, Any]:
        """Check that each demand is met by one of its papers."""
        for group in self.groups:
            if not group.is_required or self.meets(group):
                continue
            name = f"{PREFIX}{group.slugs[0].value}" if group.slugs else self.without_papers
            if name not in self.errors:
                self.add_error(name, ValidationError(self.missing(group), code="required"))
        return self.cleaned_data

    without_papers = ""
    """The field that has the error of a group without a paper."""

    def meets(self, group: PaperGroup) -> bool:
        """Tell whether a paper of the group is there."""
        return any(self.has(slug) for slug in group.slugs)

    def has(self, slug: MaterialSlug) -> bool:
        """Tell whether a paper is there, from before or just now."""
        name = f"{PREFIX}{slug.value}"
        field = self.fields[name]
        is_held = isinstance(field, UploadField) and bool(field.held)
        return is_held or bool(self.cleaned_data.get(name))

    def missing(self, group: PaperGroup) -> str:
        """Say what is missing."""
        names = _("”或“").join(paper_words(slug) for slug in group.slugs)
        return _("请上传“%(names)s”的照片或 PDF。") % {"names": names}

    def rows(self) -> Iterable[Row]:
        """Return what is handed in."""
        for _name, field in self.upload_fields():
            if field.held:
                number = len(field.held)
                yield Row(field.label, _("%(number)d 份文件") % {"number": number})

    def _held(self) -> tuple[UploadRow, ...]:
        draft = self.walk.draft
        return uploads_of_draft(draft) if draft else ()
