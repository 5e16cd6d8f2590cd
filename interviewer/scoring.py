"""From what was shown to marks and the report. Pure: all arithmetic is code's, no model, clock or store in reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from interviewer.disputes import standing_disputes
from interviewer.grade_view import GradeView, UngradedView, grade_view, point_row, quote, tally_of
from interviewer.marks import BANDS, Tally, mean, rounded, to_mark
from interviewer.models import (
    BeliefMark,
    Dispute,
    Gap,
    Grade,
    GraderInfo,
    Outcome,
    PointMark,
    QuestionMark,
    Report,
    TopicMark,
    Ungraded,
)
from interviewer.standing import Held, Shown, Standing, counted, what_was_shown
from interviewer.state import QuestionState, Started, State
from knowledge.models import Question

__all__ = [
    "BANDS",
    "GradeView",
    "Standing",
    "UngradedView",
    "build_report",
    "grade_view",
    "mark_question",
    "progress",
]

NO_ANSWER = "the question ended before an answer was given"
NOT_MARKED = "the last answer was not marked"
NO_RUBRIC = "the question has no rubric points to mark against"
SKIPPED_UNMARKABLE = "skipped, and the grader could not have marked an answer either"
NOTHING_MARKED = "none of the question's points could be marked"


def progress(asked: QuestionState) -> tuple[Standing, ...]:
    """Where each point of a question stands, whether the question is still open or not."""
    return what_was_shown(asked).points


def mark_question(asked: QuestionState) -> QuestionMark:
    return _mark(asked).mark


def build_report(state: State) -> Report:
    """The report of an interview, finished or not. Its mark is the mean over marked questions, skipped ones counting 0;
    its band asks what a question's band asks, of all core points of all those questions together."""
    started = state.started
    assert started, "an interview starts before it is reported on"
    marked = [_mark(asked) for asked in state.questions]
    in_mean = [one for one in marked if one.tally]
    tallies = [one.tally for one in in_mean if one.tally]
    return Report(
        interview_id=started.interview_id,
        run_id=state.run_id or started.run_id,
        mode=started.mode,
        level=started.level,
        started_at=started.at,
        finished_at=state.finished.at if state.finished else None,
        reason=state.finished.reason if state.finished else None,
        grader=_grader(state, started),
        independent=to_mark(mean(tallies)) if tallies else None,
        prompted=_mean_prompted(in_mean) if in_mean else None,
        questions=tuple(one.mark for one in marked),
        topics=_topics(in_mean),
        gaps=_gaps(in_mean),
        unmarked=sum(one.mark.outcome == "unmarked" for one in marked),
        skipped=sum(one.mark.outcome == "skipped" for one in marked),
    )


@dataclass(frozen=True)
class _Marked:
    """A question's mark with what the report needs beside it. No tally: unmarked, and in no mean."""

    mark: QuestionMark
    tally: Tally | None
    standings: tuple[Standing, ...]
    question: Question


def _mark(asked: QuestionState) -> _Marked:
    question = asked.question
    shown = what_was_shown(asked)
    outcome, reason = _outcome(asked, shown)
    if outcome == "skipped":
        shown = shown.model_copy(update={"points": tuple(_given_up(standing) for standing in shown.points)})
    tally = tally_of(question, shown.points, shown.beliefs) if outcome != "unmarked" else None
    texts = {answer.id: answer.text for answer in asked.answers}
    disputes = standing_disputes(asked)
    mark = QuestionMark(
        question_id=question.id,
        text=question.text,
        topic=question.topic,
        kind=question.kind,
        status=question.status,
        outcome=outcome,
        reason=reason,
        independent=to_mark(tally) if tally else None,
        prompted=_prompted(question, shown) if tally else None,
        points=tuple(_point_mark(standing, texts, disputes) for standing in shown.points),
        beliefs=tuple(_belief_mark(held, texts, disputes) for held in shown.beliefs),
        model_answer=question.model_answer,
        sources=question.sources,
        note=_how_it_ran(asked),
        grader=_last_grader(asked),
    )
    return _Marked(mark=mark, tally=tally, standings=shown.points, question=question)


def _outcome(asked: QuestionState, shown: Shown) -> tuple[Outcome, str | None]:
    """Skipping gives nothing up that was shown before: a question counts as skipped when nothing was. Who skips what
    nobody could have marked loses no more than who answers it."""
    last = asked.last_turn
    if not asked.points:
        return "unmarked", NO_RUBRIC
    if last and last.marking is None:
        return "unmarked", NOT_MARKED
    if last and isinstance(last.marking, Ungraded):
        return "unmarked", last.marking.detail
    if asked.skipped and not last and not asked.markable:
        return "unmarked", SKIPPED_UNMARKABLE
    if asked.skipped and not any(standing.prompted for standing in shown.points):
        return "skipped", None
    if not last:
        return "unmarked", NO_ANSWER
    if all(standing.verdict == "unmarked" for standing in shown.points):
        return "unmarked", NOTHING_MARKED
    return "marked", None


def _last_grader(asked: QuestionState) -> GraderInfo | None:
    grades = [turn.marking for turn in asked.turns if isinstance(turn.marking, Grade)]
    return grades[-1].grader if grades else None


def _how_it_ran(asked: QuestionState) -> str | None:
    """Of the last answer that held a statement."""
    return next((turn.grade.note for turn in reversed(asked.turns) if turn.grade and turn.grade.note), None)


def _given_up(standing: Standing) -> Standing:
    """A point of a skipped question: not shown, for certain."""
    verdict: Literal["contradicted", "missing"] = "contradicted" if standing.verdict == "contradicted" else "missing"
    return standing.model_copy(update={"verdict": verdict, "confidence": 1.0, "independent_confidence": 1.0})


def _prompted(question: Question, shown: Shown) -> float:
    """After prompting: beliefs taken back cost nothing any more."""
    standings = counted(question, shown.points)
    weight = sum(standing.point.weight for standing in standings)
    gained = sum(standing.point.weight * standing.prompted for standing in standings)
    return rounded((gained - sum(held.misconception.penalty for held in shown.beliefs if held.standing)) / weight)


def _point_mark(standing: Standing, texts: dict[str, str], disputes: Sequence[Dispute]) -> PointMark:
    id, shown = standing.point.id, standing.verdict
    return PointMark(
        **point_row(standing),
        evidence=quote(standing.evidence, texts),
        source=standing.point.source,
        independent=rounded(standing.independent),
        prompted=rounded(standing.prompted),
        help=standing.help,
        disputes=tuple(d for d in disputes if d.part_id == id and d.says != shown),
    )


def _belief_mark(held: Held, texts: dict[str, str], disputes: Sequence[Dispute]) -> BeliefMark:
    misconception = held.misconception
    return BeliefMark(
        misconception_id=misconception.id,
        text=misconception.text,
        correction=misconception.correction,
        asserted=held.asserted,
        taken_back=held.taken_back,
        penalty=misconception.penalty,
        evidence=quote(held.evidence, texts),
        disputes=tuple(d for d in disputes if d.part_id == misconception.id),
    )


def _grader(state: State, started: Started) -> GraderInfo:
    """Of a later marking run, the grader that made its marks."""
    if state.run_id == started.run_id:
        return started.grader
    markings = (turn.marking for asked in state.questions for turn in asked.turns)
    return next((marking.grader for marking in markings if isinstance(marking, Grade)), started.grader)


def _mean_prompted(marked: Sequence[_Marked]) -> float:
    return rounded(sum(one.mark.prompted or 0.0 for one in marked) / len(marked))


def _topics(marked: Sequence[_Marked]) -> tuple[TopicMark, ...]:
    """In the order in which they were first asked about."""
    by_topic: dict[str, list[_Marked]] = {}
    for one in marked:
        by_topic.setdefault(one.mark.topic, []).append(one)
    return tuple(
        TopicMark(
            topic=topic,
            questions=len(members),
            independent=to_mark(mean([one.tally for one in members if one.tally])).score,
            prompted=_mean_prompted(members),
        )
        for topic, members in by_topic.items()
    )


def _gaps(marked: Sequence[_Marked]) -> tuple[Gap, ...]:
    """Points without full cover, or covered only after they had been told; of a group only as many as it needs."""
    missed = [
        (one.question.id, standing.point)
        for one in marked
        for standing in counted(one.question, one.standings)
        if standing.verdict != "covered" or standing.prompted == 0
    ]
    missed.sort(key=lambda gap: (-gap[1].weight, not gap[1].core))
    return tuple(Gap(question_id=question_id, point=point) for question_id, point in missed)
