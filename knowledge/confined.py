"""Formats that a hostile file can blow up are read in a process of their own, with bounded memory and time."""

import json
import resource
import subprocess
import sys
from pathlib import Path

from knowledge.blocks import Reading
from knowledge.docx_files import DocxError, read_docx
from knowledge.models import Block
from knowledge.pdf import PdfError, read_pdf

# Of address space and of processor and wall-clock time.
MEMORY_BYTES = 450_000_000
SECONDS = 20

READERS = {"pdf": read_pdf, "docx": read_docx}


class ConfinedError(Exception):
    """Why the file was not read, in one line."""


def read_confined(kind: str, path: Path) -> Reading:
    """Raises ConfinedError."""
    command = [sys.executable, "-m", "knowledge.confined", kind, str(path.absolute())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS + 5, check=False)
    except subprocess.TimeoutExpired as error:
        raise ConfinedError(f"not read within {SECONDS} seconds") from error
    if done.returncode != 0:
        raise ConfinedError(f"not read within {SECONDS} seconds and {MEMORY_BYTES // 1_000_000} MB, or broken")
    told = json.loads(done.stdout)
    if error := told.get("error"):
        raise ConfinedError(error)
    blocks = tuple(Block.model_validate(block) for block in told["blocks"])
    return Reading(told["text"], blocks, told["title"], None, told["author"])


def main() -> None:
    """What runs in the process of its own: the limits first, then the reader; the reading goes out as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        reading = READERS[sys.argv[1]](Path(sys.argv[2]))
    except (PdfError, DocxError) as error:
        print(json.dumps({"error": str(error)}))
        return
    blocks = [block.model_dump() for block in reading.blocks]
    print(json.dumps({"text": reading.text, "blocks": blocks, "title": reading.title, "author": reading.author}))


if __name__ == "__main__":
    main()
