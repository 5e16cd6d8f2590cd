"""The chat: its pages, and the name above them. What a page shows is decided in ui/screens."""

from pathlib import Path

import streamlit as st

from ui import session
from ui.frame import framed
from ui.screens.history import history_screen
from ui.screens.home import home_screen

THEME = Path(__file__).parent / "theme"


def show_history() -> None:
    history_screen(practise)


st.set_page_config(page_title="Viva", page_icon=THEME / "icon.svg", layout="centered")
st.html(THEME / "viva.css")
st.logo(THEME / "viva.svg", size="large")
practise = st.Page(framed(home_screen), title="Practise", icon=":material/record_voice_over:", default=True)
history = st.Page(framed(show_history), title="History", icon=":material/history:", url_path="history")
st.navigation([practise, history], position="top").run()
session.note_drawn()
