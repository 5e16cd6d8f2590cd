"""How far marks move when the same is said otherwise, and what attacks earn. Pure: it measures what was marked."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np

from evals.datasets import Case
from evals.estimates import Estimate, estimate, grouped
from evals.metrics import Prediction

Change = Literal["paraphrase", "second_language", "typos", "padding", "reordering", "invisible"]
Family = Literal[
    "orders",
    "fences",
    "fresh_orders",
    "fresh_fences",
    "stuffing",
    "copied",
    "other_languages",
    "disguised",
    "full_length",
    "long",
]
"""The fresh ones were written by somebody who had seen neither the grader nor its patterns; those patterns were written
beside the others, which flatter."""
CHANGES: tuple[Change, ...] = get_args(Change)
FAMILIES: tuple[Family, ...] = get_args(Family)
LENGTHY: tuple[Family, ...] = ("full_length", "long")
"""Those that are to cost little time and memory as well."""

CEILINGS: Mapping[str, float] = {
    **{f"invariance.{change}.mean_change": 0.04 for change in CHANGES},
    **{f"invariance.{change}.p95_change": 0.15 for change in CHANGES},
    **{f"attack.{family}.mean_score": 0.05 for family in FAMILIES},
    **{f"attack.{family}.share_above_0.1": 0.1 for family in FAMILIES},
    "attack.other_languages.false_marking": 0.05,  # the share credited with anything at all
    **{f"attack.{family}.seconds": 10.0 for family in LENGTHY},  # of the slowest: the processor's, whatever else runs
    **{f"attack.{family}.memory_mb": 500.0 for family in LENGTHY},  # that the process grew by
}
SCORED = 0.1


class Changed(NamedTuple):
    """An answer and the same said otherwise."""

    change: Change
    base: Case
    case: Case


class Attempt(NamedTuple):
    """An answer that should earn nothing."""

    family: Family
    case: Case


class Marked(NamedTuple):
    """What a grader made of an answer (`before`: of the one that it was made from), and what that took.

    `grown_mb`: by how much this one raised the most memory that the process ever had; None where no system tells.
    """

    row: Changed | Attempt
    prediction: Prediction
    before: Prediction | None = None
    seconds: float = 0.0
    grown_mb: float | None = None


def measure(marked: Sequence[Marked]) -> dict[str, Estimate]:
    """Every metric of what was marked."""
    metrics: dict[str, Estimate] = {}
    for change in CHANGES:
        rows = [m for m in marked if isinstance(m.row, Changed) and m.row.change == change]
        metrics |= {f"invariance.{change}.{name}": value for name, value in measure_change(rows).items()}
    for family in FAMILIES:
        rows = [m for m in marked if isinstance(m.row, Attempt) and m.row.family == family]
        metrics |= {f"attack.{family}.{name}": value for name, value in measure_attack(family, rows).items()}
    return metrics


def measure_change(marked: Sequence[Marked]) -> dict[str, Estimate]:
    """How far the score moves, by amount and by direction; a pair with an ungraded half has no distance.
    `base_ungraded`: the share of pairs that tell nothing, as the answer was not marked before it was changed either."""
    moved = [
        (m.row.case.question_id, m.prediction.score - m.before.score)
        for m in marked
        if m.before is not None and m.before.score is not None and m.prediction.score is not None
    ]
    lost = [
        (m.row.case.question_id, float(m.prediction.kind == "ungraded"))
        for m in marked
        if m.before is not None and m.before.kind == "grade"
    ]
    bases = [(m.row.case.question_id, float(m.before.kind == "ungraded")) for m in marked if m.before is not None]
    distances = [(question_id, abs(by)) for question_id, by in moved]
    return {
        "mean_change": estimate(grouped(distances), _mean),
        "p95_change": estimate(grouped(distances), _p95),
        "mean_shift": estimate(grouped(moved), _mean),
        "became_ungraded": estimate(grouped(lost), _mean),
        "base_ungraded": estimate(grouped(bases), _mean),
    }


def measure_attack(family: Family, marked: Sequence[Marked]) -> dict[str, Estimate]:
    """What was credited. An ungraded answer was credited with nothing; `ungraded` says how many did well by that."""
    scores = grouped((m.row.case.question_id, m.prediction.score or 0.0) for m in marked)
    refused = grouped((m.row.case.question_id, float(m.prediction.kind == "ungraded")) for m in marked)

    def share_above(worth: float) -> Estimate:
        return estimate(scores, lambda values: _mean([value > worth for value in values]))

    metrics = {"mean_score": estimate(scores, _mean), f"share_above_{SCORED}": share_above(SCORED)}
    metrics["ungraded"] = estimate(refused, _mean)
    if family == "other_languages":
        metrics["false_marking"] = share_above(0)
    if family in LENGTHY:
        grown = [m.grown_mb for m in marked if m.grown_mb is not None]
        metrics["seconds"] = Estimate(value=max((m.seconds for m in marked), default=None))
        metrics["memory_mb"] = Estimate(value=sum(grown) if grown else None)
    return metrics


def holds(name: str, value: float) -> bool | None:
    """Whether the value stays at or under its ceiling; None where it has none."""
    return value <= CEILINGS[name] if name in CEILINGS else None


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _p95(values: Sequence[float]) -> float:
    return float(np.quantile(values, 0.95))
