"""Which points of a rubric an answer covers, as knowledge asks it of a grader."""

import pytest

from interviewer.grading.covering import CoveringGrader
from interviewer.grading.port import GradingTask
from interviewer.models import GraderInfo, Marking
from interviewer.wiring import open_local_grader
from knowledge.bank import read_bank
from knowledge.embedding import OnnxEmbedder
from knowledge.models import Kind, Question
from tests.factories import INFO, grade, question, ungraded


class Marked:
    """A grader with one marking for everything."""

    info: GraderInfo = INFO
    kinds: frozenset[Kind] = frozenset({"concept"})

    def __init__(self, marking: Marking) -> None:
        self._marking = marking

    def grade(self, task: GradingTask) -> Marking:
        return self._marking


ASKED = question()
SHOWN = grade(ASKED, {"one": "covered", "two": "partial"})


@pytest.mark.parametrize(
    ("asked", "marking", "covered"),
    [
        pytest.param(ASKED, SHOWN, {"q/one": True, "q/two": False, "q/three": False}, id="half is not covered"),
        pytest.param(ASKED, grade(ASKED, {"one": "contradicted"}, others="unmarked"), {"q/one": False}, id="unmarked"),
        pytest.param(ASKED, grade(ASKED, intent="copied"), {}, id="made of the points' own words"),
        pytest.param(ASKED, ungraded("needs_model"), {}, id="not graded"),
        pytest.param(question(kind="opinion"), SHOWN, {}, id="a kind that the grader does not mark"),
        pytest.param(question(points=[]), grade([]), {}, id="no rubric"),
    ],
)
def test_only_what_a_grader_can_judge_is_judged(asked: Question, marking: Marking, covered: dict[str, bool]) -> None:
    assert CoveringGrader(Marked(marking)).covers(asked, "An answer.") == covered


def test_the_local_grader_tells_what_an_answer_leaves_out(embedder: OnnxEmbedder) -> None:
    bank = read_bank()
    asked = next(one for one in bank.questions if one.id == "sql-injection-prevention")
    grader = CoveringGrader(open_local_grader(embedder))
    assert asked.model_answer
    assert all(grader.covers(asked, asked.model_answer).values())
    half = grader.covers(asked, "I would use prepared statements with bound parameters, so that input is never SQL.")
    assert half["sql-injection-prevention/parameters"]
    assert not all(half.values())
