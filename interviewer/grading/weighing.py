"""From features to a verdict and how sure it is. The numbers are data; a trained grader brings others."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from interviewer.grading.features import Features
from interviewer.models import VerdictName

CREDIT: Mapping[str, float] = {
    "bias": -6.0,
    "cosine": 4.0,
    "lift": 2.0,
    "margin": 4.0,
    "rank": -0.5,
    "whole": 1.0,
    "recall": 3.0,
    "recall_all": 1.0,
    "hits": 1.0,
    "denial": -2.0,
    "numbers": -1.0,
    "flat": -1.5,
    "words": 0.0,
}
COVERED: Mapping[str, float] = {**CREDIT, "bias": -7.5}

BELIEF: Mapping[str, float] = {**CREDIT, "bias": -9.0}
BELIEVED_FROM = 0.5

CREDITED_FROM = 0.5
COVERED_FROM = 0.5
# Denied for the larger part, and otherwise close enough to have been credited: the claim was contradicted.
DENIED_FROM = 0.6
CONTRADICTED_FROM = 0.5


def logistic(weights: Mapping[str, float], features: Features) -> float:
    total = weights["bias"] + sum(weights[name] * value for name, value in features._asdict().items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def weigh(features: Features) -> tuple[VerdictName, float]:
    """The verdict and its calibrated confidence."""
    credit = logistic(CREDIT, features)
    if features.denial >= DENIED_FROM:
        if logistic(CREDIT, features._replace(denial=0.0)) >= CONTRADICTED_FROM:
            return "contradicted", 0.6
        return "missing", calibrated(1 - credit)
    if credit < CREDITED_FROM:
        return "missing", calibrated(1 - credit)
    covered = logistic(COVERED, features)
    if covered >= COVERED_FROM:
        return "covered", calibrated(credit * covered)
    return "partial", calibrated(credit * (1 - covered))


def weigh_belief(features: Features) -> tuple[bool, float]:
    """Whether a misconception is asserted, and the confidence in that."""
    asserted = logistic(BELIEF, features) if features.denial < DENIED_FROM else 0.0
    return asserted >= BELIEVED_FROM, max(asserted, 1 - asserted)


# A short reply is read together with what it replies to: how much nearer that brings the two to the point.
REPLY_COVERED, REPLY_PARTIAL = 0.08, 0.04
REPLY_NAMES = 0.5


def weigh_reply(gain: float, precision: float) -> tuple[VerdictName, float]:
    """A word or two for the point just asked about; `precision` is the share of its news that the point holds."""
    if precision >= REPLY_NAMES or gain >= REPLY_COVERED:
        return "covered", 0.7
    return ("partial", 0.5) if gain >= REPLY_PARTIAL else ("missing", 0.6)


CALIBRATION: Sequence[tuple[float, float]] = ((0.0, 0.3), (1.0, 1.0))


def calibrated(raw: float) -> float:
    """The share of verdicts with such a raw probability that were right on the cases it was fitted on."""
    xs, ys = zip(*CALIBRATION, strict=True)
    return float(np.interp(raw, xs, ys))
