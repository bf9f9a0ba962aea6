"""The tables of two warehouse files, compared row by row: of many runs, and of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.oracle.published import PUBLISHED
from tests.warehouses import COLUMNS, opened

PUBLISHED_SCHEMAS = ("core", "marts", "diagnostics")
# Gives every path a number of its own.
PATH_NUMBERS = "path_numbers"
# What tells of runs, not of the business.
OF_RUNS = frozenset(
    {
        "run_log",
        "restatements",
        "restatement_causes",
        "check_results",
        "coverage",
        "landed_runs",
        "landed_checks",
    }
)
# The layers of the warehouse, as they are built, but for those that tell of files.
LAYERS = (
    "rules",
    "staging",
    "associations",
    "interactions",
    "attribution",
    "metrics",
    *PUBLISHED_SCHEMAS,
)
TOLERANCE = 1e-9
EXAMPLES = 3


@dataclass(frozen=True)
class Table:
    """The rows of a table, lists as tuples; `grain` and `near` (DOUBLE) are positions of
    columns."""

    columns: tuple[str, ...]
    rows: Counter[tuple]
    grain: tuple[int, ...]
    near: frozenset[int]


def _hashable(value: Any) -> Any:
    return (
        tuple(_hashable(one) for one in value)
        if isinstance(value, list)
        else repr(value)
        if isinstance(value, dict)
        else value
    )


def _told(columns: tuple[str, ...]) -> str:
    """The columns of a table, with the numbers of paths told by whose they are: one run gives
    others than many runs.
    """
    told = {
        "path_number": (
            f"(select numbers.conversion || ' ' || numbers.subject_id "
            f"from attribution.{PATH_NUMBERS} as numbers "
            f"where numbers.path_number = rows.path_number)"
        ),
        "touch_number": "rows.touch_number % 4294967296",
    }
    return ", ".join(told.get(column, f'rows."{column}"') for column in columns)


def read_tables(file: Path, schemas: Iterable[str] = PUBLISHED_SCHEMAS) -> dict[str, Table]:
    """schema.table -> its rows, of all tables and views that tell of the business."""
    found: dict[str, Table] = {}
    with opened(file) as connection:
        connection.execute("set TimeZone = 'UTC'")
        described = connection.execute(COLUMNS).fetchall()
        for schema in schemas:
            for name in dict.fromkeys(
                table
                for place, table, _, _ in described
                if place == schema and table not in OF_RUNS and table != PATH_NUMBERS
            ):
                columns = [
                    (column, kind)
                    for place, table, column, kind in described
                    if (place, table) == (schema, name)
                ]
                names = tuple(column for column, _ in columns)
                records = connection.execute(
                    f'select {_told(names)} from "{schema}"."{name}" as rows'
                ).fetchall()
                grain = PUBLISHED[name].grain if name in PUBLISHED else ()
                found[f"{schema}.{name}"] = Table(
                    names,
                    Counter(tuple(_hashable(value) for value in record) for record in records),
                    tuple(names.index(column) for column in grain if column in names),
                    frozenset(
                        number
                        for number, (_, kind) in enumerate(columns)
                        if kind in ("DOUBLE", "FLOAT")
                    ),
                )
    return found


def _is_near(left: tuple, right: tuple, near: frozenset[int]) -> bool:
    def same(number: int) -> bool:
        one, other = left[number], right[number]
        if number not in near or one is None or other is None:
            return one == other
        return abs(one - other) <= TOLERANCE * max(1.0, abs(one))

    return all(same(number) for number in range(len(left)))


def unequal_rows(mine: Table, other: Table) -> tuple[list[tuple], list[tuple]]:
    """Rows that only one side has, DOUBLE within TOLERANCE and order aside."""
    left, right = (
        list(counter.elements()) for counter in (mine.rows - other.rows, other.rows - mine.rows)
    )
    if left and right and mine.near:
        exact: dict[tuple, list[tuple]] = {}
        for row in right:
            exact.setdefault(
                tuple(value for number, value in enumerate(row) if number not in mine.near), []
            ).append(row)
        unmatched = []
        for row in left:
            candidates = exact.get(
                tuple(value for number, value in enumerate(row) if number not in mine.near), []
            )
            match = next((one for one in candidates if _is_near(row, one, mine.near)), None)
            if match is None:
                unmatched.append(row)
            else:
                candidates.remove(match)
        left, right = unmatched, [row for rows in exact.values() for row in rows]
    return left, right


def _key(table: Table, row: tuple) -> tuple:
    return tuple(row[number] for number in table.grain)


def compare_table(name: str, mine: Table, other: Table) -> list[str]:
    """What differs in one table, a few lines; `mine` is of many runs, `other` of one."""
    if mine.columns != other.columns:
        return [f"{name}: columns {mine.columns} after many runs, {other.columns} after one"]
    left, right = unequal_rows(mine, other)
    if not left and not right:
        return []
    lines = [f"{name}: {len(left)} row(s) only after many runs, {len(right)} only after one"]
    theirs = {_key(other, row): row for row in right} if mine.grain else {}
    changed = {key: (row, theirs.pop(key)) for row in left if (key := _key(mine, row)) in theirs}
    for key, (row, one) in sorted(changed.items(), key=str)[:EXAMPLES]:
        values = [
            f"{column} {a!r}, after one {b!r}"
            for number, (column, a, b) in enumerate(zip(mine.columns, row, one, strict=True))
            if a != b and number not in mine.grain
        ]
        lines.append(f"  {_named(mine, key)}: {'; '.join(values)}")
    alone = [
        ("only after many runs", row)
        for row in left
        if not mine.grain or _key(mine, row) not in changed
    ]
    alone += [("only after one run", row) for row in (theirs.values() if mine.grain else right)]
    lines += [
        f"  {where} {dict(zip(mine.columns, row, strict=True))}"
        for where, row in sorted(alone, key=str)[: 2 * EXAMPLES]
    ]
    return lines


def _named(table: Table, key: tuple) -> dict[str, Any]:
    return {table.columns[number]: value for number, value in zip(table.grain, key, strict=True)}


def compare_files(mine: Path, other: Path, schemas: Iterable[str] = PUBLISHED_SCHEMAS) -> list[str]:
    """What differs between two warehouse files. Tables that are not published may lack rows in
    `mine`, but have no wrong ones."""
    left, right = read_tables(mine, schemas), read_tables(other, schemas)
    lines = []
    for name in dict.fromkeys([*left, *right]):
        if name in left and name in right:
            found = compare_table(name, left[name], right[name])
            if _is_published(name) or (found and unequal_rows(left[name], right[name])[0]):
                lines += found
        elif _is_published(name):
            lines.append(f"{name}: only after {'many runs' if name in left else 'one run'}")
    return lines


def faulty_tables(mine: Path, other: Path) -> list[str]:
    """Tables of all layers that differ, in the order of the layers: the first with wrong rows is
    where to look.

    A table between raw and what is published may hold only what the last run recomputed: one that
    lacks rows is named last.
    """
    left, right = read_tables(mine, LAYERS), read_tables(other, LAYERS)
    wrong, partial = [], []
    for name in left.keys() & right.keys():
        a, b = (
            unequal_rows(left[name], right[name])
            if left[name].columns == right[name].columns
            else ([()], [()])
        )
        if a or (b and _is_published(name)):
            wrong.append((_layer(name), f"{name} (+{len(a)} -{len(b)})"))
        elif b:
            partial.append((_layer(name), name))
    found = [text for _, text in sorted(wrong)]
    return (
        [*found, f"and rows are missing from {', '.join(name for _, name in sorted(partial))}"]
        if partial and found
        else found
    )


def _is_published(name: str) -> bool:
    return name.split(".")[0] in PUBLISHED_SCHEMAS


def _layer(name: str) -> int:
    return LAYERS.index(name.split(".")[0])
