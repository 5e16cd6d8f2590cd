"""Tells whether a mark that repeats through a document marks questions. Pure."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from knowledge.asking import ASKING, asks
from knowledge.blocks import IMPLIED_DEPTH
from knowledge.outline import Mark, Outline, Run, announces_interview, announces_questions, is_closing, is_heading
from knowledge.pieces import answer_label, asked_below
from knowledge.repeats import SHORTEST, is_subheading

# The mean of `asks` from which a run is a list of questions; announced by "questions", less does.
THRESHOLD: dict[Mark, float] = {"number": 0.6, "heading": 0.5, "line": 0.8, "bullet": 0.7}
ANNOUNCED_THRESHOLD = 0.35
# What a run needs where the document announces questions and those with the same mark ask elsewhere in it.
AMONG_THRESHOLD = 0.3
# The share of a run that asks, where the document's opening announces questions.
ANNOUNCED_SHARE = 0.5
# So many toggles and no fewer are a page of questions where it calls itself an interview's.
FEWEST_TOGGLES = 5
# So many pieces are a document's opening.
OPENING = 4

# Units are questions where this share of them has an answer's label, within so many pieces below.
ANSWERED_SHARE = 0.6
LABEL_WITHIN = 8

_FAQ = re.compile(
    r"\W*(?:faqs?|(?:some )?(?:frequently|commonly) asked questions?)\b(?!.*\binterview)|.*\bFAQs?\W*$", re.IGNORECASE
)

_TO_ASK = re.compile(
    r"\bask (?:yourself|\w+ (?:clarifying )?questions)\b|\bask questions to\b|\bclarifying questions\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Alike:
    """The runs of a document with one kind of mark, taken together: how many of them ask, and how much on average
    where any does."""

    asking: int
    mean: float
    units: int = 0
    all_asking: int = 0


def alike_runs(runs: list[Run], outline: Outline) -> list[Alike]:
    """For each run, those like it. Bullets count together only where the document's opening announces questions."""
    opened = opens_with_questions(outline)
    marks: dict[tuple[Mark, int, bool], list[float]] = defaultdict(list)
    own = [[_asks(unit, run, outline) for unit in run.units] for run in runs]
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


def _asks(unit: int, run: Run, outline: Outline) -> float:
    """How much a unit asks, by its own words or, where it is numbered, by those it leads up to."""
    asked = asked_below(unit, outline.pieces) if run.mark == "number" else range(0)
    return 1.0 if asked else asks(outline.pieces[unit].text)


def _judge(marks: list[float]) -> Alike:
    return Alike(sum(mark >= ASKING for mark in marks), sum(marks) / max(len(marks), 1))


def is_question_list(run: Run, alike: Alike, outline: Outline) -> bool:
    if run.mark in ("declared", "label"):
        return True
    if run.mark in ("number", "bullet") and (_only_links_on(run, outline) or _is_for_the_asked(run, outline)):
        return False
    own = _judge([_asks(unit, run, outline) for unit in run.units])
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
    opened = run.mark in ("heading", "bullet") and opens_with_questions(outline)
    if opened and among and alike.mean >= THRESHOLD[run.mark]:
        return True
    if run.mark == "number" and _heads_a_chapter(run, outline) and opens_with_questions(outline):
        return sum(asks(outline.pieces[unit].text) > ASKING for unit in run.units) >= ANNOUNCED_SHARE * len(run.units)
    if run.mark == "heading":
        return own.asking > 0 and own.mean >= THRESHOLD["heading"]
    threshold = ANNOUNCED_SHARE if opened else THRESHOLD[run.mark]
    return own.asking > 0 and alike.asking >= SHORTEST[run.mark] and own.mean >= threshold


def _is_listed_apart(run: Run, outline: Outline) -> bool:
    """Numbers inside another list, or right below a declared heading, are no steps of an answer beside them."""
    before = outline.pieces[run.units[0] - 1] if run.units[0] else None
    headed = before is not None and is_heading(before) and before.depth < IMPLIED_DEPTH
    return run.mark == "number" and (run.depth > 0 or headed)


def _heads_a_chapter(run: Run, outline: Outline) -> bool:
    """Whether the run begins right below a heading that does not ask: no steps of an answer stand there."""
    before = outline.pieces[run.units[0] - 1] if run.units[0] else None
    headed = before is not None and is_heading(before) and before.depth < IMPLIED_DEPTH
    return before is not None and headed and asks(before.text) < ASKING


def _repeats(run: Run, outline: Outline) -> bool:
    """Toggles that all say the same ("Hint") ask nothing."""
    return len({outline.pieces[unit].text for unit in run.units}) * 2 <= len(run.units) > 1


def _opens_with_interview(outline: Outline) -> bool:
    return any(announces_interview(piece.text) for piece in outline.pieces[:OPENING])


def _is_answered(run: Run, outline: Outline) -> bool:
    """Whether most units, whatever they say, have a label below them that calls what follows an answer."""
    if run.mark not in ("heading", "number"):
        return False
    labelled = sum(has_labelled_answer(unit, outline) for unit in run.units)
    return labelled >= max(SHORTEST["bullet"], ANSWERED_SHARE * len(run.units))


def has_labelled_answer(unit: int, outline: Outline) -> bool:
    """A label among what stands right below, before any other heading or number."""
    for piece in outline.pieces[unit + 1 : unit + 1 + LABEL_WITHIN]:
        if answer_label(piece.text):
            return True
        if (is_heading(piece) and not is_subheading(piece)) or piece.number:
            return False
    return False


def _only_links_on(run: Run, outline: Outline) -> bool:
    """References at the end of a page or a section, some of which have a question for a title."""
    heading = outline.above[run.units[0]]
    closed = heading is not None and is_closing(outline.pieces[heading]) and not is_faq(heading, outline)
    return closed and all(outline.pieces[unit].links for unit in run.units)


def _is_for_the_asked(run: Run, outline: Outline) -> bool:
    """What candidates are told to ask, themselves or the interviewer, before they answer."""
    before = outline.pieces[run.units[0] - 1] if run.units[0] else None
    return before is not None and before.kind == "paragraph" and bool(_TO_ASK.search(before.text))


def _is_headed(unit: int, outline: Outline) -> bool:
    """The document and the heading right above both speak of questions: then what is listed need not ask."""
    heading = outline.above[unit]
    if heading is None or heading != unit - 1:
        return False
    return announces_questions(outline.pieces[heading].text) and opens_with_questions(outline)


def _is_announced(unit: int, outline: Outline) -> bool:
    """The heading above, or the line that leads in, speaks of questions."""
    heading = outline.above[unit]
    before = outline.pieces[unit - 1] if unit else None
    lead = before is not None and before.kind == "paragraph" and announces_questions(before.text)
    return lead or (heading is not None and announces_questions(outline.pieces[heading].text))


def _is_toggle(run: Run, outline: Outline) -> bool:
    return all(outline.pieces[unit].role == "toggle" for unit in run.units)


def is_faq(heading: int | None, outline: Outline) -> bool:
    return heading is not None and bool(_FAQ.match(outline.pieces[heading].text))


def opens_with_questions(outline: Outline) -> bool:
    """Whether the document's first lines say that it holds questions."""
    return any(announces_questions(piece.text) for piece in outline.pieces[:OPENING])


def count_asking(run: Run, outline: Outline) -> int:
    return sum(asks(outline.pieces[unit].text) >= ASKING for unit in run.units)
