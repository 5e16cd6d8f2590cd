"""Drafts what a good answer contains by a language model, from passages. Knowledge checks its quotes, not this room."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from interviewer.llm.errors import LLMReplyInvalid, LLMUnavailable
from interviewer.llm.port import LLM, Message
from interviewer.llm.prompts import fenced, read_prompt
from knowledge.models import Value
from knowledge.ports import DrafterUnavailable, QuotedClaim

MOST_POINTS = 6


class PointDraft(Value):
    """One point as the model gives it: the words first, then what they say."""

    passage: str = Field(description="The label of the passage that is quoted: p1, p2 and so on.")
    quote: str = Field(description="Copied exactly from that passage.")
    claim: str = Field(description="What an answer must say, in one sentence.")


class RubricDraft(Value):
    """What the model fills in. It holds no ids and no weights."""

    points: tuple[PointDraft, ...] = Field(description="The most important first; none if nothing answers.")


class ModelDrafter:
    """A Drafter. A reply of no use is no draft; a model out of reach is said."""

    def __init__(self, llm: LLM) -> None:
        self._llm = llm

    def draft(self, question: str, passages: Sequence[str]) -> tuple[QuotedClaim, ...]:
        try:
            reply = self._llm.complete(drafting_messages(question, passages), RubricDraft)
        except LLMUnavailable as error:
            raise DrafterUnavailable(str(error)) from error
        except LLMReplyInvalid:
            return ()
        return tuple(_claims(reply, len(passages)))


def drafting_messages(question: str, passages: Sequence[str]) -> tuple[Message, ...]:
    told = "\n\n".join(
        f'<passage label="{label}">\n{fenced(text)}\n</passage>'
        for label, text in zip(_labels(len(passages)), passages, strict=True)
    )
    gaps = {"most": str(MOST_POINTS), "question": fenced(question), "passages": told}
    return read_prompt("draft").render(gaps)


def _claims(reply: RubricDraft, passages: int) -> Iterator[QuotedClaim]:
    """A point that names no passage we gave is left out."""
    labels = {label: place for place, label in enumerate(_labels(passages))}
    for point in reply.points:
        place = labels.get(point.passage.strip().lower())
        if place is not None:
            yield QuotedClaim(passage=place, quote=point.quote, text=point.claim)


def _labels(count: int) -> list[str]:
    return [f"p{number}" for number in range(1, count + 1)]
