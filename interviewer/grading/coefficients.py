"""The local grader's numbers. Written by `python -m evals train`: change the cases, not this file."""

from interviewer.grading.weighing import Weights

# Fitted on 122 labelled answers to 12 questions.
WEIGHTS = Weights.model_validate(
    {
        "credit": {
            "bias": -1.877,
            "cosine": 1.001,
            "margin": 2.198,
            "rank": -1.616,
            "lead": 3.73,
            "recall": 2.991,
            "hits": 1.6,
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
            "bias": -6.86,
            "cosine": 3.489,
            "lift": 0.02,
            "margin": 3.457,
            "edge": 2.866,
            "recall": 2.838,
            "hits": 2.61,
            "denial": -3.001,
        },
        "calibration": {
            "asserted": ((0.88, 0.952),),
            "contradicted": ((0.638, 0.379), (0.874, 0.714), (0.97, 0.786)),
            "covered": ((0.583, 0.655), (0.741, 0.759), (0.91, 0.897)),
            "missing": ((0.717, 0.743), (0.884, 0.862), (0.954, 0.947), (0.983, 0.97)),
            "not asserted": ((0.93, 0.914), (0.992, 0.948), (1.0, 0.983)),
            "partial": ((0.54, 0.154), (0.658, 0.44)),
        },
    }
)
