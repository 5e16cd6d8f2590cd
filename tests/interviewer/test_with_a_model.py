"""An interview as it is wired when a model is set: marked and worded over real HTTP, and carried on without it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from interviewer import wiring
from interviewer.engine import Desk, Interview, start
from interviewer.models import Grade, Mode, Plan, Probe, Setup
from interviewer.settings import Settings
from interviewer.store import MemoryStore
from knowledge.bank import Bank, read_bank
from knowledge.embedding import OnnxEmbedder
from tests.factories import NOW
from tests.model_server import ModelServer, Recorded, Served, fails, says

SLUG = "sql-injection-prevention"
ANSWER = (
    "I use prepared statements with bound parameters, so that what the user typed is sent as data and never parsed. "
    "I never build a statement by concatenating strings."
)
QUOTE = "I use prepared statements with bound parameters"


def obliging(request: Recorded) -> Served:
    """Covers the first point and leaves the rest; words every move by its draft, after two words of its own."""
    if "Word the draft." in request.text:
        draft = request.text.rpartition("<draft>\n")[2].partition("\n</draft>")[0]
        return says({"text": f"Now then: {draft}"})
    labels = [line.split(":")[0] for line in request.text.splitlines() if line[:1] in "pm" and line[1:2].isdigit()]
    points = [
        {
            "label": label,
            "quote": QUOTE if label == "p1" else None,
            "shows": "binding",
            "verdict": "covered" if label == "p1" else "missing",
            "confidence": 0.8,
        }
        for label in labels
        if label.startswith("p")
    ]
    beliefs = [
        {"label": label, "quote": None, "asserted": False, "confidence": 0.9}
        for label in labels
        if label.startswith("m")
    ]
    return says({"points": points, "misconceptions": beliefs, "intent": "answer"})


class Shelf:
    """The shipped bank alone."""

    def __init__(self, bank: Bank) -> None:
        self._questions = {question.id: question for question in bank.questions}
        self.get = self._questions.get


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with ModelServer(obliging) as server:
        monkeypatch.setenv("OPENAI_API_BASE", server.url)
        yield server


@pytest.fixture
def desk(server: ModelServer, embedder: OnnxEmbedder, tmp_path: Path) -> Desk:
    settings = Settings(home=tmp_path, model="openai/of-my-own")
    seconds, ids = count(), count()
    return Desk(
        store=MemoryStore(),
        grader=wiring.open_grader(settings, embedder=embedder),
        phraser=wiring.open_phraser(settings),
        library=Shelf(read_bank()),
        clock=lambda: NOW + timedelta(seconds=next(seconds)),
        new_id=lambda: f"{next(ids):032x}",
    )


def answered(desk: Desk, mode: Mode = "interview") -> Interview:
    interview = start(desk, Setup(mode=mode, length=1), Plan(question_ids=(SLUG,)), bank_revision="1")
    interview.answer(ANSWER, "s1")
    return interview


def grade(interview: Interview) -> Grade:
    marking = interview.state.current.turns[0].marking
    assert isinstance(marking, Grade), marking
    return marking


def last_said(interview: Interview) -> tuple[str, str, str | None]:
    phrase = next(event.phrase for event in reversed(interview.events) if event.kind == "said")
    return phrase.text, phrase.by, phrase.note


def test_a_model_marks_and_words_what_code_decides(desk: Desk) -> None:
    interview = answered(desk)
    marked = grade(interview)
    assert (marked.grader.name, marked.grader.model, marked.grader.note) == ("llm", "openai/of-my-own", None)
    assert [verdict.verdict for verdict in marked.verdicts].count("covered") == 1
    assert isinstance(interview.state.current.moves[-1], Probe)
    text, by, _ = last_said(interview)
    assert by == "model"
    assert text.startswith("Now then: ")


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        pytest.param(fails(500), "failed at", id="server-error"),
        pytest.param(says("I would rather chat."), "asked shape", id="never-json"),
        pytest.param(says({"score": 1}), "asked shape", id="wrong-shape"),
    ],
)
def test_when_the_model_fails_the_local_path_goes_on_and_says_so(
    desk: Desk, server: ModelServer, broken: Served, told: str
) -> None:
    server.play([broken])
    interview = answered(desk)
    marked = grade(interview)
    assert marked.grader.name == "local"
    assert marked.grader.note is not None
    assert told in marked.grader.note
    text, by, note = last_said(interview)
    assert text
    assert by == "bank"
    assert note is not None
    assert told in note
    assert interview.state.awaiting == "answer"


def test_when_the_server_is_gone_the_interview_still_reaches_its_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:9/v1")
    interview = answered(desk, mode="practice")
    for turn in range(2, 30):
        if interview.state.status == "finished":
            break
        interview.answer("No idea, sorry.", f"s{turn}")
    assert interview.state.status == "finished"
    assert "is the server running there?" in (grade(interview).grader.note or "")


def test_what_is_sent_is_the_question_its_rubric_and_what_was_said_and_nothing_else(
    desk: Desk, server: ModelServer, tmp_path: Path
) -> None:
    answered(desk)
    sent = [json.dumps(request.body) for request in server.requests]
    assert all(str(tmp_path) not in body and "local" not in body.split('"messages"')[0] for body in sent)
    assert {key for request in server.requests for key in request.body} <= {
        "model",
        "messages",
        "temperature",
        "seed",
        "response_format",
    }
    model_answer = next(question.model_answer for question in read_bank().questions if question.id == SLUG) or ""
    assert not any(model_answer.split("\n")[0] in body for body in sent)
