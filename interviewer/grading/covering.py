"""What knowledge asks of a grader: which points an answer covers. Marks it as it would mark a candidate's."""

from collections.abc import Mapping
from datetime import UTC, datetime

from interviewer.grading.port import Grader, GradingTask
from interviewer.models import Answer, Ungraded
from knowledge.models import PartSlug, Question

_AT_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Nobody gave this answer, and no grader looks at when."""


class CoveringGrader:
    """A grader as knowledge's port has it.

    Questions of kinds that the grader does not mark are not judged: what it was never measured on would be a guess. Nor
    are answers that it calls copied: one that is made of its points' own words says them, though it earns nothing.
    """

    def __init__(self, grader: Grader) -> None:
        self._grader = grader

    def covers(self, question: Question, answer: str) -> Mapping[PartSlug, bool]:
        if question.kind not in self._grader.kinds or not question.points:
            return {}
        given = Answer(id="answer", text=answer, submission_id="answer", at=_AT_NO_TIME)
        marking = self._grader.grade(GradingTask(question=question, points=question.points, answers=(given,)))
        if isinstance(marking, Ungraded) or marking.intent == "copied":
            return {}
        judged = (verdict for verdict in marking.verdicts if verdict.verdict != "unmarked")
        return {verdict.point_id: verdict.verdict == "covered" for verdict in judged}
