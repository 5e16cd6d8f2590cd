"""What is kept of files that were read, and what was decided about their questions. Pure: values only."""

from typing import Literal

from pydantic import Field

from knowledge.extraction import Refusal
from knowledge.models import Document, Passage, Question, Slug, Source, Value


class Drafted(Value):
    """A question where a document asks it, as the draft made of it."""

    document_id: str
    line: int = Field(ge=1)
    section: str | None
    question: Question
    checkable: bool = Field(description="Whether answers may be marked against its points before a person has looked.")


class Reading(Value):
    """One file, read to the end: what is kept in one transaction."""

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
