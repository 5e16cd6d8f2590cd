"""A second grader, asked where a score is close to a band's edge: where they disagree the milder verdict is taken.

The milder verdict is the one that is better for the candidate, and it too rests on the candidate's own words. A point
that only one of them could judge is as that one says. What the two said is told in the grade's note.
"""

from collections.abc import Iterator
from typing import get_args

from interviewer.grade_view import GradeView, grade_view
from interviewer.grading.port import Grader, GradingTask
from interviewer.marks import BANDS, rounded
from interviewer.models import Belief, Grade, GraderInfo, Marking, Ungraded, Verdict, VerdictName
from knowledge.models import Kind

NEAR = 0.05
"""A score within this of a band's edge is looked at twice."""
IN_DOUBT = 0.5
"""The most confidence that is left in a verdict on which two opinions differ."""
# To leave a point unmarked is no verdict, and no milder than any: one core point without a verdict costs the band.
_MILDEST_FIRST: tuple[VerdictName, ...] = ("covered", "partial", "missing", "contradicted", "unmarked")
assert set(_MILDEST_FIRST) == set(get_args(VerdictName))


class SecondOpinionGrader:
    """Marks by `first`, and near an edge by `second` as well. Where `second` cannot, the first opinion stands alone."""

    def __init__(self, first: Grader, second: Grader) -> None:
        self._first = first
        self._second = second

    @property
    def info(self) -> GraderInfo:
        return self._first.info

    @property
    def kinds(self) -> frozenset[Kind]:
        return self._first.kinds

    def grade(self, task: GradingTask) -> Marking:
        marking = self._first.grade(task)
        if isinstance(marking, Ungraded) or not near_an_edge(task, marking):
            return marking
        other = self._second.grade(task)
        if isinstance(other, Ungraded):
            return _noted(marking, f"close to a band's edge, and no second opinion was to be had: {other.detail}")
        return settle(marking, other)


def near_an_edge(task: GradingTask, grade: Grade) -> bool:
    view = grade_view(task.question, task.points, task.answers, grade)
    return isinstance(view, GradeView) and any(
        rounded(abs(view.score - edge)) <= NEAR for _, edge, _ in BANDS if edge > 0
    )


def settle(first: Grade, second: Grade) -> Grade:
    """The two as one grade, in the first one's name."""
    others = {verdict.point_id: verdict for verdict in second.verdicts}
    beliefs = {belief.misconception_id: belief for belief in second.beliefs}
    differ = [*_differences(first, second)]
    settled = first.model_copy(
        update={
            "verdicts": tuple(_milder(mine, others.get(mine.point_id)) for mine in first.verdicts),
            "beliefs": tuple(_milder_belief(mine, beliefs.get(mine.misconception_id)) for mine in first.beliefs),
        }
    )
    by = f"a second opinion by {_named(second.grader)}"
    if not differ:
        return _noted(settled, f"close to a band's edge: {by} agrees")
    return _noted(settled, f"close to a band's edge: {by} differs, and the milder verdict stands: {'; '.join(differ)}")


def _milder(mine: Verdict, other: Verdict | None) -> Verdict:
    if other is None or other.verdict == mine.verdict:
        return mine
    milder = min(mine, other, key=lambda verdict: _MILDEST_FIRST.index(verdict.verdict))
    return milder.model_copy(
        update={"confidence": min(mine.confidence or IN_DOUBT, other.confidence or IN_DOUBT, IN_DOUBT)}
    )


def _milder_belief(mine: Belief, other: Belief | None) -> Belief:
    """Held against the candidate only where both opinions do."""
    if other is None or other.asserted == mine.asserted:
        return mine
    milder = mine if not mine.asserted else other
    return milder.model_copy(update={"confidence": min(mine.confidence, other.confidence, IN_DOUBT)})


def _differences(first: Grade, second: Grade) -> Iterator[str]:
    """Both opinions, wherever they differ: a point by the last part of its id."""
    others = {verdict.point_id: verdict.verdict for verdict in second.verdicts}
    for mine in first.verdicts:
        if others.get(mine.point_id, mine.verdict) != mine.verdict:
            yield f"{_short(mine.point_id)} {mine.verdict} or {others[mine.point_id]}"
    beliefs = {belief.misconception_id: belief.asserted for belief in second.beliefs}
    for mine in first.beliefs:
        if beliefs.get(mine.misconception_id, mine.asserted) != mine.asserted:
            yield f"{_short(mine.misconception_id)} asserted or not"


def _short(id: str) -> str:
    return id.rpartition("/")[2]


def _named(info: GraderInfo) -> str:
    return f"{info.model or info.name}{f' (seed {info.seed})' if info.seed is not None else ''}"


def _noted(grade: Grade, note: str) -> Grade:
    told = "; ".join(filter(None, (grade.grader.note, note)))
    return grade.model_copy(update={"grader": grade.grader.model_copy(update={"note": told})})
