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
    hold only the fields that changed. `region_code` is the region that the act was
    about, "" where it concerns the whole site. Triggers refuse UPDATE, and DELETE of
    events younger than six months, in the database too. `sequence` counts without gaps;
    `hash` covers every other column and the hash of the event before (chain.py).
    """

    sequence = models.PositiveBigIntegerField(_("序号"), unique=True, editable=False)
    at = models.DateTimeField(_("时间"))
    event = models.CharField(_("事件"), max_length=60)
    actor = models.CharField(_("操作人"), max_length=150)
    object_type = models.CharField(_("对象类型"), max_length=60)
    object_key = models.CharField(_("对象"), max_length=200)
    region_code = models.CharField(_("统筹区代码"), max_length=6, blank=True)
    before = models.JSONField(_("变更前"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("变更后"), default=dict, encoder=DjangoJSONEncoder)
    reason = models.TextField(_("理由"), blank=True)
    address = models.GenericIPAddressField(_("来源地址"), null=True)

    key_id = models.CharField(_("密钥编号"), max_length=8, editable=False)
    previous_hash = models.CharField(_("前一条的校验值"), max_length=64, editable=False)
    hash = models.CharField(_("校验值"), max_length=64, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("操作记录")
        verbose_name_plural = _("操作记录")
        ordering = ("-id",)
        default_permissions = ("view",)
        permissions = (("export_event", _("可以导出操作记录")),)
        indexes = (
            models.Index(fields=("object_type", "object_key"), name="event_by_object"),
            models.Index(fields=("actor", "at"), name="event_by_actor"),
            models.Index(fields=("region_code", "at"), name="event_by_region"),
            models.Index(fields=("at",), name="event_by_moment"),
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


class ChainHead(models.Model):
    """The end of the chain: one row, locked by whoever adds an event until they commit.

    So events of two transactions never get the same place, on PostgreSQL too.
    """

    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = (
            models.CheckConstraint(name="chainhead_is_one_row", condition=models.Q(pk=1)),
        )

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"
