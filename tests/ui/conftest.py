"""The chat without a browser: Streamlit's AppTest on the real page, a home of its own, words that take no time."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "ui" / "app.py"

Visit = Callable[..., AppTest]


@pytest.fixture
def visit(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visit]:
    """Opens the page in a new browser session, at an interview's address if one is given."""
    monkeypatch.setattr("ui.transcript.PACE", 0)
    st.cache_resource.clear()

    def open_page(interview_id: str | None = None) -> AppTest:
        app = AppTest.from_file(str(APP), default_timeout=60)
        if interview_id:
            app.query_params["interview"] = interview_id
        return app.run()

    yield open_page
    st.cache_resource.clear()
