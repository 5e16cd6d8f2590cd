"""The local grader's numbers. Written by `python -m evals train`: change the cases, not this file."""

from interviewer.grading.weighing import Weights

# Fitted on 122 labelled answers to 12 questions.
WEIGHTS = Weights.model_validate(
    {
        "credit": {
            "bias": -2.142,
            "cosine": 0.159,
            "margin": 5.89,
            "rank": -2.064,
            "recall": 2.891,
            "hits": 1.602,
            "numbers": -1.0,
            "flat": -1.2,
        },
        "covered": {
            "bias": -0.418,
            "lift": 0.43,
            "margin": 1.897,
            "rank": -1.129,
            "recall": 3.97,
            "hits": 0.394,
            "numbers": -1.0,
            "flat": -1.2,
        },
        "belief": {
            "bias": -7.571,
            "cosine": 3.629,
            "lift": 0.054,
            "margin": 5.289,
            "recall": 4.132,
            "hits": 2.551,
            "denial": -3.299,
        },
        "calibration": {
            "asserted": ((0.859, 0.95),),
            "contradicted": ((0.652, 0.462), (0.92, 0.8)),
            "covered": ((0.584, 0.621), (0.727, 0.793), (0.899, 0.897)),
            "missing": ((0.723, 0.755), (0.881, 0.848), (0.952, 0.94), (0.983, 0.977)),
            "not asserted": ((0.905, 0.897), (0.993, 0.974)),
            "partial": ((0.603, 0.282), (0.71, 0.308)),
        },
    }
)
