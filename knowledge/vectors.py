"""Vectors made once: what merging, checking and indexing look at in one run, and what an index holds already."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.ports import Embedder

TEXTS_A_STEP = 256


class RememberedVectors:
    """An Embedder that remembers what it was told to learn, and asks another one for the rest each time. It forgets
    nothing: make one for a run."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._rows: dict[str, NDArray[np.float32]] = {}
        self.fingerprint = embedder.fingerprint
        self.dimensions = embedder.dimensions

    def remember(self, rows: Mapping[str, NDArray[np.float32]]) -> None:
        """Vectors that this embedder made in an earlier run, by their texts."""
        self._rows.update(rows)

    def learn(self, texts: Iterable[str], progress: Callable[[int, int], None]) -> None:
        """In steps of texts of like length, so that little is spent on padding. `progress`: done, of how many."""
        fresh = sorted({text for text in texts if text not in self._rows}, key=lambda text: (len(text), text))
        for start in range(0, len(fresh), TEXTS_A_STEP):
            step = fresh[start : start + TEXTS_A_STEP]
            self._rows.update(zip(step, self._embedder.encode(step), strict=True))
            progress(start + len(step), len(fresh))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        fresh = [text for text in texts if text not in self._rows]
        made = dict(zip(fresh, self._embedder.encode(fresh), strict=True)) if fresh else {}
        rows = [made[text] if text in made else self._rows[text] for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dimensions), dtype=np.float32)
