"""A document's runs of questions: of the marks that repeat in it those that ask, none inside another's unit. Pure."""

from collections import Counter, defaultdict
from collections.abc import Set
from dataclasses import replace

from knowledge.asking import ASKING, asks
from knowledge.blocks import IMPLIED_DEPTH
from knowledge.outline import FIELD_RETURNS, Mark, Outline, Run, announces_questions, assign, is_closing, is_heading
from knowledge.pieces import Piece
from knowledge.question_lists import (
    ANNOUNCED_SHARE,
    alike_runs,
    count_asking,
    has_labelled_answer,
    is_faq,
    is_question_list,
    opens_with_questions,
)
from knowledge.repeats import SHORTEST, repeated_marks
from knowledge.titles import has_body, titled_runs, unspoken_runs

# Marks by how surely they divide a text: what a surer mark encloses belongs to its unit.
ORDER: tuple[Mark, ...] = ("declared", "heading", "label", "number", "line", "bullet")
# A heading among others that ask, of which at least this share does, is a question too; announced, less is enough.
INTERIOR_SHARE = 0.75


def find_runs(outline: Outline) -> tuple[Run, ...]:
    """The runs that are lists of questions, none inside a unit of another."""
    everything = _without_follow_ups(repeated_marks(outline.pieces), outline)
    alike = alike_runs(everything, outline)
    candidates = [run for run, others in zip(everything, alike, strict=True) if is_question_list(run, others, outline)]
    candidates = _without_lone_headings(candidates, outline)
    candidates = titled_runs(_without_fields(candidates, outline), outline)
    candidates = _without_lead_ins(candidates, outline)
    spoken = bool(candidates)
    candidates = candidates or unspoken_runs(everything, outline)
    length = sum(len(run.units) for run in candidates)
    candidates = [run for run in candidates if not _is_about_the_page(run, length - len(run.units), outline)]
    listed = _listed_under(candidates, outline)
    candidates = [
        run
        for run in candidates
        if run.titled or run.mark != "heading" or not _holds_sections(run, listed[run.depth], outline)
    ]
    if not spoken:
        return tuple(candidates)
    reach = _reaches(candidates, outline)
    starts = frozenset(unit for run in candidates for unit in run.units)
    candidates = [_asking_units(run, reach.get(run.depth), starts, outline) for run in candidates]
    candidates.sort(key=lambda run: (ORDER.index(run.mark), run.units[0]))
    kept: list[Run] = []
    for mark in ORDER:
        owners = assign(outline, kept, candidates).owners
        for run in (run for run in candidates if run.mark == mark):
            free = tuple(unit for unit in run.units if owners[unit] is None)
            if len(free) * 2 > len(run.units):
                kept.append(replace(run, units=free))
    return tuple(sorted(kept, key=lambda run: run.units[0]))


def _without_follow_ups(runs: list[Run], outline: Outline) -> list[Run]:
    left = [replace(run, units=tuple(unit for unit in run.units if unit not in outline.follow_ups)) for run in runs]
    return [run for run in left if run.units]


def _without_lone_headings(runs: list[Run], outline: Outline) -> list[Run]:
    """Sections may hold one question each, so the least length of headings is taken over all of their depth."""
    units: Counter[int] = Counter()
    for run in runs:
        units[run.depth] += len(run.units) if run.mark == "heading" else 0
    return [
        run
        for run in runs
        if run.mark != "heading" or units[run.depth] >= SHORTEST["heading"] or _is_all_there_is(run, outline)
    ]


def _without_fields(runs: list[Run], outline: Outline) -> list[Run]:
    """Headings that return word for word below those of a list are what each of its answers is parted by."""
    heads = {unit for run in runs if run.mark == "heading" for unit in run.units}
    returning = Counter(piece.text for piece in outline.pieces if piece.kind == "heading")

    def parts(unit: int) -> bool:
        piece = outline.pieces[unit]
        return outline.at_most(unit, piece.depth - 1) in heads and returning[piece.text] >= FIELD_RETURNS

    left = [
        replace(run, units=tuple(unit for unit in run.units if run.mark != "heading" or not parts(unit)))
        for run in runs
    ]
    return [run for run in left if run.units]


def _without_lead_ins(runs: list[Run], outline: Outline) -> list[Run]:
    """Bold lines below headings that ask, fewer than these, lead in parts of the answer though some of them ask."""
    heads = {unit for run in runs if run.mark == "heading" and run.depth < IMPLIED_DEPTH for unit in run.units}

    def leads_in(unit: int) -> bool:
        piece = outline.pieces[unit]
        bold = piece.kind == "heading" and piece.depth == IMPLIED_DEPTH and piece.role is None
        return bold and outline.at_most(unit, IMPLIED_DEPTH - 1) in heads

    inside = {unit for run in runs if run.mark in ("heading", "line") and not run.titled for unit in run.units}
    inside = {unit for unit in inside if leads_in(unit)}
    if not inside or len(inside) >= len(heads):
        return runs
    left = [replace(run, units=tuple(unit for unit in run.units if unit not in inside)) for run in runs]
    return [run for run in left if run.units and (run.titled or run.mark != "heading" or count_asking(run, outline))]


def _is_all_there_is(run: Run, outline: Outline) -> bool:
    """A note on one question: the only heading below the title, if there is a title, with a body of its own."""
    unit = run.units[0]
    if not outline.pieces[unit].text.rstrip().endswith(("?", "？")):  # "List" alone may be a title as well as an order
        return False
    headings = [index for index, piece in enumerate(outline.pieces) if is_heading(piece)]
    titles = headings[:-1]
    below_a_title = not titles or (titles == [0] and outline.pieces[0].depth < run.depth)
    return headings[-1] == unit and below_a_title and unit + 1 < len(outline.pieces)


def _is_about_the_page(run: Run, others: int, outline: Outline) -> bool:
    """Frequently asked questions beside at least as many others are the page's own."""
    faq = sum(is_faq(_section_heading(unit, run, outline), outline) for unit in run.units)
    return faq * 2 > len(run.units) and others >= len(run.units)


def _section_heading(unit: int, run: Run, outline: Outline) -> int | None:
    return outline.at_most(unit, run.depth - 1) if run.mark == "heading" else outline.above[unit]


def _holds_sections(run: Run, listed: int, outline: Outline) -> bool:
    """Whether headings of this depth head at least as many listed questions as they ask themselves."""
    return listed > 0 and listed >= count_asking(run, outline)


def _listed_under(runs: list[Run], outline: Outline) -> dict[int, int]:
    """For each depth of headings, the questions listed in the document under headings that are no questions."""
    listed = {run.depth: 0 for run in runs if run.mark == "heading"}
    for unit in (unit for run in runs if run.mark not in ("heading", "line") for unit in run.units):
        for depth in listed:
            heading = outline.at_most(unit, depth)
            if heading is not None and outline.pieces[heading].depth == depth:
                text = outline.pieces[heading].text
                listed[depth] += asks(text) < ASKING or announces_questions(text)
    return listed


def _reaches(runs: list[Run], outline: Outline) -> dict[int, range]:
    """For each depth of headings of which most ask, the pieces from the first that asks to the last."""
    units: dict[int, list[int]] = defaultdict(list)
    for run in runs:
        units[run.depth] += run.units if run.mark == "heading" else ()
    share = ANNOUNCED_SHARE if opens_with_questions(outline) else INTERIOR_SHARE
    reach: dict[int, range] = {}
    for depth, members in units.items():
        asking = [unit for unit in members if asks(outline.pieces[unit].text) >= ASKING]
        if asking and len(asking) >= share * len(members):
            reach[depth] = range(min(asking), max(asking))
    return reach


def _asking_units(run: Run, reach: range | None, starts: Set[int], outline: Outline) -> Run:
    """Headings among questions that ask nothing are sections, unless they are numbered with the others, unfold what
    is below them, or stand with a text of their own between others that ask."""
    if run.mark != "heading" or run.titled:
        return run
    pieces = outline.pieces

    def belongs(unit: int) -> bool:
        piece = pieces[unit]
        if asks(piece.text) >= ASKING or piece.number or _unfolds(piece) or has_labelled_answer(unit, outline):
            return True
        return reach is not None and unit in reach and has_body(unit, pieces, starts) and not is_closing(piece)

    return replace(run, units=tuple(filter(belongs, run.units)))


def _unfolds(piece: Piece) -> bool:
    return piece.role == "toggle" and not is_closing(piece)
