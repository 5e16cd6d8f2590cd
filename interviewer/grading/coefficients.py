"""The local grader's numbers. Written by `python -m evals train`: change the cases, not this file."""

from interviewer.grading.weighing import Weights

# Fitted on 136 labelled answers to 12 questions.
WEIGHTS = Weights.model_validate(
    {
        "credit": {
            "bias": -2.633,
            "cosine": 1.202,
            "margin": 3.66,
            "rank": -1.338,
            "lead": 2.491,
            "recall": 1.6,
            "hits": 1.094,
            "focus": 0.894,
            "numbers": -1.0,
            "flat": -1.2,
        },
        "covered": {
            "bias": -0.382,
            "lift": 0.405,
            "margin": 1.356,
            "rank": -0.63,
            "lead": 0.999,
            "recall": 3.95,
            "hits": 0.389,
            "numbers": -1.0,
            "flat": -1.2,
        },
        "belief": {
            "bias": -7.115,
            "cosine": 3.681,
            "lift": 0.005,
            "margin": 3.617,
            "edge": 2.935,
            "recall": 2.838,
            "hits": 2.72,
            "denial": -3.085,
        },
        "calibration": {
            "asserted": ((0.882, 0.952),),
            "contradicted": ((0.566, 0.333), (0.741, 0.583), (0.911, 0.792)),
            "covered": ((0.579, 0.679), (0.733, 0.75), (0.893, 0.89)),
            "missing": ((0.701, 0.761), (0.896, 0.881), (0.958, 0.926), (0.983, 0.977)),
            "not asserted": ((0.939, 0.923), (0.995, 0.954), (1.0, 0.984)),
            "partial": ((0.209, 0.133), (0.56, 0.286), (0.679, 0.429)),
        },
    }
)
