"""`sessions`, `export`, `delete`: the interviews that were held."""

import sys
from typing import Annotated, NoReturn

import typer
from rich.table import Table

from interviewer import wiring
from interviewer.events import Event
from interviewer.export import to_json, to_markdown
from interviewer.regrading import marking_runs
from interviewer.settings import read_settings
from interviewer.store import EventStore, UnknownInterview
from ui.commands.study import JsonFlag, check_known
from ui.console import ERR, OUT, print_json, refuse
from ui.render import counted

InterviewId = Annotated[str, typer.Argument(help="An id as `interviewer sessions` lists them.")]


def sessions(as_json: JsonFlag = False) -> None:
    """List the interviews that were held, newest first.

    Example: interviewer sessions --json
    """
    summaries = wiring.open_store(read_settings()).interviews()
    if as_json:
        print_json([summary.model_dump(mode="json") for summary in summaries])
        return
    table = Table("id", "started", "mode", "level", "questions", "status", box=None, pad_edge=False)
    for summary in summaries:
        started = f"{summary.started_at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(
            summary.id, started, summary.mode, summary.level, f"{summary.asked} of {summary.length}", summary.status
        )
    OUT.print(table)
    ERR.print(counted(len(summaries), "interview"))


def export(
    interview_id: InterviewId,
    format: Annotated[str, typer.Option(help="md (for people) or json (for programs).")] = "md",
    run: Annotated[
        str | None, typer.Option(help="The marks of this run of `interviewer regrade`. Default: the interview's own.")
    ] = None,
) -> None:
    """Write an interview and its report to standard output.

    Example: interviewer export 3f2a... --format md > interview.md
    """
    check_known("--format", format, ("md", "json"))
    events = _events(wiring.open_store(read_settings()), interview_id)
    runs = marking_runs(events)
    if run is not None and run not in runs:
        refuse(f"interview {interview_id} has no marking run '{run}', but: {', '.join(runs)}")
    sys.stdout.write(to_markdown(events, run) if format == "md" else to_json(events, run))


def delete(
    interview_id: InterviewId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete an interview for good: every event of it, and what a model replied about its answers.

    Example: interviewer delete 3f2a...
    """
    settings = read_settings()
    store = wiring.open_store(settings)
    # Counted by its line of the list: one whose log is damaged can be deleted too.
    events = next((summary.seq for summary in store.interviews() if summary.id == interview_id), None)
    if events is None:
        refuse_unknown(interview_id)
    if not yes and not typer.confirm(f"Delete this interview and its {counted(events, 'event')} for good?"):
        refuse("nothing was deleted")
    wiring.delete_interview(settings, store, interview_id)
    ERR.print("deleted")


def _events(store: EventStore, interview_id: str) -> list[Event]:
    try:
        return list(store.read(interview_id))
    except UnknownInterview:
        refuse_unknown(interview_id)


def refuse_unknown(interview_id: str) -> NoReturn:
    refuse(f"no interview '{interview_id}': `interviewer sessions` lists them")
