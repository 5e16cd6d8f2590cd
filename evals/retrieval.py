"""Does a search find the passages that answer? Queries as people speak, labelled with headings of the study notes.

A row: {"id": "sql/04", "topic": "sql", "query": "find customers without any orders", "answers": [{"note": "sql",
"heading": "Asking for what is not there"}]}
"""

import math
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evals.crowd import Crowd
from evals.datasets import read_rows
from evals.estimates import Estimate, estimate
from knowledge.index import Index, build_index, open_index
from knowledge.index_models import Entry, Where
from knowledge.models import Slug, Value
from knowledge.ports import Embedder
from knowledge.vector_index import VectorIndex

QUERIES = Path(__file__).parent / "cases" / "retrieval.jsonl"
METHODS = ("bm25", "dense", "hybrid")

_DEEP = 10  # nDCG looks no further
_BATCH = 5000  # Chroma takes 5461 at most


class Label(Value):
    """A section of a note, by the note's file name without its ending and the section's heading."""

    note: Slug
    heading: str


class Query(Value):
    id: str
    topic: Slug
    query: str = Field(min_length=1)
    answers: tuple[Label, ...] = Field(min_length=1)


class Found(NamedTuple):
    """What each method found for one query: the sections, best first."""

    query: Query
    sections: Mapping[str, Sequence[Label]]


def read_queries(path: Path) -> tuple[Query, ...]:
    """Raises CaseError."""
    return read_rows(path, Query.model_validate_json)


def label_sections(entries: Iterable[Entry]) -> dict[str, Label]:
    """The section that each of the notes' passages belongs to. Long sections have several passages."""
    return {
        entry.id: Label(note=entry.topic, heading=entry.heading) for entry in entries if entry.topic and entry.heading
    }


def find_strays(queries: Iterable[Query], sections: Iterable[Label]) -> list[str]:
    """The labels that name no section: a heading was changed, or the note is gone."""
    known = set(sections)
    return [
        f"{query.id}: no section '{label.heading}' in the note '{label.note}'"
        for query in queries
        for label in query.answers
        if label not in known
    ]


def search_all(
    queries: Sequence[Query], notes: Sequence[Entry], others: Sequence[Entry], embedder: Embedder
) -> list[Found]:
    """Searches for the notes' passages in a fresh index that holds `others` as well."""
    sections = label_sections(notes)
    with tempfile.TemporaryDirectory(prefix="viva-retrieval-") as folder:
        build_index(Path(folder), [*notes, *others], embedder)
        with closing(open_index(Path(folder), embedder)) as index:
            return [Found(query, _search(index, query.query, sections)) for query in queries]


def _search(index: Index, text: str, sections: Mapping[str, Label]) -> dict[str, list[Label]]:
    where = Where(kind="passage")
    halves = index.rankings(text, _DEEP, where)
    ids = {
        "bm25": halves.words,
        "dense": halves.meaning,
        "hybrid": [hit.id for hit in index.search(text, _DEEP, where)],
    }
    return {method: list(dict.fromkeys(sections[id] for id in ids[method])) for method in METHODS}


# ── Metrics ──────────────────────────────────────────────────────────────────────────────────────────────────


def recall_at(k: int, found: Sequence[Label], answers: Sequence[Label]) -> float:
    """The share of the answers among the first k."""
    return len(set(found[:k]) & set(answers)) / len(set(answers))


def reciprocal_rank(found: Sequence[Label], answers: Sequence[Label]) -> float:
    """Of the first answer; 0 where none was found."""
    return next((1 / rank for rank, label in enumerate(found, start=1) if label in answers), 0.0)


def ndcg_at(k: int, found: Sequence[Label], answers: Sequence[Label]) -> float:
    """Järvelin and Kekäläinen (2002), every answer worth the same: 1 when all stand in front."""
    gain = sum(1 / math.log2(rank + 1) for rank, label in enumerate(found[:k], start=1) if label in answers)
    best = sum(1 / math.log2(rank + 1) for rank in range(1, min(k, len(set(answers))) + 1))
    return gain / best


METRICS: Mapping[str, Callable[[Sequence[Label], Sequence[Label]], float]] = {
    "recall_at_1": lambda found, answers: recall_at(1, found, answers),
    "recall_at_5": lambda found, answers: recall_at(5, found, answers),
    "ndcg_at_10": lambda found, answers: ndcg_at(10, found, answers),
    "mrr": reciprocal_rank,
}


def measure(found: Sequence[Found]) -> dict[str, Estimate]:
    """Every metric of every method, and the hybrid's recall@5 by topic."""
    metrics = {
        f"{method}_{name}": mean_of([metric(each.sections[method], each.query.answers) for each in found])
        for method in METHODS
        for name, metric in METRICS.items()
    }
    for topic in sorted({each.query.topic for each in found}):
        own = [each for each in found if each.query.topic == topic]
        recalls = [recall_at(5, each.sections["hybrid"], each.query.answers) for each in own]
        metrics[f"hybrid_recall_at_5.{topic}"] = mean_of(recalls)
    return metrics


def mean_of(values: Sequence[float]) -> Estimate:
    """The mean over queries, each drawn by itself."""
    return estimate({str(place): [value] for place, value in enumerate(values)}, lambda drawn: float(np.mean(drawn)))


# ── The approximate index ────────────────────────────────────────────────────────────────────────────────────


def ann_recalls(crowd: Crowd, questions: NDArray[np.float32], k: int = 5) -> list[float]:
    """For each row of `questions`: the share of the k truly nearest that the approximate index finds."""
    with (
        tempfile.TemporaryDirectory(prefix="viva-ann-") as folder,
        closing(VectorIndex.create(Path(folder))) as vectors,
    ):
        for start in range(0, len(crowd.entries), _BATCH):
            vectors.write(crowd.entries[start : start + _BATCH], crowd.rows[start : start + _BATCH])
        found = [vectors.search(row, k) for row in questions]
    exact = np.argsort(-(questions @ crowd.rows.T), axis=1)[:, :k]
    nearest = [{crowd.entries[place].id for place in places} for places in exact]
    return [len(true & set(ids)) / k for true, ids in zip(nearest, found, strict=True)]
