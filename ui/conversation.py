"""The log of an interview as the lines of a conversation, with the feedback that may be shown so far. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interviewer.events import Answered, Asked, Controlled, Event, Marked, Said
from interviewer.models import Advance, Finish, Grade, Phrase, QuestionMark, VerdictName
from interviewer.scoring import mark_question, progress
from interviewer.state import AnswerGiven, QuestionState, State, Turn
from knowledge.models import Question, Source

UNFIT = "the model's words were not used"
"""How a phrase's note begins where a model did answer, in words that may not be said. It stays in the log: the bank's
words were said instead, and nothing failed that the candidate could do something about."""


@dataclass(frozen=True)
class Put:
    """A question, and the words that led over to it."""

    seq: int
    question: Question
    number: int
    bridge: str | None


@dataclass(frozen=True)
class Typed:
    seq: int
    text: str


@dataclass(frozen=True)
class Spoken:
    seq: int
    text: str
    note: str | None


@dataclass(frozen=True)
class PressedButton:
    seq: int
    control: str
    text: str | None


@dataclass(frozen=True)
class Heard:
    """A point that an answer gave evidence for. `text` only once it was covered: a question still open is not told."""

    verdict: VerdictName
    quote: str
    text: str | None
    source: Source | None


@dataclass(frozen=True)
class Feedback:
    """What one answer showed, while its question is open. `still_open` counts points not yet covered."""

    seq: int
    heard: tuple[Heard, ...]
    still_open: int
    draft: bool
    note: str | None


@dataclass(frozen=True)
class Closing:
    """All about a question that is closed."""

    seq: int
    number: int
    mark: QuestionMark


Line = Put | Typed | Spoken | PressedButton | Feedback | Closing


def conversation(events: Sequence[Event], state: State) -> tuple[Line, ...]:
    """Everything that was said, in order. Feedback is only among it in practice mode."""
    practice = state.started is not None and state.started.mode == "practice"
    return tuple(_Telling(state, practice).lines(events))


class _Telling:
    def __init__(self, state: State, practice: bool) -> None:
        self.state = state
        self.practice = practice
        self.asked: QuestionState | None = None
        self.bridge: str | None = None

    def lines(self, events: Sequence[Event]) -> Iterator[Line]:
        for event in events:
            match event:
                case Asked():
                    self.asked = self.state.questions[event.number - 1]
                    yield Put(event.seq, event.question, event.number, self.bridge)
                    self.bridge = None
                case Answered():
                    yield Typed(event.seq, event.answer.text)
                case Marked() if self.practice and event.run_id == self.state.run_id:
                    yield from self.feedback(event)
                case Said():
                    yield from self.said(event)
                case Controlled():
                    yield PressedButton(event.seq, event.control, event.text)
                case _:
                    pass

    def feedback(self, event: Marked) -> Iterator[Line]:
        asked = self.asked
        if asked is None or not isinstance(event.grade, Grade):
            return
        turn = next((turn for turn in asked.turns if turn.answer.id == event.answer_id), None)
        if turn is None or any(isinstance(move, Advance | Finish) for move in turn.responses):
            return  # the question's closing card says it all
        yield _feedback(event.seq, asked, turn, event.grade)

    def said(self, event: Said) -> Iterator[Line]:
        if isinstance(event.move, Advance | Finish) and self.practice and self.asked:
            yield Closing(event.seq, self.asked.number, mark_question(self.asked))
        if isinstance(event.move, Advance):
            self.bridge = event.phrase.text
        else:
            yield Spoken(event.seq, event.phrase.text, _note(event.phrase))


def _note(phrase: Phrase) -> str | None:
    return None if phrase.note and phrase.note.startswith(UNFIT) else phrase.note


def _feedback(seq: int, asked: QuestionState, turn: Turn, grade: Grade) -> Feedback:
    points = {point.id: point for point in asked.points}
    heard = tuple(
        Heard(
            verdict=verdict.verdict,
            quote=turn.answer.text[verdict.evidence.start : verdict.evidence.end],
            text=points[verdict.point_id].text if verdict.verdict == "covered" else None,
            source=points[verdict.point_id].source,
        )
        for verdict in grade.verdicts
        if verdict.evidence and verdict.evidence.answer_id == turn.answer.id
    )
    return Feedback(
        seq=seq,
        heard=heard,
        still_open=_still_open(asked, turn),
        draft=asked.question.status == "draft",
        note=" ".join(filter(None, (grade.note, grade.grader.note))) or None,
    )


def _still_open(asked: QuestionState, turn: Turn) -> int:
    """As it was after that answer: neither covered, nor told since."""
    place = next(
        n for n, entry in enumerate(asked.entries) if isinstance(entry, AnswerGiven) and entry.answer == turn.answer
    )
    then = QuestionState(
        question=asked.question, number=asked.number, asked_at=asked.asked_at, entries=asked.entries[: place + 1]
    )
    return sum(standing.verdict != "covered" and standing.help != "assert" for standing in progress(then))
