"""How the command line speaks: results on standard output, everything else on standard error."""

import json
import re
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

PIPED_WIDTH = 200
"""Columns of a table that no terminal shows: wide enough that no id is folded."""

_TERMINAL = sys.stdout is not None and sys.stdout.isatty()  # pyright: ignore[reportUnnecessaryComparison]
OUT = Console(highlight=False, soft_wrap=True, width=None if _TERMINAL else PIPED_WIDTH)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)

LONGEST_WORD = 200
"""Longer ones in a message are an id or a name that somebody mistyped: its beginning and its end are told."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
_LONG_WORD = re.compile(rf"(\S{{{LONGEST_WORD // 2}}})\S{{{LONGEST_WORD // 2},}}(\S{{20}})")

OnProgress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and of how many."""


def refuse(reason: str) -> NoReturn:
    """Exit status 1, the reason on standard error: standard output stays whole."""
    tell_refusal(reason)
    raise typer.Exit(1)


def tell_refusal(reason: str) -> None:
    ERR.print(f"interviewer: {plain(reason)}", style="red", markup=False)


def plain(message: str) -> str:
    """A message that repeats what somebody typed, fit for a terminal: nothing that steers it, and no endless word."""
    return _LONG_WORD.sub(r"\1…\2", _CONTROL.sub(" ", message))


def print_json(value: BaseModel | dict[str, Any] | list[Any]) -> None:
    """One JSON document on standard output, as it is: no colours, no wrapping."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=2) + "\n")
    sys.stdout.flush()


@contextmanager
def progress_bar() -> Generator[OnProgress]:
    """A bar on standard error for each stage of a long piece of work; it vanishes when all is done."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=ERR, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield advance
