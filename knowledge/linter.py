"""Measures questions against what a rubric must be. It finds and never mends; the rules stand in lint_rules.py."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.index_models import Progress
from knowledge.lint_rules import DRAFT_RULES, LIMITS, RULES, Case, Limits, Rule, open_case
from knowledge.merging import asks_the_same, wordings
from knowledge.models import PartSlug, Question, Slug, Value
from knowledge.ports import Embedder, Grader


class Finding(Value):
    """One thing to mend. `measured` is the number that a limit was compared with, where there is one."""

    question_id: Slug
    point_id: PartSlug | None = None
    rule: str
    message: str
    measured: float | None = None


def lint(
    questions: Iterable[Question],
    embedder: Embedder,
    grader: Grader,
    limits: Limits = LIMITS,
    progress: Progress = lambda stage, done, total: None,
) -> tuple[Finding, ...]:
    """All rules over reviewed questions, those for drafts over drafts, then the questions against each other."""
    questions = tuple(questions)
    cases: list[Case] = []
    findings: list[Finding] = []
    for done, question in enumerate(questions, start=1):
        reviewed = question.status == "reviewed"
        cases.append(open_case(question, embedder, grader if reviewed else None))
        findings += _findings(question, RULES if reviewed else DRAFT_RULES, cases[-1], limits)
        progress("checking", done, len(questions))
    return (*findings, *_duplicates(questions, embedder), *_strangers(questions), *_neighbours(cases, limits))


def lint_points(question: Question, embedder: Embedder, limits: Limits = LIMITS) -> tuple[Finding, ...]:
    """Whether a draft's points can be marked against: only the rules that do not ask for a person's work."""
    return tuple(_findings(question, DRAFT_RULES, open_case(question, embedder), limits))


def _findings(question: Question, rules: Sequence[Rule], case: Case, limits: Limits) -> Iterator[Finding]:
    for rule in rules:
        for fault in rule.check(case, limits):
            yield Finding(
                question_id=question.id,
                point_id=fault.point_id,
                rule=rule.name,
                message=fault.message,
                measured=None if fault.measured is None else round(fault.measured, 3),
            )


def _duplicates(questions: Sequence[Question], embedder: Embedder) -> Iterator[Finding]:
    """Questions that ask what another does, in its own wording or in one that it is also asked as."""
    asked = wordings(questions)
    rows = embedder.encode([wording.text for wording in asked])
    similar = rows @ rows.T
    for one, other in combinations(range(len(asked)), 2):
        cosine = float(similar[one, other])
        if asked[one].slug != asked[other].slug and asks_the_same(asked[one].text, asked[other].text, cosine):
            yield Finding(
                question_id=asked[other].slug,
                rule="duplicate",
                message=f"asks what {asked[one].slug} asks",
                measured=round(cosine, 3),
            )


def _strangers(questions: Sequence[Question]) -> Iterator[Finding]:
    known = {question.id for question in questions}
    for question in questions:
        for name in question.near:
            if name not in known - {question.id}:
                yield Finding(question_id=question.id, rule="near", message=f"{name}, named as near, is no other one")


def _neighbours(cases: Sequence[Case], limits: Limits) -> Iterator[Finding]:
    """Questions that ask much of the same, and do not say so: one interview may ask both of them."""
    asked = np.stack([case.rows[case.question.text] for case in cases]) if cases else np.empty((0, 0))
    similar = asked @ asked.T
    rubrics = [_rubric(case) for case in cases]
    for one, other in combinations(range(len(cases)), 2):
        ours, theirs = cases[one].question, cases[other].question
        if ours.id in theirs.near or theirs.id in ours.near or ours.status != "reviewed" or theirs.status != "reviewed":
            continue
        cosine = float(similar[one, other])
        shared = _shared(rubrics[one], rubrics[other])
        if (cosine >= limits.near_asked and "sql" not in (ours.kind, theirs.kind)) or shared >= limits.near_points:
            yield Finding(
                question_id=theirs.id,
                rule="near",
                message=f"asks much of what {ours.id} asks: name it under 'near', so that no interview asks both",
                measured=round(max(cosine, shared), 3),
            )


class _Rubric(NamedTuple):
    """The points' vectors, one a row, and their weights."""

    rows: NDArray[np.float32]
    weights: NDArray[np.float32]


def _rubric(case: Case) -> _Rubric:
    points = case.question.points
    rows = [case.rows[point.text] for point in points]
    return _Rubric(
        np.stack(rows) if rows else np.empty((0, 0), np.float32),
        np.array([point.weight for point in points], np.float32),
    )


def _shared(ours: _Rubric, theirs: _Rubric) -> float:
    """How near the points of one come to those of the other, seen from the side that they cover better."""
    if not len(ours.rows) or not len(theirs.rows):
        return 0.0
    similar = ours.rows @ theirs.rows.T
    sides = ((similar.max(axis=1), ours.weights), (similar.max(axis=0), theirs.weights))
    return max(float(np.average(nearest, weights=weights)) for nearest, weights in sides)
