"""What a log reads as: who said what, and how much feedback is shown when."""

import pytest

from interviewer.events import Said
from interviewer.llm.errors import LLMUnavailable
from interviewer.llm.scripted import ScriptedLLM
from interviewer.models import Advance, Assert, Finish, Probe
from interviewer.phrasing import BankPhraser
from interviewer.phrasing_model import ModelPhraser, Wording
from tests.factories import Log, misconception, question, ungraded
from ui.conversation import Closing, Feedback, PressedButton, Put, Spoken, Typed, conversation


def lines(log: Log) -> list[object]:
    return list(conversation(log.events, log.state))


def kinds(log: Log) -> list[type]:
    return [type(line) for line in lines(log)]


def test_everything_said_is_there_in_order() -> None:
    log = Log().started().asked().replied(shown={"one": "covered"}).said(Probe(point_id="q/two"), "And two?")
    log.pressed("hint")
    assert kinds(log) == [Put, Typed, Feedback, Spoken, PressedButton]


def test_a_bridge_leads_over_to_the_next_question() -> None:
    log = Log().started().asked().pressed("skip").said(Advance(), "The next one, then.").asked(question("r"))
    put = lines(log)[-1]
    assert isinstance(put, Put)
    assert (put.number, put.bridge) == (2, "The next one, then.")


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        pytest.param(Wording(text="Excellent! But what about two?"), False, id="words-that-may-not-be-said"),
        pytest.param(LLMUnavailable("the server is gone"), True, id="a-failure"),
    ],
)
def test_a_note_is_told_where_the_model_failed_and_not_where_its_words_were_unfit(
    reply: Wording | LLMUnavailable, told: bool
) -> None:
    log = Log().started("interview").asked().replied().said(Probe(point_id="q/two"), "And two?")
    said = log.events[-1]
    assert isinstance(said, Said)
    phrase = ModelPhraser(ScriptedLLM([reply]), BankPhraser()).phrase(said.move, log.state)
    assert phrase.note
    events = (*log.events[:-1], said.model_copy(update={"phrase": phrase}))
    spoken = conversation(events, log.state)[-1]
    assert isinstance(spoken, Spoken)
    assert spoken.note == (phrase.note if told else None)


def test_only_what_was_covered_is_told_while_the_question_is_open() -> None:
    log = Log().started().asked().replied("My words.", {"one": "covered", "two": "partial"})
    feedback = lines(log.said(Probe(point_id="q/two")))[2]
    assert isinstance(feedback, Feedback)
    assert [(heard.verdict, heard.quote, heard.text) for heard in feedback.heard] == [
        ("covered", "My words.", "The answer names one."),
        ("partial", "My words.", None),
    ]
    assert feedback.still_open == 2


def test_still_open_is_told_as_it_was_after_that_answer() -> None:
    log = Log().started().asked().replied(shown={"one": "covered"}).said(Probe(point_id="q/two"))
    log.replied(shown={"two": "covered"}).said(Probe(point_id="q/three"))
    assert [line.still_open for line in lines(log) if isinstance(line, Feedback)] == [2, 1]


def test_what_was_told_is_no_longer_open() -> None:
    log = Log().started().asked().replied().said(Assert(point_id="q/one")).said(Probe(point_id="q/two"))
    log.replied().said(Probe(point_id="q/three"))
    assert [line.still_open for line in lines(log) if isinstance(line, Feedback)] == [3, 2]


def test_no_misconception_is_told_while_the_question_is_open() -> None:
    believed = misconception("myth")
    log = Log().started().asked(question(misconceptions=[believed])).replied(asserted=["myth"])
    log.said(Probe(point_id="q/one"))
    assert believed.text not in repr(lines(log)[1:])
    log.said(Advance())
    closing = lines(log)[-1]
    assert isinstance(closing, Closing)
    assert closing.mark.beliefs[0].correction == believed.correction


def test_the_closing_card_stands_for_the_last_answers_own() -> None:
    log = Log().started().asked().replied(shown={"one": "covered"}).said(Advance(), "On.")
    assert kinds(log) == [Put, Typed, Closing]


def test_interview_mode_gives_no_feedback() -> None:
    log = (
        Log().started("interview").asked().replied(shown={"one": "covered"}).said(Finish(reason="completed")).finished()
    )
    assert kinds(log) == [Put, Typed, Spoken]


def test_an_unmarked_answer_has_no_feedback() -> None:
    log = Log().started().asked().answered().marked(ungraded())
    assert kinds(log) == [Put, Typed]


def test_marks_of_another_run_are_not_shown() -> None:
    log = Log().started().asked().replied(shown={"one": "covered"}).said(Probe(point_id="q/two"))
    before = kinds(log)
    assert kinds(log.marked(ungraded(), run_id="run-2")) == before
