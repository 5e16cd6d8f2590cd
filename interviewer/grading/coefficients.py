"""The local grader's numbers. Written by `python -m evals train`: change the cases, not this file."""

from interviewer.grading.weighing import Weights

# Fitted on 122 labelled answers to 12 questions.
WEIGHTS = Weights.model_validate(
    {
        "credit": {
            "bias": -2.141,
            "cosine": 0.114,
            "margin": 5.807,
            "rank": -2.077,
            "recall": 2.934,
            "hits": 1.712,
            "numbers": -1.0,
            "flat": -1.2,
        },
        "covered": {
            "bias": -0.424,
            "lift": 0.527,
            "margin": 1.904,
            "rank": -1.108,
            "recall": 3.846,
            "hits": 0.425,
            "numbers": -1.0,
            "flat": -1.2,
        },
        "belief": {"bias": -7.608, "cosine": 3.668, "margin": 5.318, "recall": 4.085, "hits": 2.645, "denial": -3.046},
        "calibration": {
            "asserted": ((0.763, 0.908), (0.951, 0.992)),
            "contradicted": ((0.614, 0.405), (0.859, 0.726), (0.96, 0.798)),
            "covered": ((0.357, 0.309), (0.559, 0.579), (0.75, 0.876), (0.912, 0.903)),
            "missing": ((0.725, 0.754), (0.883, 0.86), (0.952, 0.945), (0.983, 0.982)),
            "not asserted": ((0.908, 0.913), (0.992, 0.995)),
        },
    }
)
