"""Plain text becomes blocks: items by their marks, headings by standing alone, paragraphs by blank lines. Pure."""

import re
from bisect import bisect_left
from dataclasses import dataclass, replace

from knowledge.blocks import IMPLIED_DEPTH, Reading, split_number
from knowledge.models import Block, BlockKind

# Text whose longest lines are no longer than this was wrapped by hand or by a mailer.
_WRAP_WIDTH = 100
_HEADING_WORDS = 16
# Fewer numbers alone on their lines are no count.
_FEWEST_COUNTED = 3
_RULE = re.compile(r"[-=_*~#]{3,}")
_CJK_SECTION = re.compile(r"(?:第?[一二三四五六七八九十百]+[、章节部.．]|【.+】$)")
_BULLET = re.compile(r"[-*+•·◦▪▫●○■□‣⁃–—→➢✓✔](?=\s+\S)\s+")


def read_plain_text(text: str) -> Reading:
    lines = _take_numbers_on(_lines(text))
    width = _wrap_width(lines)
    indents = sorted({line.indent for line in lines if line.marker})
    blocks: list[Block] = []
    group: list[_Line] = []
    for index, line in enumerate(lines):
        if group and not (width and _continues(group, line, width)):
            blocks.append(_block(text, group, indents))
            group = []
        group.append(line)
        if index + 1 == len(lines):
            blocks.append(_block(text, group, indents))
    title = blocks[0].plain or blocks[0].text if blocks and blocks[0].kind == "heading" else None
    return Reading(text, tuple(blocks), title)


@dataclass(frozen=True)
class _Line:
    """A line that says something, without its indentation and mark."""

    number: int
    indent: int
    marker: str | None
    text: str
    start: int
    end: int
    after_blank: bool


def _lines(text: str) -> list[_Line]:
    lines: list[_Line] = []
    offset = 0
    blank = True
    for number, raw in enumerate(text.split("\n"), start=1):
        stripped = raw.strip()
        if stripped and not _RULE.fullmatch(stripped):
            indent = len(raw) - len(raw.lstrip())
            marker, content = _split_mark(stripped)
            start = offset + indent + len(stripped) - len(content)
            lines.append(_Line(number, indent, marker, content, start, start + len(content), blank))
        blank = not stripped
        offset += len(raw) + 1
    return lines


def _take_numbers_on(lines: list[_Line]) -> list[_Line]:
    """Numbers that count on, each alone on its line, mark the lines below them."""
    alone = {i: int(line.text) for i, line in enumerate(lines[:-1]) if re.fullmatch(r"\d{1,4}", line.text)}
    counted = [at for at in alone if not lines[at].marker and not re.fullmatch(r"\d+", lines[at + 1].text)]
    if [alone[at] for at in counted] != list(range(1, len(counted) + 1)) or len(counted) < _FEWEST_COUNTED:
        return lines
    marked = {
        at + 1: replace(lines[at + 1], number=lines[at].number, start=lines[at].start, marker=f"{alone[at]}.")
        for at in counted
    }
    return [marked.get(i, line) for i, line in enumerate(lines) if i not in set(counted)]


def _split_mark(text: str) -> tuple[str | None, str]:
    bullet = _BULLET.match(text)
    return (bullet[0].strip(), text[bullet.end() :]) if bullet else split_number(text)


def _wrap_width(lines: list[_Line]) -> int:
    """The width the text was wrapped at, 0 where it was not: then every line is a paragraph."""
    widest = max((line.indent + len(line.text) for line in lines), default=0)
    return widest if 40 <= widest <= _WRAP_WIDTH else 0


def _continues(group: list[_Line], line: _Line, width: int) -> bool:
    last = group[-1]
    if line.after_blank or line.marker or last.text.endswith(("?", ":")):
        return False
    full = last.indent + len(last.text) + len(line.text.split()[0]) >= width * 0.85
    return full or line.text[0].islower()


def _block(text: str, group: list[_Line], indents: list[int]) -> Block:
    first, last = group[0], group[-1]
    content = text[first.start : last.end]
    plain = "\n".join(" ".join(line.text.split()) for line in group)
    kind: BlockKind = "item" if first.marker else "heading" if _is_heading(group) else "paragraph"
    return Block(
        kind=kind,
        text=content,
        start=first.start,
        end=last.end,
        first_line=first.number,
        last_line=first.number + content.count("\n"),
        depth=_depth(kind, first.indent, indents),
        marker=first.marker,
        plain=plain if plain != content else None,
    )


def _is_heading(group: list[_Line]) -> bool:
    text = group[0].text
    if len(group) == 1 and len(text) <= 40 and _CJK_SECTION.match(text):
        return True
    return (
        len(group) == 1
        and len(text.split()) <= _HEADING_WORDS
        and not text.endswith((".", ",", ";", "!"))
        and any(c.isalpha() for c in text)
        and (text[0].isupper() or not text[0].isalpha())
    )


def _depth(kind: BlockKind, indent: int, indents: list[int]) -> int:
    """An item's: how many of the indentations that items have lie left of its own."""
    match kind:
        case "heading":
            return IMPLIED_DEPTH
        case "item":
            return bisect_left(indents, indent)
        case "paragraph" | "code" | "table":
            return 0
