"""The nouns: frozen, closed, and strict about what enters."""

from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from interviewer.models import WAITING, Evidence, Marking, Move, Rules, Ungraded
from knowledge.models import QUESTION, Concept, PointGroup, facts, follow_ups
from tests.factories import core, follow_up, grade, misconception, point, question

MOVE: TypeAdapter[Move] = TypeAdapter(Move)
MARKING: TypeAdapter[Marking] = TypeAdapter(Marking)


def test_a_value_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        question().text = "Something else?"


def test_an_unknown_field_is_refused_where_it_enters() -> None:
    with pytest.raises(ValidationError, match="probe_cap"):
        Rules.model_validate({"probe_cap": 3})


def test_every_move_is_told_apart_by_its_kind() -> None:
    assert MOVE.validate_python({"kind": "probe", "point_id": "q/one"}).kind == "probe"
    with pytest.raises(ValidationError):
        MOVE.validate_python({"kind": "praise"})


def test_moves_that_wait_are_those_that_ask_something() -> None:
    known = {str(schema["properties"]["kind"]["const"]) for schema in MOVE.json_schema()["$defs"].values()}
    assert known >= WAITING
    assert known - WAITING == {"advance", "finish", "leave_unmarked", "correct", "assert"}


def test_a_grade_and_a_failure_to_grade_survive_storing() -> None:
    for marking in (grade(question()), Ungraded(reason="unavailable", detail="no answer")):
        assert MARKING.validate_json(marking.model_dump_json()) == marking


@pytest.mark.parametrize(
    ("reason", "retryable"),
    [("no_rubric", False), ("needs_model", False), ("unavailable", True), ("invalid_reply", True)],
)
def test_only_a_passing_failure_may_be_retried(reason: str, retryable: bool) -> None:
    assert Ungraded(reason=reason, detail="").retryable is retryable  # pyright: ignore


def test_evidence_is_never_empty_by_position() -> None:
    with pytest.raises(ValidationError):
        Evidence(answer_id="a", start=0, end=0)


def test_a_question_names_only_its_own_parts() -> None:
    with pytest.raises(ValidationError, match="do not start with 'q/'"):
        question("q", [core("one", question="other")])
    with pytest.raises(ValidationError, match="unknown points"):
        question(misconceptions=[misconception("m", ["nowhere"])])
    with pytest.raises(ValidationError, match="occurs twice"):
        question("q", [core("one"), point("one")])


def test_a_group_is_a_choice() -> None:
    with pytest.raises(ValidationError, match="no choice"):
        Concept.model_validate(question().model_dump() | {"groups": [PointGroup(need=1, points=("q/one",))]})


def test_a_revision_follows_the_content_and_the_slug_stays() -> None:
    first, mended = question(text="What is REST?"), question(text="What is REST, then?")
    assert first.id == mended.id
    assert first.revision != mended.revision
    assert first.revision == question(text="What is REST?").revision


def test_only_situated_kinds_hold_facts_and_follow_ups() -> None:
    situated = question(kind="design", facts=[("load", "Much.")], follow_ups=[follow_up("more", [core("deep")])])
    assert (len(facts(situated)), len(follow_ups(situated))) == (1, 1)
    assert (facts(question()), follow_ups(question())) == ((), ())
    with pytest.raises(ValidationError):
        QUESTION.validate_python(question().model_dump() | {"facts": []})


def test_the_rules_count_time_in_minutes_of_the_clock() -> None:
    assert timedelta(minutes=Rules(interview_minutes=45).interview_minutes or 0) == timedelta(minutes=45)
