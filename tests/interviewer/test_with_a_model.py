"""An interview as it is wired when a model is set: marked and worded over real HTTP, and carried on without it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from interviewer import wiring
from interviewer.engine import Desk, Interview, start
from interviewer.grading.port import GradingTask
from interviewer.models import Grade, Mode, Plan, Probe, Setup
from interviewer.settings import Settings
from interviewer.store import MemoryStore
from knowledge.bank import Bank, read_bank
from knowledge.embedding import OnnxEmbedder
from tests.factories import NOW, answer
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


# ── What surrounds a model's marking ─────────────────────────────────────────────────────────────────────────


def task(slug: str, text: str) -> GradingTask:
    asked = next(question for question in read_bank().questions if question.id == slug)
    return GradingTask(question=asked, points=asked.points, answers=(answer(text),))


def three_points(request: Recorded) -> Served:
    """8 of 13, close to 0.65. Asked with another seed, it gives the first one up."""
    reply = json.loads(str(obliging(request).content))
    for draft in reply["points"][:3]:
        draft |= {"quote": QUOTE, "verdict": "covered"}
    if request.body["seed"] == wiring.ANOTHER_SEED:
        reply["points"][0] |= {"quote": None, "verdict": "missing"}
    return says(reply)


def test_close_to_a_bands_edge_the_model_is_asked_again_with_another_seed(
    server: ModelServer, embedder: OnnxEmbedder, tmp_path: Path
) -> None:
    server.play(three_points)
    settings = Settings(home=tmp_path, model="openai/of-my-own", second_opinion="seed")
    marking = wiring.open_grader(settings, embedder=embedder).grade(task(SLUG, ANSWER))
    assert isinstance(marking, Grade)
    assert [request.body["seed"] for request in server.requests] == [0, wiring.ANOTHER_SEED]
    assert (marking.verdicts[0].verdict, marking.verdicts[0].confidence) == ("covered", 0.5)
    assert "(seed 1) differs, and the milder verdict stands: " in (marking.grader.note or "")
    assert marking.grader.seed == 0


def test_another_model_can_give_the_second_opinion(server: ModelServer, embedder: OnnxEmbedder, tmp_path: Path) -> None:
    server.play(three_points)
    settings = Settings(home=tmp_path, model="openai/of-my-own", second_opinion="openai/of-another")
    wiring.open_grader(settings, embedder=embedder).grade(task(SLUG, ANSWER))
    assert [request.body["model"] for request in server.requests] == ["of-my-own", "of-another"]


def test_what_the_built_in_grader_surely_sees_otherwise_is_flagged_and_stands(
    server: ModelServer, embedder: OnnxEmbedder, tmp_path: Path
) -> None:
    def sees_nothing(request: Recorded) -> Served:
        reply = json.loads(str(obliging(request).content))
        return says(reply | {"points": [one | {"quote": None, "verdict": "missing"} for one in reply["points"]]})

    server.play(sees_nothing)
    asked = next(question for question in read_bank().questions if question.id == SLUG)
    told = f"{asked.points[0].text} {asked.model_answer}"
    marking = wiring.open_grader(Settings(home=tmp_path, model="openai/m"), embedder=embedder).grade(task(SLUG, told))
    assert isinstance(marking, Grade)
    assert {verdict.verdict for verdict in marking.verdicts} == {"missing"}
    flags = [verdict.note for verdict in marking.verdicts if verdict.note]
    assert flags
    assert all(flag.startswith("The built-in grader sees this differently: ") for flag in flags)


def test_a_model_that_judges_the_words_beside_a_statement_is_told_of_the_tables_and_of_the_run(
    server: ModelServer, embedder: OnnxEmbedder, tmp_path: Path
) -> None:
    text = "SELECT MAX(salary) FROM employees;\nI take the maximum, since an index on salary would give it at once."
    grader = wiring.open_grader(Settings(home=tmp_path, model="openai/m"), embedder=embedder)
    marking = grader.grade(task("second-highest-salary", text))
    assert isinstance(marking, Grade)
    assert marking.grader.name == "sql"
    request = server.requests[0]
    assert "CREATE TABLE" in request.text.partition("<tables>")[2].partition("</tables>")[0]
    assert (marking.note or "nothing") in request.text.partition("<found>")[2].partition("</found>")[0]


def test_a_statement_that_cannot_be_run_goes_to_the_model_with_its_tables_and_the_reason(
    server: ModelServer, embedder: OnnxEmbedder, tmp_path: Path
) -> None:
    asked = task("second-highest-salary", "SELECT MAX(salary) FROM employees;").question
    unchecked = asked.model_copy(update={"checks": ()})
    given = GradingTask(question=unchecked, points=asked.points, answers=(answer("SELECT 1 FROM employees;"),))
    wiring.open_grader(Settings(home=tmp_path, model="openai/m"), embedder=embedder).grade(given)
    request = server.requests[0]
    assert "CREATE TABLE" in request.text.partition("<tables>")[2].partition("</tables>")[0]
    assert "nothing to check a statement by" in request.text.partition("<found>")[2].partition("</found>")[0]
