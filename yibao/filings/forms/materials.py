"""The papers that this filing needs, or the commitment letter where the rules allow it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.cases.uploads.fields import PREFIX, UploadField, UploadsForm
from yibao.cases.uploads.queries import UploadRow, uploads_of_draft
from yibao.cases.wizard.engine import Row, StepForm
from yibao.cases.wizard.people import NameField
from yibao.filings import wording
from yibao.filings.notices import COMMITMENT, Text
from yibao.filings.reading import PaperGroup, Reading, papers_of
from yibao.rules.facts import Evidence
from yibao.rules.terms import MaterialSlug


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """One demand of the rules as the page shows it: the fields of which any one is enough."""

    fields: tuple[BoundField, ...]
    group: PaperGroup
    names: str


class MaterialsForm(UploadsForm, StepForm):
    """A file field for each paper, `material_` and its slug; `commitment` with `signature_name`."""

    letter: Text = COMMITMENT

    commitment = forms.BooleanField(
        required=False, label=gettext_lazy("我现在没有这份证明，愿意签个人承诺书")
    )
    signature_name = NameField(
        required=False,
        label=gettext_lazy("签名（输入姓名）"),
        help_text=gettext_lazy("输入本人的姓名；替别人办的，也可以输入办理人的姓名。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = papers_of(self.reading)
        held = self._held()
        for group in self.groups:
            for slug in group.slugs:
                name = wording.paper_words(slug)
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
        if self.may_commit:
            self.fields["signature_name"].marks_optional = False  # type: ignore[attr-defined]
        else:
            del self.fields["commitment"], self.fields["signature_name"]

    @property
    def reading(self) -> Reading:
        """What the rules say of the places. The step before is complete, so it is there."""
        found: Reading = self.walk.form("places").reading  # type: ignore[attr-defined]
        return found

    @property
    def may_commit(self) -> bool:
        return any(group.may_commit for group in self.groups)

    @property
    def is_known(self) -> bool:
        """Whether the rules state the papers at all."""
        return any(group.is_required for group in self.groups)

    def _held(self) -> tuple[UploadRow, ...]:
        draft = self.walk.draft
        return uploads_of_draft(draft) if draft else ()

    def shown_groups(self) -> tuple[ShownGroup, ...]:
        """Return the demands with their fields."""
        return tuple(
            ShownGroup(
                tuple(self[f"{PREFIX}{slug.value}"] for slug in group.slugs),
                group,
                _("、").join(wording.paper_words(slug) for slug in group.slugs),
            )
            for group in self.groups
        )

    def clean(self) -> dict[str, Any]:
        """Check that each demand is met by one of its papers, or by the signed letter."""
        data = self.cleaned_data
        commits = bool(data.get("commitment")) and self.may_commit
        for group in self.groups:
            is_met = any(self._has(slug) for slug in group.slugs)
            if is_met or not group.is_required or (group.may_commit and commits):
                continue
            name = f"{PREFIX}{group.slugs[0].value}" if group.slugs else "commitment"
            if name not in self.errors:
                self.add_error(name, ValidationError(self._missing(group), code="required"))
        if commits:
            self._check_signature()
        return data

    def _has(self, slug: MaterialSlug) -> bool:
        name = f"{PREFIX}{slug.value}"
        field = self.fields[name]
        is_held = isinstance(field, UploadField) and bool(field.held)
        return is_held or bool(self.cleaned_data.get(name))

    def _missing(self, group: PaperGroup) -> str:
        names = _("”或“").join(wording.paper_words(slug) for slug in group.slugs)
        if group.may_commit:
            return _("请上传“%(names)s”，或者在下面签个人承诺书。") % {"names": names}
        return _("请上传“%(names)s”的照片或 PDF。") % {"names": names}

    def _check_signature(self) -> None:
        person: Mapping[str, Any] = self.walk.cleaned("person")
        signed = self.cleaned_data.get("signature_name")
        if "signature_name" in self.errors:
            return
        if not signed:
            words = _("签承诺书要在这里输入姓名。")
            self.add_error("signature_name", ValidationError(words, code="required"))
        elif signed not in (person.get("name"), person.get("helper_name")):
            words = _("签名要和前面填的姓名一样：本人或办理人的姓名。")
            self.add_error("signature_name", ValidationError(words, code="other_name"))

    @property
    def evidence(self) -> Evidence:
        """On what the filing rests: the letter, where it stands in for a paper."""
        commits = bool(self.cleaned_data.get("commitment"))
        for group in self.groups:
            if group.may_commit and commits and not any(self._has(slug) for slug in group.slugs):
                return Evidence.COMMITMENT
        return Evidence.PROOF

    @property
    def slugs(self) -> frozenset[str]:
        """The papers that were asked for."""
        return frozenset(slug.value for group in self.groups for slug in group.slugs)

    def rows(self) -> Iterable[Row]:
        """Return what is handed in."""
        for _name, field in self.upload_fields():
            if field.held:
                number = len(field.held)
                yield Row(field.label, _("%(number)d 份文件") % {"number": number})
        if self.evidence is Evidence.COMMITMENT:
            signed = self.cleaned_data["signature_name"]
            words = _("已签，签名：%(name)s") % {"name": signed}
            yield Row(wording.paper_words(MaterialSlug.COMMITMENT), words)
