"""`interviewer practice`: an interview in the terminal, or line by line for another program."""

import sys
from collections.abc import Iterator
from typing import Annotated, get_args

import typer

from interviewer import wiring
from interviewer.engine import Desk, Interview
from interviewer.models import Mode, Setup
from interviewer.settings import read_settings
from interviewer.store import UnknownInterview
from knowledge.library import Library
from knowledge.models import Level
from ui.commands.study import check_known
from ui.console import ERR, refuse
from ui.lines import converse_in_lines
from ui.terminal import converse

PROMPT = "> "
OF_A_NEW_ONE = ("mode", "questions", "topics", "level", "seed", "drafts")
"""The options that only a new interview can be held by."""


def practice(
    ctx: typer.Context,
    mode: Annotated[
        str, typer.Option(help="practice: hints and feedback as you go. interview: marks only at the end.")
    ] = "practice",
    questions: Annotated[int, typer.Option(min=1, max=50, help="How many questions.")] = 5,
    topics: Annotated[str | None, typer.Option(help="Only these, with commas between: databases,security")] = None,
    level: Annotated[str, typer.Option(help=f"One of {', '.join(get_args(Level))}.")] = "mid",
    seed: Annotated[
        int | None, typer.Option(help="With the same history, the same seed picks the same questions.")
    ] = None,
    grader: Annotated[
        str | None, typer.Option(help="local or llm. Default: llm where INTERVIEWER_MODEL is set.")
    ] = None,
    drafts: Annotated[bool, typer.Option("--drafts", help="Also ask questions from your own documents.")] = False,
    resume: Annotated[
        str | None, typer.Option(help="Go on with an interview: `interviewer sessions` lists them.")
    ] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="One JSON object a line, in and out (docs/schemas/event.schema.json).")
    ] = False,
) -> None:
    """Hold an interview here in the terminal. Every word is kept: Ctrl-C pauses, --resume goes on.

    Example: interviewer practice --questions 3 --topics security --mode interview
    """
    check_known("--mode", mode, get_args(Mode))
    check_known("--level", level, get_args(Level))
    check_known("--grader", grader, ("local", "llm"))
    if resume:
        _refuse_another_setup(ctx)
    settings = read_settings()
    library = wiring.open_library(settings)
    chosen_topics = _topics(library, topics)
    desk = wiring.open_desk(settings, library=library, grader=grader)
    if resume:
        interview = _resumed(desk, resume)
    else:
        setup = Setup(
            mode=next(known for known in get_args(Mode) if known == mode),
            level=next(known for known in get_args(Level) if known == level),
            topics=chosen_topics,
            length=questions,
            seed=wiring.fresh_seed() if seed is None else seed,
            drafts=drafts,
        )
        interview = wiring.begin_interview(settings, desk, library, setup)
    try:
        if jsonl:
            converse_in_lines(interview, resume is not None, sys.stdin, sys.stdout)
        else:
            converse(interview, _typed())
    except KeyboardInterrupt:
        pass
    finally:
        # However it ended: the typing, the patience, or whoever read what was written.
        interview.pause()
        if interview.state.status != "finished":
            ERR.print(f"Paused. Go on with: interviewer practice --resume {interview.id}")


def _refuse_another_setup(ctx: typer.Context) -> None:
    sources = {name: ctx.get_parameter_source(name) for name in OF_A_NEW_ONE}
    given = [f"--{name}" for name, source in sources.items() if source and source.name == "COMMANDLINE"]
    if given:
        kept = f"it goes on as it was begun: leave out {', '.join(given)}"
        raise typer.BadParameter(kept, param_hint="--resume")


def _resumed(desk: Desk, interview_id: str) -> Interview:
    try:
        interview = Interview(interview_id, desk)
    except UnknownInterview:
        refuse(f"no interview '{interview_id}': `interviewer sessions` lists them")
    if interview.state.status == "finished":
        refuse(f"interview {interview_id} is finished: `interviewer export {interview_id}` has its report")
    return interview


def _topics(library: Library, topics: str | None) -> tuple[str, ...]:
    if topics is None:
        return ()
    chosen = tuple(topic.strip() for topic in topics.split(",") if topic.strip())
    if not chosen:
        raise typer.BadParameter("it names no topic", param_hint="--topics")
    known = sorted({question.topic for question in library.all()})
    for topic in chosen:
        check_known("--topics", topic, known)
    return chosen


def _typed() -> Iterator[str]:
    """Lines from the keyboard until the end of input. Ctrl-C is for whoever asked for a line."""
    while True:
        try:
            yield input(PROMPT if sys.stdin.isatty() else "")
        except EOFError:
            ERR.print()
            return
        except KeyboardInterrupt:
            ERR.print()
            raise
