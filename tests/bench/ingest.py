"""Ingesting documents in a process of its own, beside the bare encoder on the same texts; and its memory."""

import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from os import getpid
from pathlib import Path
from typing import NamedTuple

from interviewer import wiring
from interviewer.settings import read_settings
from knowledge.bank import read_notes
from knowledge.documents import read_document
from knowledge.embedding import OnnxEmbedder
from knowledge.extraction import extract
from knowledge.index_models import passage_entry
from knowledge.model_files import prepare_model

SECTIONS, SENTENCES = 40, 6
SAMPLE = 5
"""Each time every so many-th passage is given to the bare encoder: once before the ingest, others after it."""
SAMPLED_EVERY = 0.05  # seconds


class Memory(NamedTuple):
    """When a process was looked at, and the MiB that it held then."""

    at: float
    held: float


def measure(home: Path, passages: int) -> dict[str, float]:
    """Passages a second of the whole line, and that over the bare encoder's; MiB at the most, and the most of the
    second half over that of the first."""
    folder = home / "documents"
    write_documents(folder, passages, seed=1)
    texts = [
        passage_entry(passage).searched
        for path in sorted(folder.iterdir())
        for passage in extract(read_document(path)).passages
    ]
    # As in any home that was used before: the bank and the notes are indexed already.
    wiring.rebuild_index(read_settings())
    encoder = OnnxEmbedder(prepare_model())
    encoder.encode(["A first text, so that the weights are loaded."])
    bare = _encode(encoder, texts[::SAMPLE])
    seconds, memory = _ingest_apart(folder)
    bare += _encode(encoder, texts[SAMPLE // 2 :: SAMPLE])
    sampled = len(texts[::SAMPLE]) + len(texts[SAMPLE // 2 :: SAMPLE])
    half = (memory[0].at + memory[-1].at) / 2
    first, second = ([held for at, held in memory if (at > half) == late] for late in (False, True))
    return {
        "ingest_passages": float(len(texts)),
        "ingest_passages_per_s": len(texts) / seconds,
        "ingest_over_encode": bare / sampled * len(texts) / seconds,
        "ingest_peak_rss_mb": max(first + second),
        "ingest_rss_growth": max(second) / max(first),
    }


def _encode(encoder: OnnxEmbedder, texts: Sequence[str]) -> float:
    begun = time.perf_counter()
    encoder.encode(texts)
    return time.perf_counter() - begun


def _ingest_apart(folder: Path) -> tuple[float, list[Memory]]:
    """The seconds it took, everything loaded before, and what its process held meanwhile."""
    memory: list[Memory] = []
    done = threading.Event()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pid = pool.submit(_load).result()

        def watch() -> None:
            while not done.wait(SAMPLED_EVERY):
                memory.append(Memory(time.perf_counter(), _held_mb(pid)))

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            seconds = pool.submit(_ingest, folder).result()
        finally:
            done.set()
            watching.join()
    return seconds, memory


def _load() -> int:
    """In the process of its own, whose id it tells."""
    wiring.open_embedder(read_settings())
    return getpid()


def _ingest(folder: Path) -> float:
    begun = time.perf_counter()
    report = wiring.ingest_documents(read_settings(), [folder])
    assert report.ok
    return time.perf_counter() - begun


def _held_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024


def write_documents(folder: Path, passages: int, seed: int) -> None:
    """Synthesised from the notes' sentences, each passage another mixture: nothing repeats, so nothing is cached."""
    folder.mkdir()
    dice = random.Random(seed)
    sentences = [
        f"{sentence.strip()}."
        for note in read_notes()
        for block in note.blocks
        if block.kind == "paragraph"
        for sentence in block.text.split(". ")
        if len(sentence) > 40 and "http" not in sentence
    ]
    for number in range(-(-passages // SECTIONS)):
        parts = [f"# Notes {number}"]
        for section in range(min(SECTIONS, passages - number * SECTIONS)):
            parts.append(f"## Section {number}.{section}")
            parts.append(" ".join(dice.sample(sentences, SENTENCES)))
        (folder / f"notes-{number:04}.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
