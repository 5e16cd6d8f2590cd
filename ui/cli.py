"""The command line: `interviewer --help` lists what it can do. Only assembly; the commands stand in ui/commands."""

import sys

import typer

from interviewer.logs import configure_logging
from ui.commands import doctor, documents, drafts, grade, practice, records, serve, study
from ui.console import REFUSALS, tell_refusal
from ui.streams import give_output_up, mend_streams

app = typer.Typer(
    name="interviewer",
    help="Viva: a mock technical interviewer that shows the evidence for every mark.\n\n"
    "Everything it keeps lies under INTERVIEWER_HOME. Without a model it marks on this machine; "
    "with INTERVIEWER_MODEL=openai/... (or any model LiteLLM reaches) it speaks and judges through that.\n\n"
    "Start with: interviewer run (a chat in the browser) or interviewer practice (in this terminal).",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.command("run")(serve.run)
app.command("practice")(practice.practice)
app.command("grade")(grade.grade)
app.command("ingest")(documents.ingest)
app.add_typer(drafts.drafts)
app.command("questions")(study.questions)
app.command("show")(study.show)
app.command("search")(study.search)
app.command("lint")(study.lint)
app.command("sessions")(records.sessions)
app.command("export")(records.export)
app.command("delete")(records.delete)
app.command("doctor")(doctor.doctor)


def main() -> None:
    """Runs one command. What stands in its way is said in a line, never as a traceback."""
    mend_streams()
    configure_logging()
    try:
        _run()
    except REFUSALS as error:
        tell_refusal(str(error))
    except BrokenPipeError:
        give_output_up()
    except OSError as error:
        give_output_up()
        tell_refusal(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    sys.exit(1)


def _run() -> None:
    """Ends in SystemExit, with all output written."""
    try:
        app()
    finally:
        sys.stdout.flush()


if __name__ == "__main__":
    main()
