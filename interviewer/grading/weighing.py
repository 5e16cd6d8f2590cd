"""From features to a verdict and how sure it is. Pure: the numbers arrive as one value."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import Field

from interviewer.grading.features import Features
from interviewer.models import VerdictName
from knowledge.models import Value

Table = tuple[tuple[float, float], ...]


class Thresholds(Value):
    """From which chance on a verdict is given. Chosen with the fit, on questions left out of it."""

    credited: float = 0.5
    covered: float = 0.5
    contradicted: float = 0.5
    held: float = 0.5


class Weights(Value):
    """What was fitted: logistic models over named features, and how often verdicts of a raw score were right."""

    credit: Mapping[str, float] = Field(description="Credited at all, against missing.")
    covered: Mapping[str, float] = Field(description="Covered, against partial, of what is credited.")
    lone_credit: Mapping[str, float] = Field(description="As `credit`, where hardly another point could be meant.")
    lone_covered: Mapping[str, float] = Field(description="As `covered`, where hardly another point could be meant.")
    against: Mapping[str, float] = Field(description="Contradicted, against anything else.")
    belief: Mapping[str, float] = Field(description="A misconception asserted, against not.")
    thresholds: Thresholds = Thresholds()
    calibration: Mapping[str, Table] = Field(description="For each verdict, raw score -> share that was right.")


# Words of which most are denied by one side and affirmed by the other speak against a point, unless the rest says no.
DENIED_FROM, DOUBTED_FROM = 0.6, 0.4
# A belief is stated even where half of its words are denied: "it can't leak" denies, and so does the belief itself.
DISOWNED_FROM = 0.5
# A right answer uses the words of the false belief that it corrects. What is as near to a point is about the point.
NEARER_FROM = 0.05
# Of fewer points hardly one is a rival to another: how much nearer the words are to one of them tells nothing.
RIVALS_FROM = 3
# Nobody is told what is more likely wrong than right: such a verdict gives way to the milder one.
EVEN = 0.5
_NEEDS_ODDS: Mapping[VerdictName, VerdictName] = {"covered": "partial", "contradicted": "missing"}

# A short reply read together with what it replies to: how much nearer to the point that brings the two, or which share
# of what it adds the point says. Chosen on 63 of the bank's prompts, each with a right and a wrong reply: 58 of the
# right ones credited, 3 of the wrong ones.
REPLY_COVERED, REPLY_PARTIAL = 0.16, 0.10
REPLY_NAMES = 0.4
_REPLY_CONFIDENCE = 0.9


def weigh(features: Features, weights: Weights, points: int) -> tuple[VerdictName, float]:
    """The verdict and its calibrated confidence. `points`: among how many the words had to find theirs."""
    verdict, raw = _decide(features, weights, lone=points < RIVALS_FROM)
    table = weights.calibration.get(verdict, ())
    confidence = calibrated(table, raw)
    # A raw score is no chance: only what was calibrated can be held against the odds.
    if table and verdict in _NEEDS_ODDS and confidence < EVEN:
        return _NEEDS_ODDS[verdict], 1 - confidence
    return verdict, confidence


def _decide(features: Features, weights: Weights, lone: bool) -> tuple[VerdictName, float]:
    limits = weights.thresholds
    credits, covers = (weights.lone_credit, weights.lone_covered) if lone else (weights.credit, weights.covered)
    against = logistic(weights.against, features)
    if features.denial >= DENIED_FROM and against >= DOUBTED_FROM:
        return "contradicted", max(against, features.denial)
    if against >= limits.contradicted:
        return "contradicted", against
    credit = logistic(credits, features)
    if credit < limits.credited:
        return "missing", (1 - credit) * (1 - against)
    covered = logistic(covers, features)
    return ("covered", credit * covered) if covered >= limits.covered else ("partial", credit * (1 - covered))


def weigh_belief(features: Features, disowned: bool, weights: Weights) -> tuple[bool, float]:
    """Whether a misconception is asserted, not merely mentioned or denied, and the confidence in that."""
    denied = disowned or features.denial >= DISOWNED_FROM or features.edge < NEARER_FROM
    chance = 0.0 if denied else logistic(weights.belief, features)
    said = chance >= weights.thresholds.held
    return said, calibrated(
        weights.calibration.get("asserted" if said else "not asserted", ()), max(chance, 1 - chance)
    )


def weigh_reply(gain: float, precision: float) -> tuple[VerdictName, float]:
    """A word or two for the point just asked about."""
    if precision >= REPLY_NAMES or gain >= REPLY_COVERED:
        return "covered", _REPLY_CONFIDENCE
    return ("partial" if gain >= REPLY_PARTIAL else "missing"), _REPLY_CONFIDENCE


def logistic(coefficients: Mapping[str, float], features: Features) -> float:
    measured = features._asdict()
    total = sum(value * measured.get(name, 1.0) for name, value in coefficients.items())  # the intercept has no feature
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def calibrated(table: Sequence[tuple[float, float]], raw: float) -> float:
    """Linear between the table's entries, constant beyond them. Without a table the raw score stands."""
    if not table:
        return raw
    return float(np.interp(raw, [entry[0] for entry in table], [entry[1] for entry in table]))
