"""What the joint reader learns from: labelled answers, bank answers, contrasts mixed into answers, scored answers.

Pure but for the random generator that each mixing function is given.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Literal, NamedTuple

from pydantic import Field

from evals.datasets import Case, Label
from interviewer.models import Intent
from knowledge.models import PartSlug, Question, Slug, Value
from knowledge.spans import Span, sentences

Way = Literal["said", "half", "near", "against", "held", "denied"]
"""How a contrast treats its point (said, half said, a true neighbour of it, its opposite) or its false belief."""

VERDICT_OF: Mapping[str, Label] = {"said": "covered", "half": "partial", "near": "missing", "against": "contradicted"}


class Contrast(Value):
    """One sentence as a candidate might say it, and what it does to one point or false belief of a question."""

    id: str
    question_id: Slug
    part: str = Field(description="The point's or misconception's short id.")
    way: Way
    text: str = Field(min_length=1)


class Example(NamedTuple):
    """One answer with what is known of it. A label of None teaches nothing; `shown_in` is the sentence that decided a
    claim, where that is known; `score` is a marker's score of the whole, where there is one."""

    question: str
    answer: str
    sentences: tuple[Span, ...]
    points: tuple[str, ...]
    labels: tuple[Label | None, ...]
    beliefs: tuple[str, ...] = ()
    held: tuple[bool | None, ...] = ()
    intent: Intent | None = None
    weights: tuple[float, ...] = ()
    score: float | None = None
    shown_in: tuple[int | None, ...] = ()


def of_case(case: Case) -> Example:
    """Of an answer marked as a whole, no point's label is known."""
    return Example(
        question=case.question,
        answer=case.answer,
        sentences=sentences(case.answer),
        points=tuple(point.text for point in case.points),
        labels=tuple(case.label(point) if case.labels else None for point in case.points),
        beliefs=tuple(belief.text for belief in case.misconceptions),
        held=tuple(bool(case.labels[belief.id]) for belief in case.misconceptions),
        intent=case.intent,
        weights=tuple(float(point.weight) for point in case.points),
        score=case.score,
    )


def of_model_answer(question: Question) -> Example | None:
    """The bank's model answer covers every point and holds no false belief: the linter and readers saw to that."""
    if not question.model_answer or question.kind == "sql":
        return None
    return Example(
        question=question.text,
        answer=question.model_answer,
        sentences=sentences(question.model_answer),
        points=tuple(point.text for point in question.points),
        labels=tuple("covered" for _ in question.points),
        beliefs=tuple(belief.text for belief in question.misconceptions),
        held=tuple(False for _ in question.misconceptions),
        intent="answer",
        weights=tuple(float(point.weight) for point in question.points),
    )


def of_stray(case: Case, elsewhere: Case) -> Example:
    """An answer to a question on another subject, given to this one: it says nothing of what is asked."""
    return of_case(case)._replace(
        answer=elsewhere.answer,
        sentences=sentences(elsewhere.answer),
        labels=tuple("missing" for _ in case.points),
        held=tuple(False for _ in case.misconceptions),
        intent="off_topic",
        score=None,
    )


def strange_points(example: Example, others: Sequence[str], random: Random) -> Example:
    """The example with one to three points of other questions among its own: none of them is said."""
    others = [point for point in others if point not in example.points]
    strangers = random.sample(others, min(len(others), random.randint(1, 3)))
    return example._replace(
        points=(*example.points, *strangers),
        labels=(*example.labels, *("missing" for _ in strangers)),
        weights=(*example.weights, *(1.0 for _ in strangers)) if example.score is None else example.weights,
    )


def reorder_claims(example: Example, random: Random) -> Example:
    """The same with its claims in another order, now and then fewer of them (never where a score hangs on all)."""
    places = list(range(len(example.points)))
    random.shuffle(places)
    if example.score is None and len(places) > 2 and random.random() < 0.3:
        places = places[: random.randint(2, len(places))]
    beliefs = list(range(len(example.beliefs)))
    random.shuffle(beliefs)
    shown = example.shown_in or (None,) * (len(example.points) + len(example.beliefs))
    return example._replace(
        points=tuple(example.points[i] for i in places),
        labels=tuple(example.labels[i] for i in places),
        weights=tuple(example.weights[i] for i in places) if example.weights else (),
        beliefs=tuple(example.beliefs[i] for i in beliefs),
        held=tuple(example.held[i] for i in beliefs),
        shown_in=tuple(shown[i] for i in places) + tuple(shown[len(example.points) + i] for i in beliefs),
    )


# How often each way is chosen for a point when contrasts are mixed into an answer; the rest of the time it is absent.
WAYS: Mapping[Way, float] = {"said": 0.22, "half": 0.14, "near": 0.12, "against": 0.09}
HELD, DENIED = 0.12, 0.08


def mix(question: Question, contrasts: Sequence[Contrast], random: Random) -> Example:
    """An answer put together from contrasts of one question, in random order, with what that says of each claim."""
    by_part: dict[tuple[str, str], list[str]] = {}
    for contrast in contrasts:
        by_part.setdefault((contrast.part, contrast.way), []).append(contrast.text)
    parts: list[tuple[int, str]] = []
    labels: list[Label | None] = []
    for place, point in enumerate(question.points):
        way = _choose(WAYS, random)
        texts = by_part.get((_short(point.id), way), []) if way else []
        labels.append(VERDICT_OF[way] if way and texts else "missing")
        if texts:
            parts.append((place, random.choice(texts)))
    held: list[bool | None] = []
    for place, belief in enumerate(question.misconceptions):
        way = _choose({"held": HELD, "denied": DENIED}, random)
        texts = by_part.get((_short(belief.id), way), []) if way else []
        held.append(bool(way == "held" and texts))
        if texts:
            parts.append((len(question.points) + place, random.choice(texts)))
        if way == "held" and texts:
            # What it contradicts may or may not be read out of the belief: that teaches nothing.
            touched = set(belief.contradicts)
            labels = [
                None if p.id in touched and label == "missing" else label
                for p, label in zip(question.points, labels, strict=True)
            ]
    random.shuffle(parts)
    return _spoken(question, parts, labels, held)


def _spoken(
    question: Question, parts: Sequence[tuple[int, str]], labels: Sequence[Label | None], held: Sequence[bool | None]
) -> Example:
    answer, starts = "", list[int]()
    for _, text in parts:
        starts.append(len(answer))
        answer += text.strip() + " "
    cut = sentences(answer)
    claims = len(question.points) + len(question.misconceptions)
    shown: list[int | None] = [None] * claims
    for (place, _), start in zip(parts, starts, strict=True):
        shown[place] = next((i for i, span in enumerate(cut) if span.end > start), None)
    return Example(
        question=question.text,
        answer=answer.strip(),
        sentences=cut,
        points=tuple(point.text for point in question.points),
        labels=tuple(labels),
        beliefs=tuple(belief.text for belief in question.misconceptions),
        held=tuple(held),
        weights=tuple(float(point.weight) for point in question.points),
        shown_in=tuple(shown),
    )


def _choose(chances: Mapping[Way, float], random: Random) -> Way | None:
    drawn = random.random()
    for way, chance in chances.items():
        if drawn < chance:
            return way
        drawn -= chance
    return None


def _short(part: PartSlug) -> str:
    return part.rsplit("/", 1)[-1]
