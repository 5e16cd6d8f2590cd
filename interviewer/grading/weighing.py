"""From features to a verdict and how sure it is. Pure: the numbers arrive as one value."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import Field

from interviewer.grading.features import Features
from interviewer.models import VerdictName
from knowledge.models import Value

Table = tuple[tuple[float, float], ...]


class Weights(Value):
    """What was fitted: three logistic models over named features, and how often verdicts of a raw score were right."""

    credit: Mapping[str, float] = Field(description="Credited at all, against missing.")
    covered: Mapping[str, float] = Field(description="Covered, against partial, of what is credited.")
    belief: Mapping[str, float] = Field(description="A misconception asserted, against not.")
    calibration: Mapping[str, Table] = Field(description="For each verdict, raw score -> share that was right.")


CREDITED_FROM = 0.4
COVERED_FROM = 0.5
BELIEVED_FROM = 0.62
# Buzzwords: a term or two of this point and more of the others', in words that are not near it, earn nothing; a single
# term earns half at most, and nothing where the words are hardly nearer to this point than to another.
ONE_TERM, TWO_TERMS = 0.25, 0.5
SCATTERED_BELOW = 0.5
NEAR_FROM, VERY_NEAR_FROM = 0.55, 0.65
CLEARLY_NEARER_FROM = 0.1
# Denied to this degree, and otherwise close enough to have been credited: the claim was contradicted.
DENIED_FROM = 0.35
CONTRADICTED_FROM = 0.45
# A belief is stated even where half of its words are denied: "it can't leak" denies, and so does the belief itself.
DISOWNED_FROM = 0.5
# A right answer uses the words of the false belief that it corrects. What is as near to a point is about the point.
NEARER_FROM = 0.05
# Nobody is told what is more likely wrong than right: such a verdict gives way to the milder one.
EVEN = 0.5
_NEEDS_ODDS: Mapping[VerdictName, VerdictName] = {"covered": "partial", "contradicted": "missing"}

# A short reply read together with what it replies to: how much nearer to the point that brings the two, or which share
# of what it adds the point says. Chosen on 63 of the bank's prompts, each with a right and a wrong reply: 58 of the
# right ones credited, 3 of the wrong ones.
REPLY_COVERED, REPLY_PARTIAL = 0.16, 0.10
REPLY_NAMES = 0.4
_REPLY_CONFIDENCE = 0.9


def weigh(features: Features, weights: Weights) -> tuple[VerdictName, float]:
    """The verdict and its calibrated confidence."""
    credit = logistic(weights.credit, features)
    verdict, raw = _decide(features, weights, credit)
    confidence = calibrated(weights.calibration.get(verdict, ()), raw)
    if verdict in _NEEDS_ODDS and confidence < EVEN:
        return _NEEDS_ODDS[verdict], 1 - confidence
    return verdict, confidence


def _decide(features: Features, weights: Weights, credit: float) -> tuple[VerdictName, float]:
    if features.denial >= DENIED_FROM:
        return ("contradicted", credit) if credit >= CONTRADICTED_FROM else ("missing", 1 - credit)
    if credit < CREDITED_FROM:
        return "missing", 1 - credit
    if _drops_names(features):
        return "missing", credit
    covered = logistic(weights.covered, features)
    if covered < COVERED_FROM or (features.hits <= ONE_TERM and features.cosine < NEAR_FROM):
        return "partial", credit * (1 - covered)
    return "covered", credit * covered


def _drops_names(features: Features) -> bool:
    scattered = features.hits <= TWO_TERMS and features.focus < SCATTERED_BELOW and features.cosine < VERY_NEAR_FROM
    lone = features.hits <= ONE_TERM and features.edge < CLEARLY_NEARER_FROM and features.cosine < NEAR_FROM
    return scattered or lone


def weigh_belief(features: Features, disowned: bool, weights: Weights) -> tuple[bool, float]:
    """Whether a misconception is asserted, not merely mentioned or denied, and the confidence in that."""
    denied = disowned or features.denial >= DISOWNED_FROM or features.edge < NEARER_FROM
    asserted = 0.0 if denied else logistic(weights.belief, features)
    said = asserted >= BELIEVED_FROM
    return said, calibrated(
        weights.calibration.get("asserted" if said else "not asserted", ()), max(asserted, 1 - asserted)
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
