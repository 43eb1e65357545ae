"""通知: what was sent, what could not be, and once more."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yibao.cases.message_words import news_of
from yibao.cases.models import Message
from yibao.cases.operations.delivery import send_again
from yibao.core.list_filters import InWords
from yibao.regions.scoped_admin import RegionScoped


class NewsFilter(InWords, admin.AllValuesFieldListFilter):
    """The news that were sent."""

    def said(self, value: str) -> str:
        return news_of(value)


@admin.register(Message)
class MessageAdmin(RegionScoped):
    """The outbox; where a message goes is sealed and never shown."""

    region_path = "case__region_code"
    list_display = ("reference", "news", "channel", "outcome", "attempts", "written", "error")
    list_filter = ("outcome", "channel", ("template", NewsFilter))
    list_select_related = ("case",)
    fields = (
        "reference", "news", "channel", "outcome", "attempts", "created_at",
        "next_attempt_at", "sent_at", "error",
    )  # fmt: skip
    actions = ("again",)

    @admin.display(description=gettext_lazy("编号"))
    def reference(self, message: Message) -> str:
        return message.case.shown_reference

    @admin.display(description=gettext_lazy("内容"), ordering="template")
    def news(self, message: Message) -> str:
        return news_of(message.template)

    @admin.display(description=gettext_lazy("写入时间"), ordering="created_at")
    def written(self, message: Message) -> datetime:
        return message.created_at

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("重新发送没有送达的"), permissions=["view"])
    def again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Send failed messages once more; others among the ticked stay as they are."""
        now = timezone.now()
        number = sum(send_again(message.pk, at=now) for message in queryset)
        self.message_user(
            request, _("%(number)d 条将重新发送。") % {"number": number}, messages.SUCCESS
        )
