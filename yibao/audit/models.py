"""What happened, once and for all: rows are added, never changed or removed."""

from typing import Any, Never

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class EventIsFinal(TypeError):
    """An event cannot be changed or removed; what corrects it is another event."""


class EventQuerySet(models.QuerySet["Event"]):
    """Events can be read and added only."""

    def update(self, **kwargs: Any) -> Never:
        raise EventIsFinal

    def delete(self) -> Never:
        raise EventIsFinal

    def bulk_update(self, *args: Any, **kwargs: Any) -> Never:
        raise EventIsFinal


class Event(models.Model):
    """操作记录: one thing that one actor did to one object at one moment.

    No foreign keys: an event outlives whatever it speaks of. `before` and `after`
    hold only the fields that changed. Triggers refuse UPDATE and DELETE in the
    database too.
    """

    at = models.DateTimeField(_("时间"))
    event = models.CharField(_("事件"), max_length=60)
    actor = models.CharField(_("操作人"), max_length=150)
    object_type = models.CharField(_("对象类型"), max_length=60)
    object_key = models.CharField(_("对象"), max_length=200)
    before = models.JSONField(_("变更前"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("变更后"), default=dict, encoder=DjangoJSONEncoder)
    reason = models.TextField(_("理由"), blank=True)
    address = models.GenericIPAddressField(_("来源地址"), null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("操作记录")
        verbose_name_plural = _("操作记录")
        ordering = ("-id",)
        default_permissions = ("view",)
        indexes = (
            models.Index(fields=("object_type", "object_key"), name="event_by_object"),
            models.Index(fields=("actor", "at"), name="event_by_actor"),
        )
        constraints = (
            models.CheckConstraint(
                name="event_says_who_did_what_to_which",
                condition=~models.Q(event="")
                & ~models.Q(actor="")
                & ~models.Q(object_type="")
                & ~models.Q(object_key=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.object_type} {self.object_key}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise EventIsFinal
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise EventIsFinal
