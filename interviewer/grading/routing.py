"""Sends tasks in SQL to the grader that runs them, and everything else to the other."""

from interviewer.grading.port import Grader, GradingTask
from interviewer.models import GraderInfo, Marking, Ungraded
from knowledge.models import Kind


class RoutingGrader:
    """A statement that was run is worth more than an opinion of it; what cannot be run is the other's to mark."""

    def __init__(self, sql: Grader, other: Grader) -> None:
        self._sql = sql
        self._other = other

    @property
    def info(self) -> GraderInfo:
        """The grader that was asked for. Each grade names the one that marked it."""
        return self._other.info

    @property
    def kinds(self) -> frozenset[Kind]:
        return self._other.kinds | self._sql.kinds

    def grade(self, task: GradingTask) -> Marking:
        if task.question.kind not in self._sql.kinds:
            return self._other.grade(task)
        marking = self._sql.grade(task)
        if not isinstance(marking, Ungraded) or marking.reason == "no_rubric":
            return marking
        if task.question.kind not in self._other.kinds:
            return marking
        return self._other.grade(task.model_copy(update={"found": marking.detail}))
