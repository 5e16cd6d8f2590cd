"""What can be chosen before an interview, and how a choice reads in short."""

from typing import get_args

import streamlit as st

from interviewer import wiring
from interviewer.models import Mode, Setup
from interviewer.planning import askable
from knowledge.models import Level, Question
from ui import session
from ui.render import counted, topic_name, words

MODES: dict[Mode, tuple[str, str]] = {
    "practice": ("Practice", "Feedback after every answer, hints when you are stuck, and gaps explained as you go."),
    "interview": ("Interview", "As in the real thing: neutral follow-up questions, and no marks before the end."),
}


def choices() -> Setup:
    questions = session.library().all()
    with st.container(border=True):
        mode = st.radio(
            "Mode",
            get_args(Mode),
            format_func=lambda mode: MODES[mode][0],
            captions=[told for _, told in MODES.values()],
        )
        level = st.segmented_control("Level", get_args(Level), default="mid", required=True, format_func=str.capitalize)
        below_level = st.container()
        length = st.slider("Questions", 1, 15, 5)
        own = _own_documents(questions)
        with below_level:
            topics = _topics(questions, own)
    return Setup(
        mode=mode or "practice",
        level=level or "mid",
        topics=tuple(topics),
        length=length,
        seed=wiring.fresh_seed(),
        drafts=own,
    )


def _topics(questions: tuple[Question, ...], own: bool) -> list[str]:
    """Those that something can be asked about. By its key, what was chosen outlives a change of what is offered."""
    return st.multiselect(
        "Topics",
        sorted({question.topic for question in questions if own or question.status == "reviewed"}, key=topic_name),
        format_func=topic_name,
        placeholder="All topics",
        key="topics",
    )


def _own_documents(questions: tuple[Question, ...]) -> bool:
    """Only offered to those who have ingested documents."""
    drafts = sum(question.status == "draft" for question in questions)
    return drafts > 0 and st.toggle(
        f"Include {counted(drafts, 'question')} from my own documents",
        help="Their rubrics were drafted from the documents, and are labelled “draft rubric” wherever they are used.",
    )


def in_short(setup: Setup) -> str:
    topics = ", ".join(topic_name(topic) for topic in setup.topics) or "all topics"
    there_are = len(askable(session.library().all(), setup))
    asked = counted(setup.length, "question") if there_are >= setup.length else f"All {counted(there_are, 'question')}"
    return words(f"{asked} · {setup.level} level · {topics} · {setup.mode} mode")
