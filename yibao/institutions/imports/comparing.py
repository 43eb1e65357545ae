"""Compare the rows of a list with what is held, in the database, without changing what is held."""

# ruff: noqa: S608 (names of tables and columns are ours, values are parameters)

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yibao.institutions.import_models import ImportRun, Outcome
from yibao.institutions.imports.cells import compared_fields, spoken_services
from yibao.institutions.imports.tables import area_of, execute, fetch, marks, number

# The staging table's name for a column of the institution, where the two differ.
COLUMN_OF = {"region_code": "region_id"}


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a list speaks of: fields of the institution, services, and their scope."""

    fields: tuple[str, ...]
    services: tuple[str, ...]
    scope: str


def spoken_of(run: ImportRun) -> Spoken:
    """Return what the run's list speaks of."""
    columns = dict.fromkeys(run.columns, 0)
    fields = compared_fields(columns, has_grades=bool(run.counts.get("graded")))
    return Spoken(fields, spoken_services(columns), run.source.scope)


def compare(run: ImportRun) -> None:
    """Give every row its outcome; doubles and twins wait for a person's decision."""
    _find_codes(run.pk)
    _mark_doubles(run.pk, "code")
    _mark_doubles(run.pk, "name, region_code")
    classify(run)


def classify(run: ImportRun) -> None:
    """Give an outcome to the rows that have none: at first all, then those decided on."""
    _mark_twins(run.pk)
    execute(
        "UPDATE institutions_importrow AS r SET outcome = %s WHERE r.run_id = %s AND r.outcome = ''"
        " AND NOT EXISTS (SELECT 1 FROM institutions_institution i WHERE i.code = r.code)",
        [Outcome.NEW, run.pk],
    )
    differs, params = _differs(run)
    execute(
        "UPDATE institutions_importrow AS r SET outcome = %s FROM institutions_institution i"
        f" WHERE r.run_id = %s AND r.outcome = '' AND i.code = r.code AND ({differs})",
        [Outcome.CHANGED, run.pk, *params],
    )
    execute(
        "UPDATE institutions_importrow SET outcome = %s WHERE run_id = %s AND outcome = ''",
        [Outcome.SAME, run.pk],
    )


def has_moved(run: ImportRun) -> bool:
    """Tell whether the comparison no longer holds because the list was changed meanwhile."""
    differs, params = _differs(run)
    moved = number(
        "SELECT COUNT(*) FROM institutions_importrow r"
        " LEFT JOIN institutions_institution i ON i.code = r.code WHERE r.run_id = %s AND ("
        " (r.outcome = 'new' AND i.code IS NOT NULL)"
        " OR (r.outcome IN ('changed', 'same') AND i.code IS NULL)"
        f" OR (r.outcome = 'same' AND ({differs})))",
        [run.pk, *params],
    )
    return bool(moved) or (run.close_missing and count(run)["missing"] != run.counts["missing"])


def _differs(run: ImportRun) -> tuple[str, list[object]]:
    """Return the SQL condition that row `r` says something else than institution `i` holds."""
    spoken = spoken_of(run)
    differs = [f"i.{COLUMN_OF.get(name, name)} <> r.{name}" for name in spoken.fields]
    differs.append("i.effective_to IS NOT NULL")
    params: list[object] = []
    if spoken.services:
        differs += [_MISSES_AN_OPENING, _HOLDS_ANOTHER.format(marks=marks(spoken.services))]
        params += [spoken.scope, spoken.scope, *spoken.services]
    return " OR ".join(differs), params


_MISSES_AN_OPENING = (
    "EXISTS (SELECT 1 FROM institutions_importservice s"
    " WHERE s.run_id = r.run_id AND s.line = r.line"
    " AND NOT EXISTS (SELECT 1 FROM institutions_serviceopening o WHERE o.institution_id = r.code"
    " AND o.service = s.service AND o.disease = s.disease AND o.scope = %s"
    " AND o.effective_to IS NULL))"
)
_HOLDS_ANOTHER = (
    "EXISTS (SELECT 1 FROM institutions_serviceopening o WHERE o.institution_id = r.code"
    " AND o.scope = %s AND o.service IN ({marks}) AND o.effective_to IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM institutions_importservice s WHERE s.run_id = r.run_id"
    " AND s.line = r.line AND s.service = o.service AND s.disease = o.disease))"
)


def _find_codes(run: int) -> None:
    """Give rows without a code that of the institution of the same name and place."""
    execute(
        "UPDATE institutions_importrow AS r SET code = i.code FROM"
        " (SELECT name, region_id, MIN(code) AS code FROM institutions_institution"
        " WHERE merged_into_id IS NULL GROUP BY name, region_id) AS i"
        " WHERE r.run_id = %s AND r.code = '' AND r.name = i.name AND r.region_code = i.region_id",
        [run],
    )


def _mark_doubles(run: int, key: str) -> None:
    """Set aside rows whose key another row of the file has too; `twin` is the first's line."""
    same = " AND ".join(f"r.{column} = d.{column}" for column in key.split(", "))
    execute(
        "UPDATE institutions_importrow AS r SET outcome = %s, twin = CAST(d.line AS varchar(12))"
        f" FROM (SELECT {key}, MIN(line) AS line FROM institutions_importrow"
        " WHERE run_id = %s AND outcome = '' AND (code <> '' OR %s = 0)"
        f" GROUP BY {key} HAVING COUNT(*) > 1) AS d"
        f" WHERE r.run_id = %s AND r.outcome = '' AND {same}",
        [Outcome.TWICE, run, int(key == "code"), run],
    )


def _mark_twins(run: int) -> None:
    """Set aside new rows whose name and place an institution of another code has already."""
    execute(
        "UPDATE institutions_importrow AS r SET outcome = %s, twin = i.code FROM"
        " (SELECT name, region_id, MIN(code) AS code FROM institutions_institution"
        " WHERE effective_to IS NULL GROUP BY name, region_id) AS i"
        " WHERE r.run_id = %s AND r.outcome = '' AND r.code <> '' AND r.twin = ''"
        " AND r.name = i.name AND r.region_code = i.region_id"
        " AND NOT EXISTS (SELECT 1 FROM institutions_institution e WHERE e.code = r.code)"
        " AND NOT EXISTS (SELECT 1 FROM institutions_importrow o"
        " WHERE o.run_id = r.run_id AND o.code = i.code)",
        [Outcome.TWIN, run],
    )


def count(run: ImportRun) -> dict[str, int]:
    """Return how many rows have each outcome, and how many institutions a full list lacks."""
    rows = fetch(
        "SELECT outcome, COUNT(*) FROM institutions_importrow WHERE run_id = %s GROUP BY outcome",
        [run.pk],
    )
    counts = {outcome.value: 0 for outcome in Outcome} | dict(rows)
    condition, params = missing(run)
    counts["missing"] = (
        number(f"SELECT COUNT(*) FROM institutions_institution i WHERE {condition}", params)
        if run.is_full
        else 0
    )
    return counts


def missing(run: ImportRun) -> tuple[str, list[object]]:
    """Return the SQL condition on institutions `i` that a full list no longer names.

    A row that was refused, skipped or not decided on still names its institution.
    """
    area = area_of(run.region_id)
    condition = (
        "i.effective_to IS NULL AND (i.effective_from IS NULL OR i.effective_from < %s)"
        " AND NOT EXISTS (SELECT 1 FROM institutions_importrow r"
        " WHERE r.run_id = %s AND r.code = i.code)"
        " AND i.code NOT IN (SELECT twin FROM institutions_importrow"
        " WHERE run_id = %s AND twin <> '')"
    )
    params: list[object] = [run.list_date, run.pk, run.pk]
    if area:
        condition += f" AND i.region_id IN ({marks(area)})"
        params += area
    return condition, params


@dataclass(frozen=True, slots=True)
class Change:
    """A changed row: (field, before, after) per field; services as (service, disease, open?)."""

    line: int
    code: str
    name: str
    fields: tuple[tuple[str, str, str], ...]


def changes(run: ImportRun, *, limit: int, after_line: int = 0) -> list[Change]:
    """Return what the changed rows change, field by field, in the order of the file."""
    spoken = spoken_of(run)
    held = ", ".join(f"i.{COLUMN_OF.get(name, name)}" for name in spoken.fields)
    read = ", ".join(f"r.{name}" for name in spoken.fields)
    rows = fetch(
        f"SELECT r.line, r.code, r.name, i.effective_to, {held}, {read}"
        " FROM institutions_importrow r JOIN institutions_institution i ON i.code = r.code"
        " WHERE r.run_id = %s AND r.outcome = %s AND r.line > %s ORDER BY r.line LIMIT %s",
        [run.pk, Outcome.CHANGED, after_line, limit],
    )
    services = _service_changes(run, spoken, [row[0] for row in rows])
    size = len(spoken.fields)
    return [
        Change(
            line,
            code,
            name,
            tuple(
                (field, before, after)
                for field, before, after in zip(
                    spoken.fields, values[:size], values[size:], strict=True
                )
                if before != after
            )
            + ((("effective_to", str(ended), ""),) if ended else ())
            + services.get(line, ()),
        )
        for line, code, name, ended, *values in rows
    ]


def _service_changes(
    run: ImportRun, spoken: Spoken, lines: Sequence[int]
) -> Mapping[int, tuple[tuple[str, str, str], ...]]:
    """Return ("services", open before, open now) of the lines where the two differ."""
    if not spoken.services or not lines:
        return {}
    now: dict[int, set[str]] = {line: set() for line in lines}
    before: dict[int, set[str]] = {line: set() for line in lines}
    for line, service, disease in fetch(
        "SELECT line, service, disease FROM institutions_importservice"
        f" WHERE run_id = %s AND line IN ({marks(lines)})",
        [run.pk, *lines],
    ):
        now[line].add(disease or service)
    for line, service, disease in fetch(
        "SELECT r.line, o.service, o.disease FROM institutions_importrow r"
        " JOIN institutions_serviceopening o ON o.institution_id = r.code"
        f" WHERE r.run_id = %s AND r.line IN ({marks(lines)}) AND o.scope = %s"
        f" AND o.service IN ({marks(spoken.services)}) AND o.effective_to IS NULL",
        [run.pk, *lines, spoken.scope, *spoken.services],
    ):
        before[line].add(disease or service)
    return {
        line: (("services", " ".join(sorted(before[line])), " ".join(sorted(now[line]))),)
        for line in lines
        if before[line] != now[line]
    }
