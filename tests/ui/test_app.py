"""The chat from the first page to the report, as a person goes through it; the real engine, bank, grader and store."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.testing.v1 import AppTest

from interviewer import wiring
from interviewer.engine import Interview
from interviewer.grading.port import EVERY_KIND, GradingTask
from interviewer.models import GraderInfo, Marking, Ungraded
from interviewer.settings import read_settings
from interviewer.sql_store import SqlStore
from interviewer.store import StoreUnavailable
from knowledge.bank import Bank
from knowledge.library import Library
from tests.ui.conftest import APP, Offer, Visit
from tests.ui.visitor import (
    answer,
    answer_well_to_the_end,
    answers,
    as_read,
    asked,
    end,
    interview_of,
    labels,
    log,
    page_text,
    press,
    start,
)

DOCUMENT = Path(__file__).parents[1] / "knowledge" / "lookalikes" / "plain_answers.txt"
HOSTILE = (
    "![x](http://evil.example/a.png) <img src=http://evil.example/b.png> [click](http://evil.example) "
    "$\\frac{1}{2}$ :material/check: www.evil.example `code` ~~gone~~\n# heading\n    indented"
)
HALF = "Input is bound as a parameter in prepared statements, so it is sent as data and never parsed as SQL."


# ── The first page ───────────────────────────────────────────────────────────────────────────────────────────


def test_one_click_starts_an_interview_with_good_defaults(visit: Visit) -> None:
    app = press(visit(), "Start")
    assert not app.exception
    started = log(app)[0]
    assert started.kind == "started"
    assert (started.mode, started.setup.length, started.setup.topics) == ("practice", 5, ())
    assert asked(app).question.text.splitlines()[0] in page_text(app)


def test_the_first_page_says_who_marks_and_what_leaves_the_machine(visit: Visit) -> None:
    assert "Nothing you write leaves it" in page_text(visit())


def test_the_first_page_says_what_is_not_marked_without_a_model(visit: Visit) -> None:
    assert "Marking personal questions needs a model" in page_text(visit())


def test_topics_are_offered_by_their_names(visit: Visit) -> None:
    options = visit().multiselect[0].options
    assert {"HTTP APIs", "SQL", "Distributed systems"} <= set(options)
    assert options == sorted(options)


def test_a_model_is_named_with_what_is_sent_to_it(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWER_MODEL", "openai/gpt-test")
    shown = page_text(visit())
    assert "openai/gpt-test" in shown
    assert "what is said about it" in shown
    assert "is asked too" not in shown


def test_a_second_model_is_named_too(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWER_MODEL", "openai/gpt-test")
    monkeypatch.setenv("INTERVIEWER_SECOND_OPINION", "openai/other-test")
    assert "openai/other-test is asked too" in page_text(visit())


def test_own_documents_are_offered_only_to_those_who_have_some(visit: Visit) -> None:
    assert not visit().toggle


def test_own_documents_are_offered_with_their_label(visit: Visit) -> None:
    wiring.ingest_documents(read_settings(), [DOCUMENT])
    toggle = visit().toggle[0]
    assert "from my own documents" in toggle.label
    assert "draft rubric" in toggle.help


def test_a_second_click_on_start_begins_no_second_interview(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Streamlit has it: the run that the first click began is told to stop, and another one goes on beside it."""
    first, second = visit(), visit()
    second._session_state = first._session_state  # one browser, one page
    really_begin, begun_twice = wiring.begin_interview, threading.Event()
    beside = threading.Thread(target=press, args=(second, "Start"))

    def begin_slowly(*given: Any) -> Interview:
        if beside.ident is not None:
            begun_twice.set()
        else:
            context = get_script_run_ctx()
            assert context
            assert context.script_requests
            context.script_requests.request_stop()
            beside.start()
            begun_twice.wait(2)
        return really_begin(*given)

    monkeypatch.setattr(wiring, "begin_interview", begin_slowly)
    press(first, "Start")
    beside.join()
    assert len(wiring.open_store(read_settings()).interviews()) == 1
    assert asked(second).question.text.splitlines()[0] in page_text(second)


def test_a_topic_of_own_documents_alone_is_offered_with_them_only(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {question.id: question for question in wiring.open_bank().questions}
    own = known["isolation-levels"].model_copy(update={"status": "draft"})
    bank = Bank(questions=(known["password-storage"], own))
    with wiring.open_catalogue(read_settings()) as catalogue:
        library = Library(bank, catalogue)
    monkeypatch.setattr(wiring, "open_library", lambda settings: library)
    app = visit()
    assert app.multiselect[0].options == ["Security"]
    app.multiselect[0].set_value(["security"])
    app.toggle[0].set_value(True)
    app.run()
    assert app.multiselect[0].options == ["Databases", "Security"]
    assert app.multiselect[0].value == ["security"]
    app.multiselect[0].set_value(["databases"])
    app.toggle[0].set_value(False)
    assert "All 1 question " in page_text(app.run())


def test_few_questions_on_a_topic_are_said_before_the_start(visit: Visit, offer: Offer) -> None:
    offer("sql-injection-prevention", "password-storage", "isolation-levels")
    app = visit()
    app.multiselect[0].set_value(["security"])
    app.slider[0].set_value(15)
    assert "All 2 questions" in page_text(app.run())


# ── The interview ────────────────────────────────────────────────────────────────────────────────────────────


def test_practice_leads_from_feedback_to_a_report_with_both_scores(visit: Visit) -> None:
    app = answer_well_to_the_end(start(visit()))
    assert not app.exception
    assert "Looking back at question 1" in page_text(app)
    report = press(app, "See your report")
    shown = page_text(report)
    assert "Your report" in shown
    assert {metric.label for metric in report.metric} == {"On your own", "After prompting"}
    assert "covered" in shown
    assert "A model answer" in shown
    assert [button.proto.label for button in report.get("download_button")] == ["Markdown", "JSON"]
    assert labels(press(report, "Start another")).count("Start") == 1


def test_while_a_question_is_open_only_points_with_evidence_are_shown(visit: Visit, offer: Offer) -> None:
    offer("sql-injection-prevention")
    app = answer(start(visit()), HALF)
    shown = page_text(app)
    points = {point.id.rpartition("/")[2]: point.text for point in asked(app).question.points}
    assert points["parameters"] in shown
    assert "“Input is bound as a parameter" in shown
    assert "points still open" in shown
    assert points["second-order"] not in shown
    assert points["least-privilege"] not in shown


def test_interview_mode_shows_no_verdict_before_the_end(visit: Visit) -> None:
    app = start(visit(), mode="interview", length=1)
    app = answer(app, asked(app).question.model_answer or "")
    while "See your report" not in labels(app):
        assert "covered" not in page_text(app)
        assert "still open" not in page_text(app)
        app = answer(app, "I don't know more about that.")
    assert "covered" not in page_text(app)
    assert "covered" in page_text(press(app, "See your report"))


def test_buttons_are_obeyed(visit: Visit) -> None:
    app = press(start(visit()), "Hint")
    assert "You asked for a hint." in page_text(app)
    app.text_input[0].set_value("How many users?")
    app = press(app, "Ask")
    assert "You asked: How many users?" in page_text(app)
    first = asked(app).number
    assert asked(press(app, "Skip")).number == first + 1


def test_clarify_without_a_question_is_not_told_as_one(visit: Visit) -> None:
    shown = page_text(press(start(visit()), "Ask"))
    assert "You asked what the question means." in shown
    assert "You asked: " not in shown


def test_end_asks_first_and_leads_to_the_report(visit: Visit) -> None:
    app = end(start(visit()))
    assert "Ended early" in page_text(app)


def test_a_task_in_sql_is_asked_with_its_tables(visit: Visit, offer: Offer) -> None:
    offer("second-highest-salary")
    shown = page_text(start(visit(), topics=("sql",)))
    assert "```sql\nCREATE TABLE departments" in shown
    assert "A task in standard SQL, over these tables:" in shown


def test_a_task_in_sql_is_run_and_told_how_it_went(visit: Visit, offer: Offer) -> None:
    offer("second-highest-salary", "departments-without-employees")
    app = start(visit(), topics=("sql",))
    task = asked(app).question
    wrong = {
        "second-highest-salary": "SELECT DISTINCT salary FROM employees ORDER BY salary DESC LIMIT 1 OFFSET 1;",
        "departments-without-employees": "SELECT id, name FROM departments WHERE id NOT IN "
        "(SELECT department_id FROM employees);",
    }
    app = answer(app, wrong[task.id])
    shown = page_text(app)
    assert "It ran on 5 data sets and is right on" in shown
    told = {check.point: (check.told or "")[:20] for check in task.checks if check.told}
    assert not any(words in shown for words in told.values()), "no remedy while the question is open"
    closed = page_text(press(app, "Skip"))
    assert "```sql\nSELECT" in closed
    assert any(words in closed for words in told.values())


def test_what_cannot_be_marked_comes_with_a_list_to_check_oneself_by(visit: Visit, offer: Offer) -> None:
    offer("conflict-in-a-team", "tight-deadline")
    app = answer(start(visit(), topics=("working-life",)), "We disagreed about a release and I told them why.")
    question = next(event.question for event in log(app) if event.kind == "asked")
    shown = page_text(app)
    assert "The local grader does not mark behavioural questions: that needs a model" in shown
    assert [as_read(box.label) for box in app.checkbox] == [
        f"{':primary[core] · ' if point.core else ''}{point.text}" for point in question.points
    ]
    app.checkbox[0].check()
    assert f"1 of {len(question.points)} points." in page_text(app.run())
    report = end(app)
    assert "We disagreed about a release" in page_text(report)
    assert len(report.checkbox) == len(question.points)


def test_questions_before_the_last_two_are_folded(visit: Visit) -> None:
    app = start(visit(), topics=(), length=4)
    for _ in range(3):
        app = press(app, "Skip")
    app = answer(app, "I don't know.")
    assert [fold.label for fold in app.expander if fold.label.startswith("Question 1:")]


def test_the_report_is_dated_by_the_clock_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "West+12")
        time.tzset()
        report = AppTest.from_function(_report, default_timeout=60).run()
    time.tzset()
    assert "01 November 2026" in page_text(report)


# ── Nothing lost, nothing twice ──────────────────────────────────────────────────────────────────────────────


def test_a_reload_shows_the_same_question_and_asks_nothing_twice(visit: Visit) -> None:
    app = answer(start(visit()), "I don't know.")
    before = log(app)
    again = visit(interview_of(app))
    assert log(again) == before
    assert page_text(again).count(asked(app).question.text.splitlines()[0]) == 1
    assert "I don't know." in page_text(again)


def test_an_answer_that_waits_to_be_marked_is_marked_after_a_reload(visit: Visit) -> None:
    app = start(visit())
    Interview(interview_of(app), wiring.open_desk(read_settings())).hand_in("I don't know.", "one")
    again = visit(interview_of(app))
    assert [event.kind for event in log(again)][2:4] == ["answered", "marked"]
    assert not again.chat_input[0].disabled


def test_a_resend_from_another_window_is_one_answer(visit: Visit) -> None:
    first = start(visit())
    second = visit(interview_of(first))
    answer(first, "I don't know.")
    answer(second, "I don't know.")
    assert answers(first) == ["I don't know."]


def test_words_sent_too_late_are_given_back(visit: Visit) -> None:
    first = start(visit())
    second = visit(interview_of(first))
    answer(first, "I don't know.")
    late = answer(second, "Something else altogether.")
    assert answers(first) == ["I don't know."]
    assert "Something else altogether." in [code.value for code in late.code]
    assert "Something else altogether." not in [code.value for code in press(late, "Put it away").code]


def test_an_answer_to_a_question_that_another_window_skipped_is_given_back(visit: Visit) -> None:
    first = start(visit())
    second = visit(interview_of(first))
    press(first, "Skip")
    late = answer(second, "About the first question.")
    assert answers(first) == []
    assert "About the first question." in [code.value for code in late.code]
    answer(late, "I don't know.")
    assert answers(first) == ["I don't know."]


def test_words_that_could_not_be_stored_are_shown_and_stored_on_the_next_try(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = start(visit())
    app = _answer_on_a_full_disk(app, "A long answer of mine.", monkeypatch)
    assert "the disk is full" in page_text(app)
    assert "A long answer of mine." in [code.value for code in app.code]
    app = press(app, "Try again")
    assert answers(app) == ["A long answer of mine."]


def test_words_that_wait_for_one_interview_are_not_taken_for_an_answer_in_another(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = interview_of(start(visit()))
    app = start(visit())
    app = _answer_on_a_full_disk(app, "About something else.", monkeypatch)
    app.query_params["interview"] = other
    app.run()
    assert answers(app) == []
    assert "About something else." in [code.value for code in app.code]
    assert "counts in no other" in page_text(app)


def test_words_that_wait_are_given_back_on_the_first_page(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    app = start(visit())
    app = _answer_on_a_full_disk(app, "A long answer of mine.", monkeypatch)
    del app.query_params["interview"]
    app.run()
    assert "A long answer of mine." in [code.value for code in app.code]
    assert "A long answer of mine." not in [code.value for code in press(app, "Put it away").code]


def test_words_for_an_interview_that_was_deleted_are_given_back(visit: Visit) -> None:
    app = start(visit())
    wiring.open_store(read_settings()).delete(interview_of(app))
    app = answer(app, "A long answer of mine.")
    assert "There is no such interview here" in page_text(app)
    assert "A long answer of mine." in [code.value for code in app.code]
    app = press(app, "Start a new interview")
    assert "A long answer of mine." in [code.value for code in app.code]
    app = press(app, "Start")
    assert answers(app) == []


def test_words_that_came_after_the_end_are_given_back_with_the_report(visit: Visit) -> None:
    app = start(visit())
    end(visit(interview_of(app)))
    app = answer(app, "One more thing.")
    assert "Your report" in page_text(app)
    assert "One more thing." in [code.value for code in app.code]


def test_an_unknown_address_says_so_and_leads_back(visit: Visit) -> None:
    app = visit("0" * 32)
    assert "There is no such interview here" in page_text(app)
    assert "Start" in labels(press(app, "Start a new interview"))


# ── When something fails ─────────────────────────────────────────────────────────────────────────────────────


class Failing:
    """Fails until it is mended, then hands over to the real one."""

    info = GraderInfo(name="failing", version="1")
    kinds = EVERY_KIND
    mended = False

    def grade(self, task: GradingTask) -> Marking:
        if Failing.mended:
            return wiring.open_grader(read_settings(), "local").grade(task)
        return Ungraded(reason="unavailable", detail="the model did not answer")


def test_a_failed_grader_is_told_and_can_be_asked_again(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Failing, "mended", False)
    real = wiring.open_grader
    monkeypatch.setattr(wiring, "open_grader", lambda settings, name=None, embedder=None: Failing())
    app = start(visit(), mode="interview")
    app = answer(app, asked(app).question.model_answer or "")
    assert "the model did not answer" in page_text(app)
    assert "stored but could not be marked" in page_text(app)
    monkeypatch.setattr(wiring, "open_grader", real)
    monkeypatch.setattr(Failing, "mended", True)
    app = press(app, "Retry")
    assert "Retry" not in labels(app)
    assert [event.grade.kind for event in log(app) if event.kind == "marked"] == ["ungraded", "grade"]


def test_an_unforeseen_failure_tells_the_person_and_logs_no_words(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise RuntimeError("what somebody wrote")

    monkeypatch.setattr("ui.screens.home.start_screen", fails)
    app = visit()
    assert "Something went wrong" in page_text(app)
    assert "Everything that you sent before is stored" in page_text(app)
    assert "RuntimeError" in caplog.text
    assert "what somebody wrote" not in caplog.text


def test_settings_that_cannot_be_used_are_named(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWER_MODELL", "x")
    assert "did you mean INTERVIEWER_MODEL?" in page_text(visit())


# ── What others wrote ────────────────────────────────────────────────────────────────────────────────────────


def test_hostile_words_stay_words(visit: Visit) -> None:
    app = answer(start(visit()), f"{HALF} {HOSTILE}")
    app = end(app)
    again = visit(interview_of(app))
    for page in (app, again):
        for element in (*page.markdown, *page.caption, *page.warning):
            assert not _reaches_out(element.value), element.value


def test_hostile_words_are_shown_to_the_letter(visit: Visit) -> None:
    app = answer(start(visit()), HOSTILE)
    assert HOSTILE in [element.value for element in app.text]


# ── History ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_history_lists_interviews_and_deletes_them_for_good(visit: Visit) -> None:
    app = end(start(visit()))
    interview_id = interview_of(app)
    history = AppTest.from_function(_history, default_timeout=60).run()
    assert "Security" in page_text(history)
    assert "finished" in page_text(history)
    assert labels(history) == ["Open report", "Delete for good"]
    history = press(history, "Delete for good")
    assert "No interviews yet" in page_text(history)
    assert "There is no such interview here" in page_text(visit(interview_id))


def test_an_interview_that_cannot_be_deleted_is_explained_and_stays(visit: Visit) -> None:
    interview_id = interview_of(end(start(visit())))
    replies = read_settings().replies_file
    replies.parent.mkdir(parents=True, exist_ok=True)
    replies.write_text("no database")
    history = press(AppTest.from_function(_history, default_timeout=60).run(), "Delete for good")
    assert not history.exception
    assert f"remove the file {replies}" in page_text(history)
    assert [summary.id for summary in wiring.open_store(read_settings()).interviews()] == [interview_id]


# ── Quick ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_page_loads_none_of_the_slow_libraries(home: Path) -> None:
    code = (
        "import sys, json\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"app = AppTest.from_file({str(APP)!r}, default_timeout=60).run()\n"
        "assert not app.exception and app.button\n"
        "print(json.dumps([name for name in ('torch', 'chromadb', 'litellm', 'sentence_transformers', 'altair')"
        " if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []


def _history() -> None:
    """The page by itself: AppTest cannot walk to a page that is no file."""
    import streamlit as st

    from ui.frame import framed
    from ui.screens.history import history_screen

    def practise() -> None: ...

    page = st.Page(practise, default=True)
    st.navigation([page], position="hidden")
    framed(lambda: history_screen(page))()


def _report() -> None:
    """Of an interview that began on the second, at nine o'clock UTC."""
    from interviewer.models import Finish
    from tests.factories import Log
    from ui.screens.report import report_screen

    log = Log().started().asked().pressed("stop").said(Finish(reason="stopped")).finished()
    report_screen(log.events, log.state)


def _answer_on_a_full_disk(app: AppTest, text: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    with monkeypatch.context() as broken:
        broken.setattr(SqlStore, "append", _full_disk)
        return answer(app, text)


def _full_disk(*_: object) -> None:
    raise StoreUnavailable("the disk is full: make room, then try again")


def _reaches_out(markdown: str) -> bool:
    """Whether a page would load or link anything of what the candidate wrote."""
    tokens = MarkdownIt("commonmark", {"html": True}).parse(markdown)
    inline = [child for token in tokens for child in (token.children or [])]
    made = [token for token in (*tokens, *inline) if token.type in ("image", "html_inline", "html_block", "link_open")]
    return any("evil" in f"{token.content}{token.attrs}" for token in made) or "http://evil" in markdown
