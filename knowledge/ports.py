"""What this room needs of others, in its own words."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from knowledge.models import PartSlug, Question, Value


class Embedder(Protocol):
    """Text becomes unit vectors."""

    @property
    def fingerprint(self) -> str:
        """Names the weights and their precision. Vectors of different fingerprints never share a store."""
        ...

    @property
    def dimensions(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, shape (len(texts), dimensions), in the order of `texts`. No texts: shape (0, dimensions)."""
        ...


class QuotedClaim(Value):
    """What a good answer says, with the words of a passage that it rests on. Not yet compared with the passage."""

    passage: int = Field(ge=0, description="Which of the passages that were given, from 0.")
    quote: str
    text: str


class DrafterUnavailable(Exception):
    """Nothing can be drafted now. The message says why, and what to do."""


class Drafter(Protocol):
    """Passages become claims that a good answer to a question makes."""

    def draft(self, question: str, passages: Sequence[str]) -> Sequence[QuotedClaim]:
        """The most important first; none where the passages do not answer. Raises DrafterUnavailable."""
        ...


class Grader(Protocol):
    """Says which claims of a rubric an answer makes."""

    def covers(self, question: Question, answer: str) -> Mapping[PartSlug, bool]:
        """By point of the question, whether the answer covers all of it. A point that it cannot judge is left out."""
        ...
