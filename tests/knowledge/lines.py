"""Which lines of a document its extraction leaves out."""

import re

from knowledge.extraction import Extraction
from knowledge.models import Document

_FENCE = re.compile(r"[\s>*+-]*(?:`{3}|~{3})")


def unaccounted(document: Document, extraction: Extraction) -> list[str]:
    """Lines with a word on them that no part of the extraction takes in. A fence of code says nothing itself."""
    spans = [(q.line, q.last_line) for q in extraction.questions]
    spans += [q.answer_lines for q in extraction.questions if q.answer_lines]
    spans += [passage.lines for passage in extraction.passages]
    spans += [(r.line, r.last_line) for r in (*extraction.refused, *extraction.headings)]
    taken = {line for first, last in spans for line in range(first, last + 1)}
    lines = enumerate(document.text.split("\n"), start=1)
    left = [line for number, line in lines if number not in taken and any(c.isalnum() for c in line)]
    return [line for line in left if not _FENCE.match(line)]
