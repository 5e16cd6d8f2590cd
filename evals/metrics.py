"""How well predictions agree with labels. Pure; undefined is None, never a convenient zero.

A point that a grader left unmarked counts neither for nor against it, as in the app.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
from pydantic import Field

from evals.datasets import LABELS, Case, Label
from evals.estimates import Estimate, estimate, grouped
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
    score: float | None = Field(default=None, description="None as well where every point was left unmarked.")
    intent: Intent | None = None
    verdicts: Mapping[str, VerdictName] = Field(default_factory=dict)
    misconceptions: Mapping[str, bool] = Field(default_factory=dict)
    confidence: Mapping[str, float] = Field(default_factory=dict)


Row = tuple[Case, Prediction]
Metric = Callable[[Sequence[Row]], float | None]


class Judged(NamedTuple):
    """A point that was marked, beside its label. Some baselines know no confidence."""

    label: Label
    verdict: VerdictName
    confidence: float | None


def measure(rows: Sequence[Row]) -> dict[str, Estimate]:
    """Every metric of the marked rows."""
    marked = [row for row in rows if row[1].kind == "grade"]
    styles = sorted({case.style for case, _ in marked if case.style})
    metrics = {**METRICS, **{f"false_credit.{style}": _false_credit_of(style) for style in styles}}
    return {name: estimate_metric(metric, marked) for name, metric in metrics.items()}


def score(labels: Mapping[str, str], case: Case) -> float | None:
    """The weight credited over the weight of the points that were marked, 0..1; None where none was.

    Of the app's mark this is the points' part: what false beliefs cost, and that of some groups of points only the best
    count, is not in it.
    """
    marked = [point for point in case.points if labels[point.id] != "unmarked"]
    total = sum(point.weight for point in marked)
    return sum(point.weight * CREDIT.get(labels[point.id], 0.0) for point in marked) / total if marked else None


def judged(rows: Iterable[Row]) -> Iterator[Judged]:
    """The verdicts on labelled points; of a case with contested labels on those alone, the others being the grader's
    own."""
    for case, said in rows:
        if not case.labels or said.kind == "ungraded":
            continue
        for point in case.points:
            verdict = said.verdicts[point.id]
            if verdict != "unmarked" and _counts(case, point.id):
                yield Judged(case.label(point), verdict, said.confidence.get(point.id))


def by_confidence(pairs: Iterable[tuple[float, bool]]) -> list[list[tuple[float, bool]]]:
    """Confidences, each with whether it was right, in ten bins of equal width from 0 to 1; empty ones are left out."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, right in pairs:
        bins.setdefault(min(int(confidence * _BINS), _BINS - 1), []).append((confidence, right))
    return [bins[place] for place in sorted(bins)]


def sureness(rows: Iterable[Row]) -> list[tuple[float, bool]]:
    """How sure each verdict was, and whether it was right."""
    return [(each.confidence, each.verdict == each.label) for each in judged(rows) if each.confidence is not None]


def accuracy(rows: Sequence[Row]) -> float | None:
    pairs = _verdict_pairs(rows)
    return sum(truth == said for truth, said in pairs) / len(pairs) if pairs else None


def credited_f1(rows: Sequence[Row]) -> float | None:
    pairs = [(truth in CREDIT, said in CREDIT) for truth, said in _verdict_pairs(rows)]
    return f1(pairs)


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
        pairs = _score_pairs([row for row in rows if row[0].question_id == question])
        means = np.mean(pairs or [(0.0, 0.0)], axis=0)
        centred += [(a - float(means[0]), b - float(means[1])) for a, b in pairs]
    return _correlation(centred)


def rmse(rows: Sequence[Row]) -> float | None:
    pairs = _score_pairs(rows)
    return math.sqrt(sum((a - b) ** 2 for a, b in pairs) / len(pairs)) if pairs else None


def ece(rows: Sequence[Row]) -> float | None:
    """Expected calibration error of the verdicts' confidence, ten bins of equal width."""
    pairs = sureness(rows)
    if not pairs:
        return None
    gaps = (abs(sum(c for c, _ in held) - sum(r for _, r in held)) for held in by_confidence(pairs))
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
    pairs = [(case.intent, said.intent) for case, said in rows if case.intent and said.intent and not case.contested]
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
        given = [said for truth, said in _score_pairs([row for row in rows if row[0].style == style]) if truth == 0.0]
        return sum(given) / len(given) if given else None

    return false_credit


def true_score(case: Case) -> float:
    """The marker's score of the whole, or what the labels add up to."""
    if case.score is not None:
        return case.score
    added = score({point.id: case.label(point) for point in case.points}, case)
    assert added is not None, "no label is 'unmarked'"
    return added


def _counts(case: Case, part: str) -> bool:
    return not case.contested or part in case.contested


def _verdict_pairs(rows: Sequence[Row]) -> list[tuple[Label, VerdictName]]:
    return [(each.label, each.verdict) for each in judged(rows)]


def _belief_pairs(rows: Sequence[Row]) -> list[tuple[bool, bool]]:
    return [
        (bool(case.labels[m.id]), said.misconceptions[m.id])
        for case, said in rows
        if case.labels
        for m in case.misconceptions
        if _counts(case, m.id)
    ]


def _score_pairs(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Of a case with contested labels there is none: most of what its labels add up to is the grader's own."""
    return [(true_score(case), said.score) for case, said in rows if said.score is not None and not case.contested]


def _correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    if len(pairs) < 2:
        return None
    a, b = np.array(pairs, dtype=np.float64).T
    if a.std() < 1e-9 or b.std() < 1e-9:
        return None
    return float(np.corrcoef(a, b)[0, 1])


def f1(pairs: Iterable[tuple[bool, bool]]) -> float | None:
    """Of (true, said) pairs; None where neither side says yes."""
    counted = list(pairs)
    hits = sum(truth and said for truth, said in counted)
    relevant = sum(truth for truth, _ in counted) + sum(said for _, said in counted)
    return 2 * hits / relevant if relevant else None


def _macro(pairs: Sequence[tuple[str, str]], classes: Sequence[str]) -> float | None:
    scores = [f1((truth == name, said == name) for truth, said in pairs) for name in classes]
    defined = [value for value in scores if value is not None]
    return sum(defined) / len(defined) if defined else None


def estimate_metric(metric: Metric, rows: Sequence[Row]) -> Estimate:
    """The metric of the rows that were marked, and its interval."""
    marked = grouped((row[0].question_id, row) for row in rows if row[1].kind == "grade")
    return estimate(marked, metric, _RESAMPLES)
