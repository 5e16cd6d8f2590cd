"""Marks a finished interview again, as a run of its own beside the first, of which nothing changes.

A run's id follows from the interview, the grader and how many runs that grader has completed: one that was broken off
is therefore gone on with, and one that is complete is never added to.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count

from interviewer.events import Event, Marked, Started
from interviewer.grading.port import Grader, GradingTask
from interviewer.logs import logger
from interviewer.models import GraderInfo, Ungraded
from interviewer.state import State, fold
from interviewer.store import Conflict, EventStore
from interviewer.tasks import tasks_of
from knowledge.models import Value

_log = logger("regrading")

Advance = Callable[[int, int], None]
"""Called with how many answers are marked, and of how many."""


class RegradeRefused(ValueError):
    """The message is for the person who asked. Nothing was stored."""


class Run(Value):
    """A marking run that is complete."""

    interview_id: str
    run_id: str
    resumed: bool
    marked: int
    ungraded: int


def silent(_done: int, _total: int) -> None:
    """Nobody watches."""


def regrade(
    store: EventStore, grader: Grader, interview_id: str, clock: Callable[[], datetime], advance: Advance = silent
) -> Run:
    """Every answer marked by `grader`, each stored at once: broken off, it goes on where it was. An answer that the
    grader cannot mark is Ungraded in the new run. Raises RegradeRefused, and StoreError."""
    events = store.read(interview_id)
    state = fold(events)
    if state.status != "finished":
        raise RegradeRefused(
            f"interview {interview_id} is not finished: `interviewer practice --resume {interview_id}`"
        )
    tasks = [task for asked in state.questions for task in tasks_of(asked)]
    if not tasks:
        raise RegradeRefused(f"interview {interview_id} has no answers to mark")
    run_id, done = _run_to_go_on_with(events, state, grader.info, len(tasks))
    resumed = bool(done)
    for task in tasks:
        advance(len(done), len(tasks))
        if task.answers[-1].id not in done:
            events = _mark(store, grader, task, run_id, events, clock)
            done = _marked_in(events, run_id)
    advance(len(done), len(tasks))
    ungraded = sum(isinstance(marking, Ungraded) for marking in done.values())
    return Run(interview_id=interview_id, run_id=run_id, resumed=resumed, marked=len(done), ungraded=ungraded)


def marking_runs(events: Sequence[Event]) -> tuple[str, ...]:
    """The ids of all runs, in the order in which they began: first the one that the interview was held with."""
    own = (event.run_id for event in events if isinstance(event, Started))
    return tuple(dict.fromkeys((*own, *(event.run_id for event in events if isinstance(event, Marked)))))


def _run_to_go_on_with(
    events: Sequence[Event], state: State, info: GraderInfo, answers: int
) -> tuple[str, dict[str, object]]:
    """The first run of this grader that is not complete, with what it has marked so far."""
    for number in count(1):
        run_id = _run_id(state.interview_id or "", info, number)
        done = _marked_in(events, run_id)
        if len(done) < answers:
            return run_id, done
    raise AssertionError("counting does not end")


def _run_id(interview_id: str, info: GraderInfo, number: int) -> str:
    """128 bits. What a grader learns only while it marks (its note, a seed refused) has no part in it."""
    told = json.dumps([interview_id, info.name, info.version, info.model, info.prompt_hash, number])
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _marked_in(events: Sequence[Event], run_id: str) -> dict[str, object]:
    return {event.answer_id: event.grade for event in events if isinstance(event, Marked) and event.run_id == run_id}


def _mark(
    store: EventStore,
    grader: Grader,
    task: GradingTask,
    run_id: str,
    events: Sequence[Event],
    clock: Callable[[], datetime],
) -> Sequence[Event]:
    """The log with this answer marked in it, by us or by somebody who marks the same run."""
    answer_id, marking = task.answers[-1].id, grader.grade(task)
    while answer_id not in _marked_in(events, run_id):
        event = Marked(
            interview_id=events[0].interview_id,
            seq=len(events) + 1,
            at=clock(),
            answer_id=answer_id,
            run_id=run_id,
            grade=marking,
        )
        try:
            store.append([event], len(events))
        except Conflict:
            seen, events = len(events), store.read(events[0].interview_id)
            if len(events) <= seen:
                raise  # nobody appended: the store is damaged, and says the same for good
        else:
            events = (*events, event)
    _log.info("marked again", interview_id=events[0].interview_id, run_id=run_id)
    return events
