"""When the model fails, the local grader marks and says why; when neither can, both reasons are told."""

import pytest

from interviewer.grading.fallback import FallbackGrader
from interviewer.grading.port import GradingTask
from interviewer.models import Grade, GraderInfo, Marking, Ungraded, UngradedReason
from tests.factories import answer, grade, question

ASKED = question("q")
TASK = GradingTask(question=ASKED, points=ASKED.points, answers=(answer(),))


class Fixed:
    """A grader that always comes to the same marking."""

    def __init__(self, name: str, marking: Marking) -> None:
        self.info = GraderInfo(name=name, version="1")
        self.marking = marking
        self.asked = 0

    def grade(self, task: GradingTask) -> Marking:
        self.asked += 1
        return self.marking


def marked(name: str) -> Grade:
    return grade(ASKED).model_copy(update={"grader": GraderInfo(name=name, version="1")})


NEEDS_MODEL = Ungraded(reason="needs_model", detail="no behavioural questions")


def test_a_model_that_marks_is_not_second_guessed() -> None:
    local = Fixed("local", marked("local"))
    marking = FallbackGrader(Fixed("llm", marked("llm")), local).grade(TASK)
    assert marking == marked("llm")
    assert local.asked == 0


@pytest.mark.parametrize("reason", ["unavailable", "invalid_reply"])
def test_the_local_grader_stands_in_and_the_grade_says_why(reason: UngradedReason) -> None:
    model = Fixed("llm", Ungraded(reason=reason, detail="the server is down"))
    marking = FallbackGrader(model, Fixed("local", marked("local"))).grade(TASK)
    assert isinstance(marking, Grade)
    assert marking.grader.name == "local"
    assert marking.grader.note == "marked without the model: the server is down"
    assert marking.verdicts == marked("local").verdicts


def test_where_neither_can_mark_both_reasons_are_told_and_asking_again_may_help() -> None:
    model = Fixed("llm", Ungraded(reason="unavailable", detail="the server is down"))
    marking = FallbackGrader(model, Fixed("local", NEEDS_MODEL)).grade(TASK)
    assert isinstance(marking, Ungraded)
    assert marking.detail == "the server is down; and without a model: no behavioural questions"
    assert marking.retryable


def test_a_question_without_a_rubric_is_nobodys_to_mark() -> None:
    local = Fixed("local", marked("local"))
    no_rubric = Ungraded(reason="no_rubric", detail="no points")
    assert FallbackGrader(Fixed("llm", no_rubric), local).grade(TASK) == no_rubric
    assert local.asked == 0


def test_it_goes_by_the_name_of_the_grader_that_was_asked_for() -> None:
    grader = FallbackGrader(Fixed("llm", marked("llm")), Fixed("local", marked("local")))
    assert grader.info.name == "llm"
