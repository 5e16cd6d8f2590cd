"""Asks the bank's own queries what a run missed, point by point. They are ours, and see only values that came back."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

from interviewer.grading.sql_compare import Row, show
from interviewer.grading.sql_running import Run, Table
from knowledge.models import Check

_SHOWN = 3


class Evidenced(NamedTuple):
    """One data set's runs: of nothing, of the reference, of the candidate; and the candidate's rows, aligned."""

    before: Run
    expected: Run
    got: Run
    answer: Sequence[Row]


class Written(NamedTuple):
    """The statements in SQLite's dialect. `sorted`: the last one ends with an ORDER BY."""

    text: str
    sorted: bool


class BrokenCheck(Exception):
    """A check of the bank's own cannot be run: a fault of the bank, and nobody's answer."""


def find_faults(checks: Sequence[Check], seen: Evidenced, written: Written) -> dict[str, tuple[str, ...]]:
    """By point, the first values that its check found: nothing where it is shown. Raises BrokenCheck."""
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            _lay_out(database, seen, written)
        except sqlite3.Error as error:
            raise BrokenCheck(f"what was left cannot be laid out: {error}") from error
        return {check.point: _found(database, check) for check in checks if check.finds}


def tell(check: Check, found: Sequence[str]) -> str:
    """What was found, in words."""
    names = [*dict.fromkeys(found)]
    shown = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    return (check.told or "").replace("{found}", shown)


def _found(database: sqlite3.Connection, check: Check) -> tuple[str, ...]:
    try:
        rows = database.execute(check.finds or "").fetchmany(20)
    except sqlite3.Error as error:
        raise BrokenCheck(f"{check.point}: {error}") from error
    return tuple(" ".join(show(value, 120) for value in row) for row in rows)


def _lay_out(database: sqlite3.Connection, seen: Evidenced, written: Written) -> None:
    """Ours first: a table that a candidate made under one of these names is left out, however it is capitalised."""
    database.create_function("regexp", 2, _matches, deterministic=True)
    width = len(seen.expected.columns or ())
    columns = ("n", *(f"c{number}" for number in range(1, width + 1)))
    for name, rows in (("answer", seen.answer), ("expected", seen.expected.rows or ())):
        _create(database, name, columns, [(n, *row) for n, row in enumerate(rows, start=1)])
    _create(database, "plan", ("detail",), [(step,) for step in seen.got.plan])
    problems = [(seen.got.error.message,)] if seen.got.error else []
    _create(database, "problem", ("message",), problems)
    _create(database, "statement", ("text", "sorted"), [(written.text, int(written.sorted))])
    made = {"answer", "expected", "plan", "problem", "statement"}
    for name, table in _states(seen):
        if name.lower() not in made:
            made.add(name.lower())
            _create(database, name, table.columns, table.rows)


def _states(seen: Evidenced) -> Iterator[tuple[str, Table]]:
    """A task that is about rows is asked about the data as it was given, whatever else a statement did to it."""
    if seen.expected.rows is not None:
        yield from seen.before.tables.items()
        return
    yield from ((f"before_{name}", table) for name, table in seen.before.tables.items())
    yield from ((f"expected_{name}", table) for name, table in seen.expected.tables.items())
    yield from _destroyed(seen)
    yield from seen.got.tables.items()


def _destroyed(seen: Evidenced) -> Iterator[tuple[str, Table]]:
    """The task's tables that are gone, or have lost a column, as empty ones: our queries name them, and that they fail
    would be nobody's zero."""
    left = {name.lower(): _lowered(table) for name, table in seen.got.tables.items()}
    for name, table in seen.expected.tables.items():
        if not _lowered(table) <= left.get(name.lower(), frozenset()):
            yield name, table.model_copy(update={"rows": ()})


def _lowered(table: Table) -> frozenset[str]:
    return frozenset(column.lower() for column in table.columns)


def _create(database: sqlite3.Connection, name: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    listed = ", ".join(_quoted(column) for column in columns)
    database.execute(f"CREATE TABLE {_quoted(name)} ({listed})")
    gaps = ", ".join("?" for _ in columns)
    database.executemany(f"INSERT INTO {_quoted(name)} VALUES ({gaps})", rows)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _matches(pattern: str, text: str | None) -> bool:
    return text is not None and re.search(pattern, text, re.IGNORECASE) is not None
