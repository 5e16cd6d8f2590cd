"""Words that could not become an answer are given back, never dropped."""

import streamlit as st

from ui import session
from ui.render import words


def given_back() -> None:
    unsent = session.unsent()
    if not unsent:
        return
    with st.container(border=True):
        for left in unsent:
            st.markdown(f":material/undo: {words(left.reason)} Here is what you wrote:")
            st.code(left.text, language=None, wrap_lines=True)
        st.button("Put it away", on_click=session.put_unsent_away)
