"""The event log of every interview, as its users know it: appended to, read back, listed, deleted. And its double.

StoreError
├── Conflict            someone else appended first: read again, and go on from what stands
├── UnknownInterview    there is no interview of that id, or it is somebody else's
├── UnreadableLog       an event of it is damaged: leave it out, or delete it
└── StoreUnavailable    the database cannot be opened, read or written: the message says what to do
"""

import json
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import NamedTuple, Protocol

from interviewer.events import Event, Started, read_event
from interviewer.summaries import InterviewSummary, summarise


class StoreError(Exception):
    pass


class Conflict(StoreError):
    """The log is longer, or shorter, than the caller believed. Nothing was written."""


class UnknownInterview(StoreError):
    pass


class UnreadableLog(StoreError):
    pass


class StoreUnavailable(StoreError):
    pass


class Owner(NamedTuple):
    """Whose interviews a store shows, where several people share a database."""

    workspace_id: str
    candidate_id: str


class EventStore(Protocol):
    """Append-only logs, one an interview. `seq` counts from 1 without gaps. Safe to share between threads.

    One that was opened for an owner knows that owner's interviews only: any other is unknown to it."""

    def append(self, events: Sequence[Event], expected_seq: int) -> None:
        """All of `events`, of one interview, or none. Raises Conflict unless the log now ends at `expected_seq`."""
        ...

    def read(self, interview_id: str) -> tuple[Event, ...]:
        """The whole log, in order. Raises UnknownInterview, and UnreadableLog."""
        ...

    def interviews(self) -> tuple[InterviewSummary, ...]:
        """Those changed last come first."""
        ...

    def delete(self, interview_id: str) -> None:
        """Removes every row of it, readable or not, for good. Raises UnknownInterview."""
        ...


class MemoryStore:
    """The double: as strict as the real one, and gone with the process."""

    def __init__(self, owner: Owner | None = None) -> None:
        self.owner = owner
        self._logs: dict[str, list[str]] = {}
        self._summaries: dict[str, InterviewSummary] = {}
        self._lock = Lock()

    def seen_by(self, owner: Owner) -> "MemoryStore":
        """The same interviews, as this owner is shown them."""
        view = MemoryStore(owner)
        view._logs, view._summaries, view._lock = self._logs, self._summaries, self._lock
        return view

    def append(self, events: Sequence[Event], expected_seq: int) -> None:
        interview_id = check_batch(events, expected_seq)
        with self._lock:
            before = self._summaries.get(interview_id)
            check_position(interview_id, before, expected_seq, self.owner)
            self._logs.setdefault(interview_id, []).extend(happened.model_dump_json() for happened in events)
            self._summaries[interview_id] = summarise(before, events)

    def read(self, interview_id: str) -> tuple[Event, ...]:
        with self._lock:
            bodies = tuple(self._logs[interview_id]) if self._knows(interview_id) else ()
        return read_log(interview_id, bodies)

    def interviews(self) -> tuple[InterviewSummary, ...]:
        with self._lock:
            return latest_first(summary for summary in self._summaries.values() if _is_of(summary, self.owner))

    def delete(self, interview_id: str) -> None:
        with self._lock:
            if not self._knows(interview_id):
                raise unknown(interview_id)
            del self._logs[interview_id], self._summaries[interview_id]

    def _knows(self, interview_id: str) -> bool:
        summary = self._summaries.get(interview_id)
        return summary is not None and _is_of(summary, self.owner)


# ── What every store holds its callers, and its rows, to ─────────────────────────────────────────────────────


def check_batch(events: Sequence[Event], expected_seq: int) -> str:
    """The one interview's id. What is asserted here only a bug in the caller can break."""
    assert events, "nothing to append"
    assert [happened.seq for happened in events] == list(range(expected_seq + 1, expected_seq + 1 + len(events)))
    assert len({happened.interview_id for happened in events}) == 1
    assert (expected_seq == 0) == isinstance(events[0], Started), "a log begins with Started, and has only one"
    return events[0].interview_id


def check_position(interview_id: str, before: InterviewSummary | None, expected_seq: int, owner: Owner | None) -> None:
    if (before is None and expected_seq > 0) or (before is not None and not _is_of(before, owner)):
        raise unknown(interview_id)
    if before is not None and before.seq != expected_seq:
        raise conflict(interview_id, expected_seq)


def _is_of(summary: InterviewSummary, owner: Owner | None) -> bool:
    return owner is None or owner == (summary.workspace_id, summary.candidate_id)


def read_log(interview_id: str, bodies: Sequence[str]) -> tuple[Event, ...]:
    if not bodies:
        raise unknown(interview_id)
    return tuple(_read(interview_id, seq, body) for seq, body in enumerate(bodies, start=1))


def _read(interview_id: str, seq: int, body: str) -> Event:
    try:
        happened = read_event(json.loads(body))
    except (ValueError, TypeError, AttributeError):  # no JSON, no event, or JSON that is not even an object
        happened = None
    if happened is None or (happened.interview_id, happened.seq) != (interview_id, seq):
        # Raised out here, without a cause: what a parser complains of it also quotes, and this may be an answer.
        raise UnreadableLog(
            f"event {seq} of interview '{interview_id}' is missing or damaged: bring the database back from a copy, "
            f"or remove this interview with `interviewer delete {interview_id}`"
        )
    return happened


def unknown(interview_id: str) -> UnknownInterview:
    return UnknownInterview(f"there is no interview '{interview_id}'")


def conflict(interview_id: str, expected_seq: int) -> Conflict:
    return Conflict(f"interview '{interview_id}' no longer ends at event {expected_seq}")


def latest_first(summaries: Iterable[InterviewSummary]) -> tuple[InterviewSummary, ...]:
    return tuple(sorted(summaries, key=lambda summary: (summary.changed_at, summary.id), reverse=True))
