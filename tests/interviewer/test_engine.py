"""An interview under way: what is stored when, what a second click does, and how it goes on after a break."""

import threading
from collections.abc import Callable, Sequence

import pytest

from interviewer.engine import MOST_BYTES, MOST_WORDS, AnswerRefused, Desk, Interview, NothingToAsk, check_answer, start
from interviewer.events import Answered, Controlled, Event, Finished, Marked, Paused, Said
from interviewer.models import Control, Move, Plan, Rules, Setup
from interviewer.store import MemoryStore, UnknownInterview
from tests.interviewer.scripted import (
    EVERYTHING,
    FAILURE,
    SLUGS,
    ReadingGrader,
    Shelf,
    begin,
    desk,
    play,
    without_times_and_ids,
)


def kinds(interview: Interview) -> list[str]:
    return [event.kind for event in interview.events]


def moves(interview: Interview) -> list[Move]:
    return [event.move for event in interview.events if isinstance(event, Said)]


def said(interview: Interview) -> list[str]:
    return [move.kind for move in moves(interview)]


# ── The course of an interview ───────────────────────────────────────────────────────────────────────────────


def test_starting_asks_the_first_question() -> None:
    interview = begin()
    assert kinds(interview) == ["started", "asked"]
    assert interview.state.awaiting == "answer"


def test_an_answer_is_stored_marked_and_replied_to() -> None:
    interview = begin()
    assert interview.answer(EVERYTHING, "s1")
    assert kinds(interview)[2:] == ["answered", "marked", "said", "asked"]


def test_the_planned_length_is_asked_and_then_it_ends() -> None:
    interview = begin(length=2)
    interview.answer(EVERYTHING, "s1")
    interview.answer(EVERYTHING, "s2")
    assert kinds(interview)[-2:] == ["said", "finished"]
    assert interview.state.status == "finished"
    assert [q.question.id for q in interview.state.questions] == ["q", "r"]


def test_teaching_does_not_wait_for_the_candidate() -> None:
    interview = begin(length=1)
    for number in range(12):
        interview.answer("no idea", f"s{number}")
    assert "assert" in said(interview)
    taught = said(interview).index("assert")
    assert taught < len(said(interview)) - 1
    assert interview.state.status == "finished"


def test_the_grader_is_told_all_answers_and_what_was_said_in_between() -> None:
    grader = ReadingGrader()
    interview = begin(desk(grader=grader), mode="interview")
    interview.answer(
        "half alpha, with a good number of further words so that nobody needs to ask me for more of them", "s1"
    )
    interview.answer("half beta", "s2")
    first, second = grader.tasks
    assert (len(first.answers), first.said, first.focus) == (1, (), None)
    assert (len(second.answers), len(second.said), second.focus) == (2, 1, "q/alpha")


def test_an_event_is_stored_before_anybody_is_told() -> None:
    at = desk()
    seen: list[tuple[int, int]] = []

    def listen(event: Event) -> None:
        seen.append((event.seq, len(at.store.read(event.interview_id))))

    interview = start(at, Setup(length=1), Plan(question_ids=SLUGS), bank_revision="b", listen=listen)
    interview.answer(EVERYTHING, "s1")
    assert seen == [(seq, seq) for seq in range(1, len(interview.events) + 1)]


def test_a_listener_that_breaks_off_leaves_an_interview_that_carries_on() -> None:
    class Stopped(BaseException):
        pass

    def listen(event: Event) -> None:
        if isinstance(event, Marked):
            raise Stopped

    interview = begin()
    interview.listen = listen
    with pytest.raises(Stopped):
        interview.answer(EVERYTHING, "s1")
    assert kinds(interview)[-1] == "marked"
    interview.listen = None
    interview.carry_on()
    assert kinds(interview)[-2:] == ["said", "asked"]


def test_what_is_shown_is_what_was_stored() -> None:
    at = desk()
    interview = begin(at)
    interview.answer("half alpha", "s1")
    assert at.store.read(interview.id) == interview.events
    assert Interview(interview.id, at).state == interview.state


def test_an_unknown_interview_cannot_be_resumed() -> None:
    with pytest.raises(UnknownInterview):
        Interview("nobody", desk())


# ── The plan ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_questions_that_are_gone_are_passed_over() -> None:
    interview = begin(plan=("gone", "q", "away", "r"), length=2)
    interview.answer(EVERYTHING, "s1")
    interview.answer(EVERYTHING, "s2")
    assert [q.question.id for q in interview.state.questions] == ["q", "r"]
    assert interview.state.status == "finished"


def test_when_the_rest_of_the_plan_is_gone_the_interview_ends_without_announcing_another_question() -> None:
    interview = begin(plan=("q", "away"), length=2)
    interview.answer(EVERYTHING, "s1")
    assert said(interview) == ["finish"]
    assert kinds(interview)[-1] == "finished"


def test_an_alias_does_not_ask_the_same_question_twice() -> None:
    shelf = Shelf()
    shelf.questions["old-name"] = shelf.questions["q"]
    at = desk()
    at = Desk(at.store, at.grader, at.phraser, shelf, at.clock, at.new_id)
    interview = begin(at, plan=("old-name", "q", "r"), length=2)
    interview.answer(EVERYTHING, "s1")
    assert [q.question.id for q in interview.state.questions] == ["q", "r"]


def test_a_plan_of_which_nothing_is_left_is_refused_before_anything_is_stored() -> None:
    at = desk()
    with pytest.raises(NothingToAsk, match="choose"):
        begin(at, plan=("gone",))
    assert at.store.interviews() == ()


def test_an_interview_whose_questions_all_vanish_before_the_first_is_asked_ends() -> None:
    at = desk()
    interview = begin(at)
    bare = desk(questions=())
    bare.store.append(interview.events[:1], 0)
    resumed = Interview(interview.id, bare)
    resumed.carry_on()
    assert kinds(resumed) == ["started", "finished"]


def test_the_rules_are_those_of_the_mode_unless_others_are_given() -> None:
    practice, exam = begin(), begin(mode="interview")
    assert (practice.state.started and practice.state.started.rules.probes) == 4
    assert (exam.state.started and exam.state.started.rules.probes) == 3
    given = start(desk(), Setup(), Plan(question_ids=SLUGS), bank_revision="b", rules=Rules(probes=1))
    assert (given.state.started and given.state.started.rules.probes) == 1


def test_an_interview_out_of_time_ends() -> None:
    rules = Rules(interview_minutes=1)
    interview = start(desk(seconds=40), Setup(), Plan(question_ids=SLUGS), bank_revision="b", rules=rules)
    interview.answer("half alpha", "s1")
    assert isinstance(interview.events[-1], Finished)
    assert interview.events[-1].reason == "time_up"


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_resend_makes_no_second_answer() -> None:
    interview = begin()
    assert interview.answer("half alpha", "s1")
    before = interview.events
    assert interview.answer("half alpha", "s1")
    assert interview.events == before


def test_a_double_click_in_two_threads_makes_one_answer() -> None:
    gate = threading.Barrier(2)
    interview = begin()
    accepted: list[bool] = []

    def click() -> None:
        gate.wait()
        accepted.append(interview.answer("half alpha", "s1"))

    _run_together(click, click)
    assert accepted == [True, True]
    assert kinds(interview).count("answered") == 1


def test_two_windows_that_answer_at_once_make_one_answer() -> None:
    gate = threading.Barrier(2)
    at = desk()
    first = begin(at)
    second = Interview(first.id, at)
    accepted: list[bool] = []

    def click(interview: Interview, text: str, submission_id: str) -> None:
        gate.wait()
        accepted.append(interview.answer(text, submission_id))

    _run_together(lambda: click(first, "half alpha", "s1"), lambda: click(second, "half beta", "s2"))
    assert sorted(accepted) == [False, True]
    log = at.store.read(first.id)
    assert sum(isinstance(event, Answered) for event in log) == 1
    assert first.events == second.events == log


def test_a_resend_from_another_window_makes_one_answer() -> None:
    at = desk()
    first = begin(at)
    second = Interview(first.id, at)
    assert first.answer("half alpha", "s1")
    assert second.answer("half alpha", "s1")
    assert kinds(second).count("answered") == 1


def test_an_answer_to_what_was_asked_before_is_not_taken_for_one_to_what_is_asked_now() -> None:
    at = desk()
    first = begin(at)
    second = Interview(first.id, at)
    first.answer("half alpha", "s1")
    assert not second.answer("to the question itself", "s2")
    assert second.events == first.events


def test_an_answer_typed_on_an_old_page_is_not_taken_for_one_to_the_next_question() -> None:
    at = desk()
    first = begin(at)
    drawn = first.state.seq
    first.control("skip")
    opened_anew = Interview(first.id, at)
    assert not opened_anew.hand_in("to the first question", "s1", drawn)
    assert opened_anew.events == first.events
    assert opened_anew.hand_in("to the second question", "s2", opened_anew.state.seq)


def test_a_resend_from_an_old_page_is_still_known() -> None:
    interview = begin()
    drawn = interview.state.seq
    assert interview.answer("half alpha", "s1")
    assert interview.hand_in("half alpha", "s1", drawn)


def test_a_pause_noted_by_another_window_does_not_lose_an_answer() -> None:
    at = desk()
    first = begin(at)
    second = Interview(first.id, at)
    first.pause()
    assert second.answer("half alpha", "s1")
    assert kinds(second)[2:5] == ["paused", "answered", "marked"]


def test_a_grader_overtaken_by_another_window_marks_nothing_twice() -> None:
    at = desk()
    first = begin(at)
    second = Interview(first.id, at)
    grader = ReadingGrader(on_grade=lambda: at_once())

    def at_once() -> None:
        grader.on_grade = lambda: None
        second.carry_on()
        other = Interview(first.id, at)
        other.carry_on()

    slow = Interview(first.id, Desk(at.store, grader, at.phraser, at.library, at.clock, at.new_id))
    slow.answer("half alpha", "s1")
    assert kinds(slow)[2:] == ["answered", "marked", "said"]
    assert at.store.read(first.id) == slow.events


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u200b\u200d", "\x00"], ids=["nothing", "blanks", "invisible", "nul"])
def test_an_empty_answer_is_refused_before_it_is_stored(text: str) -> None:
    interview = begin()
    with pytest.raises(AnswerRefused, match="empty"):
        interview.answer(text, "s1")
    assert kinds(interview) == ["started", "asked"]
    assert isinstance(AnswerRefused("x"), ValueError)


@pytest.mark.parametrize("text", ["x " * (MOST_WORDS + 1), "é" * MOST_BYTES], ids=["words", "bytes"])
def test_an_endless_answer_is_refused_with_its_size_and_the_limit(text: str) -> None:
    with pytest.raises(AnswerRefused, match=r"too long.*20,000 words and 100,000 bytes"):
        begin().answer(text, "s1")


def test_an_answer_is_kept_to_the_letter() -> None:
    text = "  alpha\r\n\tbeta “é” 🚀 \x00 "
    interview = begin()
    interview.answer(text, "s1")
    assert interview.state.questions[0].answers[0].text == text


def test_half_a_character_becomes_a_whole_one_in_its_place() -> None:
    assert check_answer("a\ud800b") == "a�b"


def test_an_answer_after_the_end_is_not_taken() -> None:
    interview = begin(length=1)
    interview.answer(EVERYTHING, "s1")
    assert not interview.answer("one more thing", "s2")


# ── Controls ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_skip_asks_the_next_question() -> None:
    interview = begin()
    assert interview.control("skip")
    assert [q.question.id for q in interview.state.questions] == ["q", "r"]


def test_the_second_click_on_skip_skips_nothing_more() -> None:
    interview = begin(length=3)
    drawn = interview.state.seq
    assert interview.control("skip", seen_seq=drawn)
    assert not interview.control("skip", seen_seq=drawn)
    assert len(interview.state.questions) == 2


def test_two_windows_that_skip_at_once_skip_one_question() -> None:
    at = desk()
    first = begin(at, length=3)
    second = Interview(first.id, at)
    assert first.control("skip")
    assert not second.control("skip")
    assert len(second.state.questions) == 2


def test_stop_ends_the_interview_and_says_so() -> None:
    interview = begin()
    assert interview.control("stop")
    assert kinds(interview)[-3:] == ["controlled", "said", "finished"]
    assert isinstance(interview.events[-1], Finished)
    assert interview.events[-1].reason == "stopped"


def test_stop_is_obeyed_in_a_window_that_has_missed_something() -> None:
    at = desk()
    first = begin(at, length=3)
    second = Interview(first.id, at)
    first.control("skip")
    assert second.control("stop", seen_seq=2)
    assert second.state.status == "finished"


def test_a_clarification_is_told_from_the_questions_facts() -> None:
    interview = begin(plan=("r",), length=1)
    interview.control("clarify", "How much traffic is there?")
    assert said(interview) == ["clarify"]
    assert isinstance(interview.events[-1], Said)
    assert "50 writes" in interview.events[-1].phrase.text


@pytest.mark.parametrize("control", ["hint", "clarify", "skip", "retry", "stop"])
def test_no_button_does_anything_after_the_end(control: Control) -> None:
    interview = begin()
    interview.control("stop")
    before = interview.events
    assert not interview.control(control)
    assert interview.events == before


def test_retry_means_nothing_unless_the_grader_failed() -> None:
    interview = begin()
    interview.answer("half alpha", "s1")
    assert not interview.control("retry")
    assert not any(isinstance(event, Controlled) for event in interview.events)


def test_a_failed_grader_is_asked_again_about_the_same_answer() -> None:
    interview = begin()
    interview.answer(f"{FAILURE} {EVERYTHING}", "s1")
    assert said(interview) == ["offer_retry"]
    assert interview.control("retry")
    marks = [event for event in interview.events if isinstance(event, Marked)]
    assert [mark.grade.kind for mark in marks] == ["ungraded", "grade"]
    assert len({mark.answer_id for mark in marks}) == 1
    assert kinds(interview)[-1] == "asked"


# ── Breaks ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pause_is_noted_once_and_any_answer_resumes() -> None:
    interview = begin()
    interview.pause()
    interview.pause()
    assert kinds(interview).count("paused") == 1
    assert interview.state.status == "paused"
    interview.carry_on()
    assert interview.state.status == "paused"
    interview.answer("half alpha", "s1")
    assert interview.state.status == "running"


def test_a_finished_interview_is_not_paused() -> None:
    interview = begin()
    interview.control("stop")
    interview.pause()
    assert not any(isinstance(event, Paused) for event in interview.events)


def test_carrying_on_twice_changes_nothing() -> None:
    interview = begin()
    interview.answer("half alpha", "s1")
    before = interview.events
    interview.carry_on()
    assert interview.events == before


def test_an_interview_broken_off_anywhere_goes_on_as_if_it_had_not_been() -> None:
    whole = begin(length=3)
    play(whole)
    expected = without_times_and_ids(whole.events)
    assert len(expected) > 20
    for end in range(1, len(whole.events)):
        at = desk()
        at.store.append(whole.events[:end], 0)
        resumed = Interview(whole.id, at)
        resumed.carry_on()
        play(resumed)
        assert without_times_and_ids(resumed.events) == expected, f"broken off after event {end}"


def test_what_was_said_is_replayed_in_the_words_it_was_said_in() -> None:
    at = desk()
    interview = begin(at)
    interview.answer("half alpha", "s1")
    log = list(interview.events)
    spoken = log[-1]
    assert isinstance(spoken, Said)
    log[-1] = spoken.model_copy(update={"phrase": spoken.phrase.model_copy(update={"text": "Words of last year?"})})
    later = desk()
    later.store.append(log, 0)
    resumed = Interview(interview.id, later)
    resumed.carry_on()
    assert resumed.state.current.said[-1] == "Words of last year?"


def test_a_store_that_fails_leaves_the_candidate_where_they_were() -> None:
    class Full(MemoryStore):
        broken = False

        def append(self, events: Sequence[Event], expected_seq: int) -> None:
            if self.broken:
                raise OSError("no space left")
            super().append(events, expected_seq)

    store = Full()
    interview = begin(desk(store))
    store.broken = True
    with pytest.raises(OSError, match="no space"):
        interview.answer("half alpha", "s1")
    assert kinds(interview) == ["started", "asked"]
    store.broken = False
    assert interview.answer("half alpha", "s1")


def test_a_deleted_interview_is_noticed() -> None:
    at = desk()
    interview = begin(at)
    at.store.delete(interview.id)
    with pytest.raises(UnknownInterview):
        interview.answer("half alpha", "s1")


def test_the_notes_of_the_program_hold_nothing_that_a_person_wrote(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="viva")
    interview = begin()
    interview.answer("alpha my-private-words", "s1")
    assert '"kind": "answered"' in caplog.text
    assert "my-private-words" not in caplog.text


def _run_together(*jobs: Callable[[], object]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
