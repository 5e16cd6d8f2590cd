"""What a score's card says about help, and that a topic at 0% is seen on the chart."""

import pytest

from interviewer.models import Finish, Hint, Probe, TopicMark
from interviewer.scoring import build_report
from tests.factories import Log
from ui.cards import words_on_gain
from ui.charts import topics_chart


def helped(*, gained: bool) -> Log:
    log = Log().started().asked().replied().said(Hint(point_id="q/one"))
    return log.replied(shown={"one": "covered"} if gained else {})


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        pytest.param(Log().started().asked().replied().said(Probe(point_id="q/one")).replied(), "No hints", id="none"),
        pytest.param(helped(gained=False), "Nothing gained by hints", id="in vain"),
        pytest.param(helped(gained=True), "+35% with hints", id="of use"),
    ],
)
def test_help_is_spoken_of_as_it_was(log: Log, expected: str) -> None:
    report = build_report(log.said(Finish(reason="completed")).finished().state)
    assert words_on_gain(report).startswith(expected)


def test_each_share_stands_on_the_chart_as_a_number() -> None:
    chart = topics_chart([TopicMark(topic="security", questions=1, independent=0.0, prompted=0.0)]).to_dict()
    assert [layer["mark"]["type"] for layer in chart["layer"]] == ["bar", "text"]
    assert chart["layer"][1]["encoding"]["text"] == {"field": "share", "format": ".0%", "type": "quantitative"}
