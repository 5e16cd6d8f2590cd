"""What confined.py runs in a process of its own: the limits first, then the reader; the reading goes out as JSON."""

import json
import sys
from contextlib import suppress
from pathlib import Path

from knowledge.docx_files import DocxError, read_docx
from knowledge.pdf import PdfError, read_pdf

READERS = {"pdf": read_pdf, "docx": read_docx}


def main() -> None:
    kind, path, memory_bytes, seconds = sys.argv[1:]
    _bound_this_process(int(memory_bytes), int(seconds))
    try:
        told = _tell(kind, Path(path))
    except MemoryError:
        told = json.dumps({"error": f"needs over {int(memory_bytes) // 1_000_000} MB of memory"})
    print(told)


def _tell(kind: str, path: Path) -> str:
    try:
        reading = READERS[kind](path)
    except (PdfError, DocxError) as error:
        return json.dumps({"error": str(error)})
    blocks = [block.model_dump() for block in reading.blocks]
    return json.dumps({"text": reading.text, "blocks": blocks, "title": reading.title, "author": reading.author})


def _bound_this_process(memory_bytes: int, seconds: int) -> None:
    """Where the system can: macOS may refuse to bound memory, and Windows bounds nothing. The caller keeps the time."""
    try:
        import resource  # POSIX only
    except ImportError:
        return
    # A process at its hard limit is killed as anybody may kill it; at its soft one, by a signal that says why.
    for limit, soft, hard in (
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        (resource.RLIMIT_CPU, seconds, seconds + 1),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (soft, hard))


if __name__ == "__main__":
    main()
