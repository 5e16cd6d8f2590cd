"""From what statements did to what they show: a verdict for each point that running them can decide, and the
differences in words."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from interviewer.grading.sql_checks import Evidenced, find_faults, tell
from interviewer.grading.sql_compare import (
    Alignment,
    Difference,
    Row,
    align,
    but_for_one_column,
    compare,
    fill,
    in_words,
    nearly,
    overlap,
)
from interviewer.grading.sql_dialects import Dialect
from interviewer.grading.sql_reading import Script, Statement
from interviewer.grading.sql_running import Failure, Run
from interviewer.grading.sql_trying import Trial, try_on
from knowledge.models import Check, Sql
from knowledge.spans import Span

# How sure each way of deciding is; a check that passes has its own number in the bank.
RIGHT_IN_PART = 0.9
FOUND_WRONG = 0.97
ONLY_HALF = 0.8
UNEXPLAINED = 0.6
NOTHING_RIGHT = 0.9
DOES_NOT_RUN = 0.85
BY_CLAUSE = 0.9
_SHOWN_DIFFERENCES = 2
_MISSING_HERE = re.compile(
    r"no such function|no such table: (?:generate_series|unnest|dual)|no such collation", re.IGNORECASE
)
_MENDED = re.compile(r"[.;\s]+$")


class Judged(NamedTuple):
    """A point decided by running. `span` is the part of the answer that shows it."""

    verdict: Literal["covered", "partial", "missing"]
    confidence: float
    note: str | None = None
    span: Span | None = None


class Judgement(NamedTuple):
    """`points` holds what could be decided; `note` tells how it went; `beyond` that it is SQLite which falls short."""

    points: dict[str, Judged]
    note: str
    beyond: bool = False


def judge(question: Sql, answer: str, script: Script) -> Judgement:
    """Raises SandboxError, and BrokenCheck."""
    trial = try_on(question, script)
    if trial is None:
        return Judgement(_by_clauses(question, answer, script), "No statement of the kind that is asked for was found.")
    count = len(question.datasets)
    failure = _failure(trial, count)
    if failure is not None:
        return _not_run(question, answer, script, trial, failure)
    return _compared(question, answer, script, trial, count)


# ── What does not run ────────────────────────────────────────────────────────────────────────────────────────


def _failure(trial: Trial, count: int) -> Failure | None:
    """Why nothing can be compared: it fails wherever the reference does not."""
    pairs = [(got.error, expected.error) for got, expected in zip(trial.got[:count], trial.expected, strict=False)]
    stopped = next((got for got, _ in pairs if got and got.kind != "sql"), None)
    if stopped:
        return stopped
    failed = [got for got, expected in pairs if expected is None]
    if failed and all(failed):
        return failed[0]
    return Failure(kind="sql", message="no query", statement=0) if _no_rows(trial) else None


def _no_rows(trial: Trial) -> bool:
    return trial.aspect == "rows" and all(run.rows is None for run in trial.got)


def _not_run(question: Sql, answer: str, script: Script, trial: Trial, failure: Failure) -> Judgement:
    statement = trial.chosen[min(failure.statement, len(trial.chosen) - 1)]
    points = _by_clauses(question, answer, script)
    if failure.kind == "sql" and _is_ours(statement, failure, script.dialect):
        note = (
            f"It was not run: {failure.message}. The SQLite that runs it here does not know everything that others do."
        )
        return Judgement(points, note, beyond=True)
    note = _why(failure)
    seen = Evidenced(trial.before[0], trial.expected[0], trial.got[0], ())
    telling = [check for check in question.checks if check.finds and re.search(r"\bproblem\b", check.finds)]
    found = find_faults(telling, seen, trial.written)
    for check in question.checks:
        if check.finds:
            told = tell(check, found[check.point]) if found.get(check.point) else None
            points[check.point] = Judged("missing", FOUND_WRONG if told else DOES_NOT_RUN, told or note)
    return Judgement(points, note)


def _is_ours(statement: Statement, failure: Failure, dialect: Dialect) -> bool:
    """Whether the engine falls short rather than the statement: a parser of another dialect has read it."""
    if _MISSING_HERE.search(failure.message):
        return True
    strange = "syntax error" in failure.message or "unrecognized token" in failure.message
    return strange and statement.translation is not None


def _why(failure: Failure) -> str:
    match failure.kind:
        case "sql":
            return f"It does not run: {_MENDED.sub('', failure.message)}."
        case "time":
            return (
                f"It was stopped: {failure.message}, on a few rows. Look for a recursion that never ends, or tables "
                "joined without a condition."
            )
        case "rows" | "memory":
            return f"It was stopped: {failure.message}, from tables of a few rows."
        case "denied":
            return f"It was refused: {failure.message}. Only the task's own tables are there."


# ── What runs ────────────────────────────────────────────────────────────────────────────────────────────────


class Compared(NamedTuple):
    """A trial against the reference. `flaws`: what is wrong with how the result is laid out, in words.
    `own` is how many data sets are the task's, before those of single checks."""

    trial: Trial
    own: int
    answers: Sequence[Sequence[Row]]
    differences: Sequence[Difference]
    flaws: tuple[str, ...]

    @property
    def rows_differ(self) -> bool:
        return any(self.differences[: self.own])

    @property
    def whole(self) -> bool:
        return not self.rows_differ and not self.flaws

    @property
    def pairs(self) -> list[tuple[Sequence[Row], Sequence[Row]]]:
        return [(self.trial.expected[n].rows or (), self.answers[n]) for n in range(self.own)]


def _compared(question: Sql, answer: str, script: Script, trial: Trial, count: int) -> Judgement:
    compared, extra = _compare(question, trial, count)
    faults = _faults(question, compared)
    on_task = {point: [f for found in each[:count] for f in found] for point, each in faults.items()}
    on_own = {point: [f for found in each[count:] for f in found] for point, each in faults.items()}
    something = compared.whole or _something_right(compared)
    sure = 1.0 if compared.whole and not trial.reread else RIGHT_IN_PART
    points = _by_clauses(question, answer, script)
    for check in (check for check in question.checks if check.finds):
        span = _span(check, answer, trial.chosen)
        if on_task[check.point]:
            points[check.point] = Judged("missing", FOUND_WRONG, tell(check, on_task[check.point]))
        elif not something:
            points[check.point] = Judged("missing", NOTHING_RIGHT, "Too little of the result is right to show this.")
        elif on_own[check.point]:
            points[check.point] = Judged("partial", ONLY_HALF, tell(check, on_own[check.point]), span)
        else:
            points[check.point] = Judged("covered", min(check.confidence, sure), None, span)
    if something and not compared.whole and not any(on_task.values()):
        _charge(question, compared, points)
    return Judgement(points, _note(question, compared, extra))


def _compare(question: Sql, trial: Trial, count: int) -> tuple[Compared, str | None]:
    """And what may be said of columns that nobody asked for."""
    alignment = _alignment(trial, count) if trial.aspect == "rows" else Alignment(columns=())
    answers = [alignment.apply(run.rows or ()) for run in trial.got]
    if alignment.fault == "fewer":
        answers = [fill(run.rows or (), rows, alignment) for run, rows in zip(trial.expected, answers, strict=True)]
    differences = [
        _difference(question, trial, n, rows) if not trial.got[n].error else _failed(trial, n)
        for n, rows in enumerate(answers)
    ]
    widths = _widths(trial)
    flaws = {
        "The columns are not in the order that was asked for.": alignment.fault == "order",
        widths: alignment.fault == "fewer",
        "It has no ORDER BY at its end, so the order of its rows is chance.": (
            trial.aspect == "rows" and question.ordered and not trial.written.sorted
        ),
        "The transaction is never committed.": any(run.left_open for run in trial.got[:count]),
    }
    told = tuple(flaw for flaw, there in flaws.items() if there)
    return Compared(trial, count, answers, differences, told), widths if alignment.fault == "extra" else None


def _alignment(trial: Trial, count: int) -> Alignment:
    wanted = len(trial.expected[0].columns or ())
    widths = [len(run.columns) for run in trial.got if run.columns is not None]
    expected = [run.rows or () for run in trial.expected[:count]]
    return align(expected, [run.rows or () for run in trial.got[:count]], wanted, widths[0] if widths else wanted)


def _widths(trial: Trial) -> str:
    wanted, given = len(trial.expected[0].columns or ()), len(trial.got[0].columns or ())
    are = "is" if wanted == 1 else "are"
    return f"It returns {given} column{'' if given == 1 else 's'}, and {wanted} {are} asked for."


def _charge(question: Sql, compared: Compared, points: dict[str, Judged]) -> None:
    """What is wrong and touches no point still costs something: half of one core point, or, where most rows are wrong,
    every point."""
    ran = [point for point in question.points if point.id in points and points[point.id].verdict == "covered"]
    ran = [point for point in ran if (check := question.check(point.id)) and check.finds]
    core = sorted((point for point in ran if point.core), key=lambda point: point.weight)
    if compared.rows_differ and not _mostly_right(compared):
        for point in ran:
            points[point.id] = Judged("missing", UNEXPLAINED, "Most of the result is not as expected.")
    elif core:
        charged = core[-1] if compared.rows_differ else core[0]
        why = compared.flaws[0] if not compared.rows_differ else "Not all of the result is as expected."
        points[charged.id] = Judged("partial", ONLY_HALF, why, points[charged.id].span)


def _difference(question: Sql, trial: Trial, place: int, rows: Sequence[Row]) -> Difference:
    expected, got = trial.expected[place], trial.got[place]
    match trial.aspect:
        case "rows":
            order = [column - 1 for column in question.order_key] or [*range(len(expected.columns or ()))]
            return compare(expected.rows or (), rows, order if question.ordered else None)
        case "state":
            return _of_tables(expected, got)
        case "plan":
            return Difference(missing=tuple((step,) for step in _shape(expected.plan) if step not in _shape(got.plan)))


def _of_tables(expected: Run, got: Run) -> Difference:
    missing: list[Row] = []
    extra: list[Row] = []
    for name, table in expected.tables.items():
        left = got.tables.get(name)
        found = compare(table.rows, left.rows if left else ())
        missing += [(name, *row) for row in found.missing]
        extra += [(name, *row) for row in found.extra]
    return Difference(missing=tuple(missing), extra=tuple(extra))


def _shape(plan: Iterable[str]) -> list[str]:
    """A plan's steps without the index's name, and whether it holds all columns: that is more than was asked."""
    return [re.sub(r"USING (?:COVERING )?INDEX \S+", "USING INDEX", step) for step in plan]


def _failed(trial: Trial, place: int) -> Difference:
    """It stopped at an error on this data set. Where the reference does too, what is left may still be the same."""
    if trial.aspect == "state" and trial.expected[place].error:
        return _of_tables(trial.expected[place], trial.got[place])
    error = trial.got[place].error
    return Difference(missing=(("error", error.message if error else None),))


def _faults(question: Sql, compared: Compared) -> dict[str, list[tuple[str, ...]]]:
    """By point, what its check found on each data set. A check's own data is of no concern to the others."""
    trial, answers, differences = compared.trial, compared.answers, compared.differences
    faults: dict[str, list[tuple[str, ...]]] = {check.point: [] for check in question.checks if check.finds}
    owners = [None] * len(question.datasets) + [check.point for check in question.checks for _ in check.data]
    for n, owner in enumerate(owners):
        expected = trial.expected[n]
        # Equal by value is equal to our queries too, which compare to the letter.
        answer = answers[n] if differences[n] else expected.rows or ()
        seen = Evidenced(trial.before[n], expected, trial.got[n], answer)
        asked = [check for check in question.checks if owner in (None, check.point)]
        found = find_faults(asked, seen, trial.written)
        for point, each in faults.items():
            each.append(found.get(point, ()))
    return faults


def _something_right(compared: Compared) -> bool:
    """Whether any of it is as expected, and not by chance on one data set: a query about something else misses every
    point, not only those that it meets."""
    if compared.trial.aspect != "rows":
        return True
    telling = [(expected, got) for expected, got in compared.pairs if overlap(expected, expected)]
    right = sum(overlap(expected, got) > 0 or nearly(expected, got) for expected, got in telling)
    return right >= min(2, len(telling))


def _mostly_right(compared: Compared) -> bool:
    """Whether at least half of the rows are as expected, and no more than that too many; or all but for one column."""
    if compared.trial.aspect != "rows":
        return True
    wanted = sum(len(expected) for expected, _ in compared.pairs)
    missing = sum(len(difference.missing) for difference in compared.differences[: compared.own])
    extra = sum(len(difference.extra) for difference in compared.differences[: compared.own])
    return (2 * missing <= wanted and 2 * extra <= wanted) or but_for_one_column(compared.pairs)


# ── In words ─────────────────────────────────────────────────────────────────────────────────────────────────


def _note(question: Sql, compared: Compared, extra: str | None) -> str:
    trial = compared.trial
    if trial.aspect == "plan":
        return f"With it, the query's plan is: {'; '.join(_shape(trial.got[0].plan))}."
    differences = compared.differences[: compared.own]
    wrong = [n for n, difference in enumerate(differences) if difference]
    fine = "every row is as expected" if trial.aspect == "rows" else "the tables are left as they should be"
    right = f"is right on {compared.own - len(wrong)}" if wrong else fine
    parts = [*trial.reread, f"It ran on {compared.own} data sets and {right}."]
    for n in wrong[:_SHOWN_DIFFERENCES]:
        parts.append(f"{_told(trial, n, differences[n], f'On “{name_of(question.datasets[n], n)}”')}.")
    return " ".join([*parts, *compared.flaws, *((extra,) if extra else ())])


def _told(trial: Trial, place: int, difference: Difference, where: str) -> str:
    error = trial.got[place].error
    if error and not trial.expected[place].error:
        return f"{where}, it stops with an error: {error.message}"
    return in_words(difference, where)


def name_of(script: str, place: int) -> str:
    """A data set is named by the comment it begins with."""
    found = re.match(r"\s*--\s*(.+)", script)
    return found.group(1).strip().rstrip(".") if found else f"data set {place + 1}"


# ── Where it shows ───────────────────────────────────────────────────────────────────────────────────────────


def _by_clauses(question: Sql, answer: str, script: Script) -> dict[str, Judged]:
    """What no run can tell, and the writing of a clause does."""
    meant = [one for one in script.statements if not one.disowned]
    found: dict[str, Judged] = {}
    for check in question.checks:
        span = _clause(check, answer, meant) if check.finds is None else None
        if span:
            found[check.point] = Judged("covered", min(check.confidence, BY_CLAUSE), None, span)
    return found


def _span(check: Check, answer: str, chosen: Sequence[Statement]) -> Span:
    whole = Span(chosen[0].span.start, chosen[-1].span.end) if len(chosen) > 1 else chosen[0].span
    return _clause(check, answer, chosen) or whole


def _clause(check: Check, answer: str, statements: Sequence[Statement]) -> Span | None:
    if check.clause is None:
        return None
    pattern = re.compile(check.clause, re.IGNORECASE | re.DOTALL)
    for one in reversed(statements):
        match = pattern.search(answer, one.span.start, one.span.end)
        if match and match.end() > match.start():
            part = 1 if match.lastindex else 0
            return Span(match.start(part), match.end(part))
    return None
