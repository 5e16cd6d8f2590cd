"""`interviewer run`: prepares the index of what can be asked, then serves the chat.

The rooms are loaded while the server is up and the browser loads its page: a second of waiting less."""

import errno
import gc
import os
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Annotated

import typer

from interviewer.settings import read_settings
from knowledge.generations import published
from ui.console import ERR, progress_bar, refuse

PROJECT = Path(__file__).parents[2]
APP = Path(__file__).parents[1] / "app.py"
START_SECONDS = 30.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")
OPEN_TO_OTHERS = "There is no password: who reaches this address can read, go on with and delete all interviews."


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
    check_free(host, port)
    prepare_index()
    # Until the chat is loaded, next to nothing becomes garbage: looking for it takes a third of the start.
    gc.disable()
    if host not in LOOPBACK:
        ERR.print(OPEN_TO_OTHERS, style="yellow")
    ERR.print(f"Viva is at {address_of(host, port)}  (Ctrl-C stops it; nothing is lost)", markup=False)
    _serve(host, port)


def address_of(host: str, port: int) -> str:
    """What to open in a browser. An address that stands for all of this machine's can be opened by none."""
    if host in EVERYWHERE:
        return f"http://localhost:{port}, from other machines at this one's name or address, port {port}"
    name = "localhost" if host == "127.0.0.1" else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def check_free(host: str, port: int) -> None:
    """Refuses an address that cannot be served on, before anything long is begun."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the server itself will: a connection that has just been closed does not keep the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        refuse(f"'{host}' is no address of this machine: leave --host out for this machine only, or 0.0.0.0 for all")
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            refuse(f"port {port} is taken: choose another, `interviewer run --port {port % 65535 + 1}` say")
        refuse(f"cannot serve on {host}, port {port}: {error.strerror}")


def prepare_index() -> None:
    """Build the first index, for a search to find something. A later one is no reason to wait: see _load_chat."""
    settings = read_settings()
    if published(settings.index_folder) is None:
        from interviewer import wiring

        with progress_bar() as progress:
            wiring.rebuild_index(settings, progress)


def _serve(host: str, port: int) -> None:
    # Streamlit finds .streamlit/config.toml from the working directory, and takes its options from argv.
    os.chdir(PROJECT)
    Thread(target=_load_chat, args=(host, port), name="load-chat", daemon=True).start()
    from streamlit.web import cli as streamlit_cli

    sys.argv = ["streamlit", "run", str(APP), "--server.address", host, "--server.port", str(port)]
    sys.exit(streamlit_cli.main(prog_name="streamlit"))


def _load_chat(host: str, port: int) -> None:
    """Not before the server is up: two that load at once, in one process, only hold each other up."""
    _wait_until_served(host, port)
    try:
        from interviewer import wiring
        from ui import session
        from ui.refusals import REFUSALS

        # What cannot be opened here is met again, and explained, on the page that needs it.
        with suppress(*REFUSALS):
            session.load()
    finally:
        # What was loaded stays as long as the server: it is never looked through again.
        gc.freeze()
        gc.enable()
    with suppress(*REFUSALS):
        wiring.rebuild_index(read_settings())


def _wait_until_served(host: str, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            return
        time.sleep(0.02)
