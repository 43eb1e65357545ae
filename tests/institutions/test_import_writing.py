"""A checked list is written whole, and taken back to the very rows before."""

import pytest

from tests.institutions.lists import (
    AT,
    CHAOYANG,
    HEADER,
    JULY,
    OCTOBER,
    XIEHE,
    apply,
    bring_in,
    do_work,
    make_officer,
    snapshot,
    start,
    text,
    undo,
    workbook,
)
from yibao.audit.models import Event
from yibao.institutions import operations
from yibao.institutions.import_models import (
    ImportProblem,
    ImportRow,
    ImportRun,
    ImportSource,
    State,
)
from yibao.institutions.imports.operations import file_of
from yibao.institutions.models import Institution, ServiceOpening
from yibao.institutions.search import Wanted, search

pytestmark = pytest.mark.django_db


def _counts(run, *names):
    return tuple(run.counts[name] for name in names)


def _openings(code):
    rows = ServiceOpening.objects.filter(institution=code)
    return {(row.service, row.disease, row.effective_from, row.effective_to) for row in rows}


def _problems(run):
    return list(ImportProblem.objects.filter(run=run).values_list("line", "column", "reason"))


# --- writing ----------------------------------------------------------------------------


def test_writes_entries_openings_names_and_the_search(officer):
    bring_in(text(XIEHE, CHAOYANG), by=officer)
    bring_in(
        text(XIEHE.replace("北京协和", "首都谐和").replace("是,是", "是,否"), CHAOYANG),
        by=officer,
        day=OCTOBER,
    )

    row = Institution.objects.get(code="H11010100001")
    assert (row.name, row.effective_from, row.source_name) == ("首都谐和医院", JULY, "测试名单")
    assert [(name.name, name.used_to) for name in row.former_names.all()] == [
        ("北京协和医院", OCTOBER)
    ]
    assert _openings(row.code) == {
        ("inpatient", "", JULY, None),
        ("outpatient", "", JULY, OCTOBER),
        ("chronic", "M01600", JULY, None),
    }
    assert [found.code for found in search(Wanted(on=OCTOBER, text="谐和")).rows] == [row.code]
    assert search(Wanted(on=OCTOBER, text="北京协和")).rows == ()
    assert Event.objects.filter(event="institutions.list_applied", actor="chen").count() == 2


def test_indexes_what_it_writes_as_single_entries_are(officer):
    bring_in(text(XIEHE, CHAOYANG), by=officer)
    bring_in(text(XIEHE.replace("三级", "二级"), CHAOYANG), by=officer, day=OCTOBER)

    from yibao.institutions.indexing import index

    for row in Institution.objects.all():
        written = {name: getattr(row, name) for name in ("name_key", "initials", "position")}
        grams = set(row.grams.split())
        index(row)
        assert written == {name: getattr(row, name) for name in written}
        assert grams == set(row.grams.split())


def test_a_full_list_closes_only_what_was_confirmed(officer):
    bring_in(text(XIEHE, CHAOYANG, "H37061300001,莱山医院,370613,,,,,,"), by=officer)
    options = {"by": officer, "is_full": True, "area": "110000"}

    kept = apply(start(text(XIEHE), day=OCTOBER, **options), by=officer)
    assert kept.state == State.APPLIED
    assert not Institution.objects.filter(effective_to__isnull=False).exists()

    run = start(text(XIEHE), day=OCTOBER, **options)
    assert run.counts["missing"] == 1
    with pytest.raises(operations.ImportRefused, match="不符"):
        operations.ask_to_apply(run, skip_refused=False, close_missing=2, by=officer, at=AT)
    apply(run, by=officer, close_missing=1)

    closed = Institution.objects.get(effective_to=OCTOBER)
    assert closed.code == "H11010500001"
    assert "2026-10-01" in closed.end_reason


def test_a_list_that_is_not_full_closes_nothing(officer):
    bring_in(text(XIEHE, CHAOYANG), by=officer)
    run = start(text(XIEHE), by=officer, day=OCTOBER)

    with pytest.raises(operations.ImportRefused):
        operations.ask_to_apply(run, skip_refused=False, close_missing=0, by=officer, at=AT)


def test_a_refused_row_still_keeps_its_entry_open(officer):
    bring_in(text(XIEHE, CHAOYANG), by=officer)

    run = start(
        text(XIEHE, CHAOYANG.replace("三级", "四级")), by=officer, day=OCTOBER, is_full=True
    )

    assert _counts(run, "refused", "missing") == (1, 0)
    with pytest.raises(operations.ImportRefused, match="1 行被拒绝"):
        operations.ask_to_apply(run, skip_refused=False, close_missing=None, by=officer, at=AT)
    assert apply(run, by=officer, skip_refused=True).state == State.APPLIED


def test_an_entry_that_had_ended_is_listed_again(officer):
    bring_in(text(XIEHE, CHAOYANG), by=officer)
    operations.close_institutions(
        Institution.objects.filter(code="H11010100001"),
        on=AT.date().replace(day=1), reason="停业", by=officer, at=AT,
    )  # fmt: skip

    run = start(text(XIEHE), by=officer, day=AT.date().replace(day=20))
    apply(run, by=officer)

    row = Institution.objects.get(code="H11010100001")
    assert (row.effective_to, row.end_reason) == (None, "")


def test_checks_again_when_the_list_was_changed_meanwhile(officer):
    run = start(text(XIEHE), by=officer)
    bring_in(text(XIEHE), by=officer, source="别的来源")

    run = apply(run, by=officer)

    assert (run.state, run.task) == (State.QUEUED, "check")
    assert "重新核对" in run.message
    run = do_work(run)
    assert (run.state, run.counts["new"], run.counts["same"]) == (State.CHECKED, 0, 1)


def test_the_same_workbook_gives_the_same_entries(officer):
    bring_in(text(XIEHE, CHAOYANG), by=officer)
    rows = [line.split(",") for line in (HEADER, XIEHE, CHAOYANG)]

    run = start(workbook(rows), by=officer, day=OCTOBER)

    assert (run.encoding, run.counts["same"], run.counts["rows"]) == ("xlsx", 2, 2)


# --- undo -------------------------------------------------------------------------------


def test_undo_gives_back_the_very_rows(officer):
    bring_in(text(XIEHE, CHAOYANG, ",甲院,110101,,,,,,"), by=officer)
    before = snapshot()
    changed = text(
        XIEHE.replace("北京协和", "谐和").replace("是,是,M01600", "否,是,M03900"),
        ",甲院,110101,,,,,,",
        "H11010500007,新院,110105,二级,,,是,,",
    )
    run = start(changed, by=officer, day=OCTOBER, is_full=True)
    run = apply(run, by=officer, close_missing=1)
    assert snapshot() != before

    run = undo(run, by=officer)

    assert (run.state, run.counts["kept"], run.undone_by) == (State.UNDONE, 0, "chen")
    assert snapshot() == before
    assert Event.objects.get(event="institutions.list_undone").after["kept"] == 0


def test_undo_leaves_what_staff_changed_since(officer):
    bring_in(text(XIEHE), by=officer)
    run = bring_in(text(XIEHE.replace("帅府园", "王府井"), CHAOYANG), by=officer, day=OCTOBER)
    Institution.objects.filter(code="H11010100001").update(address="人工改正")
    Institution.objects.filter(code="H11010500001").update(name="朝阳医院本部")

    run = undo(run, by=officer)

    assert run.counts["kept"] == 2
    assert Institution.objects.get(code="H11010100001").address == "人工改正"
    assert Institution.objects.filter(code="H11010500001").exists()


def test_only_the_latest_list_can_be_undone(officer):
    older = bring_in(text(XIEHE), by=officer)
    latest = bring_in(text(XIEHE, CHAOYANG), by=officer, day=OCTOBER)

    with pytest.raises(operations.ImportRefused, match="最近一次"):
        operations.ask_to_undo(older, reason="错", by=officer, at=AT)
    undone = undo(latest, by=officer)
    for run in (undone, older):
        with pytest.raises(operations.ImportRefused, match="最近一次"):
            operations.ask_to_undo(run, reason="错", by=officer, at=AT)


# --- what may be asked when --------------------------------------------------------------


def test_refuses_a_second_list_while_one_is_at_work(officer):
    source = ImportSource.objects.create(
        name="来源", columns={"name": "名称", "region": "区划代码"}
    )
    options = {
        "source": source, "region_code": "000000", "list_date": JULY, "is_full": False,
        "by": officer, "at": AT,
    }  # fmt: skip
    first = operations.start_import(
        upload=operations.Upload("a", [text(XIEHE).encode()]), **options
    )
    assert first.state == State.QUEUED

    with pytest.raises(operations.ImportRefused, match="正在处理"):
        operations.start_import(upload=operations.Upload("b", [text(XIEHE).encode()]), **options)

    assert ImportRun.objects.count() == 1
    assert len(list(file_of(first).parent.iterdir())) == 1


def test_refuses_a_list_from_the_future_and_one_older_than_what_is_written(officer):
    bring_in(text(XIEHE), by=officer, day=OCTOBER)

    with pytest.raises(operations.ImportRefused, match="更早"):
        start(text(XIEHE), by=officer, day=JULY)
    with pytest.raises(operations.ImportRefused, match="晚于今天"):
        start(text(XIEHE), by=officer, day=AT.date().replace(day=30))


def test_keeps_no_file_that_it_refused(officer, tmp_path):
    from yibao.institutions.imports.reading import ImportFileRefused

    with pytest.raises(ImportFileRefused):
        start(b"\xff\xfe", by=officer)

    assert list((tmp_path / "imports").iterdir()) == []
    assert not ImportRun.objects.exists()


def test_columns_are_remembered_for_the_source(officer):
    source = ImportSource.objects.create(name="自有表头")
    upload = operations.Upload("a", ["医院,区,编号\n协和,110101,H11010100001\n".encode()])
    options = {
        "source": source, "region_code": "000000", "list_date": JULY, "is_full": False,
        "upload": upload, "by": officer, "at": AT,
    }  # fmt: skip
    run = operations.start_import(**options)
    assert run.state == State.COLUMNS
    for wrong, reason in (
        ({"name": "医院"}, "所在区划"),
        ({"name": "医院", "region": "医院"}, "同一列"),
        ({"name": "医院", "region": "没有"}, "没有“没有”"),
    ):
        with pytest.raises(operations.ImportRefused, match=reason):
            operations.choose_columns(run, wrong, by=officer, at=AT)

    operations.choose_columns(
        run, {"name": "医院", "region": "区", "code": "编号"}, by=officer, at=AT
    )
    apply(do_work(run), by=officer)

    source.refresh_from_db()
    assert operations.start_import(**options | {"source": source}).state == State.QUEUED


def test_giving_up_drops_rows_and_file(officer):
    run = start(text(XIEHE), by=officer)

    operations.cancel_import(run, by=officer, at=AT)

    assert ImportRun.objects.get().state == State.CANCELLED
    assert not ImportRow.objects.exists()
    assert not file_of(run).exists()
    with pytest.raises(operations.ImportRefused):
        operations.cancel_import(run, by=officer, at=AT)


def test_another_officer_may_write_what_one_has_checked(officer):
    run = start(text(XIEHE), by=officer)

    run = apply(run, by=make_officer("wang"))

    assert (run.created_by, run.applied_by) == ("chen", "wang")
