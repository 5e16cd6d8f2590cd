"""An interview as a person holds it in a terminal. Free text is an answer; a word after a / is a button."""

import re
from collections.abc import Iterator
from typing import assert_never, get_args

from rich.markup import escape

from interviewer.engine import AnswerRefused, Interview
from interviewer.events import Asked
from interviewer.export import SIGNS, band, percent, says
from interviewer.models import Control, QuestionMark, Report
from interviewer.scoring import NO_ANSWER, build_report
from interviewer.wiring import fresh_id
from knowledge.models import Sql
from ui.console import ERR, OUT
from ui.conversation import Closing, Feedback, Line, PressedButton, Put, Spoken, Typed, conversation
from ui.render import counted

HELP = "End an answer with an empty line. Buttons: /hint  /skip  /clarify your question  /retry  /stop"
_BUTTON = re.compile(r"/(\w+)(?: (.*))?")


def converse(interview: Interview, typed: Iterator[str]) -> None:
    """Show what stands, then take answers and buttons until the interview or the typing ends."""
    ERR.print(HELP, style="dim", markup=False)
    interview.carry_on()
    shown = _before_the_open_question(interview)
    while True:
        shown = _show_since(interview, shown)
        if interview.state.status == "finished":
            _show_report(build_report(interview.state))
            return
        entry = _entry(typed)
        if entry is None:
            interview.pause()
            return
        try:
            _obey(interview, entry)
        except AnswerRefused as error:
            ERR.print(str(error), style="yellow", markup=False)


def _before_the_open_question(interview: Interview) -> int:
    """A resumed interview is shown from the question that is open."""
    return max((event.seq for event in interview.events if isinstance(event, Asked)), default=1) - 1


def _entry(typed: Iterator[str]) -> str | None:
    """One answer, of several lines if need be, or one button; None at the end of input. Nothing typed is dropped: who
    breaks off in the middle is given the lines back."""
    lines: list[str] = []
    try:
        for line in typed:
            if not lines and _button(line):
                return line
            if not line.strip() and lines:
                break
            if line.strip():
                lines.append(line)
    except KeyboardInterrupt:
        if lines:
            _give_back("Not sent:", "\n".join(lines))
        raise
    return "\n".join(lines) or None


def _button(entry: str) -> tuple[str, str] | None:
    """A button's name, known or not, and what stands after it. More words after a name that is no button's are an
    answer: a comment in SQL and a path begin with / too."""
    found = _BUTTON.fullmatch(entry.rstrip())
    if not found:
        return None
    name, text = found[1], found[2]
    return (name, (text or "").strip()) if text is None or name in get_args(Control) else None


def _obey(interview: Interview, entry: str) -> None:
    button = _button(entry)
    if button is None:
        if not interview.answer(entry, fresh_id()):
            _give_back("Not taken: the interview has moved on, in another window say. Your words:", entry)
        return
    name, text = button
    control = next((known for known in get_args(Control) if known == name), None)
    if control is None:
        raise AnswerRefused(f"there is no button '/{name}'. {HELP}")
    if not interview.control(control, text or None):
        raise AnswerRefused(f"/{name} means nothing here.")


def _give_back(why: str, text: str) -> None:
    ERR.print(f"{why}\n{text}", style="yellow", markup=False)


def _show_since(interview: Interview, seq: int) -> int:
    for line in conversation(interview.events, interview.state):
        if line.seq > seq:
            _show_line(line)
    return interview.state.seq


def _show_line(line: Line) -> None:
    match line:
        case Put():
            draft = "  (draft rubric)" if line.question.status == "draft" and line.question.points else ""
            OUT.print(f"\n[bold]Question {line.number}[/bold]{draft}")
            if isinstance(line.question, Sql):
                OUT.print(line.question.ddl, style="dim", markup=False)
            OUT.print(f"{line.question.text}\n", markup=False)
        case Spoken():
            OUT.print(f"\n{escape(line.text)}\n")
            _show_note(line.note)
        case Feedback():
            _show_feedback(line)
        case Closing():
            _show_closing(line.mark)
        case Typed() | PressedButton():
            pass
        case _:
            assert_never(line)


def _show_feedback(feedback: Feedback) -> None:
    for heard in feedback.heard:
        OUT.print(f"  {SIGNS[heard.verdict]}{f': {heard.text}' if heard.text else ''}", markup=False)
        OUT.print(f"      “{heard.quote}”", style="dim", markup=False)
        if heard.text and heard.source:
            OUT.print(f"      {heard.source.title}  {heard.source.url or ''}", style="dim", markup=False)
    OUT.print(f"  {counted(feedback.still_open, 'point')} still open", style="dim")
    _show_note(feedback.note)


def _show_closing(mark: QuestionMark) -> None:
    if mark.independent is None or mark.prompted is None:
        OUT.print(f"  {mark.outcome}{f': {mark.reason}' if mark.reason else ''}", markup=False)
        if mark.outcome == "unmarked" and mark.reason != NO_ANSWER:
            _show_self_review(mark)
        return
    after = f", after prompting {percent(mark.prompted)}"
    OUT.print(f"  This question: on your own {percent(mark.independent.score)} ({band(mark.independent)}){after}.")
    if mark.note:
        OUT.print(f"  {mark.note}", markup=False)
    for point in mark.points:
        OUT.print(f"  {SIGNS[point.verdict]}: {point.text}", markup=False)
        for dispute in point.disputes:
            OUT.print(f"      {says(dispute)}", markup=False)
        if point.note:
            OUT.print(f"      {point.note}", markup=False)
        if point.evidence:
            OUT.print(f"      “{point.evidence.quote}”", style="dim", markup=False)
        if point.source:
            OUT.print(f"      {point.source.title}  {point.source.url or ''}", style="dim", markup=False)
    for belief in mark.beliefs:
        if belief.asserted:
            OUT.print(f"  misconception: {belief.text} In truth: {belief.correction}", markup=False)


def _show_self_review(mark: QuestionMark) -> None:
    if mark.points:
        OUT.print("  Check it yourself. Which of these points did your answer make?")
    for point in mark.points:
        OUT.print(f"  [ ] {'core: ' if point.core else ''}{point.text}", markup=False)
    if mark.model_answer:
        OUT.print(f"\nA model answer:\n{mark.model_answer}", markup=False)


def _show_note(note: str | None) -> None:
    if note:
        ERR.print(note, style="yellow", markup=False)


def _show_report(report: Report) -> None:
    OUT.print("\n[bold]Your report[/bold]")
    if report.independent is None or report.prompted is None:
        OUT.print("Nothing could be marked.")
    else:
        OUT.print(
            f"On your own {percent(report.independent.score)} ({band(report.independent)}), "
            f"after prompting {percent(report.prompted)}."
        )
    for mark in report.questions:
        score = percent(mark.independent.score) if mark.independent else mark.outcome
        OUT.print(f"  {score:>9}  {mark.text.splitlines()[0]}", markup=False)
    for gap in report.gaps[:5]:
        OUT.print(f"  to learn: {gap.point.text}", markup=False)
    OUT.print(f"\nAll of it: interviewer export {report.interview_id} --format md", style="dim")
