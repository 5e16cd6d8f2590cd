"""The chat without a browser: Streamlit's AppTest on the real page, a home of its own, words that take no time."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from interviewer import wiring
from interviewer.settings import Settings
from knowledge.bank import Bank
from knowledge.library import Library
from knowledge.models import Slug

APP = Path(__file__).parents[2] / "ui" / "app.py"

Visit = Callable[..., AppTest]
Offer = Callable[..., None]


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


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Offer:
    """Leaves only these questions of the bank to be asked."""

    def leave(*slugs: Slug) -> None:
        bank = Bank(questions=tuple(question for question in wiring.open_bank().questions if question.id in slugs))

        def open_library(settings: Settings) -> Library:
            with wiring.open_catalogue(settings) as catalogue:
                return Library(bank, catalogue)

        monkeypatch.setattr(wiring, "open_library", open_library)

    return leave
