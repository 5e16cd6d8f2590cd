"""Runs whose units do not ask themselves: titles above what is asked, and headings of a page announced as questions.
Pure."""

import re
from collections import defaultdict
from collections.abc import Set
from dataclasses import replace

from knowledge.asking import ASKING, asks
from knowledge.blocks import IMPLIED_DEPTH
from knowledge.outline import Mark, Outline, Run, announces_questions, is_closing
from knowledge.pieces import Piece, answer_label
from knowledge.question_lists import opens_with_questions
from knowledge.repeats import SHORTEST, grouped_runs

# Headings are titles where this share of their bodies asks, in no more than so many words.
TITLED_SHARE = 0.7
TITLED_WORDS = 150
_SENTENCE = re.compile(r"(?<=[.!?。？！])\s+|(?<=[。？！])")


def titled_runs(runs: list[Run], outline: Outline) -> list[Run]:
    """Headings of a depth whose bodies ask, most of them, are titles; the headings themselves need not ask."""
    by_depth: dict[int, list[Run]] = defaultdict(list)
    for run in grouped_runs(outline.pieces, "heading"):
        by_depth[run.depth].append(run)
    kept = list(runs)
    for depth, group in by_depth.items():
        units = [unit for run in group for unit in run.units if _may_be_title(unit, outline)]
        bodies = {unit: _body(unit, outline.pieces) for unit in units}
        filled = [unit for unit in units if bodies[unit]]
        asking = [unit for unit in filled if _body_asks(bodies[unit])]
        if len(filled) * 2 < len(units) or len(asking) < max(TITLED_SHARE * len(filled), SHORTEST["bullet"]):
            continue
        if depth < IMPLIED_DEPTH and any(run.mark == "label" for run in runs):
            continue
        inside = {unit for run in group for unit in run.units}
        kept = [run for run in kept if run.mark != "heading" or not inside.issuperset(run.units)]
        kept += [replace(run, units=tuple(u for u in run.units if bodies.get(u)), titled=True) for run in group]
    return [run for run in kept if run.units]


def _may_be_title(unit: int, outline: Outline) -> bool:
    piece = outline.pieces[unit]
    return not (is_closing(piece) or announces_questions(piece.text) or unit in outline.follow_ups)


def unspoken_runs(runs: list[Run], outline: Outline) -> list[Run]:
    """In a document that opens by saying it holds questions, whatever words they are in: the headings or numbers of one
    depth that have a text of their own most often."""
    if not opens_with_questions(outline):
        return []
    alike: dict[tuple[Mark, int], list[Run]] = defaultdict(list)
    for run in runs:
        if run.mark in ("heading", "number"):
            listed = run.mark == "number"  # the last of a list has nothing below it
            units = tuple(
                u for u in run.units if (listed or has_body(u, outline.pieces)) and not is_closing(outline.pieces[u])
            )
            if len(units) * 2 > len(run.units) and not (units[0] == 0 and run.mark == "heading"):
                alike[run.mark, run.depth].append(replace(run, units=units, titled=False))
    counts = {key: sum(len(run.units) for run in group) for key, group in alike.items()}
    best = max(counts, key=lambda key: counts[key], default=None)
    return alike[best] if best is not None and counts[best] >= SHORTEST["bullet"] else []


def _body(unit: int, pieces: tuple[Piece, ...]) -> list[Piece]:
    """What stands between a heading and the next, of whatever rank."""
    end = unit + 1
    while end < len(pieces) and pieces[end].kind != "heading":
        end += 1
    return list(pieces[unit + 1 : end])


def _body_asks(body: list[Piece]) -> bool:
    """A short text without an answer's label, of which a sentence asks at the end of a paragraph or the beginning."""
    if any(piece.kind == "item" and asks(piece.text) >= ASKING for piece in body):
        return False
    prose = [piece for piece in body if piece.kind == "paragraph"]
    if any(answer_label(piece.text) for piece in prose) or sum(len(p.text.split()) for p in prose) > TITLED_WORDS:
        return False
    sentences = [sentence for piece in prose for sentence in _SENTENCE.split(piece.text)]
    return any(asks(sentence) >= 1 for sentence in sentences)


def has_body(unit: int, pieces: tuple[Piece, ...], starts: Set[int] = frozenset()) -> bool:
    """A text of its own, or headings below it of which none is a start."""
    if unit + 1 == len(pieces):
        return False
    if pieces[unit + 1].kind != "heading" or not starts:
        return pieces[unit + 1].kind != "heading"
    end = unit + 1
    while end < len(pieces) and not (pieces[end].kind == "heading" and pieces[end].depth <= pieces[unit].depth):
        end += 1
    below = range(unit + 1, end)
    return bool(below) and starts.isdisjoint(below)
