"""Rows against the rows that were expected: by value, in any order unless one is asked for, and told in words. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, islice, permutations
from math import isclose
from typing import Literal

from knowledge.models import Value

Cell = int | float | str | None
Row = tuple[Cell, ...]

ROUNDED = 0.0051
"""A decimal may have been rounded to two places."""
MOST_ALIGNMENTS = 800
_SHOWN = 3
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)[ T]00:00(?::00(?:\.0+)?)?(?:\+00(?::00)?)?")


class Alignment(Value):
    """Which of the candidate's columns, from 0, stands for each of those asked for; None: none does."""

    columns: tuple[int | None, ...]
    fault: Literal["none", "order", "extra", "fewer"] = "none"

    def apply(self, rows: Sequence[Row]) -> list[Row]:
        return [tuple(None if column is None else row[column] for column in self.columns) for row in rows]


class Difference(Value):
    """On one data set: rows expected and not there, rows not expected, and whether only their order is wrong."""

    missing: tuple[Row, ...] = ()
    extra: tuple[Row, ...] = ()
    disordered: bool = False

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra or self.disordered)


def same_value(one: Cell, other: Cell) -> bool:
    """1 equals 1.0, a decimal equals itself rounded to two places, and a day equals its midnight."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        whole = float(one).is_integer() and float(other).is_integer()
        return isclose(one, other, rel_tol=1e-9, abs_tol=1e-9 if whole else ROUNDED)
    return _plain(one) == _plain(other)


def same_row(one: Row, other: Row) -> bool:
    return len(one) == len(other) and all(map(same_value, one, other))


def compare(expected: Sequence[Row], got: Sequence[Row], order: Sequence[int] | None = None) -> Difference:
    """`order`: the columns that rows are sorted by, None for any order. Equal in them, they may stand either way."""
    missing, extra = _unmatched(expected, got)
    if missing or extra or order is None:
        return Difference(missing=tuple(missing), extra=tuple(extra))
    keys = [[tuple(row[column] for column in order) for row in rows] for rows in (expected, got)]
    return Difference(disordered=not all(map(same_row, *keys)))


def align(expected: Sequence[Sequence[Row]], got: Sequence[Sequence[Row]], wanted: int, width: int) -> Alignment:
    """The columns as they stand, where that fits at all; else the choice by which most rows are as expected.

    Both are one list of rows a data set; `wanted` and `width` are how many columns they have.
    """
    as_given = tuple(range(wanted))
    if wanted == width:
        if _matches(expected, [[*rows] for rows in got]) or wanted > 6:
            return Alignment(columns=as_given)
        turned = _best(expected, got, permutations(range(width)))
        whole = turned is not None and _all_same(expected, got, turned)
        return Alignment(columns=turned, fault="order") if whole and turned else Alignment(columns=as_given)
    if width > wanted:
        choices = combinations(range(width), wanted)
        return Alignment(columns=_best(expected, got, choices) or as_given, fault="extra")
    return Alignment(columns=_spread(expected, got, wanted, width), fault="fewer")


def fill(expected: Sequence[Row], got: Sequence[Row], alignment: Alignment) -> list[Row]:
    """Rows that lack columns, with these taken from the expected rows that they agree with: the lack is told once, and
    what is there can still be looked at."""
    given = [place for place, column in enumerate(alignment.columns) if column is not None]
    left = [*expected]
    filled: list[Row] = []
    for row in got:
        fits = (other for other in left if all(same_value(row[place], other[place]) for place in given))
        partner = next(fits, None)
        if partner is not None:
            left.remove(partner)
        filled.append(partner if partner is not None else row)
    return filled


def but_for_one_column(pairs: Sequence[tuple[Sequence[Row], Sequence[Row]]]) -> bool:
    """Whether all is as expected once one column, the same everywhere, is left out; of three or more."""
    width = max((len(row) for expected, _ in pairs for row in expected), default=0)

    def without(rows: Sequence[Row], column: int) -> list[Row]:
        return [row[:column] + row[column + 1 :] for row in rows]

    return width > 2 and any(
        not any(compare(without(expected, column), without(got, column)) for expected, got in pairs)
        for column in range(width)
    )


def overlap(expected: Sequence[Row], got: Sequence[Row]) -> int:
    """How many rows are as expected, of those that hold anything but nothing and zero."""
    telling = [row for row in expected if any(value not in (None, 0, "") for value in row)]
    missing, _ = _unmatched(telling, got)
    return len(telling) - len(missing)


def nearly(expected: Sequence[Row], got: Sequence[Row]) -> bool:
    """Whether a row of three values or more is as expected in all of them but one."""
    telling = [row for row in expected if len(row) > 2 and sum(value not in (None, 0, "") for value in row) > 1]
    return any(
        sum(map(same_value, row, other)) >= len(row) - 1 for row in telling for other in got if len(other) == len(row)
    )


def in_words(difference: Difference, where: str) -> str:
    """Both ways round, with an example or two of the rows."""
    parts: list[str] = []
    if difference.missing:
        parts.append(f"{_rows(difference.missing)} missing: {_examples(difference.missing)}")
    if difference.extra:
        parts.append(f"{_rows(difference.extra)} not expected: {_examples(difference.extra)}")
    if difference.disordered:
        parts.append("the rows are right and their order is not")
    return f"{where}, {'; '.join(parts)}" if parts else ""


def show(value: Cell, longest: int = 40) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    text = str(value).strip()
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _plain(value: Cell) -> Cell:
    found = _MIDNIGHT.fullmatch(value) if isinstance(value, str) else None
    return found.group(1) if found else value


def _unmatched(expected: Sequence[Row], got: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """What is left on either side once equal rows are paired: first those equal to the letter, then by value."""
    left, right = Counter(expected), Counter(got)
    missing = [*(left - right).elements()]
    extra = [*(right - left).elements()]
    still: list[Row] = []
    for row in missing:
        place = next((n for n, other in enumerate(extra) if same_row(row, other)), None)
        if place is None:
            still.append(row)
        else:
            del extra[place]
    return still, extra


def _matches(expected: Sequence[Sequence[Row]], got: Sequence[Sequence[Row]]) -> int:
    return sum(overlap(one, other) for one, other in zip(expected, got, strict=True))


def _all_same(expected: Sequence[Sequence[Row]], got: Sequence[Sequence[Row]], columns: Sequence[int]) -> bool:
    chosen = Alignment(columns=tuple(columns))
    return all(not compare(one, chosen.apply(other)) for one, other in zip(expected, got, strict=True))


def _best(
    expected: Sequence[Sequence[Row]], got: Sequence[Sequence[Row]], choices: Iterator[tuple[int, ...]]
) -> tuple[int, ...] | None:
    """The first of the choices by which most rows are as expected; None: no row is, by any."""
    scored = [
        (_matches(expected, [Alignment(columns=columns).apply(rows) for rows in got]), columns)
        for columns in islice(choices, MOST_ALIGNMENTS)
    ]
    best = max(scored, key=lambda pair: pair[0], default=(0, None))
    return best[1] if best[0] else None


def _spread(
    expected: Sequence[Sequence[Row]], got: Sequence[Sequence[Row]], wanted: int, width: int
) -> tuple[int | None, ...]:
    """Too few columns, laid out under those wanted where their values fit best."""

    def fit(places: tuple[int, ...]) -> int:
        return sum(
            overlap([tuple(row[place] for place in places) for row in one], other)
            for one, other in zip(expected, got, strict=True)
        )

    places = max(islice(combinations(range(wanted), width), MOST_ALIGNMENTS), key=fit)
    return tuple(places.index(column) if column in places else None for column in range(wanted))


def _rows(rows: Sequence[Row]) -> str:
    return "1 row is" if len(rows) == 1 else f"{len(rows)} rows are"


def _examples(rows: Sequence[Row]) -> str:
    shown = ", ".join(f"({', '.join(show(value) for value in row)})" for row in rows[:_SHOWN])
    return f"{shown}, ..." if len(rows) > _SHOWN else shown
