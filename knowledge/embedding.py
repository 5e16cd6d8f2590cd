"""Text becomes unit vectors, on onnxruntime. How the served files are made is told in model_files.py."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from knowledge.models import Value
from knowledge.onnx import open_session, open_tokenizer

MANIFEST, ONNX, TOKENIZER = "manifest.json", "model.onnx", "tokenizer.json"

# Measured on one core: passages of 18, 110 and 230 pieces are encoded fastest in batches of about 16, 6 and 3.
PIECES_A_BATCH = 640
REMEMBERED_TEXTS = 4096
REMEMBERED_LENGTH = 600  # characters: rubric points and sentences, not passages

Vectors = NDArray[np.float32]


class EmbeddingError(Exception):
    """No vectors can be made: the model's files are missing or not what their manifest says."""


class Manifest(Value):
    """What stands beside a served model: enough to load it, and to know its vectors again."""

    name: str
    fingerprint: str
    dimensions: int
    max_pieces: int


def read_manifest(folder: Path) -> Manifest:
    """Raises EmbeddingError when the folder holds no prepared model."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError) as error:
        raise EmbeddingError(f"no embedding model in {folder}: run 'make setup'") from error
    missing = [name for name in (ONNX, TOKENIZER) if not (folder / name).is_file()]
    if missing:
        raise EmbeddingError(f"{folder} lacks {' and '.join(missing)}: delete the folder and run 'make setup'")
    return manifest


class OnnxEmbedder:
    """Serves a prepared model, loaded when the first text comes: many only want its fingerprint.

    Safe to share between threads; short texts are remembered.
    """

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        manifest = read_manifest(folder)
        self.fingerprint = manifest.fingerprint
        self.dimensions = manifest.dimensions
        self._open = lambda: _Loaded(
            open_tokenizer(folder / TOKENIZER, manifest.max_pieces),
            open_session(folder / ONNX, threads),
        )
        self._loaded: _Loaded | None = None
        self._loading = Lock()
        self._remembered = _Remembered()

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        fresh: dict[str, list[int]] = {}
        for place, text in enumerate(texts):
            known = self._remembered.get(text)
            if known is None:
                fresh.setdefault(text, []).append(place)
            else:
                rows[place] = known
        for (text, places), row in zip(fresh.items(), self._forward(list(fresh)), strict=True):
            rows[places] = row
            self._remembered.put(text, row)
        return rows

    def _forward(self, texts: list[str]) -> Vectors:
        rows = np.empty((len(texts), self.dimensions), dtype=np.float32)
        if not texts:
            return rows
        model = self._load()
        # A lone surrogate, as half an emoji pasted, is no text to the tokenizer.
        whole = [text.encode("utf-8", "replace").decode() for text in texts]
        pieces = [encoding.ids for encoding in model.tokenizer.encode_batch_fast(whole)]
        for batch in _batches([len(ids) for ids in pieces]):
            rows[batch] = model.session.run(None, _padded([pieces[place] for place in batch]))[0]
        return rows

    def _load(self) -> "_Loaded":
        with self._loading:
            self._loaded = self._loaded or self._open()
            return self._loaded


class _Loaded(NamedTuple):
    """The vendors' objects: neither ships types."""

    tokenizer: Any
    session: Any


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of texts of like length, so that little is spent on padding."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: lengths[place]):
        if batch and (len(batch) + 1) * lengths[place] > PIECES_A_BATCH:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _padded(pieces: list[list[int]]) -> dict[str, NDArray[np.int64]]:
    ids = np.zeros((len(pieces), max(map(len, pieces))), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, piece in enumerate(pieces):
        ids[row, : len(piece)] = piece
        mask[row, : len(piece)] = 1
    return {"input_ids": ids, "attention_mask": mask}


class _Remembered:
    """The vectors of the short texts used last."""

    def __init__(self) -> None:
        self._rows: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def get(self, text: str) -> Vectors | None:
        with self._lock:
            row = self._rows.get(text)
            if row is not None:
                self._rows.move_to_end(text)
            return row

    def put(self, text: str, row: Vectors) -> None:
        if len(text) > REMEMBERED_LENGTH:
            return
        with self._lock:
            # A copy: a view would keep the whole call's array alive.
            self._rows[text] = row.copy()
            while len(self._rows) > REMEMBERED_TEXTS:
                self._rows.popitem(last=False)
