"""Has statements run in the sandbox, a process of its own, and reads what they left behind."""

import json
import subprocess
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from interviewer.grading import sql_sandbox
from knowledge.models import Value

PATIENCE = 20.0
"""Seconds of wall-clock time after which the sandbox is ended: it stops itself far earlier, unless it hangs."""
_SCRIPT = Path(sql_sandbox.__file__)

Cell = int | float | str | None
Row = tuple[Cell, ...]


class Failure(Value):
    """Why a statement, by its place, was not run to its end."""

    kind: Literal["sql", "denied", "time", "rows", "memory"]
    message: str
    statement: int


class Table(Value):
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


class Run(Value):
    """What statements did on one data set. `rows` are the last query's; None: there was none."""

    columns: tuple[str, ...] | None
    rows: tuple[Row, ...] | None
    tables: dict[str, Table]
    plan: tuple[str, ...]
    error: Failure | None
    left_open: bool


class SandboxError(Exception):
    """The sandbox itself did not work: nothing can be said about the statements."""


_RUNS: TypeAdapter[tuple[Run, ...]] = TypeAdapter(tuple[Run, ...])


def run_statements(ddl: str, scripts: Sequence[str], statements: Sequence[str], planned: str | None) -> tuple[Run, ...]:
    """One run a data set. Raises SandboxError."""
    job = {"ddl": ddl, "scripts": [*scripts], "statements": [*statements], "planned": planned}
    command = [sys.executable, "-I", "-S", str(_SCRIPT)]
    try:
        done = subprocess.run(
            command, input=json.dumps(job).encode(), capture_output=True, timeout=PATIENCE, check=False, env={}
        )
    except subprocess.TimeoutExpired as error:
        raise SandboxError("it had to be ended from outside") from error
    except (OSError, ValueError) as error:
        raise SandboxError(f"it could not be started: {error}") from error
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise SandboxError(f"it ended with status {done.returncode}{f': {last}' if last else ''}")
    try:
        return _RUNS.validate_json(done.stdout)
    except ValidationError as error:
        raise SandboxError("what it wrote cannot be read") from error


@lru_cache(maxsize=256)
def run_own(ddl: str, scripts: tuple[str, ...], statements: tuple[str, ...], planned: str | None) -> tuple[Run, ...]:
    """The same for statements of ours, which always do the same. Raises SandboxError."""
    return run_statements(ddl, scripts, statements, planned)
