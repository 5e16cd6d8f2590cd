"""Answers to tasks in SQL as people type them: what runs decides, words where nothing can, and nothing is made up."""

import pytest

from interviewer.grading import sql_running
from interviewer.grading.routing import RoutingGrader
from interviewer.grading.sql import SqlGrader
from interviewer.models import Grade, GraderInfo, Ungraded
from knowledge.models import Check, Sql
from tests.factories import core, point, question
from tests.interviewer.grading.sql_answers import TASKS, WordsByPhrase, graded, lost, mark, notes, runnable, verdicts

SALARY = "second-highest-salary"
RIGHT = "SELECT MAX(salary) FROM employees WHERE salary < (SELECT MAX(salary) FROM employees)"
ORDERS = (
    "SELECT {columns} FROM employees e LEFT JOIN departments d ON d.id = e.department_id "
    "LEFT JOIN orders o ON o.employee_id = e.id GROUP BY e.id, e.name, d.name"
)
TOTALS = (
    "SELECT customer_id, id, ordered_on, amount, SUM(amount) OVER (PARTITION BY customer_id ORDER BY ordered_on, id) "
    "FROM orders WHERE customer_id IS NOT NULL"
)


# ── What runs ────────────────────────────────────────────────────────────────────────────────────────────────


def test_evidence_is_the_candidates_own_clause() -> None:
    text = f"Here you are:\n\n{RIGHT}\n"
    shown = {one.point_id: one.evidence for one in graded(SALARY, text).verdicts if one.evidence}
    quotes = {text[one.start : one.end] for one in shown.values()}
    assert RIGHT in quotes
    assert "SELECT MAX(salary)" in quotes
    assert "WHERE salary < (SELECT MAX(salary) FROM employees)" in quotes


def test_execution_is_sure_and_avoiding_a_trap_is_less_so() -> None:
    sure = {one.point_id.rpartition("/")[2]: one.confidence for one in graded(SALARY, RIGHT).verdicts}
    assert sure["ties-once"] > 0.95
    assert 0.5 < sure["offset-trap"] < sure["ties-once"]


def test_what_only_words_show_is_unmarked_without_any() -> None:
    shown = verdicts(SALARY, RIGHT)
    assert (shown["nulls-sorted"], shown["index"]) == ("unmarked", "unmarked")


def test_what_only_words_show_is_judged_by_them_where_there_are_some() -> None:
    words = WordsByPhrase()
    long = "The rest is about the index on that column, which makes it fast because only a few entries are read then."
    marked = graded(SALARY, f"{RIGHT};\n{long}", words=words)
    shown = {one.point_id.rpartition("/")[2]: one.verdict for one in marked.verdicts}
    assert (shown["index"], shown["nulls-sorted"]) == ("covered", "missing")
    assert "SELECT" not in words.heard[0]


def test_a_few_words_beside_a_statement_are_no_explanation() -> None:
    assert verdicts(SALARY, f"Here is my query:\n{RIGHT};")["index"] == "unmarked"


def test_a_clause_shows_what_no_run_can() -> None:
    asked = "duplicate-customer-names"
    given = TASKS[asked].reference + "\nCREATE UNIQUE INDEX one ON customers (LOWER(TRIM(name)));"
    assert verdicts(asked, given)["unique-index"] == "covered"
    assert lost(asked, given) == set()


def test_a_corrected_query_supersedes_the_one_before() -> None:
    wrong = "SELECT salary FROM employees ORDER BY salary DESC LIMIT 1 OFFSET 1"
    assert (
        lost(
            SALARY,
            wrong,
        )
        != set()
    )
    assert all(verdicts(SALARY, wrong, RIGHT)[name] == "covered" for name in runnable(SALARY))


def test_of_several_queries_the_last_one_counts_but_not_one_called_wrong() -> None:
    task = "departments-without-employees"
    right = "SELECT d.id, d.name FROM departments d LEFT JOIN employees e ON e.department_id = d.id WHERE e.id IS NULL;"
    wrong = "SELECT id, name FROM departments WHERE id NOT IN (SELECT department_id FROM employees);"
    assert lost(task, f"{wrong}\nNo, better:\n{right}") == set()
    assert lost(task, f"{right}\nThis would be wrong: {wrong}") == set()
    assert "not-in-null" in lost(task, f"{right}\n{wrong}")


def test_a_view_of_ones_own_may_come_first() -> None:
    query = RIGHT.replace("(SELECT MAX(salary) FROM employees)", "(SELECT m FROM top)")
    given = f"CREATE VIEW top AS SELECT MAX(salary) AS m FROM employees;\n{query};"
    assert lost(SALARY, given) == set()


def test_changing_the_data_first_helps_nobody() -> None:
    assert lost(SALARY, "DELETE FROM employees; SELECT NULL;") == runnable(SALARY)


# ── Differences ──────────────────────────────────────────────────────────────────────────────────────────────


def test_differences_are_told_in_words() -> None:
    inner = ORDERS.format(columns="e.id, e.name, d.name, COUNT(o.id), COALESCE(AVG(o.amount), 0)").replace(
        "LEFT JOIN orders", "JOIN orders"
    )
    told = notes("orders-per-employee", inner)
    assert told == {
        "left-join": "Employees without orders are missing (Fay, Dara, Edi, ...): use an outer join to orders, with no "
        "condition on orders in WHERE."
    }
    assert graded("orders-per-employee", inner).note == (
        "It ran on 5 data sets and is right on 1. On “an ordinary year”, 1 row is missing: (6, Fay, Finance, 0, 0). "
        "On “equal figures”, 3 rows are missing: (4, Dara, Sales, 0, 0), (5, Edi, Support, 0, 0), "
        "(6, Fay, Support, 0, 0)."
    )


@pytest.mark.parametrize(
    ("columns", "charged", "said"),
    [
        pytest.param(
            "e.id AS a, e.name AS b, d.name AS c, COUNT(o.id) AS d, COALESCE(AVG(o.amount), 0) AS e",
            None,
            None,
            id="names",
        ),
        pytest.param(
            "e.name, e.id, d.name, COUNT(o.id), COALESCE(AVG(o.amount), 0)", "coalesce", "not in the order", id="order"
        ),
        pytest.param(
            "e.name, d.name, COUNT(o.id), COALESCE(AVG(o.amount), 0)", "coalesce", "4 columns, and 5", id="fewer"
        ),
        pytest.param(
            "e.id, e.name, d.name, COUNT(o.id), COALESCE(AVG(o.amount), 0), e.salary",
            None,
            "6 columns, and 5",
            id="more",
        ),
        pytest.param(
            "e.id, e.name, d.name, COUNT(o.id), ROUND(COALESCE(AVG(o.amount), 0), 2)", None, None, id="rounded"
        ),
    ],
)
def test_columns_are_compared_by_place_and_not_by_name(columns: str, charged: str | None, said: str | None) -> None:
    given = ORDERS.format(columns=columns)
    assert lost("orders-per-employee", given) == ({charged} if charged else set())
    note = graded("orders-per-employee", given).note or ""
    assert said is None or said in note


def test_an_order_that_is_asked_for_is_looked_at() -> None:
    task = "running-total-per-customer"
    assert lost(task, f"{TOTALS} ORDER BY 1, 3, 2") == set()
    assert lost(task, TOTALS) == {"partition"}, "half of the lightest core point"
    assert "no ORDER BY" in (graded(task, TOTALS).note or "")
    assert "order is not" in (graded(task, f"{TOTALS} ORDER BY id DESC").note or "")


def test_an_order_that_is_not_asked_for_is_free() -> None:
    given = TASKS["departments-without-employees"].reference.rstrip(";\n") + " ORDER BY d.name DESC"
    assert lost("departments-without-employees", given) == set()


def test_what_is_wrong_and_touches_no_point_costs_half_of_one() -> None:
    everybody = TOTALS.replace(" WHERE customer_id IS NOT NULL", "") + " ORDER BY 1, 3, 2"
    assert lost("running-total-per-customer", everybody) == {"keeps-rows"}
    assert notes("running-total-per-customer", everybody) == {"keeps-rows": "Not all of the result is as expected."}


@pytest.mark.parametrize(
    "text", ["SELECT 5200;", "SELECT NULL;", "SELECT * FROM employees;", "SELECT MIN(salary) FROM employees"]
)
def test_a_query_about_something_else_shows_nothing(text: str) -> None:
    assert lost(SALARY, text) == runnable(SALARY)


# ── What does not run ────────────────────────────────────────────────────────────────────────────────────────


def test_spelling_is_not_marked() -> None:
    given = RIGHT.replace("MAX(salary)", "MAX(salry)", 1)
    assert lost(SALARY, given) == set()
    assert (graded(SALARY, given).note or "").startswith("“salry” was read as “salary”. It ran")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RIGHT.replace("MAX(salary)", "MAX(wage)", 1), "It does not run: no such column: wage."),
        ("SELECT MAX(salary FROM employees;", 'It does not run: near "FROM": syntax error.'),
        ("WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT MAX(n) FROM c;", "never ends"),
        ("WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c;", "more than 500 rows"),
        ("SELECT load_extension('x');", "It was refused: load_extension may not be called here."),
        ("ATTACH DATABASE '/etc/passwd' AS p;", "It was refused: it reaches outside its tables."),
        ("PRAGMA table_info(employees);", "It was refused: it reaches outside its tables."),
    ],
)
def test_what_does_not_run_shows_nothing_and_says_why(text: str, said: str) -> None:
    marked = graded(SALARY, text)
    assert lost(SALARY, text) == runnable(SALARY)
    assert said in (marked.note or "")


def test_what_this_engine_does_not_know_is_nobodys_zero() -> None:
    marking = mark(SALARY, "SELECT PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY salary) FROM employees;")
    assert isinstance(marking, Ungraded)
    assert marking.reason == "needs_model"
    assert "does not know everything that others do" in marking.detail


def test_a_sandbox_that_fails_is_nobodys_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_running.sys, "executable", "/nowhere/python")
    marking = mark(SALARY, f"{RIGHT} LIMIT 7")
    assert isinstance(marking, Ungraded)
    assert marking.reason == "unavailable"


@pytest.mark.parametrize(
    "text", ["�\x00;\x00 SELECT", "`" * 2000, "(" * 20_000, "SELECT " * 3000, ";" * 5000, "--" * 4000, "```sql\n```"]
)
def test_nothing_that_is_typed_raises(text: str) -> None:
    assert mark(SALARY, text).kind in ("grade", "ungraded")


@pytest.mark.parametrize(
    "made",
    [
        pytest.param("CREATE TABLE Answer (x INT);", id="a table of ours"),
        pytest.param("CREATE TABLE Before_Orders (x INT);", id="a table as it was"),
        pytest.param("CREATE TABLE z (x INT); ALTER TABLE z RENAME TO Plan;", id="by another name first"),
    ],
)
def test_nothing_that_is_typed_raises_in_a_task_about_tables(made: str) -> None:
    assert lost(MOVE, f"{made} BEGIN; {UPDATE} {DELETE} COMMIT;") == set()


@pytest.mark.parametrize(
    "text",
    [
        "BEGIN; DROP TABLE orders; COMMIT;",
        "BEGIN; ALTER TABLE orders RENAME COLUMN employee_id TO x; COMMIT;",
        "CREATE TABLE z AS SELECT CAST(x'ff' AS TEXT) a; BEGIN; COMMIT;",
    ],
    ids=["a table gone", "a column gone", "text that is none"],
)
def test_a_task_that_is_destroyed_is_not_left_out(text: str) -> None:
    assert {"children-first", "where"} <= lost(MOVE, text)


# ── Words alone ──────────────────────────────────────────────────────────────────────────────────────────────


def test_to_say_what_a_statement_should_do_is_half_of_writing_it() -> None:
    shown = verdicts(SALARY, "I would make sure of ties-once by DISTINCT, and put an index on it.")
    assert (shown["ties-once"], shown["index"], shown["nulls-ignored"]) == ("partial", "covered", "missing")
    assert graded(SALARY, "Take care of ties-once.").note == "There is no statement in this answer, so nothing was run."


def test_where_nothing_was_run_it_was_not_marked_by_running() -> None:
    words = WordsByPhrase()
    assert graded(SALARY, "Take care of ties-once.", words=words).grader == words.info


def test_beside_a_statement_it_is_told_who_judged_the_words_and_with_what() -> None:
    words = WordsByPhrase()
    words.info = GraderInfo(name="llm", version="2", model="openai/m", prompt_hash="abc", seed=7, note="It stood in.")
    by = graded(SALARY, f"{RIGHT};\nThat is because of ties-once.", words=words).grader
    assert (by.name, by.prompt_hash, by.seed, by.note) == ("sql", "abc", 7, "It stood in.")
    assert (by.model or "").endswith("words by llm 2 (openai/m)")


def test_words_after_a_statement_are_worth_themselves() -> None:
    assert verdicts(SALARY, RIGHT, "That is because of ties-once.")["ties-once"] == "covered"


def test_words_that_nobody_can_judge_stay_ungraded() -> None:
    assert isinstance(mark(SALARY, "Français"), Ungraded)


# ── Changes, transactions, plans ─────────────────────────────────────────────────────────────────────────────

MOVE = "move-orders-in-a-transaction"
UPDATE = "UPDATE orders SET employee_id = 2 WHERE employee_id = 1;"
DELETE = "DELETE FROM employees WHERE id = 1;"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"BEGIN; {UPDATE} {DELETE} COMMIT;", set[str](), id="right"),
        pytest.param(f"START TRANSACTION; {UPDATE} {DELETE} COMMIT;\nROLLBACK;", set[str](), id="with the way out"),
        pytest.param(f"BEGIN; {UPDATE} SAVEPOINT s; {DELETE} RELEASE s; COMMIT;", set[str](), id="savepoint"),
        pytest.param(f"{UPDATE} {DELETE}", {"atomic"}, id="no transaction"),
        pytest.param(f"BEGIN; {UPDATE} {DELETE}", {"atomic"}, id="never committed"),
        pytest.param(f"BEGIN; {DELETE} {UPDATE} COMMIT;", {"children-first"}, id="the parent first"),
        pytest.param(f"BEGIN; {UPDATE} {DELETE} ROLLBACK;", {"atomic"}, id="taken back is left off as the way out"),
        pytest.param(
            f"BEGIN; {UPDATE.replace(' WHERE employee_id = 1', '')} {DELETE} COMMIT;", {"where"}, id="no WHERE"
        ),
        pytest.param("SELECT * FROM orders;", set(runnable(MOVE)), id="changes nothing"),
    ],
)
def test_the_tables_as_they_are_left_decide(text: str, expected: set[str]) -> None:
    marking = mark(MOVE, text)
    assert isinstance(marking, Ungraded) or lost(MOVE, text) == expected
    assert isinstance(marking, Grade) or expected == runnable(MOVE)


def test_locking_and_rolling_back_show_in_clauses() -> None:
    given = (
        f"BEGIN; SELECT * FROM employees WHERE id = 1 FOR UPDATE; {UPDATE} {DELETE} COMMIT; -- on an error: ROLLBACK"
    )
    shown = verdicts(MOVE, given)
    assert (shown["lock"], shown["affected-rows"]) == ("covered", "unmarked")


INDEX = "index-for-a-customers-orders"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CREATE INDEX i ON orders (customer_id, ordered_on);", set[str]()),
        ("CREATE INDEX i ON orders (customer_id, ordered_on, amount, id);", set[str]()),
        ("CREATE INDEX i ON orders (ordered_on, customer_id);", {"equality-first", "contiguous"}),
        ("CREATE INDEX i ON orders (customer_id);", {"equality-first", "contiguous", "no-sort"}),
        ("CREATE INDEX i ON orders (amount);", {"equality-first", "contiguous", "no-sort"}),
    ],
)
def test_the_plan_decides_about_an_index(text: str, expected: set[str]) -> None:
    assert lost(INDEX, text) == expected
    assert (graded(INDEX, text).note or "").startswith("With it, the query's plan is: S")


def test_a_covering_index_shows_by_its_columns() -> None:
    assert (
        verdicts(INDEX, "CREATE INDEX i ON orders (customer_id, ordered_on) INCLUDE (amount, id);")["covering"]
        == "covered"
    )
    assert verdicts(INDEX, "CREATE INDEX i ON orders (customer_id, ordered_on);")["covering"] == "unmarked"


# ── Tasks of any kind, and who is asked ──────────────────────────────────────────────────────────────────────


def task(**changed: object) -> Sql:
    points = (core("first"), point("second"))
    fields = {
        "ddl": "CREATE TABLE t (a INTEGER);",
        "datasets": ("-- three\nINSERT INTO t VALUES (1), (2), (2);", "-- none"),
        "reference": "SELECT a FROM t",
        "checks": (
            Check(
                point="q/first",
                finds="SELECT 'x' FROM answer WHERE c1 > 2",
                told="Too large: {found}.",
                wrong=("SELECT 3",),
            ),
            Check(point="q/second"),
        ),
    }
    made = question("q", points, kind="sql", misconceptions=(), **{**fields, **changed})
    assert isinstance(made, Sql)
    return made


def test_rows_that_occur_more_often_are_a_difference() -> None:
    assert verdicts(task(), "SELECT a FROM t;")["first"] == "covered"
    assert "1 row is missing: (2)" in (graded(task(), "SELECT DISTINCT a FROM t;").note or "")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (task(checks=()), "needs_model"),
        (question("q", kind="concept"), "needs_model"),
        (task(checks=(Check(point="q/first", finds="SELECT nothing", told="x", wrong=("SELECT 1",)),)), "unavailable"),
        (task(datasets=("INSERT INTO nowhere VALUES (1);",)), "unavailable"),
    ],
    ids=["no checks", "another kind", "a broken check", "a broken data set"],
)
def test_a_task_that_cannot_be_run_is_left_unmarked(asked: Sql, reason: str) -> None:
    marking = mark(asked, "SELECT a FROM t;")
    assert isinstance(marking, Ungraded)
    assert marking.reason == reason


def test_tasks_in_sql_are_run_and_the_rest_goes_to_the_other() -> None:
    words = WordsByPhrase()
    router = RoutingGrader(SqlGrader(words), words)
    assert router.kinds == {"concept", "sql"}
    assert router.info == words.info
    assert SqlGrader(words).info.name == "sql"
    assert (SqlGrader(words).info.model or "").endswith("words by phrases 1")
