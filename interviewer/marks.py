"""The arithmetic of marks: weighted points and penalties become a score, its range and its band. Pure numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from interviewer.models import Band, Mark

BANDS: tuple[tuple[Band, float, float], ...] = (
    ("Excellent", 0.85, 1.0),
    ("Good", 0.65, 0.5),
    ("Mixed", 0.40, 0.0),
    ("Poor", 0.0, 0.0),
)
"""A band, the least score it needs, and the least value that every core point needs."""

VALUES = (0.0, 0.5, 1.0)
RANGE = 1.645
"""Standard deviations on either side of a score: nine in ten of a normal distribution."""

_DIGITS = 6  # A mean of thirds must still meet an edge that it equals.


@dataclass(frozen=True)
class Part:
    """One point in a sum: its value 0..1, and the probability that its verdict is right."""

    weight: float
    value: float
    confidence: float
    core: bool


@dataclass(frozen=True)
class Penalty:
    amount: float
    confidence: float


@dataclass(frozen=True)
class Tally:
    """A score with its variance, and what its band hangs on. Core values are empty where nothing is core."""

    score: float
    variance: float = 0.0
    core_values: tuple[float, ...] = ()
    core_unmarked: bool = False


def add_up(parts: Sequence[Part], penalties: Sequence[Penalty], *, core_unmarked: bool) -> Tally:
    """The score of one question or answer. There is at least one part: nothing cannot be marked."""
    weight = sum(part.weight for part in parts)
    gained = sum(part.weight * part.value for part in parts) - sum(penalty.amount for penalty in penalties)
    spread = sum(part.weight**2 * variance(part.value, part.confidence) for part in parts)
    spread += sum(penalty.amount**2 * penalty.confidence * (1 - penalty.confidence) for penalty in penalties)
    return Tally(
        score=clip(gained / weight),
        variance=spread / weight**2,
        core_values=tuple(part.value for part in parts if part.core),
        core_unmarked=core_unmarked,
    )


def mean(tallies: Sequence[Tally]) -> Tally:
    """The mean score of at least one question. Its band asks of every core point of every question."""
    return Tally(
        score=sum(tally.score for tally in tallies) / len(tallies),
        variance=sum(tally.variance for tally in tallies) / len(tallies) ** 2,
        core_values=tuple(value for tally in tallies for value in tally.core_values),
        core_unmarked=any(tally.core_unmarked for tally in tallies),
    )


def variance(value: float, confidence: float) -> float:
    """Of a point's true value, when `value` is right with this probability and the two others share the rest."""
    others = [other for other in VALUES if other != value]
    chances = [(value, confidence), *((other, (1 - confidence) / len(others)) for other in others)]
    expected = sum(chance * one for one, chance in chances)
    return sum(chance * (one - expected) ** 2 for one, chance in chances)


def to_mark(tally: Tally) -> Mark:
    score = round(tally.score, _DIGITS)
    reach = RANGE * sqrt(tally.variance)
    low, high = round(clip(score - reach), _DIGITS), round(clip(score + reach), _DIGITS)
    edges = [least for _, least, _ in BANDS if least > 0]
    return Mark(
        score=score,
        low=low,
        high=high,
        band=None if tally.core_unmarked else band(score, tally.core_values),
        too_close=any(low < edge < high for edge in edges),
    )


def band(score: float, core_values: Sequence[float]) -> Band:
    weakest = min(core_values, default=1.0)
    return next(name for name, least, core in BANDS if score >= least and weakest >= core)


def clip(score: float) -> float:
    return min(1.0, max(0.0, score))


def rounded(score: float) -> float:
    return round(clip(score), _DIGITS)
