"""Unit vectors in Chroma: found by nearness. The only file that names chromadb."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from knowledge.index_models import Entry, IndexMissing, IndexProblem, Where

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration

_COLLECTION = "entries"
_FILTERS = tuple(Where.model_fields)
# The defaults found 58 % of the nearest five among 10,000 random vectors; the numbers are in docs/decisions.
_HNSW: "CreateHNSWConfiguration" = {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 24}


class VectorIndex:
    """One folder of vectors. Open it in one process while it is written; afterwards anybody may read.

    All that writes raises IndexProblem, and all that reads IndexMissing, where Chroma cannot.
    """

    def __init__(self, client: "Client", collection: Any) -> None:
        self._client = client
        self._collection = collection
        self._filled = False

    @classmethod
    def create(cls, folder: Path, saved_every: int = 1000) -> "VectorIndex":
        """Saved whole each time so many vectors have been written. What comes after the last time is indexed again by
        everybody who opens it, and saving takes as long as the index is large."""
        least = max(2, saved_every)  # Chroma takes no less
        hnsw: CreateHNSWConfiguration = {**_HNSW, "sync_threshold": least, "batch_size": min(100, least)}
        # Vectors are ours: Chroma's own embedding function downloads a model at its first use.
        with _failure_to_write_told():
            client = _client(folder)
            collection = client.create_collection(_COLLECTION, embedding_function=None, configuration={"hnsw": hnsw})
        return cls(client, collection)

    @staticmethod
    def exists(folder: Path) -> bool:
        return (folder / "chroma.sqlite3").is_file()

    @classmethod
    def open(cls, folder: Path) -> "VectorIndex":
        # Chroma makes an empty store where there is none.
        if not cls.exists(folder):
            raise IndexMissing(f"the index has lost {folder.name}: build it anew with 'interviewer ingest'")
        # A folder that it could not open makes it trip over itself in Python when it is asked for the same again.
        with _damage_told(ValueError, AttributeError):
            client = _client(folder)
            return cls(client, client.get_collection(_COLLECTION, embedding_function=None))

    def close(self) -> None:
        self._client.close()

    def __len__(self) -> int:
        with _damage_told():
            return int(self._collection.count())

    def write(self, entries: Sequence[Entry], rows: NDArray[np.float32]) -> None:
        """At most as many as one batch may hold: 5461. `add` would silently ignore an id that is there already."""
        with _failure_to_write_told():
            self._collection.upsert(
                ids=[entry.id for entry in entries],
                embeddings=rows,
                metadatas=[_metadata(entry) for entry in entries],
            )

    def read(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of these ids. Those unknown are left out."""
        if not ids:
            return {}
        with _damage_told():
            found = self._collection.get(ids=list(ids), include=["embeddings"])
        return dict(zip(found["ids"], np.asarray(found["embeddings"], dtype=np.float32), strict=True))

    def search(self, row: NDArray[np.float32], limit: int, where: Where | None = None) -> tuple[str, ...]:
        """Ids of the nearest entries, nearest first."""
        # Chroma counts row by row: at 100,000 that takes longer than the search itself, so it is asked for once.
        self._filled = self._filled or len(self) > 0
        if not self._filled:
            return ()
        with _damage_told():
            found = self._collection.query(
                query_embeddings=row[np.newaxis], n_results=limit, where=_condition(where), include=["distances"]
            )
        return tuple(found["ids"][0])


def _client(folder: Path) -> "Client":
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    return cast("Client", client)  # its declared type hides close()


@contextmanager
def _damage_told(*also: type[Exception]) -> Generator[None]:
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, *also) as error:
        raise IndexMissing(
            f"Chroma cannot read the index's vectors ({error}): build it anew with 'interviewer ingest'"
        ) from error


@contextmanager
def _failure_to_write_told() -> Generator[None]:
    from chromadb.errors import ChromaError

    try:
        yield
    except ChromaError as error:
        raise IndexProblem(
            f"Chroma cannot write the index's vectors ({error}): see that the disk has space, then build it anew "
            "with 'interviewer ingest'"
        ) from error


def _metadata(entry: Entry) -> dict[str, str]:
    values = {name: getattr(entry, name) for name in _FILTERS}
    return {name: value for name, value in values.items() if value is not None}


def _condition(where: Where | None) -> dict[str, Any] | None:
    """Chroma takes one operator: several conditions need an $and, and a single one may not have it."""
    clauses = [{name: value} for name, value in where.model_dump(exclude_none=True).items()] if where else []
    match clauses:
        case []:
            return None
        case [clause]:
            return clause
        case _:
            return {"$and": clauses}
