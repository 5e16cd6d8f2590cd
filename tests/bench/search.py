"""A hybrid search among 1,000, 10,000 and 100,000 passages, beside encoding the query and one exact matrix product."""

import sys
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import numpy as np

from evals.crowd import Crowd, gather_crowd
from evals.retrieval import QUERIES, read_queries
from knowledge.bank import read_notes
from knowledge.embedding import OnnxEmbedder
from knowledge.index import Index, build_index, open_index
from knowledge.model_files import prepare_model
from knowledge.vectors import RememberedVectors

SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000}
K, ASKED = 5, 120


def measure(home: Path) -> dict[str, float]:
    """Milliseconds a search, and two ratios of medians: 95th percentiles of times so short are mostly the machine's.

    The passages recombine the notes' sentences and have their mean vectors (evals/crowd.py); the queries are really
    encoded, each time by an embedder that remembers none of them.
    """
    crowd = gather_crowd(read_notes(), SIZES["100k"], _embedder())
    queries = [query.query for query in read_queries(QUERIES)][-ASKED:]
    figures: dict[str, float] = {}
    medians: dict[str, float] = {}
    floor = 0.0
    for name, size in SIZES.items():
        part = Crowd(crowd.entries[:size], crowd.rows[:size])
        _build(home / f"index-{name}", part)
        with closing(open_index(home / f"index-{name}", _embedder())) as index:
            walls = _search(index, queries)
        figures[f"search_p95_ms_{name}"] = float(np.percentile(walls, 95))
        figures[f"search_p50_ms_{name}"] = medians[name] = float(np.median(walls))
        if name == "10k":
            floor = float(np.median(_search_exactly(part, queries)))
        print(f"  {size} passages: {medians[name]:.1f} ms", file=sys.stderr, flush=True)
    figures["search_growth"] = medians["100k"] / medians["10k"]
    figures["search_over_floor"] = medians["10k"] / floor
    return figures


def _embedder() -> OnnxEmbedder:
    embedder = OnnxEmbedder(prepare_model(), threads=1)
    embedder.encode(["A first text, so that the weights are loaded."])
    return embedder


def _build(folder: Path, crowd: Crowd) -> None:
    vectors = RememberedVectors(_embedder())
    vectors.remember({entry.searched: row for entry, row in zip(crowd.entries, crowd.rows, strict=True)})
    build_index(folder, crowd.entries, vectors)


def _search(index: Index, queries: Iterable[str]) -> list[float]:
    index.search("A first search, so that the files are open.", K)
    return [_milliseconds(lambda query=query: index.search(query, K)) for query in queries]


def _search_exactly(crowd: Crowd, queries: Iterable[str]) -> list[float]:
    embedder = _embedder()
    return [_milliseconds(lambda query=query: (crowd.rows @ embedder.encode([query])[0]).argmax()) for query in queries]


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000
