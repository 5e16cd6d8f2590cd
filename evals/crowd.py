"""Any number of passages made of the notes' own sentences: real words and near-real vectors, for sizes that we lack.

A text is a few sentences drawn at random; its vector is the mean of the sentences' real vectors, made unit length
again. That stands in for encoding, half an hour's work for 100,000 texts; as many as asked for are really encoded.
"""

import hashlib
import random
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.index_models import Entry, passage_entry
from knowledge.models import Document, Passage, Source
from knowledge.ports import Embedder
from knowledge.spans import sentences

SENTENCES = (2, 3, 4)
SOURCE = Source(title="Recombined sentences of the study notes")


class Crowd(NamedTuple):
    entries: tuple[Entry, ...]
    rows: NDArray[np.float32]


def gather_crowd(notes: Sequence[Document], count: int, embedder: Embedder, encoded: int = 0, seed: int = 0) -> Crowd:
    """`count` passages, no two alike; the first `encoded` of them carry vectors of their own text."""
    pool = note_sentences(notes)
    vectors = embedder.encode(pool)
    dice = random.Random(seed)
    drawn: dict[tuple[int, ...], None] = {}
    while len(drawn) < count:
        drawn[tuple(sorted(dice.sample(range(len(pool)), dice.choice(SENTENCES))))] = None
    entries = tuple(_entry(" ".join(pool[place] for place in places)) for places in drawn)
    rows = np.stack([vectors[list(places)].mean(axis=0) for places in drawn])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows[:encoded] = embedder.encode([entry.searched for entry in entries[:encoded]])
    return Crowd(entries, rows)


def note_sentences(notes: Sequence[Document]) -> list[str]:
    """The sentences of the notes' paragraphs, each once; the lines that name a source are left out."""
    paragraphs = [block.text for note in notes for block in note.blocks if block.kind == "paragraph"]
    spans = [(text, span) for text in paragraphs if not text.startswith("Source:") for span in sentences(text)]
    return list(dict.fromkeys(text[span.start : span.end] for text, span in spans))


def _entry(text: str) -> Entry:
    name = hashlib.sha256(text.encode()).hexdigest()
    return passage_entry(Passage(id=name, document_id="crowd", text=text, heading=None, lines=(1, 1), source=SOURCE))
