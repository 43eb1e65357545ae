# ruff: noqa: S608
"""The finder's page on SQLite: row ids of the FTS5 index are positions, so that the best
come out first and the walk ends with the page.

Everything that was typed is a parameter, which is why S608 is off in this file.
"""

from collections.abc import Sequence
from typing import Any

from yibao.institutions.matching import Branch, Group
from yibao.institutions.strata import Arm, Asked, Statement, Stratum, quoted
from yibao.regions.queries import NATION

_EVERY_ROW = f"r:{NATION}"
# CROSS JOIN keeps the order of the tables: the index leads.
_SOURCE = "institutions_search f CROSS JOIN institutions_institution i ON i.position = f.rowid"


def page(arms: Sequence[Arm], asked: Asked, columns: Sequence[str], limit: int) -> Statement:
    """Return the statement of a page: stratum, position and columns, best first.

    The statement depends on the shape of the question alone, so that SQLite keeps it prepared.
    """
    parts: list[str] = []
    values: list[Any] = []
    read = ", ".join(f"i.{column}" for column in columns)
    for arm in arms:
        test, found = _where(arm.stratum, asked)
        parts.append(
            f"SELECT * FROM (SELECT %s AS stratum, i.position, {read} FROM {_SOURCE} "
            f"WHERE {test} AND f.rowid > %s ORDER BY f.rowid LIMIT {int(limit)})"
        )
        values += [arm.number, *found, arm.after]
    return f"{' UNION ALL '.join(parts)} LIMIT {int(limit)}", values


def _where(stratum: Stratum, asked: Asked) -> Statement:
    tests = ["f.institutions_search MATCH %s"]
    values: list[Any] = [_match(stratum)]
    tests += [_group(group, values) for group in stratum.groups]
    if stratum.besides:
        tests.append(f"NOT {_group(stratum.besides, values)}")
    tests.append("(i.effective_from IS NULL OR i.effective_from <= %s)")
    tests.append("(i.effective_to IS NULL OR i.effective_to > %s)")
    values += [asked.on, asked.on]
    if stratum.is_open is not None:
        tests.append(_open(stratum, asked, values))
    return " AND ".join(tests), values


def _match(stratum: Stratum) -> str:
    parts = [quoted((token,)) for token in stratum.all_tokens]
    parts += [" OR ".join(f"({_branch(b)})" for b in group) for group in stratum.groups]
    found = " AND ".join(f"({part})" for part in parts or [quoted((_EVERY_ROW,))])
    return f"({found}) NOT {quoted((stratum.without,))}" if stratum.without else found


def _branch(branch: Branch) -> str:
    return " AND ".join(f"({quoted(tokens)})" for tokens in branch.tokens)


def _group(group: Group, values: list[Any]) -> str:
    return "(" + " OR ".join(_check(branch, values) for branch in group) + ")"


def _check(branch: Branch, values: list[Any]) -> str:
    tests = []
    if branch.places:
        held = " OR ".join("instr(' ' || i.grams || ' ', %s) > 0" for _place in branch.places)
        tests.append(f"({held})")
        values += [f" {place} " for place in branch.places]
    if branch.column:
        tests.append(f"instr(i.{branch.column}, %s) > 0")
        values.append(branch.text)
    return "(" + " AND ".join(tests) + ")"


def _open(stratum: Stratum, asked: Asked, values: list[Any]) -> str:
    tests = "o.institution_id = i.code AND o.service = %s AND o.effective_from <= %s "
    tests += "AND (o.effective_to IS NULL OR o.effective_to > %s)"
    values += [asked.service, asked.on, asked.on]
    if asked.disease:
        tests += " AND o.disease = %s"
        values.append(asked.disease)
    if stratum.is_across:
        tests += " AND o.scope = 'cross_province'"
    found = f"EXISTS (SELECT 1 FROM institutions_serviceopening o WHERE {tests})"
    return found if stratum.is_open else f"NOT {found}"
