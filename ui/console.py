"""How the command line speaks: results on standard output, everything else on standard error."""

import json
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from interviewer.engine import NothingToAsk
from interviewer.settings import SettingsError
from interviewer.store import StoreError
from knowledge.bank import BankError
from knowledge.catalogue import CatalogueError
from knowledge.drafts import DraftError
from knowledge.embedding import EmbeddingError
from knowledge.index_models import IndexProblem

PIPED_WIDTH = 200
"""Columns of a table that no terminal shows: wide enough that no id is folded."""

OUT = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PIPED_WIDTH)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)

REFUSALS = (
    SettingsError,
    NothingToAsk,
    StoreError,
    BankError,
    CatalogueError,
    DraftError,
    EmbeddingError,
    IndexProblem,
)
"""What may stand in the way of any command: each message names the thing and the remedy."""

OnProgress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and of how many."""


def refuse(reason: str) -> NoReturn:
    """Exit status 1, the reason on standard error: standard output stays whole."""
    ERR.print(f"interviewer: {reason}", style="red", markup=False)
    raise typer.Exit(1)


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
