"""What readers share: the text of a document written block by block, with exact offsets. Pure."""

import re
from dataclasses import dataclass, field

from knowledge.models import Block, BlockKind, BlockRole

# Headings that the source only hints at (a bold line, a short line alone) rank below every declared one.
IMPLIED_DEPTH = 6

# An ornament before the number (an emoji, an arrow) goes with it.
_NUMBER = re.compile(
    r"(?:[^\w\s()*.'\"“‘-]{1,3}\s*)?\(?(?:\d{1,4}(?:[.):-]|\s[-–—])(?=\s+\S)\s+"
    r"|\d{1,4}(?:[、．]\s*|[.)）]\s?(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[\"'“‘(]?[A-ZА-Я][a-zа-я]+[\s’'])))"
)


def split_number(text: str, levels: bool = False) -> tuple[str | None, str]:
    """A leading number as written, without the space after it, and the rest; of several levels ("2.1") where such are
    wanted."""
    match = _NUMBER.match(text) or (_LEVELS.match(text) if levels else None)
    return (match[0].strip(), text[match.end() :]) if match else (None, text)


_LEVELS = re.compile(r"\d{1,2}(?:\.\d{1,3}){1,3}[.):、]?\s+(?=[^\W\d_])")


@dataclass(frozen=True)
class Reading:
    """What a reader makes of a file's text."""

    text: str
    blocks: tuple[Block, ...]
    title: str | None = None
    url: str | None = None
    author: str | None = None


@dataclass
class BlockWriter:
    """Lays blocks out as readable text. The layout (hashes, bullets, fences) lies outside the blocks' offsets."""

    blocks: list[Block] = field(default_factory=list[Block])
    _pieces: list[str] = field(default_factory=list[str])
    _length: int = 0
    _lines: int = 1

    def add(
        self,
        kind: BlockKind,
        text: str,
        depth: int = 0,
        marker: str | None = None,
        links: tuple[str, ...] = (),
        role: BlockRole | None = None,
    ) -> None:
        if not text.strip():
            return
        self._separate(kind)
        before, after = _layout(kind, depth, marker)
        self._write(before)
        start, first_line = self._length, self._lines
        self._write(text)
        self.blocks.append(
            Block(
                kind=kind,
                text=text,
                start=start,
                end=self._length,
                first_line=first_line,
                last_line=self._lines,
                depth=depth,
                marker=marker,
                links=links,
                role=role,
            )
        )
        self._write(after)

    def reading(self, title: str | None = None, url: str | None = None, author: str | None = None) -> Reading:
        return Reading("".join(self._pieces), tuple(self.blocks), title, url, author)

    def _separate(self, kind: BlockKind) -> None:
        if self.blocks:
            tight = kind == "item" and self.blocks[-1].kind == "item"
            self._write("\n" if tight else "\n\n")

    def _write(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)
        self._lines += text.count("\n")


def _layout(kind: BlockKind, depth: int, marker: str | None) -> tuple[str, str]:
    """What stands before and after a block's own text."""
    own = f"{marker} " if marker else ""
    match kind:
        case "heading":
            return ("#" * depth + " " if depth < IMPLIED_DEPTH else "") + own, ""
        case "item":
            return "  " * depth + own, ""
        case "code":
            return "```\n", "\n```"
        case "paragraph" | "table":
            return own, ""
