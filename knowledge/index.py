"""Hybrid search over passages and questions, in generations that are built aside and published whole.

Derived from bank, notes and catalogue: it can be thrown away and built again. Readers never wait for a writer."""

import math
import shutil
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.generations import Generation, next_name, pointed_at, publish, published, remove_all_but, writing
from knowledge.index_models import (
    Entry,
    FingerprintMismatch,
    Hit,
    IndexMissing,
    IndexProblem,
    Progress,
    Where,
)
from knowledge.keyword_index import KeywordIndex, write_entries
from knowledge.ports import Embedder
from knowledge.vector_index import VectorIndex

RANK_OFFSET = 60  # Cormack, Clarke and Büttcher (2009): score = sum over the lists of 1 / (60 + rank)
FETCH = 5  # times k from each list: fusion needs to see what one list has further down
BATCH, SAVES = 256, 10

_WORDS, _VECTORS = "entries.sqlite", "chroma"


def build_index(
    folder: Path, entries: Iterable[Entry], embedder: Embedder, progress: Progress = lambda stage, done, total: None
) -> Generation:
    """Builds aside, checks, publishes. The same entries and model as published already: nothing is built.

    Vectors of entries that did not change are taken over. Raises IndexBusy when another process is building.
    """
    with writing(folder):
        before = published(folder)
        target = folder / next_name(folder)
        remove_all_but(folder, [before.name] if before else [])
        target.mkdir()
        write_entries(target / _WORDS, entries)
        with closing(KeywordIndex(target / _WORDS)) as words:
            generation = Generation(
                name=target.name, fingerprint=embedder.fingerprint, entries=len(words), digest=words.digest
            )
            if before and _same_content(before, generation) and _is_whole(folder / before.name, before):
                shutil.rmtree(target)
                return before
            with published_vectors(folder, embedder) as old:
                _write_vectors(target / _VECTORS, words, embedder, old, progress)
        _check(target, generation, embedder)
        publish(folder, generation)
        remove_all_but(folder, [generation.name, *([before.name] if before else [])])
        return generation


def open_index(folder: Path, embedder: Embedder) -> "Index":
    """Raises IndexMissing, or FingerprintMismatch when it was built with another model."""
    return Index(folder, embedder)


Vectors = Callable[[Sequence[Entry]], dict[str, NDArray[np.float32]]]


@contextmanager
def published_vectors(folder: Path, embedder: Embedder) -> Generator[Vectors]:
    """Gives the vectors, by id, of those entries that the published index holds in the same words; maybe of none."""
    try:
        opened = _open(folder, embedder)
    except IndexProblem:
        yield lambda entries: {}
        return

    def unchanged(entries: Sequence[Entry]) -> dict[str, NDArray[np.float32]]:
        rows: dict[str, NDArray[np.float32]] = {}
        # Both stores limit how many ids one statement may name.
        for start in range(0, len(entries), BATCH):
            batch = entries[start : start + BATCH]
            # What is damaged is as good as unknown: the next generation is what mends it.
            with suppress(IndexProblem):
                before = opened.words.read([entry.id for entry in batch])
                same = [e.id for e in batch if e.id in before and before[e.id].searched == e.searched]
                rows |= opened.vectors.read(same)
        return rows

    with closing(opened):
        yield unchanged


class Rankings(NamedTuple):
    meaning: tuple[str, ...]
    words: tuple[str, ...]


class Index:
    """Searches the published generation, also when a new one is published meanwhile. Threads may share it."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._folder = folder
        self._embedder = embedder
        self._lock = Lock()
        self._opened = _open(folder, embedder)
        self._before: _Opened | None = None

    @property
    def generation(self) -> Generation:
        return self._current().generation

    def search(self, text: str, k: int = 5, where: Where | None = None) -> tuple[Hit, ...]:
        """The k best entries by words and by meaning together. Text without any word finds nothing."""
        if not text.strip() or k < 1:
            return ()
        opened = self._current()
        scores = fuse(self._rank(opened, text, FETCH * k, where))
        best = sorted(scores, key=lambda id: (-scores[id], id))[:k]
        entries = opened.words.read(best)
        return tuple(_hit(rank, entries[id], scores[id]) for rank, id in enumerate(best, start=1))

    def rankings(self, text: str, limit: int, where: Where | None = None) -> "Rankings":
        """The ids that each half of a search finds, best first: what `search` fuses."""
        return self._rank(self._current(), text, limit, where)

    def _rank(self, opened: "_Opened", text: str, limit: int, where: Where | None) -> "Rankings":
        row = self._embedder.encode([text])[0]
        return Rankings(opened.vectors.search(row, limit, where), opened.words.search(text, limit, where))

    def close(self) -> None:
        for opened in (self._opened, self._before):
            if opened:
                opened.close()

    def _current(self) -> "_Opened":
        with self._lock:
            if pointed_at(self._folder) != self._opened.generation.name:
                opened = _open(self._folder, self._embedder)
                # The one in use until now stays open: another thread may be searching it.
                if self._before:
                    self._before.close()
                self._before, self._opened = self._opened, opened
            return self._opened


def fuse(lists: Sequence[Sequence[str]]) -> dict[str, float]:
    """Reciprocal rank fusion: each id's score over all lists, ranks counting from 1."""
    scores: dict[str, float] = {}
    for ids in lists:
        for rank, id in enumerate(ids, start=1):
            scores[id] = scores.get(id, 0.0) + 1 / (RANK_OFFSET + rank)
    return scores


def _hit(rank: int, entry: Entry, score: float) -> Hit:
    return Hit(
        rank=rank,
        id=entry.id,
        kind=entry.kind,
        text=entry.text,
        source=entry.source,
        heading=entry.heading,
        lines=entry.lines,
        score=score,
    )


# ── Opening ──────────────────────────────────────────────────────────────────────────────────────────────────


class _Opened(NamedTuple):
    generation: Generation
    words: KeywordIndex
    vectors: VectorIndex

    def close(self) -> None:
        self.words.close()
        self.vectors.close()


def _open(folder: Path, embedder: Embedder) -> _Opened:
    generation = published(folder)
    if generation is None:
        raise IndexMissing(f"no index in {folder}: build it with 'interviewer ingest' or 'make run'")
    if generation.fingerprint != embedder.fingerprint:
        raise FingerprintMismatch(
            f"the index was built with {generation.fingerprint}, but {embedder.fingerprint} is in use: "
            "build it anew with 'interviewer ingest', or set the embedding model back"
        )
    home = folder / generation.name
    return _Opened(generation, KeywordIndex(home / _WORDS), VectorIndex.open(home / _VECTORS))


# ── Building ─────────────────────────────────────────────────────────────────────────────────────────────────


def _same_content(one: Generation, other: Generation) -> bool:
    return (one.digest, one.fingerprint) == (other.digest, other.fingerprint)


def _is_whole(home: Path, generation: Generation) -> bool:
    """Whether all of it can be read: its entries, its vectors, and both ways of searching them."""
    try:
        with closing(KeywordIndex(home / _WORDS)) as words, closing(VectorIndex.open(home / _VECTORS)) as vectors:
            for entry in (entry for entries in words.batches([1]) for entry in entries):
                words.search(entry.searched, 1)
                vectors.search(vectors.read([entry.id])[entry.id], 1)
            return words.digest == generation.digest and len(vectors) == generation.entries
    except (IndexProblem, KeyError):
        return False


def _write_vectors(target: Path, words: KeywordIndex, embedder: Embedder, old: Vectors, progress: Progress) -> None:
    sizes, between_saves = batch_sizes(len(words))
    total, done = len(words), 0
    with closing(VectorIndex.create(target, between_saves)) as vectors:
        progress("index", done, total)
        for entries in words.batches(sizes):
            known = old(entries)
            fresh = [entry for entry in entries if entry.id not in known]
            rows = embedder.encode([entry.searched for entry in fresh])
            known |= {entry.id: row for entry, row in zip(fresh, rows, strict=True)}
            vectors.write(entries, np.stack([known[entry.id] for entry in entries]))
            done += len(entries)
            progress("index", done, total)


def batch_sizes(total: int) -> tuple[list[int], int]:
    """Even batches of at most BATCH, and after how many entries to save: at most SAVES times, the last with the last
    batch."""
    count = max(1, math.ceil(total / BATCH))
    together = math.ceil(count / SAVES)
    count = math.ceil(count / together) * together
    return [total // count + (place < total % count) for place in range(count)], together * (total // count)


def _check(home: Path, generation: Generation, embedder: Embedder) -> None:
    """What was written is read back before anybody relies on it: its count, and one entry found by its own words."""
    with closing(KeywordIndex(home / _WORDS)) as words, closing(VectorIndex.open(home / _VECTORS)) as vectors:
        if not len(vectors) == len(words) == generation.entries:
            raise IndexMissing(f"{len(vectors)} vectors were written for {generation.entries} entries: build it again")
        for entries in words.batches([1]):
            row = embedder.encode([entries[0].searched])[0]
            stored = vectors.read([entries[0].id])[entries[0].id]
            if float(row @ stored) < 0.999:
                raise IndexMissing("the index does not hold the vectors that were written: build it again")
            break
