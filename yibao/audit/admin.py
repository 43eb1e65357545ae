from django.contrib import admin
from django.http import HttpRequest

from yibao.audit.models import Event


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    """Events can be looked at, by whoever may view them."""

    list_display = ("at", "actor", "event", "object_type", "object_key", "reason")
    list_filter = ("event", "object_type")
    search_fields = ("=object_key", "=actor", "reason")
    date_hierarchy = "at"
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return False
