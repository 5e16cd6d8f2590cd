"""A document's blocks become pieces: parted further where a label or a question ends a line. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge.asking import ASKING, QUESTION_MARK, asks
from knowledge.models import Block, BlockKind, BlockRole, Document

# A label that needs no number: "Question:", "Q:". Others ("Problem 3:") count only where they are numbered.
_QUESTION = re.compile(
    r"[^\w(]{0,6}(?:interview\s+)?(?P<word>questions?|interviewer|面试官|ques|que|q|pregunta|frage|pergunta|domanda|vraag|вопрос|问题|问|題目|题目|問)"
    r"[\s.#№-]{0,3}\s*(?P<number>\d{1,4}(?:\.\d{1,2})?)?\s*(?P<end>[:：.)\]]|\s[-–—](?=\s)|$|(?(number)\s(?-i:(?=[A-ZА-Я]))|(?!)))\s*",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"[^\w(]{0,6}第[〇零一二三四五六七八九十百两\d]{1,5}[道个個]?[题題问問]\s*[:：、.．]?\s*")
_NUMBERED = re.compile(
    r"[^\w(]{0,6}(?P<word>[^\W\d_]{3,15})\s*[#№]?\s*(?P<number>\d{1,4})\s*(?:[:.)]|\s[-–—](?=\s)|$)\s*"
)
_ANSWER = re.compile(
    r"[^\w(]{0,6}(?:(?:the|sample|model|example|reference|suggested|possible|expected|short|good|best|ideal|detailed|your)\s+)*"
    r"(?:answers?|ans|solutions?|respuesta|antwort|réponse|resposta|risposta|antwoord|ответ)"
    r"(?:\s+(?P<number>\d{1,4}))?\s*(?:[.)]?[:\]]-?|\s?[-–—](?=\s)|[.)](?=\s|$)|$)\s*"
    r"|[^\w(]{0,6}(?:candidate|interviewee|候选人|求职者|应聘者|我)\s*[:：]\s*"
    r"|[^\w(]{0,6}(?:参考|標準|标准)?(?:答案|答|回答|解答|解析)\s*(?:[:：]|$)\s*"
    r"|[^\w(]{0,6}[AR]\s*(?P<short>\d{1,4})?\s*:\s*|[AR](?:\d{1,4}\s*[.)]|\.)\s+"
    r"|(?:show|view|see|reveal|click (?:to|for))\s+(?:the\s+)?(?:sample\s+)?(?:answer|solution)s?\s*[:.]?\s*$",
    re.IGNORECASE,
)

# Who asks in a conversation says other things too.
SPEAKERS = frozenset({"interviewer", "面试官"})

# An answer on the line of its question: "Q: What is X? A: It is …".
_ONE_LINE_ANSWER = re.compile(r"(?<=[?.!])\s+(?=(?:A|Ans|Answer)\s?:\s)")

# No label is longer, so no more of a text is searched for one.
LABEL_REACH = 80

# "A) ...", "b. ...", "- C: ...": one of several to choose from, or a task of several.
OPTION = re.compile(r"\(?(?P<letter>[A-Ha-h])(?:\s*[.)\]:]|\s[-–])\s+(?=\S)")

# What a format declares is not parted further.
DECLARED: frozenset[BlockRole | None] = frozenset({"question", "asked", "answer", "furniture"})

# What is asked stands no further below the words that lead up to it.
LEAD_UP = 3

# A title of a list of questions has no more words.
TITLE_WORDS = 6

# So many lines of one paragraph that all ask are a list somebody set without marks.
LISTED_LINES = 3


@dataclass(frozen=True)
class Piece:
    """Part of one block that may be a unit of its own. Lines count from 1 in the document's text."""

    kind: BlockKind
    text: str
    first_line: int
    last_line: int
    depth: int
    marker: str | None
    links: tuple[str, ...]
    starts_block: bool = True
    role: BlockRole | None = None

    @property
    def number(self) -> str | None:
        """The marker's digits, with the dots between them."""
        digits = re.search(r"\d+(?:\.\d+)*", self.marker or "")
        return digits[0] if digits else None


@dataclass(frozen=True)
class Label:
    """What a piece calls itself at its beginning, and the text after that."""

    word: str
    number: str | None
    rest: str


def split(document: Document) -> tuple[Piece, ...]:
    """All blocks of the document as pieces, in reading order."""
    return tuple(_list_lettered([piece for block in document.blocks for piece in _split_block(block)]))


def question_label(text: str) -> Label | None:
    """A label known to mean a question. A bare word needs a colon, so that 'Q. What' counts and 'Questions' not."""
    if ordinal := _ORDINAL.match(text[:LABEL_REACH]):
        return Label("question", None, text[ordinal.end() :])
    match = _QUESTION.match(text[:LABEL_REACH])
    if not match or (match["number"] is None and match["end"] not in (":", "：", ".", ")")):
        return None
    if match["number"] is None and len(match["word"]) > 1 and match["end"] not in (":", "："):
        return None
    if match["number"] is None and match["word"].lower() == "questions" and text[match.end() :].strip():
        return None  # "Interview questions: databases" is a title
    if match["end"].isspace() and asks(text[match.end() :]) < ASKING:
        return None  # "Q1 What is ...", but not "Q1 Results"
    return Label(match["word"].lower(), match["number"], text[match.end() :])


def numbered_label(text: str) -> Label | None:
    """Any word with a number: whether it labels questions is for the document's pattern to show."""
    match = _NUMBERED.match(text[:LABEL_REACH])
    return Label(match["word"].lower(), match["number"], text[match.end() :]) if match else None


def answer_label(text: str) -> Label | None:
    match = _ANSWER.match(text[:LABEL_REACH])
    return Label("answer", match["number"] or match["short"], text[match.end() :]) if match else None


def asked_below(unit: int, pieces: Sequence[Piece]) -> range:
    """The paragraphs inside an item, the last of which asks what the item's own words only lead up to."""
    opened = pieces[unit]
    if opened.kind != "item" or asks(opened.text) > 0:
        return range(0)
    for index in range(unit + 1, min(unit + 1 + LEAD_UP, len(pieces))):
        piece = pieces[index]
        if piece.kind != "paragraph" or piece.depth <= opened.depth or answer_label(piece.text):
            break
        if piece.text.endswith(("?", "？")):
            return range(unit + 1, index + 1)
    return range(0)


def unit_text(piece: Piece) -> str:
    """What a unit says once its label is taken off."""
    label = question_label(piece.text) or numbered_label(piece.text)
    return label.rest if label else piece.text


def _list_lettered(pieces: list[Piece]) -> Iterator[Piece]:
    """Lettered lines that ask, below a title that does not, are items of a list, not options of one question."""
    title: Piece | None = None
    for index, piece in enumerate(pieces):
        letter = OPTION.match(piece.text) if piece.kind == "paragraph" and piece.role is None else None
        if letter is None:
            title = piece if _is_bare_title(piece) and _asks_lettered(pieces[index + 1 : index + 3]) else None
            yield piece
        elif title is None:
            yield piece
        else:
            depth = title.depth + 1 if title.kind == "item" else 0
            text = piece.text[letter.end() :]
            yield replace(piece, kind="item", text=text, depth=depth, marker=letter[0].strip())


def _is_bare_title(piece: Piece) -> bool:
    few = len(piece.text.split()) <= TITLE_WORDS and piece.text[-1:].isalnum()
    return piece.kind in ("item", "heading") and few and asks(piece.text) < ASKING


def _asks_lettered(pieces: list[Piece]) -> bool:
    found = [OPTION.match(piece.text) for piece in pieces]
    letters = [match["letter"].lower() for match in found if match]
    rest = [piece.text[match.end() :] for piece, match in zip(pieces, found, strict=True) if match]
    return letters == ["a", "b"] and all(asks(text) >= ASKING for text in rest)


def _split_block(block: Block) -> Iterator[Piece]:
    text = block.plain if block.plain is not None else block.text
    whole = Piece(
        block.kind, text, block.first_line, block.last_line, block.depth, block.marker, block.links, role=block.role
    )
    if block.role in DECLARED or block.kind in ("code", "table") or not ("\n" in text or question_label(text)):
        yield whole
        return
    groups: list[list[tuple[int, str]]] = []
    lines = [(number, part) for number, line in enumerate(text.split("\n")) for part in _ONE_LINE_ANSWER.split(line)]
    listed = block.kind == "paragraph" and len(lines) >= LISTED_LINES and all(asks(line) >= 0.5 for _, line in lines)
    lettered = sum(bool(OPTION.match(line)) for _, line in lines) > 1
    for number, line in lines:
        begins = listed or (lettered and OPTION.match(line))
        if groups and not (begins or _begins_piece(line, (previous for _, previous in groups[-1]))):
            groups[-1].append((number, line))
        else:
            groups.append([(number, line)])
    for index, group in enumerate(groups):
        last = min(block.first_line + group[-1][0], block.last_line)
        piece = replace(
            whole,
            text="\n".join(line for _, line in group),
            first_line=min(block.first_line + group[0][0], block.last_line),
            # A code span over two lines leaves the plain text short of lines: the last group takes what is left.
            last_line=block.last_line if group is groups[-1] else last,
        )
        if index == 0:
            yield piece
        else:
            depth = block.depth + (block.kind == "item")
            yield replace(piece, kind="paragraph", marker=None, depth=depth, starts_block=listed)


def _begins_piece(line: str, before: Iterable[str]) -> bool:
    """A label begins a piece; so does what follows a whole question and is none itself."""
    if question_label(line) or answer_label(line):
        return True
    text = " ".join(before)
    return text.rstrip("\"'”’)* ").endswith("?") and not QUESTION_MARK.search(line)
