"""Runs what an answer holds on every data set of a task, beside the task's own reference."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Literal, NamedTuple

from interviewer.grading.sql_checks import Written
from interviewer.grading.sql_reading import Script, Statement, read_script
from interviewer.grading.sql_running import Run, run_own, run_statements
from knowledge.models import Sql

Aspect = Literal["rows", "state", "plan"]
"""What a task is about: the rows of a query, the tables as they are left, or the plan of another query."""

NEARLY = 0.8
"""How like a name of the task's a misspelt one must be (difflib's ratio)."""
MOST_MISSPELT = 3
_UNKNOWN_NAME = re.compile(r"no such (?:column|table): (?:\w+\.)?\"?(\w+)\"?$")


class Trial(NamedTuple):
    """One answer's statements run on everything: the task's data sets, then those of single checks."""

    aspect: Aspect
    chosen: tuple[Statement, ...]
    before: tuple[Run, ...]
    expected: tuple[Run, ...]
    got: tuple[Run, ...]
    written: Written
    reread: tuple[str, ...] = ()
    """Names that were misspelt, and how they were read: spelling is never marked."""


def try_on(question: Sql, script: Script) -> Trial | None:
    """None: nothing of the kind that is asked for stands in the answer. Raises SandboxError, and BrokenCheck."""
    scripts = (*question.datasets, *(data for check in question.checks for data in check.data))
    before = run_own(question.ddl, scripts, (), None)
    expected = run_own(question.ddl, scripts, _own_statements(question.reference), question.planned)
    aspect: Aspect = "plan" if question.planned else "rows" if expected[0].rows is not None else "state"
    chosen = _choose(script.statements, aspect, frozenset(name.lower() for name in before[0].tables))
    if not chosen:
        return None
    ran, got, reread = _run(question, scripts, chosen, before)
    last = chosen[-1].translation
    written = Written("\n;\n".join(ran), last.sorted if last else True)
    return Trial(aspect, chosen, before, expected, got, written, reread)


def _run(
    question: Sql, scripts: Sequence[str], chosen: Sequence[Statement], before: Sequence[Run]
) -> tuple[list[str], tuple[Run, ...], tuple[str, ...]]:
    """What was run in the end, what it did, and which names were read as others."""
    ran = [one.sql for one in chosen]
    got = run_statements(question.ddl, scripts, ran, question.planned)
    if _stuck(got) and any(one.sql != one.text for one in chosen):
        # What was lost in translation may run as it was written.
        literal = [one.text for one in chosen]
        got_literally = run_statements(question.ddl, scripts, literal, question.planned)
        if not _stuck(got_literally):
            return literal, got_literally, ()
    reread: list[str] = []
    while len(reread) < MOST_MISSPELT and (names := _misspelt(got, before)):
        wrong, right = names
        ran = [re.sub(rf"\b{re.escape(wrong)}\b", right, sql) for sql in ran]
        reread.append(f"“{wrong}” was read as “{right}”.")
        got = run_statements(question.ddl, scripts, ran, question.planned)
    return ran, got, tuple(reread)


def _stuck(runs: Sequence[Run]) -> bool:
    return all(run.error and run.error.kind == "sql" for run in runs)


def _misspelt(got: Sequence[Run], before: Sequence[Run]) -> tuple[str, str] | None:
    """A name that does not exist, and the task's own that is nearly it."""
    error = got[0].error if _stuck(got) else None
    found = _UNKNOWN_NAME.search(error.message) if error else None
    if found is None:
        return None
    wrong = found.group(1)
    tables = before[0].tables
    names = {*tables, *(column for table in tables.values() for column in table.columns)}
    near = get_close_matches(wrong.lower(), names, n=1, cutoff=NEARLY)
    return (wrong, near[0]) if near and near[0] != wrong.lower() else None


def _own_statements(reference: str) -> tuple[str, ...]:
    return tuple(one.text for one in read_script(f"```sql\n{reference}\n```", "sqlite").statements)


def _choose(statements: Sequence[Statement], aspect: Aspect, tables: frozenset[str]) -> tuple[Statement, ...]:
    """What is run of an answer. Of several queries the last counts; what is called wrong by its author does not."""
    meant = [one for one in statements if not one.disowned] or [*statements]
    match aspect:
        case "plan":
            return tuple(one for one in meant if _kind(one) in ("index", "unread"))
        case "rows":
            queries = [n for n, one in enumerate(meant) if _kind(one) in ("query", "unread") or _reaches_out(one)]
            if not queries:
                return ()
            lead = [one for one in meant[: queries[-1]] if _prepares(one, tables)]
            return (*lead, meant[queries[-1]])
        case "state":
            changes = [one for one in meant if _kind(one) not in ("explain", "nothing")]
            while changes and changes[-1].sql.upper().startswith("ROLLBACK") and len(changes) > 1:
                changes.pop()  # shown as the way out, after the work is committed
            acts = any(_kind(one) in ("change", "unread") or _reaches_out(one) for one in changes)
            return tuple(changes) if acts else ()


def _kind(statement: Statement) -> str:
    return statement.translation.kind if statement.translation else "unread"


def _reaches_out(statement: Statement) -> bool:
    return re.match(r"(?:ATTACH|PRAGMA|VACUUM|DETACH)\b", statement.text, re.IGNORECASE) is not None


def _prepares(statement: Statement, tables: frozenset[str]) -> bool:
    """Whether it makes or fills something of the candidate's own that the query may read."""
    found = re.match(
        r"(?:CREATE\s+(?:OR\s+REPLACE\s+)?(?:TEMP(?:ORARY)?\s+)?(?:VIEW|TABLE)\s+(?:IF\s+NOT\s+EXISTS\s+)?|INSERT\s+INTO\s+)"
        r"[\"`]?(\w+)",
        statement.sql,
        re.IGNORECASE,
    )
    return found is not None and found.group(1).lower() not in tables
