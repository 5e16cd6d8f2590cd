"""Fits the local grader's few numbers to labelled cases, and says how they fare on questions left out.

`python -m evals train` rewrites interviewer/grading/coefficients.py. Plain logistic regressions with a ridge: no
randomness, the same cases give the same file.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evals.datasets import Case
from evals.grading import by_grader, predict, task_of
from evals.metrics import Prediction
from interviewer.grading.comparing import compare, read
from interviewer.grading.features import Features, Found
from interviewer.grading.local import LocalGrader
from interviewer.grading.terms import Vocabulary
from interviewer.grading.weighing import Table, Weights
from knowledge.ports import Embedder

Numbers = NDArray[np.float64]
# Left out of the fit: `words` and `recall_all` would reward length as such; `numbers` and `flat` hardly vary in the
# cases (keyword lists are refused before) and are set by hand below.
CREDIT_FEATURES = ("cosine", "lift", "margin", "rank", "lead", "whole", "recall", "hits", "focus")
BELIEF_FEATURES = ("cosine", "lift", "margin", "edge", "recall", "hits", "denial")
# The more of these, the less likely. A feature whose slope comes out the other way round is noise, and is left out.
FALLING = frozenset({"rank", "denial"})
BY_HAND = {"numbers": -1.0, "flat": -1.2}
RIDGE = 3.0
_KNOTS = 5


class _Example(NamedTuple):
    features: Features
    label: str


class Examples(NamedTuple):
    """One question's labelled comparisons: of its points, and of its misconceptions."""

    points: tuple[_Example, ...]
    beliefs: tuple[_Example, ...]


def gather(cases: Sequence[Case], embedder: Embedder, vocabulary: Vocabulary) -> dict[str, Examples]:
    """The examples of each question."""
    found: dict[str, Examples] = {}
    for case in cases:
        task = task_of(case)
        reading = read(task)
        if not reading.sentences:
            continue
        compared = compare(task, reading, embedder, vocabulary)
        points = _examples([case.label(point) for point in case.points], compared.points)
        beliefs = _examples([str(case.labels[m.id]) for m in case.misconceptions], compared.beliefs)
        known = found.get(case.question_id, Examples((), ()))
        found[case.question_id] = Examples(known.points + points, known.beliefs + beliefs)
    return found


def fit(examples: Sequence[Examples]) -> Weights:
    """Contradicted points teach neither side of credit: they are near the claim, and a rule tells them."""
    points = [example for group in examples for example in group.points if example.label != "contradicted"]
    credited = [example for example in points if example.label != "missing"]
    beliefs = [example for group in examples for example in group.beliefs]
    return Weights(
        credit=_fitted(points, CREDIT_FEATURES, {"covered", "partial"}) | BY_HAND,
        covered=_fitted(credited, CREDIT_FEATURES, {"covered"}) | BY_HAND,
        belief=_fitted(beliefs, BELIEF_FEATURES, {"True"}),
        calibration={},
    )


def leave_one_out(
    cases: Sequence[Case], embedder: Embedder, vocabulary: Vocabulary, calibration: Mapping[str, Table] | None = None
) -> list[Prediction]:
    """Each case marked by a grader that was fitted on the other questions only. In the cases' order."""
    examples = gather(cases, embedder, vocabulary)
    said: dict[str, Prediction] = {}
    for question_id in sorted({case.question_id for case in cases}):
        weights = fit([group for name, group in examples.items() if name != question_id])
        grader = LocalGrader(embedder, vocabulary, weights.model_copy(update={"calibration": calibration or {}}))
        mine = [case for case in cases if case.question_id == question_id]
        said |= {prediction.id: prediction for prediction in predict(by_grader(grader), mine)}
    return [said[case.id] for case in cases]


def calibrate(cases: Sequence[Case], predictions: Sequence[Prediction]) -> dict[str, Table]:
    """How often the verdicts of left-out questions were right, by raw score; rising, with Laplace smoothing."""
    scored: dict[str, list[tuple[float, bool]]] = {}
    for case, said in zip(cases, predictions, strict=True):
        for point in case.points:
            verdict = said.verdicts[point.id]
            scored.setdefault(verdict, []).append((said.confidence[point.id], verdict == case.label(point)))
        for misconception in case.misconceptions:
            name = "asserted" if said.misconceptions[misconception.id] else "not asserted"
            right = said.misconceptions[misconception.id] == case.labels[misconception.id]
            scored.setdefault(name, []).append((said.confidence[misconception.id], right))
    return {name: _table(pairs) for name, pairs in sorted(scored.items())}


def write(weights: Weights, cases: Sequence[Case], path: Path) -> None:
    questions = len({case.question_id for case in cases})
    lines = [
        '"""The local grader\'s numbers. Written by `python -m evals train`: change the cases, not this file."""',
        "",
        "from interviewer.grading.weighing import Weights",
        "",
        f"# Fitted on {len(cases)} labelled answers to {questions} questions.",
        f"WEIGHTS = Weights.model_validate({_rounded(weights)!r})",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _examples(labels: Sequence[str], found: Sequence[Found | None]) -> tuple[_Example, ...]:
    return tuple(_Example(f.features, label) for label, f in zip(labels, found, strict=True) if f)


def _fitted(examples: Sequence[_Example], names: Sequence[str], positive: set[str]) -> dict[str, float]:
    """Coefficients in the features' own units, with the intercept as 'bias'."""
    rows = np.array([[getattr(example.features, name) for name in names] for example in examples], dtype=np.float64)
    truth = np.array([example.label in positive for example in examples], dtype=np.float64)
    centre, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    kept = list(range(len(names)))
    while True:
        solved = _logistic_regression((rows[:, kept] - centre[kept]) / scale[kept], truth)
        slopes = solved[1:] / scale[kept]
        senseless = [
            i for i, slope in zip(kept, slopes, strict=True) if slope * (-1 if names[i] in FALLING else 1) <= 0
        ]
        if not senseless:
            break
        kept = [i for i in kept if i not in senseless]
    bias = float(solved[0] - slopes @ centre[kept])
    return {"bias": bias} | {names[i]: float(slope) for i, slope in zip(kept, slopes, strict=True)}


def _logistic_regression(rows: Numbers, truth: Numbers) -> Numbers:
    """Newton's method; the ridge spares the intercept."""
    design = np.column_stack([np.ones(len(rows)), rows])
    ridge = np.diag([0.0] + [RIDGE] * rows.shape[1])
    solution = np.zeros(design.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-design @ solution))
        gradient = design.T @ (truth - chance) - ridge @ solution
        curvature = (design.T * (chance * (1 - chance))) @ design + ridge
        step = np.linalg.solve(curvature + 1e-9 * np.eye(len(curvature)), gradient)
        solution = solution + step
        if np.abs(step).max() < 1e-8:
            break
    return solution


def _table(pairs: Sequence[tuple[float, bool]]) -> Table:
    ordered = sorted(pairs)
    pooled: list[tuple[float, float, int]] = []
    for chunk in np.array_split(np.array(ordered, dtype=np.float64), min(_KNOTS, max(1, len(ordered) // 10))):
        pooled.append((float(chunk[:, 0].mean()), float((chunk[:, 1].sum() + 1) / (len(chunk) + 2)), len(chunk)))
        while len(pooled) > 1 and pooled[-2][1] >= pooled[-1][1]:
            pooled[-2:] = [_merged(*pooled[-2:])]
    return tuple((raw, share) for raw, share, _ in pooled)


def _merged(one: tuple[float, float, int], other: tuple[float, float, int]) -> tuple[float, float, int]:
    size = one[2] + other[2]
    raw, share = ((one[i] * one[2] + other[i] * other[2]) / size for i in (0, 1))
    return raw, share, size


def _rounded(weights: Weights) -> Mapping[str, Mapping[str, object]]:
    def rounded(table: Mapping[str, float]) -> dict[str, float]:
        return {name: round(value, 3) for name, value in table.items()}

    tables = {n: tuple((round(a, 3), round(b, 3)) for a, b in table) for n, table in weights.calibration.items()}
    return {"credit": rounded(weights.credit), "covered": rounded(weights.covered)} | {
        "belief": rounded(weights.belief),
        "calibration": tables,
    }
