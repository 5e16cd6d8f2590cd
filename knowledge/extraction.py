"""A Document becomes questions, answers and passages. Pure: structure decides before vocabulary does."""

from pydantic import Field

from knowledge.models import Document, Passage, Value


class FoundQuestion(Value):
    """A question as the document puts it, with the answer given there. Lines count from 1 in `Document.text`."""

    text: str
    answer: str | None
    line: int = Field(ge=1)
    last_line: int = Field(ge=1, description="Of the question, sub-tasks included.")
    answer_lines: tuple[int, int] | None
    section: str | None = Field(description="None where one section holds all questions.")
    number: str | None = Field(description="As written in the document, without punctuation.")
    parts: int = Field(default=1, ge=1, description="Sub-tasks in the question; 1 where it is not divided.")


class Refusal(Value):
    """Text that is neither a question nor worth retrieving, and why."""

    text: str
    line: int = Field(ge=1)
    last_line: int = Field(ge=1)
    reason: str


class Heading(Value):
    """A heading with no text of its own: it lives on as the section of the questions below it."""

    text: str
    line: int = Field(ge=1)
    last_line: int = Field(ge=1)


class Extraction(Value):
    """All of a document: every line with a word on it is in exactly one of these, by its lines."""

    questions: tuple[FoundQuestion, ...]
    passages: tuple[Passage, ...]
    refused: tuple[Refusal, ...]
    headings: tuple[Heading, ...] = ()


def extract(document: Document) -> Extraction:
    """What can be asked, what can be retrieved, and what was refused."""
    return Extraction(questions=(), passages=(), refused=())
