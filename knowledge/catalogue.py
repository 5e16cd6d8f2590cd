"""What was ingested and decided: the truth that the index is built from. Kept, asked for, replaced, deleted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, Table, delete, func, insert, select

from knowledge.catalogue_tables import (
    DECISIONS,
    DOCUMENTS,
    FILES,
    MERGES,
    PASSAGES,
    QUESTIONS,
    REFUSALS,
    WRITTEN,
    drafted_row,
    passage_row,
    read_decision,
    read_drafted,
    read_passage,
    read_written,
)
from knowledge.databases import Database
from knowledge.extraction import Refusal
from knowledge.merging import Merge
from knowledge.migrations import MIGRATIONS
from knowledge.models import Passage, Slug, Source
from knowledge.readings import Decision, Drafted, KeptDocument, Reading, Written

ROWS_A_STEP = 500


class CatalogueError(Exception):
    """The database cannot be opened, read or written: the message says what to do."""


class Catalogue:
    """One workspace's part of the database at `url`; opening brings the tables up to date.

    Ids are hashes of content and every write replaces, so that storing twice is the same as storing once. Safe to
    share between threads. Every method raises CatalogueError.
    """

    def __init__(self, url: str, workspace_id: str = "local", candidate_id: str = "local") -> None:
        self.workspace_id = workspace_id
        self.candidate_id = candidate_id
        self._database = Database(url, MIGRATIONS, "the catalogue", CatalogueError)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of every connection."""
        self._database.close()

    def store(self, reading: Reading) -> None:
        """Keeps all of a file in one transaction, in place of what only its earlier version held."""
        with self._database.writing() as connection:
            before = self._document_at(connection, reading.path)
            paths = {reading.path, *self._paths(connection, reading.document.id)}
            connection.execute(delete(FILES).where(*self._here(FILES), FILES.c.path == reading.path))
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
        with self._database.writing() as connection:
            connection.execute(delete(MERGES).where(*self._here(MERGES)))
            _insert_all(connection, MERGES, rows)

    def delete(self, document_id: str) -> bool:
        """Removes a document and all that came from it alone. False when there is no such document."""
        with self._database.writing() as connection:
            gone = self._drop(connection, document_id)
            self._drop_written_from(connection, document_id)
            self._drop_dangling(connection)
            # The next version of a file may ask again what this one does not; what is deleted is to leave nothing.
            connection.execute(delete(DECISIONS).where(*self._here(DECISIONS), self._asked_nowhere(DECISIONS)))
        return gone

    def decide(self, decision: Decision) -> None:
        """In place of what was decided about the same question before."""
        row = {"slug": decision.slug, "verdict": decision.verdict, "question": None}
        if decision.question:
            row["question"] = decision.question.model_dump_json()
        self._put(DECISIONS, decision.slug, row)

    def write(self, written: Written) -> None:
        """In place of what a model drafted for the same question before."""
        question = written.question
        row = {"slug": question.id, "checkable": written.checkable, "question": question.model_dump_json()}
        self._put(WRITTEN, question.id, row)

    def documents(self) -> tuple[KeptDocument, ...]:
        """In the order of their first reading."""
        with self._database.reading() as connection:
            rows = connection.execute(self._in_order(DOCUMENTS)).mappings().all()
            files = connection.execute(select(FILES).where(*self._here(FILES))).mappings().all()
            counts = {table.name: self._count(connection, table) for table in (QUESTIONS, PASSAGES, REFUSALS)}
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

    def passages(self) -> Iterator[Passage]:
        """All passages, document by document, read as they are asked for: there may be more than one wants to hold."""
        with self._database.reading() as connection:
            streamed = connection.execution_options(yield_per=ROWS_A_STEP)
            for row in streamed.execute(self._in_order(PASSAGES)).mappings():
                yield read_passage(row)

    def drafted(self) -> tuple[Drafted, ...]:
        """Every question where a document asks it, merged ones too, document by document."""
        return tuple(read_drafted(row) for row in self._rows(QUESTIONS))

    def refusals(self, document_id: str) -> tuple[Refusal, ...]:
        """What was left out of a document, and why."""
        rows = [row for row in self._rows(REFUSALS) if row["document_id"] == document_id]
        fields = ("text", "line", "last_line", "reason")
        return tuple(Refusal.model_validate({field: row[field] for field in fields}) for row in rows)

    def aliases(self) -> dict[Slug, Slug]:
        """From the slug of a question that asks the same to the slug it goes by."""
        with self._database.reading() as connection:
            rows = connection.execute(select(MERGES).where(*self._here(MERGES)).order_by(MERGES.c.alias)).mappings()
            return {row["alias"]: row["slug"] for row in rows}

    def decisions(self) -> dict[Slug, Decision]:
        """By the slug of the question that each was made about."""
        return {row["slug"]: read_decision(row) for row in self._all(DECISIONS)}

    def written(self) -> dict[Slug, Written]:
        """By the slug of the question that each was drafted for."""
        return {row["slug"]: read_written(row) for row in self._all(WRITTEN)}

    def _all(self, table: Table) -> Sequence[RowMapping]:
        query = select(table).where(*self._here(table)).order_by(table.c.slug)
        with self._database.reading() as connection:
            return connection.execute(query).mappings().all()

    def _put(self, table: Table, slug: Slug, row: Mapping[str, object]) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(table).where(*self._here(table), table.c.slug == slug))
            connection.execute(insert(table), {"workspace_id": self.workspace_id, **row})

    def _here(self, table: Table) -> tuple[Any, ...]:
        return (table.c.workspace_id == self.workspace_id,)

    def _in_order(self, table: Table) -> Select[Any]:
        """All of the workspace's rows of the table, documents in order."""
        query = select(table).where(*self._here(table))
        if table is DOCUMENTS:
            return query.order_by(DOCUMENTS.c.position)
        same = (DOCUMENTS.c.workspace_id == table.c.workspace_id) & (DOCUMENTS.c.id == table.c.document_id)
        return query.join(DOCUMENTS, same).order_by(DOCUMENTS.c.position, table.c.position)

    def _rows(self, table: Table) -> Sequence[RowMapping]:
        with self._database.reading() as connection:
            return connection.execute(self._in_order(table)).mappings().all()

    def _count(self, connection: Connection, table: Table) -> dict[str, int]:
        query = select(table.c.document_id, func.count()).where(*self._here(table)).group_by(table.c.document_id)
        return {row[0]: row[1] for row in connection.execute(query)}

    def _document_at(self, connection: Connection, path: str) -> str | None:
        query = select(FILES.c.document_id).where(*self._here(FILES), FILES.c.path == path)
        return connection.execute(query).scalar_one_or_none()

    def _paths(self, connection: Connection, document_id: str) -> list[str]:
        query = select(FILES.c.path).where(*self._here(FILES), FILES.c.document_id == document_id)
        return list(connection.execute(query).scalars())

    def _position(self, connection: Connection, document_id: str, replaced: str | None) -> int:
        """A known document keeps its place, and the new version of a file takes that of the old one."""
        known = select(DOCUMENTS.c.id, DOCUMENTS.c.position).where(*self._here(DOCUMENTS))
        places = {row[0]: row[1] for row in connection.execute(known)}
        after_all = max(places.values(), default=-1) + 1
        return places.get(document_id, places.get(replaced or "", after_all))

    def _drop(self, connection: Connection, document_id: str | None) -> bool:
        query = delete(DOCUMENTS).where(*self._here(DOCUMENTS), DOCUMENTS.c.id == document_id)
        return connection.execute(query).rowcount > 0

    def _drop_dangling(self, connection: Connection) -> None:
        """A merge goes with the draft it speaks of; what was merged into that draft stands for itself again."""
        drafted = select(QUESTIONS.c.slug).where(*self._here(QUESTIONS))
        connection.execute(delete(MERGES).where(*self._here(MERGES), MERGES.c.alias.not_in(drafted)))
        connection.execute(delete(WRITTEN).where(*self._here(WRITTEN), self._asked_nowhere(WRITTEN)))

    def _asked_nowhere(self, table: Table) -> ColumnElement[bool]:
        return table.c.slug.not_in(select(QUESTIONS.c.slug).where(*self._here(QUESTIONS)))

    def _drop_written_from(self, connection: Connection, document_id: str | None) -> None:
        """What a model drafted from a document's passages goes with the document."""
        rows = connection.execute(select(WRITTEN).where(*self._here(WRITTEN))).mappings().all()
        for row in rows:
            points = read_written(row).question.points
            if any(point.source and point.source.hash == document_id for point in points):
                connection.execute(delete(WRITTEN).where(*self._here(WRITTEN), WRITTEN.c.slug == row["slug"]))

    def _insert(self, connection: Connection, reading: Reading, position: int, paths: Sequence[str]) -> None:
        document = reading.document
        of_document = {"workspace_id": self.workspace_id, "document_id": document.id}
        row = document.model_dump(include={"id", "name", "title", "language", "text"})
        row["source"] = document.source.model_dump_json()
        ids = {"workspace_id": self.workspace_id, "candidate_id": self.candidate_id}
        _insert_all(connection, DOCUMENTS, [{**row, **ids, "position": position}])
        _insert_all(connection, FILES, [{**of_document, "path": path} for path in paths])
        for table, rows in (
            (PASSAGES, map(passage_row, reading.passages)),
            (QUESTIONS, map(drafted_row, reading.drafted)),
            (REFUSALS, (refusal.model_dump(mode="json") for refusal in reading.refused)),
        ):
            _insert_all(connection, table, [{**of_document, "position": n, **row} for n, row in enumerate(rows)])


def _insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        connection.execute(insert(table), list(rows))
