"""What the engine needs of a grader, in the interview's words."""

from typing import Protocol, get_args

from pydantic import Field

from interviewer.models import Answer, GraderInfo, Marking
from knowledge.models import Kind, PartSlug, Question, RubricPoint, Value

EVERY_KIND: frozenset[Kind] = frozenset(get_args(Kind))


class GradingTask(Value):
    """One answer to mark: the last of `answers`. Earlier ones, and what was said in between, are its context."""

    question: Question
    points: tuple[RubricPoint, ...] = Field(description="The question's points, and those of a follow-up asked.")
    answers: tuple[Answer, ...] = Field(min_length=1, description="All to this question so far, oldest first.")
    said: tuple[str, ...] = Field(default=(), description="The interviewer's words since the question, in order.")
    tables: str | None = Field(default=None, description="That a task in SQL is about, where its question lacks them.")
    found: str | None = Field(default=None, description="What running the answer's statements showed, in words.")
    focus: PartSlug | None = Field(default=None, description="The point that the last words asked about, if any.")


class Grader(Protocol):
    """One answer becomes verdicts. It never raises for what an answer or a model may hold: that is Ungraded."""

    @property
    def info(self) -> GraderInfo: ...

    @property
    def kinds(self) -> frozenset[Kind]:
        """Of question that it can mark. What is answered to any other stays unmarked."""
        ...

    def grade(self, task: GradingTask) -> Marking: ...
