"""Ingesting a folder of documents end to end, beside the bare encoder on the same passages."""

import random
import time
from pathlib import Path

from interviewer import wiring
from interviewer.settings import read_settings
from knowledge.bank import read_notes
from knowledge.documents import read_document
from knowledge.embedding import OnnxEmbedder
from knowledge.extraction import extract
from knowledge.model_files import prepare_model

ROUNDS, DOCUMENTS, SECTIONS, SENTENCES = 3, 6, 40, 6


def measure(home: Path) -> dict[str, float]:
    """Passages a second of the whole line, and that over the bare encoder's; the two in turn, ROUNDS times."""
    # As in any home that was used before: the bank and the notes are indexed already.
    wiring.rebuild_index(read_settings())
    encoder = OnnxEmbedder(prepare_model())
    encoder.encode(["A first text, so that the weights are loaded."])
    count, ingest_seconds, encode_seconds = 0, 0.0, 0.0
    for number in range(ROUNDS):
        folder = home / f"documents-{number}"
        _write_documents(folder, seed=number)
        passages = [
            passage.text for path in sorted(folder.iterdir()) for passage in extract(read_document(path)).passages
        ]
        count += len(passages)
        begun = time.perf_counter()
        wiring.ingest_documents(read_settings(), [folder])
        ingest_seconds += time.perf_counter() - begun
        begun = time.perf_counter()
        encoder.encode(passages)
        encode_seconds += time.perf_counter() - begun
    return {
        "ingest_passages": float(count),
        "ingest_passages_per_s": count / ingest_seconds,
        "ingest_over_encode": encode_seconds / ingest_seconds,
    }


def _write_documents(folder: Path, seed: int) -> None:
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
    for number in range(DOCUMENTS):
        parts = [f"# Notes {number}"]
        for section in range(SECTIONS):
            parts.append(f"## Section {number}.{section}")
            parts.append(" ".join(dice.sample(sentences, SENTENCES)))
        (folder / f"notes-{number:02}.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
