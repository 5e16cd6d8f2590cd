"""The local grader's numbers. Written by `python -m evals train`: change the cases, not this file."""

from interviewer.grading.weighing import Weights

# Fitted on 122 labelled answers to 12 questions.
WEIGHTS = Weights.model_validate(
    {
        "credit": {
            "bias": -1.956,
            "cosine": 0.897,
            "margin": 2.859,
            "rank": -1.371,
            "lead": 3.53,
            "recall": 2.328,
            "hits": 1.86,
            "numbers": -1.0,
            "flat": -1.2,
        },
        "covered": {
            "bias": -0.251,
            "lift": 0.565,
            "margin": 0.811,
            "rank": -0.797,
            "lead": 1.337,
            "recall": 3.848,
            "hits": 0.403,
            "numbers": -1.0,
            "flat": -1.2,
        },
        "belief": {
            "bias": -7.571,
            "cosine": 3.629,
            "lift": 0.054,
            "margin": 5.289,
            "recall": 4.131,
            "hits": 2.552,
            "denial": -3.299,
        },
        "calibration": {
            "asserted": ((0.859, 0.95),),
            "contradicted": ((0.655, 0.423), (0.931, 0.808)),
            "covered": ((0.585, 0.667), (0.74, 0.724), (0.91, 0.908)),
            "missing": ((0.716, 0.757), (0.882, 0.855), (0.952, 0.941), (0.983, 0.97)),
            "not asserted": ((0.905, 0.897), (0.993, 0.974)),
            "partial": ((0.55, 0.214), (0.622, 0.357), (0.686, 0.385)),
        },
    }
)
