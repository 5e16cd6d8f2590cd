"""kill -9 at every event of an interview over a real database: nothing is lost, nothing happens twice."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from interviewer.events import read_event
from tests.interviewer.scripted import without_times_and_ids

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("crashes")
    command = [sys.executable, "-m", "tests.interviewer.crash_child", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "results.json").read_text())


def told(rows: Iterable[dict[str, Any]]) -> list[dict[str, object]]:
    return without_times_and_ids([read_event(row) for row in rows])


def test_the_interview_that_is_killed_has_everything_in_it(results: dict[str, Any]) -> None:
    expected = results["expected"]
    kinds = {row["kind"] for row in expected}
    moves = {row["move"]["kind"] for row in expected if row["kind"] == "said"}
    assert kinds == {"started", "asked", "answered", "marked", "said", "controlled", "finished"}
    assert moves >= {"advance", "finish", "probe", "challenge", "hint", "offer_retry", "redirect", "clarify", "assert"}
    assert len(results["runs"]) == 2 * len(expected)


def test_every_process_was_killed_where_it_should_be(results: dict[str, Any]) -> None:
    for run in results["runs"]:
        assert run["killed"], run
        assert len(run["found"]) == run["seq"] - (run["side"] == "before")


def test_what_was_stored_before_the_kill_is_untouched(results: dict[str, Any]) -> None:
    for run in results["runs"]:
        assert run["left"][: len(run["found"])] == run["found"], (run["seq"], run["side"])


def test_the_interview_ends_as_if_nothing_had_happened(results: dict[str, Any]) -> None:
    expected = told(results["expected"])
    for run in results["runs"]:
        assert run["resumed"], (run["seq"], run["side"])
        assert told(run["left"]) == expected, (run["seq"], run["side"])
        assert run["interviews"] == 1


def test_nothing_is_asked_or_answered_twice(results: dict[str, Any]) -> None:
    for run in results["runs"]:
        asked = [row["question"]["id"] for row in run["left"] if row["kind"] == "asked"]
        sent = [row["answer"]["submission_id"] for row in run["left"] if row["kind"] == "answered"]
        assert len(asked) == len(set(asked)) == 2
        assert len(sent) == len(set(sent))
