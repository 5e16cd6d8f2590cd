"""Whether two questions ask the same, and whose slug each goes by. Pure: similarities arrive as numbers."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.models import Slug, Value
from knowledge.spelling import NAMES, fold_spelling, fold_word

# Chosen on the pairs of real interview lists: equal content words with 0.85 and more are the same question worded
# twice, while 0.84 still pairs "most proficient in" with "the best for". docs/decisions has the pairs.
SAME_WORDS_SIMILARITY = 0.85
ONE_MORE_WORD_SIMILARITY = 0.88
ONE_MORE_WORD_OVERLAP = 0.8
MOST_MORE_WORDS = 2
"""However long the question: with three words more it asks for something more."""

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

    @property
    def asked_as(self) -> tuple[str, ...]: ...


class Merge(Value):
    """`alias` asks what `slug` asks, so it resolves to it."""

    alias: Slug
    slug: Slug


def normalise(text: str) -> str:
    """Case, typography, punctuation and white space set aside; what tells C++ from C# kept. Slugs are made of it."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‑", "-").casefold()
    return " ".join(token.removesuffix("'s") for token in _TOKEN.findall(plain))


@lru_cache(maxsize=4096)
def worded(text: str) -> str:
    """The normalised text in one spelling, one and many set aside: questions that agree in it are worded the same."""
    return " ".join(fold_word(word) for word in normalise(text).split())


@lru_cache(maxsize=4096)
def content_words(text: str) -> frozenset[str]:
    """The stems of the words that say what is asked; words that only frame a question are left out."""
    words = [_SYNONYMS.get(word, word) for word in normalise(text).split() if word not in _FRAME]
    return frozenset(_stem(word) for word in words if _stem(word) not in _FRAME)


def asks_the_same(one: str, other: str, similarity: float) -> bool:
    """Whether two questions ask the same, given the cosine of their embeddings.

    Cosine alone cannot say: "use" and "not use" reach 0.98. A negation or a number on one side only, or a content
    word on each side that the other lacks ("horizontal", "vertical"), makes them two questions however close.
    """
    return worded(one) == worded(other) or _same_words(content_words(one), content_words(other), similarity)


def _same_words(ours: frozenset[str], theirs: frozenset[str], similarity: float) -> bool:
    if not ours or not theirs or _tells_apart(ours ^ theirs) or (ours - theirs and theirs - ours):
        return False
    if ours == theirs:
        return similarity >= SAME_WORDS_SIMILARITY
    overlap = len(ours & theirs) / len(ours | theirs)
    more = len(ours ^ theirs)
    return overlap >= ONE_MORE_WORD_OVERLAP and more <= MOST_MORE_WORDS and similarity >= ONE_MORE_WORD_SIMILARITY


class Wording(NamedTuple):
    """One way of asking a question."""

    slug: Slug
    text: str


def wordings(questions: Sequence[Asked]) -> tuple[Wording, ...]:
    """Every question in its own words, then all their other wordings: the order in which `decide_merges` takes rows."""
    own = tuple(Wording(question.id, question.text) for question in questions)
    return own + tuple(Wording(question.id, text) for question in questions for text in question.asked_as)


def decide_merges(bank: Sequence[Asked], found: Sequence[Asked], vectors: NDArray[np.float32]) -> tuple[Merge, ...]:
    """Which of `found` ask what a question of the bank, or else one found before them, already asks.

    `vectors` are the unit rows of the bank's `wordings`, then of those of `found`, in order. A question of the bank is
    preferred, then the most similar, then the first. The same slug found twice needs no alias and makes none.

    Only questions of nearly the same content words can be one, so only those are looked at: the work grows with the
    number of questions, not with that of their pairs.
    """
    banked = wordings(bank)
    seen = _Seen(vectors)
    for row, wording in enumerate(banked):
        seen.keep(row, wording, of_bank=True)
    settled = {question.id for question in bank}
    merges: list[Merge] = []
    for row, question in enumerate(found, start=len(banked)):
        if question.id in settled:
            continue
        settled.add(question.id)
        wording = Wording(question.id, question.text)
        same = seen.same_as(row, wording)
        if same is None:
            seen.keep(row, wording, of_bank=False)
        else:
            merges.append(Merge(alias=question.id, slug=same))
    return tuple(merges)


class _Kept(NamedTuple):
    """A question that stays: where its vector is, whose it is, and what it says."""

    row: int
    slug: Slug
    words: frozenset[str]
    of_bank: bool


class _Places:
    """Places in a list by a number that several may share, the latest first. Linked, as a list for each number would
    keep the garbage collector busier than the merging itself."""

    def __init__(self) -> None:
        self._latest: dict[int, int] = {}
        self._links: list[tuple[int, int]] = []

    def add(self, number: int, place: int) -> None:
        self._links.append((place, self._latest.get(number, -1)))
        self._latest[number] = len(self._links) - 1

    def at(self, number: int) -> Iterator[int]:
        link = self._latest.get(number, -1)
        while link >= 0:
            place, link = self._links[link]
            yield place


class _Seen:
    """The questions kept so far, found again by their wording and by the sums of their content words' hashes.

    A set of words and the same set with one or two words less share a sum, whichever of the two is looked up; that a
    sum agrees by chance does no harm, as the words themselves are compared then.
    """

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        self._vectors = vectors
        self._kept: list[_Kept] = []
        self._worded: dict[str, Slug] = {}
        self._whole = _Places()
        self._less = _Places()

    def keep(self, row: int, wording: Wording, of_bank: bool) -> None:
        words = content_words(wording.text)
        place = len(self._kept)
        self._kept.append(_Kept(row, wording.slug, words, of_bank))
        self._worded.setdefault(worded(wording.text), wording.slug)
        self._whole.add(_sum(words), place)
        for less in _with_less(words):
            self._less.add(less, place)

    def same_as(self, row: int, wording: Wording) -> Slug | None:
        """The slug of the kept question that asks the same; None where there is none."""
        return self._worded.get(worded(wording.text)) or self._nearest(row, content_words(wording.text))

    def _nearest(self, row: int, words: frozenset[str]) -> Slug | None:
        whole = _sum(words)
        places = [*self._whole.at(whole), *self._less.at(whole)]
        places += [place for less in _with_less(words) for place in self._whole.at(less)]
        if not places:
            return None
        close = [self._kept[place] for place in places]
        similar = self._vectors[[kept.row for kept in close]] @ self._vectors[row]
        same = [
            (not kept.of_bank, -similarity, kept.row, kept.slug)
            for kept, similarity in zip(close, map(float, similar), strict=True)
            if _same_words(words, kept.words, similarity)
        ]
        return min(same)[3] if same else None


def _sum(words: frozenset[str]) -> int:
    return sum(map(hash, words))


def _with_less(words: frozenset[str]) -> Iterator[int]:
    """The sums of the words without as many of them as another question may lack and still ask the same."""
    whole = _sum(words)
    for lacking in range(1, MOST_MORE_WORDS + 1):
        if len(words) - lacking >= ONE_MORE_WORD_OVERLAP * len(words):
            yield from (whole - sum(map(hash, left_out)) for left_out in combinations(words, lacking))


def _tells_apart(words: frozenset[str]) -> bool:
    return any(word in _NEGATIONS or word.endswith("n't") or any(letter.isdigit() for letter in word) for word in words)


def _stem(word: str) -> str:
    """Crude but even-handed: endings come off until none is left, so that all forms of a word meet."""
    return _without_endings(fold_spelling(word))


def _without_endings(word: str) -> str:
    if word in NAMES:
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and word.isalpha():
            return _without_endings(word.removesuffix(ending))
    # "query" and "queri(es)".
    return f"{word[:-1]}i" if word.endswith("y") and len(word) > 3 else word
