"""What a candidate has shown so far on one question, point by point and belief by belief. Pure: no marks, no moves.

The rules of what counts: a better verdict raises a point and a worse one never lowers it, except that a contradiction
supersedes all before it until the point is shown again. What is shown before any help on that very point is
independent; what is gained after it counts by the factor of the strongest help given. Pump, Probe and Challenge are no
help; being corrected counts as having been told.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field

from interviewer.models import (
    Assert,
    Challenge,
    Correct,
    Evidence,
    Grade,
    Hint,
    Move,
    Prompt,
    Verdict,
    VerdictName,
)
from interviewer.state import AnswerGiven, Asking, MoveSaid, QuestionState
from knowledge.models import Misconception, Question, RubricPoint, Value

HelpGiven = Literal["hint", "prompt", "assert"]

CREDIT: Mapping[VerdictName, float] = {
    "covered": 1.0,
    "partial": 0.5,
    "missing": 0.0,
    "contradicted": 0.0,
    "unmarked": 0.0,
}
HELP_FACTOR: Mapping[HelpGiven, float] = {"hint": 0.7, "prompt": 0.4, "assert": 0.0}
"""What a later gain still counts, by the strongest help given before it. Listed from weakest to strongest."""

_STRENGTH = {help: strength for strength, help in enumerate(HELP_FACTOR)}


class Standing(Value):
    """One point: its running verdict with the words that decided it, and what it is worth without and with help."""

    point: RubricPoint
    seen: bool = Field(default=False, description="Whether any grade has spoken of it.")
    verdict: VerdictName = "unmarked"
    confidence: float = 0.0
    evidence: Evidence | None = None
    note: str | None = None
    independent: float = 0.0
    independent_confidence: float = Field(
        default=1.0, description="1 where no answer came before help: then nothing was shown, for certain."
    )
    prompted: float = 0.0
    help: HelpGiven | None = None

    @property
    def value(self) -> float:
        return CREDIT[self.verdict]


class Held(Value):
    """One misconception: whether it was ever asserted, and taken back since.

    Taken back means: a later real answer does not assert it and covers one of the points that it contradicts. Where it
    contradicts none, a real answer to its own challenge that does not assert it again is enough.
    """

    misconception: Misconception
    asserted: bool = False
    taken_back: bool = False
    confidence: float = 0.0
    evidence: Evidence | None = None

    @property
    def standing(self) -> bool:
        return self.asserted and not self.taken_back


class Shown(Value):
    """The whole of it. `added` says of each answer, in order, whether it raised a point or took a belief back."""

    points: tuple[Standing, ...]
    beliefs: tuple[Held, ...]
    added: tuple[bool, ...]

    def of(self, point_id: str) -> Standing:
        return next(standing for standing in self.points if standing.point.id == point_id)


def what_was_shown(asked: QuestionState) -> Shown:
    """Fold the question's entries into standings. A follow-up's points that no grade has seen are left out."""
    points = {point.id: Standing(point=point) for point in asked.points}
    beliefs = {one.id: Held(misconception=one) for one in asked.question.misconceptions}
    added: list[bool] = []
    asking: Asking | None = None
    for entry in asked.entries:
        match entry:
            case MoveSaid(move=move):
                asking = move if isinstance(move, Asking) else asking
                for point_id, help in _help_in(move, asked.question):
                    if point_id in points:
                        points[point_id] = _helped(points[point_id], help)
            case AnswerGiven(marking=Grade() as grade):
                raised = [_hear(points, verdict) for verdict in grade.verdicts]
                added.append(any(raised) | _hear_beliefs(beliefs, grade, asking))
            case AnswerGiven():
                added.append(False)
            case _:
                pass
    own = {point.id for point in asked.question.points}
    return Shown(
        points=tuple(standing for id, standing in points.items() if standing.seen or id in own),
        beliefs=tuple(beliefs.values()),
        added=tuple(added),
    )


def counted(question: Question, standings: Iterable[Standing]) -> tuple[Standing, ...]:
    """The standings that a mark is made of: unmarked ones leave, and of a group its `need` best stay.

    Best is the most shown without help, then with it, then the heaviest: one choice for both marks, so that help never
    makes a mark smaller.
    """
    marked = [standing for standing in standings if standing.verdict != "unmarked"]
    left_out: set[str] = set()
    for group in question.groups:
        members = [standing for standing in marked if standing.point.id in group.points]
        members.sort(key=lambda s: (-s.independent, -s.prompted, -s.point.weight))
        left_out |= {standing.point.id for standing in members[group.need :]}
    return tuple(standing for standing in marked if standing.point.id not in left_out)


def _help_in(move: Move, question: Question) -> tuple[tuple[str, HelpGiven], ...]:
    match move:
        case Hint():
            return ((move.point_id, "hint"),)
        case Prompt():
            return ((move.point_id, "prompt"),)
        case Assert():
            return ((move.point_id, "assert"),)
        case Correct():
            return tuple((point_id, "assert") for point_id in points_corrected(move, question))
        case _:
            return ()


def points_corrected(move: Correct, question: Question) -> tuple[str, ...]:
    """The points that a correction gives away: its own, or those that the false belief contradicts."""
    if move.point_id:
        return (move.point_id,)
    beliefs = (one for one in question.misconceptions if one.id == move.misconception_id)
    return next((one.contradicts for one in beliefs), ())


def _helped(standing: Standing, help: HelpGiven) -> Standing:
    if standing.help and _STRENGTH[standing.help] >= _STRENGTH[help]:
        return standing
    return standing.model_copy(update={"help": help})


def _hear(points: dict[str, Standing], verdict: Verdict) -> bool:
    """Take one verdict in; say whether it raised the point."""
    before = points.get(verdict.point_id)
    if before is None:
        return False
    after = _after(before, verdict)
    points[verdict.point_id] = after
    return after.value > before.value


def _after(before: Standing, verdict: Verdict) -> Standing:
    change: dict[str, object] = {"seen": True}
    gain = CREDIT[verdict.verdict] - before.value
    first_look = before.verdict in ("unmarked", "missing") and verdict.verdict == "missing"
    if verdict.verdict == "contradicted":
        change |= {"independent": 0.0, "independent_confidence": verdict.confidence, "prompted": 0.0}
    elif gain > 0 and before.help:
        change |= {"prompted": before.prompted + gain * HELP_FACTOR[before.help]}
    elif gain > 0:
        change |= {"independent": before.independent + gain, "prompted": before.prompted + gain}
    if verdict.verdict == "contradicted" or gain > 0 or first_look:
        change |= {"verdict": verdict.verdict, "confidence": verdict.confidence, "evidence": verdict.evidence}
        change["note"] = verdict.note
        if not before.help:
            change["independent_confidence"] = verdict.confidence
    return before.model_copy(update=change)


def _hear_beliefs(beliefs: dict[str, Held], grade: Grade, asking: Asking | None) -> bool:
    """Take what one answer asserts in; say whether it took a belief back."""
    covered = {verdict.point_id for verdict in grade.verdicts if verdict.verdict == "covered"}
    took_back = False
    for belief in grade.beliefs:
        held = beliefs.get(belief.misconception_id)
        if held is None:
            continue
        if belief.asserted:
            change: dict[str, object] = {"asserted": True, "taken_back": False}
            if not held.asserted:
                change |= {"confidence": belief.confidence, "evidence": belief.evidence}
            beliefs[belief.misconception_id] = held.model_copy(update=change)
        elif held.standing and grade.intent == "answer" and _takes_back(held.misconception, covered, asking):
            beliefs[belief.misconception_id] = held.model_copy(update={"taken_back": True})
            took_back = True
    return took_back


def _takes_back(misconception: Misconception, covered: set[str], asking: Asking | None) -> bool:
    if misconception.contradicts:
        return not covered.isdisjoint(misconception.contradicts)
    return isinstance(asking, Challenge) and asking.misconception_id == misconception.id
