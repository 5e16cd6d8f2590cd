"""The study notes become passages: each section under its heading, whatever it sounds like. Pure.

Nothing in them is looked at as a question: some of their headings are what interviewers ask."""

from knowledge.models import Document, Passage
from knowledge.passages import cut_passages, sections
from knowledge.pieces import split


def note_passages(note: Document) -> tuple[Passage, ...]:
    pieces = split(note)
    return tuple(
        passage
        for heading, body in sections(pieces, range(len(pieces)))
        if body
        for passage in cut_passages(note, heading, [pieces[index] for index in body], heading.text if heading else None)
    )
