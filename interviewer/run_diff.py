"""Two marking runs of one interview, side by side: what each says of every answer, point and total. Pure."""

from collections.abc import Iterable, Sequence

from pydantic import Field

from interviewer.disputes import Graded, graded_as
from interviewer.events import Event
from interviewer.grade_view import GradeView, grade_view
from interviewer.models import GraderInfo
from interviewer.scoring import build_report
from interviewer.state import QuestionState, State, Turn, fold
from interviewer.tasks import tasks_of
from knowledge.models import Value


class PartDiff(Value):
    """One point, or one misconception, in one answer. None: the run did not mark the answer."""

    part_id: str
    text: str
    before: Graded | None
    after: Graded | None


class AnswerDiff(Value):
    """One answer by itself. Scores are 0..1, None where the run did not mark it."""

    question_id: str
    answer_id: str
    number: int = Field(description="Of the answers to this question, from 1.")
    before: float | None
    after: float | None
    parts: tuple[PartDiff, ...]


class Total(Value):
    """The whole interview as one run has it."""

    run_id: str
    grader: GraderInfo
    independent: float | None
    prompted: float | None
    unmarked: int = Field(description="Questions left unmarked.")


class RunDiff(Value):
    interview_id: str
    before: Total
    after: Total
    parts: int = Field(description="Points and misconceptions of all answers that either run marked.")
    changed: int = Field(description="Of these, those of which the runs say different things.")
    answers: tuple[AnswerDiff, ...]


def compare_runs(events: Sequence[Event], after: str, before: str | None = None) -> RunDiff:
    """`before` is by default the run that the interview was held with."""
    old, new = fold(events, before), fold(events, after)
    pairs = [(was, now) for was, now in zip(old.questions, new.questions, strict=True)]
    answers = tuple(answer for was, now in pairs for answer in _answers(was, now))
    parts = [part for answer in answers for part in answer.parts]
    return RunDiff(
        interview_id=new.interview_id or "",
        before=_total(old),
        after=_total(new),
        parts=len(parts),
        changed=sum(part.before != part.after for part in parts),
        answers=answers,
    )


def _answers(was: QuestionState, now: QuestionState) -> Iterable[AnswerDiff]:
    for number, (old, new) in enumerate(zip(was.turns, now.turns, strict=True), start=1):
        yield AnswerDiff(
            question_id=was.question.id,
            answer_id=old.answer.id,
            number=number,
            before=_score(was, old, number),
            after=_score(now, new, number),
            parts=tuple(_parts(was, old, new)),
        )


def _parts(asked: QuestionState, old: Turn, new: Turn) -> Iterable[PartDiff]:
    texts = {point.id: point.text for point in asked.points}
    texts |= {belief.id: belief.text for belief in asked.question.misconceptions}
    for id, text in texts.items():
        before, after = graded_as(old, id), graded_as(new, id)
        if before or after:
            yield PartDiff(part_id=id, text=text, before=before, after=after)


def _score(asked: QuestionState, turn: Turn, number: int) -> float | None:
    if turn.marking is None:
        return None
    task = tasks_of(asked)[number - 1]
    view = grade_view(task.question, task.points, task.answers, turn.marking)
    return view.score if isinstance(view, GradeView) else None


def _total(state: State) -> Total:
    report = build_report(state)
    return Total(
        run_id=report.run_id,
        grader=report.grader,
        independent=report.independent.score if report.independent else None,
        prompted=report.prompted,
        unmarked=report.unmarked,
    )
