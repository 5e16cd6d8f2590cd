"""What was ingested and decided: the truth that the index is built from. The one file that speaks SQL in this room."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, Self

from pydantic import Field
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Engine,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    RowMapping,
    Select,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from knowledge import migrations
from knowledge.extraction import Refusal
from knowledge.merging import Merge
from knowledge.models import QUESTION, Document, Passage, Question, Slug, Source, Value

BUSY_SECONDS = 10.0


class CatalogueError(Exception):
    """The database cannot be opened, read or written: the message says what to do."""


class Drafted(Value):
    """A question where a document asks it, as the draft made of it."""

    document_id: str
    line: int = Field(ge=1)
    section: str | None
    question: Question
    checkable: bool = Field(description="Whether answers may be marked against its points before a person has looked.")


class Reading(Value):
    """One file, read to the end: what `Catalogue.store` keeps in one transaction."""

    path: str = Field(description="Absolute. The file's next version is known by it.")
    document: Document
    passages: tuple[Passage, ...]
    drafted: tuple[Drafted, ...]
    refused: tuple[Refusal, ...]


Verdict = Literal["accepted", "edited", "rejected"]


class Decision(Value):
    """What a person decided about a draft. It stands by the question's slug, so that reading its text again, or
    another document that asks it, changes nothing."""

    slug: Slug
    verdict: Verdict
    question: Question | None = Field(description="As it was accepted or edited; None where it was rejected.")


class Written(Value):
    """A rubric that a model drafted from passages, for a question that no document answers."""

    question: Question
    checkable: bool


class KeptDocument(Value):
    """One line of the list of documents."""

    id: str
    name: str
    title: str | None
    language: str
    candidate_id: str
    workspace_id: str
    source: Source
    paths: tuple[str, ...]
    questions: int
    passages: int
    refused: int


METADATA = MetaData()


def _table(name: str, *parts: Column[Any] | Index) -> Table:
    """A table of rows that go when their document goes."""
    return Table(
        name,
        METADATA,
        Column("workspace_id", String(128), primary_key=True),
        *parts,
        ForeignKeyConstraint(
            ["workspace_id", "document_id"], ["documents.workspace_id", "documents.id"], ondelete="CASCADE"
        ),
    )


def _place() -> tuple[Column[Any], Column[Any]]:
    return (
        Column("document_id", String(64), primary_key=True),
        Column("position", Integer, primary_key=True, autoincrement=False),
    )


_DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("workspace_id", String(128), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("candidate_id", String(128), nullable=False),
    # In the order of first reading. The next version of a file takes the place of the one before.
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("title", Text),
    Column("language", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("source", Text, nullable=False),
)
_FILES = _table("files", Column("path", Text, primary_key=True), Column("document_id", String(64), nullable=False))
_PASSAGES = _table(
    "passages",
    *_place(),
    Column("id", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("heading", Text),
    Column("first_line", Integer, nullable=False),
    Column("last_line", Integer, nullable=False),
    Column("source", Text, nullable=False),
)
_QUESTIONS = _table(
    "questions",
    *_place(),
    Column("slug", String(80), nullable=False),
    Column("line", Integer, nullable=False),
    Column("section", Text),
    Column("checkable", Boolean, nullable=False),
    Column("draft", Text, nullable=False),
    Index("questions_by_slug", "workspace_id", "slug"),
)
_REFUSALS = _table(
    "refusals",
    *_place(),
    Column("text", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("last_line", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)
_MERGES = Table(
    "merges",
    METADATA,
    Column("workspace_id", String(128), primary_key=True),
    Column("alias", String(80), primary_key=True),
    Column("slug", String(80), nullable=False),
)
_DECISIONS = Table(
    "decisions",
    METADATA,
    Column("workspace_id", String(128), primary_key=True),
    Column("slug", String(80), primary_key=True),
    Column("verdict", String(16), nullable=False),
    Column("question", Text),
)
_WRITTEN = Table(
    "written",
    METADATA,
    Column("workspace_id", String(128), primary_key=True),
    Column("slug", String(80), primary_key=True),
    Column("checkable", Boolean, nullable=False),
    Column("question", Text, nullable=False),
)


class Catalogue:
    """One workspace's part of the database at `url`; opening brings the tables up to date.

    Ids are hashes of content and every write replaces, so that storing twice is the same as storing once. Safe to
    share between threads. Every method raises CatalogueError.
    """

    def __init__(self, url: str, workspace_id: str = "local", candidate_id: str = "local") -> None:
        self.workspace_id = workspace_id
        self.candidate_id = candidate_id
        self._engine = _make_engine(url)
        # A transaction that reads first and then writes must take SQLite's lock at once, or it may fail unwaited.
        self._writer = self._engine.execution_options(viva_writes=True)
        with _translated(self._engine):
            _bring_up_to_date(self._engine, self._writer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of every connection."""
        self._engine.dispose()

    def store(self, reading: Reading) -> None:
        """Keeps all of a file in one transaction, in place of what only its earlier version held."""
        with _translated(self._engine), self._writer.begin() as connection:
            before = self._document_at(connection, reading.path)
            paths = {reading.path, *self._paths(connection, reading.document.id)}
            connection.execute(delete(_FILES).where(*self._here(_FILES), _FILES.c.path == reading.path))
            replaced = before if before and not self._paths(connection, before) else None
            position = self._position(connection, reading.document.id, replaced)
            for gone in {reading.document.id, replaced} - {None}:
                self._drop(connection, gone)
            if replaced not in (None, reading.document.id):
                self._drop_written_from(connection, replaced)
            self._insert(connection, reading, position, sorted(paths))
            self._drop_dangling(connection)

    def settle(self, merges: Iterable[Merge]) -> None:
        """Makes these the workspace's merges, all of them."""
        rows = [{"workspace_id": self.workspace_id, **merge.model_dump()} for merge in merges]
        with _translated(self._engine), self._writer.begin() as connection:
            connection.execute(delete(_MERGES).where(*self._here(_MERGES)))
            _insert_all(connection, _MERGES, rows)

    def delete(self, document_id: str) -> bool:
        """Removes a document and all that came from it alone. False when there is no such document."""
        with _translated(self._engine), self._writer.begin() as connection:
            gone = self._drop(connection, document_id)
            self._drop_written_from(connection, document_id)
            self._drop_dangling(connection)
            # The next version of a file may ask again what this one does not; what is deleted is to leave nothing.
            connection.execute(delete(_DECISIONS).where(*self._here(_DECISIONS), self._asked_nowhere(_DECISIONS)))
        return gone

    def decide(self, decision: Decision) -> None:
        """In place of what was decided about the same question before."""
        row = {"slug": decision.slug, "verdict": decision.verdict, "question": None}
        if decision.question:
            row["question"] = decision.question.model_dump_json()
        self._put(_DECISIONS, decision.slug, row)

    def write(self, written: Written) -> None:
        """In place of what a model drafted for the same question before."""
        question = written.question
        row = {"slug": question.id, "checkable": written.checkable, "question": question.model_dump_json()}
        self._put(_WRITTEN, question.id, row)

    def documents(self) -> tuple[KeptDocument, ...]:
        """In the order of their first reading."""
        with _translated(self._engine), self._engine.connect() as connection:
            rows = connection.execute(self._in_order(_DOCUMENTS)).mappings().all()
            files = connection.execute(select(_FILES).where(*self._here(_FILES))).mappings().all()
            counts = {table.name: self._count(connection, table) for table in (_QUESTIONS, _PASSAGES, _REFUSALS)}
        return tuple(
            KeptDocument(
                **{field: row[field] for field in ("id", "name", "title", "language", "candidate_id", "workspace_id")},
                source=Source.model_validate_json(row["source"]),
                paths=tuple(sorted(file["path"] for file in files if file["document_id"] == row["id"])),
                questions=counts["questions"].get(row["id"], 0),
                passages=counts["passages"].get(row["id"], 0),
                refused=counts["refusals"].get(row["id"], 0),
            )
            for row in rows
        )

    def passages(self) -> tuple[Passage, ...]:
        """All passages, document by document."""
        return tuple(_passage(row) for row in self._rows(_PASSAGES))

    def drafted(self) -> tuple[Drafted, ...]:
        """Every question where a document asks it, merged ones too, document by document."""
        return tuple(_drafted(row) for row in self._rows(_QUESTIONS))

    def refusals(self, document_id: str) -> tuple[Refusal, ...]:
        """What was left out of a document, and why."""
        rows = [row for row in self._rows(_REFUSALS) if row["document_id"] == document_id]
        fields = ("text", "line", "last_line", "reason")
        return tuple(Refusal.model_validate({field: row[field] for field in fields}) for row in rows)

    def aliases(self) -> dict[Slug, Slug]:
        """From the slug of a question that asks the same to the slug it goes by."""
        with _translated(self._engine), self._engine.connect() as connection:
            rows = connection.execute(select(_MERGES).where(*self._here(_MERGES)).order_by(_MERGES.c.alias)).mappings()
            return {row["alias"]: row["slug"] for row in rows}

    def decisions(self) -> dict[Slug, Decision]:
        """By the slug of the question that each was made about."""
        return {row["slug"]: _decision(row) for row in self._all(_DECISIONS)}

    def written(self) -> dict[Slug, Written]:
        """By the slug of the question that each was drafted for."""
        return {
            row["slug"]: Written(question=QUESTION.validate_json(row["question"]), checkable=row["checkable"])
            for row in self._all(_WRITTEN)
        }

    def _all(self, table: Table) -> Sequence[RowMapping]:
        query = select(table).where(*self._here(table)).order_by(table.c.slug)
        with _translated(self._engine), self._engine.connect() as connection:
            return connection.execute(query).mappings().all()

    def _put(self, table: Table, slug: Slug, row: Mapping[str, object]) -> None:
        with _translated(self._engine), self._writer.begin() as connection:
            connection.execute(delete(table).where(*self._here(table), table.c.slug == slug))
            connection.execute(insert(table), {"workspace_id": self.workspace_id, **row})

    def _here(self, table: Table) -> tuple[Any, ...]:
        return (table.c.workspace_id == self.workspace_id,)

    def _in_order(self, table: Table) -> Select[Any]:
        """All of the workspace's rows of the table, documents in order."""
        query = select(table).where(*self._here(table))
        if table is _DOCUMENTS:
            return query.order_by(_DOCUMENTS.c.position)
        same = (_DOCUMENTS.c.workspace_id == table.c.workspace_id) & (_DOCUMENTS.c.id == table.c.document_id)
        return query.join(_DOCUMENTS, same).order_by(_DOCUMENTS.c.position, table.c.position)

    def _rows(self, table: Table) -> Sequence[RowMapping]:
        with _translated(self._engine), self._engine.connect() as connection:
            return connection.execute(self._in_order(table)).mappings().all()

    def _count(self, connection: Connection, table: Table) -> dict[str, int]:
        query = select(table.c.document_id, func.count()).where(*self._here(table)).group_by(table.c.document_id)
        return {row[0]: row[1] for row in connection.execute(query)}

    def _document_at(self, connection: Connection, path: str) -> str | None:
        query = select(_FILES.c.document_id).where(*self._here(_FILES), _FILES.c.path == path)
        return connection.execute(query).scalar_one_or_none()

    def _paths(self, connection: Connection, document_id: str) -> list[str]:
        query = select(_FILES.c.path).where(*self._here(_FILES), _FILES.c.document_id == document_id)
        return list(connection.execute(query).scalars())

    def _position(self, connection: Connection, document_id: str, replaced: str | None) -> int:
        """A known document keeps its place, and the new version of a file takes that of the old one."""
        known = select(_DOCUMENTS.c.id, _DOCUMENTS.c.position).where(*self._here(_DOCUMENTS))
        places = {row[0]: row[1] for row in connection.execute(known)}
        after_all = max(places.values(), default=-1) + 1
        return places.get(document_id, places.get(replaced or "", after_all))

    def _drop(self, connection: Connection, document_id: str | None) -> bool:
        query = delete(_DOCUMENTS).where(*self._here(_DOCUMENTS), _DOCUMENTS.c.id == document_id)
        return connection.execute(query).rowcount > 0

    def _drop_dangling(self, connection: Connection) -> None:
        """A merge goes with the draft it speaks of; what was merged into that draft stands for itself again."""
        drafted = select(_QUESTIONS.c.slug).where(*self._here(_QUESTIONS))
        connection.execute(delete(_MERGES).where(*self._here(_MERGES), _MERGES.c.alias.not_in(drafted)))
        connection.execute(delete(_WRITTEN).where(*self._here(_WRITTEN), self._asked_nowhere(_WRITTEN)))

    def _asked_nowhere(self, table: Table) -> ColumnElement[bool]:
        return table.c.slug.not_in(select(_QUESTIONS.c.slug).where(*self._here(_QUESTIONS)))

    def _drop_written_from(self, connection: Connection, document_id: str | None) -> None:
        """What a model drafted from a document's passages goes with the document."""
        rows = connection.execute(select(_WRITTEN).where(*self._here(_WRITTEN))).mappings().all()
        for row in rows:
            points = QUESTION.validate_json(row["question"]).points
            if any(point.source and point.source.hash == document_id for point in points):
                connection.execute(delete(_WRITTEN).where(*self._here(_WRITTEN), _WRITTEN.c.slug == row["slug"]))

    def _insert(self, connection: Connection, reading: Reading, position: int, paths: Sequence[str]) -> None:
        document = reading.document
        of_document = {"workspace_id": self.workspace_id, "document_id": document.id}
        row = document.model_dump(include={"id", "name", "title", "language", "text"})
        row["source"] = document.source.model_dump_json()
        ids = {"workspace_id": self.workspace_id, "candidate_id": self.candidate_id}
        _insert_all(connection, _DOCUMENTS, [{**row, **ids, "position": position}])
        _insert_all(connection, _FILES, [{**of_document, "path": path} for path in paths])
        for table, rows in (
            (_PASSAGES, map(_passage_row, reading.passages)),
            (_QUESTIONS, map(_drafted_row, reading.drafted)),
            (_REFUSALS, (refusal.model_dump(mode="json") for refusal in reading.refused)),
        ):
            _insert_all(connection, table, [{**of_document, "position": n, **row} for n, row in enumerate(rows)])


def _insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        connection.execute(insert(table), list(rows))


# Values are kept as JSON text that Pydantic writes and reads itself: several times faster than by way of dicts.


def _passage_row(passage: Passage) -> dict[str, object]:
    row = passage.model_dump(include={"id", "text", "heading"})
    first, last = passage.lines
    return {**row, "first_line": first, "last_line": last, "source": passage.source.model_dump_json()}


def _passage(row: RowMapping) -> Passage:
    return Passage(
        id=row["id"],
        document_id=row["document_id"],
        text=row["text"],
        heading=row["heading"],
        lines=(row["first_line"], row["last_line"]),
        source=Source.model_validate_json(row["source"]),
    )


def _drafted_row(drafted: Drafted) -> dict[str, object]:
    row = drafted.model_dump(include={"line", "section", "checkable"})
    return {**row, "slug": drafted.question.id, "draft": drafted.question.model_dump_json()}


def _drafted(row: RowMapping) -> Drafted:
    return Drafted(
        document_id=row["document_id"],
        line=row["line"],
        section=row["section"],
        question=QUESTION.validate_json(row["draft"]),
        checkable=row["checkable"],
    )


def _decision(row: RowMapping) -> Decision:
    question = QUESTION.validate_json(row["question"]) if row["question"] else None
    return Decision(slug=row["slug"], verdict=row["verdict"], question=question)


# ── Opening ──────────────────────────────────────────────────────────────────────────────────────────────────


def _make_engine(url: str) -> Engine:
    try:
        # Parameters are somebody's documents: they stay out of every error message.
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=not url.startswith("sqlite"))
    except ArgumentError as error:
        raise CatalogueError(
            "the catalogue's database URL is none: write sqlite:////path/to/file or "
            "postgresql+psycopg://user:password@host/name"
        ) from error
    except ImportError as error:
        raise CatalogueError(
            f"the database's driver is not installed ({error.name}). For PostgreSQL: pip install 'psycopg[binary]', "
            "and write INTERVIEWER_DATABASE_URL as postgresql+psycopg://user:password@host/name"
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _tune_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own transactions leave out table changes: see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        cursor.execute("PRAGMA journal_mode = WAL")
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
    """The database's own failures as ours."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        place = engine.url.render_as_string(hide_password=True)
        raise CatalogueError(
            f"the catalogue cannot be read or written ({cause}): look whether {place} exists, is writable and has room"
        ) from error
