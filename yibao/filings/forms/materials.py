"""The papers that this filing needs, or the commitment letter where the rules allow it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.cases.texts import Text
from yibao.cases.wizard.engine import Row
from yibao.cases.wizard.papers import PaperGroup, PapersForm, paper_words
from yibao.cases.wizard.people import NameField
from yibao.filings.notices import COMMITMENT
from yibao.filings.reading import Reading, papers_of
from yibao.rules.facts import Evidence
from yibao.rules.terms import MaterialSlug


class MaterialsForm(PapersForm):
    """The papers; `commitment` with `signature_name` where a signed letter is enough."""

    letter: Text = COMMITMENT
    without_papers = "commitment"

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
        if self.may_commit:
            self.fields["signature_name"].marks_optional = False  # type: ignore[attr-defined]
        else:
            del self.fields["commitment"], self.fields["signature_name"]

    @property
    def reading(self) -> Reading:
        """What the rules say of the places. The step before is complete, so it is there."""
        found: Reading = self.walk.form("places").reading  # type: ignore[attr-defined]
        return found

    def find_groups(self) -> tuple[PaperGroup, ...]:
        return papers_of(self.reading)

    @property
    def may_commit(self) -> bool:
        return any(group.may_commit for group in self.groups)

    @property
    def commits(self) -> bool:
        """Whether the letter is signed, where it may be."""
        return bool(self.cleaned_data.get("commitment")) and self.may_commit

    def clean(self) -> dict[str, Any]:
        """Check that each demand is met by one of its papers, or by the signed letter."""
        data = super().clean()
        if self.commits:
            self._check_signature()
        return data

    def meets(self, group: PaperGroup) -> bool:
        return super().meets(group) or (group.may_commit and self.commits)

    def missing(self, group: PaperGroup) -> str:
        if not group.may_commit:
            return super().missing(group)
        names = _("”或“").join(paper_words(slug) for slug in group.slugs)
        return _("请上传“%(names)s”，或者在下面签个人承诺书。") % {"names": names}

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
        for group in self.groups:
            if group.may_commit and self.commits and not super().meets(group):
                return Evidence.COMMITMENT
        return Evidence.PROOF

    def rows(self) -> Iterable[Row]:
        """Return what is handed in."""
        yield from super().rows()
        if self.evidence is Evidence.COMMITMENT:
            signed = self.cleaned_data["signature_name"]
            words = _("已签，签名：%(name)s") % {"name": signed}
            yield Row(paper_words(MaterialSlug.COMMITMENT), words)
