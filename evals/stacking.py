"""Fits the local grader's few numbers on top of the joint reader, and says how they fare on questions left out.

Plain logistic regressions with a ridge over what was measured of each claim; no randomness. The questions must be new
to the joint reader, or its word would be trusted too much.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evals.datasets import Case
from evals.grading import by_grader, predict, task_of
from evals.metrics import Prediction, f1, judged
from interviewer.grading.comparing import compare, read
from interviewer.grading.features import Features, Found
from interviewer.grading.joint import Reader
from interviewer.grading.local import LocalGrader
from interviewer.grading.port import EVERY_KIND
from interviewer.grading.terms import Vocabulary
from interviewer.grading.weighing import Table, Thresholds, Weights, logistic
from knowledge.ports import Embedder

Numbers = NDArray[np.float64]
# Left out of the fit: `words` and `recall_all` would reward length as such; `numbers` and `flat` hardly vary in the
# cases (keyword lists are refused before) and are set by hand below.
SIMILARITIES = ("cosine", "lift", "margin", "rank", "lead", "edge", "whole", "recall", "hits", "focus")
RIVAL_FEATURES = frozenset({"lift", "margin", "rank", "lead", "edge", "focus", "whole"})
"""Those that say how much more a window is about one claim than about another."""
CREDIT_FEATURES = (*SIMILARITIES, "denial", "said", "fully", "opposed")
COVERED_FEATURES = (*SIMILARITIES, "said", "fully", "opposed")
AGAINST_FEATURES = ("opposed", "denial", "cosine", "recall", "said")
BELIEF_FEATURES = ("cosine", "lift", "margin", "edge", "recall", "hits", "denial", "held")
BY_HAND = {"numbers": -0.5, "flat": -1.2}
RIDGE = 10.0
_KNOTS = 8
_HARDLY, _LITTLE = 0.005, 0.01
_STEPS = tuple(round(0.2 + 0.025 * step, 3) for step in range(25))
LEAST_SURE, LEAST_SURE_OF_BELIEF = 0.6, 0.625
"""Before anybody is told that they contradict a point, or hold a false belief: the bank's model answers do neither."""
LEAST_PRECISION = 0.85
"""Of misconceptions said to be held: to be told of an error that one did not make is worse than to miss one."""


class _Example(NamedTuple):
    features: Features
    label: str


class Examples(NamedTuple):
    """One question's labelled comparisons: of its points, and of its misconceptions. `answers`: how many were read."""

    points: tuple[_Example, ...] = ()
    beliefs: tuple[_Example, ...] = ()
    answers: int = 0


class Kit(NamedTuple):
    """What a local grader is made of, but for its numbers."""

    embedder: Embedder
    vocabulary: Vocabulary
    reader: Reader

    def grader(self, weights: Weights) -> LocalGrader:
        """One that marks every kind it can read: which are good enough is what is being measured."""
        return LocalGrader(self.embedder, self.vocabulary, self.reader, weights, kinds=EVERY_KIND - {"sql"})


def gather(cases: Sequence[Case], kit: Kit) -> dict[str, Examples]:
    """The examples of each question that the grader marks."""
    found: dict[str, Examples] = {}
    for case in cases:
        task = task_of(case)
        reading = read(task)
        if not reading.sentences or case.kind == "sql":
            continue
        compared = compare(task, reading, kit.embedder, kit.vocabulary, kit.reader)
        points = _examples([case.label(point) for point in case.points], compared.points)
        beliefs = _examples([str(case.labels[m.id]) for m in case.misconceptions], compared.beliefs)
        known = found.get(case.question_id, Examples())
        found[case.question_id] = Examples(known.points + points, known.beliefs + beliefs, known.answers + 1)
    return found


def fit(examples: Iterable[Examples]) -> Weights:
    groups = list(examples)
    points = [example for group in groups for example in group.points]
    credited = [example for example in points if example.label in ("covered", "partial")]
    beliefs = [example for group in groups for example in group.beliefs]
    return Weights(
        credit=_fitted(points, CREDIT_FEATURES, {"covered", "partial"}) | BY_HAND,
        covered=_fitted(credited, COVERED_FEATURES, {"covered"}) | BY_HAND,
        lone_credit=_fitted(points, _without_rivals(CREDIT_FEATURES), {"covered", "partial"}) | BY_HAND,
        lone_covered=_fitted(credited, _without_rivals(COVERED_FEATURES), {"covered"}) | BY_HAND,
        against=_fitted(points, AGAINST_FEATURES, {"contradicted"}),
        belief=_fitted(beliefs, BELIEF_FEATURES, {"True"}),
        calibration={},
    )


def _without_rivals(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in RIVAL_FEATURES)


def fit_left_out(examples: Mapping[str, Examples]) -> dict[str, Weights]:
    """For each question the numbers fitted on all the others."""
    return {left: fit(group for name, group in examples.items() if name != left) for left in examples}


def choose_thresholds(examples: Mapping[str, Examples], fitted: Mapping[str, Weights]) -> Thresholds:
    """Those that serve the left-out questions best: F1 of contradicted, of credited, of the two worths, of beliefs."""
    points = [(e, fitted[name]) for name, group in examples.items() for e in group.points]
    labels = [example.label for example, _ in points]
    against = [logistic(weights.against, example.features) for example, weights in points]
    credit = [logistic(weights.credit, example.features) for example, weights in points]
    contradicted = _best(
        lambda t: _f1((name == "contradicted", a >= t) for name, a in zip(labels, against, strict=True)),
        least=LEAST_SURE,
    )
    open_ones = [i for i, chance in enumerate(against) if chance < contradicted]
    worth = ("covered", "partial")
    credited = _strictest(lambda t: _f1((labels[i] in worth, credit[i] >= t) for i in open_ones))
    given = [i for i in open_ones if credit[i] >= credited and labels[i] in worth]
    whole = {i: logistic(points[i][1].covered, points[i][0].features) for i in given}
    covered = _best(
        lambda t: (
            _f1((labels[i] == "covered", whole[i] >= t) for i in given)
            + _f1((labels[i] == "partial", whole[i] < t) for i in given)
        )
    )
    beliefs = [(e, fitted[name]) for name, group in examples.items() for e in group.beliefs]
    chances = [(e.label == "True", logistic(weights.belief, e.features)) for e, weights in beliefs]
    held = _best(lambda t: _recall_at(chances, t), least=LEAST_SURE_OF_BELIEF)
    return Thresholds(credited=credited, covered=covered, contradicted=contradicted, held=held)


def leave_one_out(
    cases: Sequence[Case], kit: Kit, fitted: Mapping[str, Weights], shared: Mapping[str, object]
) -> list[Prediction]:
    """Each case marked by a grader that was fitted on the other questions only, with the `shared` thresholds and
    calibration. In the cases' order."""
    anybodys = next(iter(fitted.values()))
    return [
        predict(by_grader(kit.grader(fitted.get(case.question_id, anybodys).model_copy(update=dict(shared)))), [case])[
            0
        ]
        for case in cases
    ]


def calibrate(cases: Sequence[Case], predictions: Sequence[Prediction]) -> dict[str, Table]:
    """How often the verdicts of left-out questions were right, by raw score; rising, with Laplace smoothing."""
    scored: dict[str, list[tuple[float, bool]]] = {}
    rows = [row for row in zip(cases, predictions, strict=True) if row[1].kind == "grade"]
    for each in judged(rows):
        if each.confidence is not None:
            scored.setdefault(each.verdict, []).append((each.confidence, each.verdict == each.label))
    for case, said in rows:
        for misconception in case.misconceptions:
            name = "asserted" if said.misconceptions[misconception.id] else "not asserted"
            right = said.misconceptions[misconception.id] == case.labels[misconception.id]
            scored.setdefault(name, []).append((said.confidence[misconception.id], right))
    return {name: _table(pairs) for name, pairs in sorted(scored.items())}


def write_numbers(weights: Weights, examples: Mapping[str, Examples], reader: str, path: Path) -> None:
    """As a module of Python. `reader`: the fingerprint of the weights that the numbers were fitted on top of."""
    answers = sum(group.answers for group in examples.values())
    lines = [
        '"""The local grader\'s numbers. Written by `python -m evals train`: change the cases, not this file."""',
        "",
        "from interviewer.grading.weighing import Weights",
        "",
        "# The weights that these numbers stand on: with others they mean nothing.",
        f'READER = "{reader}"',
        f"# Fitted on {answers} labelled answers to {len(examples)} questions.",
        f"WEIGHTS = Weights.model_validate({_rounded(weights)!r})",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _examples(labels: Sequence[str], found: Sequence[Found | None]) -> tuple[_Example, ...]:
    return tuple(_Example(f.features, label) for label, f in zip(labels, found, strict=True) if f)


def _strictest(worth: Callable[[float], float]) -> float:
    """The highest threshold that costs little worth: marks that nobody earned are what people resent most."""
    values = [worth(step) for step in _STEPS]
    return max(step for step, value in zip(_STEPS, values, strict=True) if value >= max(values) - _LITTLE)


def _best(worth: Callable[[float], float], least: float = 0.0) -> float:
    """The threshold of greatest worth; of those that are hardly worse the middle one."""
    steps = [step for step in _STEPS if step >= least]
    values = [worth(step) for step in steps]
    top = [step for step, value in zip(steps, values, strict=True) if value >= max(values) - _HARDLY]
    return top[len(top) // 2]


def _f1(pairs: Iterable[tuple[bool, bool]]) -> float:
    return f1(pairs) or 0.0


def _recall_at(chances: Sequence[tuple[bool, float]], threshold: float) -> float:
    """The recall from this chance on, nothing where the precision asked for is not reached."""
    said = [truth for truth, chance in chances if chance >= threshold]
    held = sum(truth for truth, _ in chances)
    return sum(said) / held if said and held and sum(said) / len(said) >= LEAST_PRECISION else 0.0


def _fitted(examples: Sequence[_Example], names: Sequence[str], positive: set[str]) -> dict[str, float]:
    """Coefficients in the features' own units, with the intercept as 'bias'."""
    rows = np.array([[getattr(example.features, name) for name in names] for example in examples], dtype=np.float64)
    truth = np.array([example.label in positive for example in examples], dtype=np.float64)
    centre, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    solved = _logistic_regression((rows - centre) / scale, truth)
    slopes = solved[1:] / scale
    bias = float(solved[0] - slopes @ centre)
    return {"bias": bias} | {name: float(slope) for name, slope in zip(names, slopes, strict=True)}


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


def _rounded(weights: Weights) -> Mapping[str, object]:
    def rounded(table: Mapping[str, float]) -> dict[str, float]:
        return {name: round(value, 3) for name, value in table.items()}

    tables = {n: tuple((round(a, 3), round(b, 3)) for a, b in table) for n, table in weights.calibration.items()}
    return {
        "credit": rounded(weights.credit),
        "covered": rounded(weights.covered),
        "lone_credit": rounded(weights.lone_credit),
        "lone_covered": rounded(weights.lone_covered),
        "against": rounded(weights.against),
        "belief": rounded(weights.belief),
        "thresholds": weights.thresholds.model_dump(),
        "calibration": tables,
    }
