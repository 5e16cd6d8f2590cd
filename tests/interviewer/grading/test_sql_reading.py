"""Where the statements of an answer are, what is left as prose, and what other dialects become."""

import pytest

from interviewer.grading.sql_dialects import Dialect, guess_dialect, translate
from interviewer.grading.sql_reading import read_script

MAXIMUM = "SELECT MAX(salary) FROM employees"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(MAXIMUM, [MAXIMUM], id="bare"),
        pytest.param(f"{MAXIMUM};", [MAXIMUM], id="with its semicolon"),
        pytest.param(f"```sql\n{MAXIMUM};\n```", [MAXIMUM], id="fenced"),
        pytest.param(f"Like this:\n```\n{MAXIMUM}\n```\nIt ignores NULL.", [MAXIMUM], id="fenced, between prose"),
        pytest.param(f"```sql\n{MAXIMUM}", [MAXIMUM], id="a fence left open"),
        pytest.param(f"I'd write `{MAXIMUM}` here.", [MAXIMUM], id="inline"),
        pytest.param(f"I would use {MAXIMUM}. It ignores NULL.", [MAXIMUM], id="in a sentence"),
        pytest.param(f"{MAXIMUM} because NULL is ignored", [MAXIMUM], id="with a reason behind it"),
        pytest.param(f"{MAXIMUM}\nThis doesn't need ORDER BY.", [MAXIMUM], id="prose on the next line"),
        pytest.param("select max(salary) from employees", ["select max(salary) from employees"], id="lower case"),
        pytest.param(
            "SELECT name\nFROM employees\n\nWHERE id = 1;\nDone.",
            ["SELECT name\nFROM employees\n\nWHERE id = 1"],
            id="gap",
        ),
        pytest.param(
            "BEGIN;\nUPDATE t SET a = 1;\nCOMMIT;", ["BEGIN", "UPDATE t SET a = 1", "COMMIT"], id="a transaction"
        ),
        pytest.param("BEGIN\nDELETE FROM t\nCOMMIT", ["BEGIN", "DELETE FROM t", "COMMIT"], id="without semicolons"),
        pytest.param("```\nBEGIN\nDELETE FROM t\nCOMMIT\n```", ["BEGIN", "DELETE FROM t", "COMMIT"], id="fenced, no ;"),
        pytest.param("SELECT ';' FROM t; SELECT 2 FROM t;", ["SELECT ';' FROM t", "SELECT 2 FROM t"], id="quoted ;"),
        pytest.param(
            "```sql\nSELECT a FROM t\n\nSELECT b FROM t\n```",
            ["SELECT a FROM t", "SELECT b FROM t"],
            id="a gap between",
        ),
        pytest.param(
            "WITH x AS (\n  SELECT 1 AS a\n)\n\nSELECT a FROM x",
            ["WITH x AS (\n  SELECT 1 AS a\n)\n\nSELECT a FROM x"],
            id="CTE",
        ),
        pytest.param(
            "SELECT MAX(salary FROM employees;", ["SELECT MAX(salary FROM employees"], id="a slip, still meant"
        ),
        pytest.param("SELECT a, b FROM t WHERE c = 'x'", ["SELECT a, b FROM t WHERE c = 'x'"], id="a quote at its end"),
        pytest.param("CREATE INDEX i ON t (a);", ["CREATE INDEX i ON t (a)"], id="an index"),
        pytest.param("", [], id="nothing"),
        pytest.param("I don't know.", [], id="no idea"),
        pytest.param("You select the highest salary from the employees and take the next.", [], id="prose with select"),
        pytest.param("With a LEFT JOIN the date test belongs in ON.", [], id="prose with With"),
        pytest.param("Update the orders first, then delete the employee.", [], id="prose with Update"),
        pytest.param("I'd lock it by SELECT FOR UPDATE, so nobody adds orders.", [], id="a clause by its name"),
        pytest.param("Begin with the orders.\nEnd of story", [], id="prose with Begin"),
        pytest.param("```python\nprint('SELECT 1 FROM t')\n```", [], id="another language"),
    ],
)
def test_statements_are_found(answer: str, expected: list[str]) -> None:
    script = read_script(answer, "standard")
    assert [one.text for one in script.statements] == expected
    assert all(one.text in answer[one.span.start : one.span.end] for one in script.statements)
    assert len(script.prose) == len(answer)


def test_prose_is_what_is_left_comments_included() -> None:
    script = read_script(f"Below the top one:\n```sql\n-- ignores NULL\n{MAXIMUM}\n```\nTies count once.", "standard")
    assert script.prose.split() == ["Below", "the", "top", "one:", "ignores", "NULL", "Ties", "count", "once."]
    assert script.prose.index("Ties") == len(script.prose) - len("Ties count once.")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (f"Never use this: {MAXIMUM}; Better:\nSELECT 1 FROM t;", [True, False]),
        ("SELECT 1 FROM t;\nThis version is wrong: SELECT 2 FROM t;", [False, True]),
        ("SELECT 1 FROM t;\n-- instead of\nSELECT 2 FROM t;", [False, True]),
        ("I do not need a join. SELECT 1 FROM t;", [False]),
        ("```sql\n-- wrong\nSELECT 1 FROM t;\n-- right\nSELECT 2 FROM t;\n```", [True, False]),
    ],
)
def test_what_its_author_calls_wrong_is_told(answer: str, expected: list[bool]) -> None:
    assert [one.disowned for one in read_script(answer, "standard").statements] == expected


@pytest.mark.parametrize(
    ("code", "task", "dialect"),
    [
        ("SELECT `id` FROM t", "standard", "mysql"),
        ("SELECT id::text FROM t", "mysql", "postgres"),
        ("SELECT TOP 1 id FROM t", "standard", "tsql"),
        ("SELECT NVL(a, 0) FROM t", "standard", "oracle"),
        ("SELECT id FROM t", "standard", ""),
        ("SELECT id FROM t", "postgresql", "postgres"),
    ],
)
def test_a_dialect_shows_by_what_only_it_has(code: str, task: str, dialect: str) -> None:
    assert guess_dialect(code, task) == dialect


@pytest.mark.parametrize(
    ("code", "dialect", "parts"),
    [
        ("SELECT a::int FROM t", "postgres", ("CAST(a AS INTEGER)",)),
        ("SELECT a FROM t WHERE a ILIKE 'x%'", "postgres", ("LOWER(a) LIKE LOWER('x%')",)),
        ("SELECT DISTINCT ON (a) a, SUM(b) AS s FROM t GROUP BY a ORDER BY a, s DESC", "postgres", ("ROW_NUMBER()",)),
        ("SELECT to_char(d, 'YYYY-MM') FROM t", "postgres", ("STRFTIME('%Y-%m', d)",)),
        ("SELECT EXTRACT(YEAR FROM d) FROM t", "", ("CAST(STRFTIME('%Y', d) AS INTEGER)",)),
        ("SELECT date_trunc('month', d) FROM t", "postgres", ("DATE_TRUNC('month', d)",)),
        ("SELECT d + INTERVAL '1 year' FROM t", "postgres", ("DATE(d, '+1 year')",)),
        ("SELECT LEFT(a, 7), RIGHT(a, 2) FROM t", "mysql", ("SUBSTRING(a, 1, 7)", "SUBSTRING(a, -2)")),
        ("SELECT IF(a > 1, 2, 3) FROM t LIMIT 1, 5", "mysql", ("IIF(a > 1, 2, 3)", "LIMIT 5 OFFSET 1")),
        ("SELECT a FROM t WHERE a >= ALL (SELECT b FROM u)", "", ("COALESCE((SELECT MAX(compared) FROM (SELECT b",)),
        ("SELECT TOP 1 [a] FROM t", "tsql", ("LIMIT 1",)),
        ("CREATE INDEX ON t (a, b DESC NULLS LAST) INCLUDE (c)", "postgres", ("ON t (a, b DESC, c)",)),
        ("CREATE INDEX CONCURRENTLY i ON t USING btree (a) WHERE b > 1", "postgres", ('"i" ON t (a) WHERE b > 1',)),
        ("ALTER TABLE t ADD UNIQUE INDEX i (a)", "mysql", ('CREATE UNIQUE INDEX "i" ON t (a)',)),
        ("START TRANSACTION", "mysql", ("BEGIN",)),
        ("BEGIN ISOLATION LEVEL SERIALIZABLE", "postgres", ("BEGIN",)),
        ("TRUNCATE TABLE t", "postgres", ("DELETE FROM t",)),
        ("SELECT a FROM t FOR UPDATE", "postgres", ("SELECT a FROM t",)),
    ],
)
def test_other_dialects_become_sqlite(code: str, dialect: Dialect, parts: tuple[str, ...]) -> None:
    found = translate(code, dialect)
    assert found
    assert all(part in found.sql for part in parts), found.sql


@pytest.mark.parametrize(
    ("code", "is_sorted"),
    [("SELECT a FROM t ORDER BY a", True), ("SELECT a FROM (SELECT a FROM t ORDER BY a) x", False)],
)
def test_whether_a_query_is_sorted_is_told_of_its_end(code: str, is_sorted: bool) -> None:
    found = translate(code, "")
    assert found
    assert found.sorted is is_sorted


@pytest.mark.parametrize("code", ["SELECT MAX(a FROM t", "SELECT" + " (" * 5000, "x" * 100_000, "SELECT"])
def test_what_is_no_sql_is_none(code: str) -> None:
    assert translate(code, "") is None
