"""HTML becomes text and blocks. Scripts, navigation and other furniture of a page are left out. Pure."""

import re
from dataclasses import dataclass, field

from bs4 import BeautifulSoup
from bs4.element import Comment, Doctype, NavigableString, PageElement, ProcessingInstruction, Tag

from knowledge.asking import is_whole_question
from knowledge.blocks import IMPLIED_DEPTH, BlockWriter, Reading, split_number
from knowledge.models import BlockRole
from knowledge.page_tags import BOLD_HEADING_WORDS, INLINE, is_bold, is_heading, is_question, listing
from knowledge.tables import find_columns, write_rows
from knowledge.words import word_set

IGNORED = word_set(
    "script style noscript template head nav footer aside select option textarea svg math iframe object "
    "embed canvas video audio map dialog"
)
# A button with fewer words says what it does ("Copy"); one with more unfolds what it asks.
BUTTON_WORDS = 3

_SPACE = re.compile(r"\s+")


def read_html(html: str) -> Reading:
    """The page's text as Markdown without inline markup, and its title."""
    soup = BeautifulSoup(html, "lxml")
    walker = _Walker()
    walker.walk(soup)
    title = soup.title.get_text(" ", strip=True) if soup.title else None
    heading = next((block.text for block in walker.writer.blocks if block.kind == "heading" and block.depth == 1), None)
    return walker.writer.reading(title=heading or title or None)


@dataclass(frozen=True)
class _Run:
    text: str
    bold: bool


@dataclass
class _List:
    ordered: bool
    next: int = 1


@dataclass
class _Walker:
    """One pass over the tree with a stack of its own: deep nesting cannot exhaust Python's."""

    writer: BlockWriter = field(default_factory=BlockWriter)
    _lines: list[list[_Run]] = field(default_factory=lambda: [[]])
    _links: list[str] = field(default_factory=list[str])
    _lists: list[_List] = field(default_factory=list[_List])
    _marker: str | None = None
    _items: int = 0
    _heading: int = 0
    _toggle: bool = False
    _asked: bool = False
    _outside: bool = False
    _toggles: int = 0
    _bold: int = 0
    _named: list[int] = field(default_factory=list[int])
    """The tags, by identity, that a page calls questions and that are open."""

    def walk(self, root: Tag) -> None:
        stack: list[tuple[PageElement, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if isinstance(node, NavigableString):
                self._string(node)
            elif isinstance(node, Tag) and leaving:
                self._leave(node)
            elif isinstance(node, Tag) and node.name not in IGNORED and self._enter(node):
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(node.contents))
        self._flush()

    def _string(self, string: NavigableString) -> None:
        if not isinstance(string, Comment | Doctype | ProcessingInstruction):
            self._lines[-1].append(_Run(_SPACE.sub(" ", str(string)), self._bold > 0))

    def _enter(self, tag: Tag) -> bool:
        """Whether the children are to be visited."""
        name = tag.name
        if name in INLINE:
            self._bold += is_bold(tag)
            if name == "a" and (target := tag.get("href")):
                self._links.append(str(target))
            return True
        if name == "br":
            self._lines.append([])
            return False
        if name == "button" and not self._heading and len(tag.get_text().split()) < BUTTON_WORDS:
            return False
        self._flush()
        if name in ("pre", "table"):
            self._verbatim(listing(tag) or tag)
            return False
        self._open(tag)
        if is_question(tag):
            self._heading, self._toggle, self._asked = self._heading or IMPLIED_DEPTH, True, False
            self._named.append(id(tag))
        return True

    def _open(self, tag: Tag) -> None:
        match tag.name:
            case "details" | "dl":
                self._toggles += 1
            case "ul" | "menu":
                self._lists.append(_List(ordered=False))
            case "ol":
                self._lists.append(_List(ordered=True, next=_integer(tag.get("start"), 1)))
            case "li":
                self._items += 1
                self._marker = self._next_marker(tag)
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self._heading = self._heading if self._toggle else int(tag.name[1])
            case "summary" | "dt" | "button":
                self._heading = self._heading or IMPLIED_DEPTH
                self._toggle, self._asked = True, False
            case _:
                pass

    def _leave(self, tag: Tag) -> None:
        name = tag.name
        if name in INLINE:
            self._bold -= is_bold(tag)
            return
        self._flush()
        if self._named and self._named[-1] == id(tag):
            self._named.pop()
            self._heading, self._toggle, self._asked = 0, False, False
        match name:
            case "details" | "dl":
                self._toggles -= 1
                self._outside = self._toggles == 0
            case "ul" | "menu" | "ol":
                self._lists.pop()
            case "li":
                self._items -= 1
                self._marker = None
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary" | "dt" | "button":
                self._heading = 0
                self._toggle = self._toggle and name == "button" and tag.parent is not None and is_heading(tag.parent)
                self._asked = False
            case _:
                pass

    def _next_marker(self, tag: Tag) -> str:
        if not self._lists or not self._lists[-1].ordered:
            return "-"
        counter = self._lists[-1]
        number = _integer(tag.get("value"), counter.next)
        counter.next = number + 1
        return f"{number}."

    def _verbatim(self, tag: Tag) -> None:
        if tag.name == "pre":
            for line_break in tag.find_all("br"):
                line_break.replace_with("\n")
            role = self._role()
            self.writer.add("code", tag.get_text().strip("\n").rstrip(), depth=self._items, role=role)
            return
        rows = [[_squeeze(cell.get_text(" ")) for cell in row.find_all(["td", "th"])] for row in tag.find_all("tr")]
        links = tuple(str(link["href"]) for link in tag.find_all("a", href=True))
        rows = [row for row in rows if any(row)]
        inward = [link for link in links if link.startswith("#")]
        if not inward and (columns := find_columns(rows)):
            write_rows(self.writer, rows, columns)
            return
        lines = ["| " + " | ".join(row) + " |" for row in rows if any(row)]
        self.writer.add("table", "\n".join(lines), depth=self._items, links=links)

    def _flush(self) -> None:
        """Writes what gathered since the last block began: one block, or several where bold lines part it."""
        lines = [line for line in map(_trim, self._lines) if line]
        links, self._lines, self._links = tuple(self._links), [[]], []
        if not lines:
            return
        if self._heading and not self._asked:
            self._write_heading(" ".join(map(_text, lines)), self._heading, links)
            self._asked = self._toggle
            return
        group: list[str] = []
        for line in (part for whole in lines for part in _split_bold_question(whole)):
            if _is_bold_heading(line):
                self._write_group(group, links)
                group = []
                self._write_heading(_text(line), IMPLIED_DEPTH, links)
            else:
                group.append(_text(line))
        self._write_group(group, links)

    def _role(self) -> BlockRole | None:
        """Of the block that is written now; the first after a toggle's end is outside."""
        role: BlockRole | None = "asked" if self._asked else "outside" if self._outside else None
        self._outside = False
        return role

    def _write_heading(self, text: str, depth: int, links: tuple[str, ...]) -> None:
        number, rest = split_number(text, levels=True)
        marker, self._marker = self._marker, None
        role = self._role()
        role = "toggle" if self._toggle else role
        self.writer.add("heading", rest, depth, number or (marker if marker != "-" else None), links, role)

    def _write_group(self, lines: list[str], links: tuple[str, ...]) -> None:
        if not lines:
            return
        marker, self._marker = self._marker, None
        text = "\n".join(lines)
        role = self._role()
        if marker:
            self.writer.add("item", text, max(len(self._lists), 1) - 1, marker, links, role)
            return
        number, rest = split_number(text)
        if number:
            self.writer.add("item", rest, self._items, number, links, role)
        else:
            self.writer.add("paragraph", text, self._items, None, links, role)


def _trim(line: list[_Run]) -> list[_Run]:
    """The line without the white space at its ends; empty where it says nothing."""
    runs = [run for run in line if run.text]
    while runs and not runs[0].text.strip():
        runs = runs[1:]
    while runs and not runs[-1].text.strip():
        runs = runs[:-1]
    return runs


def _text(line: list[_Run]) -> str:
    return _squeeze("".join(run.text for run in line))


def _squeeze(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _is_bold_heading(line: list[_Run]) -> bool:
    quiet = "".join(run.text for run in line if not run.bold)
    loud = any(run.bold for run in line)
    return loud and not any(c.isalnum() for c in quiet) and len(_text(line).split()) <= BOLD_HEADING_WORDS


def _split_bold_question(line: list[_Run]) -> list[list[_Run]]:
    """A bold question and what follows it on its line are two lines."""
    end = next((i for i, run in enumerate(line) if not run.bold and run.text.strip()), len(line))
    lead, rest = line[:end], _trim(line[end:])
    if lead and rest and is_whole_question(_text(lead)):
        return [lead, rest]
    return [line]


def _integer(value: object, default: int) -> int:
    try:
        return int(str(value))
    except ValueError:
        return default
