"""A measured value with the interval that it may as well have had. Pure; undefined is None, never a convenient zero."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from knowledge.models import Value

RESAMPLES = 1000

T = TypeVar("T")


class Estimate(Value):
    """A value with its 95 % interval, from resampling questions with replacement; of one question there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None


def estimate(
    groups: Mapping[str, Sequence[T]],
    statistic: Callable[[Sequence[T]], float | None],
    resamples: int = RESAMPLES,
) -> Estimate:
    """The statistic of everything in `groups`, each of which is drawn as a whole: answers to a question are alike."""
    names = sorted(groups)
    if not names:
        return Estimate(value=None)
    rng = np.random.default_rng(0)
    picks = (rng.integers(0, len(names), len(names)) for _ in range(resamples if len(names) > 1 else 0))
    # A question drawn twice is two questions.
    again = (statistic([value for i in pick for value in groups[names[int(i)]]]) for pick in picks)
    drawn = [value for value in again if value is not None]
    low, high = (float(np.quantile(drawn, q)) for q in (0.025, 0.975)) if drawn else (None, None)
    return Estimate(value=statistic([value for name in names for value in groups[name]]), low=low, high=high)


def grouped(values: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    """By the name that each comes with, a question's id for one."""
    groups: dict[str, list[T]] = {}
    for name, value in values:
        groups.setdefault(name, []).append(value)
    return groups


def shown(measured: Estimate | None, undefined: str = "undefined") -> str:
    """The value with its interval, for a line of text; nothing measured is undefined too."""
    if measured is None or measured.value is None:
        return undefined
    return f"{measured.value:.3f}" + ("" if measured.low is None else f" [{measured.low:.3f}, {measured.high:.3f}]")
