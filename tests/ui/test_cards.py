"""What a score's card says about help, and that a topic at 0% is seen on the chart."""

import pytest

from interviewer.models import Challenge, Finish, Hint, Probe, TopicMark
from interviewer.scoring import build_report
from tests.factories import Log, misconception, question
from ui.cards import words_on_gain
from ui.charts import topics_chart


def helped(*, gained: bool) -> Log:
    log = Log().started().asked().replied().said(Hint(point_id="q/one"))
    return log.replied(shown={"one": "covered"} if gained else {})


def set_right(after: Hint | None = None) -> Log:
    """A misconception in the first answer, none in the second, which covers what it contradicts."""
    asked = question(misconceptions=[misconception("m", ["one"])])
    log = Log().started().asked(asked).replied(shown={"two": "covered"}, asserted=["m"])
    log.said(after or Challenge(misconception_id="q/m"))
    return log.replied(shown={"one": "covered"})


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        pytest.param(Log().started().asked().replied().said(Probe(point_id="q/one")).replied(), "No hints", id="none"),
        pytest.param(helped(gained=False), "Nothing gained by hints", id="in vain"),
        pytest.param(helped(gained=True), "+35 points with hints and prompts", id="of use"),
        pytest.param(set_right(), "+16 points by setting right what was wrong", id="a belief taken back"),
        pytest.param(
            set_right(after=Hint(point_id="q/one")),
            "+51 points with hints and prompts and by setting right what was wrong",
            id="both",
        ),
    ],
)
def test_help_is_spoken_of_as_it_was(log: Log, expected: str) -> None:
    report = build_report(log.said(Finish(reason="completed")).finished().state)
    assert words_on_gain(report).startswith(expected)


@pytest.mark.parametrize(
    ("independent", "prompted", "expected"),
    [(0.615, 0.764, "+14 points"), (0.6, 0.61, "+1 point "), (0.604, 0.601, "No hints")],
)
def test_what_was_gained_is_the_difference_of_the_scores_as_they_are_shown(
    independent: float, prompted: float, expected: str
) -> None:
    report = build_report(Log().started().asked().replied().said(Finish(reason="completed")).finished().state)
    assert report.independent
    mark = report.independent.model_copy(update={"score": independent})
    shown = report.model_copy(update={"independent": mark, "prompted": prompted})
    assert words_on_gain(shown).startswith(expected)


def test_each_share_stands_on_the_chart_as_a_number() -> None:
    chart = topics_chart([TopicMark(topic="security", questions=1, independent=0.0, prompted=0.0)]).to_dict()
    assert [layer["mark"]["type"] for layer in chart["layer"]] == ["bar", "text"]
    assert chart["layer"][1]["encoding"]["text"] == {"field": "share", "format": ".0%", "type": "quantitative"}
