"""Beside a mark stands how far its grader agrees with whom, as the card says, and nothing that was not measured."""

import json
from pathlib import Path
from typing import Any

import pytest

from interviewer.agreement import describe_agreement
from interviewer.models import GraderInfo


def measured(**metrics: float) -> dict[str, Any]:
    values = {name: {"value": value, "low": value - 0.05, "high": value + 0.05} for name, value in metrics.items()}
    return {"metrics": values, "n": 45, "ungraded": 5, "questions": 5}


@pytest.fixture
def card(tmp_path: Path) -> Path:
    sets = {
        "ours_test": measured(pearson=0.85, rmse=0.15) | {"human": False, "title": "Our test questions"},
        "quiz": measured(two_way_macro_f1=0.7, pearson=0.4, rmse=0.5) | {"human": True, "title": "A quiz"},
    }
    path = tmp_path / "card.json"
    path.write_text(json.dumps({"grader": {"version": "9.9", "model": "m9"}, "sets": sets}), encoding="utf-8")
    return path


def test_our_labels_and_people_are_told_apart(card: Path) -> None:
    told = describe_agreement(GraderInfo(name="local", version="9.9", model="m9"), card)
    assert told is not None
    assert told.startswith("This grader agrees with our labels at r 0.85 [0.80, 0.90] and RMSE 0.15 [0.10, 0.20]")
    assert told.endswith("with people: A quiz: macro-F1 0.70 [0.65, 0.75] (40 answers to 5 questions).")


@pytest.mark.parametrize(
    ("grader", "said"),
    [
        pytest.param(GraderInfo(name="local", version="0.1", model="m9"), None, id="another version was measured"),
        pytest.param(GraderInfo(name="local", version="9.9", model="m8"), None, id="another model was measured"),
        pytest.param(GraderInfo(name="llm", version="1.0", model="a/b"), "has not been measured", id="a model"),
        pytest.param(GraderInfo(name="sql", version="1.0"), "were run, not judged", id="statements that ran"),
    ],
)
def test_nothing_is_said_that_was_not_measured(card: Path, grader: GraderInfo, said: str | None) -> None:
    told = describe_agreement(grader, card)
    assert (told is None) if said is None else (told is not None and said in told)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "no JSON",
        "[]",
        "null",
        "{}",
        '{"grader": {"version": "9.9", "model": "m9"}}',
        '{"grader": {"version": "9.9", "model": "m9"}, "sets": []}',
        '{"grader": {"version": "9.9", "model": "m9"}, "sets": {"ours_test": {"human": false}}}',
        '{"grader": {"version": "9.9", "model": "m9"}, "sets": {"ours_test": {"metrics": 1, "human": false}}}',
    ],
)
def test_no_mark_waits_for_a_card_or_for_one_of_another_shape(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "card.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert describe_agreement(GraderInfo(name="local", version="9.9", model="m9"), path) is None
