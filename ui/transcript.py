"""The lines of a conversation, drawn: what is new is spoken word by word, what is older stands there at once."""

import re
import time
from collections.abc import Iterator, Sequence
from typing import assert_never

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.cards import feedback_card, question_card
from ui.conversation import Closing, Feedback, Line, PressedButton, Put, Spoken, Typed
from ui.render import put, words
from ui.screens.contest import contest

PACE, LONGEST = 0.022, 1.4
"""Seconds a word when the interviewer speaks, and the most that one message takes."""
PRESSED = {
    "skip": "You skipped this question.",
    "hint": "You asked for a hint.",
    "clarify": "You asked what the question means.",
    "retry": "Marked once more.",
    "stop": "You ended the interview.",
}


def draw_history(lines: Sequence[Line]) -> None:
    """What was said before. Questions before the last two are folded, and only drawn once they are unfolded."""
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
                draw(line)


def draw(line: Line, *, speak: bool = False) -> None:
    match line:
        case Put():
            with interviewer():
                _say("\n\n".join(filter(None, (words(line.bridge or ""), put(line.question, "**{}**")))), speak)
        case Spoken():
            with interviewer():
                _say(words(line.text), speak)
                if line.note:
                    st.caption(words(line.note))
        case Typed():
            with st.chat_message("You", avatar=":material/person:"):
                st.text(line.text)
        case PressedButton():
            st.caption(f"You asked: {words(line.text)}" if line.text else PRESSED[line.control])
        case Feedback():
            feedback_card(line)
        case Closing():
            question_card(line.mark, f"#### Looking back at question {line.number}", contest=contest)
        case _:
            assert_never(line)


def interviewer() -> DeltaGenerator:
    return st.chat_message("Interviewer", avatar=":material/record_voice_over:")


def _folded(lines: Sequence[Line], number: int) -> None:
    asked = next((line.question.text for line in lines if isinstance(line, Put)), "")
    fold = st.expander(
        f"Question {number}: {words(asked.splitlines()[0])}", key=f"question-{number}", on_change="rerun"
    )
    if fold.open:
        with fold:
            for line in lines:
                draw(line)


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
