"""The options of a multiple-choice question: what they look like, and which of them is marked as right. Pure."""

import re
from collections.abc import Sequence

from knowledge.pieces import OPTION, Piece

# Fewer options than these leave no choice.
FEWEST = 2

_BOX = re.compile(r"\[(?P<mark>[ xX✓✔])?\]\s*")


def find_options(following: Sequence[int], pieces: Sequence[Piece]) -> tuple[int, ...]:
    """The first options in a row among the pieces, as indices; none where there is no choice."""
    row: list[int] = []
    for index in following:
        piece = pieces[index]
        said = piece.kind not in ("code", "table") and (is_boxed(piece.text) or _letter(piece.text) == len(row))
        shown = piece.kind == "code" and row[-1:] == [index - 1] and is_empty_box(pieces[index - 1].text)
        if said or shown:
            row.append(index)
        elif len(row) >= FEWEST:
            break
        elif row:
            row = []
    return tuple(row) if len(row) >= FEWEST else ()


def is_boxed(text: str) -> bool:
    return bool(_BOX.match(text))


def is_empty_box(text: str) -> bool:
    """A box alone on its line: the code below it is the option."""
    return is_boxed(text) and not unboxed(text).strip()


def is_right(text: str) -> bool:
    """Whether its box is ticked."""
    match = _BOX.match(text)
    return bool(match and (match["mark"] or "").strip())


def unboxed(text: str) -> str:
    return _BOX.sub("", text, count=1)


def _letter(text: str) -> int | None:
    """The place of the option in its list, from 0, by its letter."""
    match = OPTION.match(text)
    return "abcdefgh".index(match["letter"].lower()) if match else None
