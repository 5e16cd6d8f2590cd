"""The event log in a database. The one file of this room that speaks SQL."""

from collections.abc import Sequence

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from interviewer.events import Event
from interviewer.migrations import MIGRATIONS
from interviewer.store import (
    Owner,
    StoreUnavailable,
    check_batch,
    check_position,
    conflict,
    latest_first,
    read_log,
    unknown,
)
from interviewer.summaries import InterviewSummary, summarise
from knowledge.databases import Database

SYNCHRONOUS = "FULL"
"""SQLite waits for the disk at every commit: an answer outlives a power failure, not only the process."""

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
        self._database = Database(url, MIGRATIONS, "the interviews", StoreUnavailable, SYNCHRONOUS)

    def append(self, events: Sequence[Event], expected_seq: int) -> None:
        interview_id = check_batch(events, expected_seq)
        try:
            with self._database.writing(IntegrityError) as connection:
                before = _summary_of(connection, interview_id)
                check_position(interview_id, before, expected_seq, self.owner)
                _write_summary(connection, before, summarise(before, events))
                connection.execute(insert(_EVENTS), [_row(happened) for happened in events])
        except IntegrityError as error:
            raise conflict(interview_id, expected_seq) from error

    def read(self, interview_id: str) -> tuple[Event, ...]:
        bodies = select(_EVENTS.c.body).join(_INTERVIEWS).where(*self._of(interview_id)).order_by(_EVENTS.c.seq)
        with self._database.reading() as connection:
            rows = connection.execute(bodies).scalars().all()
        return read_log(interview_id, rows)

    def interviews(self) -> tuple[InterviewSummary, ...]:
        with self._database.reading() as connection:
            rows = connection.execute(select(_INTERVIEWS).where(*self._own())).mappings().all()
        return latest_first(_summary(row) for row in rows)

    def delete(self, interview_id: str) -> None:
        with self._database.writing() as connection:
            known = connection.execute(select(_INTERVIEWS.c.id).where(*self._of(interview_id))).scalar()
            if known is None:
                raise unknown(interview_id)
            connection.execute(delete(_EVENTS).where(_EVENTS.c.interview_id == interview_id))
            connection.execute(delete(_INTERVIEWS).where(_INTERVIEWS.c.id == interview_id))
        self._database.empty_write_ahead_log()

    def _of(self, interview_id: str) -> tuple[ColumnElement[bool], ...]:
        return (_INTERVIEWS.c.id == interview_id, *self._own())

    def _own(self) -> tuple[ColumnElement[bool], ...]:
        if self.owner is None:
            return ()
        workspace_id, candidate_id = self.owner
        return _INTERVIEWS.c.workspace_id == workspace_id, _INTERVIEWS.c.candidate_id == candidate_id

    def close(self) -> None:
        """Lets go of every connection."""
        self._database.close()


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
