"""The first page: one click begins, and what it begins can be chosen below."""

from datetime import UTC, datetime

import streamlit as st

from ui import session
from ui.render import ago, topic_name, words
from ui.screens.choices import choices, in_short


def start_screen() -> None:
    st.title("Practise a backend interview", anchor=False)
    st.markdown(
        "One question at a time, follow-ups on what you left out, and a report "
        "in which every mark rests on your own words and on a source."
    )
    # Before the choices: it can be pressed while the questions are still being read.
    pressed = st.button("Start", type="primary", width="stretch")
    chosen, unfinished = st.empty(), st.container()
    setup = choices()
    if pressed:
        with chosen, st.spinner("Choosing the questions …"):
            session.begin(setup)
    chosen.caption(in_short(setup), text_alignment="center")
    with unfinished:
        _continue()
    _who_marks()


def _continue() -> None:
    """The interview that was left last can be gone on with."""
    unfinished = [summary for summary in session.interviews() if summary.status != "finished" and summary.asked]
    for summary in unfinished[:1]:
        topics = ", ".join(topic_name(topic) for topic in summary.topics)
        since = ago(summary.changed_at, datetime.now(UTC))
        others = f" · {len(unfinished) - 1} more in History" if len(unfinished) > 1 else ""
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**Unfinished {summary.mode}:** {words(topics)}  \n:small[question {summary.asked}, {since}{others}]",
                width="stretch",
            )
            st.button("Continue", on_click=session.go_to, args=(summary.id,))


def _who_marks() -> None:
    model = session.settings().model
    if model is None:
        st.caption(
            ":material/lock: Marked on this machine by the built-in grader. Nothing you write leaves it.  \n"
            ":material/checklist: Marking personal questions needs a model. Without one they are asked "
            "when you choose their topic, and you check your answer yourself, point by point."
        )
        return
    other = session.second_model()
    second = f" Where a score is close to a band's edge, {words(other)} is asked too." if other else ""
    st.caption(
        f":material/cloud_upload: Marked and worded by {words(model)}.{second} What is sent: each question, its rubric "
        "and what is said about it, nothing else. Where it fails, the built-in grader stands in and says so."
    )
