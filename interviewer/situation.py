"""What the policy looks at before it chooses a move: the open points, the moves spent, the turns that led nowhere.
Pure: it observes, `policy.py` decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from interviewer.closeness import closeness
from interviewer.models import (
    Assert,
    Challenge,
    Clarify,
    Correct,
    Hint,
    Intent,
    Probe,
    Prompt,
    Redirect,
    Rules,
)
from interviewer.standing import Held, Shown, Standing, points_corrected, what_was_shown
from interviewer.state import QuestionState, Started, State, Turn
from knowledge.models import RubricPoint

Rung = Hint | Prompt | Assert

NO_ANSWER: frozenset[Intent] = frozenset({"off_topic", "copied", "attack"})
"""Replies that get a redirect; an attack only where nothing else is in it."""


@dataclass(frozen=True)
class Situation:
    """One question at one moment. A point is *told* once it was asserted or corrected, *settled* once it is covered or
    its moves are spent, *released* once its group has enough settled points, and *open* while it is none of these."""

    started: Started
    state: State
    question: QuestionState
    rules: Rules
    now: datetime

    @property
    def practice(self) -> bool:
        return self.started.mode == "practice"

    @cached_property
    def shown(self) -> Shown:
        return what_was_shown(self.question)

    @property
    def turn(self) -> Turn | None:
        return self.question.last_turn

    @property
    def intent(self) -> Intent | None:
        """The last answer's; None without one, or without its grade."""
        return self.turn.grade.intent if self.turn and self.turn.grade else None

    # ── Moves made so far ────────────────────────────────────────────────────────────────────────────────────

    def count(self, kind: type) -> int:
        return sum(isinstance(move, kind) for move in self.question.moves)

    @cached_property
    def probed(self) -> frozenset[str]:
        return frozenset(move.point_id for move in self.question.moves if isinstance(move, Probe))

    @cached_property
    def laddered(self) -> frozenset[str]:
        """Points whose ladder was begun."""
        return frozenset(move.point_id for move in self.question.moves if isinstance(move, Hint | Prompt | Assert))

    @cached_property
    def told(self) -> frozenset[str]:
        asserted = {move.point_id for move in self.question.moves if isinstance(move, Assert)}
        corrections = (move for move in self.question.moves if isinstance(move, Correct))
        question = self.question.question
        return frozenset(asserted.union(*(points_corrected(move, question) for move in corrections)))

    @cached_property
    def challenged(self) -> frozenset[str]:
        """Ids of misconceptions and of points."""
        return frozenset(_target(move) for move in self.question.moves if isinstance(move, Challenge))

    @cached_property
    def corrected(self) -> frozenset[str]:
        return frozenset(_target(move) for move in self.question.moves if isinstance(move, Correct))

    @property
    def probes_used(self) -> int:
        """A probe and a whole ladder on one point each cost one."""
        return len(self.probed) + len(self.laddered)

    # ── Points ───────────────────────────────────────────────────────────────────────────────────────────────

    def settled(self, standing: Standing) -> bool:
        return standing.verdict == "covered" or self._spent(standing.point)

    def _spent(self, point: RubricPoint) -> bool:
        if point.id in self.told:
            return True
        if self.practice and point.core:
            return False
        return point.id in self.probed | self.laddered | self.challenged

    def released(self, standing: Standing) -> bool:
        return any(
            standing.point.id in group.points
            and sum(one.point.id in group.points and self.settled(one) for one in self.shown.points) >= group.need
            for group in self.question.question.groups
        )

    @cached_property
    def open_points(self) -> tuple[Standing, ...]:
        """In the order in which they deserve attention: weight, then closeness to what was said last, then id.

        Of equally close ones the point just asked about goes first: leaving it would feel like a jump. A point that the
        grader could not mark is not open, since asking about it could not change anything.
        """
        still = (s for s in self.shown.points if not self.settled(s) and not self.released(s))
        return self.by_urgency(s for s in still if self.markable(s))

    def markable(self, standing: Standing) -> bool:
        """Not what a grader could not mark; but what running a statement does not show, words still can."""
        return standing.verdict != "unmarked" or not standing.seen or self.question.question.kind == "sql"

    def by_urgency(self, standings: Iterable[Standing]) -> tuple[Standing, ...]:
        said = self.turn.answer.text if self.turn else ""
        focus = self.question.focus

        def urgency(standing: Standing) -> tuple[float, float, bool, str]:
            point = standing.point
            return (-point.weight, -closeness(point.text, said), point.id != focus, point.id)

        return tuple(sorted(standings, key=urgency))

    @property
    def ladder_under_way(self) -> RubricPoint | None:
        """Practice only: the core point whose ladder was begun and still has rungs to go."""
        if not self.practice:
            return None
        begun = (s.point for s in self.open_points if s.point.core and s.point.id in self.laddered)
        return next(begun, None)

    def rung(self, point: RubricPoint) -> Rung | Probe:
        """The next step of the point's ladder. Drafts without a hint and a prompt get their neutral probe first."""
        said = {type(move) for move in self.question.moves if getattr(move, "point_id", None) == point.id}
        if point.hint and not said & {Hint, Prompt}:
            return Hint(point_id=point.id)
        if point.prompt and Prompt not in said:
            return Prompt(point_id=point.id)
        if not said & {Hint, Prompt, Probe}:
            return Probe(point_id=point.id)
        return Assert(point_id=point.id)

    # ── Beliefs ──────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def standing_beliefs(self) -> tuple[Held, ...]:
        said = self.turn.answer.text if self.turn else ""
        held = (one for one in self.shown.beliefs if one.standing)
        return tuple(
            sorted(
                held,
                key=lambda one: (
                    -one.misconception.penalty,
                    -closeness(one.misconception.text, said),
                    one.misconception.id,
                ),
            )
        )

    # ── Turns ────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def exhausted(self) -> bool:
        """Whether asking on is over: too many idle turns or replies without effort, or no probe left."""
        return self.worn_out or (self.probes_used >= self.rules.probes and not self.ladder_under_way)

    @property
    def worn_out(self) -> bool:
        return self.given_up or self._idle_turns() >= self.rules.idle_turns

    @property
    def given_up(self) -> bool:
        return self._effortless() >= self.rules.effortless_replies

    def _idle_turns(self) -> int:
        """How many of the last turns in a row added nothing. Replies to a ladder, and what was redirected or clarified,
        stand outside the row."""
        idle = 0
        for turn, added in zip(reversed(self.question.turns), reversed(self.shown.added), strict=True):
            if added:
                break
            if turn.grade and not _on_ladder(turn) and not _brought_back(turn):
                idle += 1
        return idle

    def _effortless(self) -> int:
        return sum(without_effort(turn) and not _on_ladder(turn) for turn in self.question.turns)


def is_no_answer(turn: Turn) -> bool:
    """Off topic, copied, or an attack with nothing else in it."""
    if turn.grade is None or turn.grade.intent not in NO_ANSWER:
        return False
    says_something = any(verdict.verdict not in ("missing", "unmarked") for verdict in turn.grade.verdicts)
    return turn.grade.intent != "attack" or not says_something


def without_effort(turn: Turn) -> bool:
    return is_no_answer(turn) or (turn.grade is not None and turn.grade.intent == "dont_know")


def _on_ladder(turn: Turn) -> bool:
    return isinstance(turn.replying_to, Hint | Prompt)


def _brought_back(turn: Turn) -> bool:
    redirected = is_no_answer(turn) and any(isinstance(move, Redirect) for move in turn.responses)
    asks = turn.grade is not None and turn.grade.intent == "asks"
    return redirected or (asks and any(isinstance(move, Clarify) for move in turn.responses))


def _target(move: Challenge | Correct) -> str:
    target = move.misconception_id or move.point_id
    assert target, "a challenge or correction names what it is about"
    return target
