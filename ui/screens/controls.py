"""What the candidate can do now: answer, or press Hint, Skip, Clarify, End, and Retry where marking failed."""

import streamlit as st

from interviewer.engine import Interview
from interviewer.state import State
from knowledge.models import Kind
from ui import session
from ui.screens.given_back import given_back

PLACEHOLDERS: dict[Kind, str] = {"sql": "Your statement, and why it is right. Shift+Enter begins a new line"}


def controls(interview: Interview) -> None:
    """Each carries the place in the log that it was drawn at: a second click changes nothing, and an answer counts for
    no question but the one that it was typed below."""
    here = session.Place(interview.id, interview.state.seq)
    with st.bottom:
        given_back()
        _buttons(interview.state, here)
    # Not within st.bottom, and there to the end: only an answer's field that goes down there by itself keeps the page
    # scrolled along.
    over = interview.state.status == "finished"
    st.chat_input(
        "The interview is over" if over else PLACEHOLDERS.get(interview.state.current.question.kind, "Your answer"),
        key="typed",
        disabled=over,
        on_submit=session.type_answer,
        args=(here,),
    )


def _buttons(state: State, here: session.Place) -> None:
    if state.status == "finished":
        st.button("See your report", type="primary", icon=":material/summarize:", on_click=session.show_report)
        return
    if state.current.retryable:
        st.warning(
            "Your answer is stored but could not be marked. Have it marked again, or simply go on: "
            "after that the question stays unmarked and counts neither for nor against you.",
            icon=":material/sync_problem:",
        )
    with st.container(horizontal=True, gap="small", key="buttons"):
        if state.current.retryable:
            _button("Retry", "retry", ":material/refresh:", here, "Mark the answer that is already stored.")
        _button("Hint", "hint", ":material/lightbulb:", here, "A nudge. What you say after it counts a little less.")
        _button("Skip", "skip", ":material/skip_next:", here, "Leave this question: what was not shown counts 0.")
        _clarify(here)
        _end(here)


def _button(label: str, control: session.Button, icon: str, here: session.Place, explained: str) -> None:
    st.button(label, icon=icon, help=explained, key=control, on_click=session.press, args=(control, here))


def _clarify(here: session.Place) -> None:
    with (
        st.popover("Clarify", icon=":material/contact_support:", key=f"clarifying-{here.seq}"),
        st.form(f"clarify-{here.seq}", border=False),
    ):
        key = f"clarify-text-{here.seq}"
        st.text_input("What do you want to know?", key=key, max_chars=500, placeholder="How many users are there?")
        st.form_submit_button("Ask", type="primary", on_click=session.ask, args=(key, here))


def _end(here: session.Place) -> None:
    if st.button("End", icon=":material/flag:", help="Leave the rest, and see the report.", key="end"):
        _make_sure(here)


@st.dialog("End the interview here?")
def _make_sure(here: session.Place) -> None:
    st.markdown("What you answered is kept and marked; the rest is not asked.")
    if st.button("End and see the report", type="primary", key="stop", on_click=session.press, args=("stop", here)):
        st.rerun()
