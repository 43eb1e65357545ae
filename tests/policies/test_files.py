"""What the reader of policy files refuses, and that it says where and why."""

from datetime import date
from pathlib import Path

import pytest

from tests.factories.policies import KNOWN, make_draft, row_text, write_file
from yibao.policies.canonical import in_canonical_form, text_of
from yibao.policies.files import (
    FileProblem,
    PolicyFilesRefused,
    read,
)
from yibao.rules.terms import AidGroup, CareType, Kind, Layer, Level


def problems(folder: Path, body: str, **where: str) -> tuple[FileProblem, ...]:
    write_file(folder, body, **where)
    with pytest.raises(PolicyFilesRefused) as refused:
        read(folder, KNOWN)
    return refused.value.problems


def reasons(folder: Path, body: str, **where: str) -> list[str]:
    return [problem.reason for problem in problems(folder, body, **where)]


def test_reads_a_row_with_its_defaults(tmp_path: Path) -> None:
    write_file(tmp_path, row_text(effective_to="2027-01-01", level='"tertiary"'))

    (file,) = read(tmp_path, KNOWN)

    assert (file.region_code, file.insurance, file.title) == ("370600", "resident", "测试")
    (draft,) = file.drafts
    assert draft.effective_to == date(2027, 1, 1)
    assert draft.kind is Kind.RULE
    assert draft.values["care_types"] == {CareType.INPATIENT}
    assert draft.values["level"] is Level.TERTIARY
    assert draft.values["ratio_bp"] == 8500
    assert draft.values["from_fen"] == 0
    assert draft.values["to_fen"] is None


def test_names_file_line_and_row(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, row_text() + row_text(level='"tertiary"', ratio_bp="10001"))

    assert str(problem) == ("370600/resident.toml:15: payment_band 2: ratio_bp 超过 100%。")


def test_collects_the_problems_of_all_files(tmp_path: Path) -> None:
    write_file(tmp_path, row_text(ratio_bp="10001"), branch="employee")

    found = problems(tmp_path, row_text(standing='"sure"') + row_text(document='"s-none"'))

    assert [(problem.file, problem.entry) for problem in found] == [
        ("370600/employee.toml", "payment_band 1"),
        ("370600/resident.toml", "payment_band 1"),
        ("370600/resident.toml", "payment_band 2"),
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ratio": "1"}, "没有这个字段：ratio。"),
        ({"ratio_bp": None}, "缺少 ratio_bp。"),
        ({"ratio_bp": "0.85"}, "ratio_bp 应为整数基点：85% 写作 8500。"),
        ({"ratio_bp": '"85%"'}, "ratio_bp 应为整数基点：85% 写作 8500。"),
        ({"ratio_bp": "true"}, "ratio_bp 应为整数基点：85% 写作 8500。"),
        ({"ratio_bp": "85"}, "ratio_bp 不到 1%：85% 在文件中写 8500，在表单中填 85。"),
        ({"ratio_bp": "10001"}, "ratio_bp 超过 100%。"),
        ({"ratio_bp": "-100"}, "ratio_bp 不能是负数。"),
        ({"ratio_high_bp": "9000"}, "有区间的行，性质（kind）应为 bound。"),
        ({"ratio_high_bp": "8000", "kind": '"bound"'}, "区间的上限低于下限，或没有下限。"),
        ({"from_fen": "300.5"}, "from_fen 应为整数分：100 元写作 10000。"),
        ({"from_fen": "-1"}, "from_fen 不能是负数。"),
        ({"from_fen": "500", "to_fen": "500"}, "to_fen 应大于 from_fen。"),
        ({"from_fen": "1000000000000000"}, "from_fen 太大。"),
        ({"age_from": "70", "age_to": "60"}, "age_to 应大于 age_from。"),
        ({"age_from": '"70"'}, "age_from 应为整数。"),
        ({"care_types": '"inpatient"'}, "care_types 应为代码的列表。"),
        ({"care_types": '["inpatient", "inpatient"]'}, "care_types 有重复的代码。"),
        (
            {"care_types": '["ward"]'},
            "care_types 不能含 ward，只能是：inpatient、outpatient、chronic、pharmacy、birth。",
        ),
        (
            {"level": '"top"'},
            "level 不能是 'top'，只能是：tertiary、secondary、primary、unrated、other。",
        ),
        ({"groups": '["active"]'}, "人群与险种不符。"),
        ({"tier": '"12345678901"'}, "tier 超过 10 字。"),
        ({"tier": "1"}, "tier 应为文字。"),
        ({"tier": '" 1"'}, "tier 首尾有空白。"),
        ({"institution_class": '"class9"'}, "本地没有这个机构类别：class9。"),
        ({"document": '"s-none"'}, "没有这份文件：s-none。"),
        ({"document": None}, "缺少 document。"),
        ({"article": None}, "缺少 article。"),
        ({"quote": f'"{"长" * 201}"'}, "quote 超过 200 字。"),
        ({"checked_on": None}, "缺少 checked_on。"),
        ({"checked_on": '"2026-11-23"'}, "checked_on 应为日期，如 2026-01-01。"),
        ({"checked_on": "2026-11-23T08:00:00"}, "checked_on 应为日期，如 2026-01-01。"),
        ({"effective_from": None}, "缺少 effective_from。"),
        ({"effective_basis": None}, "缺少 effective_basis。"),
        ({"effective_to": "2026-01-01"}, "失效日必须晚于生效日。"),
        ({"standing": None}, "缺少 standing。"),
        ({"reference": '"370600-001"'}, "reference 应为文字的列表。"),
        ({"note": "3"}, "note 应为文字。"),
    ],
)
def test_refuses_a_payment_band(
    tmp_path: Path, changes: dict[str, str | None], reason: str
) -> None:
    assert reasons(tmp_path, row_text(**changes)) == [reason]


@pytest.mark.parametrize(
    ("table", "changes", "reason"),
    [
        ("deductible", {}, "amount_fen 和 factor_bp 写且只写一项。"),
        (
            "deductible",
            {"amount_fen": "80000", "factor_bp": "8000"},
            "amount_fen 和 factor_bp 写且只写一项。",
        ),
        ("deductible", {"amount_fen": "1", "nth_to": "2"}, "写了 nth_to，就要写 nth_from。"),
        ("deductible", {"amount_fen": "1", "nth_from": "0"}, "住院次数从 1 数起。"),
        ("payment_cap", {}, "amount_fen、share_bp、unlimited 写且只写一项。"),
        (
            "payment_cap",
            {"amount_fen": "1", "unlimited": "true"},
            "amount_fen、share_bp、unlimited 写且只写一项。",
        ),
        ("payment_cap", {"share_bp": "9000"}, 'share_bp 只用于各项合计（layer = "all"）。'),
        ("payment_cap", {"unlimited": '"yes"'}, "unlimited 应为 true 或 false。"),
        ("away_adjustment", {"mechanism": '"factor"'}, "factor 应写且只写：value_bp。"),
        (
            "away_adjustment",
            {"mechanism": '"first_pay"', "value_bp": "1000"},
            "first_pay 应写且只写：order, value_bp。",
        ),
        (
            "away_adjustment",
            {"mechanism": '"none"', "value_bp": "1000"},
            "none 应写且只写：（无）。",
        ),
        (
            "away_adjustment",
            {"mechanism": '"own_table"'},
            "own_table 写 amount_fen、value_bp 中至少一项，不写别的。",
        ),
        (
            "away_adjustment",
            {"mechanism": '"refused"', "scope": '"local"'},
            "异地待遇差异不适用于本统筹区内。",
        ),
        ("away_adjustment", {"mechanism": '"refused"', "position": "0"}, "position 从 1 数起。"),
        (
            "away_adjustment",
            {
                "mechanism": '"follow"',
                "situations": '["late"]',
                "follows": '"late"',
            },
            "一种情形不能按它自己执行。",
        ),
        ("filing_rule", {"categories": '["referral"]'}, "这一行什么也没有规定。"),
        (
            "filing_rule",
            {"indefinite": "true", "validity_months": "6"},
            "长期有效的，不再写有效期月数。",
        ),
        (
            "filing_rule",
            {"validity_is_floor": "true"},
            "写了有效期为下限，就要写有效期月数。",
        ),
        (
            "filing_rule",
            {"required": "false", "filing_free_zone": '["999999"]'},
            "没有这个区划：999999。",
        ),
        (
            "second_layer",
            {"layer": '"basic"', "threshold_fen": "1"},
            "layer 应为 large_expense 或 critical_illness。",
        ),
        (
            "second_layer",
            {"layer": '"critical_illness"', "cap_fen": "1", "cap_unlimited": "true"},
            "不封顶的，不再写 cap_fen。",
        ),
        (
            "second_layer",
            {
                "layer": '"critical_illness"',
                "threshold_fen": "1",
                "threshold_factor_bp": "5000",
            },
            "threshold_fen 和 threshold_factor_bp 只写一项。",
        ),
        ("medical_aid", {"ratio_bp": "7000"}, "缺少 aid_groups。"),
        (
            "medical_aid",
            {"ratio_bp": "7000", "aid_groups": "[]"},
            "没有写救助对象（aid_groups）。",
        ),
        (
            "chronic_disease",
            {"disease": '"M03900"', "name": '"高血压"', "cross_province_since": "2025-01-01"},
            "写了 cross_province_since，就要写 cross_province = true。",
        ),
        ("claim_rule", {}, "这一行什么也没有规定。"),
        ("remark", {"topic": '"x"', "text": '"x"'}, "缺少 reason。"),
    ],
)
def test_refuses_a_row(
    tmp_path: Path, table: str, changes: dict[str, str | None], reason: str
) -> None:
    assert reason in reasons(tmp_path, row_text(table, **changes))


@pytest.mark.parametrize("quote", ["报销比例降低10%", "下浮20%", "在本地基础上调低了 5％"])
@pytest.mark.parametrize("mechanism", ["factor", "percentage_points"])
def test_refuses_one_reading_of_a_bare_percentage(
    tmp_path: Path, quote: str, mechanism: str
) -> None:
    row = row_text(
        "away_adjustment", mechanism=f'"{mechanism}"', value_bp="1000", quote=f'"{quote}"'
    )

    (reason,) = reasons(tmp_path, row)

    assert "没有说是百分点还是系数" in reason


def test_takes_both_readings_of_a_bare_percentage_as_disputed(tmp_path: Path) -> None:
    rows = [
        row_text(
            "away_adjustment",
            mechanism=mechanism,
            value_bp=value,
            quote='"降低10%"',
            standing='"disputed"',
        )
        for mechanism, value in (('"factor"', "9000"), ('"percentage_points"', "1000"))
    ]
    write_file(tmp_path, "".join(rows))

    assert len(read(tmp_path, KNOWN)[0].drafts) == 2


def test_refuses_a_table_that_does_not_exist(tmp_path: Path) -> None:
    assert reasons(tmp_path, row_text("payment_rate")) == ["没有这个表：payment_rate。"]


def test_refuses_a_table_that_is_not_a_list(tmp_path: Path) -> None:
    assert reasons(tmp_path, "[payment_band]\nratio_bp = 1\n") == [
        "payment_band 应写作 [[payment_band]]。"
    ]


def test_refuses_a_key_that_stands_twice_with_its_line(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "[[payment_band]]\nratio_bp = 1\nratio_bp = 2\n")

    assert problem.line == 7


def test_refuses_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    write_file(tmp_path, "").write_bytes("title = '烟台'".encode("gb18030"))

    with pytest.raises(PolicyFilesRefused, match="utf-8"):
        read(tmp_path, KNOWN)


def test_refuses_a_region_that_differs_from_its_folder(tmp_path: Path) -> None:
    path = write_file(tmp_path, row_text())
    path.write_text(path.read_text().replace('region = "370600"', 'region = "370000"'))

    with pytest.raises(PolicyFilesRefused, match="region 应与文件夹同名：370600"):
        read(tmp_path, KNOWN)


def test_refuses_an_unknown_region(tmp_path: Path) -> None:
    assert reasons(tmp_path, row_text(), region="123456") == ["没有这个区划：123456。"]


def test_refuses_a_branch_that_does_not_exist(tmp_path: Path) -> None:
    assert reasons(tmp_path, row_text(), branch="rural") == [
        "insurance 应与文件同名：employee、resident 或 all。"
    ]


def test_refuses_a_row_that_stands_twice(tmp_path: Path) -> None:
    (first, second) = problems(
        tmp_path, row_text(standing='"disputed"') * 2 + row_text(level='"other"', ratio_bp="7")
    )

    assert first.reason == "与 payment_band 1 完全相同。"
    assert second.entry == "payment_band 3"


def test_refuses_two_computed_rows_of_one_key_at_once(tmp_path: Path) -> None:
    (problem,) = problems(
        tmp_path,
        row_text(effective_to="2026-07-01")
        + row_text(ratio_bp="9000", effective_from="2026-06-30", standing='"secondary"'),
    )

    assert "与 370600/resident.toml:5（payment_band 1）是同一规定，有效期重叠" in problem.reason


def test_takes_a_successor_that_begins_when_the_old_row_ends(tmp_path: Path) -> None:
    write_file(
        tmp_path,
        row_text(effective_to="2026-07-01")
        + row_text(ratio_bp="9000", effective_from="2026-07-01"),
    )

    assert len(read(tmp_path, KNOWN)[0].drafts) == 2


def test_writes_rows_in_one_order_whatever_order_they_come_in(tmp_path: Path) -> None:
    rows = [
        make_draft("payment_band", level=Level.SECONDARY, ratio_bp=8500),
        make_draft("payment_band", level=Level.TERTIARY, ratio_bp=8000),
        make_draft("medical_aid", aid_groups=frozenset(AidGroup), ratio_bp=7000),
        make_draft("deductible", amount_fen=80000),
    ]

    forward = text_of("370600", "resident", "测试", rows)
    backward = text_of("370600", "resident", "测试", rows[::-1])

    assert forward == backward
    assert forward.index("[[deductible]]") < forward.index("[[payment_band]]")
    assert forward.index("tertiary") < forward.index("secondary")


def test_writes_what_it_reads(tmp_path: Path) -> None:
    rows = [
        make_draft(
            "second_layer",
            layer=Layer.CRITICAL_ILLNESS,
            base_excludes=frozenset(),
            note='引号"和\\斜线',
        ),
        make_draft("filing_rule", required=False, filing_free_zone=frozenset({"310118"})),
    ]
    path = write_file(tmp_path, "")
    path.write_text(text_of("370600", "resident", "测试", rows))

    (file,) = read(tmp_path, KNOWN)

    assert sorted(map(repr, file.drafts)) == sorted(map(repr, rows))
    assert in_canonical_form(file, path.read_text())
    assert not in_canonical_form(file, path.read_text() + "\n")
