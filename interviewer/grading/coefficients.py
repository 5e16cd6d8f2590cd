"""The local grader's numbers. Written by `python -m evals train`: change the cases, not this file."""

from interviewer.grading.weighing import Weights

# Fitted on 122 labelled answers to 12 questions.
WEIGHTS = Weights.model_validate(
    {
        "credit": {
            "bias": -2.122,
            "cosine": 0.1,
            "margin": 5.893,
            "rank": -2.089,
            "recall": 3.063,
            "hits": 1.583,
            "numbers": -1.0,
            "flat": -1.2,
        },
        "covered": {
            "bias": -0.42,
            "lift": 0.544,
            "margin": 1.928,
            "rank": -1.126,
            "recall": 3.64,
            "hits": 0.529,
            "numbers": -1.0,
            "flat": -1.2,
        },
        "belief": {"bias": -7.559, "cosine": 3.651, "margin": 5.393, "recall": 4.052, "hits": 2.618, "denial": -3.09},
        "calibration": {
            "asserted": ((0.766, 0.908), (0.952, 0.992)),
            "contradicted": ((0.593, 0.389), (0.815, 0.466), (0.935, 0.713)),
            "covered": ((0.358, 0.336), (0.553, 0.607), (0.749, 0.873), (0.912, 0.901)),
            "missing": ((0.724, 0.752), (0.88, 0.865), (0.952, 0.939), (0.983, 0.985)),
            "not asserted": ((0.908, 0.913), (0.992, 0.995)),
        },
    }
)
