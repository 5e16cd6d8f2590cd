"""Standard input, output and error made fit for use: whatever the shell has closed, set to ASCII, or stops reading."""

import codecs
import os
import sys
from io import FileIO, TextIOWrapper
from typing import TextIO

ESCAPE = "viva-escape"
"""The error handler of standard output: what an encoding lacks is written as JSON would, so that JSON stays JSON."""


def mend_streams() -> None:
    """Called once, before anything is opened: a closed stream's number would go to the next file, a database say."""
    sys.stdin = sys.stdin or _nowhere("r")
    sys.stdout = sys.stdout or _nowhere("w")
    sys.stderr = sys.stderr or _nowhere("w")
    codecs.register_error(ESCAPE, _escape)
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors=ESCAPE)
    if isinstance(sys.stdin, TextIOWrapper) and not sys.stdin.isatty():
        # UTF-8 as in files, whatever the locale; a bad byte must not take the lines read along with it.
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")


def read_input() -> str:
    """All of standard input, by the same rule as a file. Raises UnicodeDecodeError."""
    text = sys.stdin.read()
    text.encode("utf-8", "surrogateescape").decode("utf-8")
    return text


def is_whole(text: str) -> bool:
    """Whether no byte of it was other than UTF-8."""
    return not any("\udc80" <= letter <= "\udcff" for letter in text)


def give_output_up() -> None:
    """Nobody reads it any more, or its disk is full: what is still to be flushed at the end goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)


def _nowhere(mode: str) -> TextIO:
    """In the place of a closed stream, which is None. It takes the lowest free number: the stream's own."""
    return TextIOWrapper(FileIO(os.devnull, mode), encoding="utf-8")


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)), error.end
