"""The local grader's numbers. Written by `python -m evals train`: change the cases, not this file."""

from interviewer.grading.weighing import Weights

# Fitted on 122 labelled answers to 12 questions.
WEIGHTS = Weights.model_validate(
    {
        "credit": {
            "bias": -2.141,
            "cosine": 0.158,
            "margin": 5.89,
            "rank": -2.065,
            "recall": 2.896,
            "hits": 1.601,
            "numbers": -1.0,
            "flat": -1.2,
        },
        "covered": {
            "bias": -0.418,
            "lift": 0.431,
            "margin": 1.897,
            "rank": -1.129,
            "recall": 3.966,
            "hits": 0.396,
            "numbers": -1.0,
            "flat": -1.2,
        },
        "belief": {
            "bias": -7.571,
            "cosine": 3.629,
            "lift": 0.054,
            "margin": 5.289,
            "recall": 4.131,
            "hits": 2.551,
            "denial": -3.298,
        },
        "calibration": {
            "asserted": ((0.865, 1.0),),
            "contradicted": ((0.614, 0.444), (0.916, 0.786)),
            "covered": ((0.351, 0.301), (0.561, 0.617), (0.752, 0.88), (0.915, 0.904)),
            "missing": ((0.727, 0.76), (0.882, 0.859), (0.952, 0.945), (0.983, 0.982)),
            "not asserted": ((0.903, 0.913), (0.992, 0.995)),
        },
    }
)
