"""What the interviewer does next: the table of docs/architecture.md, row by row. Pure: code chooses, words come later.

The first row that has a move wins. Rows that would ask for more are silent once the question is exhausted: at the
probe cap, after idle turns, after replies without effort. A correction that is owed is still given.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from interviewer.closeness import closest_fact
from interviewer.models import (
    Advance,
    Assert,
    Challenge,
    Clarify,
    Correct,
    Deepen,
    Finish,
    LeaveUnmarked,
    Move,
    OfferRetry,
    Probe,
    Pump,
    Redirect,
    Rules,
    Ungraded,
)
from interviewer.situation import Situation, is_no_answer
from interviewer.standing import Standing, counted
from interviewer.state import AnswerGiven, Asking, MoveSaid, State
from knowledge.models import LEVELS, RubricPoint, facts, follow_ups

Row = Callable[[Situation], Move | None]


def next_move(state: State, rules: Rules, now: datetime) -> Move:
    """The one move that follows. Asked for again at once after a move that does not wait (Assert, Correct,
    LeaveUnmarked): every move is said at most as often as its row allows, so that this comes to an end."""
    assert state.started, "an interview starts before it moves"
    if not state.questions:
        return Finish(reason="stopped")
    situation = Situation(started=state.started, state=state, question=state.current, rules=rules, now=now)
    for row in ROWS:
        if row in ASKING_ROWS and situation.exhausted:
            continue
        if move := row(situation):
            return move
    return advance(situation)


def obey_control(situation: Situation) -> Move | None:
    """A pressed button. Hints are given in both modes and cost their factor; only practice teaches in the end."""
    pressed = situation.question.last_control
    match pressed.control if pressed else None:
        case "skip":
            return advance(situation)
        case "stop":
            return Finish(reason="stopped")
        case "hint":
            return _hint(situation)
        case "clarify":
            return _clarify(situation, pressed.text if pressed else None)
        case "retry" | None:
            return None


def grader_failed(situation: Situation) -> Move | None:
    if situation.count(LeaveUnmarked):
        return advance(situation)
    match situation.turn.marking if situation.turn else None:
        case Ungraded() as failure if failure.retryable and situation.count(OfferRetry) < situation.rules.retries:
            return OfferRetry(detail=failure.detail)
        case Ungraded() as failure:
            return LeaveUnmarked(reason=failure.reason)
        case _:
            return None


def time_up(situation: Situation) -> Move | None:
    if _over(situation.now - situation.started.at, situation.rules.interview_minutes):
        return Finish(reason="time_up")
    if _over(situation.now - situation.question.asked_at, situation.rules.question_minutes):
        return advance(situation)
    return None


def redirect(situation: Situation) -> Move | None:
    turn = situation.turn
    if turn is None or turn.grade is None or not is_no_answer(turn):
        return None
    if situation.given_up or situation.count(Redirect) >= situation.rules.redirects:
        return None
    return None if _brought_back_already(situation) else Redirect(intent=turn.grade.intent)


def clarify(situation: Situation) -> Move | None:
    if situation.intent != "asks" or situation.turn is None or _brought_back_already(situation):
        return None
    if situation.count(Clarify) >= situation.rules.clarifications:
        return None
    return _clarify(situation, situation.turn.answer.text)


def challenge(situation: Situation) -> Move | None:
    """Beliefs before points: a point that a standing belief contradicts is challenged through the belief."""
    if situation.practice and (owed := _owed_correction(situation)):
        return owed
    if situation.exhausted:
        return None
    for held in situation.standing_beliefs:
        if held.misconception.id not in situation.challenged:
            return Challenge(misconception_id=held.misconception.id)
    for standing in situation.by_urgency(_contradicted(situation)):
        if standing.point.id not in situation.challenged | situation.told:
            return Challenge(point_id=standing.point.id)
    return None


def dont_know(situation: Situation) -> Move | None:
    if situation.intent != "dont_know":
        return None
    if situation.practice:
        point = situation.ladder_under_way or _heaviest_core(situation)
        return situation.rung(point) if point else None
    before = [turn.grade.intent for turn in situation.question.turns[:-1] if turn.grade]
    others = [s.point for s in situation.open_points if s.point.core and s.point.id != situation.question.focus]
    if "dont_know" in before or not others:
        return advance(situation)
    return Probe(point_id=others[0].id)


def pump(situation: Situation) -> Move | None:
    turn, rules = situation.turn, situation.rules
    if turn is None or situation.intent not in ("answer", "attack") or situation.count(Pump) >= rules.pumps:
        return None
    if any(isinstance(move, Asking) for move in situation.question.moves):
        return None
    short = len(turn.answer.text.split()) < rules.pump_words
    return Pump() if short and _credit(situation) < rules.pump_credit else None


def probe_partial_core(situation: Situation) -> Move | None:
    """A ladder that was begun is climbed to its end first."""
    return None if situation.ladder_under_way else _probe_partial(situation, core=True)


def missing_core(situation: Situation) -> Move | None:
    """Practice comes here with partial points too, once their probe was spent."""
    if situation.practice:
        point = situation.ladder_under_way or _heaviest_core(situation)
        return situation.rung(point) if point else None
    missing = (s.point for s in situation.open_points if s.point.core and s.verdict in ("missing", "unmarked"))
    return next((Probe(point_id=point.id) for point in missing), None)


def deepen(situation: Situation) -> Move | None:
    """The level asks for more when the interview's level reaches the follow-up's."""
    if situation.question.follow_up or not _core_covered(situation):
        return None
    reached = LEVELS.index(situation.started.level)
    fitting = (deeper for deeper in follow_ups(situation.question.question) if LEVELS.index(deeper.level) <= reached)
    return next((Deepen(follow_up_id=deeper.id) for deeper in fitting), None)


def probe_partial_supporting(situation: Situation) -> Move | None:
    return _probe_partial(situation, core=False)


def advance(situation: Situation) -> Move:
    """The engine finishes too when nothing of the plan can be asked any more."""
    plan, setup = situation.started.plan, situation.started.setup
    asked = len(situation.state.questions)
    done = asked >= min(setup.length, len(plan.question_ids))
    return Finish(reason="completed") if done else Advance()


ROWS: tuple[Row, ...] = (
    obey_control,
    grader_failed,
    time_up,
    redirect,
    clarify,
    challenge,
    dont_know,
    pump,
    probe_partial_core,
    missing_core,
    deepen,
    probe_partial_supporting,
    advance,
)
"""In the table's order, each by its name there."""

ASKING_ROWS: frozenset[Row] = frozenset(
    {dont_know, pump, probe_partial_core, missing_core, deepen, probe_partial_supporting}
)
"""Silent once the question is exhausted."""


def _hint(situation: Situation) -> Move:
    """The next rung for the point just asked about, else for the weightiest core point, else for any."""
    in_reach = [
        standing
        for standing in situation.by_urgency(situation.shown.points)
        if standing.verdict != "covered"
        and situation.markable(standing)
        and standing.point.id not in situation.told
        and not situation.released(standing)
    ]
    candidates = [standing.point for standing in in_reach]
    candidates.sort(key=lambda point: (point.id != situation.question.focus, not point.core))
    for point in candidates:
        rung = situation.rung(point)
        if situation.practice or not isinstance(rung, Assert):
            return rung
    return Clarify(fact=None)


def _clarify(situation: Situation, asked: str | None) -> Clarify:
    """From the question's own facts, untold ones only. A pressed button always gets a reply: beyond the cap, None."""
    told = {move.fact for move in situation.question.moves if isinstance(move, Clarify)}
    if situation.count(Clarify) >= situation.rules.clarifications:
        return Clarify(fact=None)
    fact = closest_fact([one for one in facts(situation.question.question) if one.text not in told], asked)
    return Clarify(fact=fact.text if fact else None)


def _owed_correction(situation: Situation) -> Correct | None:
    """For the first challenge that was replied to without the error being mended."""
    wrong_beliefs = {held.misconception.id for held in situation.standing_beliefs}
    wrong_points = {s.point.id for s in situation.shown.points if s.verdict == "contradicted"}
    waiting: list[Challenge] = []
    replied: list[Challenge] = []
    for entry in situation.question.entries:
        match entry:
            case MoveSaid(move=Challenge() as move):
                waiting.append(move)
            case AnswerGiven():
                replied, waiting = replied + waiting, []
            case _:
                pass
    for move in replied:
        if move.misconception_id in wrong_beliefs - situation.corrected:
            return Correct(misconception_id=move.misconception_id)
        if move.point_id in wrong_points - situation.corrected:
            return Correct(point_id=move.point_id)
    return None


def _contradicted(situation: Situation) -> list[Standing]:
    through_beliefs = {p for held in situation.standing_beliefs for p in held.misconception.contradicts}
    return [
        standing
        for standing in situation.shown.points
        if standing.point.core and standing.verdict == "contradicted" and standing.point.id not in through_beliefs
    ]


def _heaviest_core(situation: Situation) -> RubricPoint | None:
    return next((standing.point for standing in situation.open_points if standing.point.core), None)


def _probe_partial(situation: Situation, *, core: bool) -> Probe | None:
    """One probe a point in all, and none once it was helped: it would be a step back."""
    spent = situation.probed | situation.laddered
    partial = (s.point for s in situation.open_points if s.verdict == "partial" and s.point.core == core)
    return next((Probe(point_id=point.id) for point in partial if point.id not in spent), None)


def _core_covered(situation: Situation) -> bool:
    """With something covered at all: a question without core points is no reason to go deeper."""
    of_groups = counted(situation.question.question, situation.shown.points)
    return any(s.verdict == "covered" for s in of_groups) and all(
        s.verdict == "covered" for s in of_groups if s.point.core
    )


def _credit(situation: Situation) -> float:
    standings = counted(situation.question.question, situation.shown.points)
    weight = sum(standing.point.weight for standing in standings)
    return sum(standing.point.weight * standing.value for standing in standings) / weight if weight else 1.0


def _brought_back_already(situation: Situation) -> bool:
    """Whether this very turn was redirected or clarified before: it may be looked at again after an Assert."""
    responses = situation.turn.responses if situation.turn else ()
    return any(isinstance(move, Redirect | Clarify) for move in responses)


def _over(spent: timedelta, minutes: float | None) -> bool:
    return minutes is not None and spent >= timedelta(minutes=minutes)
