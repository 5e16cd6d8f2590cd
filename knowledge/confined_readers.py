"""What confined.py runs in a process of its own: the limits first, then the reader; the reading goes out as JSON."""

import json
import resource
import sys
from pathlib import Path

from knowledge.docx_files import DocxError, read_docx
from knowledge.pdf import PdfError, read_pdf

READERS = {"pdf": read_pdf, "docx": read_docx}


def main() -> None:
    kind, path, memory_bytes, seconds = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (int(memory_bytes), int(memory_bytes)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    try:
        reading = READERS[kind](Path(path))
    except (PdfError, DocxError) as error:
        print(json.dumps({"error": str(error)}))
        return
    blocks = [block.model_dump() for block in reading.blocks]
    print(json.dumps({"text": reading.text, "blocks": blocks, "title": reading.title, "author": reading.author}))


if __name__ == "__main__":
    main()
