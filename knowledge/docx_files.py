"""A DOCX becomes text and blocks, by its styles and tables. The one file that names python-docx."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from docx import Document as open_docx
from docx.document import Document as Docx
from docx.opc.exceptions import OpcError
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError

from knowledge.blocks import IMPLIED_DEPTH, BlockWriter, Reading, split_number
from knowledge.tables import find_columns, write_rows

# What a DOCX may unpack to, in bytes: text is all that is read of it.
MOST_UNPACKED = 60_000_000
MOST_PARTS = 5_000
_HEADING_WORDS = 40


class DocxError(Exception):
    """Why a DOCX cannot be read, in one line."""


def read_docx(path: Path) -> Reading:
    """Raises DocxError."""
    try:
        _check_size(path)
        document = open_docx(str(path))
    except zipfile.BadZipFile as error:
        raise DocxError("a ZIP archive that is broken") from error
    except (OpcError, LxmlError, KeyError, ValueError, AttributeError) as error:
        raise DocxError("an Office document that is no DOCX, or a broken one") from error
    writer = BlockWriter()
    counted = 0
    for part in _parts(document):
        if isinstance(part, Table):
            _write_table(part, writer)
        else:
            counted = _write_paragraph(part, writer, counted)
    title = document.core_properties.title
    heading = next((block.text for block in writer.blocks if block.kind == "heading"), None)
    return writer.reading(title=title or heading, author=document.core_properties.author or None)


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise DocxError(f"unpacks to over {MOST_UNPACKED // 1_000_000} MB")
    if "word/document.xml" not in {part.filename for part in parts}:
        raise DocxError("a ZIP archive or an Office document that is no DOCX")


def _parts(document: Docx) -> Iterator[Paragraph | Table]:
    yield from document.iter_inner_content()


def _write_table(table: Table, writer: BlockWriter) -> None:
    rows = [[" ".join(cell.text.split()) for cell in row.cells] for row in table.rows]
    if columns := find_columns(rows):
        write_rows(writer, rows, columns)
    else:
        writer.add("table", "\n".join("| " + " | ".join(row) + " |" for row in rows if any(row)))


def _write_paragraph(paragraph: Paragraph, writer: BlockWriter, counted: int) -> int:
    """How many paragraphs of the numbered list there are with this one: their numbers are nowhere in the text."""
    lines = [" ".join(line.split()) for line in paragraph.text.split("\n")]
    text = "\n".join(line for line in lines if line)
    if not text:
        return counted
    style = (paragraph.style.name or "").lower() if paragraph.style else ""
    number, rest = split_number(text)
    if number is None and style.startswith("list number"):
        counted += 1
        number = f"{counted}."
    depth = _heading_depth(style)
    if depth is None and _is_bold(paragraph) and len(text.split()) <= _HEADING_WORDS and "\n" not in text:
        depth = IMPLIED_DEPTH
    if depth is not None and depth < IMPLIED_DEPTH:
        counted = 0
    if depth is not None:
        writer.add("heading", rest.replace("\n", " "), depth, number)
    elif number:
        writer.add("item", rest, marker=number)
    elif style.startswith("list") or _is_listed(paragraph):
        writer.add("item", text, _list_depth(style), "-")
    else:
        writer.add("paragraph", text)
    return counted


def _heading_depth(style: str) -> int | None:
    match = re.match(r"heading (\d)", style)
    if match:
        return min(int(match[1]) + 1, IMPLIED_DEPTH - 1)
    return 1 if style == "title" else None


def _list_depth(style: str) -> int:
    match = re.search(r"(\d)$", style)
    return int(match[1]) - 1 if match else 0


def _is_listed(paragraph: Paragraph) -> bool:
    properties = paragraph._p.pPr  # pyright: ignore[reportPrivateUsage]
    return properties is not None and properties.numPr is not None


def _is_bold(paragraph: Paragraph) -> bool:
    runs = [run for run in paragraph.runs if any(c.isalnum() for c in run.text)]
    return bool(runs) and all(run.bold for run in runs)
