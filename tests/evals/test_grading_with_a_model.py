"""The evals on the model grader, as they run on the others: over real HTTP."""

import json
from pathlib import Path

import pytest

from evals.__main__ import main
from tests.model_server import ModelServer, Recorded, Served, fails, says

QUESTION = {
    "question_id": "injection",
    "question": "How do you prevent SQL injection?",
    "points": [
        {"id": "p1", "text": "Values are bound as parameters.", "core": True, "weight": 3},
        {"id": "p2", "text": "The account has least privilege.", "core": False, "weight": 1},
    ],
    "misconceptions": [{"id": "m1", "text": "Escaping is enough."}],
    "intent": "answer",
}
BOUND = {"id": "a", "answer": "I bind every value.", "labels": {"p1": "covered", "p2": "missing", "m1": False}}
ESCAPED = {"id": "b", "answer": "I escape the quotes.", "labels": {"p1": "missing", "p2": "missing", "m1": True}}


def attentive(request: Recorded) -> Served:
    answer = request.text.rpartition('<answer number="1">\n')[2].partition("\n</answer>")[0]
    binds, escapes = "bind" in answer, "escape" in answer
    point = {"label": "p1", "quote": answer if binds else None, "shows": "it", "confidence": 0.8}
    return says(
        {
            "points": [
                point | {"verdict": "covered" if binds else "missing"},
                {"label": "p2", "quote": None, "shows": "nothing", "verdict": "missing", "confidence": 0.8},
            ],
            "misconceptions": [
                {"label": "m1", "quote": answer if escapes else None, "asserted": escapes, "confidence": 0.8}
            ],
            "intent": "answer",
        }
    )


@pytest.fixture
def cases(tmp_path: Path, home: Path) -> Path:
    path = tmp_path / "cases.jsonl"
    path.write_text("".join(f"{json.dumps(QUESTION | row)}\n" for row in (BOUND, ESCAPED)), encoding="utf-8")
    return path


def measured(cases: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    assert main(["grading", "--cases", str(cases), "--grader", "llm", "--json"]) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_the_model_is_measured_like_any_grader_and_nothing_is_kept_among_a_persons_own_replies(
    cases: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ModelServer(attentive) as server:
        monkeypatch.setenv("OPENAI_API_BASE", server.url)
        monkeypatch.setenv("INTERVIEWER_MODEL", "openai/of-my-own")
        first = measured(cases, capsys)
        assert (first["n"], first["ungraded"]) == (2, 0)
        assert first["metrics"]["accuracy"]["value"] == 1  # pyright: ignore
        assert len(server.requests) == 2
        assert not list(home.rglob("replies.sqlite*"))


def test_what_a_model_does_not_mark_is_counted_as_ungraded(
    cases: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ModelServer([fails(500)]) as server:
        monkeypatch.setenv("OPENAI_API_BASE", server.url)
        monkeypatch.setenv("INTERVIEWER_MODEL", "openai/of-my-own")
        assert measured(cases, capsys)["ungraded"] == 2


def test_without_a_model_it_says_how_to_name_one(cases: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grading", "--cases", str(cases), "--grader", "llm"]) == 1
    assert "set INTERVIEWER_MODEL" in capsys.readouterr().err
