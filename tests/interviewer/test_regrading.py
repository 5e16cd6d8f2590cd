"""Marking an interview again: what the grader is asked, a run of its own, broken off and gone on with, and the diff."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from interviewer.engine import Interview
from interviewer.events import Event, Marked
from interviewer.export import to_json, to_markdown
from interviewer.grading.port import GradingTask
from interviewer.models import Grade, GraderInfo, Marking, Ungraded
from interviewer.regrading import RegradeRefused, marking_runs, regrade
from interviewer.run_diff import compare_runs
from interviewer.scoring import build_report
from interviewer.sql_store import SqlStore
from interviewer.state import fold
from interviewer.store import Conflict, MemoryStore
from tests.factories import INFO, NOW
from tests.interviewer.scripted import FAILURE, ReadingGrader, begin, desk


class Stricter(ReadingGrader):
    """As the other, but nothing is more than partial. `breaks_off` after so many answers."""

    def __init__(self, breaks_off: int | None = None, version: str = "2") -> None:
        super().__init__()
        self.left = breaks_off
        self.version = version

    @property
    def info(self) -> GraderInfo:
        return INFO.model_copy(update={"version": self.version})

    def grade(self, task: GradingTask) -> Marking:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left = None if self.left is None else self.left - 1
        marking = super().grade(task)
        if isinstance(marking, Ungraded):
            return marking
        halved = tuple(
            v.model_copy(update={"verdict": "partial"}) if v.verdict == "covered" else v for v in marking.verdicts
        )
        return marking.model_copy(update={"verdicts": halved, "grader": self.info})


def held() -> tuple[MemoryStore, ReadingGrader, Interview]:
    """A finished interview of two questions, with a hint, a follow-up answer and one that could not be marked."""
    store, grader = MemoryStore(), ReadingGrader()
    interview = begin(desk(store, grader))
    interview.answer("alpha half beta and a few more words, so that it is an answer of some length, as it is.", "1")
    interview.control("hint")
    while interview.state.current.number == 1 and interview.state.status != "finished":
        interview.answer("beta it is, I think, and gamma too.", f"b{interview.state.seq}")
    interview.answer(f"alpha {FAILURE} and more words, so that it is an answer of some length, as it should be.", "2")
    interview.control("stop")
    assert interview.state.status == "finished"
    return store, grader, interview


def marks(events: tuple[Event, ...], run_id: str) -> list[Marked]:
    return [event for event in events if isinstance(event, Marked) and event.run_id == run_id]


def test_each_answer_is_put_to_the_grader_as_it_was_then() -> None:
    store, grader, interview = held()
    again = Stricter()
    regrade(store, again, interview.id, lambda: NOW)
    assert [task for task in grader.tasks if "could not mark" not in "".join(task.said)] == again.tasks


def test_the_new_run_stands_beside_the_first_of_which_nothing_changes() -> None:
    store, _, interview = held()
    before = store.read(interview.id)
    run = regrade(store, Stricter(), interview.id, lambda: NOW)
    after = store.read(interview.id)
    assert after[: len(before)] == before
    assert {event.kind for event in after[len(before) :]} == {"marked"}
    assert len(marks(after, run.run_id)) == run.marked == len([e for e in after if e.kind == "answered"])
    assert build_report(fold(after)) == build_report(fold(before))
    assert build_report(fold(after, run.run_id)) != build_report(fold(before))
    assert fold(after, run.run_id).status == "finished"
    assert marking_runs(after) == (interview.state.run_id, run.run_id)


def test_an_answer_that_cannot_be_marked_is_ungraded_in_the_new_run() -> None:
    store, _, interview = held()
    run = regrade(store, Stricter(), interview.id, lambda: NOW)
    assert run.ungraded == 1
    diff = compare_runs(store.read(interview.id), run.run_id)
    assert (diff.answers[-1].before, diff.answers[-1].after, diff.answers[-1].parts) == (None, None, ())


def test_broken_off_it_is_gone_on_with_and_once_complete_the_next_is_a_new_run() -> None:
    store, _, interview = held()
    with pytest.raises(KeyboardInterrupt):
        regrade(store, Stricter(breaks_off=1), interview.id, lambda: NOW)
    [broken] = [run for run in marking_runs(store.read(interview.id)) if run != interview.state.run_id]
    assert len(marks(store.read(interview.id), broken)) == 1
    again = Stricter()
    run = regrade(store, again, interview.id, lambda: NOW)
    assert (run.run_id, run.resumed) == (broken, True)
    assert len(again.tasks) == run.marked - 1, "what was marked is not marked twice"
    second = regrade(store, Stricter(), interview.id, lambda: NOW)
    assert (second.run_id != broken, second.resumed) == (True, False)


def test_another_grader_never_goes_on_with_somebody_elses_run() -> None:
    store, _, interview = held()
    with pytest.raises(KeyboardInterrupt):
        regrade(store, Stricter(breaks_off=1), interview.id, lambda: NOW)
    run = regrade(store, Stricter(version="3"), interview.id, lambda: NOW)
    assert not run.resumed
    graded = [event.grade for event in marks(store.read(interview.id), run.run_id)]
    assert {grade.grader.version for grade in graded if isinstance(grade, Grade)} == {"3"}


def test_two_that_mark_the_same_run_at_once_leave_one_mark_an_answer() -> None:
    store, _, interview = held()

    class Overtaken(Stricter):
        def grade(self, task: GradingTask) -> Marking:
            if not self.tasks:
                regrade(store, Stricter(), interview.id, lambda: NOW)
            return super().grade(task)

    run = regrade(store, Overtaken(), interview.id, lambda: NOW)
    answers = [event.answer_id for event in marks(store.read(interview.id), run.run_id)]
    assert len(answers) == len(set(answers)) == run.marked


def test_a_log_that_has_lost_its_end_is_not_tried_for_good(tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    store = SqlStore(f"sqlite:///{path}")
    held_before, _, interview = held()
    store.append(held_before.read(interview.id), 0)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE interviews SET seq = seq + 1")
    with pytest.raises(Conflict, match="no longer ends"):
        regrade(store, Stricter(), interview.id, lambda: NOW)
    store.close()


def test_an_interview_under_way_is_not_marked_again() -> None:
    at = desk()
    interview = begin(at)
    with pytest.raises(RegradeRefused, match="not finished"):
        regrade(at.store, Stricter(), interview.id, lambda: NOW)


def test_the_diff_names_what_changed_and_its_totals_are_the_reports() -> None:
    store, _, interview = held()
    run = regrade(store, Stricter(), interview.id, lambda: NOW)
    events = store.read(interview.id)
    diff = compare_runs(events, run.run_id)
    first = {part.part_id: (part.before, part.after) for part in diff.answers[0].parts}
    assert first["q/alpha"] == ("covered", "partial")
    assert first["q/beta"] == ("partial", "partial")
    assert first["q/delusion"] == ("not_asserted", "not_asserted")
    assert diff.changed == sum(part.before != part.after for answer in diff.answers for part in answer.parts)
    before, after = build_report(fold(events)), build_report(fold(events, run.run_id))
    assert before.independent
    assert after.independent
    assert (diff.before.independent, diff.after.independent) == (before.independent.score, after.independent.score)
    assert (diff.after.grader.version, diff.after.run_id) == ("2", run.run_id)


def test_an_export_shows_the_run_that_is_named() -> None:
    store, _, interview = held()
    run = regrade(store, Stricter(), interview.id, lambda: NOW)
    events = store.read(interview.id)
    assert f"a later run, {run.run_id}" in to_markdown(events, run.run_id)
    assert "a later run" not in to_markdown(events)
    assert json.loads(to_json(events, run.run_id))["report"]["run_id"] == run.run_id
    assert json.loads(to_json(events))["report"]["run_id"] == interview.state.run_id
