"""Which section and which question each piece of a document belongs to. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Literal

from knowledge.blocks import IMPLIED_DEPTH
from knowledge.part_names import find_follow_ups, names_part
from knowledge.pieces import DECLARED, OPTION, Piece, answer_label, question_label

# A bold line that comes so often names a part of each unit.
FIELD_RETURNS = 3

Mark = Literal["declared", "label", "number", "heading", "line", "bullet"]

_ANNOUNCES = re.compile(
    r"\b(?:questions?|preguntas?|fragen|perguntas|domande|вопрос\w*|pytania|vragen|sorular\w*)\b|\bQ ?& ?A\b"
    r"|面试|面試|题|題|问答|質問|질문|면접",
    re.IGNORECASE,
)
_INTERVIEW = re.compile(
    r"interview|собеседован|entrevista|entretien|vorstellungsgespräch|colloqui|mülakat|phỏng vấn", re.IGNORECASE
)
_CLOSING = re.compile(
    r"\W*(?:(?:in )?conclusions?|(?:the )?bottom line|final (?:thoughts|words|tips)|(?:key )?takeaways?|"
    r"wrap(?:ping)?.?up|faqs?|frequently asked|(?:(?:additional|further|other|useful) )?(?:resources|references)|"
    r"further reading|about (?:the )?authors?|next steps?|related (?:posts|articles|reading)|"
    r"contribut(?:ing|ors)|licen[cs]e|did you know|share this|comments\W*$|"
    r"disclaimer|acknowledge?ments?|credits|afterword|(?:table|list) of contents|"
    r"(?:contents|index|introduction|preface|foreword|(?:more )?links)\W*$|sponsors?|donat\w+|"
    r"参考|目录|总结|结语|contenido|referencias|inhalt|fazit|содержание|заключение)"
    r"(?:\b|(?<=[\u3400-\u9fff]))",
    re.IGNORECASE,
)
_ANSWERS = re.compile(r"\W*(?:the )?(?:answers|solutions|answer key|answer sheet|答案|参考答案)\W*", re.IGNORECASE)


@dataclass(frozen=True)
class Run:
    """Pieces with one kind of mark that follow one another. `units` are indices of pieces, in order."""

    mark: Mark
    depth: int
    units: tuple[int, ...]
    titled: bool = False
    """Whether the units only name what the text below them asks."""


class Outline:
    """The pieces, and the headings above each."""

    def __init__(self, pieces: tuple[Piece, ...]) -> None:
        self.pieces = pieces
        self.follow_ups = find_follow_ups(pieces)
        self.above: list[int | None] = []
        implied = Counter(piece.text for piece in pieces if piece.kind == "heading" and piece.depth == IMPLIED_DEPTH)
        self._fields = frozenset(text for text, count in implied.items() if count >= FIELD_RETURNS)
        self._parent: dict[int, int | None] = {}
        path: list[int] = []
        for index, piece in enumerate(pieces):
            self.above.append(path[-1] if path else None)
            if is_heading(piece):
                while path and pieces[path[-1]].depth >= piece.depth:
                    path.pop()
                self._parent[index] = path[-1] if path else None
                path.append(index)

    def is_field(self, index: int) -> bool:
        """A bold line that returns throughout the document with a colon: the name of a part that every unit has."""
        piece = self.pieces[index]
        return piece.depth == IMPLIED_DEPTH and piece.text in self._fields and piece.text.endswith((":", "："))

    def at_most(self, index: int, depth: int) -> int | None:
        """The nearest heading above that is no deeper."""
        heading = self.above[index]
        while heading is not None and self.pieces[heading].depth > depth:
            heading = self._parent[heading]
        return heading


@dataclass(frozen=True)
class Territory:
    """For each piece: the unit it belongs to (a unit to itself) and its section's heading, as indices."""

    owners: list[int | None]
    sections: list[int | None]

    def owned(self, but: Set[int] = frozenset()) -> dict[int, list[int]]:
        """Each unit's pieces but itself and these."""
        owned: dict[int, list[int]] = defaultdict(list)
        for index, owner in enumerate(self.owners):
            if owner is not None and owner != index and index not in but:
                owned[owner].append(index)
        return owned


def assign(outline: Outline, runs: Iterable[Run], candidates: Iterable[Run]) -> Territory:
    """One pass in reading order. `candidates` show where a list of questions may begin or go on."""
    places = [run.units for run in candidates]
    starts = frozenset(unit for units in places for unit in units)
    firsts = frozenset(units[0] for units in places)
    run_of = {unit: run for run in runs for unit in run.units}
    owners: list[int | None] = []
    sections: list[int | None] = []
    unit: int | None = None
    section: int | None = None
    for index, piece in enumerate(outline.pieces):
        if piece.role == "furniture":
            owners.append(None)
            sections.append(section)
            continue
        if index in run_of:
            unit = index
        elif unit is not None and _stands_apart(piece, section, outline):
            unit, section = None, index
        elif unit is not None and _is_left(outline.pieces[unit], piece):
            unit, section = None, index if is_heading(piece) else section
        elif is_heading(piece):
            if unit is None or _ends(index, unit, run_of[unit], section, outline, starts):
                unit, section = None, index
        elif unit is not None and (_is_listed_above(outline.pieces[unit], piece) or _leads_in(index, outline, firsts)):
            unit = None
        owners.append(unit)
        sections.append(section)
    return Territory(owners, sections)


def _is_left(unit: Piece, piece: Piece) -> bool:
    """Whether the format itself says that the piece is no part of the unit, or it is the next one's title."""
    if piece.kind == "heading" and piece.depth < IMPLIED_DEPTH and question_label(piece.text):
        return True
    if unit.role == "question":
        return piece.role not in ("asked", "answer")
    return unit.role == "toggle" and piece.role == "outside"


def _stands_apart(piece: Piece, section: int | None, outline: Outline) -> bool:
    """A chapter of answers to all of the questions above: it ranks as high as theirs."""
    chapter = piece.kind == "heading" and section is not None and piece.depth <= outline.pieces[section].depth
    return chapter and piece.depth < IMPLIED_DEPTH and bool(_ANSWERS.fullmatch(piece.text))


def _is_listed_above(unit: Piece, piece: Piece) -> bool:
    """An item of a list that the unit's own is nested in."""
    return unit.kind == piece.kind == "item" and piece.depth < unit.depth


def is_heading(piece: Piece) -> bool:
    """A heading that is no label."""
    if piece.kind != "heading" or piece.role in DECLARED:
        return False
    if piece.depth < IMPLIED_DEPTH and OPTION.match(piece.text):
        return True
    return not (answer_label(piece.text) or question_label(piece.text) or OPTION.match(piece.text))


def announces_questions(text: str) -> bool:
    return bool(_ANNOUNCES.search(text))


def announces_interview(text: str) -> bool:
    return bool(_ANNOUNCES.search(text) or _INTERVIEW.search(text))


def is_closing(piece: Piece) -> bool:
    """A heading that no question or answer has, only the end of a page."""
    return bool(_CLOSING.match(piece.text))


def _ends(index: int, unit: int, run: Run, section: int | None, outline: Outline, starts: frozenset[int]) -> bool:
    """Whether a heading ends the open unit and begins a section: by its place, its rank or its words."""
    heading = outline.pieces[index]
    if outline.is_field(index):
        return False
    if index + 1 in starts or (unit == run.units[-1] and is_closing(heading)):
        return True
    if names_part(heading.text) and _is_no_higher(index, unit, section, outline):
        return False
    if heading.depth == IMPLIED_DEPTH:
        alike = run.mark == "heading" and run.depth == IMPLIED_DEPTH and outline.pieces[unit].number is None
        whole = heading.role == "toggle" or not heading.text.endswith(":")
        return announces_questions(heading.text) or (alike and whole)
    if outline.pieces[unit].kind == "heading" and heading.depth <= outline.pieces[unit].depth:
        return True
    if run.mark == "heading":
        return False
    above = outline.pieces[section] if section is not None else None
    return above is None or heading.depth <= above.depth or _counts_on(above, heading)


def _is_no_higher(index: int, unit: int, section: int | None, outline: Outline) -> bool:
    """Whether a heading ranks no higher than the unit, or is inside the section of a unit that has no rank."""
    heading, opened = outline.pieces[index], outline.pieces[unit]
    if opened.kind == "heading":
        return heading.depth >= opened.depth
    return section is None or heading.depth > outline.pieces[section].depth


def _counts_on(above: Piece, heading: Piece) -> bool:
    return _last_level(above) + 1 == _last_level(heading) > 1


def _last_level(heading: Piece) -> int:
    """Of "2.1" the 1; 0 for a heading without a number."""
    return int((heading.number or "0").rpartition(".")[2])


def _leads_in(index: int, outline: Outline, firsts: frozenset[int]) -> bool:
    """A paragraph that announces the questions that begin right below it."""
    piece = outline.pieces[index]
    return index + 1 in firsts and piece.kind == "paragraph" and announces_questions(piece.text)
