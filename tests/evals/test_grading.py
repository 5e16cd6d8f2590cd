"""The evals read cases whole or refuse them, and their metrics say what they mean."""

import json
from pathlib import Path

import pytest

from evals.__main__ import main
from evals.datasets import Case, CaseError, read_cases
from evals.metrics import (
    Prediction,
    accuracy,
    credited_f1,
    ece,
    intent_macro_f1,
    macro_f1,
    measure,
    misconception_precision,
    pearson,
    pearson_within,
    qwk,
    rmse,
    score,
    two_way_macro_f1,
)
from evals.tuning import DEV as DEV_CASES
from interviewer.models import VerdictName

ROW = {
    "id": "q1/half",
    "question_id": "q1",
    "question": "What is a cache?",
    "points": [{"id": "p1", "text": "It is fast.", "core": True, "weight": 3}, {"id": "p2", "text": "It is stale."}],
    "misconceptions": [{"id": "m1", "text": "It is free."}],
    "answer": "Fast.",
    "labels": {"p1": "covered", "p2": "missing", "m1": False},
    "style": "half",
}


def written(folder: Path, *rows: object) -> Path:
    path = folder / "cases.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def said(first: VerdictName, second: VerdictName, confidence: float = 0.9) -> tuple[Case, Prediction]:
    case = Case.model_validate(ROW)
    verdicts: dict[str, VerdictName] = {"p1": first, "p2": second}
    prediction = Prediction(
        id=case.id,
        kind="grade",
        score=score(verdicts, case),
        verdicts=verdicts,
        misconceptions={"m1": False},
        confidence={"p1": confidence, "p2": confidence},
    )
    return case, prediction


SCORED = {
    "id": "a1",
    "question": "What is a cache?",
    "reference": "A cache keeps copies near their readers. The copies may be stale.",
    "answer": "It keeps copies.",
    "score": 0.5,
}


def test_a_reference_becomes_points(tmp_path: Path) -> None:
    (case,) = read_cases(written(tmp_path, SCORED))
    assert [point.text for point in case.points] == [
        "A cache keeps copies near their readers.",
        "The copies may be stale.",
    ]
    assert (case.question_id, case.score, case.labels) == ("What is a cache?", 0.5, {})


def test_criteria_with_a_worth_become_points_with_weights(tmp_path: Path) -> None:
    criteria = "Marks are given as follows:\n1. Explains that copies are kept (3 points)\n2) Names staleness [1.5 pts]"
    (case,) = read_cases(written(tmp_path, {**SCORED, "criteria": criteria}))
    assert [(point.text, point.weight) for point in case.points] == [
        ("Explains that copies are kept", 3),
        ("Names staleness", 1.5),
    ]


def test_scores_are_compared_and_what_has_no_labels_is_left_out_of_verdicts(tmp_path: Path) -> None:
    (case,) = read_cases(written(tmp_path, SCORED))
    told = Prediction(id="a1", kind="grade", score=0.8, verdicts={"p1": "covered", "p2": "missing"})
    assert rmse([(case, told)]) == pytest.approx(0.3)
    assert accuracy([(case, told)]) is None


@pytest.mark.parametrize(("score", "expected"), [(0.9, 1 / 3), (0.2, 1.0)], ids=["a wrong pass", "right"])
def test_right_or_wrong_as_a_whole_is_judged_from_one_half(tmp_path: Path, score: float, expected: float) -> None:
    rows = [{**SCORED, "score": 1.0}, {**SCORED, "id": "a2", "score": 0.0}]
    good, bad = read_cases(written(tmp_path, *rows))
    pairs = [
        (good, Prediction(id="a1", kind="grade", score=0.7)),
        (bad, Prediction(id="a2", kind="grade", score=score)),
    ]
    assert two_way_macro_f1(pairs) == pytest.approx(expected)


def test_false_credit_is_of_answers_that_earned_nothing() -> None:
    case, told = said("covered", "missing")
    empty = case.model_copy(update={"labels": {"p1": "missing", "p2": "missing", "m1": False}})
    assert measure([(empty, told)])["false_credit.half"].value == pytest.approx(3 / 4)
    assert measure([(case, told)])["false_credit.half"].value is None


def test_a_line_separator_in_an_answer_ends_no_row(tmp_path: Path) -> None:
    row = json.dumps({**SCORED, "answer": "one\u2028two"}, ensure_ascii=False)
    (case,) = read_cases(written(tmp_path, row))
    assert case.answer == "one\u2028two"


def test_our_own_cases_can_be_read() -> None:
    cases = read_cases(DEV_CASES)
    assert len({case.question_id for case in cases}) >= 10
    assert {case.style for case in cases} >= {"strong", "half", "vague", "wrong", "keyword_list", "everyday"}


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        pytest.param({**ROW, "labels": {"p1": "covered", "m1": False}}, "p2", id="a label is lacking"),
        pytest.param({**ROW, "labels": {**ROW["labels"], "p1": "great"}}, "labels", id="an unknown label"),
        pytest.param({**ROW, "labels": {**ROW["labels"], "m1": "covered"}}, "m1", id="a verdict on a misconception"),
        pytest.param({**ROW, "colour": "red"}, "colour", id="an unknown field"),
        pytest.param("{", "JSON", id="no JSON"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, row: object, complaint: str) -> None:
    with pytest.raises(CaseError, match=rf"cases\.jsonl:2: .*{complaint}"):
        read_cases(written(tmp_path, ROW, row))


def test_a_missing_file_and_a_repeated_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="cannot be read"):
        read_cases(tmp_path / "none.jsonl")
    with pytest.raises(CaseError, match="occurs twice"):
        read_cases(written(tmp_path, ROW, ROW))


def test_what_was_left_unmarked_counts_on_neither_side() -> None:
    row = said("covered", "unmarked")
    assert score({"p1": "covered", "p2": "unmarked"}, row[0]) == 1
    assert score({"p1": "unmarked", "p2": "partial"}, row[0]) == 0.5
    assert score({"p1": "unmarked", "p2": "unmarked"}, row[0]) is None
    assert accuracy([row]) == 1
    assert credited_f1([row]) == 1
    assert ece([row]) == pytest.approx(0.1)


def contested(*parts: str) -> tuple[Case, Prediction]:
    case, told = said("covered", "covered")
    return case.model_copy(update={"contested": parts, "intent": "answer"}), told.model_copy(
        update={"intent": "off_topic"}
    )


def test_of_a_case_with_contested_labels_those_alone_count() -> None:
    """p1 is right and p2 wrong: the labels that nobody contested are the grader's own."""
    assert accuracy([contested("p1")]) == 1
    assert accuracy([contested("p2")]) == 0
    assert accuracy([contested("m1")]) is None
    assert misconception_precision([contested("p1")]) is None
    assert rmse([contested("p1")]) is None
    assert measure([contested("p1")])["false_credit.half"].value is None
    assert intent_macro_f1([contested("p1")]) is None
    whole = said("covered", "missing")
    assert rmse([whole, contested("p1")]) == 0
    assert pearson_within([contested("p1")]) is None


def test_how_many_labels_are_contested_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = written(tmp_path, {**ROW, "contested": ["p1", "m1"]}, {**ROW, "id": "other"})
    assert main(["grading", "--cases", str(cases), "--grader", "majority"]) == 0
    assert "2 labels are contested, and are one side's word" in capsys.readouterr().out


def test_metrics_on_a_case_worked_by_hand() -> None:
    right, wrong = said("covered", "missing"), said("partial", "covered")
    assert score({"p1": "covered", "p2": "partial"}, right[0]) == pytest.approx(3.5 / 4)
    assert accuracy([right, wrong]) == 0.5
    assert credited_f1([right, wrong]) == pytest.approx(2 * 2 / (2 + 3))
    assert macro_f1([right]) == 1
    assert qwk([right]) == 1
    assert rmse([wrong]) == pytest.approx(3 / 4 - 2.5 / 4)
    assert ece([right]) == pytest.approx(0.1)


def test_the_undefined_is_none_not_zero() -> None:
    assert pearson([said("covered", "missing")]) is None
    assert measure([])["credited_f1"].value is None


def test_the_command_ends_with_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = written(tmp_path, ROW)
    written_to = tmp_path / "predictions.jsonl"
    arguments = ["grading", "--cases", str(cases), "--grader", "majority", "--json", "--predictions", str(written_to)]
    assert main(arguments) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["n"], last["ungraded"]) == (1, 0)
    assert last["metrics"]["accuracy"]["value"] == 0.5
    assert last["metrics"]["false_credit.half"]["value"] is None, "this half answer has earned something"
    assert json.loads(written_to.read_text(encoding="utf-8"))["id"] == "q1/half"


def test_the_command_refuses_bad_cases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grading", "--cases", str(written(tmp_path, "{")), "--grader", "majority"]) == 1
    assert "cases.jsonl:1" in capsys.readouterr().err
