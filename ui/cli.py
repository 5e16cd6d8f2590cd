"""The command line: `interviewer --help` lists what it can do. Only assembly; the commands stand in ui/commands."""

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from interviewer.logs import configure_logging
from ui.console import tell_refusal
from ui.streams import give_output_up, mend_streams

COMMANDS = {
    "run": "serve",
    "practice": "practice",
    "grade": "grade",
    "ingest": "documents",
    "documents": "documents",
    "drafts": "drafts",
    "questions": "study",
    "show": "study",
    "search": "study",
    "lint": "study",
    "sessions": "records",
    "export": "records",
    "regrade": "regrade",
    "dispute": "disputes",
    "export-cases": "disputes",
    "delete": "records",
    "doctor": "doctor",
}
"""Each command, in the order of the help, and the file of ui/commands that holds it under its own name."""


class Commands(TyperGroup):
    """Loads a command once it is asked for: what another one needs is not waited for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        found = getattr(import_module(f"ui.commands.{COMMANDS[cmd_name]}"), cmd_name.replace("-", "_"))
        if isinstance(found, typer.Typer):
            return typer.main.get_command(found)
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(cmd_name)(found)
        return typer.main.get_command(alone)


app = typer.Typer(
    name="interviewer",
    cls=Commands,
    help="Viva: a mock technical interviewer that shows the evidence for every mark.\n\n"
    "Everything it keeps lies under INTERVIEWER_HOME. Without a model it marks on this machine; "
    "with INTERVIEWER_MODEL=openai/... (or any model LiteLLM reaches) it speaks and judges through that.\n\n"
    "Start with: interviewer run (a chat in the browser) or interviewer practice (in this terminal).",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback()
def interviewer() -> None:
    """There is nothing that all commands share: this only tells Typer that there are several."""


def main() -> None:
    """Runs one command. What stands in its way is said in a line, never as a traceback."""
    mend_streams()
    configure_logging()
    try:
        _run()
    except SystemExit:
        raise
    except _refusals() as error:
        tell_refusal(str(error))
    except BrokenPipeError:
        give_output_up()
    except OSError as error:
        give_output_up()
        tell_refusal(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    sys.exit(1)


def _refusals() -> tuple[type[Exception], ...]:
    """Asked for only once something has gone wrong."""
    from ui.refusals import REFUSALS

    return REFUSALS


def _run() -> None:
    """Ends in SystemExit, with all output written."""
    try:
        app()
    finally:
        sys.stdout.flush()


if __name__ == "__main__":
    main()
