"""The interview: the conversation so far, then what is new, spoken. Buttons and the answer's field stand below it."""

import re
import time
from collections.abc import Iterator, Sequence
from typing import assert_never

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from interviewer.engine import Interview
from interviewer.state import State
from ui import session
from ui.cards import DRAFT, feedback_card, question_card
from ui.conversation import Closing, Feedback, Line, PressedButton, Put, Spoken, Typed, conversation
from ui.render import headed, topic_name, words
from ui.screens.controls import controls

PACE, LONGEST = 0.022, 1.4
"""Seconds a word when the interviewer speaks, and the most that one message takes."""
PRESSED = {
    "skip": "You skipped this question.",
    "hint": "You asked for a hint.",
    "clarify": "You asked: ",
    "retry": "Marked once more.",
    "stop": "You ended the interview.",
}


def interview_screen(interview: Interview) -> None:
    heading = st.container(key="heading").empty()
    heard, stored = session.heard(), interview.state.seq
    _heading(heading, interview.state)
    known = [line for line in _lines(interview) if line.seq <= heard or isinstance(line, Typed | PressedButton)]
    _history(known, interview.state)
    _carry_on(interview)
    _heading(heading, interview.state)
    if interview.state.status == "finished" and not session.attending():
        st.rerun()  # the candidate pressed End: to the report
    controls(interview)
    for line in _lines(interview):
        if line.seq > stored or line not in known:
            _draw(line, speak=line.seq > heard)
    session.note_heard(interview)


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
        about = (topic_name(current.question.topic), current.question.level, current.question.kind)
        badges = [f":gray-badge[{words(name)}]" for name in about]
        st.markdown(" ".join([*badges, DRAFT] if current.question.status == "draft" else badges))


def _history(lines: Sequence[Line], state: State) -> None:
    """What was said before. Of the questions before the last one only the title stays open to the eye."""
    questions: list[list[Line]] = []
    for line in lines:
        if isinstance(line, Put) or not questions:
            questions.append([])
        questions[-1].append(line)
    for number, question in enumerate(questions, start=1):
        if number < len(questions) - 1:
            _folded(question, number)
        else:
            for line in question:
                _draw(line)


def _folded(lines: Sequence[Line], number: int) -> None:
    asked = next((line.question.text for line in lines if isinstance(line, Put)), "")
    fold = st.expander(
        f"Question {number}: {words(asked.splitlines()[0])}", key=f"question-{number}", on_change="rerun"
    )
    if fold.open:
        with fold:
            for line in lines:
                _draw(line)


def _carry_on(interview: Interview) -> None:
    """Whatever is owed: mark, decide, ask. The candidate's words are stored and on the screen by now."""
    if interview.state.awaiting == "answer":
        return
    place = st.empty()
    with place, _interviewer(), st.spinner("Thinking about your answer …"):
        interview.carry_on()
    place.empty()


def _draw(line: Line, *, speak: bool = False) -> None:
    match line:
        case Put():
            with _interviewer():
                _say("\n\n".join(filter(None, (words(line.bridge or ""), headed(line.question.text, "**{}**")))), speak)
        case Spoken():
            with _interviewer():
                _say(words(line.text), speak)
                if line.note:
                    st.caption(words(line.note))
        case Typed():
            with st.chat_message("You", avatar=":material/person:"):
                st.text(line.text)
        case PressedButton():
            st.caption(PRESSED[line.control] + words(line.text or ""))
        case Feedback():
            feedback_card(line)
        case Closing():
            question_card(line.mark, f"#### Looking back at question {line.number}")
        case _:
            assert_never(line)


def _interviewer() -> DeltaGenerator:
    return st.chat_message("Interviewer", avatar=":material/record_voice_over:")


def _say(markdown: str, speak: bool) -> None:
    """Shown at once, or word by word as if spoken: complete and stored either way."""
    if speak:
        st.write_stream(_word_by_word(markdown))
    else:
        st.markdown(markdown)


def _word_by_word(markdown: str) -> Iterator[str]:
    pieces = re.findall(r"\s*\S+", markdown)
    for piece in pieces:
        yield piece
        time.sleep(min(PACE, LONGEST / len(pieces)))
