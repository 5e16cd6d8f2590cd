"""The report's chart. The one file that draws: it is loaded by the report alone, for its library is slow to load."""

from collections.abc import Sequence

import altair as alt

from interviewer.models import TopicMark
from ui.render import topic_name

SCORES = ("On your own", "After prompting")


def topics_chart(topics: Sequence[TopicMark]) -> alt.LayerChart:
    """Both scores of each topic, side by side. Colours and fonts are the page's theme's."""
    rows = [
        {"topic": topic_name(topic.topic), "score": name, "share": share}
        for topic in topics
        for name, share in zip(SCORES, (topic.independent, topic.prompted), strict=True)
    ]
    chart = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("topic:N", title=None, sort=None, axis=alt.Axis(labelLimit=140)),
        yOffset=alt.YOffset("score:N", sort=list(SCORES)),
        x=alt.X("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=5)),
        text=alt.Text("share:Q", format=".0%"),
        color=alt.Color("score:N", title=None, sort=list(SCORES), legend=alt.Legend(orient="top")),
        tooltip=[
            alt.Tooltip("topic:N", title="Topic"),
            alt.Tooltip("score:N", title="Score"),
            alt.Tooltip("share:Q", title="Share", format=".0%"),
        ],
    )
    # A number stands at the end of each bar: of a topic at 0% nothing else is seen.
    bars, numbers = chart.mark_bar(cornerRadiusEnd=4), chart.mark_text(align="left", dx=4)
    return alt.LayerChart(layer=[bars, numbers], height=alt.Step(18))
