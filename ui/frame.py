"""The outermost frame of every screen: what fails inside is noted, without a word of the candidate's, and explained."""

import traceback
from collections.abc import Callable
from functools import wraps

import streamlit as st

from interviewer.engine import NothingToAsk
from interviewer.llm.reply_cache import CacheError
from interviewer.logs import configure_logging, logger
from interviewer.settings import SettingsError
from interviewer.store import StoreError, UnknownInterview
from knowledge.bank import BankError
from knowledge.catalogue import CatalogueError
from knowledge.embedding import EmbeddingError
from knowledge.index_models import IndexProblem
from ui import session
from ui.render import words

_log = logger("ui")

EXPECTED = (
    NothingToAsk,
    SettingsError,
    StoreError,
    CacheError,
    BankError,
    CatalogueError,
    EmbeddingError,
    IndexProblem,
)
"""Their messages are written for the person, and say what to do."""


def framed(screen: Callable[[], None]) -> Callable[[], None]:
    @wraps(screen)
    def within() -> None:
        configure_logging()
        try:
            screen()
        except UnknownInterview:
            _unknown()
        except EXPECTED as error:
            _log.warning("refused", error=type(error).__name__)
            _explain(words(str(error)))
        except Exception as error:  # noqa: BLE001 - the one place: whatever failed, the person is told what to do
            _log.error("failed", error=type(error).__name__, at=_places(error))
            _explain("Something went wrong on this page; it was noted in the server's log.")

    return within


def _explain(reason: str) -> None:
    waiting = session.waiting_words()
    st.error(reason, icon=":material/error:")
    if waiting is None:
        st.markdown("Everything that you sent before is stored. **Try again** goes on from there.")
    else:
        st.markdown(
            "Everything that you sent before is stored; **this is not yet**. It is tried again with the button:"
        )
        _show(waiting)
    with st.container(horizontal=True):
        st.button("Try again", type="primary", icon=":material/refresh:")
        st.button("Back to the first page", on_click=session.go_to, args=(None,), disabled=waiting is not None)


def _unknown() -> None:
    st.subheader("There is no such interview here", anchor=False)
    st.markdown(
        "It may have been deleted, or the address was not copied whole. Your other interviews are in **History**."
    )
    waiting = session.waiting_words()
    if waiting is not None:
        st.markdown("What you wrote last **is not stored**:")
        _show(waiting)
    st.button("Start a new interview", type="primary", on_click=session.go_to, args=(None,))


def _show(waiting: str) -> None:
    st.code(waiting, language=None, wrap_lines=True)


def _places(error: BaseException) -> list[str]:
    """Where it happened, without the messages, which may hold somebody's words."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
