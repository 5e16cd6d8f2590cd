"""The first page: one click begins, and what it begins can be chosen below."""

from datetime import UTC, datetime
from typing import get_args

import streamlit as st

from interviewer import wiring
from interviewer.models import Mode, Setup
from interviewer.store import InterviewSummary
from knowledge.models import Level
from ui import session
from ui.render import ago, counted, topic_name, words

MODES: dict[Mode, tuple[str, str]] = {
    "practice": ("Practice", "Feedback after every answer, hints when you are stuck, and gaps explained as you go."),
    "interview": ("Interview", "As in the real thing: neutral follow-up questions, and no marks before the end."),
}


def start_screen() -> None:
    st.title("Practise a backend interview", anchor=False)
    st.markdown(
        "One question at a time, follow-ups on what you left out, and a report "
        "in which every mark rests on your own words and on a source."
    )
    launch, unfinished = st.container(), st.container()
    setup = _choices()
    with launch:
        if st.button("Start", type="primary", width="stretch"):
            with st.spinner("Choosing the questions …"):
                session.begin(setup)
        st.caption(_in_short(setup), text_alignment="center")
    with unfinished:
        _continue([summary for summary in session.interviews() if summary.status != "finished" and summary.asked])
    _who_marks()
    session.warm()


def _choices() -> Setup:
    with st.container(border=True):
        mode = st.radio(
            "Mode", get_args(Mode), format_func=lambda mode: MODES[mode][0], captions=[c for _, c in MODES.values()]
        )
        level = st.segmented_control("Level", get_args(Level), default="mid", required=True, format_func=str.capitalize)
        topics = st.multiselect("Topics", _topics(), format_func=topic_name, placeholder="All topics")
        length = st.slider("Questions", 1, 15, 5)
        drafts = sum(question.status == "draft" for question in session.library().all())
        own = drafts > 0 and st.toggle(
            f"Include {counted(drafts, 'question')} from my own documents",
            help="Their rubrics were drafted from the documents and are labelled “draft rubric”.",
        )
    return Setup(
        mode=mode or "practice",
        level=level or "mid",
        topics=tuple(topics),
        length=length,
        seed=wiring.fresh_seed(),
        drafts=own,
    )


def _topics() -> list[str]:
    return sorted({question.topic for question in session.library().all()})


def _in_short(setup: Setup) -> str:
    topics = ", ".join(topic_name(topic) for topic in setup.topics) or "all topics"
    return words(f"{counted(setup.length, 'question')} · {setup.level} level · {topics} · {setup.mode} mode")


def _continue(unfinished: list[InterviewSummary]) -> None:
    now = datetime.now(UTC)
    for summary in unfinished[:1]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            topics = ", ".join(topic_name(topic) for topic in summary.topics)
            st.markdown(
                f"**Unfinished {summary.mode}:** {words(topics)}  \n"
                f":small[question {summary.asked}, {ago(summary.changed_at, now)}{_more(len(unfinished) - 1)}]",
                width="stretch",
            )
            st.button("Continue", on_click=session.go_to, args=(summary.id,))


def _more(others: int) -> str:
    return f" · {others} more in History" if others else ""


def _who_marks() -> None:
    model = session.settings().model
    if model is None:
        st.caption(":material/lock: Marked on this machine by the built-in grader. Nothing you write leaves it.")
    else:
        st.caption(
            f":material/cloud_upload: Marked by {words(model)}. It is sent each question, its rubric and your answers "
            "to it; nothing else. Where it fails, the built-in grader stands in and says so."
        )
