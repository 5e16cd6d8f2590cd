"""A PDF becomes text and blocks: paragraphs by the gaps between lines, headings by size and weight. The one file that
names pypdf."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from knowledge.blocks import IMPLIED_DEPTH, BlockWriter, Reading, split_number
from knowledge.pieces import answer_label, question_label

MOST_PAGES = 3_000
MOST_CHARACTERS = 5_000_000

# Text this much larger than most of the document's is a heading; lines this many sizes apart are two paragraphs.
_LARGER = 1.1
_GAP = 1.55
# A margin's text is this much smaller.
_SMALL = 0.8
_MARGIN_LINES = 3
_HEADING_WORDS = 40
_BULLET = re.compile(r"[•·◦▪▫●○■□‣⁃–—➢✓*-]\s+(?=\S)")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}


class PdfError(Exception):
    """Why a PDF cannot be read, in one line."""


@dataclass(frozen=True)
class _Line:
    page: int
    y: float
    size: float
    bold: bool
    text: str
    margin: bool = False


def read_pdf(path: Path) -> Reading:
    """Raises PdfError."""
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise PdfError("the PDF asks for a password")
        if len(reader.pages) > MOST_PAGES:
            raise PdfError(f"over {MOST_PAGES} pages")
        lines = list(_lines(reader))
        title = str(reader.metadata.title) if reader.metadata and reader.metadata.title else None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise PdfError(f"broken PDF: {type(error).__name__}") from error
    writer = BlockWriter()
    _write(_without_margins(lines), writer)
    heading = next((block.text for block in writer.blocks if block.kind == "heading"), None)
    return writer.reading(title=heading or title)


def _lines(reader: PdfReader) -> Iterator[_Line]:
    length = 0
    for number, page in enumerate(reader.pages):
        parts: list[_Line] = []

        def visit(text: str, cm: Any, tm: Any, font: Any, size: float, at: int = number, into: Any = parts) -> None:
            if text.strip():
                scale = abs(float(cm[3]) * float(tm[3])) or 1.0
                y = float(tm[5]) * float(cm[3]) + float(cm[5])
                bold = bool(re.search("bold|black|heavy", str((font or {}).get("/BaseFont", "")), re.I))
                into.extend(
                    _Line(at, y - row * size * scale * 1.2, size * scale, bold, part)
                    for row, part in enumerate(text.strip("\n").split("\n"))
                    if part.strip()
                )

        page.extract_text(visitor_text=visit)
        for line in _joined(parts):
            length += len(line.text)
            if length > MOST_CHARACTERS:
                raise PdfError(f"over {MOST_CHARACTERS // 1_000_000} million characters of text")
            yield line


def _joined(parts: Sequence[_Line]) -> list[_Line]:
    """Parts at the same height are one line, bold where all of it is."""
    lines: list[_Line] = []
    for part in parts:
        text = "".join(_LIGATURES.get(c, c) for c in part.text)
        if lines and abs(lines[-1].y - part.y) < max(part.size, lines[-1].size) * 0.4:
            before = lines[-1]
            bold = before.bold and (part.bold or not any(c.isalnum() for c in text))
            lines[-1] = replace(before, bold=bold, size=max(before.size, part.size), text=before.text + text)
        else:
            lines.append(replace(part, text=text))
    return [replace(line, text=" ".join(line.text.split())) for line in lines]


def _without_margins(lines: Sequence[_Line]) -> list[_Line]:
    """Lines that return on page after page, but for their numbers, go to the end, marked."""
    by_page: dict[int, list[_Line]] = {}
    for line in lines:
        by_page.setdefault(line.page, []).append(line)
    seen = Counter[str]()
    for page in by_page.values():
        edges = [*page[:_MARGIN_LINES], *page[_MARGIN_LINES:][-_MARGIN_LINES:]]
        seen.update({_pattern(line.text) for line in edges})
    often = max(2, len(by_page) // 2)
    lone = re.compile(r"(?:page\s*)?\d+(?:\s*(?:/|of)\s*\d+)?$", re.IGNORECASE)

    small = _usual_size(lines) * _SMALL

    def is_margin(line: _Line) -> bool:
        page = by_page[line.page]
        edge = line in page[:_MARGIN_LINES] or line in page[-_MARGIN_LINES:]
        return (edge and line.size < small) or seen[_pattern(line.text)] >= often or bool(lone.match(line.text))

    return [replace(line, margin=is_margin(line)) for line in lines]


def _pattern(text: str) -> str:
    return re.sub(r"\d+", "#", text.strip())


def _write(lines: Sequence[_Line], writer: BlockWriter) -> None:
    usual = _usual_size(lines)
    sizes = sorted({round(line.size, 1) for line in lines if line.size > usual * _LARGER}, reverse=True)
    group: list[_Line] = []
    for line in (line for line in lines if not line.margin):
        if group and not _goes_on(group[-1], line):
            _write_group(group, usual, sizes, writer)
            group = []
        group.append(line)
    if group:
        _write_group(group, usual, sizes, writer)
    for line in (line for line in lines if line.margin):
        writer.add("paragraph", line.text, role="furniture")


def _usual_size(lines: Sequence[_Line]) -> float:
    sizes = Counter[float]()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 1.0


def _goes_on(last: _Line, line: _Line) -> bool:
    if abs(last.size - line.size) > 0.5 or last.bold != line.bold or _begins(line.text):
        return False
    if last.page != line.page:
        return not last.text.endswith((".", "?", "!", ":")) and line.text[:1].islower()
    return 0 < last.y - line.y <= _GAP * max(line.size, last.size)


def _begins(text: str) -> bool:
    label = question_label(text) or answer_label(text)
    return bool(label or split_number(text)[0] or _BULLET.match(text))


def _write_group(group: Sequence[_Line], usual: float, sizes: Sequence[float], writer: BlockWriter) -> None:
    text = group[0].text
    for line in group[1:]:
        cjk = text[-1:] >= "\u3000" and line.text[:1] >= "\u3000"
        text += line.text if cjk else " " + line.text
    number, rest = split_number(text)
    bullet = _BULLET.match(text)
    size = round(group[0].size, 1)
    short = len(text.split()) <= _HEADING_WORDS
    if size in sizes and short:
        writer.add("heading", rest, min(sizes.index(size) + 1, IMPLIED_DEPTH - 1), number)
    elif group[0].bold and short:
        writer.add("heading", rest, IMPLIED_DEPTH, number)
    elif number:
        writer.add("item", rest, marker=number)
    elif bullet:
        writer.add("item", text[bullet.end() :], marker=bullet[0].strip())
    else:
        writer.add("paragraph", text)
