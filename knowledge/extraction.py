"""A Document becomes questions, answers and passages. Pure: structure decides before vocabulary does."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pydantic import Field

from knowledge.adverts import advert_score, is_advert, is_bare_link
from knowledge.answers import Body, sort_bodies
from knowledge.asking import asks
from knowledge.layout import render
from knowledge.models import Document, Passage, Value
from knowledge.options import is_empty_box, is_right, unboxed
from knowledge.outline import Outline, Territory, assign
from knowledge.passages import cut_passages, sections
from knowledge.pieces import OPTION, Piece, answer_label, numbered_label, question_label, split
from knowledge.runs import find_runs
from knowledge.sections import find_contents, find_refrains, name_sections

ADVERT = "an advert, not part of what the document teaches"
INVITATION = "an invitation to go elsewhere, not a question"
LINK = "nothing but a link"
EMPTY = "stands where an answer should, and is none"
NOTHING_UNDER_IT = "a heading with nothing under it, in a document of nothing else"
COLUMNS = "a column or field beside the questions and answers, the name of one, or a page's margin"
CONTENTS = "a table of contents, a link back to it or a heading that returns: what it names stands elsewhere"

# A member of a list of questions that asks nothing needs fewer cues than prose does to be taken for an advert.
MEMBER_ADVERT = 1.5

# Level marks and other ornaments behind a question.
_TRAILING = re.compile(r"(?<=[\w?!.)\"”'’])[^\S\n]+[\u2600-\u27bf\u2b50-\u2b55\U0001f300-\U0001faff\ufe0f\s]+$")
_LEADING = re.compile(r"^[\u2600-\u27bf\u2b50-\u2b55\U0001f300-\U0001faff\ufe0f\s]+(?=\w)")
_LETTER = re.compile(r"\(?[A-Za-z][.)]\s")


class FoundQuestion(Value):
    """A question as the document puts it, with the answer given there. Lines count from 1 in `Document.text`."""

    text: str
    answer: str | None
    line: int = Field(ge=1)
    last_line: int = Field(ge=1, description="Of the question, sub-tasks included.")
    answer_lines: tuple[int, int] | None
    section: str | None = Field(description="None where one section holds all questions.")
    number: str | None = Field(description="As written in the document, without punctuation.")
    parts: int = Field(default=1, ge=1, description="Sub-tasks in the question; 1 where it is not divided.")


class Refusal(Value):
    """Text that is neither a question nor worth retrieving, and why."""

    text: str
    line: int = Field(ge=1)
    last_line: int = Field(ge=1)
    reason: str


class Heading(Value):
    """A heading with no text of its own: it lives on as the section of the questions below it."""

    text: str
    line: int = Field(ge=1)
    last_line: int = Field(ge=1)


class Extraction(Value):
    """All of a document: every line with a word on it is in exactly one of these, by its lines."""

    questions: tuple[FoundQuestion, ...]
    passages: tuple[Passage, ...]
    refused: tuple[Refusal, ...]
    headings: tuple[Heading, ...] = ()


def extract(document: Document) -> Extraction:
    """What can be asked, what can be retrieved, and what was refused."""
    everything = split(document)
    contents = find_contents(everything) | find_refrains(everything)
    outline = Outline(tuple(piece for index, piece in enumerate(everything) if index not in contents))
    runs = find_runs(outline)
    territory = assign(outline, runs, runs)
    names = name_sections(outline, runs, territory, document.title)
    owned = territory.owned(but=outline.follow_ups)
    bodies = [body for run in runs for body in sort_bodies(run, owned, outline.pieces)]

    questions = [found for body in bodies if (found := _question(body, outline.pieces, names.get(body.unit)))]
    refused = [_refusal(row, CONTENTS) for row in _rows(everything, contents)]
    taken: set[int] = set()
    for body in bodies:
        refused += [_refusal(outline.pieces[index], ADVERT) for index in body.adverts]
        refused += [_refusal(outline.pieces[index], EMPTY) for index in body.empty]
        taken.update((*body.adverts, *body.empty))
        if reason := _reason_against(body, outline.pieces):
            refused.append(_refusal(outline.pieces[body.unit], reason))
            taken.add(body.unit)
        else:
            taken.update((body.unit, *body.question, *body.answer))
    left = [index for index in range(len(outline.pieces)) if index not in taken]
    passages, headings, adverts = _passages(document, outline, territory, left)
    if not (questions or passages or refused or adverts):
        # A document of headings alone: the report must still say what became of it.
        refused = [Refusal(**heading.model_dump(), reason=NOTHING_UNDER_IT) for heading in headings]
        headings = []
    return Extraction(
        questions=tuple(sorted(questions, key=lambda found: found.line)),
        passages=tuple(passages),
        refused=tuple(sorted([*refused, *adverts], key=lambda refusal: refusal.line)),
        headings=tuple(headings),
    )


def _rows(pieces: Sequence[Piece], indices: Iterable[int]) -> Iterator[Piece]:
    """The pieces at the indices, those in a row as one."""
    row: list[int] = []
    for index in [*sorted(indices), -1]:
        if row and index != row[-1] + 1:
            yield replace(pieces[row[0]], text=render([pieces[i] for i in row]), last_line=pieces[row[-1]].last_line)
            row = []
        row.append(index)


def _question(body: Body, pieces: Sequence[Piece], section: str | None) -> FoundQuestion | None:
    if _reason_against(body, pieces):
        return None
    unit = pieces[body.unit]
    label = question_label(unit.text) or (numbered_label(unit.text) if body.labelled else None)
    asked = [replace(unit, kind="paragraph", text=label.rest if label else unit.text)]
    asked += [_asked(pieces[index]) for index in body.question if not is_empty_box(pieces[index].text)]
    keys = [_filled(index, body, pieces) for index in body.options if is_right(pieces[index].text)]
    answer = _answer(body, keys, pieces)
    places = [*keys, *body.answer]
    lines = [*body.question, *([] if answer else body.answer)]
    return FoundQuestion(
        text=_TRAILING.sub("", _LEADING.sub("", render([piece for piece in asked if piece.text]))),
        answer=answer,
        line=min([unit.first_line, *(pieces[index].first_line for index in body.question)]),
        last_line=max([unit.last_line, *(pieces[index].last_line for index in lines)]),
        answer_lines=(pieces[places[0]].first_line, pieces[places[-1]].last_line) if answer else None,
        section=section,
        number=(label.number if label else None) or unit.number,
        parts=1 if body.options and not _are_tasks(body, pieces) else _count_parts(asked[1:]),
    )


def _asked(piece: Piece) -> Piece:
    return piece if piece.kind == "code" else replace(piece, text=unboxed(piece.text))


def _answer(body: Body, keys: Sequence[int], pieces: Sequence[Piece]) -> str | None:
    """The answer without its labels, after the options that are ticked."""
    said = [pieces[index] for index in body.answer]
    while said and (label := answer_label(said[0].text)):
        rest = [replace(said[0], kind="paragraph", text=label.rest)] if label.rest.strip() else []
        said = [*rest, *said[1:]]
        if rest:
            break
    ticked = [
        pieces[i]
        if pieces[i].kind == "code"
        else replace(pieces[i], kind="paragraph", text=_option_text(pieces[i].text))
        for i in keys
    ]
    text = render([piece for piece in [*ticked, *said] if piece.text])
    return text if any(c.isalnum() for c in text) else None


def _filled(index: int, body: Body, pieces: Sequence[Piece]) -> int:
    """The ticked option, or the code below its empty box."""
    below = index + 1 in body.options and pieces[index + 1].kind == "code"
    return index + 1 if below and is_empty_box(pieces[index].text) else index


def _option_text(text: str) -> str:
    plain = unboxed(text)
    match = OPTION.match(plain)
    return plain[match.end() :] if match else plain


def _are_tasks(body: Body, pieces: Sequence[Piece]) -> bool:
    """Lettered tasks tell what to do, options do not."""
    asking = sum(asks(_option_text(pieces[index].text)) >= 0.5 for index in body.options)
    return asking * 2 > len(body.options)


def _count_parts(pieces: Sequence[Piece]) -> int:
    """Lettered or numbered tasks, else list items."""
    lettered = sum(bool(_LETTER.match(piece.text)) for piece in pieces)
    items = sum(piece.kind == "item" for piece in pieces)
    return max(lettered or items, 1)


def _reason_against(body: Body, pieces: Sequence[Piece]) -> str | None:
    """Why a member of a list of questions is none."""
    unit = pieces[body.unit]
    if is_bare_link(unit.text):
        return LINK
    if asks(unit.text) < 0.5 and advert_score(unit.text, unit.links) >= MEMBER_ADVERT:
        return INVITATION
    return None


def _refusal(piece: Piece, reason: str) -> Refusal:
    return Refusal(text=piece.text, line=piece.first_line, last_line=piece.last_line, reason=reason)


def _passages(
    document: Document, outline: Outline, territory: Territory, left: Sequence[int]
) -> tuple[list[Passage], list[Heading], list[Refusal]]:
    """What no question took, section by section."""
    found: list[Passage] = []
    headings: list[Heading] = []
    refused: list[Refusal] = []
    for heading, indices in sections(outline.pieces, left):
        body: list[Piece] = []
        for piece in (outline.pieces[index] for index in indices):
            if reason := _reason_to_drop(piece):
                refused.append(_refusal(piece, reason))
            else:
                body.append(piece)
        section = territory.sections[indices[0]] if indices else None
        above = heading or (outline.pieces[section] if section is not None else None)
        if body:
            found += cut_passages(document, heading, body, above.text if above else None)
        elif heading:
            headings.append(Heading(text=heading.text, line=heading.first_line, last_line=heading.last_line))
    return found, headings, refused


def _reason_to_drop(piece: Piece) -> str | None:
    if piece.role == "furniture":
        return COLUMNS
    if is_bare_link(piece.text):
        return LINK
    return ADVERT if piece.kind in ("paragraph", "item") and is_advert(piece.text, piece.links) else None
