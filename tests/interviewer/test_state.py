"""The fold: what is owed after each event, what each answer replied to, one marking run at a time."""

from time import process_time

import pytest

from interviewer.models import (
    Advance,
    Assert,
    Clarify,
    Correct,
    Deepen,
    Finish,
    Grade,
    Hint,
    LeaveUnmarked,
    OfferRetry,
    Probe,
    Prompt,
    Pump,
    Redirect,
)
from interviewer.state import State, fold
from tests.factories import Log, core, follow_up, grade, question, ungraded

PROBE, HINT = Probe(point_id="q/one"), Hint(point_id="q/one")


def asked() -> Log:
    return Log().started().asked()


def replied() -> Log:
    return asked().replied()


def failed() -> Log:
    return asked().answered().marked(ungraded()).said(OfferRetry(detail="d"))


@pytest.mark.parametrize(
    ("log", "awaiting"),
    [
        pytest.param(Log(), "nothing", id="an empty log"),
        pytest.param(Log().started(), "question", id="started"),
        pytest.param(asked(), "answer", id="asked"),
        pytest.param(asked().answered(), "marking", id="answered"),
        pytest.param(replied(), "move", id="marked"),
        pytest.param(asked().answered().marked(ungraded()), "move", id="marked as ungraded"),
        pytest.param(replied().said(PROBE), "answer", id="said and waiting"),
        pytest.param(replied().said(Clarify(fact=None)), "answer", id="clarified"),
        pytest.param(replied().said(Assert(point_id="q/one")), "move", id="asserted"),
        pytest.param(replied().said(Correct(point_id="q/one")), "move", id="corrected"),
        pytest.param(replied().said(LeaveUnmarked(reason="unavailable")), "move", id="left unmarked"),
        pytest.param(replied().said(Advance()), "question", id="advanced"),
        pytest.param(replied().said(Finish(reason="completed")), "nothing", id="the end said"),
        pytest.param(replied().said(Finish(reason="completed")).finished(), "nothing", id="finished"),
        pytest.param(asked().pressed("hint"), "move", id="a button"),
        pytest.param(failed().pressed("retry"), "marking", id="retry of a failed marking"),
        pytest.param(replied().said(PROBE).pressed("retry"), "answer", id="retry of nothing that failed"),
        pytest.param(asked().pressed("retry"), "answer", id="retry of no answer"),
        pytest.param(Log().started().pressed("stop"), "move", id="stop before the first question"),
        pytest.param(Log().started().pressed("hint"), "question", id="hint before the first question"),
    ],
)
def test_each_event_leaves_one_thing_owed(log: Log, awaiting: str) -> None:
    assert log.state.awaiting == awaiting


def test_a_pause_keeps_what_is_owed_and_any_event_resumes() -> None:
    log = asked().answered().paused()
    assert (log.state.status, log.state.awaiting) == ("paused", "marking")
    log.marked(grade(question()))
    assert log.said(PROBE).state.status == "running"


def test_the_end_is_owed_until_it_is_recorded() -> None:
    log = replied().said(Finish(reason="time_up"))
    assert (log.state.status, log.state.finishing) == ("running", "time_up")
    assert (log.finished().state.status, log.state.finishing) == ("finished", None)


def test_the_end_may_come_before_any_question() -> None:
    state = Log().started().pressed("stop").said(Finish(reason="stopped")).state
    assert (state.finishing, state.questions) == ("stopped", ())


def test_a_new_log_is_new() -> None:
    assert fold([]) == State()


def test_an_answer_sent_again_is_found_by_its_submission_in_any_question() -> None:
    log = replied().said(Advance()).asked(question("r"))
    found = log.state.answer_by_submission("s1")
    assert found
    assert found.id == "a1"
    assert log.state.answer_by_submission("s2") is None


def test_the_pending_answer_is_the_one_to_mark() -> None:
    state = asked().answered("First.").state
    assert state.pending
    assert state.pending.text == "First."
    assert replied().state.pending is None


def test_turns_know_what_they_replied_to_through_redirects_and_clarifications() -> None:
    log = replied().said(HINT).replied(intent="off_topic").said(Redirect(intent="off_topic")).replied()
    log.said(Prompt(point_id="q/one")).replied(intent="asks").said(Clarify(fact=None)).replied()
    turns = log.state.current.turns
    prompt = Prompt(point_id="q/one")
    assert [turn.replying_to for turn in turns] == [None, HINT, HINT, prompt, prompt]
    assert turns[1].responses == (Redirect(intent="off_topic"),)


def test_the_focus_is_the_point_asked_about_last() -> None:
    log = replied().said(PROBE)
    assert log.state.current.focus == "q/one"
    assert log.replied().said(Clarify(fact=None)).state.current.focus == "q/one"
    assert log.replied().said(Pump()).state.current.focus is None


def test_a_follow_up_brings_its_points_once_it_is_asked() -> None:
    deeper = question(kind="design", follow_ups=[follow_up("more", [core("deep")])])
    log = Log().started().asked(deeper).replied()
    assert len(log.state.current.points) == 3
    assert log.said(Deepen(follow_up_id="q/more")).state.current.points[-1].id == "q/deep"


def test_one_marking_run_is_folded() -> None:
    log = asked().replied(shown={"one": "covered"}).said(Finish(reason="completed")).finished()
    log.marked(grade(question(), {"one": "partial"}), run_id="run-2")
    verdicts = [
        turn.grade.verdicts[0].verdict
        for state in (log.state, fold(log.events, "run-2"))
        for turn in state.current.turns
        if turn.grade
    ]
    assert verdicts == ["covered", "partial"]
    assert log.state.status == "finished"


def test_a_retry_replaces_the_marking_that_failed() -> None:
    log = failed().pressed("retry").marked(grade(question()))
    assert isinstance(log.state.current.turns[0].marking, Grade)
    assert len(log.state.current.turns) == 1


def test_what_is_said_is_kept_in_order() -> None:
    log = replied().said(PROBE, "First?").replied().said(HINT, "Second?")
    assert log.state.current.said == ("First?", "Second?")
    assert log.state.seq == len(log.events)


def test_a_log_of_200_events_folds_in_a_few_milliseconds() -> None:
    log = Log().started()
    for number in range(13):
        log.asked(question(f"q-{number}"))
        for _ in range(4):
            log.replied().said(PROBE)
        log.replied().said(Advance())
    assert len(log.events) > 200
    fold(log.events)
    times: list[float] = []
    for _ in range(5):
        begun = process_time()
        fold(log.events)
        times.append(process_time() - begun)
    assert min(times) < 0.005
