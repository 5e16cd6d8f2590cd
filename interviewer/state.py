"""Where an interview stands: the event log folded into one value. Pure: nothing is decided here."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Annotated, Literal, assert_never

from pydantic import Field

from interviewer.events import Answered, Asked, Controlled, Disputed, Event, Finished, Marked, Paused, Said, Started
from interviewer.models import (
    WAITING,
    Advance,
    Answer,
    Challenge,
    Control,
    Deepen,
    Dispute,
    Finish,
    Grade,
    Hint,
    Marking,
    Move,
    Phrase,
    Probe,
    Prompt,
    Pump,
    Ungraded,
)
from knowledge.models import FollowUp, Question, RubricPoint, Value, follow_ups

Status = Literal["new", "running", "paused", "finished"]
Awaiting = Literal["question", "marking", "move", "answer", "nothing"]
Ending = Literal["completed", "stopped", "time_up"]

Asking = Probe | Hint | Prompt | Challenge | Pump | Deepen
"""Moves that ask for something new. Redirect, Clarify and OfferRetry only bring back what was asked before."""


class AnswerGiven(Value):
    """An answer, and how the folded run marked it last. None: not yet."""

    kind: Literal["answer"] = "answer"
    answer: Answer
    marking: Marking | None = None


class MoveSaid(Value):
    kind: Literal["move"] = "move"
    move: Move
    phrase: Phrase
    at: datetime


class ControlPressed(Value):
    kind: Literal["control"] = "control"
    control: Control
    text: str | None
    at: datetime


Entry = Annotated[AnswerGiven | MoveSaid | ControlPressed, Field(discriminator="kind")]


class Turn(Value):
    """One answer with what it replied to (None: the question itself) and what was said before the next one."""

    answer: Answer
    marking: Marking | None
    replying_to: Asking | None
    responses: tuple[Move, ...]

    @property
    def grade(self) -> Grade | None:
        return self.marking if isinstance(self.marking, Grade) else None


class QuestionState(Value):
    """One asked question and all that happened to it, in order."""

    question: Question
    number: int
    asked_at: datetime
    markable: bool = True
    entries: tuple[Entry, ...] = ()
    disputes: tuple[Dispute, ...] = Field(default=(), description="All of them, in order, of whatever run.")

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        return tuple(entry.move for entry in self.entries if isinstance(entry, MoveSaid))

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        return tuple(entry.answer for entry in self.entries if isinstance(entry, AnswerGiven))

    @property
    def said(self) -> tuple[str, ...]:
        """The interviewer's words since the question."""
        return tuple(entry.phrase.text for entry in self.entries if isinstance(entry, MoveSaid))

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        return _turns(self.entries)

    @property
    def last_turn(self) -> Turn | None:
        return self.turns[-1] if self.turns else None

    @property
    def last_asking(self) -> Asking | None:
        """What the candidate was asked last. None: the question itself."""
        return next((move for move in reversed(self.moves) if isinstance(move, Asking)), None)

    @property
    def focus(self) -> str | None:
        """The point that the last words asked about, if any."""
        return point_asked(self.last_asking)

    @cached_property
    def follow_up(self) -> FollowUp | None:
        """The follow-up that was asked, if any."""
        asked = {move.follow_up_id for move in self.moves if isinstance(move, Deepen)}
        return next((deeper for deeper in follow_ups(self.question) if deeper.id in asked), None)

    @cached_property
    def points(self) -> tuple[RubricPoint, ...]:
        """The question's points, and those of the follow-up asked."""
        return self.question.points + (self.follow_up.points if self.follow_up else ())

    @property
    def last_control(self) -> ControlPressed | None:
        """The button that still waits to be obeyed."""
        last = self.entries[-1] if self.entries else None
        return last if isinstance(last, ControlPressed) else None

    @property
    def skipped(self) -> bool:
        return any(isinstance(entry, ControlPressed) and entry.control == "skip" for entry in self.entries)

    @property
    def closed(self) -> bool:
        return any(isinstance(move, Advance | Finish) for move in self.moves)

    @property
    def retryable(self) -> bool:
        """Whether the last answer may be marked again: its grader failed in a way that may pass."""
        turn = self.last_turn
        return turn is not None and isinstance(turn.marking, Ungraded) and turn.marking.retryable and not self.closed


class State(Value):
    """`awaiting` says what must happen next, after a crash as before it: a question asked, the last answer marked,
    a move decided, the candidate. With 'nothing' and a `finishing`, only the Finished event is still owed."""

    interview_id: str | None = None
    run_id: str | None = None
    started: Started | None = None
    questions: tuple[QuestionState, ...] = ()
    status: Status = "new"
    awaiting: Awaiting = "nothing"
    seq: int = 0
    finishing: Ending | None = Field(default=None, description="Said, and not yet recorded: why the interview ends.")
    finished: Finished | None = None

    @property
    def current(self) -> QuestionState:
        """The question asked last. Nobody may look before there is one: see `questions`."""
        assert self.questions, "no question has been asked yet"
        return self.questions[-1]

    @property
    def pending(self) -> Answer | None:
        """The answer that waits to be marked."""
        return self.current.answers[-1] if self.awaiting == "marking" else None

    def answer_by_submission(self, submission_id: str) -> Answer | None:
        """The answer that a client has already sent under this id."""
        sent = (answer for asked in self.questions for answer in asked.answers)
        return next((answer for answer in sent if answer.submission_id == submission_id), None)


def fold(events: Iterable[Event], run_id: str | None = None) -> State:
    """The state after these events. One marking run is folded: `run_id`, by default the interview's own."""
    folding = _Folding(run_id)
    for event in events:
        folding.take(event)
    return folding.state()


def point_asked(move: Move | None) -> str | None:
    """The point that a move asks about, if it asks about one."""
    match move:
        case Probe() | Hint() | Prompt() | Challenge():
            return move.point_id
        case _:
            return None


class _Asked:
    """A question whose entries are still being gathered."""

    def __init__(self, event: Asked) -> None:
        self.event = event
        self.entries: list[Entry] = []
        self.disputes: list[Dispute] = []

    def state(self) -> QuestionState:
        event = self.event
        return QuestionState(
            question=event.question,
            number=event.number,
            asked_at=event.at,
            markable=event.markable,
            entries=tuple(self.entries),
            disputes=tuple(self.disputes),
        )

    def holds(self, answer_id: str) -> bool:
        return any(isinstance(entry, AnswerGiven) and entry.answer.id == answer_id for entry in self.entries)


class _Folding:
    """Builds one State in place, because a frozen value copied at each of 200 events would be slow."""

    def __init__(self, run_id: str | None) -> None:
        self.run_id = run_id
        self.interview_id: str | None = None
        self.started: Started | None = None
        self.finishing: Ending | None = None
        self.finished: Finished | None = None
        self.asked: list[_Asked] = []
        self.paused = False
        self.awaiting: Awaiting = "nothing"
        self.seq = 0

    def state(self) -> State:
        return State(
            interview_id=self.interview_id,
            run_id=self.run_id,
            started=self.started,
            questions=tuple(asked.state() for asked in self.asked),
            status=self._status(),
            awaiting=self.awaiting,
            seq=self.seq,
            finishing=None if self.finished else self.finishing,
            finished=self.finished,
        )

    def _status(self) -> Status:
        if self.finished:
            return "finished"
        if self.paused:
            return "paused"
        return "running" if self.started else "new"

    def take(self, event: Event) -> None:
        self.seq = event.seq
        # A paused interview, or a finished one, may be marked again and contested: neither is thereby taken up again.
        self.paused = isinstance(event, Paused) or (self.paused and isinstance(event, Marked | Disputed))
        match event:
            case Started():
                self._start(event)
            case Asked():
                self.asked.append(_Asked(event))
                self.awaiting = "answer"
            case Answered():
                self.asked[-1].entries.append(AnswerGiven(answer=event.answer))
                self.awaiting = "marking"
            case Marked():
                self._mark(event)
            case Said():
                self._say(event)
            case Controlled():
                self._control(event)
            case Disputed():
                self._dispute(event)
            case Paused():
                pass
            case Finished():
                self.finished = event
                self.awaiting = "nothing"
            case _:
                assert_never(event)

    def _start(self, event: Started) -> None:
        self.started = event
        self.interview_id = event.interview_id
        self.run_id = self.run_id or event.run_id
        self.awaiting = "question"

    def _mark(self, event: Marked) -> None:
        if event.run_id != self.run_id:
            return
        for asked in reversed(self.asked):
            for place, entry in enumerate(asked.entries):
                if isinstance(entry, AnswerGiven) and entry.answer.id == event.answer_id:
                    asked.entries[place] = AnswerGiven(answer=entry.answer, marking=event.grade)
                    if self.awaiting == "marking":
                        self.awaiting = "move"
                    return

    def _dispute(self, event: Disputed) -> None:
        for asked in self.asked:
            if asked.holds(event.dispute.answer_id):
                asked.disputes.append(event.dispute)

    def _say(self, event: Said) -> None:
        if self.asked:
            self.asked[-1].entries.append(MoveSaid(move=event.move, phrase=event.phrase, at=event.at))
        match event.move:
            case Advance():
                self.awaiting = "question"
            case Finish(reason=reason):
                self.finishing = reason
                self.awaiting = "nothing"
            case move:
                self.awaiting = "answer" if move.kind in WAITING else "move"

    def _control(self, event: Controlled) -> None:
        """A button pressed where it can mean nothing is kept in the log and changes nothing."""
        if not self.asked:
            self.awaiting = "move" if event.control == "stop" else self.awaiting
            return
        asked = self.asked[-1]
        if event.control == "retry" and not asked.state().retryable:
            return
        asked.entries.append(ControlPressed(control=event.control, text=event.text, at=event.at))
        self.awaiting = "marking" if event.control == "retry" else "move"


def _turns(entries: tuple[Entry, ...]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    given: AnswerGiven | None = None
    replying_to: Asking | None = None
    responses: list[Move] = []
    for entry in (*entries, None):
        match entry:
            case MoveSaid():
                responses.append(entry.move)
            case ControlPressed():
                pass
            case AnswerGiven() | None:
                if given:
                    turns.append(
                        Turn(
                            answer=given.answer,
                            marking=given.marking,
                            replying_to=replying_to,
                            responses=tuple(responses),
                        )
                    )
                replying_to = next((move for move in reversed(responses) if isinstance(move, Asking)), replying_to)
                given, responses = entry, []
    return tuple(turns)
