"""Whether two questions ask the same, and whose slug each goes by. Pure: similarities arrive as numbers."""

import re
import unicodedata
from collections.abc import Container, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.models import Slug, Value

# Chosen on the pairs of real interview lists: equal content words with 0.85 and more are the same question worded
# twice, while 0.84 still pairs "most proficient in" with "the best for". docs/decisions has the pairs.
SAME_WORDS_SIMILARITY = 0.85
ONE_MORE_WORD_SIMILARITY = 0.88
ONE_MORE_WORD_OVERLAP = 0.8

_FRAME_WORDS = """
    a an and any are as at be been by can concept could describe detail did discuss do does each example explain
    few for from give given had has have her his how i idea if in into is it its list me mean meant mention might more
    must my name notion of on one or our outline own please purpose role s say shall should show so some such
    tell term than that the their them then there these they this those to us was we were what which who will with
    would you your about approach between go handle manage support use used using uses various way
"""
_FRAME = frozenset(_FRAME_WORDS.split())
_NEGATIONS = frozenset({"not", "no", "never", "without", "cannot"})
_SYNONYMS: dict[str, str] = dict.fromkeys(
    ("differ", "differs", "differences", "versus", "vs", "compare", "comparison"), "difference"
)
_TOKEN = re.compile(r"[.]?[^\W_][\w'-]*(?:[.+#][\w+#]+|[+#]+)?")
_ENDINGS = ("ing", "ed", "es", "s", "e")


class Asked(Protocol):
    """A question as far as merging looks at it."""

    @property
    def id(self) -> Slug: ...

    @property
    def text(self) -> str: ...


class Merge(Value):
    """`alias` asks what `slug` asks, so it resolves to it."""

    alias: Slug
    slug: Slug


def normalise(text: str) -> str:
    """Case, typography, punctuation and white space set aside; what tells C++ from C# kept."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‑", "-").casefold()
    return " ".join(token.removesuffix("'s") for token in _TOKEN.findall(plain))


def content_words(text: str) -> frozenset[str]:
    """The stems of the words that say what is asked; words that only frame a question are left out."""
    words = [_SYNONYMS.get(word, word) for word in normalise(text).split() if word not in _FRAME]
    return frozenset(_stem(word) for word in words if _stem(word) not in _FRAME)


def asks_the_same(one: str, other: str, similarity: float) -> bool:
    """Whether two questions ask the same, given the cosine of their embeddings.

    Cosine alone cannot say: "use" and "not use" reach 0.98. A negation or a number on one side only, or a content
    word on each side that the other lacks ("horizontal", "vertical"), makes them two questions however close.
    """
    if normalise(one) == normalise(other):
        return True
    ours, theirs = content_words(one), content_words(other)
    if not ours or not theirs or _tells_apart(ours ^ theirs) or (ours - theirs and theirs - ours):
        return False
    if ours == theirs:
        return similarity >= SAME_WORDS_SIMILARITY
    overlap = len(ours & theirs) / len(ours | theirs)
    return overlap >= ONE_MORE_WORD_OVERLAP and similarity >= ONE_MORE_WORD_SIMILARITY


def decide_merges(bank: Sequence[Asked], found: Sequence[Asked], vectors: NDArray[np.float32]) -> tuple[Merge, ...]:
    """Which of `found` ask what a question of the bank, or else one found before them, already asks.

    `vectors` are the unit rows of the bank's questions, then those of `found`, in order. A question of the bank is
    preferred, then the most similar, then the first. The same slug found twice needs no alias and makes none.
    """
    asked = [*bank, *found]
    kept = dict.fromkeys(range(len(bank)))
    worded = {normalise(question.text): place for place, question in reversed(list(enumerate(bank)))}
    settled = {question.id for question in bank}
    merges: list[Merge] = []
    for place, question in enumerate(found, start=len(bank)):
        if question.id in settled:
            continue
        settled.add(question.id)
        close = _close(asked, place, vectors, kept)
        same = worded.get(normalise(question.text), _preferred(close, len(bank)))
        if same is None:
            kept[place] = None
            worded[normalise(question.text)] = place
        else:
            merges.append(Merge(alias=question.id, slug=asked[same].id))
    return tuple(merges)


def _close(
    asked: Sequence[Asked], place: int, vectors: NDArray[np.float32], kept: Container[int]
) -> list[tuple[int, float]]:
    """The kept questions before `place` that ask the same, each with its similarity."""
    similarities = vectors[:place] @ vectors[place]
    near = [int(other) for other in np.flatnonzero(similarities >= SAME_WORDS_SIMILARITY) if int(other) in kept]
    return [
        (other, float(similarities[other]))
        for other in near
        if asks_the_same(asked[place].text, asked[other].text, float(similarities[other]))
    ]


def _preferred(close: Sequence[tuple[int, float]], banked: int) -> int | None:
    return min(close, key=lambda pair: (pair[0] >= banked, -pair[1], pair[0]))[0] if close else None


def _tells_apart(words: frozenset[str]) -> bool:
    return any(word in _NEGATIONS or word.endswith("n't") or any(letter.isdigit() for letter in word) for word in words)


def _stem(word: str) -> str:
    """Crude but even-handed: endings come off until none is left, so that all forms of a word meet."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and word.isalpha():
            return _stem(word.removesuffix(ending))
    return word
