"""An interview with another program: JSON objects in, the log's events out, a line each."""

import json
from typing import Any, TextIO

from pydantic import Field, TypeAdapter, ValidationError

from interviewer.engine import AnswerRefused, Interview
from interviewer.events import Event, Finished, Marked
from interviewer.export import event_line
from interviewer.models import Control
from interviewer.wiring import fresh_id
from knowledge.models import Value
from ui.streams import is_whole


class AnswerLine(Value):
    answer: str
    submission_id: str | None = Field(default=None, min_length=1, max_length=128)


class ControlLine(Value):
    control: Control
    text: str | None = Field(default=None, description="With clarify: what is asked.")


LINE: TypeAdapter[AnswerLine | ControlLine] = TypeAdapter(AnswerLine | ControlLine)


def converse_in_lines(interview: Interview, resumed: bool, lines: TextIO, out: TextIO) -> None:
    """Obey each line until the interview or the input ends; the end of input pauses.

    Every event is written once it is stored. A resumed interview's earlier events are not written again, but for the
    marks that interview mode held back: they follow `finished`."""
    printer = _Printer(interview, out)
    if not resumed:
        for event in interview.events:
            printer.take(event)
    interview.listen = printer.take
    interview.carry_on()
    while interview.state.status != "finished":
        printer.write({"kind": "awaiting", "for": "answer"})
        line = lines.readline()
        if not line:
            interview.pause()
            return
        if line.strip() and (problem := _obey(interview, line)):
            printer.write({"kind": "error", "detail": problem})


def _obey(interview: Interview, line: str) -> str | None:
    """Does what a line says; what is wrong with it, if anything."""
    if not is_whole(line):
        return "this line is not UTF-8"
    try:
        match LINE.validate_json(line):
            case AnswerLine() as given:
                done = interview.answer(given.answer, given.submission_id or fresh_id())
                return None if done else "this answer came too late: the interview has moved on"
            case ControlLine() as pressed:
                done = interview.control(pressed.control, pressed.text)
                return None if done else f"'{pressed.control}' means nothing here"
    except ValidationError:
        return (
            'neither {"answer": "...", "submission_id": "1 to 128 characters, may be left out"} '
            'nor {"control": "skip|hint|clarify|stop|retry"}'
        )
    except AnswerRefused as error:
        return str(error)


class _Printer:
    """Writes each event. In interview mode the marks wait for the end, as they do for the candidate."""

    def __init__(self, interview: Interview, out: TextIO) -> None:
        self._interview = interview
        self._out = out

    def take(self, event: Event) -> None:
        state = self._interview.state
        holds = state.started is not None and state.started.mode == "interview"
        if holds and isinstance(event, Marked):
            return
        self.write(event_line(event, state))
        if holds and isinstance(event, Finished):
            for marked in self._interview.events:
                if isinstance(marked, Marked):
                    self.write(event_line(marked, state))

    def write(self, line: dict[str, Any]) -> None:
        self._out.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._out.flush()
