"""One row of a draft as a form: in the panel, and for each line of a spreadsheet."""

from __future__ import annotations

from functools import cache
from typing import cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

from yibao.policies.checks import problems
from yibao.policies.models import MODEL_OF
from yibao.policies.rows import draft_of


class ProvisionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row is checked as a file's row is; the revision says for which branch."""

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors or not self.instance.clause_id:
            return
        insurance = self.instance.revision.insurance if self.instance.revision_id else ""
        for reason in problems(draft_of(self.instance), insurance):
            self.add_error(NON_FIELD_ERRORS, reason)


@cache
def form_of(table: str) -> type[ProvisionForm]:
    """Return the form of one table with every field that an officer fills."""
    made = forms.modelform_factory(MODEL_OF[table], form=ProvisionForm, exclude=("revision",))
    return cast("type[ProvisionForm]", made)
