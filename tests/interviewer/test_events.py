"""The event log's shapes: what was written once is read for good, and what other programs see fits the schemas."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from interviewer import events as events_module
from interviewer.events import Event, Marked, Started, read_event
from interviewer.export import event_line
from interviewer.models import Ungraded
from interviewer.scoring import build_report, grade_view
from interviewer.state import fold
from knowledge.bank import read_bank
from tests.factories import Log, answer, grade, misconception, question

LOGS = Path(__file__).parent / "logs"
SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


def rows(path: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


@pytest.fixture(scope="module")
def stored() -> list[Event]:
    return [read_event(row) for row in rows(LOGS / "v1.jsonl")]


@pytest.fixture(scope="module")
def contested() -> list[Event]:
    """The same interview, two of its verdicts contested since."""
    return [read_event(row) for row in rows(LOGS / "v1-disputed.jsonl")]


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("path", sorted(LOGS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_a_frozen_log_reads_for_good(path: Path) -> None:
    """These files are never changed: a new version adds a file, and an upcaster for those before it."""
    events = [read_event(row) for row in rows(path)]
    state = fold(events)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert (state.status, state.awaiting) == ("finished", "nothing")
    assert [asked.question.id for asked in state.questions] == ["orders", "rest", "bare"]


def test_the_frozen_logs_hold_every_kind_of_event_and_of_move(contested: list[Event]) -> None:
    kinds = {event.kind for event in contested}
    moves = {event.move.kind for event in contested if event.kind == "said"}
    assert kinds == {"started", "asked", "answered", "marked", "said", "controlled", "disputed", "paused", "finished"}
    assert len(moves) == 14


def test_the_frozen_log_is_still_worth_the_same(stored: list[Event]) -> None:
    report = build_report(fold(stored))
    assert [mark.outcome for mark in report.questions] == ["marked", "unmarked", "unmarked"]
    orders = report.questions[0]
    assert orders.independent
    values = {point.point_id: (point.independent, point.prompted, point.help) for point in orders.points}
    assert values["orders/plan"] == (0.5, 0.5, "assert")
    assert values["orders/index"] == (0, 0, "assert")
    assert values["orders/shards"] == (1, 1, None)


def test_a_dispute_stands_beside_the_mark_and_changes_none(stored: list[Event], contested: list[Event]) -> None:
    before, after = build_report(fold(stored)), build_report(fold(contested))
    assert (before.independent, before.prompted) == (after.independent, after.prompted)
    orders = after.questions[0]
    plan = next(point for point in orders.points if point.point_id == "orders/plan")
    assert (plan.verdict, [dispute.says for dispute in plan.disputes]) == ("partial", ["covered"])
    assert [dispute.says for dispute in orders.beliefs[0].disputes] == ["not_asserted"]


def test_an_event_survives_storing(contested: list[Event]) -> None:
    assert [read_event(json.loads(event.model_dump_json())) for event in contested] == contested


def test_a_row_of_an_older_version_is_read_through_its_upcaster(
    stored: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    def name_the_grader(row: dict[str, Any]) -> dict[str, Any]:
        return {**row, "v": 1, "grader": {"name": row["grader"], "version": "0"}}

    monkeypatch.setattr(events_module, "UPCASTERS", {0: name_the_grader})
    old = stored[0].model_dump(mode="json") | {"v": 0, "grader": "local"}
    event = read_event(old)
    assert isinstance(event, Started)
    assert (event.v, event.grader.name) == (1, "local")


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            {"v": 99, "kind": "paused", "interview_id": "i", "seq": 1, "at": "2026-01-01T00:00:00Z"}, id="newer"
        ),
        pytest.param(
            {"v": 1, "kind": "praised", "interview_id": "i", "seq": 1, "at": "2026-01-01T00:00:00Z"}, id="kind"
        ),
        pytest.param({"v": 1, "kind": "paused", "interview_id": "i", "seq": 0, "at": "2026-01-01T00:00:00Z"}, id="seq"),
        pytest.param({}, id="nothing"),
    ],
)
def test_a_row_that_is_no_event_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        read_event(row)


# ── The shapes that other programs rely on ───────────────────────────────────────────────────────────────────


def test_every_line_of_practice_jsonl_fits_its_schema(contested: list[Event]) -> None:
    schema = validator("event")
    state = fold(contested)
    lines = [json.loads(json.dumps(event_line(event, state))) for event in contested]
    lines += [{"kind": "awaiting", "for": "answer"}, {"kind": "error", "detail": "not JSON"}]
    for line in lines:
        schema.validate(line)
    assert {line["grade"]["kind"] for line in lines if line["kind"] == "marked"} == {"grade", "ungraded"}


def test_a_line_with_a_field_too_many_or_too_few_does_not_fit(stored: list[Event]) -> None:
    schema = validator("event")
    line = event_line(stored[1], fold(stored))
    assert not schema.is_valid(line | {"extra": 1})
    assert not schema.is_valid({name: value for name, value in line.items() if name != "question"})


def test_the_event_schema_carries_the_other_two_word_for_word() -> None:
    event = json.loads((SCHEMAS / "event.schema.json").read_text(encoding="utf-8"))
    for name in ("grade", "question"):
        alone = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
        alone.pop("$schema")
        assert event["$defs"][f"{name}.schema.json"] == alone


def test_grades_of_every_sort_fit_the_grade_schema() -> None:
    schema = validator("grade")
    asked = question(misconceptions=[misconception("m", ["one"])])
    given = answer("Parameters, always.")
    for marking in (
        grade(asked, {"one": "covered", "two": "partial", "three": "contradicted"}, asserted=["m"], given=given),
        grade(asked, {"one": "unmarked"}, intent="dont_know"),
        grade(asked, others="unmarked"),
        Ungraded(reason="unavailable", detail="no answer"),
    ):
        schema.validate(json.loads(grade_view(asked, asked.points, [given], marking).model_dump_json()))


def test_the_shipped_questions_fit_the_question_schema() -> None:
    schema = validator("question")
    for asked in read_bank().questions:
        schema.validate(json.loads(asked.model_dump_json()))


def test_a_question_of_one_kind_with_anothers_fields_does_not_fit() -> None:
    schema = validator("question")
    plain = json.loads(question().model_dump_json())
    assert schema.is_valid(plain)
    assert not schema.is_valid(plain | {"facts": [], "follow_ups": []})
    assert not schema.is_valid(plain | {"kind": "design"})


def test_marked_lines_name_the_answer_and_the_run() -> None:
    log = Log().started().asked().replied(shown={"one": "covered"})
    marked = log.events[-1]
    assert isinstance(marked, Marked)
    line = event_line(marked, log.state)
    assert (line["answer_id"], line["run_id"], line["grade"]["score"]) == ("a1", "run-1", 0.5)
