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

DOCUMENTS, SECTIONS, SENTENCES = 12, 40, 6


def measure(home: Path) -> dict[str, float]:
    """Passages a second of the whole line, and that over the bare encoder's, both in this run."""
    folder = home / "documents"
    _write_documents(folder)
    passages = [passage.text for path in sorted(folder.iterdir()) for passage in extract(read_document(path)).passages]
    # As in any home that was used before: the bank and the notes are indexed already.
    wiring.rebuild_index(read_settings())
    begun = time.perf_counter()
    wiring.ingest_documents(read_settings(), [folder])
    ingest_seconds = time.perf_counter() - begun
    encoder = OnnxEmbedder(prepare_model())
    begun = time.perf_counter()
    encoder.encode(passages)
    encode_seconds = time.perf_counter() - begun
    return {
        "ingest_passages": float(len(passages)),
        "ingest_passages_per_s": len(passages) / ingest_seconds,
        "ingest_over_encode": encode_seconds / ingest_seconds,
    }


def _write_documents(folder: Path) -> None:
    """Synthesised from the notes' sentences, each passage another mixture: nothing repeats, so nothing is cached."""
    folder.mkdir()
    dice = random.Random(20261120)
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
