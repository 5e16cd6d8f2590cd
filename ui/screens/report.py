"""The report: both scores, topics, every question with its evidence, what to learn next, and the whole to take away."""

from collections.abc import Sequence

import streamlit as st

from interviewer.events import Event
from interviewer.export import to_json, to_markdown
from interviewer.models import Report
from interviewer.scoring import build_report
from interviewer.state import State
from ui import session
from ui.cards import question_card
from ui.charts import topics_chart
from ui.render import band_and_range, cite, counted, headed, words

MOST_GAPS = 8
WHY_ENDED = {"completed": "All questions asked", "stopped": "Ended early", "time_up": "The time was over"}


def report_screen(events: Sequence[Event], state: State) -> None:
    report = build_report(state)
    st.title("Your report", anchor=False)
    st.caption(_about(report))
    _scores(report)
    _take_away(events, report)
    if report.topics:
        st.subheader("By topic", anchor=False)
        st.altair_chart(topics_chart(report.topics))
    _gaps(report)
    st.subheader("Question by question", anchor=False)
    for number, mark in enumerate(report.questions, start=1):
        question_card(mark, headed(mark.text, f"#### {number}\\. {{}}"))
    st.button("Start another", type="primary", on_click=session.go_to, args=(None,))


def _about(report: Report) -> str:
    ended = WHY_ENDED[report.reason] if report.reason else "Still running"
    grader = "the built-in grader" if report.grader.name == "local" else report.grader.model or report.grader.name
    asked = f"{report.mode.capitalize()} mode · {report.level} level · {report.started_at:%d %B %Y}"
    return words(f"{asked} · {ended} · marked by {grader}")


def _scores(report: Report) -> None:
    if report.independent is None or report.prompted is None:
        st.info("No question could be marked, so there is no score. Why is said with each question below.")
        return
    own, prompted = st.columns(2)
    own.metric(
        "On your own",
        f"{report.independent.score:.0%}",
        band_and_range(report.independent),
        delta_color="off",
        delta_arrow="off",
        border=True,
        help="What you showed before any hint. The range is what the grader's own doubt leaves open.",
    )
    prompted.metric(
        "After prompting",
        f"{report.prompted:.0%}",
        f"{_gain(report.prompted - report.independent.score)} with hints and prompts",
        delta_color="off",
        delta_arrow="off",
        border=True,
        help="What you added after a hint or prompt counts too, but less.",
    )
    if left_out := _left_out(report):
        st.caption(left_out)


def _gain(share: float) -> str:
    return f"+{max(share, 0):.0%}"


def _left_out(report: Report) -> str:
    skipped = f"{counted(report.skipped, 'question')} skipped, counted as 0%." if report.skipped else ""
    unmarked = f"{counted(report.unmarked, 'question')} could not be marked and left out." if report.unmarked else ""
    return " ".join(filter(None, (skipped, unmarked)))


def _gaps(report: Report) -> None:
    if not report.gaps:
        return
    reviewed = {mark.question_id for mark in report.questions if mark.status == "reviewed"}
    st.subheader("What to learn next", anchor=False)
    st.caption("What weighs most comes first.")
    told = (
        f"{words(gap.point.text)}  \n:small[{cite(gap.point.source, linked=gap.question_id in reviewed)}]"
        if gap.point.source
        else words(gap.point.text)
        for gap in report.gaps[:MOST_GAPS]
    )
    st.markdown("\n".join(f"{number}. {text}" for number, text in enumerate(told, start=1)))


def _take_away(events: Sequence[Event], report: Report) -> None:
    name = f"viva-{report.started_at:%Y-%m-%d}-{report.interview_id[:8]}"
    with st.container(horizontal=True):
        for label, form, text, mime in (
            ("Markdown", "md", to_markdown(events), "text/markdown"),
            ("JSON", "json", to_json(events), "application/json"),
        ):
            st.download_button(
                label, text, f"{name}.{form}", mime, icon=":material/download:", on_click="ignore", key=form
            )
