"""From settings to an interview that runs; and what is not loaded before it is needed."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from interviewer import wiring
from interviewer.engine import Interview
from interviewer.grading.port import EVERY_KIND
from interviewer.grading.routing import RoutingGrader
from interviewer.models import Setup
from interviewer.phrasing import BankPhraser
from interviewer.phrasing_model import ModelPhraser
from interviewer.settings import Settings, SettingsError, read_settings
from interviewer.sql_store import SqlStore
from interviewer.store import UnknownInterview
from knowledge.embedding import OnnxEmbedder

HEAVY = ("torch", "sentence_transformers", "transformers", "chromadb", "litellm", "openai", "onnxruntime", "streamlit")


@pytest.fixture
def settings(home: Path) -> Settings:
    return read_settings()


@pytest.fixture
def with_model(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("INTERVIEWER_MODEL", "openai/some-model")
    return read_settings()


def test_what_the_first_page_needs_loads_nothing_heavy(home: Path) -> None:
    script = f"""
import sys
from interviewer import wiring
from interviewer.settings import read_settings
settings = read_settings()
wiring.open_store(settings).interviews()
assert wiring.open_library(settings).all()
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_ids_and_seeds_are_fresh() -> None:
    assert len({wiring.fresh_id() for _ in range(100)}) == 100
    assert len(wiring.fresh_id()) == 32
    assert wiring.utc_now().tzinfo is not None


def test_without_a_model_everything_is_local(settings: Settings, embedder: OnnxEmbedder) -> None:
    assert wiring.open_llm(settings) is None
    grader = wiring.open_grader(settings, embedder=embedder)
    assert isinstance(grader, RoutingGrader)
    assert (grader.info.name, "sql" in grader.kinds, "opinion" in grader.kinds) == ("local", True, False)
    assert isinstance(wiring.open_phraser(settings), BankPhraser)


def test_with_a_model_it_marks_and_speaks_and_the_local_grader_stands_behind_it(
    with_model: Settings, embedder: OnnxEmbedder
) -> None:
    grader = wiring.open_grader(with_model, embedder=embedder)
    assert grader.kinds == EVERY_KIND
    assert (grader.info.name, grader.info.model) == ("llm", "openai/some-model")
    assert isinstance(wiring.open_phraser(with_model), ModelPhraser)
    assert wiring.open_model_grader(with_model).info.name == "llm"


def test_the_local_grader_can_be_asked_for_where_there_is_a_model(with_model: Settings, embedder: OnnxEmbedder) -> None:
    assert wiring.open_grader(with_model, "local", embedder).info.name == "local"


def test_a_model_asked_for_where_there_is_none_says_how_to_name_one(settings: Settings) -> None:
    for open_it in (lambda: wiring.open_grader(settings, "llm"), lambda: wiring.open_model_grader(settings)):
        with pytest.raises(SettingsError, match="set INTERVIEWER_MODEL"):
            open_it()


def test_an_interview_runs_on_the_wired_parts_and_is_found_again(settings: Settings, embedder: OnnxEmbedder) -> None:
    library = wiring.open_library(settings)
    desk = wiring.open_desk(settings, library=library, embedder=embedder)
    interview = wiring.begin_interview(settings, desk, library, Setup(length=1, topics=("databases",)))
    assert interview.answer("I would add an index, and look at the query plan.", "s1")
    interview.control("stop")
    kept = SqlStore(settings.interviews_url)
    assert kept.read(interview.id) == interview.events
    assert [summary.status for summary in kept.interviews()] == ["finished"]
    assert {event.kind for event in interview.events} >= {"started", "asked", "answered", "marked", "said", "finished"}
    kept.close()


def test_a_second_interview_does_not_begin_with_the_question_of_the_first(
    settings: Settings, embedder: OnnxEmbedder
) -> None:
    library = wiring.open_library(settings)
    desk = wiring.open_desk(settings, library=library, embedder=embedder)
    setup = Setup(length=1)
    first = wiring.begin_interview(settings, desk, library, setup)
    second = wiring.begin_interview(settings, desk, library, setup)
    assert first.state.current.question.id != second.state.current.question.id


def test_only_the_candidates_own_interviews_count_as_asked(
    settings: Settings, embedder: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = wiring.open_library(settings)
    desk = wiring.open_desk(settings, library=library, embedder=embedder)
    wiring.begin_interview(settings, desk, library, Setup(length=1))
    monkeypatch.setenv("INTERVIEWER_CANDIDATE_ID", "somebody-else")
    assert len(wiring.asked_before(desk.store)) == 1
    assert wiring.asked_before(wiring.open_store(read_settings())) == []


@pytest.mark.parametrize("setting", ["CANDIDATE_ID", "WORKSPACE_ID"])
def test_a_shared_database_shows_nobody_the_interviews_of_others(
    settings: Settings, embedder: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    library = wiring.open_library(settings)
    desk = wiring.open_desk(settings, library=library, embedder=embedder)
    interview = wiring.begin_interview(settings, desk, library, Setup(length=1))
    monkeypatch.setenv(f"INTERVIEWER_{setting}", "somebody-else")
    theirs = wiring.open_desk(read_settings(), library=library, embedder=embedder)
    assert theirs.store.interviews() == ()
    for use in (lambda: Interview(interview.id, theirs), lambda: theirs.store.delete(interview.id)):
        with pytest.raises(UnknownInterview):
            use()
    assert desk.store.read(interview.id) == interview.events


def test_a_damaged_interview_is_passed_over_and_not_in_the_way_of_a_new_one(
    settings: Settings, embedder: OnnxEmbedder, caplog: pytest.LogCaptureFixture
) -> None:
    library = wiring.open_library(settings)
    desk = wiring.open_desk(settings, library=library, embedder=embedder)
    first = wiring.begin_interview(settings, desk, library, Setup(length=1))
    damage(settings)
    assert wiring.asked_before(desk.store) == []
    assert (first.id in caplog.text, "passed over" in caplog.text) == (True, True)
    assert wiring.begin_interview(settings, desk, library, Setup(length=1)).state.current.number == 1
    desk.store.delete(first.id)


def damage(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.home / "interviews.sqlite")) as connection:
        connection.execute("UPDATE events SET body = '{bad'")
        connection.commit()
