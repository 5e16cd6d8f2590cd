"""How well predictions agree with labels. Pure; undefined is None, never a convenient zero."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from evals.datasets import LABELS, Case, Label
from interviewer.models import Intent, VerdictName
from knowledge.models import Value

CREDIT: Mapping[str, float] = {"covered": 1.0, "partial": 0.5}
_ORDER: Mapping[str, int] = {"contradicted": 0, "missing": 0, "partial": 1, "covered": 2}
PASSED = 0.5
_BINS = 10
_RESAMPLES = 300


class Prediction(Value):
    """What a grader said of one case. Ungraded: no verdicts, and left out of every metric."""

    id: str
    kind: Literal["grade", "ungraded"]
    score: float | None = None
    intent: Intent | None = None
    verdicts: Mapping[str, VerdictName] = Field(default_factory=dict)
    misconceptions: Mapping[str, bool] = Field(default_factory=dict)
    confidence: Mapping[str, float] = Field(default_factory=dict)


class Estimate(Value):
    """A metric with its 95 % interval, from resampling questions with replacement."""

    value: float | None
    low: float | None
    high: float | None


Row = tuple[Case, Prediction]
Metric = Callable[[Sequence[Row]], float | None]


def measure(rows: Sequence[Row]) -> dict[str, Estimate]:
    """Every metric of the marked rows."""
    marked = [row for row in rows if row[1].kind == "grade"]
    styles = sorted({case.style for case, _ in marked if case.style})
    metrics = {**METRICS, **{f"false_credit.{style}": _false_credit_of(style) for style in styles}}
    return {name: estimate_metric(metric, marked) for name, metric in metrics.items()}


def score(labels: Mapping[str, str], case: Case) -> float:
    """The weight credited over the weight asked for, 0..1."""
    total = sum(point.weight for point in case.points)
    return sum(point.weight * CREDIT.get(labels[point.id], 0.0) for point in case.points) / total


def accuracy(rows: Sequence[Row]) -> float | None:
    pairs = _verdict_pairs(rows)
    return sum(truth == said for truth, said in pairs) / len(pairs) if pairs else None


def credited_f1(rows: Sequence[Row]) -> float | None:
    pairs = [(truth in CREDIT, said in CREDIT) for truth, said in _verdict_pairs(rows)]
    return _f1(pairs)


def macro_f1(rows: Sequence[Row]) -> float | None:
    """The mean F1 over the four verdicts; a verdict that neither side uses is left out."""
    return _macro(_verdict_pairs(rows), LABELS)


def qwk(rows: Sequence[Row]) -> float | None:
    """Cohen's kappa with quadratic weights over missing (or contradicted) < partial < covered."""
    pairs = [(_ORDER[truth], _ORDER.get(said, 0)) for truth, said in _verdict_pairs(rows)]
    if not pairs:
        return None
    truth, said = np.array(pairs, dtype=np.float64).T
    observed = float(np.mean((truth - said) ** 2))
    expected = float(np.mean((truth[:, None] - said[None, :]) ** 2))
    return 1 - observed / expected if expected else None


def pearson(rows: Sequence[Row]) -> float | None:
    """Between the answers' scores by label and by prediction."""
    return _correlation(_score_pairs(rows))


def pearson_within(rows: Sequence[Row]) -> float | None:
    """As pearson, each question's mean taken off: does it tell good from bad answers to one question?"""
    centred: list[tuple[float, float]] = []
    for question in sorted({case.question_id for case, _ in rows}):
        pairs = np.array(_score_pairs([row for row in rows if row[0].question_id == question]))
        centred += [(float(a), float(b)) for a, b in pairs - pairs.mean(axis=0)]
    return _correlation(centred)


def rmse(rows: Sequence[Row]) -> float | None:
    pairs = _score_pairs(rows)
    return math.sqrt(sum((a - b) ** 2 for a, b in pairs) / len(pairs)) if pairs else None


def ece(rows: Sequence[Row]) -> float | None:
    """Expected calibration error of the verdicts' confidence, ten bins of equal width."""
    pairs = [
        (prediction.confidence[point.id], prediction.verdicts[point.id] == case.label(point))
        for case, prediction in _labelled(rows)
        for point in case.points
        if point.id in prediction.confidence
    ]
    if not pairs:
        return None
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in pairs:
        bins.setdefault(min(int(confidence * _BINS), _BINS - 1), []).append((confidence, right))
    gaps = (abs(sum(c for c, _ in held) - sum(r for _, r in held)) for held in bins.values())
    return sum(gaps) / len(pairs)


def misconception_precision(rows: Sequence[Row]) -> float | None:
    said = [truth for truth, said in _belief_pairs(rows) if said]
    return sum(said) / len(said) if said else None


def misconception_recall(rows: Sequence[Row]) -> float | None:
    held = [said for truth, said in _belief_pairs(rows) if truth]
    return sum(held) / len(held) if held else None


def two_way_macro_f1(rows: Sequence[Row]) -> float | None:
    """Of answers marked right or wrong as a whole: macro-F1, what scores a half or more counting as right."""
    pairs = [(truth >= PASSED, said >= PASSED) for truth, said in _score_pairs(rows)]
    if not rows or any(truth not in (0.0, 1.0) for truth, _ in _score_pairs(rows)):
        return None
    return _macro([(str(truth), str(said)) for truth, said in pairs], ("True", "False"))


def intent_macro_f1(rows: Sequence[Row]) -> float | None:
    pairs = [(case.intent, said.intent) for case, said in rows if case.intent and said.intent]
    return _macro(pairs, sorted({truth for truth, _ in pairs}))


METRICS: Mapping[str, Metric] = {
    "credited_f1": credited_f1,
    "macro_f1": macro_f1,
    "accuracy": accuracy,
    "qwk": qwk,
    "pearson": pearson,
    "pearson_within": pearson_within,
    "rmse": rmse,
    "ece": ece,
    "misconception_precision": misconception_precision,
    "misconception_recall": misconception_recall,
    "intent_macro_f1": intent_macro_f1,
    "two_way_macro_f1": two_way_macro_f1,
}


def _false_credit_of(style: str) -> Metric:
    """The share of the weight credited in answers of one style whose labels give nothing."""

    def false_credit(rows: Sequence[Row]) -> float | None:
        given = [
            said.score
            for case, said in rows
            if case.style == style and said.score is not None and true_score(case) == 0.0
        ]
        return sum(given) / len(given) if given else None

    return false_credit


def true_score(case: Case) -> float:
    """The marker's score of the whole, or what the labels add up to."""
    return case.score if case.score is not None else score({p.id: case.label(p) for p in case.points}, case)


def _labelled(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row[0].labels]


def _verdict_pairs(rows: Sequence[Row]) -> list[tuple[Label, VerdictName]]:
    return [(case.label(point), said.verdicts[point.id]) for case, said in _labelled(rows) for point in case.points]


def _belief_pairs(rows: Sequence[Row]) -> list[tuple[bool, bool]]:
    return [
        (bool(case.labels[m.id]), said.misconceptions[m.id])
        for case, said in _labelled(rows)
        for m in case.misconceptions
    ]


def _score_pairs(rows: Sequence[Row]) -> list[tuple[float, float]]:
    return [(true_score(case), said.score) for case, said in rows if said.score is not None]


def _correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    if len(pairs) < 2:
        return None
    a, b = np.array(pairs, dtype=np.float64).T
    if a.std() < 1e-9 or b.std() < 1e-9:
        return None
    return float(np.corrcoef(a, b)[0, 1])


def _f1(pairs: Iterable[tuple[bool, bool]]) -> float | None:
    counted = list(pairs)
    hits = sum(truth and said for truth, said in counted)
    relevant = sum(truth for truth, _ in counted) + sum(said for _, said in counted)
    return 2 * hits / relevant if relevant else None


def _macro(pairs: Sequence[tuple[str, str]], classes: Sequence[str]) -> float | None:
    scores = [_f1((truth == name, said == name) for truth, said in pairs) for name in classes]
    defined = [value for value in scores if value is not None]
    return sum(defined) / len(defined) if defined else None


def estimate_metric(metric: Metric, rows: Sequence[Row]) -> Estimate:
    """The metric of the rows that were marked, and its interval."""
    rows = [row for row in rows if row[1].kind == "grade"]
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[0].question_id, []).append(row)
    names = sorted(groups)
    rng = np.random.default_rng(0)
    drawn: list[float] = []
    for _ in range(_RESAMPLES if len(names) > 1 else 0):
        picks = rng.integers(0, len(names), len(names))
        # A question drawn twice is two questions: pearson_within must not merge them, nor does it need to part them.
        value = metric([row for pick in picks for row in groups[names[int(pick)]]])
        if value is not None:
            drawn.append(value)
    low, high = (float(np.quantile(drawn, q)) for q in (0.025, 0.975)) if drawn else (None, None)
    return Estimate(value=metric(rows) if rows else None, low=low, high=high)
