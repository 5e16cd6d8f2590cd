"""Other databases' SQL becomes SQLite's. The one file that names sqlglot, which is loaded once a statement is read."""

import logging
import re
from functools import cache, lru_cache
from types import ModuleType
from typing import Any, Literal

from knowledge.models import Value

Dialect = Literal["", "mysql", "postgres", "tsql", "oracle", "sqlite"]
"""As sqlglot names them; '' is standard SQL."""
StatementKind = Literal["query", "change", "index", "control", "explain", "nothing"]

LONGEST_STATEMENT = 8_000
DEEPEST = 60
"""Brackets inside brackets: the parser recurses."""
_NAMELESS = "unnamed_index"

_MARKS: tuple[tuple[Dialect, re.Pattern[str]], ...] = (
    (
        "postgres",
        re.compile(r"::\s*\w|\bI?LIKE\s+ANY\b|\bILIKE\b|\bDISTINCT\s+ON\b|\bDATE_TRUNC\b|\bGENERATE_SERIES\b", re.I),
    ),
    ("tsql", re.compile(r"\bSELECT\s+(?:DISTINCT\s+)?TOP\b|\[\w+\]|\bGETDATE\b|\bISNULL\s*\([^()]*,|\bLEN\s*\(", re.I)),
    ("oracle", re.compile(r"\bNVL\s*\(|\bROWNUM\b|\bFROM\s+DUAL\b|\bTO_DATE\s*\(", re.I)),
    (
        "mysql",
        re.compile(r"`\w+`|\bDATE_FORMAT\b|\bLIMIT\s+\d+\s*,|\bIF\s*\(|\bCURDATE\b|\bADD\s+(?:INDEX|KEY)\b", re.I),
    ),
    (
        "postgres",
        re.compile(r"\bTO_CHAR\b|\bDATE_PART\b|\bSTRING_AGG\b|\bFOR\s+(?:NO\s+KEY\s+)?(?:UPDATE|SHARE)\b", re.I),
    ),
    ("sqlite", re.compile(r"\bSTRFTIME\b|\bGROUP_CONCAT\b|\bTOTAL\s*\(|\bIIF\b|\bGLOB\b", re.I)),
)

# Statements that steer a transaction differ in spelling only.
_CONTROLS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"(?:BEGIN|START)(?:\s+(?:TRANSACTION|TRAN|WORK|IMMEDIATE|DEFERRED|EXCLUSIVE|ISOLATION|READ).*)?",
            re.I | re.S,
        ),
        "BEGIN",
    ),
    (re.compile(r"(?:COMMIT|END)(?:\s+(?:TRANSACTION|TRAN|WORK))?", re.I), "COMMIT"),
    (re.compile(r"(?:ROLLBACK|ABORT)(?:\s+(?:TRANSACTION|TRAN|WORK))?", re.I), "ROLLBACK"),
    (re.compile(r"(SAVEPOINT\s+\w+|RELEASE\s+(?:SAVEPOINT\s+)?\w+|ROLLBACK\s+TO\s+(?:SAVEPOINT\s+)?\w+)", re.I), r"\1"),
    (re.compile(r"SET\s+AUTOCOMMIT\s*=\s*(?:0|OFF)", re.I), "BEGIN"),
    (re.compile(r"(?:SET|LOCK|UNLOCK|USE|VACUUM|\\\w).*", re.I | re.S), ""),
)
_EXPLAIN = re.compile(r"EXPLAIN\b", re.I)
_TRUNCATE = re.compile(r"TRUNCATE\s+(?:TABLE\s+)?(?:ONLY\s+)?([\w.\"`]+).*", re.I | re.S)
_ADD_INDEX = re.compile(
    r"ALTER\s+TABLE\s+(\S+)\s+ADD\s+(UNIQUE\s+)?(?:INDEX|KEY)\s+(\w+)?\s*(?:USING\s+\w+\s*)?\((.*)\)\s*", re.I | re.S
)
_INDEX = re.compile(
    r"CREATE\s+(UNIQUE\s+|CLUSTERED\s+|NONCLUSTERED\s+)*INDEX\s+(?:CONCURRENTLY\s+)?(IF\s+NOT\s+EXISTS\s+)?"
    r"([\w\"`\[\].]+\s+)??ON\s+(?:ONLY\s+)?([\w\"`.]+)\s*(?:USING\s+\w+\s*)?\((.*)\)\s*",
    re.I | re.S,
)
_INCLUDE = re.compile(r"\)\s*INCLUDE\s*\(", re.I)
_WHERE = re.compile(r"\)\s*(WHERE\b.*)$", re.I | re.S)
_NULLS = re.compile(r"\s+NULLS\s+(?:FIRST|LAST)\b", re.I)


class Translation(Value):
    """A statement for SQLite. `sorted`: it ends with an ORDER BY. `understood`: a parser has read it."""

    sql: str
    kind: StatementKind
    sorted: bool = False
    understood: bool = True


def guess_dialect(code: str, task: str) -> Dialect:
    """By what only one product has; where there is nothing of the kind, the task's own."""
    own: dict[str, Dialect] = {"mysql": "mysql", "postgresql": "postgres", "sqlite": "sqlite"}
    marked: list[Dialect] = [dialect for dialect, mark in _MARKS if mark.search(code)]
    return marked[0] if marked else own.get(task, "")


@lru_cache(maxsize=512)
def translate(statement: str, dialect: Dialect) -> Translation | None:
    """None: no parser makes anything of it. It stands without its semicolon."""
    bare = _without_comments(statement).strip()
    if not bare:
        return Translation(sql="", kind="nothing")
    return _as_control(bare) or _as_index(bare) or _as_statement(bare, dialect)


def _as_control(bare: str) -> Translation | None:
    if _EXPLAIN.match(bare):
        return Translation(sql="", kind="explain")
    truncated = _TRUNCATE.fullmatch(bare)
    if truncated:
        return Translation(sql=f"DELETE FROM {truncated.group(1)}", kind="change")
    for pattern, replacement in _CONTROLS:
        found = pattern.fullmatch(bare)
        if found:
            sql = found.expand(replacement)
            return Translation(sql=sql, kind="control" if sql else "nothing")
    return None


def _as_index(bare: str) -> Translation | None:
    """What is no column of an index in SQLite is left away; columns that PostgreSQL includes come last."""
    added = _ADD_INDEX.fullmatch(bare)
    if added:
        table, unique, name, columns = added.groups()
        return _index(unique, name, table, columns, "")
    condition = _WHERE.search(bare)
    where = condition.group(1) if condition else ""
    created = _INDEX.fullmatch(_INCLUDE.sub(", ", bare[: condition.start(1)] if condition else bare))
    if created is None:
        return None
    unique, _, name, table, columns = created.groups()
    return _index(unique, name, table, columns, where)


def _index(unique: str | None, name: str | None, table: str, columns: str, where: str) -> Translation:
    one_only = "UNIQUE " if unique and "unique" in unique.lower() else ""
    named = (name or _NAMELESS).strip().strip('"`[]')
    sql = f'CREATE {one_only}INDEX "{named}" ON {table} ({_NULLS.sub("", columns)}) {where}'.strip()
    return Translation(sql=sql, kind="index")


def _as_statement(bare: str, dialect: Dialect) -> Translation | None:
    if len(bare) > LONGEST_STATEMENT or _depth(bare) > DEEPEST:
        return None
    tries: tuple[Dialect, ...] = (dialect, "", "sqlite", "postgres", "mysql")
    for reading in dict.fromkeys(tries):
        found = _parse(bare, reading)
        if found is not None:
            return found
    return None


def _parse(bare: str, dialect: Dialect) -> Translation | None:
    sqlglot = _sqlglot()
    try:
        trees = sqlglot.parse(bare, read=dialect or None)
        if len(trees) != 1 or trees[0] is None or isinstance(trees[0], sqlglot.exp.Command):
            return None
        if isinstance(trees[0], sqlglot.exp.Select) and not trees[0].expressions:
            return None
        tree = trees[0].transform(_mend)
        sql: str = tree.sql("sqlite", unsupported_level=sqlglot.ErrorLevel.IGNORE)
    except (
        sqlglot.errors.SqlglotError,
        RecursionError,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        AssertionError,
    ):
        return None  # its parser and writer fail in all these ways on what nobody foresaw
    query = isinstance(tree, sqlglot.exp.Query)
    return Translation(sql=sql, kind="query" if query else "change", sorted=bool(query and tree.args.get("order")))


def _mend(node: Any) -> Any:
    """What sqlglot hands on as it is and SQLite does not have."""
    exp = _sqlglot().exp
    match node:
        case exp.Extract() if str(node.this).upper() in _PARTS:
            return _call("CAST", exp, node.expression, _PARTS[str(node.this).upper()])
        case exp.Left():
            return exp.Substring(this=node.this, start=exp.Literal.number(1), length=node.expression)
        case exp.Right():
            return exp.Substring(this=node.this, start=exp.Neg(this=node.expression))
        case exp.Select() if node.args.get("distinct") and node.args["distinct"].args.get("on"):
            return _without_aliases(node, exp)
        case exp.GT() | exp.GTE() | exp.LT() | exp.LTE() if isinstance(node.expression, exp.All):
            return _than_all(node, exp)
        case exp.TimestampTrunc() | exp.DateTrunc():
            unit = exp.Literal.string(str(node.args.get("unit") or "month").strip("'").lower())
            return exp.Anonymous(this="DATE_TRUNC", expressions=[unit, node.this])
        case exp.Add() | exp.Sub() if isinstance(node.expression, exp.Interval):
            return _moved(node, exp)
        case _:
            return node


def _without_aliases(select: Any, exp: Any) -> Any:
    """DISTINCT ON becomes a window, and a window's ORDER BY knows none of the names that SELECT gives."""
    named = {each.alias: each.this for each in select.expressions if isinstance(each, exp.Alias)}
    order = select.args.get("order")
    for column in [*order.find_all(exp.Column)] if order else []:
        if not column.table and column.name in named:
            column.replace(named[column.name].copy())
    return select


_PARTS = {"YEAR": "%Y", "MONTH": "%m", "DAY": "%d"}


def _call(name: str, exp: Any, day: Any, part: str) -> Any:
    """A part of a date as a number."""
    digits = exp.Anonymous(this="STRFTIME", expressions=[exp.Literal.string(part), day])
    return exp.Cast(this=digits, to=exp.DataType.build("int"))


def _than_all(node: Any, exp: Any) -> Any:
    """More than all of a subquery's values is more than the largest of them; of none, anything is."""
    largest = "MAX" if isinstance(node, exp.GT | exp.GTE) else "MIN"
    query = node.expression.this.copy()
    query = query.unnest() if isinstance(query, exp.Subquery | exp.Paren) else query
    first = query.selects[0]
    first.replace(exp.alias_(first.unalias().copy(), "compared"))
    extreme = exp.select(f"{largest}(compared)").from_(query.subquery("every")).subquery()
    bound = exp.Coalesce(this=extreme, expressions=[node.this.copy()])
    return type(node)(this=node.this, expression=bound if isinstance(node, exp.GTE | exp.LTE) else extreme)


def _moved(node: Any, exp: Any) -> Any:
    """A date and an interval, as SQLite adds them."""
    interval = node.expression
    amount = str(interval.this.name if interval.this is not None else "1")
    unit = str(interval.args.get("unit") or "day").lower()
    sign = "+" if isinstance(node, exp.Add) else "-"
    return exp.Anonymous(this="DATE", expressions=[node.this, exp.Literal.string(f"{sign}{amount} {unit}")])


def _without_comments(statement: str) -> str:
    return re.sub(r"--[^\n]*|/\*.*?\*/|^\s*#[^\n]*", " ", statement, flags=re.S | re.M)


def _depth(text: str) -> int:
    depth = deepest = 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        deepest = max(deepest, depth)
    return deepest


@cache
def _sqlglot() -> ModuleType:
    import sqlglot  # a tenth of a second, and only for who answers in SQL

    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    return sqlglot


def versions() -> str:
    """Of what reads and what runs a statement: a mark hangs on both."""
    from importlib.metadata import version
    from sqlite3 import sqlite_version

    return f"sqlite {sqlite_version}, sqlglot {version('sqlglot')}"
