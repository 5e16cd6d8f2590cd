"""Runs strangers' SQL in a process of its own: in-memory tables, no files, and bounds on time, rows and memory.

It is started as a script, with one job as JSON on standard input and its outcome as JSON on standard output, and it
imports nothing but the standard library. What breaks in here breaks no interview.
"""

import json
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date
from functools import partial
from typing import Any

SECONDS = 1.0
"""Of this process's own time for all that one answer runs, so that a busy machine stops nobody early."""
LONGEST_WAIT = 3.0
"""Seconds by the clock on the wall, however busy the machine: a person is waiting."""
STEPS = 2_000
"""Of SQLite's virtual machine between two looks at the clock."""
LONGEST = 20_000
"""Bytes of a single value, or of a row."""
MOST_ROWS = 500
MOST_CHARACTERS = 200_000
"""Of all values of a result."""
MOST_STATEMENTS = 30
MEMORY = 256 * 2**20
"""Bytes of address space for the whole process, the interpreter's included."""

# SQLite's own numbers of what a statement asks for (sqlite3.h). What is not listed is denied: ATTACH, DETACH, PRAGMA,
# virtual tables and whatever a later version adds.
_ALLOWED = frozenset(
    {
        *range(1, 9),  # CREATE INDEX, TABLE, TEMP ..., TRIGGER, VIEW
        *range(9, 19),  # DELETE and their DROPs, INSERT
        20,  # READ
        21,  # SELECT
        22,  # TRANSACTION
        23,  # UPDATE
        26,  # ALTER TABLE
        27,  # REINDEX
        28,  # ANALYZE
        31,  # FUNCTION
        32,  # SAVEPOINT
        33,  # RECURSIVE
    }
)
_FUNCTION = 31
_FORBIDDEN = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "fsdir", "sqlite_log"})
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LONGEST,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 50_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 25_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 30,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 10,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}

Job = dict[str, Any]
"""`ddl`; `scripts`: the data sets; `statements`; `planned`: a query whose plan is wanted, or null."""
Outcome = dict[str, Any]
"""`columns` and `rows` of the last statement that returned any (null: none did), `tables` as they are left, `plan`,
`error`: null, or `{"kind": "sql" | "denied" | "time" | "rows" | "memory", "message", "statement": its place}`,
and `left_open`: a transaction was begun and never ended."""


def run(job: Job) -> list[Outcome]:
    """One outcome a data set. Raises sqlite3.Error for a schema, data set or planned query that is itself wrong."""
    clock = _Clock(SECONDS)
    return [_run_on(job, script, clock) for script in job["scripts"]]


class _Clock:
    """What is left of this process's time. Once it is over it stays over."""

    def __init__(self, seconds: float) -> None:
        self._end = time.process_time() + seconds
        self._latest = time.monotonic() + LONGEST_WAIT

    @property
    def over(self) -> bool:
        return time.process_time() > self._end or time.monotonic() > self._latest


class _TooMuch(Exception):
    """A result of too many rows or characters."""


def _run_on(job: Job, script: str, clock: _Clock) -> Outcome:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        # SQLite keeps any bytes as text, and what is no UTF-8 is the candidate's doing.
        database.text_factory = partial(str, encoding="utf-8", errors="replace")
        database.executescript(f"{job['ddl']}\n;{script}")
        database.execute("PRAGMA foreign_keys = ON")
        database.execute("PRAGMA temp_store = MEMORY")
        for limit, value in _LIMITS.items():
            database.setlimit(limit, value)
        _add_functions(database)
        _plan(database, job)  # what is wrong with the query itself shows before an answer can be blamed for it
        denied: list[str] = []
        database.set_authorizer(partial(_authorise, denied))
        database.set_progress_handler(lambda: int(clock.over), STEPS)
        outcome: Outcome = {"columns": None, "rows": None, "tables": {}, "plan": [], "error": None, "left_open": False}
        for place, statement in enumerate(job["statements"]):
            outcome["error"] = _attempt(partial(_execute, database, statement, outcome), place, clock, denied)
            if outcome["error"]:
                break
        _settle(database, outcome)
        database.set_authorizer(None)
        database.set_progress_handler(None, 0)
        last = len(job["statements"]) - 1
        error = _attempt(partial(_look, database, job, outcome), last, clock, denied)
        outcome["error"] = outcome["error"] or error
        return outcome


def _attempt(act: Callable[[], None], place: int, clock: _Clock, denied: list[str]) -> dict[str, Any] | None:
    """What went wrong, as the doing of the statement at this place. None: nothing did."""
    error = _tried(act, clock, denied)
    return {**error, "statement": place} if error else None


def _tried(act: Callable[[], None], clock: _Clock, denied: list[str]) -> dict[str, Any] | None:
    try:
        act()
    except _TooMuch as error:
        return {"kind": "rows", "message": str(error)}
    except MemoryError:
        return {"kind": "memory", "message": "it asked for too much memory"}
    except (sqlite3.Error, sqlite3.Warning, OverflowError, ValueError) as error:
        if clock.over:
            return {"kind": "time", "message": f"it was still running after {SECONDS:g} second"}
        if denied:
            return {"kind": "denied", "message": denied[0]}
        if "too big" in str(error) or "too large" in str(error):
            return {"kind": "rows", "message": "it makes a value or a row that is far too long"}
        return {"kind": "sql", "message": str(error)}
    return None


def _execute(database: sqlite3.Connection, statement: str, outcome: Outcome) -> None:
    cursor = database.execute(statement)
    if cursor.description is not None:
        outcome["columns"] = [column[0] for column in cursor.description]
        outcome["rows"] = _fetch(cursor)


def _look(database: sqlite3.Connection, job: Job, outcome: Outcome) -> None:
    """At what is left: after whatever ran, that can fail as well."""
    outcome["tables"] = _tables(database)
    if not outcome["error"]:
        outcome["plan"] = _plan(database, job)


def _plan(database: sqlite3.Connection, job: Job) -> list[str]:
    if not job.get("planned"):
        return []
    return [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {job['planned']}")]


def _fetch(cursor: sqlite3.Cursor) -> list[list[Any]]:
    rows: list[list[Any]] = []
    characters = 0
    for row in cursor:
        values = [_value(value) for value in row]
        characters += sum(len(value) if isinstance(value, str) else 8 for value in values)
        rows.append(values)
        if len(rows) > MOST_ROWS or characters > MOST_CHARACTERS:
            cursor.close()
            raise _TooMuch(f"it returns more than {MOST_ROWS} rows")
    return rows


def _value(value: Any) -> Any:
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return str(value)
    return value


def _settle(database: sqlite3.Connection, outcome: Outcome) -> None:
    """What a failed script leaves open is undone, as when its client goes away; what one forgot to end is ended."""
    if not database.in_transaction:
        return
    outcome["left_open"] = outcome["error"] is None
    with suppress(sqlite3.Error):
        database.execute("ROLLBACK" if outcome["error"] else "COMMIT")
    if database.in_transaction:
        database.execute("ROLLBACK")


def _tables(database: sqlite3.Connection) -> dict[str, Any]:
    names = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    tables: dict[str, Any] = {}
    for name in names[:20]:
        if name.startswith("sqlite_"):
            continue
        quoted = name.replace('"', '""')
        cursor = database.execute(f'SELECT * FROM "{quoted}" LIMIT {MOST_ROWS}')
        columns = [column[0] for column in cursor.description]
        tables[name] = {"columns": columns, "rows": _fetch(cursor)}
    return tables


def _authorise(
    denied: list[str], action: int, first: str | None, second: str | None, database: str | None, trigger: str | None
) -> int:
    name = (second or "").lower()
    if action in _ALLOWED and not (action == _FUNCTION and name in _FORBIDDEN):
        return sqlite3.SQLITE_OK
    denied.append(f"{second} may not be called here" if action == _FUNCTION else "it reaches outside its tables")
    return sqlite3.SQLITE_DENY


# ── What other databases' dialects have and SQLite has not ───────────────────────────────────────────────────


def _add_functions(database: sqlite3.Connection) -> None:
    functions: tuple[tuple[str, int, Callable[..., Any]], ...] = (
        ("year", 1, _year),
        ("month", 1, _month),
        ("day", 1, _day),
        ("date_trunc", 2, _truncate),
        ("concat", -1, _concat),
        ("initcap", 1, _initcap),
    )
    for name, arguments, function in functions:
        database.create_function(name, arguments, function, deterministic=True)


def _year(day: object) -> int | None:
    return _part(day, 0, 4)


def _month(day: object) -> int | None:
    return _part(day, 5, 7)


def _day(day: object) -> int | None:
    return _part(day, 8, 10)


def _concat(*parts: object) -> str:
    return "".join(str(part) for part in parts if part is not None)


def _initcap(text: object) -> str | None:
    return None if text is None else str(text).title()


def _part(day: object, start: int, end: int) -> int | None:
    digits = str(day)[start:end] if day is not None else ""
    return int(digits) if digits.isdigit() else None


def _truncate(unit: object, day: object) -> str | None:
    try:
        whole = date.fromisoformat(str(day)[:10])
    except ValueError:
        return None
    match str(unit).lower():
        case "year":
            whole = whole.replace(month=1, day=1)
        case "quarter":
            whole = whole.replace(month=whole.month - (whole.month - 1) % 3, day=1)
        case "month":
            whole = whole.replace(day=1)
        case _:
            pass
    return whole.isoformat()


# ── A process of its own ─────────────────────────────────────────────────────────────────────────────────────


def _bound_this_process() -> None:
    """Where the system can: no file can grow, memory is limited, and a process that hangs is ended."""
    try:
        import resource  # POSIX only
    except ImportError:
        return
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, int(SECONDS) + 2),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))


def main() -> None:
    job = json.loads(sys.stdin.buffer.read())
    _bound_this_process()
    json.dump(run(job), sys.stdout)


if __name__ == "__main__":
    main()
