"""An interview as a person holds it in a terminal. Free text is an answer; a line that starts with / is a button."""

from collections.abc import Iterator
from typing import get_args

from rich.markup import escape

from interviewer.engine import AnswerRefused, Interview
from interviewer.events import Asked, Event, Marked, Said
from interviewer.export import SIGNS, band, percent
from interviewer.grade_view import GradeView, grade_view
from interviewer.models import Control, Report, Ungraded
from interviewer.scoring import build_report
from interviewer.wiring import fresh_id
from ui.console import ERR, OUT

HELP = "End an answer with an empty line. Buttons: /hint  /skip  /clarify your question  /retry  /stop"


def converse(interview: Interview, typed: Iterator[str]) -> None:
    """Show what stands, then take answers and buttons until the interview or the typing ends."""
    ERR.print(HELP, style="dim", markup=False)
    interview.carry_on()
    shown = _first_of_interest(interview)
    while True:
        shown = _show(interview, shown)
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


def _first_of_interest(interview: Interview) -> int:
    """The place of the question that is open: a resumed interview is shown from there."""
    asked = [place for place, event in enumerate(interview.events) if isinstance(event, Asked)]
    return asked[-1] if asked else 0


def _entry(typed: Iterator[str]) -> str | None:
    """One answer, of several lines if need be, or one button; None at the end of input. Nothing typed is dropped."""
    lines: list[str] = []
    for line in typed:
        if not lines and line.startswith("/"):
            return line.strip()
        if not line.strip() and lines:
            break
        if line.strip():
            lines.append(line)
    return "\n".join(lines) or None


def _obey(interview: Interview, entry: str) -> None:
    if not entry.startswith("/"):
        interview.answer(entry, fresh_id())
        return
    name, _, text = entry[1:].partition(" ")
    control = next((known for known in get_args(Control) if known == name), None)
    if control is None:
        raise AnswerRefused(f"there is no button '/{name}'. {HELP}")
    if not interview.control(control, text.strip() or None):
        raise AnswerRefused(f"/{name} means nothing here.")


def _show(interview: Interview, shown: int) -> int:
    events = interview.events
    for event in events[shown:]:
        _show_event(interview, event)
    return len(events)


def _show_event(interview: Interview, event: Event) -> None:
    state = interview.state
    match event:
        case Asked():
            draft = "  (draft rubric)" if event.question.status == "draft" and event.question.points else ""
            OUT.print(f"\n[bold]Question {event.number}[/bold]{draft}\n{escape(event.question.text)}\n")
        case Said():
            OUT.print(f"\n{escape(event.phrase.text)}\n")
            if event.phrase.note:
                ERR.print(event.phrase.note, style="dim", markup=False)
        case Marked() if state.started and state.started.mode == "practice":
            _show_marking(interview, event)
        case _:
            pass


def _show_marking(interview: Interview, event: Marked) -> None:
    """What the card shows while the question is open: points with evidence, and how many are still open."""
    if isinstance(event.grade, Ungraded):
        OUT.print(f"Not marked: {event.grade.detail}", style="yellow", markup=False)
        return
    asked = next(q for q in interview.state.questions if any(a.id == event.answer_id for a in q.answers))
    view = grade_view(asked.question, asked.points, asked.answers, event.grade)
    if not isinstance(view, GradeView):
        return
    for verdict in view.verdicts:
        if verdict.evidence:
            OUT.print(f"  {SIGNS[verdict.verdict]}: {verdict.text}", markup=False)
            OUT.print(f"      “{verdict.evidence.quote}”", style="dim", markup=False)
    still_open = sum(1 for verdict in view.verdicts if not verdict.evidence)
    OUT.print(f"  {still_open} of {len(view.verdicts)} points not in this answer.", style="dim")
    if event.grade.grader.note:
        OUT.print(f"  {event.grade.grader.note}", style="yellow", markup=False)


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
