"""Finds the marks that repeat through a document and tells which of them mark questions. Pure."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.asking import asks
from knowledge.blocks import IMPLIED_DEPTH
from knowledge.outline import (
    Mark,
    Outline,
    Run,
    announces_interview,
    announces_questions,
    assign,
    is_closing,
    is_heading,
)
from knowledge.pieces import DECLARED, Piece, answer_label, numbered_label, question_label, unit_text

# Marks by how surely they divide a text: what a surer mark encloses belongs to its unit.
ORDER: tuple[Mark, ...] = ("declared", "heading", "label", "number", "line", "bullet")

# The mean of `asks` from which a run is a list of questions, and the least length; announced by "questions", less does.
THRESHOLD: dict[Mark, float] = {"number": 0.6, "heading": 0.5, "line": 0.8, "bullet": 0.7}
SHORTEST: dict[Mark, int] = {"number": 2, "heading": 2, "line": 5, "bullet": 3}
ANNOUNCED_THRESHOLD = 0.35
# What a run needs where the document announces questions and those with the same mark ask elsewhere in it.
AMONG_THRESHOLD = 0.3
# A generic label ("Problem 3:", "Step 3:") must read like questions, a known one need not.
GENERIC_LABEL_THRESHOLD = 0.6
# From here on a single text counts as asking.
ASKING = 0.5

# A heading among others that ask, of which at least this share does, is a question too; announced, less is enough.
INTERIOR_SHARE = 0.75
ANNOUNCED_SHARE = 0.5
# A list that asks goes on behind a gap of no more numbers than these.
MOST_SKIPPED = 4
# So many toggles and no fewer are a page of questions where it calls itself an interview's.
FEWEST_TOGGLES = 5
# So many pieces are a document's opening.
OPENING = 4

# Headings are titles where this share of their bodies asks, in no more than so many words.
TITLED_SHARE = 0.7
TITLED_WORDS = 150

# Units are questions where this share of them has an answer's label, within so many pieces below.
ANSWERED_SHARE = 0.6
LABEL_WITHIN = 8

_LINE_WORDS = 40
_SENTENCE = re.compile(r"(?<=[.!?。？！])\s+|(?<=[。？！])")
_FAQ = re.compile(r"\W*(?:faqs?|(?:some )?(?:frequently|commonly) asked questions?)\b(?!.*\binterview)", re.IGNORECASE)


def find_runs(outline: Outline) -> tuple[Run, ...]:
    """The runs that are lists of questions, none inside a unit of another."""
    everything = _candidates(outline.pieces)
    alike = _alike(everything, outline)
    candidates = [run for run, others in zip(everything, alike, strict=True) if _is_question_list(run, others, outline)]
    candidates = _without_lone_headings(candidates, outline)
    candidates = _titled(candidates, outline)
    candidates = _without_lead_ins(candidates, outline)
    spoken = bool(candidates)
    candidates = candidates or _unspoken(everything, outline)
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
    candidates = [_asking_units(run, reach.get(run.depth), outline) for run in candidates]
    candidates.sort(key=lambda run: (ORDER.index(run.mark), run.units[0]))
    kept: list[Run] = []
    for mark in ORDER:
        owners = assign(outline, kept, candidates).owners
        for run in (run for run in candidates if run.mark == mark):
            free = tuple(unit for unit in run.units if owners[unit] is None)
            if len(free) * 2 > len(run.units):
                kept.append(replace(run, units=free))
    return tuple(sorted(kept, key=lambda run: run.units[0]))


# ── Candidates: every mark that repeats ──────────────────────────────────────────────────────────────────────


def _candidates(pieces: tuple[Piece, ...]) -> list[Run]:
    declared = tuple(index for index, piece in enumerate(pieces) if piece.role == "question")
    return [
        *([Run("declared", IMPLIED_DEPTH, declared)] if declared else []),
        *_label_runs(pieces),
        *_number_runs(pieces),
        *_grouped_runs(pieces, "heading"),
        *_grouped_runs(pieces, "bullet"),
        *_line_runs(pieces),
    ]


def _label_runs(pieces: tuple[Piece, ...]) -> list[Run]:
    """Pieces that call themselves questions; one run a word."""
    units: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for index, piece in enumerate(pieces):
        if piece.kind in ("code", "table") or piece.role in DECLARED:
            continue
        if label := question_label(piece.text):
            units["question", True].append(index)
        elif (label := numbered_label(piece.text)) and not answer_label(piece.text):
            units[label.word, False].append(index)
    runs: list[Run] = []
    units["question", True] = _without_titles(units["question", True], pieces)
    for (_, known), members in units.items():
        if not members:
            continue
        share = sum(asks(_own_words(i, pieces)) for i in members) / len(members)
        if known or (len(members) > 1 and share >= GENERIC_LABEL_THRESHOLD):
            runs.append(Run("label", IMPLIED_DEPTH, tuple(members)))
    return runs


def _without_titles(units: list[int], pieces: tuple[Piece, ...]) -> list[int]:
    """A numbered label right above one without a number is its title: "Question 3: Caching", then "Question: How …"."""
    labels = {unit: question_label(pieces[unit].text) for unit in units}
    numbered = {unit for unit, label in labels.items() if label and label.number}
    titles = {unit for unit in numbered if unit + 1 in labels and unit + 1 not in numbered}
    return [unit for unit in units if unit not in titles] if len(titles) * 2 > len(numbered) else units


def _own_words(index: int, pieces: tuple[Piece, ...]) -> str:
    """A label alone on its line is followed by its question; "Part 2" above a heading only names a section."""
    text = unit_text(pieces[index])
    below = pieces[index + 1] if index + 1 < len(pieces) else None
    return text or (below.text if below is not None and below.kind != "heading" else "")


@dataclass
class _Count:
    """Numbered items of one style and depth that count on from one another."""

    units: list[int]
    last: int
    asking: bool
    always_one: bool


def _number_runs(pieces: tuple[Piece, ...]) -> list[Run]:
    """Items that count on from one another, however far apart; a count that starts again is another run."""
    counts: dict[tuple[str, int], list[_Count]] = defaultdict(list)
    for index, piece in enumerate(pieces):
        if (
            piece.kind != "item"
            or not (piece.number or "").isdigit()
            or piece.role in DECLARED
            or question_label(piece.text)
        ):
            continue
        style = re.sub(r"\d+", "N", piece.marker or "")
        number, asking = int(piece.number or 0), asks(piece.text) >= ASKING
        open_counts = counts[style, piece.depth]
        count = _count_to_go_on(number, asking, open_counts[-4:][::-1])
        if count is None:
            open_counts.append(_Count([index], number, asking, number == 1))
        else:
            count.units.append(index)
            count.last, count.asking = number, asking
            count.always_one = count.always_one and number == 1
    return [Run("number", depth, tuple(count.units)) for (_, depth), found in counts.items() for count in found]


def _count_to_go_on(number: int, asking: bool, nearest: list[_Count]) -> _Count | None:
    """The count that a number goes on with: of several, the one that reads alike. '1.' throughout is one list."""
    following = [count for count in nearest if count.last + 1 == number]
    alike = [count for count in following if count.asking == asking]
    if following:
        return (alike or following)[0]
    if asking:  # somebody left numbers out
        skipped = [count for count in nearest if count.asking and 1 < number - count.last <= MOST_SKIPPED]
        if skipped:
            return skipped[0]
    if number == 1 and asking:
        return next((count for count in nearest if count.always_one and count.asking), None)
    return None


def _grouped_runs(pieces: tuple[Piece, ...], mark: Literal["heading", "bullet"]) -> list[Run]:
    """Headings or bullets of one depth between two shallower headings; numbered headings apart from the others."""
    runs: list[Run] = []
    groups: dict[tuple[int, bool, bool], list[int]] = {}
    for index, piece in enumerate(pieces):
        heading = is_heading(piece)
        if heading:
            limit = piece.depth if mark == "heading" else -1
            for key in [key for key in groups if key[0] > limit]:
                runs.append(Run(mark, key[0], tuple(groups.pop(key))))
        bullet = piece.kind == "item" and not (piece.number or piece.role in DECLARED or question_label(piece.text))
        bullet = bullet and any(c.isalnum() for c in piece.text)
        if (heading and not _is_subheading(piece)) if mark == "heading" else bullet:
            groups.setdefault((piece.depth, piece.number is not None, piece.role == "toggle"), []).append(index)
    return runs + [Run(mark, depth, tuple(members)) for (depth, *_), members in groups.items()]


def _is_subheading(piece: Piece) -> bool:
    """A bold "Example:" inside an answer."""
    return piece.depth == IMPLIED_DEPTH and piece.role != "toggle" and piece.text.endswith((":", "："))


def _line_runs(pieces: tuple[Piece, ...]) -> list[Run]:
    """Short unmarked pieces in a row: a list without marks. And single questions with prose between."""
    runs: list[Run] = []
    row: list[int] = []
    for index in range(len(pieces) + 1):
        if index < len(pieces) and _is_line(pieces[index]):
            row.append(index)
            continue
        while row and asks(pieces[row[0]].text) < 0.5:
            row.pop(0)
        if row:
            runs.append(Run("line", IMPLIED_DEPTH, tuple(row)))
        row = []
    lone = [i for i, p in enumerate(pieces) if p.kind == "paragraph" and _is_line(p) and p.text.endswith("?")]
    rows = {unit for run in runs if len(run.units) >= SHORTEST["line"] for unit in run.units}
    lone = [i for i in lone if i not in rows]
    return [*runs, Run("line", IMPLIED_DEPTH, tuple(lone))] if lone else runs


def _is_line(piece: Piece) -> bool:
    implied = piece.kind == "heading" and piece.depth == IMPLIED_DEPTH and piece.marker is None
    return (
        (implied or (piece.kind == "paragraph" and piece.starts_block))
        and "\n" not in piece.text
        and piece.role in (None, "outside")
        and len(piece.text.split()) <= _LINE_WORDS
        and not answer_label(piece.text)
        and not question_label(piece.text)
    )


# ── Judgement: which of them are questions ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Alike:
    """The runs of a document with one kind of mark, taken together: how many of them ask, and how much on average
    where any does."""

    asking: int
    mean: float
    units: int = 0
    all_asking: int = 0


def _alike(runs: list[Run], outline: Outline) -> list[_Alike]:
    """For each run, those like it. Bullets count together only where the document's opening announces questions."""
    opened = _opens_with_questions(outline)
    marks: dict[tuple[Mark, int, bool], list[float]] = defaultdict(list)
    own = [[asks(outline.pieces[unit].text) for unit in run.units] for run in runs]
    keys: list[tuple[Mark, int, bool]] = [
        (run.mark, run.depth, outline.pieces[run.units[0]].role == "toggle") for run in runs
    ]
    for key, found in zip(keys, own, strict=True):
        marks[key] += found if any(found) else []
    lengths = Counter(key for key, run in zip(keys, runs, strict=True) for _ in run.units)
    together = {key: _judge(found) for key, found in marks.items()}
    alone = [_judge(found) for found in own]
    return [
        replace(
            together[key],
            asking=together[key].asking if run.mark == "bullet" and opened else mine.asking,
            all_asking=together[key].asking,
            units=lengths[key],
        )
        for run, key, mine in zip(runs, keys, alone, strict=True)
    ]


def _judge(marks: list[float]) -> _Alike:
    return _Alike(sum(mark >= ASKING for mark in marks), sum(marks) / max(len(marks), 1))


def _asking(run: Run, outline: Outline) -> int:
    return sum(asks(outline.pieces[unit].text) >= ASKING for unit in run.units)


def _is_question_list(run: Run, alike: _Alike, outline: Outline) -> bool:
    if run.mark in ("declared", "label"):
        return True
    if run.mark in ("number", "bullet") and _only_links_on(run, outline):
        return False
    own = _judge([asks(outline.pieces[unit].text) for unit in run.units])
    if _is_answered(run, outline):
        return True
    if run.mark == "bullet" and alike.asking >= SHORTEST["bullet"] and _is_headed(run.units[0], outline):
        return True
    if run.mark in ("number", "bullet") and _is_announced(run.units[0], outline):
        return own.asking > 0 and own.mean >= ANNOUNCED_THRESHOLD
    if _is_toggle(run, outline):
        return alike.mean >= ANNOUNCED_THRESHOLD or (
            alike.units >= FEWEST_TOGGLES and _opens_with_interview(outline) and not _repeats(run, outline)
        )
    among = own.asking > 0 and own.mean >= AMONG_THRESHOLD
    asking_elsewhere = alike.mean >= THRESHOLD["number"] and alike.all_asking >= SHORTEST["line"]
    if among and asking_elsewhere and _is_listed_apart(run, outline):
        return True
    opened = run.mark in ("heading", "bullet") and _opens_with_questions(outline)
    if opened and among and alike.mean >= THRESHOLD[run.mark]:
        return True
    if run.mark == "heading":
        return own.asking > 0 and own.mean >= THRESHOLD["heading"]
    threshold = ANNOUNCED_SHARE if opened else THRESHOLD[run.mark]
    return own.asking > 0 and alike.asking >= SHORTEST[run.mark] and own.mean >= threshold


def _is_listed_apart(run: Run, outline: Outline) -> bool:
    """Numbers inside another list, or right below a declared heading, are no steps of an answer beside them."""
    before = outline.pieces[run.units[0] - 1] if run.units[0] else None
    headed = before is not None and is_heading(before) and before.depth < IMPLIED_DEPTH
    return run.mark == "number" and (run.depth > 0 or headed)


def _repeats(run: Run, outline: Outline) -> bool:
    """Toggles that all say the same ("Hint") ask nothing."""
    return len({outline.pieces[unit].text for unit in run.units}) * 2 <= len(run.units) > 1


def _opens_with_interview(outline: Outline) -> bool:
    return any(announces_interview(piece.text) for piece in outline.pieces[:OPENING])


def _is_answered(run: Run, outline: Outline) -> bool:
    """Whether most units, whatever they say, have a label below them that calls what follows an answer."""
    if run.mark not in ("heading", "number"):
        return False
    labelled = sum(_has_labelled_answer(unit, outline) for unit in run.units)
    return labelled >= max(SHORTEST["bullet"], ANSWERED_SHARE * len(run.units))


def _has_labelled_answer(unit: int, outline: Outline) -> bool:
    """A label among what stands right below, before any other heading or number."""
    for piece in outline.pieces[unit + 1 : unit + 1 + LABEL_WITHIN]:
        if answer_label(piece.text):
            return True
        if is_heading(piece) or piece.number:
            return False
    return False


def _only_links_on(run: Run, outline: Outline) -> bool:
    """References at the end of a page or a section, some of which have a question for a title."""
    heading = outline.above[run.units[0]]
    closed = heading is not None and is_closing(outline.pieces[heading]) and not _is_faq(heading, outline)
    return closed and all(outline.pieces[unit].links for unit in run.units)


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
    return [run for run in left if run.units and (run.titled or run.mark != "heading" or _asking(run, outline))]


def _is_all_there_is(run: Run, outline: Outline) -> bool:
    """A note on one question: the only heading below the title, if there is a title, with a body of its own."""
    unit = run.units[0]
    if not outline.pieces[unit].text.rstrip().endswith(("?", "？")):  # "List" alone may be a title as well as an order
        return False
    headings = [index for index, piece in enumerate(outline.pieces) if is_heading(piece)]
    titles = headings[:-1]
    below_a_title = not titles or (titles == [0] and outline.pieces[0].depth < run.depth)
    return headings[-1] == unit and below_a_title and unit + 1 < len(outline.pieces)


def _is_headed(unit: int, outline: Outline) -> bool:
    """The document and the heading right above both speak of questions: then what is listed need not ask."""
    heading = outline.above[unit]
    if heading is None or heading != unit - 1:
        return False
    return announces_questions(outline.pieces[heading].text) and _opens_with_questions(outline)


def _is_announced(unit: int, outline: Outline) -> bool:
    """The heading above, or the line that leads in, speaks of questions."""
    heading = outline.above[unit]
    before = outline.pieces[unit - 1] if unit else None
    lead = before is not None and before.kind == "paragraph" and announces_questions(before.text)
    return lead or (heading is not None and announces_questions(outline.pieces[heading].text))


def _is_about_the_page(run: Run, others: int, outline: Outline) -> bool:
    """Frequently asked questions beside at least as many others are the page's own."""
    faq = sum(_is_faq(_section_heading(unit, run, outline), outline) for unit in run.units)
    return faq * 2 > len(run.units) and others >= len(run.units)


def _is_faq(heading: int | None, outline: Outline) -> bool:
    return heading is not None and bool(_FAQ.match(outline.pieces[heading].text))


def _section_heading(unit: int, run: Run, outline: Outline) -> int | None:
    return outline.at_most(unit, run.depth - 1) if run.mark == "heading" else outline.above[unit]


def _holds_sections(run: Run, listed: int, outline: Outline) -> bool:
    """Whether headings of this depth head at least as many listed questions as they ask themselves."""
    return listed > 0 and listed >= _asking(run, outline)


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
    share = ANNOUNCED_SHARE if _opens_with_questions(outline) else INTERIOR_SHARE
    reach: dict[int, range] = {}
    for depth, members in units.items():
        asking = [unit for unit in members if asks(outline.pieces[unit].text) >= ASKING]
        if asking and len(asking) >= share * len(members):
            reach[depth] = range(min(asking), max(asking))
    return reach


def _opens_with_questions(outline: Outline) -> bool:
    """Whether the document's first lines say that it holds questions."""
    return any(announces_questions(piece.text) for piece in outline.pieces[:OPENING])


def _has_body(unit: int, pieces: tuple[Piece, ...]) -> bool:
    return unit + 1 < len(pieces) and pieces[unit + 1].kind != "heading"


def _asking_units(run: Run, reach: range | None, outline: Outline) -> Run:
    """Headings among questions that ask nothing are sections, unless they are numbered with the others, unfold what
    is below them, or stand with a text of their own between others that ask."""
    if run.mark != "heading" or run.titled:
        return run
    pieces = outline.pieces

    def belongs(unit: int) -> bool:
        piece = pieces[unit]
        if asks(piece.text) >= ASKING or piece.number or _unfolds(piece) or _has_labelled_answer(unit, outline):
            return True
        return reach is not None and unit in reach and _has_body(unit, pieces) and not is_closing(piece)

    return replace(run, units=tuple(filter(belongs, run.units)))


def _unfolds(piece: Piece) -> bool:
    return piece.role == "toggle" and not is_closing(piece)


def _is_toggle(run: Run, outline: Outline) -> bool:
    return all(outline.pieces[unit].role == "toggle" for unit in run.units)


# ── Titles above what is asked ───────────────────────────────────────────────────────────────────────────────


def _titled(runs: list[Run], outline: Outline) -> list[Run]:
    """Headings of a depth whose bodies ask, most of them, are titles; the headings themselves need not ask."""
    by_depth: dict[int, list[Run]] = defaultdict(list)
    for run in _grouped_runs(outline.pieces, "heading"):
        by_depth[run.depth].append(run)
    kept = list(runs)
    for depth, group in by_depth.items():
        units = [unit for run in group for unit in run.units if _may_be_title(outline.pieces[unit])]
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


def _may_be_title(piece: Piece) -> bool:
    return not is_closing(piece) and not announces_questions(piece.text)


def _unspoken(runs: list[Run], outline: Outline) -> list[Run]:
    """In a document that opens by saying it holds questions, whatever words they are in: the headings or numbers of one
    depth that have a text of their own most often."""
    if not _opens_with_questions(outline):
        return []
    alike: dict[tuple[Mark, int], list[Run]] = defaultdict(list)
    for run in runs:
        if run.mark in ("heading", "number"):
            units = tuple(u for u in run.units if _has_body(u, outline.pieces) and not is_closing(outline.pieces[u]))
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
