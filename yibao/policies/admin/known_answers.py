"""What 算例 and 资格算例 have alike in the panel: tried on the rules in force before they are
saved, retired with a reason, never removed."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.policies.golden.loader import STAMP
from yibao.regions import queries as regions
from yibao.regions.scoped_admin import RegionScopedRecordedAdmin


def ahead_field(help_text: Any) -> forms.BooleanField:
    """Return the box of an answer that comes first and its rule after it."""
    return forms.BooleanField(label=gettext_lazy("先存下来"), required=False, help_text=help_text)


class KnownAnswerForm(forms.ModelForm):
    """Refuses what does not come out as it says, unless the officer ticks `ahead`."""

    @cached_property
    def changed_data(self) -> list[str]:
        """The columns that changed: the box is no column."""
        return [name for name in super().changed_data if name != "ahead"]

    def clean_region(self) -> Any:
        region = self.cleaned_data["region"]
        if regions.resolve(region.pk).code != region.pk:
            raise ValidationError(_("它不是统筹区：请选它所属的统筹区。"))
        return region

    def _post_clean(self) -> None:
        """Try it once everything in it is in order."""
        super()._post_clean()  # type: ignore[misc]  # not in the stubs
        if self.errors or self.instance.retired_because or self.cleaned_data.get("ahead"):
            return
        self.refuse_what_is_wrong()

    @abstractmethod
    def refuse_what_is_wrong(self) -> None:
        """Add an error beside each part that the rules in force do not give."""


class KnownAnswerAdmin(RegionScopedRecordedAdmin):
    """The list and the page of one kind. `ahead_words` say that one was kept, by its `case`."""

    stamp = STAMP
    list_display = ("title", "holds", "region", "insurance", "on", "says")
    list_select_related = ("region", "clause")
    list_filter = ("insurance", "care_type", ("region", admin.RelatedOnlyFieldListFilter))
    search_fields = ("title", "region__name", "region__code", "region__pinyin", "slug")
    autocomplete_fields = ("region", "clause")
    list_per_page = 50
    actions = None
    ahead_words: str | Promise

    @abstractmethod
    def is_right(self, obj: Any) -> bool:
        """Tell whether it comes out as it says under the rules in force."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is removed: it is retired with a reason."""
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Offer to keep one ahead of its rule only to whoever may write."""
        if self.has_add_permission(request):
            return self.fieldsets
        return tuple(
            (title, {**options, "fields": tuple(f for f in options["fields"] if f != "ahead")})
            for title, options in self.fieldsets or ()
        )

    @admin.display(description=gettext_lazy("按现行规定"))
    def holds(self, obj: Any) -> str:
        if obj.retired_because:
            return _("不再使用")
        return _("相符") if self.is_right(obj) else _("不符")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not obj.retired_because and not self.is_right(obj):
            self.message_user(request, self.ahead_words % {"case": obj}, messages.WARNING)
