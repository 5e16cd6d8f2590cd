"""An answer and every claim about it, laid out as one sequence of word pieces for the joint reader. Pure.

    [CLS] question [SEP] answer [SEP]   [CLS] point [SEP]   [CLS] point [SEP]   [CLS] false belief [SEP] ...

Each block counts its positions anew: to the lower layers, which look inside one block only, it is a text by itself, and
the order of the claims tells nothing. The answer is encoded once however many claims there are.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.spans import Span

Pieces = Sequence[tuple[int, Span]]
"""Word pieces with the offsets that they have in the text."""
Tokenize = Callable[[str], Pieces]

# The special pieces of BERT's vocabulary.
CLS, SEP = 101, 102

MOST_QUESTION, MOST_CLAIM, MOST_ANSWER = 96, 64, 320
"""Word pieces of each that are read. A longer answer is read in several parts."""
OVERLAP = 48
"""Word pieces that a part shares with the one before, so that no claim falls between two."""


class Claims(NamedTuple):
    """What to look for in an answer: the texts of points, and of false beliefs."""

    points: Sequence[str]
    beliefs: Sequence[str]


class Sequenced(NamedTuple):
    """One sequence, each array a value for every piece. `block`: 0 for question and answer, n for the nth claim, points
    first. `sentence`: the number of the answer's sentence that the piece belongs to, -1 outside of them."""

    ids: NDArray[np.int64]
    positions: NDArray[np.int64]
    block: NDArray[np.int64]
    sentence: NDArray[np.int64]


def lay_out(
    question: str, answer: str, sentences: Sequence[Span], claims: Claims, tokenize: Tokenize
) -> list[Sequenced]:
    """One sequence, or several with overlapping parts of a long answer. Raises nothing: an empty answer has one."""
    asked = [piece for piece, _ in tokenize(question)][:MOST_QUESTION]
    about = [[piece for piece, _ in tokenize(text)][:MOST_CLAIM] for text in (*claims.points, *claims.beliefs)]
    return [_sequence(asked, part, sentences, about) for part in _parts(tokenize(answer))]


def pool(numbers: NDArray[np.int64], wanted: range, pieces: int) -> NDArray[np.float32]:
    """Rows that average the pieces of each number wanted, shape (wanted, pieces). One that is not there has zeros."""
    rows = np.zeros((len(wanted), pieces), dtype=np.float32)
    inside = np.flatnonzero((numbers >= wanted.start) & (numbers < wanted.stop))
    rows[numbers[inside] - wanted.start, inside] = 1.0
    return rows / np.maximum(rows.sum(axis=1, keepdims=True), 1.0)


def _parts(pieces: Pieces) -> list[Pieces]:
    starts = range(0, max(1, len(pieces) - OVERLAP), MOST_ANSWER - OVERLAP)
    return [pieces[start : start + MOST_ANSWER] for start in starts]


def _sequence(asked: list[int], part: Pieces, sentences: Sequence[Span], about: list[list[int]]) -> Sequenced:
    head = [CLS, *asked, SEP]
    ids = [*head, *(piece for piece, _ in part), SEP]
    sentence = [-1] * len(head) + _sentence_of(part, sentences) + [-1]
    positions, block = list(range(len(ids))), [0] * len(ids)
    for number, claim in enumerate(about, start=1):
        ids += [CLS, *claim, SEP]
        positions += range(len(claim) + 2)
        block += [number] * (len(claim) + 2)
    sentence += [-1] * (len(ids) - len(sentence))
    return Sequenced(*(np.array(row, dtype=np.int64) for row in (ids, positions, block, sentence)))


def _sentence_of(part: Pieces, sentences: Sequence[Span]) -> list[int]:
    """For each piece the sentence that it lies in, -1 for what lies in none. Both are in the text's order."""
    numbers: list[int] = []
    at = 0
    for _, span in part:
        while at < len(sentences) and sentences[at].end <= span.start:
            at += 1
        numbers.append(at if at < len(sentences) and sentences[at].start < span.end else -1)
    return numbers
