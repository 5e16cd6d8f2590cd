"""Answers that would get marks for nothing said, made from questions: keywords, copies, disguises, very long ones.

Pure and seeded. Attacks that need wit (orders, fake verdicts, other languages) are written by hand in the cases.
"""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from evals.datasets import Case
from evals.disturbances import FILLERS, sprinkle
from interviewer.grading.local import MOST_CHARACTERS, MOST_WORDS
from interviewer.grading.terms import content, is_content, terms
from knowledge.spans import sentences


class Length(NamedTuple):
    """At most so long: as many words as there is room for."""

    words: int
    characters: int | None = None


LONG = Length(20_000)
FULL = Length(MOST_WORDS, MOST_CHARACTERS)
"""The longest that the local grader marks. What is longer it refuses, and is safe from."""
_STUFFED_WORDS = 120
# Letters of other alphabets that look like those of ours, and the wide ones.
_TWINS = dict(zip("aceijopsxyABCEHIKMOPSTXY", "асеіјорѕхуАВСЕНІКМОРЅТХУ", strict=True))
_WIDE = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
_TWIN_SHARE = 0.6


def stuff(case: Case) -> dict[str, str]:
    """The points' words without what they say: as a list, as pairs of neighbours, and as a long run."""
    random = Random(f"stuffing {case.question_id}")
    runs = [_content_words(point.text) for point in case.points]
    words = sorted({word for run in runs for word in run})
    random.shuffle(words)
    pairs = [" ".join(run[i : i + 2]) for run in runs for i in range(0, len(run), 2)]
    random.shuffle(pairs)
    return {"list": ", ".join(words), "pairs": "; ".join(pairs), "run": " ".join(_spun(words, _STUFFED_WORDS, random))}


def copy(case: Case) -> dict[str, str]:
    """The question said back, and the points as they stand: in order, in another with padding, or only some."""
    random = Random(f"copies {case.question_id}")
    points = [point.text for point in case.points]
    shuffled = random.sample(points, len(points))
    padded = [text for point in shuffled for text in (point, random.choice(FILLERS))]
    return {
        "question": case.question,
        "question padded": f"{FILLERS[0]} {case.question} {FILLERS[1]} So, again: {case.question}",
        "points": " ".join(points),
        "points padded": " ".join(padded),
        "some points": "\n".join(f"- {text}" for text in shuffled[: max(2, len(points) // 2)]),
    }


def disguise(text: str, seed: str) -> dict[str, str]:
    """The text as a person still reads it and a rule for plain letters does not."""
    random = Random(f"disguise {seed}")
    twins = (_TWINS[letter] if letter in _TWINS and random.random() < _TWIN_SHARE else letter for letter in text)
    return {
        "twins": "".join(twins),
        "invisible": sprinkle(text, seed),
        "wide": "".join(_WIDE.get(letter, letter) for letter in text),
    }


def spin_out(case: Case, strangers: Sequence[Case], length: Length) -> dict[str, str]:
    """Keywords again and again, the points pasted amid padding, sentences about other questions."""
    random = Random(f"long {case.question_id}")
    words = [word for point in case.points for word in _content_words(point.text)]
    padding = _spun(FILLERS, length.words, random)
    for point in case.points:
        # Not near the end, which is cut off.
        padding.insert(random.randrange(len(padding) * 7 // 10), point.text)
    foreign = sorted(_foreign_sentences(case, strangers))
    return {
        "keywords": _cut(_spun(words, length.words, random), length),
        "points": _cut(padding, length),
        "strangers": _cut(_spun(foreign, length.words, random), length),
    }


def _foreign_sentences(case: Case, strangers: Sequence[Case]) -> set[str]:
    """Sentences of answers to other questions that share at most one term with each point: they tell none of them."""
    points = [content(point.text) for point in case.points]
    texts = {
        other.answer[start:end]
        for other in strangers
        if other.question_id != case.question_id
        for start, end in sentences(other.answer)
    }
    return {text for text in texts if all(len(content(text) & point) <= 1 for point in points)}


def _content_words(text: str) -> list[str]:
    return [text[term.start : term.end] for term in terms(text) if is_content(term.word)]


def _spun(pieces: Sequence[str], words: int, random: Random) -> list[str]:
    """The pieces in ever new order until they have so many words; of no words nothing can be made."""
    found: list[str] = []
    counted, each = 0, sum(len(piece.split()) for piece in pieces)
    while each and counted < words:
        found += random.sample(pieces, len(pieces))
        counted += each
    return found


def _cut(pieces: Sequence[str], length: Length) -> str:
    text = " ".join(" ".join(pieces).split()[: length.words])
    if length.characters is None or len(text) <= length.characters:
        return text
    return text[: length.characters].rpartition(" ")[0]
