"""The nouns of the index: what goes in, what comes out, and what can go wrong. Pure: values only."""

from collections.abc import Callable
from typing import Literal

from pydantic import Field

from knowledge.models import Kind, Level, Passage, Question, Slug, Source, Value

EntryKind = Literal["passage", "question"]
Progress = Callable[[str, int, int], None]
"""Called with the stage's name, how much of it is done, and of how much."""


def silent(stage: str, done: int, total: int) -> None:
    """The progress of those who do not want to see any."""


class IndexProblem(Exception):
    """The index cannot be used now."""


class IndexMissing(IndexProblem):
    """No index was built yet, or what is there is not whole: build it."""


class IndexBusy(IndexProblem):
    """Another process is building one: wait, or go on with the present one."""


class FingerprintMismatch(IndexProblem):
    """The index was built with another embedding model: build it anew, or set the model back."""


class Entry(Value):
    """A passage or a question as it is indexed."""

    id: str
    kind: EntryKind
    text: str
    source: Source
    heading: str | None = None
    lines: tuple[int, int] | None = None
    topic: Slug | None = None
    question_kind: Kind | None = None
    level: Level | None = None
    document_id: str | None = None
    answer: str | None = Field(default=None, description="Of a reviewed question: what its points say, in one text.")

    @property
    def searched(self) -> str:
        """What is embedded and matched: a passage says more under its heading."""
        return f"{self.heading}\n{self.text}" if self.heading else self.text


class Where(Value):
    """Which entries may be found. Each field that is set must match."""

    kind: EntryKind | None = None
    topic: Slug | None = None
    question_kind: Kind | None = None
    level: Level | None = None
    document_id: str | None = None


class Hit(Value):
    """One entry found."""

    rank: int = Field(ge=1)
    id: str
    kind: EntryKind
    text: str
    source: Source
    heading: str | None
    lines: tuple[int, int] | None
    score: float = Field(description="Sum of reciprocal ranks: it orders one search's hits and nothing else.")


def passage_entry(passage: Passage, topic: Slug | None = None) -> Entry:
    return Entry(
        id=passage.id,
        kind="passage",
        text=passage.text,
        source=passage.source,
        heading=passage.heading,
        lines=passage.lines,
        topic=topic,
        document_id=passage.document_id,
    )


def question_entry(question: Question, document_id: str | None = None) -> Entry:
    """`document_id`: of the document that the question was found in; the bank's have none."""
    return Entry(
        id=question.id,
        kind="question",
        text=question.text,
        source=question.sources[0] if question.sources else Source(title="Question bank"),
        topic=question.topic,
        question_kind=question.kind,
        level=question.level,
        document_id=document_id,
        answer=" ".join(point.text for point in question.points) if question.status == "reviewed" else None,
    )
