"""A hybrid search among 1,000, 10,000 and 100,000 passages, beside encoding the query and one exact matrix product."""

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from evals.crowd import Crowd, gather_crowd
from evals.retrieval import QUERIES, read_queries
from knowledge.bank import read_notes
from knowledge.embedding import OnnxEmbedder
from knowledge.index import build_index, open_index
from knowledge.model_files import prepare_model
from knowledge.vectors import RememberedVectors

SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000}
K = 5


class Times(NamedTuple):
    """Milliseconds, one each a query: as the person waits, and as the processor works."""

    wall: list[float]
    cpu: list[float]


def measure(home: Path) -> dict[str, float]:
    """Milliseconds a search by the clock; the two ratios are of medians of processor time: neighbours disturb it less.

    The passages recombine the notes' sentences and have their mean vectors (evals/crowd.py); the queries are really
    encoded, each time by an embedder that remembers none of them.
    """
    crowd = gather_crowd(read_notes(), max(SIZES.values()), _embedder())
    queries = [query.query for query in read_queries(QUERIES)][::2]
    figures: dict[str, float] = {}
    typical: dict[str, float] = {}
    floor = _search_exactly(Crowd(crowd.entries[: SIZES["10k"]], crowd.rows[: SIZES["10k"]]), queries)
    for name, size in SIZES.items():
        _build(home / f"index-{name}", Crowd(crowd.entries[:size], crowd.rows[:size]))
        times = _search(home / f"index-{name}", queries)
        figures[f"search_p50_ms_{name}"] = float(np.median(times.wall))
        figures[f"search_p95_ms_{name}"] = float(np.percentile(times.wall, 95))
        typical[name] = float(np.median(times.cpu))
        print(f"  {size} passages: {figures[f'search_p50_ms_{name}']:.1f} ms", file=sys.stderr, flush=True)
    figures["search_growth"] = typical["100k"] / typical["10k"]
    figures["search_over_floor"] = typical["10k"] / float(np.median(floor.cpu))
    return figures


def _embedder() -> OnnxEmbedder:
    embedder = OnnxEmbedder(prepare_model(), threads=1)
    embedder.encode(["A first text, so that the weights are loaded."])
    return embedder


def _build(folder: Path, crowd: Crowd) -> None:
    vectors = RememberedVectors(_embedder())
    vectors.remember({entry.searched: row for entry, row in zip(crowd.entries, crowd.rows, strict=True)})
    build_index(folder, crowd.entries, vectors)


def _search(folder: Path, queries: Sequence[str]) -> Times:
    with closing(open_index(folder, _embedder())) as index:
        index.search("A first search, so that the files are open.", K)
        return _time(lambda query: index.search(query, K), queries)


def _search_exactly(crowd: Crowd, queries: Sequence[str]) -> Times:
    embedder = _embedder()
    # On more threads a product so small is mostly their waiting for one another, which counts as work.
    with threadpool_limits(1):
        return _time(lambda query: (crowd.rows @ embedder.encode([query])[0]).argmax(), queries)


def _time(search: Callable[[str], object], queries: Sequence[str]) -> Times:
    times = Times([], [])
    for query in queries:
        wall, cpu = time.perf_counter(), time.process_time()
        search(query)
        times.cpu.append((time.process_time() - cpu) * 1000)
        times.wall.append((time.perf_counter() - wall) * 1000)
    return times
