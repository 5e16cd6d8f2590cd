"""The event log of every interview, kept: appended to, read back, listed, deleted. The one file that speaks SQL here.

StoreError
├── Conflict            someone else appended first: read again, and go on from what stands
├── UnknownInterview    there is no interview of that id, or it is somebody else's
├── UnreadableLog       an event of it is damaged: leave it out, or delete it
└── StoreUnavailable    the database cannot be opened, read or written: the message says what to do
"""

import json
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import Any, Literal, NamedTuple, Protocol, assert_never

from pydantic import Field
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from interviewer import migrations
from interviewer.events import (
    Answered,
    Asked,
    Controlled,
    Event,
    Finished,
    Marked,
    Paused,
    Said,
    Started,
    read_event,
)
from interviewer.models import Mode
from knowledge.models import Level, Slug, Value

BUSY_SECONDS = 10.0
SYNCHRONOUS = "FULL"
"""SQLite waits for the disk at every commit: an answer outlives a power failure, not only the process."""


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


class InterviewSummary(Value):
    """One line of the history: what can be told of an interview without reading its log."""

    id: str
    candidate_id: str
    workspace_id: str
    started_at: datetime
    changed_at: datetime
    mode: Mode
    level: Level
    length: int = Field(description="Questions planned.")
    asked: int = Field(description="Questions asked so far.")
    topics: tuple[Slug, ...] = Field(description="Of the questions asked so far, in their order.")
    status: Literal["running", "paused", "finished"]
    seq: int = Field(description="Events in the log.")


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


def summarise(before: InterviewSummary | None, events: Sequence[Event]) -> InterviewSummary:
    """The history's line after `events`, which follow on `before`; without one, Started comes first."""
    summary = before
    for happened in events:
        summary = _summarise_one(summary, happened)
    assert summary is not None
    return summary


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
        interview_id = _check_batch(events, expected_seq)
        with self._lock:
            before = self._summaries.get(interview_id)
            _check_position(interview_id, before, expected_seq, self.owner)
            self._logs.setdefault(interview_id, []).extend(happened.model_dump_json() for happened in events)
            self._summaries[interview_id] = summarise(before, events)

    def read(self, interview_id: str) -> tuple[Event, ...]:
        with self._lock:
            bodies = tuple(self._logs[interview_id]) if self._knows(interview_id) else ()
        return _log(interview_id, bodies)

    def interviews(self) -> tuple[InterviewSummary, ...]:
        with self._lock:
            return _latest_first(summary for summary in self._summaries.values() if _is_of(summary, self.owner))

    def delete(self, interview_id: str) -> None:
        with self._lock:
            if not self._knows(interview_id):
                raise _unknown(interview_id)
            del self._logs[interview_id], self._summaries[interview_id]

    def _knows(self, interview_id: str) -> bool:
        summary = self._summaries.get(interview_id)
        return summary is not None and _is_of(summary, self.owner)


# ── SQL ──────────────────────────────────────────────────────────────────────────────────────────────────────

METADATA = MetaData()
_INTERVIEWS = Table(
    "interviews",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("candidate_id", String(128), nullable=False),
    Column("workspace_id", String(128), nullable=False),
    Column("started_at", String(40), nullable=False),
    Column("changed_at", String(40), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("level", String(16), nullable=False),
    Column("length", Integer, nullable=False),
    Column("asked", Integer, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("status", String(16), nullable=False),
    Column("seq", Integer, nullable=False),
)
_EVENTS = Table(
    "events",
    METADATA,
    Column("interview_id", String(64), ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("v", Integer, nullable=False),
    Column("at", String(40), nullable=False),
    Column("kind", String(16), nullable=False),
    # The whole event, envelope included, as JSON: what read_event takes, whatever its version.
    Column("body", Text, nullable=False),
)


class SqlStore:
    """SQLite by default, in WAL mode and synced at every commit; any other database SQLAlchemy reaches by its URL.

    Opening brings the tables up to date. Raises StoreUnavailable.
    """

    def __init__(self, url: str, owner: Owner | None = None) -> None:
        self.owner = owner
        self._engine = _make_engine(url)
        # On SQLite a transaction that will write must say so at once: one that starts by reading and then writes
        # can fail without the busy timeout ever being waited for.
        self._writer = self._engine.execution_options(viva_writes=True)
        with _translated(self._engine):
            _bring_up_to_date(self._engine, self._writer)

    def append(self, events: Sequence[Event], expected_seq: int) -> None:
        interview_id = _check_batch(events, expected_seq)
        try:
            with _translated(self._engine), self._writer.begin() as connection:
                before = _summary_of(connection, interview_id)
                _check_position(interview_id, before, expected_seq, self.owner)
                _write_summary(connection, before, summarise(before, events))
                connection.execute(insert(_EVENTS), [_row(happened) for happened in events])
        except IntegrityError as error:
            raise _conflict(interview_id, expected_seq) from error

    def read(self, interview_id: str) -> tuple[Event, ...]:
        bodies = select(_EVENTS.c.body).join(_INTERVIEWS).where(*self._of(interview_id)).order_by(_EVENTS.c.seq)
        with _translated(self._engine), self._engine.connect() as connection:
            rows = connection.execute(bodies).scalars().all()
        return _log(interview_id, rows)

    def interviews(self) -> tuple[InterviewSummary, ...]:
        with _translated(self._engine), self._engine.connect() as connection:
            rows = connection.execute(select(_INTERVIEWS).where(*self._own())).mappings().all()
        return _latest_first(_summary(row) for row in rows)

    def delete(self, interview_id: str) -> None:
        with _translated(self._engine), self._writer.begin() as connection:
            known = connection.execute(select(_INTERVIEWS.c.id).where(*self._of(interview_id))).scalar()
            if known is None:
                raise _unknown(interview_id)
            connection.execute(delete(_EVENTS).where(_EVENTS.c.interview_id == interview_id))
            connection.execute(delete(_INTERVIEWS).where(_INTERVIEWS.c.id == interview_id))
        self._empty_write_ahead_log()

    def _of(self, interview_id: str) -> tuple[ColumnElement[bool], ...]:
        return (_INTERVIEWS.c.id == interview_id, *self._own())

    def _own(self) -> tuple[ColumnElement[bool], ...]:
        if self.owner is None:
            return ()
        workspace_id, candidate_id = self.owner
        return _INTERVIEWS.c.workspace_id == workspace_id, _INTERVIEWS.c.candidate_id == candidate_id

    def close(self) -> None:
        """Lets go of every connection."""
        self._engine.dispose()

    def _empty_write_ahead_log(self) -> None:
        """What was deleted would otherwise still stand in SQLite's log file until some later checkpoint."""
        if self._engine.dialect.name != "sqlite":
            return
        with _translated(self._engine):
            raw = self._engine.raw_connection()
            try:
                raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                raw.close()


def _summarise_one(before: InterviewSummary | None, happened: Event) -> InterviewSummary:
    if isinstance(happened, Started):
        return _first_summary(happened)
    assert before is not None, "a log begins with Started"
    known = before.model_copy(update={"seq": happened.seq, "changed_at": happened.at})
    match happened:
        case Asked(question=question):
            topics = dict.fromkeys((*known.topics, question.topic))
            return known.model_copy(update={"asked": known.asked + 1, "topics": tuple(topics), "status": "running"})
        case Answered() | Said() | Controlled():
            return known.model_copy(update={"status": "running"})
        case Marked():
            return known  # a finished interview may be marked again, and stays finished
        case Paused():
            return known.model_copy(update={"status": "paused"})
        case Finished():
            return known.model_copy(update={"status": "finished"})
        case _:
            assert_never(happened)


def _first_summary(started: Started) -> InterviewSummary:
    return InterviewSummary(
        id=started.interview_id,
        candidate_id=started.candidate_id,
        workspace_id=started.workspace_id,
        started_at=started.at,
        changed_at=started.at,
        mode=started.mode,
        level=started.level,
        length=started.setup.length,
        asked=0,
        topics=(),
        status="running",
        seq=started.seq,
    )


def _check_batch(events: Sequence[Event], expected_seq: int) -> str:
    """The one interview's id. What is asserted here only a bug in the caller can break."""
    assert events, "nothing to append"
    assert [happened.seq for happened in events] == list(range(expected_seq + 1, expected_seq + 1 + len(events)))
    assert len({happened.interview_id for happened in events}) == 1
    assert (expected_seq == 0) == isinstance(events[0], Started), "a log begins with Started, and has only one"
    return events[0].interview_id


def _check_position(interview_id: str, before: InterviewSummary | None, expected_seq: int, owner: Owner | None) -> None:
    if (before is None and expected_seq > 0) or (before is not None and not _is_of(before, owner)):
        raise _unknown(interview_id)
    if before is not None and before.seq != expected_seq:
        raise _conflict(interview_id, expected_seq)


def _is_of(summary: InterviewSummary, owner: Owner | None) -> bool:
    return owner is None or owner == (summary.workspace_id, summary.candidate_id)


def _log(interview_id: str, bodies: Sequence[str]) -> tuple[Event, ...]:
    if not bodies:
        raise _unknown(interview_id)
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


def _unknown(interview_id: str) -> UnknownInterview:
    return UnknownInterview(f"there is no interview '{interview_id}'")


def _conflict(interview_id: str, expected_seq: int) -> Conflict:
    return Conflict(f"interview '{interview_id}' no longer ends at event {expected_seq}")


def _latest_first(summaries: Iterable[InterviewSummary]) -> tuple[InterviewSummary, ...]:
    return tuple(sorted(summaries, key=lambda summary: (summary.changed_at, summary.id), reverse=True))


def _row(happened: Event) -> dict[str, object]:
    envelope = happened.model_dump(mode="json", include={"interview_id", "seq", "v", "at", "kind"})
    return {**envelope, "body": happened.model_dump_json()}


def _summary(row: RowMapping) -> InterviewSummary:
    return InterviewSummary.model_validate({**row, "topics": tuple(row["topics"])})


def _summary_of(connection: Connection, interview_id: str) -> InterviewSummary | None:
    # FOR UPDATE serialises two writers where the database locks rows; SQLite, which locks the file, leaves it out.
    row = connection.execute(select(_INTERVIEWS).where(_INTERVIEWS.c.id == interview_id).with_for_update())
    found = row.mappings().one_or_none()
    return None if found is None else _summary(found)


def _write_summary(connection: Connection, before: InterviewSummary | None, now: InterviewSummary) -> None:
    row = now.model_dump(mode="json")
    if before is None:
        connection.execute(insert(_INTERVIEWS), row)
    else:
        connection.execute(update(_INTERVIEWS).where(_INTERVIEWS.c.id == now.id).values(row))


# ── Opening ──────────────────────────────────────────────────────────────────────────────────────────────────


def _make_engine(url: str) -> Engine:
    try:
        # Parameters are answers: they stay out of every error message.
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=not url.startswith("sqlite"))
    except ArgumentError as error:
        raise StoreUnavailable(
            "INTERVIEWER_DATABASE_URL is no database URL: write sqlite:////path/to/file or "
            "postgresql+psycopg://user:password@host/name"
        ) from error
    except ImportError as error:
        raise StoreUnavailable(
            f"the database's driver is not installed ({error.name}). For PostgreSQL: pip install 'psycopg[binary]', "
            "and write INTERVIEWER_DATABASE_URL as postgresql+psycopg://user:password@host/name"
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _tune_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own transactions leave out reads and table changes: see below
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("viva_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _bring_up_to_date(engine: Engine, writer: Engine) -> None:
    with engine.connect() as connection:
        made = inspect(connection).has_table(migrations.VERSION_TABLE)
        at = connection.execute(text(f"SELECT version_num FROM {migrations.VERSION_TABLE}")).scalar() if made else None
    if at != migrations.HEAD:
        with writer.begin() as connection:
            migrations.upgrade(connection)


@contextmanager
def _translated(engine: Engine) -> Generator[None]:
    """The database's own failures as ours. A broken constraint goes through: the caller knows what it means."""
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, PoolTimeout) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        place = engine.url.render_as_string(hide_password=True)
        raise StoreUnavailable(
            f"the interviews cannot be read or written ({cause}): look whether {place} exists, is writable and has room"
        ) from error
