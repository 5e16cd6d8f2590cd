"""Every mark that repeats through a document: labels, numbers, headings, bullets, lines. Pure.

Which of them mark questions is decided in question_lists.py."""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from knowledge.asking import ASKING, asks
from knowledge.blocks import IMPLIED_DEPTH
from knowledge.outline import Mark, Run, is_heading
from knowledge.part_names import names_part
from knowledge.pieces import DECLARED, SPEAKERS, Piece, answer_label, numbered_label, question_label, unit_text

# The least length of a run that counts.
SHORTEST: dict[Mark, int] = {"number": 2, "heading": 2, "line": 5, "bullet": 3}
# A generic label ("Problem 3:", "Step 3:") must read like questions, a known one need not.
GENERIC_LABEL_THRESHOLD = 0.6
# A list that asks goes on behind a gap of no more numbers than these.
MOST_SKIPPED = 4
_LINE_WORDS = 40


def repeated_marks(pieces: tuple[Piece, ...]) -> list[Run]:
    declared = tuple(index for index, piece in enumerate(pieces) if piece.role == "question")
    return [
        *([Run("declared", IMPLIED_DEPTH, declared)] if declared else []),
        *_label_runs(pieces),
        *_number_runs(pieces),
        *grouped_runs(pieces, "heading"),
        *grouped_runs(pieces, "bullet"),
        *_line_runs(pieces),
    ]


def _label_runs(pieces: tuple[Piece, ...]) -> list[Run]:
    """Pieces that call themselves questions; one run a word."""
    units: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for index, piece in enumerate(pieces):
        if piece.kind in ("code", "table") or piece.role in DECLARED or names_part(piece.text):
            continue
        if label := question_label(piece.text):
            if label.word not in SPEAKERS or asks(label.rest) >= ASKING:
                units["question", True].append(index)
        elif (label := numbered_label(piece.text)) and not answer_label(piece.text):
            units[label.word, False].append(index)
    runs: list[Run] = []
    units["question", True] = _without_titles(units["question", True], pieces)
    for (_, known), members in units.items():
        if not members:
            continue
        share = sum(asks(_own_words(i, pieces)) for i in members) / len(members)
        if known or (len(members) > 1 and share >= GENERIC_LABEL_THRESHOLD):
            runs.append(Run("label", IMPLIED_DEPTH, tuple(members)))
    return runs


def _without_titles(units: list[int], pieces: tuple[Piece, ...]) -> list[int]:
    """A numbered label right above one without a number is its title: "Question 3: Caching", then "Question: How …"."""
    labels = {unit: question_label(pieces[unit].text) for unit in units}
    numbered = {unit for unit, label in labels.items() if label and label.number}
    titles = {unit for unit in numbered if unit + 1 in labels and unit + 1 not in numbered}
    return [unit for unit in units if unit not in titles] if len(titles) * 2 > len(numbered) else units


def _own_words(index: int, pieces: tuple[Piece, ...]) -> str:
    """A label alone on its line is followed by its question; "Part 2" above a heading only names a section."""
    text = unit_text(pieces[index])
    below = pieces[index + 1] if index + 1 < len(pieces) else None
    return text or (below.text if below is not None and below.kind != "heading" else "")


@dataclass
class _Count:
    """Numbered items of one style and depth that count on from one another."""

    units: list[int]
    last: int
    asking: bool
    always_one: bool


def _number_runs(pieces: tuple[Piece, ...]) -> list[Run]:
    """Items that count on from one another, however far apart; a count that starts again is another run."""
    counts: dict[tuple[str, int], list[_Count]] = defaultdict(list)
    for index, piece in enumerate(pieces):
        if (
            piece.kind != "item"
            or not (piece.number or "").isdigit()
            or piece.role in DECLARED
            or question_label(piece.text)
        ):
            continue
        style = re.sub(r"\d+", "N", piece.marker or "")
        number, asking = int(piece.number or 0), asks(piece.text) >= ASKING
        open_counts = counts[style, piece.depth]
        count = _count_to_go_on(number, asking, open_counts[-4:][::-1])
        if count is None:
            open_counts.append(_Count([index], number, asking, number == 1))
        else:
            count.units.append(index)
            count.last, count.asking = number, asking
            count.always_one = count.always_one and number == 1
    return [Run("number", depth, tuple(count.units)) for (_, depth), found in counts.items() for count in found]


def _count_to_go_on(number: int, asking: bool, nearest: list[_Count]) -> _Count | None:
    """The count that a number goes on with: of several, the one that reads alike. '1.' throughout is one list."""
    following = [count for count in nearest if count.last + 1 == number]
    alike = [count for count in following if count.asking == asking]
    if following:
        return (alike or following)[0]
    if asking:  # somebody left numbers out
        skipped = [count for count in nearest if count.asking and 1 < number - count.last <= MOST_SKIPPED]
        if skipped:
            return skipped[0]
    if number == 1 and asking:
        return next((count for count in nearest if count.always_one and count.asking), None)
    return None


def grouped_runs(pieces: tuple[Piece, ...], mark: Literal["heading", "bullet"]) -> list[Run]:
    """Headings or bullets of one depth between two shallower headings; numbered headings apart from the others."""
    runs: list[Run] = []
    groups: dict[tuple[int, bool, bool], list[int]] = {}
    inner = _asked_on(pieces) if mark == "bullet" else frozenset[int]()
    for index, piece in enumerate(pieces):
        heading = is_heading(piece)
        if heading:
            limit = piece.depth if mark == "heading" else -1
            for key in [key for key in groups if key[0] > limit]:
                runs.append(Run(mark, key[0], tuple(groups.pop(key))))
        bullet = piece.kind == "item" and not (piece.number or piece.role in DECLARED or question_label(piece.text))
        bullet = bullet and index not in inner and any(c.isalnum() for c in piece.text)
        if (heading and not is_subheading(piece)) if mark == "heading" else bullet:
            groups.setdefault((piece.depth, piece.number is not None, piece.role == "toggle"), []).append(index)
    return runs + [Run(mark, depth, tuple(members)) for (depth, *_), members in groups.items()]


def _asked_on(pieces: tuple[Piece, ...]) -> frozenset[int]:
    """Items that ask below one that asks itself: they go on with its question."""
    found: set[int] = set()
    path: list[int] = []
    for index, piece in enumerate(pieces):
        while path and (piece.kind == "heading" or (piece.kind == "item" and pieces[path[-1]].depth >= piece.depth)):
            path.pop()
        if piece.kind == "item":
            if path and asks(pieces[path[-1]].text) >= ASKING and asks(piece.text) >= ASKING:
                found.add(index)
            path.append(index)
    return frozenset(found)


def is_subheading(piece: Piece) -> bool:
    """An "Example" inside an answer, or a bold line with a colon."""
    bold = piece.depth == IMPLIED_DEPTH and piece.role != "toggle"
    return names_part(piece.text) or (bold and piece.text.endswith((":", "：")))


def _line_runs(pieces: tuple[Piece, ...]) -> list[Run]:
    """Short unmarked pieces in a row: a list without marks. And single questions with prose between."""
    runs: list[Run] = []
    row: list[int] = []
    for index in range(len(pieces) + 1):
        if index < len(pieces) and _is_line(pieces[index]):
            row.append(index)
            continue
        while row and asks(pieces[row[0]].text) < 0.5:
            row.pop(0)
        if row:
            runs.append(Run("line", IMPLIED_DEPTH, tuple(row)))
        row = []
    lone = [i for i, p in enumerate(pieces) if p.kind == "paragraph" and _is_line(p) and p.text.endswith("?")]
    rows = {unit for run in runs if _is_list(run, pieces) for unit in run.units}
    lone = [i for i in lone if i not in rows]
    return [*runs, Run("line", IMPLIED_DEPTH, tuple(lone))] if lone else runs


def _is_list(run: Run, pieces: tuple[Piece, ...]) -> bool:
    """Enough lines, of which no more than one in two tells instead of asking: else those are the answers."""
    asking = sum(asks(pieces[unit].text) >= ASKING for unit in run.units)
    return len(run.units) >= SHORTEST["line"] and asking * 2 > len(run.units)


def _is_line(piece: Piece) -> bool:
    implied = piece.kind == "heading" and piece.depth == IMPLIED_DEPTH and piece.marker is None
    return (
        (implied or (piece.kind == "paragraph" and piece.starts_block))
        and "\n" not in piece.text
        and piece.role in (None, "outside")
        and len(piece.text.split()) <= _LINE_WORDS
        and not answer_label(piece.text)
        and not question_label(piece.text)
    )
