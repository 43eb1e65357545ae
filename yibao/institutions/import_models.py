"""Imports of lists: whose list it is, one run with its state, the rows read, what was before."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ImportSource(models.Model):
    """名单来源: whose list it is; its columns are named once and remembered.

    `columns` is field → header as `imports.columns` knows the fields. `scope` is what an
    opening in this list means.
    """

    class Scope(models.TextChoices):
        IN_PROVINCE = "in_province", _("省内异地")
        CROSS_PROVINCE = "cross_province", _("跨省")

    name = models.CharField(
        _("来源名称"),
        max_length=100,
        unique=True,
        validators=[RegexValidator(r"^[^\x00-\x1f]+$")],
        help_text=_("会显示在每家机构旁边，如“山东省医疗保障局定点医药机构名单”。"),
    )
    scope = models.CharField(
        _("名单中的开通指"), max_length=15, choices=Scope, default=Scope.CROSS_PROVINCE
    )
    columns = models.JSONField(_("列的对应"), default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = _("名单来源")
        verbose_name_plural = _("名单来源")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Task(models.TextChoices):
    """What is to be done in the background."""

    CHECK = "check", _("核对")
    APPLY = "apply", _("写入")
    UNDO = "undo", _("撤销")


class State(models.TextChoices):
    COLUMNS = "columns", _("待选列")
    QUEUED = "queued", _("排队中")
    WORKING = "working", _("进行中")
    CHECKED = "checked", _("已核对，待写入")
    APPLIED = "applied", _("已写入")
    UNDONE = "undone", _("已撤销")
    REFUSED = "refused", _("已拒绝")
    FAILED = "failed", _("未完成")
    CANCELLED = "cancelled", _("已放弃")


class ImportRun(models.Model):
    """名单导入: one file on its way into the list.

    `slot` is 1 from the moment work is asked for until it is done: being unique, it lets
    one import work at a time. `worker` and `lease_until` belong to whoever works; a dead
    worker's run is taken over, its half-done transaction was never seen by anybody.
    """

    source = models.ForeignKey(
        "institutions.ImportSource", on_delete=models.PROTECT, verbose_name=_("来源")
    )
    region = models.ForeignKey(
        "regions.Region",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("名单覆盖的地区"),
        help_text=_("这个地区以外的行会被拒绝。"),
    )
    list_date = models.DateField(_("名单日期"), help_text=_("名单反映的是哪一天的情况。"))
    is_full = models.BooleanField(
        _("完整名单"),
        default=False,
        help_text=_("名单包括这个地区的全部机构。写入时可以另行确认移出名单上没有的机构。"),
    )
    file_name = models.CharField(_("文件名"), max_length=200)
    path = models.CharField(max_length=200, editable=False)
    file_size = models.PositiveBigIntegerField(_("文件大小（字节）"))
    file_digest = models.CharField(max_length=64, editable=False)
    headers = models.JSONField(default=list, editable=False)
    columns = models.JSONField(default=dict, editable=False)
    encoding = models.CharField(_("编码"), max_length=10, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.COLUMNS)
    task = models.CharField(_("任务"), max_length=6, choices=Task, default=Task.CHECK)
    slot = models.PositiveSmallIntegerField(null=True, unique=True, editable=False)
    stage = models.CharField(_("步骤"), max_length=40, blank=True)
    position = models.PositiveBigIntegerField(default=0, editable=False)
    total = models.PositiveBigIntegerField(default=0, editable=False)
    worker = models.CharField(max_length=100, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    counts = models.JSONField(default=dict, editable=False)
    close_missing = models.BooleanField(_("移出名单上没有的机构"), default=False)
    message = models.TextField(_("说明"), blank=True)
    created_by = models.CharField(_("导入人"), max_length=150)
    created_at = models.DateTimeField(_("导入时间"))
    asked_by = models.CharField(max_length=150, blank=True, editable=False)
    applied_by = models.CharField(_("写入人"), max_length=150, blank=True)
    applied_at = models.DateTimeField(_("写入时间"), null=True)
    undone_by = models.CharField(_("撤销人"), max_length=150, blank=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        verbose_name = _("名单导入")
        verbose_name_plural = _("名单导入")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                name="importrun_holds_the_slot_while_it_works",
                condition=Q(state__in=("queued", "working"), slot=1)
                | (~Q(state__in=("queued", "working")) & Q(slot=None)),
            ),
            models.CheckConstraint(
                name="importrun_applied_says_by_whom_and_when",
                condition=~Q(state__in=("applied", "undone"))
                | (~Q(applied_by="") & Q(applied_at__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.source_id} {self.list_date}"


class Outcome(models.TextChoices):
    """What the list says of a row, seen from what is held."""

    NEW = "new", _("新增")
    CHANGED = "changed", _("变更")
    SAME = "same", _("未变")
    REFUSED = "refused", _("拒绝")
    TWICE = "twice", _("文件内重复")
    TWIN = "twin", _("与已有机构同名同地")
    SKIPPED = "skipped", _("跳过")


class ImportRow(models.Model):
    """One row of a list as it was read; kept until the next import is written.

    Unlike an institution it has no foreign keys: a refused row names what may not exist.
    `twin` is the code of another institution of the same name and place, or the line of
    the row's first double.
    `outcome` is empty until the row is compared. `position` is the place that a new row will
    have in the order of results, 0 until it has a code.
    """

    run = models.ForeignKey("institutions.ImportRun", on_delete=models.CASCADE)
    line = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, db_default="")
    twin = models.CharField(max_length=12, db_default="")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=100)
    aliases = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    level = models.CharField(max_length=10)
    grade = models.CharField(max_length=10)
    class_slug = models.CharField(max_length=20)
    region_code = models.CharField(max_length=6)
    address = models.CharField(max_length=200)
    phones = models.CharField(max_length=120)
    position = models.BigIntegerField(db_default=0)

    class Meta:
        default_permissions = ()
        indexes = (models.Index(fields=("run", "code"), name="importrow_by_code"),)


class ImportService(models.Model):
    """A service that the list says is open, at the institution of that line."""

    run = models.ForeignKey("institutions.ImportRun", on_delete=models.CASCADE)
    line = models.PositiveIntegerField()
    service = models.CharField(max_length=12)
    disease = models.CharField(max_length=6)

    class Meta:
        default_permissions = ()
        indexes = (models.Index(fields=("run", "line"), name="importservice_by_line"),)


class ImportProblem(models.Model):
    """Why a row of a list was refused."""

    run = models.ForeignKey("institutions.ImportRun", on_delete=models.CASCADE)
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=100, blank=True)
    value = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=200)

    class Meta:
        default_permissions = ()
        ordering = ("line", "id")


class ImportBefore(models.Model):
    """An institution as it was before an import touched it; what undo restores.

    `deed` says what the import did. Where a list only confirmed a row (`seen`), nothing
    but where it was last seen is kept.
    """

    class Deed(models.TextChoices):
        SEEN = "seen"
        CHANGED = "changed"
        CLOSED = "closed"
        MERGED = "merged"

    run = models.ForeignKey("institutions.ImportRun", on_delete=models.CASCADE)
    deed = models.CharField(max_length=8, choices=Deed)
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=100, default="")
    aliases = models.CharField(max_length=200, default="")
    kind = models.CharField(max_length=20, default="")
    level = models.CharField(max_length=10, default="")
    grade = models.CharField(max_length=10, default="")
    class_slug = models.CharField(max_length=20, default="")
    region_code = models.CharField(max_length=6, default="")
    address = models.CharField(max_length=200, default="")
    phones = models.CharField(max_length=120, default="")
    effective_from = models.DateField(null=True)
    effective_to = models.DateField(null=True)
    end_reason = models.CharField(max_length=200, default="")
    merged_code = models.CharField(max_length=12, default="")
    source_name = models.CharField(max_length=120)
    source_date = models.DateField()
    document_slug = models.CharField(max_length=40, null=True)  # noqa: DJ001 (a copied key)
    checked_on = models.DateField(null=True)
    name_key = models.TextField(default="")
    initials = models.TextField(default="")
    pinyin = models.TextField(default="")
    grams = models.TextField(default="")
    position = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("run", "code"), name="importbefore_once_per_run"),
        )


class ImportOpening(models.Model):
    """An opening that an import made, or as it was before the import touched it."""

    class Deed(models.TextChoices):
        MADE = "made"
        TOUCHED = "touched"

    run = models.ForeignKey("institutions.ImportRun", on_delete=models.CASCADE)
    deed = models.CharField(max_length=8, choices=Deed)
    opening_key = models.BigIntegerField()
    effective_to = models.DateField(null=True)
    checked_on = models.DateField(null=True)
    source_name = models.CharField(max_length=120, default="")

    class Meta:
        default_permissions = ()
