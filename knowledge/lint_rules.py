"""The linter's rules, each a small function, and their limits in one table. Told apart from who runs them on what."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from knowledge.merging import content_words
from knowledge.models import PERSONAL_KINDS, PartSlug, Question, RubricPoint, Sql, Value, follow_ups
from knowledge.ports import Embedder, Grader
from knowledge.spans import sentences, windows


class Limits(Value):
    """Every number of the linter. Cosines are those of all-MiniLM-L6-v2, set by what the shipped bank measures."""

    points: tuple[int, int] = (4, 8)
    core_points: tuple[int, int] = (2, 4)
    spoken_words: int = Field(default=30, description="What an interviewer may say in one breath.")
    claim_words: int = Field(default=30, description="A longer point is more than one claim.")
    model_answer_words: int = 150
    leaked_words: int = Field(default=1, description="Content words of a point that its probe may share.")
    leaked_share: float = Field(default=0.25, description="Of the point's content words.")
    leaked_meaning: float = Field(default=0.60, description="Cosine of a probe to its point; the bank's highest: 0.58.")
    asked_share: float = Field(default=0.5, description="With so many words of the question's, a probe repeats it.")
    overlap: float = Field(default=0.75, description="Cosine of two points of a question; the bank's highest: 0.71.")
    draft_overlap: float = Field(default=0.85, description="Drafts repeat their subject: other claims reach 0.81.")
    support: float = Field(
        default=0.55, description="See `_support`; the bank: 0.61 and more, strangers: 0.51 and less."
    )
    word_for_word: float = Field(default=0.8, description="The same where a point is as good as repeated.")
    personal_support: float = Field(default=0.2, description="The same where a point fits many stories.")
    near_asked: float = Field(default=0.70, description="Cosine of two questions; tasks in SQL share their tables.")
    near_points: float = Field(
        default=0.56, description="Cosines of a question's points to the nearest of another's, their weighted mean."
    )


LIMITS = Limits()

_VAGUE = re.compile(
    r"\b(?:understands?|understanding of|knows? (?:about|how|what)|knowledge of|aware(?:ness)? of|familiar with"
    r"|familiarity with|demonstrates?|shows? (?:some|good)|talks? about|discuss(?:es)?|mentions? (?:that|some|the)"
    r"|(?:is|does it) (?:good|well|important|appropriate|correctly|properly)|and so on|etc)\b",
    re.IGNORECASE,
)
"""A point in such words cannot be checked: no sentence of an answer says it, and none fails to."""


class Fault(NamedTuple):
    """A finding before it is told whose and by which rule."""

    point_id: PartSlug | None
    message: str
    measured: float | None = None


class Area(NamedTuple):
    """What was asked, and the points that answer it: the question's own, or a follow-up's."""

    asked: str
    points: Sequence[RubricPoint]


@dataclass(frozen=True)
class Case:
    """A question, with the vectors of all its texts made in one go. `covered` says of the points that a grader can
    judge whether the model answer covers them."""

    question: Question
    rows: Mapping[str, NDArray[np.float32]]
    covered: Mapping[PartSlug, bool]
    embedder: Embedder

    @property
    def areas(self) -> tuple[Area, ...]:
        question = self.question
        deeper = (Area(f"{question.text} {each.text}", each.points) for each in follow_ups(question))
        return (Area(question.text, question.points), *deeper)

    @property
    def points(self) -> tuple[RubricPoint, ...]:
        return tuple(point for area in self.areas for point in area.points)

    @cached_property
    def answer_rows(self) -> NDArray[np.float32]:
        """Of the model answer's sentences, alone and in neighbouring pairs: made when a rule looks at them."""
        answer = self.question.model_answer or ""
        spans = sentences(answer)
        return self.embedder.encode([answer[start:end] for size in (1, 2) for start, end in windows(spans, size)])

    def cosine(self, one: str, other: str) -> float:
        return float(self.rows[one] @ self.rows[other])


def open_case(question: Question, embedder: Embedder, grader: Grader | None = None) -> Case:
    """Without a grader no point is judged."""
    answer = question.model_answer
    covered = grader.covers(question, answer) if grader and answer else {}
    case = Case(question, {}, covered, embedder)
    texts = [text for point in case.points for text in (point.text, *_helps(point).values())]
    texts = list(dict.fromkeys([*(area.asked for area in case.areas), *texts]))
    return replace(case, rows=dict(zip(texts, embedder.encode(texts), strict=True)))


def _helps(point: RubricPoint) -> dict[str, str]:
    """What the interviewer may say to bring the point out, by its name."""
    spoken = {"probe": point.probe, "hint": point.hint, "prompt": point.prompt}
    return {name: text for name, text in spoken.items() if text is not None}


# ── Rules about points ───────────────────────────────────────────────────────────────────────────────────────


def _vague(case: Case, limits: Limits) -> Iterator[Fault]:
    for point in case.points:
        found = _VAGUE.search(point.text)
        if found:
            yield Fault(point.id, f"'{found.group()}' cannot be checked in an answer: state the claim itself")


def _two_claims(case: Case, limits: Limits) -> Iterator[Fault]:
    for point in case.points:
        words = len(point.text.split())
        if len(sentences(point.text)) > 1 or ";" in point.text:
            yield Fault(point.id, "more than one sentence: one claim a point, so that half an answer is no puzzle")
        elif words > limits.claim_words:
            yield Fault(point.id, f"{words} words are more than one claim ({limits.claim_words} at most)", words)


def _overlapping(case: Case, limits: Limits) -> Iterator[Fault]:
    most = limits.overlap if case.question.status == "reviewed" else limits.draft_overlap
    for area in case.areas:
        for one, other in combinations(area.points, 2):
            cosine = case.cosine(one.text, other.text)
            if cosine > most:
                yield Fault(other.id, f"says much the same as {one.id}: what covers one covers both", cosine)


def _spoken(case: Case, limits: Limits) -> Iterator[Fault]:
    for point in case.points:
        for name, text in _helps(point).items():
            yield from _one_question(point.id, f"the {name}", text, limits)


def _one_question(point_id: PartSlug | None, name: str, text: str, limits: Limits) -> Iterator[Fault]:
    words = len(text.split())
    if words > limits.spoken_words:
        yield Fault(point_id, f"{name} has {words} words ({limits.spoken_words} at most)", words)
    if text.count("?") != 1 or not text.rstrip().endswith("?"):
        yield Fault(point_id, f"{name} is not one question: {text!r}")


def _leaked_words(case: Case, limits: Limits) -> Iterator[Fault]:
    topic = content_words(case.question.topic.replace("-", " "))
    for area in case.areas:
        given = content_words(area.asked) | topic
        for point in area.points:
            own = content_words(point.text) - given
            for name, text in _helps(point).items():
                shared = own & content_words(text)
                share = len(shared) / len(own) if own else 0.0
                if len(shared) > limits.leaked_words or share > limits.leaked_share:
                    yield Fault(
                        point.id, f"the {name} gives words of the point away: {', '.join(sorted(shared))}", share
                    )


def _leaked_meaning(case: Case, limits: Limits) -> Iterator[Fault]:
    for area in case.areas:
        asked = content_words(area.asked)
        for point in area.points:
            # What the question itself says is no secret, however near the point it comes.
            most = max(limits.leaked_meaning, case.cosine(area.asked, point.text))
            for name, text in _helps(point).items():
                words = content_words(text)
                cosine = case.cosine(text, point.text)
                if cosine > most and len(words & asked) < limits.asked_share * len(words):
                    yield Fault(point.id, f"the {name} nearly says the point: {text!r}", cosine)


def _unsourced(case: Case, limits: Limits) -> Iterator[Fault]:
    for point in case.points:
        if point.source is None:
            yield Fault(point.id, "no source: a mark must rest on something that can be read")
    for belief in case.question.misconceptions:
        if belief.source is None:
            yield Fault(None, f"{belief.id} has no source")
    if not case.question.sources:
        yield Fault(None, "the question has no source")


def _helpless(case: Case, limits: Limits) -> Iterator[Fault]:
    for point in case.points:
        for name in {"probe", "hint", "prompt"} - {name for name, text in _helps(point).items() if text.strip()}:
            yield Fault(point.id, f"no {name}: practice would have nothing to say")


# ── Rules about whole questions ──────────────────────────────────────────────────────────────────────────────


def _points_counted(case: Case, limits: Limits) -> Iterator[Fault]:
    points = case.question.points
    core = sum(point.core for point in points)
    for count, (least, most), what in (
        (len(points), limits.points, "points"),
        (core, limits.core_points, "core points"),
    ):
        if not least <= count <= most:
            yield Fault(None, f"{count} {what}; {least} to {most} can be asked for in one answer", count)


def _misconceived(case: Case, limits: Limits) -> Iterator[Fault]:
    question = case.question
    if not question.misconceptions and question.kind not in PERSONAL_KINDS:
        yield Fault(None, "a technical question needs a misconception: what do candidates believe that is false?")
    for belief in question.misconceptions:
        yield from _one_question(None, f"{belief.id}: the challenge", belief.challenge, limits)
        if not belief.correction.strip():
            yield Fault(None, f"{belief.id} has no correction")


def _answered(case: Case, limits: Limits) -> Iterator[Fault]:
    words = len((case.question.model_answer or "").split())
    if not words:
        yield Fault(None, "no model answer")
    elif words > limits.model_answer_words:
        yield Fault(None, f"the model answer has {words} words ({limits.model_answer_words} at most)", words)


def _uncovered(case: Case, limits: Limits) -> Iterator[Fault]:
    """The grader's word. Where the answer says a point nearly word for word, a grader that does not see it is wrong."""
    for point in case.question.points:
        if case.covered.get(point.id) is False:
            support = _support(case, point)
            if support < limits.word_for_word:
                yield Fault(point.id, "the model answer, marked like a candidate's, does not cover this", support)


def _unsupported(case: Case, limits: Limits) -> Iterator[Fault]:
    """By words and vectors, of what no grader can judge: the points of questions about the person, for one."""
    personal = case.question.kind in PERSONAL_KINDS
    floor = limits.personal_support if personal else limits.support
    for point in case.question.points if case.question.model_answer else ():
        if point.id not in case.covered and (support := _support(case, point)) < floor:
            yield Fault(point.id, "the model answer does not say this", support)


def _support(case: Case, point: RubricPoint) -> float:
    """Mean of the cosine to the nearest sentence or pair of the model answer, and of the share of words it has."""
    words = content_words(point.text)
    said = content_words(case.question.model_answer or "")
    share = len(words & said) / len(words) if words else 0.0
    nearest = (case.answer_rows @ case.rows[point.text]).max(initial=0.0)
    return (float(nearest) + share) / 2


def _unchecked(case: Case, limits: Limits) -> Iterator[Fault]:
    """What a statement shows must be said of every point of a task in SQL: an empty check says that only words can."""
    question = case.question
    if not isinstance(question, Sql):
        return
    for point in question.points:
        if question.check(point.id) is None:
            yield Fault(point.id, "no check: how does a statement that is run show it, or can only words?")
    run = [point for point in question.points if (check := question.check(point.id)) and check.finds]
    if not any(point.core for point in run):
        yield Fault(None, "no core point is shown by running a statement: then it is no task in SQL")
    if question.ordered and any(column < 1 for column in question.order_key):
        yield Fault(None, "the columns of order_key count from 1")


class Rule(NamedTuple):
    name: str
    check: Callable[[Case, Limits], Iterator[Fault]]
    drafts: bool
    """Whether a draft must pass it before answers are marked against it."""


RULES: tuple[Rule, ...] = (
    Rule("vague_point", _vague, drafts=True),
    Rule("two_claims", _two_claims, drafts=True),
    Rule("overlap", _overlapping, drafts=True),
    Rule("spoken", _spoken, drafts=True),
    Rule("leaked_words", _leaked_words, drafts=True),
    Rule("leaked_meaning", _leaked_meaning, drafts=True),
    Rule("source", _unsourced, drafts=False),
    Rule("help", _helpless, drafts=False),
    Rule("point_count", _points_counted, drafts=False),
    Rule("misconception", _misconceived, drafts=False),
    Rule("model_answer", _answered, drafts=False),
    Rule("covered", _uncovered, drafts=False),
    Rule("support", _unsupported, drafts=False),
    Rule("check", _unchecked, drafts=False),
)
DRAFT_RULES: tuple[Rule, ...] = tuple(rule for rule in RULES if rule.drafts)
