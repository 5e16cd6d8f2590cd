"""`interviewer grade`: one answer to one question, marked."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from interviewer import wiring
from interviewer.agreement import describe_agreement
from interviewer.engine import AnswerRefused, check_size
from interviewer.export import SIGNS, band, percent
from interviewer.grade_view import GradeView, UngradedView, grade_view
from interviewer.grading.port import GradingTask
from interviewer.models import Answer
from interviewer.settings import Settings, read_settings
from knowledge.models import Question
from ui.commands.study import JsonFlag, check_known
from ui.console import ERR, OUT, print_json, refuse
from ui.streams import read_input


def grade(
    question_id: Annotated[str, typer.Argument(help="An id as `interviewer questions` lists them.")],
    answer_file: Annotated[str, typer.Option(help="A text file with the answer; - reads standard input.")] = "-",
    grader: Annotated[
        str | None, typer.Option(help="local or llm. Default: llm where INTERVIEWER_MODEL is set.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Mark one answer: a verdict for each point with the words it rests on, and the score that code sums from them.

    An answer that could not be marked is no error: the reason is printed, and no score.

    Example: echo "Use bound parameters." | interviewer grade sql-injection-prevention
    """
    check_known("--grader", grader, ("local", "llm"))
    settings = read_settings()
    question = wiring.open_library(settings).get(question_id)
    if question is None:
        refuse(f"no question '{question_id}': `interviewer questions` lists them")
    view = _mark(settings, question, _read_answer(answer_file), grader)
    if as_json:
        print_json(view)
    else:
        _print_grade(view)


def _mark(settings: Settings, question: Question, text: str, grader: str | None) -> GradeView | UngradedView:
    """Asked for by name, the model marks alone: nothing stands in for it unseen."""
    chosen = wiring.open_model_grader(settings) if grader == "llm" else wiring.open_grader(settings, grader)
    answer = Answer(id=wiring.fresh_id(), text=text, submission_id=wiring.fresh_id(), at=wiring.utc_now())
    marking = chosen.grade(GradingTask(question=question, points=question.points, answers=(answer,)))
    return grade_view(question, question.points, (answer,), marking)


def _read_answer(answer_file: str) -> str:
    """An empty answer can be marked here; one too long for an interview cannot."""
    if answer_file == "-" and sys.stdin.isatty():
        ERR.print("Type the answer, then Ctrl-D:", style="dim")
    path = Path(answer_file)
    name = "standard input" if answer_file == "-" else str(path)
    try:
        text = read_input() if answer_file == "-" else path.read_text(encoding="utf-8")
        check_size(text)
    except FileNotFoundError:
        refuse(f"there is no file {path}")
    except (OSError, UnicodeDecodeError) as error:
        refuse(f"{name} cannot be read as UTF-8 text: {error}")
    except AnswerRefused as error:
        refuse(str(error))
    return text


def _print_grade(view: GradeView | UngradedView) -> None:
    if isinstance(view, UngradedView):
        OUT.print(f"Not marked ({view.reason}): {view.detail}", markup=False)
        return
    low_high = f"between {percent(view.low)} and {percent(view.high)}"
    OUT.print(f"[bold]{percent(view.score)}[/bold]  {band(view)}  ({low_high}; read as: {view.intent})")
    if view.note:
        OUT.print(view.note, markup=False)
    for verdict in view.verdicts:
        OUT.print(f"  {SIGNS[verdict.verdict]}  ({verdict.confidence:.0%} sure): {verdict.text}", markup=False)
        if verdict.note:
            OUT.print(f"      {verdict.note}", markup=False)
        if verdict.evidence:
            OUT.print(f"      “{verdict.evidence.quote}”", style="dim", markup=False)
    for belief in view.misconceptions:
        if belief.asserted:
            OUT.print(f"  misconception: {belief.text}", style="yellow", markup=False)
    ERR.print(f"marked by the {view.grader.name} grader {view.grader.version}", style="dim")
    if agreement := describe_agreement(view.grader):
        ERR.print(agreement, style="dim", markup=False)
    if view.grader.note:
        ERR.print(view.grader.note, style="yellow", markup=False)
