"""The panel: officers see and change their own regions, import, end, list again, export."""

import csv
from io import BytesIO, StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from openpyxl import load_workbook

from tests.institutions.lists import (
    AT,
    CHAOYANG,
    OCTOBER,
    XIEHE,
    bring_in,
    do_work,
    make_officer,
    start,
    text,
)
from yibao.audit.models import Event
from yibao.institutions.import_models import ImportRun, ImportSource, State
from yibao.institutions.imports import reading
from yibao.institutions.models import Institution, WrongEntryReport
from yibao.institutions.search import Wanted, search

pytestmark = pytest.mark.django_db
LIST = "/admin/institutions/institution/"
RUNS = "/admin/institutions/importrun/"


@pytest.fixture
def staff(client, officer):
    bring_in(text(XIEHE, CHAOYANG, "H37061300001,莱山医院,370613,二级,,,,,"), by=officer)
    client.force_login(officer)
    return client


@pytest.fixture
def yantai(client, staff, django_user_model):
    """An officer of 烟台 with every permission of the app."""
    from django.contrib.auth.models import Permission

    person = make_officer("wang", "370600")
    person.user_permissions.set(Permission.objects.filter(content_type__app_label="institutions"))
    client.force_login(person)
    return client


def _upload(content, name="名单.csv", **changes):
    source, _made = ImportSource.objects.get_or_create(name="新来源")
    data = content if isinstance(content, bytes) else content.encode()
    return {
        "source": source.pk,
        "region": "000000",
        "list_date": "2026-10-01",
        "file": SimpleUploadedFile(name, data),
    } | changes


# --- entries ------------------------------------------------------------------------------


def test_finds_as_visitors_do(staff):
    for typed in ("协和", "bjxh", "H11010100001", "东城 协和"):
        page = staff.get(LIST, {"q": typed}).content.decode()
        assert "北京协和医院" in page
        assert "莱山医院" not in page


def test_lists_do_not_query_per_row(staff, officer, django_assert_max_num_queries):
    for address in (
        LIST,
        f"{LIST}?listed=yes&province=11",
        RUNS,
        LIST.replace("tion/", "tion/add/"),
    ):
        with django_assert_max_num_queries(14):
            assert staff.get(address).status_code == 200


def _form(row, **changes):
    fields = {
        field.name: "" if (value := field.value_from_object(row)) is None else str(value)
        for field in Institution._meta.concrete_fields
        if field.editable and field.name != "code"
    }
    empty = {
        f"{name}-{total}_FORMS": "0"
        for name in ("openings", "former_names")
        for total in ("TOTAL", "INITIAL")
    }
    return fields | empty | changes


def test_a_new_name_is_found_and_the_old_one_kept(staff):
    row = Institution.objects.get(code="H11010500001")

    response = staff.post(f"{LIST}{row.pk}/change/", _form(row, name="垂杨柳医院"))

    assert response.status_code == 302
    assert [found.code for found in search(Wanted(on=OCTOBER, text="垂杨柳")).rows] == [row.pk]
    assert [name.name for name in row.former_names.all()] == ["朝阳医院"]
    page = staff.get(f"{LIST}{row.pk}/history/").content.decode()
    assert "朝阳医院" in page
    assert "chen" in page


def test_an_opening_added_is_found_by_its_service(staff):
    row = Institution.objects.get(code="H37061300001")
    opening = {
        "openings-TOTAL_FORMS": "1",
        "openings-0-service": "inpatient",
        "openings-0-scope": "cross_province",
        "openings-0-effective_from": "2026-09-01",
        "openings-0-source_name": "电话核实",
        "openings-0-checked_on": "2026-09-01",
    }

    response = staff.post(f"{LIST}{row.pk}/change/", _form(row, **opening))

    assert response.status_code == 302
    row.refresh_from_db()
    assert "s:inpatient" in row.grams.split()


def test_gives_a_new_entry_a_code_of_ours(staff):
    new = Institution(
        region_id="110101",
        name="东城口腔诊所",
        kind="clinic",
        source_name="来信",
        source_date=OCTOBER,
    )

    response = staff.post(f"{LIST}add/", _form(new, code=""))

    assert response.status_code == 302
    assert Institution.objects.get(name="东城口腔诊所").code == "Y11010100001"


def test_entries_cannot_be_deleted(staff):
    assert staff.post(f"{LIST}H11010100001/delete/", {"post": "yes"}).status_code == 403
    page = staff.get(LIST).content.decode()
    assert "delete_selected" not in page


def test_ends_and_lists_again_with_a_reason(staff):
    chosen = {"_selected_action": ["H11010100001", "H11010500001"]}

    asked = staff.post(LIST, {"action": "close", **chosen})
    without = staff.post(LIST, {"action": "close", "reason": "", **chosen})
    assert "北京协和医院" in asked.content.decode()
    assert without.status_code == 422
    assert not Institution.objects.filter(effective_to__isnull=False).exists()

    staff.post(LIST, {"action": "close", "reason": "停业整顿", "on": "2026-11-01", **chosen})
    ended = Institution.objects.filter(effective_to="2026-11-01", end_reason="停业整顿")
    assert ended.count() == 2
    events = Event.objects.filter(event="institutions.institution_closed")
    assert {(event.object_key, event.actor, event.reason) for event in events} == {
        ("H11010100001", "chen", "停业整顿"),
        ("H11010500001", "chen", "停业整顿"),
    }

    staff.post(LIST, {"action": "reopen", "reason": "恢复", **chosen})
    assert not Institution.objects.filter(effective_to__isnull=False).exists()


def test_an_officer_sees_and_changes_the_own_region_only(yantai):
    page = yantai.get(LIST).content.decode()
    assert "莱山医院" in page
    assert "协和" not in page
    assert yantai.get(f"{LIST}H11010100001/change/").status_code == 302
    assert yantai.get(f"{LIST}H11010100001/history/").status_code == 404

    yantai.post(LIST, {"action": "close", "reason": "x", "_selected_action": ["H11010100001"]})
    assert Institution.objects.get(code="H11010100001").effective_to is None

    row = Institution.objects.get(code="H37061300001")
    moved = yantai.post(f"{LIST}{row.pk}/change/", _form(row, region="110101"))
    assert "没有这个地区的权限" in moved.content.decode()


# --- reports ------------------------------------------------------------------------------


def test_a_report_is_handled_once_and_changes_no_entry(staff):
    report = WrongEntryReport.objects.create(
        institution_id="H11010100001", subject="phone", text="空号", sent_at=AT, sender="x"
    )
    address = f"/admin/institutions/wrongentryreport/{report.pk}/change/"

    undecided = staff.post(address, {"status": "open", "note": ""})
    assert "请选择核实的结果" in undecided.content.decode()
    staff.post(address, {"status": "unfounded", "note": "已电话核实"})
    staff.post(address, {"status": "corrected", "note": "再改"})

    report.refresh_from_db()
    assert (report.status, report.note, report.handled_by) == ("unfounded", "已电话核实", "chen")
    event = Event.objects.get(event="institutions.report_handled")
    assert (event.object_key, event.reason) == ("H11010100001", "已电话核实")


def test_reports_of_other_regions_are_not_shown(yantai):
    for code in ("H11010100001", "H37061300001"):
        WrongEntryReport.objects.create(
            institution_id=code, subject="phone", text=f"报错 {code}", sent_at=AT, sender="x"
        )

    page = yantai.get("/admin/institutions/wrongentryreport/").content.decode()

    assert "报错 H37061300001" in page
    assert "报错 H11010100001" not in page


# --- export -------------------------------------------------------------------------------


def test_exports_what_the_filters_show(staff):
    Institution.objects.filter(code="H11010100001").update(name="=HYPERLINK(1)")

    response = staff.get(f"{LIST}export.csv", {"province": "11"})

    rows = list(csv.DictReader(StringIO(response.getvalue().decode("utf-8-sig"))))
    assert [(row["编码"], row["名称"]) for row in rows] == [
        ("H11010100001", "'=HYPERLINK(1)"),
        ("H11010500001", "朝阳医院"),
    ]
    assert rows[0]["级别"] == "三级"

    workbook = load_workbook(BytesIO(staff.get(f"{LIST}export.xlsx").content))
    cells = [cell for row in workbook.active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert "=HYPERLINK(1)" in {cell.value for cell in cells}


def test_an_export_holds_the_own_region_only(yantai):
    content = yantai.get(f"{LIST}export.csv").getvalue().decode()

    assert "莱山医院" in content
    assert "协和" not in content


# --- imports ------------------------------------------------------------------------------


def test_a_quarterly_list_is_previewed_written_and_undone(staff):
    listed = (
        "编号,医院,县区,级别\n"
        "H11010100001,北京协和医院,110101,二级\n"
        "H11010500009,新院,110105,三级\n"
    )
    source = ImportSource.objects.get_or_create(name="新来源")[0]

    response = staff.post(f"{RUNS}add/", _upload(listed, is_full="on"), follow=True)
    run = ImportRun.objects.first()
    assert run.state == State.COLUMNS
    assert "哪一列是什么" in response.content.decode()
    page = f"{RUNS}{run.pk}/"
    columns = {"code": "编号", "name": "医院", "region": "县区", "level": "级别"}
    wrong = staff.post(f"{page}do/columns/", columns | {"name": ""})
    assert wrong.status_code == 422
    staff.post(f"{page}do/columns/", columns)
    source.refresh_from_db()
    assert source.columns["region"] == "县区"

    progress = staff.get(f"{page}progress/", headers={"HX-Request": "true"})
    assert "核对" in progress.content.decode()
    do_work(run)
    assert staff.get(f"{page}progress/").headers["HX-Refresh"] == "true"
    checked = staff.get(f"{page}change/").content.decode()
    assert "<del>tertiary</del> → <ins>secondary</ins>" in checked
    assert "把名单上没有的 2 家机构" in checked

    staff.post(f"{page}do/apply/", {"close_missing": "2"})
    do_work(run)
    assert Institution.objects.filter(effective_to=OCTOBER).count() == 2
    assert Institution.objects.filter(code="H11010500009").exists()
    report = staff.get(f"{page}report.csv").getvalue().decode("utf-8-sig")
    assert "H11010500009" in report

    assert "请写明撤销的原因" in staff.post(f"{page}do/undo/", follow=True).content.decode()
    staff.post(f"{page}do/undo/", {"reason": "发错了"})
    do_work(run)
    assert not Institution.objects.filter(effective_to=OCTOBER).exists()
    assert not Institution.objects.filter(code="H11010500009").exists()
    assert "已撤销" in staff.get(f"{page}change/").content.decode()


def test_questions_are_asked_and_answered_on_the_page(staff, officer):
    run = start(text(XIEHE, XIEHE, "H11010500077,朝阳医院,110105,,,,,,"), by=officer, day=OCTOBER)
    page = f"{RUNS}{run.pk}/"
    shown = staff.get(f"{page}change/").content.decode()
    assert "文件内重复" in shown
    assert "先决定重复的行" in shown

    staff.post(f"{page}do/decide/", {"outcome": "twice", "line-2": "last"})
    staff.post(f"{page}do/decide/", {"outcome": "twin", "all": "different"})

    run.refresh_from_db()
    assert (run.counts["twice"], run.counts["twin"], run.counts["new"]) == (0, 0, 1)
    assert "写入名单" in staff.get(f"{page}change/").content.decode()


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"PK\x03\x04" + b"\0" * 100, "a.xlsx", "已损坏"),
        ("名称,名称\n甲,乙\n".encode(), "a.csv", "出现了两次"),
        ("名称,区划\n".encode("utf-16"), "a.csv", "UTF-16"),
    ],
)
def test_a_file_that_is_no_list_is_refused_beside_its_field(staff, content, name, reason):
    runs = ImportRun.objects.count()

    response = staff.post(f"{RUNS}add/", _upload(content, name))

    assert response.status_code == 422
    assert reason in response.content.decode()
    assert ImportRun.objects.count() == runs


def test_a_file_over_the_limit_is_refused_while_it_comes_in(staff, monkeypatch):
    monkeypatch.setattr("yibao.institutions.admin.receiving.MAX_BYTES", 100_000)
    assert reading.MAX_BYTES < 200_000_000
    written: list[int] = []
    inner = TemporaryFileUploadHandler.receive_data_chunk

    def write(handler, data, start):
        written.append(len(data))
        inner(handler, data, start)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", write)
    runs = ImportRun.objects.count()

    response = staff.post(f"{RUNS}add/", _upload(text(*[XIEHE] * 20_000), region="110000"))

    page = response.content.decode()
    assert response.status_code == 422
    assert "上限" in page
    assert 'value="110000"' in page
    assert sum(written) <= 100_000
    assert ImportRun.objects.count() == runs


def test_an_upload_needs_the_token_of_the_form(officer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)

    assert client.post(f"{RUNS}add/", _upload(text(XIEHE))).status_code == 403


def test_hostile_text_of_a_list_is_shown_as_text(staff, officer):
    run = start(text('H11010500008,"<script>x</script>",110105,四<b>级,,,,,', XIEHE), by=officer)

    page = staff.get(f"{RUNS}{run.pk}/change/").content.decode()

    assert "四&lt;b&gt;级" in page
    assert "<script>x" not in page


def test_an_officer_imports_for_the_own_region_only(yantai, officer):
    refused = yantai.post(f"{RUNS}add/", _upload(text(XIEHE), region="110000"))
    assert refused.status_code == 422
    assert "没有这个地区的权限" in refused.content.decode()

    foreign = start(text(XIEHE), by=officer, day=OCTOBER, area="110000")
    for address in ("change/", "progress/", "report.csv"):
        assert yantai.get(f"{RUNS}{foreign.pk}/{address}").status_code == 404
    assert yantai.post(f"{RUNS}{foreign.pk}/do/apply/").status_code == 404


def test_another_officer_of_the_region_reads_the_progress(yantai, officer):
    run = start(
        text("H37061300001,莱山医院,370613,三级,,,,,"), by=officer, area="370600", day=OCTOBER
    )

    page = yantai.get(f"{RUNS}{run.pk}/change/")

    assert page.status_code == 200
    assert "已核对" in page.content.decode()


def test_who_may_only_look_cannot_act(client, officer):
    from django.contrib.auth.models import Permission

    run = start(text(XIEHE), by=officer)
    person = make_officer("li", "000000")
    person.user_permissions.set(
        Permission.objects.filter(
            content_type__app_label="institutions", codename__startswith="view_"
        )
    )
    client.force_login(person)

    assert client.get(f"{RUNS}{run.pk}/change/").status_code == 200
    assert client.get(f"{RUNS}add/").status_code == 403
    assert client.post(f"{RUNS}{run.pk}/do/apply/").status_code == 403
