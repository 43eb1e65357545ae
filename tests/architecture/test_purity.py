"""What the source itself must not say: floats in the engine, clocks below the views."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.code import TEMPLATES, module, modules, place

CLOCKS = {"today", "now", "utcnow", "localdate", "localtime", "time", "time_ns"}
CLOCK_OWNERS = {"date", "datetime", "timezone", "time", "clock"}
VIEWS = re.compile(r"/(views|admin|commands)/|(views|admin|middleware)\.py$|/core/clock\.py$")
OPERATIONS = re.compile(
    r"/(operations|commands)/|(operations|loader|admin)\.py$|/desk/(drafts|outcome|spreadsheet)\.py$"
    r"|/imports/(comparing|preparing|tables)\.py$"
)
SHEETS = re.compile(r"/desk/spreadsheet\.py$")  # cells of a sheet have no time zone
CONVERTERS = {"localdate", "localtime"}  # given a moment they convert it and read no clock


def _clock_calls(path: Path) -> Iterator[str]:
    for node in ast.walk(module(path)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in CLOCKS
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in CLOCK_OWNERS
            and not (node.func.attr in CONVERTERS and node.args)
        ):
            yield place(path, node)


def test_the_engine_holds_no_float():
    found = [
        place(path, node)
        for path in modules("rules")
        for node in ast.walk(module(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]

    assert found == []


def test_only_views_and_commands_read_the_clock():
    found = [
        call
        for path in modules()
        if not VIEWS.search(path.as_posix())
        for call in _clock_calls(path)
    ]

    assert found == []


def test_the_day_of_a_moment_is_the_day_in_china():
    """`moment.date()` is the day in universal time: yesterday's until eight in the morning."""
    found = [
        place(path, node)
        for path in modules()
        for node in ast.walk(module(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "date"
        and not node.args
        and not SHEETS.search(path.as_posix())
    ]
    found += [
        str(path)
        for path in TEMPLATES.rglob("*.html")
        if re.search(r"\.date[ |%}]", path.read_text("utf-8"))
    ]

    assert found == []


def test_only_operations_and_loaders_open_transactions():
    found = [
        place(path, node)
        for path in modules()
        if not OPERATIONS.search(path.as_posix())
        for node in ast.walk(module(path))
        if isinstance(node, ast.Attribute)
        and node.attr == "atomic"
        and isinstance(node.value, ast.Name)
        and node.value.id == "transaction"
    ]

    assert found == []


def test_who_acts_and_when_are_given_by_name():
    found = [
        f"{place(path, node)} {node.name}"
        for path in modules()
        if path.name == "operations.py"
        for node in module(path).body
        if isinstance(node, ast.FunctionDef)
        and {"by", "at"} & {argument.arg for argument in node.args.posonlyargs + node.args.args}
    ]

    assert found == []
