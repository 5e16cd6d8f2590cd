"""`interviewer run`: prepares the index of what can be asked, then serves the chat."""

import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Annotated

import typer

from interviewer import wiring
from interviewer.settings import read_settings
from ui.console import ERR, REFUSALS, progress_bar

PROJECT = Path(__file__).parents[2]
APP = Path(__file__).parents[1] / "app.py"


def run(
    host: Annotated[
        str, typer.Option(help="The address to bind. Leave it on loopback unless you know who can reach it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to serve on.")] = 8501,
) -> None:
    """Serve the chat in a browser, on this machine only unless told otherwise.

    The first time, the shipped questions and notes are indexed before the chat opens. Later, what has changed since is
    indexed anew while it is served.

    Example: interviewer run --port 8600
    """
    prepare_index()
    if host not in ("127.0.0.1", "localhost", "::1"):
        ERR.print(f"Serving on {host}: everybody who reaches this address can use the chat.", style="yellow")
    ERR.print(
        f"Viva is at http://{'localhost' if host == '127.0.0.1' else host}:{port}  (Ctrl-C stops it; nothing is lost)"
    )
    _serve(host, port)


def prepare_index() -> None:
    """Build the first index, for a search to find something. A later one is no reason to wait: see _load_chat."""
    settings = read_settings()
    if not wiring.has_index(settings):
        with progress_bar() as progress:
            wiring.rebuild_index(settings, progress)


def _serve(host: str, port: int) -> None:
    # Streamlit finds .streamlit/config.toml from the working directory, and takes its options from argv.
    os.chdir(PROJECT)
    # While the server comes up and the browser loads its page, the chat's parts are loaded beside them.
    Thread(target=_load_chat, name="load-chat", daemon=True).start()
    from streamlit.web import cli as streamlit_cli

    sys.argv = ["streamlit", "run", str(APP), "--server.address", host, "--server.port", str(port)]
    sys.exit(streamlit_cli.main(prog_name="streamlit"))


def _load_chat() -> None:
    # What cannot be opened here is met again, and explained, on the page that needs it.
    with suppress(*REFUSALS):
        import_module("ui.session").load()
        wiring.rebuild_index(read_settings())
