"""What a grader is asked about an answer: the question and all that had been said by then. Pure."""

from interviewer.grading.port import GradingTask
from interviewer.state import AnswerGiven, QuestionState


def task_of(asked: QuestionState) -> GradingTask:
    """To mark the last answer."""
    return GradingTask(
        question=asked.question, points=asked.points, answers=asked.answers, said=asked.said, focus=asked.focus
    )


def tasks_of(asked: QuestionState) -> tuple[GradingTask, ...]:
    """To mark each answer again, in order, with what stood before it and nothing that came later."""
    places = (place for place, entry in enumerate(asked.entries, start=1) if isinstance(entry, AnswerGiven))
    return tuple(task_of(asked.model_copy(update={"entries": asked.entries[:place]})) for place in places)
