"""An interview under way: record, mark, decide, phrase, one stored event at a time. It decides nothing itself.

Whatever the log says is still owed is done by `carry_on`, after a crash as in any other turn: there is one path only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import RLock
from typing import Any, Protocol, assert_never

from interviewer.events import Answered, Asked, Controlled, Event, Finished, Marked, Paused, Said, Started
from interviewer.grading.port import Grader
from interviewer.logs import logger
from interviewer.models import (
    INTERVIEW_RULES,
    PRACTICE_RULES,
    Advance,
    Answer,
    Control,
    Finish,
    Move,
    Plan,
    Rules,
    Setup,
    Ungraded,
)
from interviewer.phrasing import Phraser
from interviewer.policy import next_move
from interviewer.state import State, fold
from interviewer.store import Conflict, EventStore
from interviewer.tasks import task_of
from knowledge.models import Question

MOST_WORDS = 20_000
MOST_BYTES = 100_000

_log = logger("engine")


class AnswerRefused(ValueError):
    """The message is for the candidate. Nothing was stored."""


class NothingToAsk(ValueError):
    """No question of the plan can be asked. The message says what to change."""


class Questions(Protocol):
    def get(self, slug: str) -> Question | None:
        """The question of that slug as it stands today. None: there is none any more."""
        ...


@dataclass(frozen=True)
class Desk:
    """What an interviewer has at hand. Ids are 128-bit; the clock tells UTC."""

    store: EventStore
    grader: Grader
    phraser: Phraser
    library: Questions
    clock: Callable[[], datetime]
    new_id: Callable[[], str]


Listener = Callable[[Event], None]


def start(
    desk: Desk,
    setup: Setup,
    plan: Plan,
    *,
    bank_revision: str,
    candidate_id: str = "local",
    workspace_id: str = "local",
    rules: Rules | None = None,
    listen: Listener | None = None,
) -> "Interview":
    """A new interview, its first question asked. Raises NothingToAsk."""
    if all(desk.library.get(slug) is None for slug in plan.question_ids):
        raise NothingToAsk("there is no question for this choice: choose more topics, or include your own documents")
    interview_id = desk.new_id()
    started = Started(
        interview_id=interview_id,
        seq=1,
        at=desk.clock(),
        candidate_id=candidate_id,
        workspace_id=workspace_id,
        run_id=desk.new_id(),
        mode=setup.mode,
        level=setup.level,
        language=setup.language,
        seed=setup.seed,
        setup=setup,
        rules=rules or (PRACTICE_RULES if setup.mode == "practice" else INTERVIEW_RULES),
        plan=plan,
        bank_revision=bank_revision,
        grader=desk.grader.info,
    )
    desk.store.append([started], 0)
    interview = Interview(interview_id, desk, listen)
    if listen:
        listen(started)
    interview.carry_on()
    return interview


class Interview:
    """One interview, new or resumed. Several may be open on the same log, in threads, windows or processes: who comes
    second finds out, and goes on from what the first one stored.

    `listen` is told of every event that this object did not begin with, once it is stored and in order.
    Raises UnknownInterview.
    """

    def __init__(self, interview_id: str, desk: Desk, listen: Listener | None = None) -> None:
        self.id = interview_id
        self.listen = listen
        self._desk = desk
        self._turn = RLock()
        self._events = desk.store.read(interview_id)
        self._state = fold(self._events)

    @property
    def state(self) -> State:
        return self._state

    @property
    def events(self) -> tuple[Event, ...]:
        return self._events

    def carry_on(self) -> None:
        """Does whatever is still owed until the candidate's turn comes, or the end. Repeating it changes nothing."""
        with self._turn:
            while owed := self._owed():
                self._record(owed)

    def answer(self, text: str, submission_id: str) -> bool:
        """Hands the answer in and carries on. Whether it is the candidate's answer: see `hand_in`."""
        with self._turn:
            self.hand_in(text, submission_id)
            self.carry_on()
            return self.state.answer_by_submission(submission_id) is not None

    def hand_in(self, text: str, submission_id: str, seen_seq: int | None = None) -> bool:
        """Stores the answer; what follows from it is still owed, so that a screen can show it before it is marked.

        Whether this submission is the candidate's answer: stored now, or before. False: the interview has moved on, in
        another window say, and waits for something else. `seen_seq`, the state's `seq` when the answer's field was
        drawn, keeps it from being taken for an answer to words that came later. Raises AnswerRefused for one that is
        empty or too long."""
        text = check_answer(text)
        with self._turn:
            if not self.state.answer_by_submission(submission_id) and not self._spoke_since(seen_seq):
                self._hand_in(lambda: self._answered(text, submission_id))
            return self.state.answer_by_submission(submission_id) is not None

    def control(self, control: Control, text: str | None = None, seen_seq: int | None = None) -> bool:
        """Presses the button and carries on. False: it means nothing here: see `press`."""
        with self._turn:
            stored = self.press(control, text, seen_seq)
            self.carry_on()
            return stored

    def press(self, control: Control, text: str | None = None, seen_seq: int | None = None) -> bool:
        """Stores a pressed button; what follows from it is still owed. False: it means nothing here. `seen_seq`, the
        state's `seq` when the button was drawn, keeps the second click of a double click from meaning the next
        question; to stop is always meant. Raises AnswerRefused for a long `text`."""
        text = check_answer(text) if text and text.strip() else None
        with self._turn:
            if control != "stop" and self._spoke_since(seen_seq):
                return False
            if control == "retry" and not (self.state.questions and self.state.current.retryable):
                return False
            return self._hand_in(
                lambda: self._event(Controlled, control=control, text=text), whatever_was_said=control == "stop"
            )

    def pause(self) -> None:
        """Notes that the candidate left. Whatever comes next resumes."""
        with self._turn:
            if self.state.status == "running":
                self._record(self._event(Paused))

    # ── What is owed ─────────────────────────────────────────────────────────────────────────────────────────

    def _owed(self) -> Event | None:
        match self.state.awaiting:
            case "question":
                return self._next_question_asked()
            case "marking":
                return self._marked()
            case "move":
                return self._said(self._decide())
            case "answer":
                return None
            case "nothing":
                reason = self.state.finishing
                return self._event(Finished, reason=reason) if reason else None
            case _:
                assert_never(self.state.awaiting)

    def _next_question_asked(self) -> Event:
        question = self._next_question()
        if question:
            markable = question.kind in self._desk.grader.kinds
            return self._event(Asked, number=len(self.state.questions) + 1, question=question, markable=markable)
        if self.state.questions:
            return self._said(Finish(reason="completed"))
        return self._event(Finished, reason="completed")

    def _next_question(self) -> Question | None:
        """The first of the plan that was not asked and still exists; None once there were as many as planned."""
        started, asked = self._started, {one.question.id for one in self.state.questions}
        if len(asked) >= started.setup.length:
            return None
        # An alias leads to a question of another slug, which may have been asked by that one.
        found = (self._desk.library.get(slug) for slug in started.plan.question_ids if slug not in asked)
        return next((question for question in found if question and question.id not in asked), None)

    def _marked(self) -> Event:
        task = task_of(self.state.current)
        marking = self._desk.grader.grade(task)
        if isinstance(marking, Ungraded):
            _log.info("ungraded", interview_id=self.id, reason=marking.reason)
        return self._event(Marked, answer_id=task.answers[-1].id, run_id=self._started.run_id, grade=marking)

    def _decide(self) -> Move:
        move = next_move(self.state, self._started.rules, self._desk.clock())
        if isinstance(move, Advance) and self._next_question() is None:
            return Finish(reason="completed")
        return move

    def _said(self, move: Move) -> Event:
        return self._event(Said, move=move, phrase=self._desk.phraser.phrase(move, self.state))

    def _answered(self, text: str, submission_id: str) -> Event:
        answer = Answer(id=self._desk.new_id(), text=text, submission_id=submission_id, at=self._desk.clock())
        return self._event(Answered, answer=answer)

    # ── The log ──────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _started(self) -> Started:
        assert self.state.started, "a log begins with Started"
        return self.state.started

    @property
    def _asked_at_seq(self) -> int:
        """The place of the interviewer's last words: what a candidate who now replies is replying to."""
        return next((event.seq for event in reversed(self._events) if isinstance(event, Asked | Said)), 0)

    def _spoke_since(self, seen_seq: int | None) -> bool:
        """Whether the interviewer said something that the page drawn at `seen_seq` does not show. None: no page."""
        return seen_seq is not None and seen_seq < self._asked_at_seq

    def _event(self, kind: type[Any], **fields: object) -> Event:
        return kind(interview_id=self.id, seq=self.state.seq + 1, at=self._desk.clock(), **fields)

    def _hand_in(self, reply: Callable[[], Event], *, whatever_was_said: bool = False) -> bool:
        """Stores the candidate's reply to what the candidate has seen. False: something else was said since."""
        seen = self._asked_at_seq
        self.carry_on()
        while self.state.awaiting == "answer" and (whatever_was_said or self._asked_at_seq == seen):
            if self._record(reply()):
                return True
        return False

    def _record(self, event: Event) -> bool:
        """Stores the event, and only then lets it count. False: someone else was first, and what they stored counts."""
        try:
            self._desk.store.append([event], self.state.seq)
        except Conflict:
            _log.info("overtaken", interview_id=self.id, seq=event.seq, kind=event.kind)
            stored = self._desk.store.read(self.id)
            self._take(stored[len(self._events) :])
            return False
        _log.info("stored", interview_id=self.id, seq=event.seq, kind=event.kind)
        self._take((event,))
        return True

    def _take(self, events: tuple[Event, ...]) -> None:
        self._events += events
        self._state = fold(self._events)
        if self.listen:
            for event in events:
                self.listen(event)


def check_answer(text: str) -> str:
    """The answer as it can be stored. Raises AnswerRefused for one that is empty or too long."""
    # Half a surrogate pair is no character and cannot be stored; one for one, so that offsets stay.
    text = "".join("\N{REPLACEMENT CHARACTER}" if "\ud800" <= letter <= "\udfff" else letter for letter in text)
    if not any(letter.isprintable() and not letter.isspace() for letter in text):
        raise AnswerRefused("That answer is empty. Write what you know, or say that you don't know.")
    check_size(text)
    return text


def check_size(text: str) -> None:
    """Raises AnswerRefused for one that is too long to mark."""
    size, words = len(text.encode()), len(text.split())
    if size > MOST_BYTES or words > MOST_WORDS:
        raise AnswerRefused(
            f"That answer is too long to mark: {words:,} words, {size:,} bytes. "
            f"Keep it under {MOST_WORDS:,} words and {MOST_BYTES:,} bytes."
        )
