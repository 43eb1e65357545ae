"""A list is compared with what is held, and decided on, before anything is written."""

import pytest

from tests.institutions.lists import (
    AT,
    CHAOYANG,
    OCTOBER,
    XIEHE,
    apply,
    bring_in,
    snapshot,
    start,
    text,
    undo,
)
from yibao.institutions import operations
from yibao.institutions.import_models import (
    ImportProblem,
    ImportRow,
    ImportRun,
    Outcome,
    State,
)
from yibao.institutions.imports import comparing
from yibao.institutions.imports import operations as work_of
from yibao.institutions.imports.operations import file_of
from yibao.institutions.models import Institution, ServiceOpening

pytestmark = pytest.mark.django_db


def _counts(run, *names):
    return tuple(run.counts[name] for name in names)


def _openings(code):
    rows = ServiceOpening.objects.filter(institution=code)
    return {(row.service, row.disease, row.effective_from, row.effective_to) for row in rows}


def _problems(run):
    return list(ImportProblem.objects.filter(run=run).values_list("line", "column", "reason"))


# --- the dry run ------------------------------------------------------------------------


def test_a_check_changes_nothing(officer):
    bring_in(text(XIEHE), by=officer)
    before = snapshot()

    run = start(text(XIEHE.replace("协和", "谐和"), CHAOYANG), by=officer, day=OCTOBER)

    assert run.state == State.CHECKED
    assert snapshot() == before


def test_tells_new_changed_same_and_missing_apart(officer):
    bring_in(text(XIEHE, CHAOYANG), by=officer)
    same_but_services = CHAOYANG.replace("是,否", "是,是")
    new = "H11010500002,望京医院,110105,二级,甲等,,,,"

    run = start(text(same_but_services, new), by=officer, day=OCTOBER, is_full=True)

    assert _counts(run, "rows", "new", "changed", "same", "missing") == (2, 1, 1, 0, 1)


def test_reports_changes_field_by_field(officer):
    bring_in(text(XIEHE), by=officer)

    run = start(
        text("H11010100001,协和医院,110105,三级,甲等,帅府园1号,是,否,M01600 M03900"),
        by=officer,
        day=OCTOBER,
    )

    (change,) = comparing.changes(run, limit=5)
    assert (change.line, change.code) == (2, "H11010100001")
    assert set(change.fields) == {
        ("name", "北京协和医院", "协和医院"),
        ("region_code", "110101", "110105"),
        ("services", "M01600 inpatient outpatient", "M01600 M03900 inpatient"),
    }


def test_what_a_list_does_not_speak_of_stays(officer):
    bring_in(text(XIEHE), by=officer)
    before = _openings("H11010100001")

    bring_in(
        "code,名称,区划代码\nH11010100001,北京协和医院,110101\n",
        by=officer,
        day=OCTOBER,
        source="二",
    )

    row = Institution.objects.get()
    assert (row.level, row.grade, row.address) == ("tertiary", "a", "帅府园1号")
    assert (row.source_name, row.source_date, row.checked_on) == ("二", OCTOBER, OCTOBER)
    assert _openings("H11010100001") == before


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("H1101,甲院,110101,,,,,,", "机构编码", "编码应为"),
        (",,110101,,,,,,", "名称", "没有名称"),
        (",甲院,999999,,,,,,", "所在区划", "没有这个区划"),
        (",甲院,110101,四级,,,,,", "级别", "不认识的写法"),
        (",甲院,110101,三级,超等,,,,", "等次", "不认识的写法"),
        (",甲院,110101,,,,大概,,", "住院", "应为“是”或“否”"),
        (",甲院,110101,,,,,,糖尿病", "门诊慢特病", "病种编码"),
        (f",{'甲' * 101},110101,,,,,,", "名称", "超过 100 个字"),
        (",甲\u202e院,110101,,,,,,", "名称", "看不见"),
        (",甲\ufffd院,110101,,,,,,", "名称", "看不见"),
        (",甲院,110101,三级,,,,", "", "可能错位"),
        (",甲院,110101,三级,,,,,,多一格", "", "可能错位"),
    ],
)
def test_refuses_a_row_with_line_column_and_reason(officer, line, column, reason):
    run = start(text(XIEHE, line), by=officer)

    ((number, found, why),) = _problems(run)
    assert (number, found) == (3, column)
    assert reason in why
    assert _counts(run, "new", "refused") == (1, 1)


def test_refuses_rows_outside_the_area(officer):
    run = start(text(XIEHE, ",莱山医院,370613,,,,,,"), by=officer, area="110000")

    assert [(line, why) for line, _column, why in _problems(run)] == [
        (3, "不在这份名单覆盖的地区内。")
    ]


def test_refuses_a_file_of_which_most_rows_are_shifted(officer):
    shifted = [f"H{number:011d},110101,医院{number},,,,,," for number in range(20)]

    run = start(text(XIEHE, *shifted), by=officer)

    assert run.state == State.REFUSED
    assert "21 行里有 20 行读不出来" in run.message
    assert "所在区划" in run.message
    assert not ImportRow.objects.exists()
    assert not file_of(run).exists()


def test_refuses_more_rows_than_fit_and_changes_nothing(officer, monkeypatch):
    bring_in(text(XIEHE), by=officer)
    before = snapshot()
    monkeypatch.setattr(work_of, "MAX_ROWS", 1)

    run = start(text(XIEHE.replace("三级", "二级"), CHAOYANG), by=officer, day=OCTOBER)

    assert (run.state, run.slot) == (State.REFUSED, None)
    assert "多于 1 行" in run.message
    assert snapshot() == before
    assert not file_of(run).exists()


def test_reads_places_by_name_and_levels_in_one_cell(officer):
    bring_in("名称,所在地区,医院级别\n协和医院,东城区,三级甲等\n某诊所,朝阳区,\n", by=officer)

    xiehe, clinic = Institution.objects.order_by("position")
    assert (xiehe.code, xiehe.level, xiehe.grade, xiehe.kind) == (
        "Y11010100001", "tertiary", "a", "general",
    )  # fmt: skip
    assert (clinic.code, clinic.kind) == ("Y11010500001", "clinic")


def test_finds_an_entry_without_a_code_by_name_and_place(officer):
    bring_in(text(",甲院,110101,二级,,,,,", ",甲院,110105,二级,,,,,"), by=officer)

    run = start(text(",甲院,110105,三级,,,,,", ",乙院,110105,二级,,,,,"), by=officer, day=OCTOBER)
    apply(run, by=officer)

    assert dict(Institution.objects.values_list("code", "level")) == {
        "Y11010100001": "secondary",
        "Y11010500001": "tertiary",
        "Y11010500002": "secondary",
    }


def test_hostile_text_is_kept_as_text(officer):
    name = "=HYPERLINK(1)<script>{{ 7 }}'; DROP TABLE x--%s"

    bring_in(text(f'H11010100009,"{name}",110101,,,,,,'), by=officer)

    assert Institution.objects.get().name == name


# --- doubles ----------------------------------------------------------------------------


def test_asks_which_of_two_rows_with_one_code_holds(officer):
    first, last = XIEHE, XIEHE.replace("帅府园1号", "王府井2号")
    for choice, address in (("first", "帅府园1号"), ("last", "王府井2号")):
        run = start(text(first, CHAOYANG, last), by=officer)
        assert _counts(run, "new", "twice") == (1, 2)
        with pytest.raises(operations.ImportRefused, match="没有决定"):
            operations.ask_to_apply(run, skip_refused=True, close_missing=None, by=officer, at=AT)

        operations.decide(run, Outcome.TWICE, choice, by=officer, at=AT)
        assert _counts(run, "new", "twice", "skipped") == (2, 0, 1)
        apply(run, by=officer)

        assert Institution.objects.get(code="H11010100001").address == address
        undo(ImportRun.objects.first(), by=officer)


def test_keeps_both_only_where_the_codes_differ(officer):
    namesake = XIEHE.replace("H11010100001", "H11010100002")
    run = start(text(XIEHE, namesake, CHAOYANG, CHAOYANG), by=officer)

    operations.decide(run, Outcome.TWICE, "all", by=officer, at=AT)

    assert _counts(run, "new", "twice") == (2, 2)
    operations.decide(run, Outcome.TWICE, "none", lines=[4], by=officer, at=AT)
    assert _counts(run, "new", "twice", "skipped") == (2, 0, 2)


@pytest.mark.parametrize(
    ("choice", "listed", "merged"),
    [
        ("same", ["H11010100001"], "H11010100001"),
        ("different", ["H11010100001", "Y11010100001"], None),
        ("none", ["Y11010100001"], None),
    ],
)
def test_asks_whether_a_namesake_is_the_same(officer, choice, listed, merged):
    bring_in("名称,区划代码\n北京协和医院,110101\n", by=officer, source="旧名单")
    before = snapshot()
    run = start(text(XIEHE), by=officer, day=OCTOBER)
    assert _counts(run, "new", "twin") == (0, 1)

    operations.decide(run, Outcome.TWIN, choice, lines=[2], by=officer, at=AT)
    run = apply(run, by=officer)

    on_list = Institution.objects.filter(effective_to=None).order_by("code")
    assert list(on_list.values_list("code", flat=True)) == listed
    assert Institution.objects.get(code="Y11010100001").merged_into_id == merged
    undo(run, by=officer)
    assert snapshot() == before


def test_grades_in_a_column_of_levels_are_compared_too(officer):
    bring_in("名称,所在地区,医院级别\n协和医院,东城区,三级\n", by=officer)

    run = bring_in("名称,所在地区,医院级别\n协和医院,东城区,三级甲等\n", by=officer, day=OCTOBER)

    assert run.counts["changed"] == 1
    assert Institution.objects.get().grade == "a"


def test_a_column_of_plain_levels_leaves_grades_alone(officer):
    bring_in("名称,所在地区,级别,等次\n协和医院,东城区,三级,甲等\n", by=officer, source="甲")

    run = bring_in(
        "名称,所在地区,级别\n协和医院,东城区,三级\n", by=officer, day=OCTOBER, source="乙"
    )

    assert run.counts["same"] == 1
    assert Institution.objects.get().grade == "a"
