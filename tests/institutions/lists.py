"""Lists of institutions for the import's tests: places, an officer, files, and a worker's hands."""

from datetime import UTC, date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from django.contrib.auth import get_user_model
from openpyxl import Workbook

from yibao.institutions import operations
from yibao.institutions.import_models import ImportRun, ImportSource, State
from yibao.institutions.imports import columns
from yibao.institutions.imports.operations import work
from yibao.institutions.models import (
    Institution,
    InstitutionChange,
    InstitutionName,
    ServiceOpening,
)
from yibao.regions.models import Region

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
HEADER = "code,名称,区划代码,级别,等次,地址,住院,普通门诊,慢特病"
XIEHE = "H11010100001,北京协和医院,110101,三级,甲等,帅府园1号,是,是,M01600"
CHAOYANG = "H11010500001,朝阳医院,110105,三级,,工体南路8号,是,否,"
JULY, OCTOBER = date(2026, 7, 1), date(2026, 10, 1)


def make_places() -> None:
    """The nation, 北京 with two districts, 烟台 with one."""
    rows = (
        ("000000", "全国", "全国", "nation", None, None),
        ("110000", "北京市", "北京", "province", "000000", "110000"),
        ("110101", "东城区", "东城", "county", "110000", "110000"),
        ("110105", "朝阳区", "朝阳", "county", "110000", "110000"),
        ("370000", "山东省", "山东", "province", "000000", None),
        ("370600", "烟台市", "烟台", "prefecture", "370000", "370600"),
        ("370613", "莱山区", "莱山", "county", "370600", "370600"),
    )
    for code, name, short_name, kind, parent, pool in rows:
        Region.objects.create(
            code=code, name=name, short_name=short_name, kind=kind, parent_id=parent
        )
        Region.objects.filter(pk=code).update(pooling_region=pool)


def make_officer(name="chen", *regions):
    """An officer of the panel; without regions, one who may do everything."""
    user = get_user_model().objects.create_user(
        name, password="x", is_staff=True, is_superuser=not regions
    )
    for code in regions:
        user.assignments.create(region_code=code)
    return user


def text(*lines):
    return "\n".join([HEADER, *lines, ""])


def workbook(rows, edit=None):
    """Return the bytes of an XLSX file; `edit(sheet)` may spoil it."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if edit:
        edit(book.active)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def zipped(**parts):
    """Return a ZIP file of (name with _ for /, content) parts."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return buffer.getvalue()


def start(content, *, by, day=JULY, is_full=False, area="000000", source="测试名单"):
    """Upload a list with its columns chosen, and check it."""
    found, _made = ImportSource.objects.get_or_create(name=source)
    data = content.encode() if isinstance(content, str) else content
    run = operations.start_import(
        source=found,
        region_code=area,
        list_date=day,
        is_full=is_full,
        upload=operations.Upload("名单.csv", [data]),
        by=by,
        at=AT,
    )
    if run.state == State.COLUMNS:
        chosen = columns.suggest(run.headers, {})
        operations.choose_columns(run, chosen, by=by, at=AT)
    return do_work(run)


def do_work(run):
    """Do what the run waits for, as a worker does."""
    work(worker="here:1:a", is_alive=lambda worker: False, clock=lambda: AT)
    return ImportRun.objects.get(pk=run.pk)


def apply(run, *, by, skip_refused=False, close_missing=None):
    operations.ask_to_apply(
        run, skip_refused=skip_refused, close_missing=close_missing, by=by, at=AT
    )
    return do_work(run)


def bring_in(content, *, by, **options):
    """Check and write a list that has nothing to decide."""
    run = apply(start(content, by=by, **options), by=by)
    assert run.state == State.APPLIED, run.message
    return run


def undo(run, *, by):
    operations.ask_to_undo(run, reason="来源发错了", by=by, at=AT)
    return do_work(run)


def snapshot():
    """Everything that is held."""
    return (
        list(Institution.objects.order_by("code").values()),
        list(ServiceOpening.objects.order_by("id").values()),
        list(InstitutionName.objects.order_by("id").values()),
        list(InstitutionChange.objects.order_by("id").values()),
    )
