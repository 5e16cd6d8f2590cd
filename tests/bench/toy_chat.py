"""The bare ten-line Streamlit chat that the start of the real one is compared with."""

import streamlit as st

st.title("Chat")
history = st.session_state.setdefault("history", [])
for role, text in history:
    st.chat_message(role).write(text)
if said := st.chat_input("Say something"):
    history.append(("user", said))
    st.chat_message("user").write(said)
