import pytest

from evals.estimates import Estimate, estimate, grouped, shown


def mean(values: object) -> float:
    assert isinstance(values, list)
    return sum(values) / len(values)


def test_the_interval_is_over_questions_so_that_one_question_has_none() -> None:
    alone = estimate({"q": [0.1, 0.9]}, max)
    assert (alone.value, alone.low, alone.high) == (0.9, None, None)
    many = estimate(grouped((str(i), i / 10) for i in range(11)), mean)
    assert many.low is not None
    assert many.high is not None
    assert many.low < 0.5 < many.high


def test_of_nothing_there_is_no_estimate() -> None:
    assert estimate({}, mean).value is None


def test_what_is_undefined_of_some_draws_has_the_interval_of_the_others() -> None:
    found = estimate({"a": [1.0], "b": [0.0]}, lambda values: max(values) or None)
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("measured", "line"),
    [
        (Estimate(value=0.5, low=0.25, high=0.75), "0.500 [0.250, 0.750]"),
        (Estimate(value=0.5), "0.500"),
        (Estimate(value=None), "undefined"),
        (None, "undefined"),
    ],
    ids=["an interval", "none", "nothing", "not measured"],
)
def test_an_estimate_is_shown_with_its_interval(measured: Estimate | None, line: str) -> None:
    assert shown(measured) == line
