"""Each table of provisions as a list that can be searched; rows are changed in revisions."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yibao.accounts.queries import may_act_for
from yibao.policies.admin.display import fieldsets_of, readonly_fields_of
from yibao.policies.models import PROVISION_MODELS, Provision, Revision
from yibao.policies.presentation import describe
from yibao.policies.store import provision_of
from yibao.regions import queries as regions


class ProvisionAdmin(admin.ModelAdmin):
    """Rows of one table, published or not, as people read them."""

    list_display = (
        "number",
        "region",
        "insurance",
        "says",
        "effective_from",
        "effective_to",
        "standing",
        "status",
    )
    list_display_links = ("number", "says")
    list_filter = (
        "revision__status",
        "standing",
        "kind",
        "revision__insurance",
        "effective_basis",
        ("revision__region", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("revision__region", "clause__document")
    search_fields = (
        "=id",
        "revision__region__name",
        "revision__region__code",
        "revision__region__pinyin",
        "clause__quote",
        "clause__document__title",
        "clause__document__number",
        "note",
    )
    list_per_page = 50
    actions = None

    @admin.display(description=_("编号"), ordering="pk")
    def number(self, row: Provision) -> int:
        return int(row.pk)

    @admin.display(description=_("统筹区"), ordering="revision__region")
    def region(self, row: Provision) -> str:
        return row.revision.region.name

    @admin.display(description=_("险种"), ordering="revision__insurance")
    def insurance(self, row: Provision) -> str:
        return row.revision.get_insurance_display()

    @admin.display(description=_("状态"), ordering="revision__status")
    def status(self, row: Provision) -> str:
        if row.withdrawn_by_id is not None:
            return str(_("已撤下"))
        return row.revision.get_status_display()

    @admin.display(description=_("规定"))
    def says(self, row: Provision) -> str:
        described = describe(provision_of(row))
        sentence = "；".join(line.text for line in described.lines)
        return "，".join([*described.qualifiers, sentence])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What is published is public; drafts only of regions given to the person."""
        rows = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        codes = Revision.objects.order_by().values_list("region_id", flat=True).distinct()
        allowed = [code for code in codes if may_act_for(request.user, *regions.chain(code))]  # type: ignore[arg-type]
        return rows.filter(revision__region__in=allowed)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        head = (None, {"fields": ("says", "revision", "ended_by", "withdrawn_by")})
        model: Any = self.model
        return [head, *fieldsets_of(model, readable=True)]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("says", "revision", "ended_by", "withdrawn_by", *readonly_fields_of(self.model))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("policies.view_revision")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("policies.view_revision")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


for model in PROVISION_MODELS:
    admin.site.register(model, ProvisionAdmin)
