"""重算: what a draft would change in cases that are known, and what its author says of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yibao.policies.fields import enum_field
from yibao.rules import terms


class ReplayState(models.TextChoices):
    QUEUED = "queued", _("排队中")
    WORKING = "working", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")


UNFINISHED = (ReplayState.QUEUED.value, ReplayState.WORKING.value)


class About(models.TextChoices):
    """What a case asks the rules."""

    BILL = "bill", _("账单")
    ANSWER = "answer", _("资格")


class ChangeKind(models.TextChoices):
    """How a case's answer differs under the draft."""

    CHANGED = "changed", _("结果改变")
    LOST = "lost", _("没有结果了")
    GAINED = "gained", _("有了结果")
    DEVIATES = "deviates", _("与算例不符")


class Surprise(models.TextChoices):
    """Why a change needs the author's word; empty where the draft itself says it."""

    DEVIATES = "deviates", _("与算例应得的数不同")
    LOST = "lost", _("原来有结果，草稿之下没有了")
    ELSEWHERE = "elsewhere", _("别的统筹区的结果也变了")
    INDIRECT = "indirect", _("草稿没有写到这类情形，结果却变了")
    DECIDED = "decided", _("已经受理或办结的事，结果会不同")


class ReplayRun(models.Model):
    """One replay of one version of a draft.

    `version` is the draft's when the replay was asked for: an edit afterwards leaves the
    result behind. `position` of `total` cases are done; `worker` and `lease_until` belong to
    whoever works, so that the run of a dead worker is taken over where it stood.
    """

    revision = models.ForeignKey(
        "policies.Revision", on_delete=models.CASCADE, related_name="replays"
    )
    version = models.PositiveIntegerField()
    state = models.CharField(
        _("状态"), max_length=10, choices=ReplayState, default=ReplayState.QUEUED
    )
    position = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    worker = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    message = models.CharField(_("说明"), max_length=300, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                name="replayrun_one_at_a_time",
                fields=("revision",),
                condition=Q(state__in=UNFINISHED),
            ),
            models.CheckConstraint(
                name="replayrun_done_says_when",
                condition=~Q(state="done") | Q(finished_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.revision_id} v{self.version}"


class ReplayGroup(models.Model):
    """Changes of one kind in like cases: what is counted, and what a note explains.

    `subject` names the single case where each stands for itself (算例). Amounts are fen of
    all funds together, after minus before; 0 where it is not about money.
    """

    run = models.ForeignKey("policies.ReplayRun", on_delete=models.CASCADE, related_name="groups")
    source = models.CharField(max_length=24)
    region_code = models.CharField(max_length=6)
    insurance = enum_field(_("险种"), terms.InsuranceType)
    care_type = enum_field(_("医疗类别"), terms.CareType)
    about = models.CharField(max_length=10, choices=About, default=About.BILL)
    kind = models.CharField(max_length=10, choices=ChangeKind)
    surprise = models.CharField(max_length=10, choices=Surprise, blank=True)
    subject = models.CharField(max_length=140, blank=True)
    cases = models.PositiveBigIntegerField(default=0)
    sum_fen = models.BigIntegerField(default=0)
    least_fen = models.BigIntegerField(default=0)
    most_fen = models.BigIntegerField(default=0)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    noted_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                name="replaygroup_once_per_run",
                fields=(
                    "run",
                    "source",
                    "region_code",
                    "insurance",
                    "care_type",
                    "kind",
                    "surprise",
                    "subject",
                ),
            ),
            models.CheckConstraint(
                name="replaygroup_note_says_by_whom_and_when",
                condition=Q(note="", noted_by__isnull=True, noted_at__isnull=True)
                | (~Q(note="") & Q(noted_by__isnull=False, noted_at__isnull=False)),
            ),
        )


class ReplayChange(models.Model):
    """One changed case of a group, kept where it is among the largest.

    `lines` is name → [before, after] for the lines that differ, in fen or, of an answer, as
    the codes of golden.answers; `query` opens the case in the estimate or the checker.
    `before_fen`, `after_fen` are what all funds pay, at least, None where it cannot be told;
    with `…_high_fen` they are ranges. `size_fen` orders the cases: fen, or how many lines of
    an answer differ.
    """

    group = models.ForeignKey(
        "policies.ReplayGroup", on_delete=models.CASCADE, related_name="changes"
    )
    title = models.CharField(max_length=200)
    on = models.DateField()
    query = models.CharField(max_length=600, blank=True)
    before_fen = models.BigIntegerField(null=True)
    before_high_fen = models.BigIntegerField(null=True)
    after_fen = models.BigIntegerField(null=True)
    after_high_fen = models.BigIntegerField(null=True)
    delta_fen = models.BigIntegerField(default=0)
    size_fen = models.PositiveBigIntegerField(default=0)
    lines = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        ordering = ("-size_fen", "id")
        indexes = (models.Index(fields=("group", "-size_fen"), name="replaychange_by_size"),)
