"""The canonical TOML writer of shipped data: what it writes, `tomllib` reads back unchanged.

It knows the types that shipped data uses (text, whole numbers, truth values, dates, lists
and tables of these) and refuses all others, floats above all. Keys keep the order in which
they are given; a key whose value is None is left out; there are no comments. The same
value always gives the same text, so an export can be compared with its file.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
}
_LINE = 100


def dumps(document: Mapping[str, object]) -> str:
    """Return the document as TOML text that ends in a newline.

    Raises TypeError for a value that the format of our data does not know.

    >>> print(dumps({"region": "370600", "row": [{"ratio_bp": 8500}]}), end="")
    region = "370600"
    <BLANKLINE>
    [[row]]
    ratio_bp = 8500
    """
    lines: list[str] = []
    _table(lines, (), document)
    while lines and not lines[0]:
        lines.pop(0)
    return "\n".join(lines) + "\n"


def _table(lines: list[str], path: tuple[str, ...], table: Mapping[str, object]) -> None:
    """Write the plain keys first: a key after a sub-table would belong to the sub-table."""
    nested: list[tuple[str, object]] = []
    for key, value in table.items():
        if value is None:
            continue
        if isinstance(value, Mapping) or _is_list_of_tables(value):
            nested.append((key, value))
        else:
            lines.append(f"{_key(key)} = {_value(value)}")
    for key, value in nested:
        inner = (*path, key)
        name = ".".join(_key(part) for part in inner)
        if isinstance(value, Mapping):
            lines += ["", f"[{name}]"]
            _table(lines, inner, value)
        elif isinstance(value, Sequence):
            for row in value:
                lines += ["", f"[[{name}]]"]
                _table(lines, inner, row)


def _is_list_of_tables(value: object) -> bool:
    if not isinstance(value, (list, tuple)) or not any(isinstance(row, Mapping) for row in value):
        return False
    if not all(isinstance(row, Mapping) for row in value):
        raise TypeError("A list holds either tables or plain values, not both.")
    return True


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"A key is text, not {type(key).__name__}.")
    return key if _BARE_KEY.fullmatch(key) else _text(key)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return _text(value)
        case datetime():
            raise TypeError("A moment has no place in shipped data; a date has.")
        case date():
            return value.isoformat()
        case list() | tuple():
            items = [_value(item) for item in value]
            line = f"[{', '.join(items)}]"
            if len(line) <= _LINE:
                return line
            return "[\n" + "".join(f"    {item},\n" for item in items) + "]"
    raise TypeError(f"Shipped data cannot hold a value of type {type(value).__name__}.")


def _text(text: str) -> str:
    # str() first: a StrEnum member is written by its value.
    plain = str(text)
    return '"' + "".join(_ESCAPES.get(sign) or _sign(sign) for sign in plain) + '"'


def _sign(sign: str) -> str:
    return f"\\u{ord(sign):04X}" if ord(sign) < 0x20 or ord(sign) == 0x7F else sign
