"""What strangers' SQL can do to the machine that runs it: nothing outside its tables, and not for long."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from interviewer.grading import sql_sandbox
from interviewer.grading.sql_running import PATIENCE, Run, SandboxError, run_statements

DDL = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE u (t_id INTEGER REFERENCES t (id));"
DATA = "INSERT INTO t VALUES (1, 'a'), (2, 'b'); INSERT INTO u VALUES (1);"
ENDLESS = "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
HUGE = "WITH RECURSIVE c (n, b) AS (SELECT 1, randomblob(15000) UNION ALL SELECT n + 1, randomblob(15000) FROM c)"
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def run(*statements: str, data: str = DATA, planned: str | None = None) -> Run:
    return run_statements(DDL, [data], statements, planned)[0]


def kind(*statements: str) -> str | None:
    error = run(*statements).error
    return error.kind if error else None


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param(f"{ENDLESS} SELECT COUNT(*) FROM c", "time", id="a recursion without end"),
        pytest.param(f"{ENDLESS} SELECT * FROM c", "rows", id="rows without end"),
        pytest.param(
            f"SELECT COUNT(*) FROM {', '.join(f't {a}{b}' for a in 'xy' for b in LETTERS)}", "time", id="product"
        ),
        pytest.param(f"SELECT * FROM {', '.join(f't x{a}' for a in LETTERS[:12])}", "rows", id="a product's rows"),
        pytest.param(f"{HUGE} SELECT * FROM c ORDER BY b", "memory or time", id="a sort of large values"),
        pytest.param(f"CREATE TEMP TABLE q AS {HUGE} SELECT * FROM c", "memory or time", id="a table of large values"),
        pytest.param(f"{ENDLESS} SELECT group_concat(n) FROM c", "rows or time", id="a string without end"),
        pytest.param(f"{ENDLESS} SELECT json_group_array(n) FROM c", "rows or time", id="an array without end"),
        pytest.param("SELECT hex(zeroblob(1000000000))", "rows", id="zeroblob"),
        pytest.param("SELECT randomblob(900000000)", "rows", id="randomblob"),
        pytest.param("SELECT replace(hex(zeroblob(9000)), '0', hex(zeroblob(9000)))", "rows", id="replace"),
        pytest.param(f"SELECT {'(' * 300}1{')' * 300}", "sql", id="brackets"),
        pytest.param(f"SELECT 1 {'UNION SELECT 1 ' * 100}", "sql", id="a hundred queries in one"),
        pytest.param(f"SELECT {', '.join('1' * 300)}", "sql", id="too many columns"),
        pytest.param("SELECT load_extension('/tmp/evil.so')", "denied", id="load_extension"),
        pytest.param("SELECT fts3_tokenizer('simple')", "denied", id="fts3_tokenizer"),
        pytest.param("SELECT writefile('{file}', 'x')", "sql", id="writefile is not there"),
        pytest.param("ATTACH '{file}' AS x", "denied", id="ATTACH"),
        pytest.param("VACUUM INTO '{file}'", "denied", id="VACUUM INTO"),
        pytest.param("DETACH main", "denied", id="DETACH"),
        pytest.param("PRAGMA writable_schema = ON", "denied", id="PRAGMA"),
        pytest.param("PRAGMA foreign_keys = OFF", "denied", id="foreign keys off"),
        pytest.param("SELECT * FROM pragma_database_list", "denied", id="a pragma as a table"),
        pytest.param("UPDATE sqlite_schema SET sql = 'x'", "sql", id="the schema's own table"),
        pytest.param("CREATE VIRTUAL TABLE f USING fts5(a)", "denied", id="a virtual table"),
    ],
)
def test_an_attack_is_stopped_in_time(statement: str, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "stolen"
    began = time.monotonic()
    found = kind(statement.replace("{file}", str(file)))
    assert found in expected.split(" or ")
    assert time.monotonic() - began < PATIENCE, "a second where nothing else runs; the rest is a busy machine's"
    assert not file.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT printf('%.*c', 100000000, 'x')",
        "SELECT hex(zeroblob(9000)) LIKE '%0%0%0%0%0%0%0%0%0%0%0%0%0%0%0%1'",
        "SELECT hex(zeroblob(9000)) GLOB '*0*0*0*0*0*0*0*0*0*0*0*0*0*0*0*1'",
    ],
)
def test_what_works_long_inside_one_step_ends_too(statement: str) -> None:
    began = time.monotonic()
    run(statement)
    assert time.monotonic() - began < PATIENCE


def test_memory_is_bounded() -> None:
    """Asked in a process of its own: the most that any child ever had counts the children of other tests too."""
    script = (
        "import resource\n"
        "from interviewer.grading.sql_running import run_statements\n"
        f"run_statements({DDL!r}, [{DATA!r}], [{HUGE + ' SELECT * FROM c ORDER BY b'!r}], None)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)\n"
    )
    asked = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert int(asked.stdout) < sql_sandbox.MEMORY


def test_once_the_time_is_over_no_other_data_set_gets_more() -> None:
    began = time.process_time()
    runs = run_statements(DDL, [DATA] * 5, [f"{ENDLESS} SELECT COUNT(*) FROM c"], None)
    assert [one.error.kind if one.error else None for one in runs] == ["time"] * 5
    assert os.times().children_user - began < 60


def test_foreign_keys_are_on() -> None:
    done = run("DELETE FROM t WHERE id = 1")
    assert done.error
    assert "FOREIGN KEY" in done.error.message


def test_what_a_failed_transaction_did_is_undone() -> None:
    done = run("BEGIN", "INSERT INTO t VALUES (3, 'c')", "DELETE FROM t WHERE id = 1", "COMMIT")
    assert done.error
    assert done.error.statement == 2
    assert len(done.tables["t"].rows) == 2
    assert not done.left_open


def test_a_transaction_left_open_is_said() -> None:
    done = run("BEGIN", "INSERT INTO t VALUES (3, 'c')")
    assert (done.left_open, len(done.tables["t"].rows)) == (True, 3)


def test_the_last_query_is_the_result_and_tables_are_told_as_they_are_left() -> None:
    done = run("SELECT 1", "CREATE TABLE w AS SELECT id FROM t", "SELECT id AS a, v FROM t ORDER BY id", "DROP TABLE u")
    assert (done.columns, done.rows) == (("a", "v"), ((1, "a"), (2, "b")))
    assert {*done.tables} == {"t", "w"}


def test_a_plan_is_told() -> None:
    done = run("CREATE INDEX i ON t (v)", planned="SELECT v FROM t WHERE v = 'a'")
    assert done.plan == ("SEARCH t USING COVERING INDEX i (v=?)",)


@pytest.mark.parametrize(
    ("statements", "planned", "expected"),
    [
        pytest.param(["CREATE TABLE z AS SELECT CAST(x'ff' AS TEXT) a"], None, None, id="text that is no UTF-8"),
        pytest.param(["DROP TABLE u"], "SELECT * FROM u", "sql", id="a plan of what is gone"),
        pytest.param([f"CREATE TABLE z AS {HUGE} SELECT * FROM c LIMIT 90"], None, "rows", id="far too much"),
    ],
)
def test_what_cannot_be_read_of_what_is_left_is_the_answers_doing(
    statements: list[str], planned: str | None, expected: str | None
) -> None:
    error = run(*statements, "SELECT 1", planned=planned).error
    assert (error.kind if error else None) == expected


def test_a_planned_query_that_is_itself_wrong_is_no_answers_fault() -> None:
    with pytest.raises(SandboxError, match="no such table"):
        run("CREATE INDEX i ON t (v)", planned="SELECT * FROM nowhere")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("year('2025-03-09')", 2025),
        ("month('2025-03-09')", 3),
        ("day('2025-03-09')", 9),
        ("year(NULL)", None),
        ("date_trunc('month', '2025-03-09')", "2025-03-01"),
        ("date_trunc('quarter', '2025-03-09')", "2025-01-01"),
        ("date_trunc('year', 'soon')", None),
        ("concat('a', NULL, 1)", "a1"),
        ("x'00ff'", "x'00ff'"),
        ("CAST(x'61ff' AS TEXT)", "a\N{REPLACEMENT CHARACTER}"),
        ("1e999", "inf"),
    ],
)
def test_what_other_databases_have_is_there(expression: str, value: object) -> None:
    assert run(f"SELECT {expression}").rows == ((value,),)


def test_a_task_that_is_itself_wrong_is_no_answers_fault() -> None:
    with pytest.raises(SandboxError, match="no such table"):
        run("SELECT 1", data="INSERT INTO nowhere VALUES (1)")


def test_a_sandbox_that_cannot_start_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(SandboxError, match="could not be started"):
        run("SELECT 1")


def test_the_sandbox_runs_in_this_process_as_well() -> None:
    """As a function it is the same, without the bounds of a process."""
    job = {"ddl": DDL, "scripts": [DATA], "statements": ["SELECT COUNT(*) FROM t"], "planned": None}
    assert sql_sandbox.run(job)[0]["rows"] == [[2]]
