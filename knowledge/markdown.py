"""Markdown becomes blocks. The text stays the author's own, so that lines are those of the file. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from knowledge.asking import asks, is_whole_question
from knowledge.blocks import IMPLIED_DEPTH, Reading, split_number
from knowledge.components import with_details
from knowledge.fences import close_fences
from knowledge.markup import read_html
from knowledge.models import Block, BlockKind
from knowledge.page_tags import INLINE
from knowledge.tables import find_columns
from knowledge.words import word_set

_PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_HTML = INLINE | word_set(
    "article blockquote br center dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li main ol p picture "
    "pre section source summary table tbody td tfoot th thead tr ul"
)
_TAG = re.compile(r"<(?:/?([a-z][a-z0-9-]*)[\s/>]|!--)", re.IGNORECASE)
_BOLD_LINE = re.compile(r"(\*\*|__)(?=\S)(?P<inside>(?:(?!\1).)+)\1[\s:]*")
_FRONT_MATTER = re.compile(r"---\n.*?\n---[ \t]*(?:\n|$)", re.DOTALL)
_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
# "##Heading" was a heading once, and still is to those who write it.
_TIGHT_HEADING = re.compile(r"^(#{2,6})(?=[\[A-Z*])", re.MULTILINE)
# Items that stand one space right of the one before: Markdown has them beside it.
_SHY_ITEMS = re.compile(r"^[*+-] (?P<above>\S.*)\n(?P<items>(?: [*+-] .*\n)+)", re.MULTILINE)
_FENCE = re.compile(r"[\s>]*(?:```|~~~)")
_BAR = re.compile(r"(?<!\\)\|")
_SPACES = re.compile(r"[ \t]{2,}")
_SIGNS = re.compile(
    r"^ {0,3}#{1,6} \S|^ {0,3}(?:```|~~~)|\[[^\]\n]+\]\([^)\s]+\)|^\*\*.+\*\*|(?<=\S)\n={3,}[ \t]*$", re.MULTILINE
)


def looks_like_markdown(text: str) -> bool:
    return bool(_SIGNS.search(text))


def read_markdown(text: str) -> Reading:
    """Markdown with HTML in it goes by way of HTML, where the tags are understood too."""
    text, title = _without_front_matter(text)
    text = _SHY_ITEMS.sub(_nest_items, close_fences(_TIGHT_HEADING.sub(r"\1 ", with_details(text))))
    tokens = _PARSER.parse(text)
    if any(_is_html(token) for outer in tokens for token in (outer, *(outer.children or []))):
        reading = read_html(_render(text))
        return Reading(reading.text, reading.blocks, title or reading.title)
    blocks = _blocks(text, tokens)
    heading = next((block for block in blocks if block.kind == "heading" and block.depth == 1), None)
    return Reading(text, tuple(blocks), title or (heading and (heading.plain or heading.text)))


def _nest_items(match: re.Match[str]) -> str:
    """Those below an item that asks, and asking nothing themselves, are what it asks about: a space more nests them."""
    items = match["items"].splitlines(keepends=True)
    if asks(match["above"]) < 1 or any(asks(item[3:]) >= 0.5 for item in items):
        return match[0]
    return match[0][: match.start("items") - match.start()] + "".join(f" {item}" for item in items)


def _without_front_matter(text: str) -> tuple[str, str | None]:
    """Front matter becomes blank lines, so that all others keep their number."""
    match = _FRONT_MATTER.match(text)
    if not match:
        return text, None
    title = _TITLE.search(match[0])
    return "\n" * match[0].count("\n") + text[match.end() :], title[1] if title else None


def _is_html(token: Token) -> bool:
    return token.type in ("html_block", "html_inline") and _known_tag(token.content)


def _known_tag(html: str) -> bool:
    """`List<String>` is no markup: only the tags of HTML are."""
    match = _TAG.search(html)
    return bool(match) and (match[1] is None or match[1].lower() in _HTML)


def _render(text: str) -> str:
    parser = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
    for rule in ("html_block", "html_inline"):
        parser.add_render_rule(rule, _render_html)
    return str(parser.render(text))


def _render_html(_renderer: object, tokens: Sequence[Token], index: int, *_rest: object) -> str:
    content = tokens[index].content
    return content if _known_tag(content) else escapeHtml(content)


@dataclass(frozen=True)
class _Line:
    """A line of a block's own text: its number from 0, and where it starts and ends in the document."""

    number: int
    start: int
    end: int


def _blocks(text: str, tokens: list[Token]) -> list[Block]:
    source = _Source(text)
    blocks: list[Block] = []
    markers: list[str] = []
    fresh = False
    kind: BlockKind = "paragraph"
    depth = 0
    lists = 0
    for position, token in enumerate(tokens):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists += 1
            case "bullet_list_close" | "ordered_list_close":
                lists -= 1
            case "list_item_open":
                markers.append(f"{token.info}{token.markup}" if token.info else token.markup)
                fresh = True
            case "list_item_close":
                markers.pop()
                fresh = False
            case "heading_open":
                kind, depth = "heading", int(token.tag[1])
            case "paragraph_open":
                kind, depth = ("item", lists - 1) if fresh else ("paragraph", lists)
            case "inline" if tokens[position - 1].type in ("heading_open", "paragraph_open"):
                marker = markers[-1] if fresh else None
                fresh = False
                blocks += source.parts(token, kind, depth, marker)
            case "fence" | "code_block":
                blocks += source.verbatim("code", token, lists, token.content.rstrip("\n"))
                fresh = False
            case "table_open":
                blocks += source.questions(token) or source.verbatim("table", token, lists, None)
            case _:
                pass
    return sorted([*blocks, *source.leftovers(blocks)], key=lambda block: block.start)


class _Source:
    """The document's text by lines, cut into blocks."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def parts(self, token: Token, kind: BlockKind, depth: int, marker: str | None) -> list[Block]:
        """The blocks of one inline token: bold lines, and bold questions before their answer, stand alone."""
        groups: list[tuple[BlockKind, list[_Line]]] = []
        for line in (part for whole in self._content_lines(token) for part in self._split_bold_question(whole)):
            if kind != "heading" and _BOLD_LINE.fullmatch(self._text, line.start, line.end):
                groups.append(("heading", [line]))
            elif groups and groups[-1][0] == kind:
                groups[-1][1].append(line)
            else:
                groups.append((kind, [line]))
        blocks: list[Block] = []
        for index, (group_kind, lines) in enumerate(groups):
            implied = group_kind == "heading" and kind != "heading"
            later = index > 0 and kind == "item" and not implied
            blocks.append(
                self._block(
                    "paragraph" if later else group_kind,
                    lines,
                    IMPLIED_DEPTH if implied else depth + later,
                    None if index else marker,
                )
            )
        return blocks

    def verbatim(self, kind: BlockKind, token: Token, depth: int, plain: str | None) -> list[Block]:
        first, last = token.map or [0, 0]
        if token.type == "fence":
            first += 1
            last = min(last, first + len(token.content.splitlines()))
        start, end = self._starts[first], self._starts[last]
        text = self._text[start:end].rstrip()
        if not text:
            return []
        table = kind == "table"
        return [
            Block(
                kind=kind,
                text=text,
                start=start,
                end=start + len(text),
                first_line=first + 1,
                last_line=first + 1 + text.count("\n"),
                depth=depth,
                plain=_table_text(text) if table else plain if plain != text else None,
                links=_plain(text)[1] if table else (),
            )
        ]

    def questions(self, token: Token) -> list[Block]:
        """The cells of a table that holds questions, as blocks; none where it holds others."""
        first, last = token.map or [0, 0]
        rows = [_cells(self._text, self._starts[number], self._starts[number + 1]) for number in range(first, last)]
        texts = [[_plain(self._text[start:end])[0] for start, end in row] for row in rows]
        inward = any("](#" in self._text[self._starts[n] : self._starts[n + 1]] for n in range(first, last))
        written = [n for n in range(len(texts)) if n != 1]
        columns = None if inward else find_columns([texts[n] for n in written])
        if columns is None:
            return []
        blocks: list[Block] = []
        for place, n in enumerate(written):
            roles = dict.fromkeys(columns.options, "asked")
            roles |= {columns.question: "question", columns.answer: "answer", columns.explanation: "answer"}
            asking = _cell_text(texts[n], columns.question)
            for column, (start, end) in enumerate(rows[n]):
                role = roles.get(column, "furniture") if asking else None
                line = _Line(first + n, start, end)
                if any(c.isalnum() for c in self._text[start:end]):
                    block = self._block("paragraph", [line], 0, None)
                    role = "furniture" if columns.headed and place == 0 else role
                    blocks.append(block.model_copy(update={"role": role}))
        return blocks

    def leftovers(self, blocks: list[Block]) -> list[Block]:
        """Lines that Markdown gives no place, such as link definitions: nothing of a document goes unread."""
        taken = {number for block in blocks for number in range(block.first_line, block.last_line + 1)}
        lines = [
            _Line(number, start, start + len(text.rstrip()))
            for number, (start, text) in enumerate(zip(self._starts, self._lines, strict=False))
            if number + 1 not in taken and any(c.isalnum() for c in text) and not _FENCE.match(text)
        ]
        return [self._block("paragraph", [line], 0, None) for line in lines]

    def _content_lines(self, token: Token) -> list[_Line]:
        first, last = token.map or [0, 0]
        contents = token.content.split("\n")
        lines: list[_Line] = []
        for number in range(first, last):
            content = contents[number - first].strip() if number - first < len(contents) else ""
            raw = self._text[self._starts[number] : self._starts[number + 1]]
            at = raw.find(content)
            if content and at >= 0:
                start = self._starts[number] + at
                lines.append(_Line(number, start, start + len(content)))
        return lines

    def _split_bold_question(self, line: _Line) -> list[_Line]:
        match = _BOLD_LINE.match(self._text, line.start, line.end)
        if not match or match.end() == line.end or not is_whole_question(match["inside"]):
            return [line]
        rest = self._text[match.end() : line.end]
        after = match.end() + len(rest) - len(rest.lstrip())
        return [_Line(line.number, line.start, match.end()), _Line(line.number, after, line.end)]

    def _block(self, kind: BlockKind, lines: list[_Line], depth: int, marker: str | None) -> Block:
        start, end = lines[0].start, lines[-1].end
        text = self._text[start:end]
        plain, links = _plain(text)
        number, rest = split_number(plain, levels=kind == "heading")
        if number and kind == "paragraph":
            kind = "item"
        if number and not any(c.isdigit() for c in marker or ""):
            marker, plain = number, rest
        return Block(
            kind=kind,
            text=text,
            start=start,
            end=end,
            first_line=lines[0].number + 1,
            last_line=lines[-1].number + 1,
            depth=depth,
            marker=marker,
            plain=plain if plain != text else None,
            links=links,
        )


def _plain(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without inline markup, line by line as before, and where its links lead."""
    words: list[str] = []
    links: list[str] = []
    for token in (child for outer in _PARSER.parseInline(text) for child in outer.children or []):
        match token.type:
            case "softbreak" | "hardbreak":
                words.append("\n")
            case "link_open":
                links.append(str(token.attrs.get("href", "")))
            case _:
                words.append(_SPACES.sub(" ", token.content))
    return "\n".join(line.strip() for line in "".join(words).split("\n")).strip(), tuple(links)


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the cells of a table's line start and end, without white space around them."""
    line = text[start:end].rstrip()
    bars = [match.start() for match in _BAR.finditer(line)]
    edges = [-1 if not line.lstrip().startswith("|") else bars[0], *bars, len(line)]
    cells: list[tuple[int, int]] = []
    for left, right in pairwise(sorted(set(edges))):
        inside = line[left + 1 : right]
        first = start + left + 1 + len(inside) - len(inside.lstrip())
        cells.append((first, first + len(inside.strip())))
    return cells[:-1] if line.endswith("|") else cells


def _cell_text(cells: Sequence[str], column: int) -> str:
    return cells[column] if column < len(cells) else ""


def _table_text(text: str) -> str:
    rows = [line for line in text.split("\n") if any(c.isalnum() for c in line)]
    return "\n".join(_plain(row.strip())[0] for row in rows)
