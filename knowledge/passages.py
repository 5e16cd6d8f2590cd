"""What holds no question becomes passages: small enough to retrieve, each under its heading. Pure."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from knowledge.layout import render
from knowledge.models import Document, Passage
from knowledge.outline import is_heading
from knowledge.pieces import Piece

MAX_WORDS = 200

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z])|\n")


def sections(pieces: Sequence[Piece], left: Iterable[int]) -> list[tuple[Piece | None, list[int]]]:
    """The pieces left, as indices, parted at headings and at gaps: each with its heading, which may be all there is."""
    groups: list[tuple[Piece | None, list[int]]] = []
    previous = -2
    for index in left:
        piece = pieces[index]
        if is_heading(piece):
            groups.append((piece, []))
        elif groups and index == previous + 1:
            groups[-1][1].append(index)
        else:
            groups.append((None, [index]))
        previous = index
    return groups


def cut_passages(document: Document, heading: Piece | None, body: Sequence[Piece], title: str | None) -> list[Passage]:
    """One section, cut at paragraphs: no passage is longer than MAX_WORDS. The first takes the heading's lines."""
    chunks: list[list[Piece]] = []
    size = 0
    for piece in (part for whole in body for part in _cut(whole)):
        words = len(piece.text.split())
        if not chunks or size + words > MAX_WORDS:
            chunks.append([])
            size = 0
        chunks[-1].append(piece)
        size += words
    return [_passage(document, heading if i == 0 else None, chunk, title) for i, chunk in enumerate(chunks)]


def _passage(document: Document, heading: Piece | None, chunk: Sequence[Piece], title: str | None) -> Passage:
    text = render(chunk)
    lines = ((heading or chunk[0]).first_line, chunk[-1].last_line)
    key = f"{document.id}\n{lines[0]}-{lines[1]}\n{text}"
    return Passage(
        id=hashlib.sha256(key.encode()).hexdigest(),
        document_id=document.id,
        text=text,
        heading=title,
        lines=lines,
        source=document.source,
    )


def _cut(piece: Piece) -> list[Piece]:
    """A piece of more than MAX_WORDS in parts: at its lines and sentences, at its words where these are too long."""
    if len(piece.text.split()) <= MAX_WORDS:
        return [piece]
    parts: list[Piece] = []
    line = piece.first_line
    sentences: list[str] = []
    size = 0
    for sentence in [*_sentences(piece.text), ""]:
        words = len(sentence.split())
        if sentences and (size + words > MAX_WORDS or not sentence):
            text = "".join(sentences)
            last_line = min(line + text.rstrip().count("\n"), piece.last_line)
            parts.append(replace(piece, text=text.strip(), first_line=line, last_line=last_line))
            line = min(line + text.count("\n"), piece.last_line)
            sentences, size = [], 0
        sentences.append(sentence)
        size += words
    # A fence of code is not in the text: the lines that close it belong to the last part.
    return [*parts[:-1], replace(parts[-1], last_line=piece.last_line)]


def _sentences(text: str) -> list[str]:
    """The text in pieces that join to it again, none of more than MAX_WORDS."""
    edges = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    sentences = [text[start:end] for start, end in pairwise(edges)]
    few_words = re.compile(rf"\s*(?:\S+\s*){{1,{MAX_WORDS}}}")
    return [part for sentence in sentences for part in (few_words.findall(sentence) or [sentence])]
