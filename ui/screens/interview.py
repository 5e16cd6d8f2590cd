"""The interview: the conversation so far, then what is new, spoken. Buttons and the answer's field stand below it."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from interviewer.engine import Interview
from interviewer.state import State
from ui import session
from ui.cards import DRAFT
from ui.conversation import Line, PressedButton, Typed, conversation
from ui.render import kind_name, topic_name, words
from ui.screens.controls import controls
from ui.transcript import draw, draw_history, interviewer


def interview_screen(interview: Interview) -> None:
    heading = st.container(key="heading").empty()
    heard = session.attend()
    _heading(heading, interview.state)
    before = [line for line in _lines(interview) if line.seq <= heard or isinstance(line, Typed | PressedButton)]
    draw_history(before)
    _carry_on(interview)
    if session.shows_report(interview):
        st.rerun()
    _heading(heading, interview.state)
    controls(interview)
    drawn = {line.seq for line in before}
    # Noted before it is spoken: an answer may interrupt the speaking, and what it replies to must then be history.
    session.note_heard(interview)
    for line in _lines(interview):
        if line.seq not in drawn:
            draw(line, speak=line.seq > heard)


def _lines(interview: Interview) -> Sequence[Line]:
    return conversation(interview.events, interview.state)


def _heading(place: DeltaGenerator, state: State) -> None:
    """How far the interview is, and what the question at hand is about."""
    if not state.questions or state.started is None:
        return
    current, length = state.current, min(state.started.setup.length, len(state.started.plan.question_ids))
    done = sum(asked.closed for asked in state.questions)
    with place.container(gap="small"):
        st.progress(min(done / length, 1.0), text=f"**Question {current.number} of {length}**")
        about = (topic_name(current.question.topic), current.question.level, kind_name(current.question.kind))
        badges = [f":gray-badge[{words(name)}]" for name in about]
        st.markdown(" ".join([*badges, DRAFT] if current.question.status == "draft" else badges))


def _carry_on(interview: Interview) -> None:
    """Whatever is owed: mark, decide, ask. The candidate's words are stored and on the screen by now."""
    if interview.state.awaiting == "answer":
        return
    place = st.empty()
    thinking = "Thinking about your answer …" if interview.state.awaiting == "marking" else "One moment …"
    with place, interviewer(), st.spinner(thinking):
        interview.carry_on()
    place.empty()
