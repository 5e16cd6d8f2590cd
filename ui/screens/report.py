"""The report: both scores, topics, what to learn next, every question with its evidence, and the whole to take away."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import streamlit as st

from interviewer.events import Event
from interviewer.export import to_json, to_markdown
from interviewer.models import Grade, Report
from interviewer.regrading import marking_runs
from interviewer.scoring import build_report
from interviewer.state import State, fold
from ui import session
from ui.cards import gaps_list, question_card, score_cards
from ui.charts import topics_chart
from ui.render import headed, words
from ui.screens.contest import contest

WHY_ENDED = {"completed": "All questions asked", "stopped": "Ended early", "time_up": "The time was over"}


def report_screen(events: Sequence[Event], state: State) -> None:
    st.title("Your report", anchor=False)
    state = _run_shown(events, state)
    report = build_report(state)
    st.caption(_about(report))
    score_cards(report)
    for note in _stand_ins(state):
        st.caption(words(note))
    _take_away(events, report)
    if report.topics:
        st.subheader("By topic", anchor=False)
        st.altair_chart(topics_chart(report.topics))
    if report.gaps:
        st.subheader("What to learn next", anchor=False)
        gaps_list(report)
    if report.questions:
        st.subheader("Question by question", anchor=False)
    for number, (mark, asked) in enumerate(zip(report.questions, state.questions, strict=True), start=1):
        answers = [answer.text for answer in asked.answers]
        own = state.started is not None and state.started.run_id == report.run_id
        question_card(mark, headed(mark.text, f"#### {number}\\. {{}}"), answers, contest if own else None)
    st.button("Start another", type="primary", on_click=session.go_to, args=(None,))


def _run_shown(events: Sequence[Event], state: State) -> State:
    """By the marks that the interview was held with, or by those of a later run where one is chosen."""
    runs = marking_runs(events)
    if len(runs) < 2:
        return state
    chosen = st.selectbox("Marks", runs, format_func=lambda run: _run_name(runs.index(run)), key="run")
    return fold(events, chosen) if chosen and chosen != runs[0] else state


def _run_name(place: int) -> str:
    return "As the interview was marked" if place == 0 else f"Marked again, run {place}"


def _about(report: Report) -> str:
    ended = WHY_ENDED[report.reason] if report.reason else "Still running"
    grader = "the built-in grader" if report.grader.name == "local" else report.grader.model or report.grader.name
    held = f"{report.mode.capitalize()} mode · {report.level} level · {_day(report):%d %B %Y}"
    return words(f"{held} · {ended} · marked by {grader}")


def _day(report: Report) -> datetime:
    """By this machine's clock, as `interviewer sessions` tells it."""
    return report.started_at.astimezone()


def _stand_ins(state: State) -> Iterable[str]:
    """Why another grader than the one asked for marked some answers."""
    markings = (turn.marking for asked in state.questions for turn in asked.turns)
    notes = (marking.grader.note for marking in markings if isinstance(marking, Grade))
    return dict.fromkeys(note for note in notes if note)


def _take_away(events: Sequence[Event], report: Report) -> None:
    name = f"viva-{_day(report):%Y-%m-%d}-{report.interview_id[:8]}"
    forms = (
        ("Markdown", "md", to_markdown(events, report.run_id)),
        ("JSON", "json", to_json(events, report.run_id)),
    )
    with st.container(horizontal=True):
        for label, form, text in forms:
            st.download_button(label, text, f"{name}.{form}", key=form, icon=":material/download:", on_click="ignore")
