"""Contesting a verdict: what can be said against which, both marks kept, and nothing stored twice."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from interviewer.contesting import contest
from interviewer.disputes import Claim, DisputeRefused, make_dispute, standing_disputes
from interviewer.events import Disputed
from interviewer.export import to_markdown
from interviewer.models import Advance, Finish, Probe, Stance
from interviewer.scoring import build_report
from interviewer.sql_store import SqlStore
from interviewer.state import fold
from interviewer.store import Conflict, MemoryStore
from tests.factories import NOW, Log, grade, misconception, question

ASKED = question(misconceptions=[misconception("m", ["one"])])


def finished(log: Log) -> Log:
    return log.said(Finish(reason="completed")).finished()


def answered_once() -> Log:
    return finished(Log().started().asked(ASKED).replied("One, half of it.", {"one": "partial"}, asserted=["m"]))


def claim(part: str = "q/one", says: Stance = "covered", **rest: object) -> Claim:
    return Claim.model_validate({"part_id": part, "says": says, "submission_id": "d1", **rest})


def stored(log: Log) -> MemoryStore:
    store = MemoryStore()
    store.append(log.events, 0)
    return store


def test_a_dispute_names_what_was_said_on_both_sides() -> None:
    dispute = make_dispute(answered_once().state, claim(comment="  I did.  "))
    assert (dispute.answer_id, dispute.run_id, dispute.graded, dispute.says) == ("a1", "run-1", "partial", "covered")
    assert dispute.comment == "I did."


def test_a_misconception_is_contested_as_one() -> None:
    dispute = make_dispute(answered_once().state, claim("q/m", "not_asserted"))
    assert (dispute.graded, dispute.says) == ("asserted", "not_asserted")


def test_the_mark_stays_and_what_the_candidate_says_stands_beside_it() -> None:
    log = answered_once()
    before = build_report(log.state)
    log.disputed("q/one", "covered", graded="partial", comment="Look\nagain.").disputed(
        "q/m", "not_asserted", graded="asserted"
    )
    after = build_report(log.state)
    assert (after.independent, after.prompted, after.gaps) == (before.independent, before.prompted, before.gaps)
    [point, *_] = after.questions[0].points
    assert (point.verdict, [one.says for one in point.disputes]) == ("partial", ["covered"])
    told = to_markdown(log.events)
    assert "◐ partial" in told
    assert "You say: covered (Look again.)" in told
    assert "You say: not asserted" in told


@pytest.mark.parametrize(
    ("log", "made", "told"),
    [
        pytest.param(answered_once(), claim("q/none"), "q/one, q/two, q/three, q/m", id="unknown"),
        pytest.param(answered_once(), claim("q/m", "covered"), "asserted, not_asserted", id="verdict-on-belief"),
        pytest.param(answered_once(), claim(says="asserted"), "covered, partial", id="belief-on-point"),
        pytest.param(answered_once(), claim(says="partial"), "says so too: there is nothing", id="agrees"),
        pytest.param(answered_once(), claim(answer_number=2), "numbered from 1 to 1", id="number"),
        pytest.param(answered_once(), claim(comment="x" * 2001), "too long", id="comment"),
        pytest.param(
            Log().started("interview").asked().replied().said(Advance()), claim(), "not told yet", id="interview-mode"
        ),
        pytest.param(Log().started().asked().replied(), claim(), "not told yet", id="question-open"),
        pytest.param(finished(Log().started().asked()), claim(), "was not answered", id="no-answer"),
        pytest.param(finished(Log().started().asked().answered()), claim(), "was not marked", id="unmarked"),
    ],
)
def test_what_cannot_be_contested_is_refused_with_its_reason(log: Log, made: Claim, told: str) -> None:
    with pytest.raises(DisputeRefused, match=told):
        make_dispute(log.state, made)


def test_practice_tells_the_marks_of_a_closed_question_so_they_can_be_contested() -> None:
    log = Log().started().asked().replied(shown={"one": "partial"}).said(Advance())
    assert make_dispute(log.state, claim()).graded == "partial"


def several() -> Log:
    log = Log().started().asked(ASKED).replied("First.", {"one": "partial"})
    log.said(Probe(point_id="q/two")).replied("Second.").said(Probe(point_id="q/three")).replied("Third.")
    return finished(log)


@pytest.mark.parametrize(
    ("made", "answer_id"),
    [
        pytest.param(claim("q/one"), "a1", id="where-its-quote-is-from"),
        pytest.param(claim("q/two"), "a2", id="what-was-asked-for-it"),
        pytest.param(claim("q/m", "asserted"), "a1", id="else-the-first"),
        pytest.param(claim("q/one", answer_number=3), "a3", id="by-number"),
    ],
)
def test_a_dispute_is_about_the_answer_that_decided(made: Claim, answer_id: str) -> None:
    assert make_dispute(several().state, made).answer_id == answer_id


def test_the_last_word_counts_and_agreeing_takes_the_dispute_back() -> None:
    log = answered_once().disputed("q/one", "covered", graded="partial").disputed("q/one", "missing", graded="partial")
    [dispute] = standing_disputes(log.state.current)
    assert dispute.says == "missing"
    back = make_dispute(log.state, claim(says="partial"))
    assert back.says == back.graded
    log.disputed("q/one", "partial", graded="partial")
    assert standing_disputes(log.state.current) == ()


def test_a_later_run_that_agrees_with_the_candidate_is_not_contested() -> None:
    log = answered_once().disputed("q/one", "covered", graded="partial")
    given = log.state.current.answers[0]
    log.marked(grade(ASKED, {"one": "covered"}, given=given), run_id="run-2")
    assert [one.says for one in standing_disputes(fold(log.events).current)] == ["covered"]
    assert standing_disputes(fold(log.events, "run-2").current) == ()


# ── In the log ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_resend_and_the_same_words_again_change_nothing() -> None:
    store = stored(answered_once())
    first = contest(store, "i1", claim(), lambda: NOW)
    assert contest(store, "i1", claim(says="missing"), lambda: NOW) == first, "the same submission"
    assert contest(store, "i1", claim(submission_id="d2"), lambda: NOW) == first, "the same words"
    assert [event for event in store.read("i1") if isinstance(event, Disputed)] == [first]
    second = contest(store, "i1", claim(submission_id="d3", comment="See?"), lambda: NOW)
    assert second.seq == first.seq + 1


def test_who_comes_second_is_appended_after_whoever_was_first() -> None:
    class Busy(MemoryStore):
        """Somebody else appends between the reading and the writing, once."""

        overtaken = False

        def append(self, events, expected_seq) -> None:  # pyright: ignore
            if not self.overtaken and isinstance(events[0], Disputed):
                self.overtaken = True
                super().append([events[0].model_copy(update={"dispute": other})], expected_seq)
                raise Conflict("overtaken")
            super().append(events, expected_seq)

    log = answered_once()
    other = make_dispute(log.state, claim("q/two", submission_id="other"))
    store = Busy()
    store.append(log.events, 0)
    mine = contest(store, "i1", claim(), lambda: NOW)
    assert [event.dispute.part_id for event in store.read("i1")[-2:] if isinstance(event, Disputed)] == [
        "q/two",
        "q/one",
    ]
    assert mine.seq == len(store.read("i1"))


def test_a_log_that_has_lost_its_end_is_not_tried_for_good(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    store = SqlStore(f"sqlite:///{path}")
    store.append(answered_once().events, 0)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE interviews SET seq = seq + 1")
    with pytest.raises(Conflict, match="no longer ends"):
        contest(store, "i1", claim(), lambda: NOW)
    store.close()


def test_a_finished_interview_stays_finished_and_a_paused_one_paused() -> None:
    store = stored(answered_once())
    contest(store, "i1", claim(), lambda: NOW)
    assert [summary.status for summary in store.interviews()] == ["finished"]
    log = Log().started().asked().replied(shown={"one": "partial"}).said(Advance()).paused()
    assert log.disputed("q/one", "covered", graded="partial").state.status == "paused"
