"""Measures questions against what a rubric must be. It finds and never mends; the rules stand in lint_rules.py."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

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
    findings: list[Finding] = []
    for done, question in enumerate(questions, start=1):
        rules = RULES if question.status == "reviewed" else DRAFT_RULES
        findings += _findings(question, rules, open_case(question, embedder, grader), limits)
        progress("checking", done, len(questions))
    return (*findings, *_duplicates(questions, embedder))


def lint_points(
    question: Question, embedder: Embedder, grader: Grader | None = None, limits: Limits = LIMITS
) -> tuple[Finding, ...]:
    """Whether a draft's points can be marked against: only the rules that do not ask for a person's work. Without a
    grader, nobody asks whether they could be earned."""
    return tuple(_findings(question, DRAFT_RULES, open_case(question, embedder, grader), limits))


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
