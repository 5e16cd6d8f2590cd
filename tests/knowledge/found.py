"""Small documents and what is found in them, for the tests of drafting, keeping and lending."""

from collections.abc import Sequence
from typing import Any

from knowledge.bank import Bank
from knowledge.extraction import FoundQuestion, Refusal
from knowledge.models import QUESTION, Block, BlockKind, Document, Passage, Question, RubricPoint, Source
from knowledge.readings import Drafted, Reading

SOURCE = Source(title="Somebody's notes", hash="0" * 64)


def document(*parts: tuple[BlockKind, str], id: str = "d" * 64, name: str = "notes.md") -> Document:
    """A document of these blocks, one after another without blank lines."""
    blocks: list[Block] = []
    line = start = 1
    start = 0
    for kind, text in parts:
        last = line + text.count("\n")
        end = start + len(text)
        blocks.append(Block(kind=kind, text=text, start=start, end=end, first_line=line, last_line=last))
        line, start = last + 1, end + 1
    text = "\n".join(text for _, text in parts)
    return Document(id=id, name=name, title="Notes", text=text, blocks=tuple(blocks), source=SOURCE)


def answered(question: str, *answer: tuple[BlockKind, str], **rest: Any) -> tuple[FoundQuestion, Document]:
    """A question with its answer, and the document that holds nothing else."""
    holding = document(("paragraph", question), *answer)
    lines = (2 + question.count("\n"), holding.blocks[-1].last_line) if answer else None
    found = FoundQuestion(
        text=question,
        answer="\n".join(text for _, text in answer) or None,
        line=1,
        last_line=1 + question.count("\n"),
        answer_lines=lines,
        section=rest.pop("section", None),
        number="1",
        **rest,
    )
    return found, holding


def items(*texts: str) -> list[tuple[BlockKind, str]]:
    return [("item", text) for text in texts]


def question(id: str, text: str = "What is a deadlock?", *points: str, **rest: Any) -> Question:
    made = tuple(
        RubricPoint(id=f"{id}/p{n}", text=point, weight=1, core=True, probe="What else belongs in your answer?")
        for n, point in enumerate(points, start=1)
    )
    fields = {"kind": "concept", "topic": "databases", "level": "junior", "status": "draft", "sources": (SOURCE,)}
    return QUESTION.validate_python({**fields, "id": id, "text": text, "points": made, **rest})


def drafted(id: str, text: str = "What is a deadlock?", *points: str, at: str = "d" * 64, **rest: Any) -> Drafted:
    line, checkable = rest.pop("line", 1), rest.pop("checkable", bool(points))
    return Drafted(
        document_id=at, line=line, section=None, question=question(id, text, *points, **rest), checkable=checkable
    )


def reading(path: str, *questions: Drafted, id: str = "d" * 64, passages: Sequence[str] = ("Some text.",)) -> Reading:
    """A file whose document has this id; the drafts are said to be in it, whatever they say."""
    return Reading(
        path=path,
        document=document(("paragraph", "Some text."), id=id, name=path.rpartition("/")[2]),
        passages=tuple(
            Passage(id=f"{n:02}{id[2:]}", document_id=id, text=text, heading=None, lines=(1, 1), source=SOURCE)
            for n, text in enumerate(passages)
        ),
        drafted=tuple(each.model_copy(update={"document_id": id}) for each in questions),
        refused=(Refusal(text="Follow us", line=9, last_line=9, reason="an advert"),),
    )


def bank(*questions: Question) -> Bank:
    return Bank(questions=tuple(each.model_copy(update={"status": "reviewed"}) for each in questions))
