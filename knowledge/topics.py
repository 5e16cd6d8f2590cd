"""Which of the bank's topics a found question belongs to. Pure: vectors come from an Embedder."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.bank import Bank
from knowledge.models import PERSONAL_KINDS, Question, Slug
from knowledge.ports import Embedder
from knowledge.rubrics import GENERAL

# Looked at on the public lists: below 0.30 lie the questions that fit no topic (a WHERE clause, a design pattern).
NEAR = 0.30
SECTION_SHARE = 0.5


class Topics(NamedTuple):
    """The bank's topics: the texts that show what a technical one is about, and where personal questions belong."""

    texts: Mapping[Slug, Sequence[str]]
    personal: Slug

    def nearest(self, question: Question, section: str | None, embedder: Embedder) -> Slug:
        """By the question's words, and half as much by those of the section it stands in; GENERAL if none is near."""
        if question.kind in PERSONAL_KINDS:
            return self.personal
        if not self.texts:
            return GENERAL
        centres = np.stack([_centre(embedder.encode(texts)) for texts in self.texts.values()])
        near = centres @ embedder.encode([question.text])[0]
        if section:
            near = near + SECTION_SHARE * (centres @ embedder.encode([section])[0])
        best = int(near.argmax())
        return list(self.texts)[best] if near[best] >= NEAR else GENERAL


def read_topics(bank: Bank, notes: Mapping[Slug, Sequence[str]]) -> Topics:
    """A technical topic is what its questions in the bank and the passages of its note speak of.

    Personal questions go where the bank has most of its own; the words of one say little about a topic.
    """
    technical = [question for question in bank.questions if question.kind not in PERSONAL_KINDS]
    personal = [question.topic for question in bank.questions if question.kind in PERSONAL_KINDS]
    texts = {
        topic: [*(question.text for question in technical if question.topic == topic), *notes.get(topic, ())]
        for topic in dict.fromkeys(question.topic for question in technical)
    }
    return Topics(texts, max(personal, key=personal.count, default=GENERAL))


def _centre(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    mean = rows.mean(axis=0)
    return mean / np.linalg.norm(mean)
