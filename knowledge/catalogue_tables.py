"""The catalogue's tables, and how values become rows and rows values. No connection is made here."""

from typing import Any

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Index, Integer, MetaData, RowMapping, String, Table, Text

from knowledge.models import QUESTION, Passage, Source
from knowledge.readings import Decision, Drafted, Written

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


DOCUMENTS = Table(
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
FILES = _table("files", Column("path", Text, primary_key=True), Column("document_id", String(64), nullable=False))
PASSAGES = _table(
    "passages",
    *_place(),
    Column("id", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("heading", Text),
    Column("first_line", Integer, nullable=False),
    Column("last_line", Integer, nullable=False),
    Column("source", Text, nullable=False),
)
QUESTIONS = _table(
    "questions",
    *_place(),
    Column("slug", String(80), nullable=False),
    Column("line", Integer, nullable=False),
    Column("section", Text),
    Column("checkable", Boolean, nullable=False),
    Column("draft", Text, nullable=False),
    Index("questions_by_slug", "workspace_id", "slug"),
)
REFUSALS = _table(
    "refusals",
    *_place(),
    Column("text", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("last_line", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)
MERGES = Table(
    "merges",
    METADATA,
    Column("workspace_id", String(128), primary_key=True),
    Column("alias", String(80), primary_key=True),
    Column("slug", String(80), nullable=False),
)
DECISIONS = Table(
    "decisions",
    METADATA,
    Column("workspace_id", String(128), primary_key=True),
    Column("slug", String(80), primary_key=True),
    Column("verdict", String(16), nullable=False),
    Column("question", Text),
)
WRITTEN = Table(
    "written",
    METADATA,
    Column("workspace_id", String(128), primary_key=True),
    Column("slug", String(80), primary_key=True),
    Column("checkable", Boolean, nullable=False),
    Column("question", Text, nullable=False),
)


# Values are kept as JSON text that Pydantic writes and reads itself: several times faster than by way of dicts.


def passage_row(passage: Passage) -> dict[str, object]:
    row = passage.model_dump(include={"id", "text", "heading"})
    first, last = passage.lines
    return {**row, "first_line": first, "last_line": last, "source": passage.source.model_dump_json()}


def read_passage(row: RowMapping) -> Passage:
    return Passage(
        id=row["id"],
        document_id=row["document_id"],
        text=row["text"],
        heading=row["heading"],
        lines=(row["first_line"], row["last_line"]),
        source=Source.model_validate_json(row["source"]),
    )


def drafted_row(drafted: Drafted) -> dict[str, object]:
    row = drafted.model_dump(include={"line", "section", "checkable"})
    return {**row, "slug": drafted.question.id, "draft": drafted.question.model_dump_json()}


def read_drafted(row: RowMapping) -> Drafted:
    return Drafted(
        document_id=row["document_id"],
        line=row["line"],
        section=row["section"],
        question=QUESTION.validate_json(row["draft"]),
        checkable=row["checkable"],
    )


def read_decision(row: RowMapping) -> Decision:
    question = QUESTION.validate_json(row["question"]) if row["question"] else None
    return Decision(slug=row["slug"], verdict=row["verdict"], question=question)


def read_written(row: RowMapping) -> Written:
    return Written(question=QUESTION.validate_json(row["question"]), checkable=row["checkable"])
