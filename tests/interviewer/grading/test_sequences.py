"""An answer and its claims become one sequence: what stands where, and what no order of claims can change."""

import numpy as np

from interviewer.grading.sequences import CLS, MOST_ANSWER, OVERLAP, SEP, Claims, Pieces, lay_out, pool
from knowledge.spans import Span, sentences

ANSWER = "One two. Three four five."
CLAIMS = Claims(["alpha beta", "gamma"], ["delta"])


def by_words(text: str) -> Pieces:
    """A word is a piece; its number is 1000 and its length."""
    pieces: list[tuple[int, Span]] = []
    at = 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        pieces.append((1000 + len(word), Span(start, at)))
    return pieces


def test_the_question_and_the_answer_come_first_then_each_claim_as_a_text_of_its_own() -> None:
    (row,) = lay_out("Why so?", ANSWER, sentences(ANSWER), CLAIMS, by_words)
    head = [CLS, 1003, 1003, SEP, 1003, 1004, 1005, 1004, 1005, SEP]
    assert row.ids.tolist() == [*head, CLS, 1005, 1004, SEP, CLS, 1005, SEP, CLS, 1005, SEP]
    assert row.block.tolist() == [0] * 10 + [1] * 4 + [2] * 3 + [3] * 3
    assert row.positions.tolist() == [*range(10), *range(4), *range(3), *range(3)]


def test_each_piece_of_the_answer_knows_its_sentence_and_no_other_piece_has_one() -> None:
    (row,) = lay_out("Why so?", ANSWER, sentences(ANSWER), CLAIMS, by_words)
    assert row.sentence.tolist() == [-1] * 4 + [0, 0, 1, 1, 1] + [-1] * 11


def test_a_long_answer_is_read_in_parts_that_overlap() -> None:
    answer = " ".join(f"w{n}" for n in range(700))
    rows = lay_out("Q", answer, sentences(answer), CLAIMS, by_words)
    lengths = [int((row.block == 0).sum()) - 4 for row in rows]  # without [CLS] Q [SEP] ... [SEP]
    assert len(rows) == 3
    assert lengths[0] == lengths[1] == MOST_ANSWER
    assert sum(lengths) == 700 + 2 * OVERLAP


def test_an_empty_answer_has_a_sequence_too() -> None:
    (row,) = lay_out("Q", "", (), CLAIMS, by_words)
    assert row.sentence.max() == -1


def test_pooling_averages_the_pieces_of_each_number() -> None:
    rows = pool(np.array([-1, 0, 0, 2]), range(3), 4)
    assert rows.tolist() == [[0, 0.5, 0.5, 0], [0, 0, 0, 0], [0, 0, 0, 1]]
