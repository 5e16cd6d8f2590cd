"""Nobody is told what is more likely wrong than right, nor that a condition was an assertion."""

import pytest

from interviewer.grading.features import Features, is_reported
from interviewer.grading.weighing import EVEN, RIVALS_FROM, Weights, weigh

NEAR = Features(
    cosine=0.6, lift=0.2, margin=0.3, rank=0.0, lead=0.2, edge=0.2, whole=0.5, recall=0.6, recall_all=0.6,
    hits=1, focus=0.5, denial=0, numbers=0, flat=0, words=4,
)  # fmt: skip


def weights(verdict: str, share_right: float) -> Weights:
    sure = {"bias": 4.0}
    against = {"bias": -4.0, "denial": 8.0}
    return Weights(
        credit=sure,
        covered=sure,
        lone_credit={"bias": -4.0},
        lone_covered=sure,
        against=against,
        belief=sure,
        calibration={verdict: ((0.5, share_right),)},
    )


@pytest.mark.parametrize(
    ("verdict", "denial", "share_right", "told"),
    [
        ("covered", 0.0, 0.9, "covered"),
        ("covered", 0.0, 0.3, "partial"),
        ("contradicted", 0.9, 0.9, "contradicted"),
        ("contradicted", 0.9, 0.4, "missing"),
    ],
)
def test_a_verdict_that_is_seldom_right_gives_way_to_the_milder_one(
    verdict: str, denial: float, share_right: float, told: str
) -> None:
    name, confidence = weigh(NEAR._replace(denial=denial), weights(verdict, share_right), points=RIVALS_FROM)
    assert name == told
    assert confidence >= EVEN


def test_among_few_points_other_numbers_weigh_for_rivals_tell_nothing_there() -> None:
    numbers = weights("covered", 0.9)
    assert weigh(NEAR, numbers, points=RIVALS_FROM)[0] == "covered"
    assert weigh(NEAR, numbers, points=RIVALS_FROM - 1)[0] == "missing"


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        ("before finding the root cause", True),
        ("and unless the cache is warm", True),
        ("Some people think that GET may change data", True),
        ("You must find the root cause before you change anything", False),
    ],
)
def test_a_condition_cut_from_its_sentence_asserts_nothing(words: str, reported: bool) -> None:
    assert is_reported(words) is reported
