"""Of an answer that is read in several parts, each claim believes the part that shows it best."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from interviewer.grading.joint import INTENTS, JointReader, Judged, _Loaded
from interviewer.grading.sequences import MOST_ANSWER, OVERLAP, Claims
from knowledge.spans import Span

CLAIMS = Claims(["shown early", "shown late"], ["held late"])
SENTENCES = (Span(0, 700), Span(700, 1399))
"""Of an answer of 700 letters, each a piece: it is read in three parts."""
SURE, UNSURE = 5.0, -5.0


class Encoded:
    def __init__(self, text: str) -> None:
        places = [i for i, letter in enumerate(text) if letter != " "]
        self.ids = [1000] * len(places)
        self.offsets = [(place, place + 1) for place in places]


class ByLetters:
    def encode(self, text: str, add_special_tokens: bool) -> Encoded:
        return Encoded(text)


class Session:
    """Says of each part in turn what it was told to: a row of logits for each of the three claims."""

    def __init__(self, *parts: tuple[int, int, bool]) -> None:
        self._parts = list(parts)
        self.read: list[int] = []

    def run(self, _: None, feeds: Mapping[str, Any]) -> list[Any]:
        self.read.append(int((feeds["block"][0] == 0).sum()))
        place = len(self.read) - 1
        first, second, held = self._parts[place]
        verdicts = np.full((1, 3, 4), UNSURE)
        for claim, verdict in enumerate((first, second, 0)):
            verdicts[0, claim, verdict] = SURE
        beliefs = np.array([[UNSURE, UNSURE, SURE if held else UNSURE]])
        shown = np.full((1, 3, len(SENTENCES)), UNSURE)
        shown[0, :, min(place, 1)] = SURE
        intents = np.zeros((1, len(INTENTS)))
        intents[0, 0] = 1.0
        return [verdicts, beliefs, intents, shown]


def judged(tmp_path: Path, session: Session) -> Judged:
    (tmp_path / "weights").write_bytes(b"any")
    reader = JointReader(tmp_path / "weights", tmp_path / "tokenizer")
    reader._loaded = _Loaded(session, ByLetters())
    return reader.judge("q", " ".join("x" * 700), SENTENCES, CLAIMS)


def test_each_claim_believes_the_part_that_shows_it_best(tmp_path: Path) -> None:
    session = Session((2, 0, False), (0, 0, False), (0, 1, True))
    found = judged(tmp_path, session)
    assert len(session.read) == 3
    assert sum(session.read) == 700 + 2 * OVERLAP + 3 * 4, "with [CLS] q [SEP] ... [SEP] about each part"
    assert max(session.read) == MOST_ANSWER + 4
    assert found.verdicts.argmax(axis=1).tolist() == [2, 1]
    assert found.beliefs.tolist() == [pytest.approx(1.0, abs=0.01)]
    assert found.shown.argmax(axis=1).tolist() == [0, 1, 1], "where the part that it believes found it"
    assert found.intents.sum() == pytest.approx(1.0)
    assert (found.verdicts.shape, found.shown.shape) == ((2, 4), (3, 2))


def test_a_claim_that_no_part_shows_is_missing(tmp_path: Path) -> None:
    found = judged(tmp_path, Session(*[(0, 0, False)] * 3))
    assert found.verdicts.argmax(axis=1).tolist() == [0, 0]
    assert found.beliefs.tolist() == [pytest.approx(0.0, abs=0.01)]
