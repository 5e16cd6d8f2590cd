"""`dispute`, `export-cases` and `regrade` as a person or a program uses them, and what `delete` takes along."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from evals.datasets import read_cases
from interviewer import wiring
from interviewer.events import Asked, Event
from interviewer.settings import read_settings
from tests.interviewer.test_with_a_model import obliging
from tests.model_server import ModelServer, fails
from tests.ui import test_cli
from tests.ui.test_cli import Ran, check_shape

Run = Callable[..., Ran]
run = test_cli.run
ANSWER = "I use prepared statements with bound parameters, so that what a user typed is sent as data, never parsed."


@pytest.fixture
def interview_id(run: Run) -> str:
    """A finished interview with one answer in it."""
    typed = f"{json.dumps({'answer': ANSWER})}\n{json.dumps({'control': 'stop'})}\n"
    ran = run("practice", "--jsonl", "--questions", "1", "--topics", "security", "--seed", "7", stdin=typed)
    return ran.lines[0]["interview_id"]


def log(interview_id: str) -> tuple[Event, ...]:
    return wiring.open_store(read_settings()).read(interview_id)


def first_point(interview_id: str) -> str:
    return next(event for event in log(interview_id) if isinstance(event, Asked)).question.points[0].id


def report(run: Run, interview_id: str, *more: str) -> dict[str, object]:
    return run("export", interview_id, "--format", "json", *more).json["report"]


# ── dispute and export-cases ─────────────────────────────────────────────────────────────────────────────────


def test_a_dispute_is_kept_beside_the_mark_and_becomes_a_case(run: Run, interview_id: str, tmp_path: Path) -> None:
    before = report(run, interview_id)
    point = first_point(interview_id)
    verdict = before["questions"][0]["points"][0]["verdict"]  # pyright: ignore
    says = "partial" if verdict != "partial" else "covered"
    ran = run("dispute", interview_id, point, "--verdict", says, "--comment", "Read it again.", "--json")
    assert ran.status == 0, ran.err
    check_shape(ran.json, "event.schema.json")
    assert (ran.json["dispute"]["graded"], ran.json["dispute"]["says"]) == (verdict, says)
    after = report(run, interview_id)
    assert (after["independent"], after["prompted"]) == (before["independent"], before["prompted"])
    assert "You say: " in run("export", interview_id).out

    found = run("export-cases", "--json")
    check_shape(found.json, "cases.schema.json")
    path = tmp_path / "cases.jsonl"
    written = run("export-cases", "--out", str(path))
    assert (written.status, written.out) == (0, "")
    assert "the candidate's own" in written.err
    [case] = read_cases(path)
    assert (case.labels["p1"], case.style, case.answer) == (says, "disputed", ANSWER)
    assert run("export-cases").out == path.read_text(encoding="utf-8")


def test_a_dispute_sent_twice_counts_once_and_can_be_taken_back(run: Run, interview_id: str) -> None:
    point = first_point(interview_id)
    verdict = report(run, interview_id)["questions"][0]["points"][0]["verdict"]  # pyright: ignore
    says = "contradicted"
    for _ in range(2):
        assert run("dispute", interview_id, point, "--verdict", says, "--submission-id", "same").status == 0
    assert [event.kind for event in log(interview_id)].count("disputed") == 1
    back = run("dispute", interview_id, point, "--verdict", str(verdict))
    assert "taken back" in back.err
    assert run("export-cases", "--json").json["cases"] == []


def test_a_dispute_speaks_of_verdicts_as_the_report_does(run: Run, interview_id: str) -> None:
    points = report(run, interview_id)["questions"][0]["points"]  # pyright: ignore
    missing = next(point["point_id"] for point in points if point["verdict"] == "missing")
    told = run("dispute", interview_id, missing, "--verdict", "covered").out
    assert "the grader says not shown, you say covered" in told
    assert "stands as not shown" in run("dispute", interview_id, missing, "--verdict", "missing").err


@pytest.mark.parametrize(
    ("part", "verdict", "status", "told"),
    [
        ("no/such-point", "covered", 1, "is no point or misconception"),
        (None, "asserted", 1, "one can say: covered"),
        (None, "splendid", 2, "splendid"),
    ],
)
def test_a_dispute_that_means_nothing_is_refused(
    run: Run, interview_id: str, part: str | None, verdict: str, status: int, told: str
) -> None:
    ran = run("dispute", interview_id, part or first_point(interview_id), "--verdict", verdict)
    assert (ran.status, ran.out) == (status, "")
    assert told in ran.err
    assert "Traceback" not in ran.err


# ── regrade ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_marking_again_shows_old_and_new_and_leaves_the_first_run_alone(run: Run, interview_id: str) -> None:
    before = run("export", interview_id, "--format", "json").json
    ran = run("regrade", interview_id, "--grader", "local", "--json")
    check_shape(ran.json, "regrade.schema.json")
    [regraded] = ran.json["interviews"]
    assert (regraded["diff"]["changed"], regraded["run"]["resumed"]) == (0, False), "the same grader, the same marks"
    after = run("export", interview_id, "--format", "json").json
    assert after["report"] == before["report"]
    assert after["events"][: len(before["events"])] == before["events"]
    named = report(run, interview_id, "--run", regraded["run"]["run_id"])
    assert named["run_id"] == regraded["run"]["run_id"]
    shown = run("regrade", "--all", "--diff").out
    assert f"{first_point(interview_id)}: " in shown
    assert " -> " in shown
    assert "verdicts changed" in shown


def test_a_model_that_fails_leaves_the_new_run_ungraded_and_nothing_stands_in(
    run: Run, interview_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelServer([fails(500)]) as server:
        monkeypatch.setenv("OPENAI_API_BASE", server.url)
        monkeypatch.setenv("INTERVIEWER_MODEL", "openai/of-my-own")
        [regraded] = run("regrade", interview_id, "--grader", "llm", "--json").json["interviews"]
    assert regraded["run"]["ungraded"] == regraded["run"]["marked"] == 1
    assert regraded["diff"]["answers"][0]["after"] is None


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        ([], 2, "--all"),
        (["0123", "--all"], 2, "--all"),
        (["0123"], 1, "no interview"),
        (["0123", "--grader", "astrology"], 2, "astrology"),
    ],
    ids=["neither", "both", "unknown", "grader"],
)
def test_what_cannot_be_marked_again_is_refused(run: Run, arguments: list[str], status: int, told: str) -> None:
    ran = run("regrade", *arguments)
    assert (ran.status, ran.out) == (status, "")
    assert told in ran.err


def test_an_unfinished_interview_is_refused_by_name_and_passed_over_among_all(run: Run) -> None:
    id = run("practice", "--jsonl", "--questions", "1").lines[0]["interview_id"]
    assert "is not finished" in run("regrade", id, "--grader", "local").err
    everything = run("regrade", "--all", "--grader", "local", "--json")
    assert (everything.status, everything.json["interviews"]) == (0, [])
    assert [passed["interview_id"] for passed in everything.json["passed_over"]] == [id]


def test_a_run_that_does_not_exist_is_not_exported(run: Run, interview_id: str) -> None:
    ran = run("export", interview_id, "--run", "0123")
    assert (ran.status, ran.out) == (1, "")
    assert "no marking run" in ran.err


# ── What a model replied ─────────────────────────────────────────────────────────────────────────────────────


def kept(home: Path) -> int:
    with closing(sqlite3.connect(home / "cache" / "replies.sqlite")) as connection:
        return connection.execute("SELECT COUNT(*) FROM replies").fetchone()[0]


def test_replies_are_kept_for_a_regrade_and_deleted_with_the_interview(
    run: Run, interview_id: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelServer(obliging) as server:
        monkeypatch.setenv("OPENAI_API_BASE", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-hunter2hunter2")
        monkeypatch.setenv("INTERVIEWER_MODEL", "openai/of-my-own")
        run("regrade", interview_id, "--grader", "llm")
        asked = len(server.requests)
        run("regrade", interview_id, "--grader", "llm")
        assert (asked > 0, len(server.requests) - asked, kept(home) > 0) == (True, 0, True)
    everything = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"hunter2" not in everything
    assert run("delete", interview_id, "--yes").status == 0
    assert kept(home) == 0
    left = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert ANSWER[:40].encode() not in left


def test_switched_off_nothing_is_kept(run: Run, interview_id: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ModelServer(obliging) as server:
        monkeypatch.setenv("OPENAI_API_BASE", server.url)
        monkeypatch.setenv("INTERVIEWER_MODEL", "openai/of-my-own")
        monkeypatch.setenv("INTERVIEWER_REPLY_CACHE", "false")
        run("regrade", interview_id, "--grader", "llm")
        assert server.requests
    assert not (home / "cache").exists()
