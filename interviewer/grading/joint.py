"""Reads an answer with all its claims at once by a small trained transformer: chances of each verdict, none decided."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from interviewer.grading.sequences import Claims, Pieces, Sequenced, Tokenize, lay_out, pool
from interviewer.models import Intent, VerdictName
from knowledge.onnx import open_session, open_tokenizer
from knowledge.spans import Span

VERDICTS: tuple[VerdictName, ...] = ("missing", "partial", "covered", "contradicted")
INTENTS: tuple[Intent, ...] = get_args(Intent)
WEIGHTS = Path(__file__).parent / "weights"
MODEL = "joint.onnx"

Chances = NDArray[np.float64]


class Judged(NamedTuple):
    """What the reader makes of one answer.

    `verdicts`: chances in the order of VERDICTS, shape (points, 4). `beliefs`: the chance that each false belief is
    held. `intents`: chances in the order of INTENTS. `shown`: how likely each sentence is the one that decided a claim,
    shape (points + beliefs, sentences), rows adding up to 1.
    """

    verdicts: Chances
    beliefs: Chances
    intents: Chances
    shown: Chances


class Reader(Protocol):
    """Judges an answer's sentences against claims. `fingerprint` names the weights."""

    @property
    def fingerprint(self) -> str: ...

    def judge(self, question: str, answer: str, sentences: Sequence[Span], claims: Claims) -> Judged: ...


def open_shipped(tokenizer: Path) -> "JointReader":
    """The reader that comes with the project. `tokenizer` is the file beside the embedding model: they share it."""
    return JointReader(WEIGHTS / MODEL, tokenizer)


class JointReader:
    """Serves a trained reader, loaded when the first answer comes. Safe to share between threads."""

    def __init__(self, model: Path, tokenizer: Path, threads: int | None = None) -> None:
        self.fingerprint = f"joint-{digest(model)}"
        self._open = lambda: _Loaded(open_session(model, threads), open_tokenizer(tokenizer))
        self._loaded: _Loaded | None = None
        self._loading = Lock()

    def judge(self, question: str, answer: str, sentences: Sequence[Span], claims: Claims) -> Judged:
        """Of a long answer's parts, each claim believes the one that shows it best."""
        loaded = self._load()
        rows = lay_out(question, answer, sentences, claims, loaded.tokenize)
        return _merged([_read(loaded.session, row, len(sentences), len(claims.points)) for row in rows])

    def _load(self) -> "_Loaded":
        with self._loading:
            self._loaded = self._loaded or self._open()
            return self._loaded


class _Loaded:
    """The vendor's session, and the pieces of texts read lately: rubrics come again and again."""

    def __init__(self, session: Any, tokenizer: Any) -> None:
        self.session = session
        self.tokenize = lru_cache(maxsize=4096)(tokenize_with(tokenizer))


def tokenize_with(tokenizer: Any) -> Tokenize:
    """Texts into word pieces with their offsets, by a tokenizer of the vendor's (it ships no types)."""

    def tokenize(text: str) -> Pieces:
        # A lone surrogate, as half an emoji pasted, is no text to the tokenizer.
        whole = text.encode("utf-8", "replace").decode()
        encoded = tokenizer.encode(whole, add_special_tokens=False)
        return [(piece, Span(*span)) for piece, span in zip(encoded.ids, encoded.offsets, strict=True)]

    return tokenize


def digest(path: Path) -> str:
    """The first twelve digits of the file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def _read(session: Any, row: Sequenced, sentences: int, points: int) -> Judged:
    pieces, claims = len(row.ids), int(row.block.max())
    feeds = {"ids": row.ids, "positions": row.positions, "block": row.block}
    feeds |= {"claims": pool(row.block, range(1, claims + 1), pieces)}
    feeds |= {"told": pool(row.sentence, range(max(1, sentences)), pieces)}
    verdicts, beliefs, intents, shown = session.run(None, {name: value[None] for name, value in feeds.items()})
    return Judged(
        verdicts=_softmax(verdicts[0, :points]),
        beliefs=1 / (1 + np.exp(-beliefs[0, points:].astype(np.float64))),
        intents=_softmax(intents[0]),
        shown=_softmax(shown[0]),
    )


def _merged(parts: Sequence[Judged]) -> Judged:
    if len(parts) == 1:
        return parts[0]
    said = np.stack([part.verdicts for part in parts])  # (parts, points, 4)
    best = np.argmax(1 - said[:, :, 0], axis=0)
    held = np.stack([part.beliefs for part in parts])
    boldest = np.argmax(held, axis=0)
    rows = [parts[part].shown[place] for place, part in enumerate([*best, *boldest])]
    return Judged(
        verdicts=said[best, np.arange(said.shape[1])],
        beliefs=held.max(axis=0),
        intents=np.mean([part.intents for part in parts], axis=0),
        shown=np.array(rows).reshape(len(rows), parts[0].shown.shape[1]),
    )


def _softmax(logits: NDArray[np.floating[Any]]) -> Chances:
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True, initial=-1e9)
    powers = np.exp(shifted)
    return powers / powers.sum(axis=-1, keepdims=True)
