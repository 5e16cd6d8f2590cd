"""What the joint reader is shown in each epoch: labelled answers, contrasts mixed into answers, model answers, scored
answers. Drawn by the generator that each epoch hands in, so that a seed gives the same lessons."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from evals.datasets import Case
from evals.examples import Contrast, Example, mix, of_case, of_model_answer, reorder, strange_points
from knowledge.models import Question, Slug

Lessons = Callable[[int, Random], Sequence[Example]]


class Material(NamedTuple):
    """All that may be learned from. `questions` are the bank's, without those that grade the grader."""

    cases: Sequence[Case]
    contrasts: Sequence[Contrast]
    questions: Mapping[Slug, Question]
    scored: Sequence[Case] = ()


class Shares(NamedTuple):
    """Examples an epoch of each sort, and how often a labelled answer is shown beside points of other questions."""

    mixed: int = 900
    model_answers: int = 50
    scored: int = 150
    strangers: float = 0.35


def plan_lessons(material: Material, shares: Shares) -> Lessons:
    """SQL answers are run, not read: they teach nothing here."""
    labelled = [of_case(case) for case in material.cases if case.kind != "sql"]
    answers = [example for q in material.questions.values() if (example := of_model_answer(q))]
    scored = [of_case(case) for case in material.scored]
    points = [point.text for question in material.questions.values() for point in question.points]
    contrasts: dict[Slug, list[Contrast]] = {}
    for contrast in material.contrasts:
        contrasts.setdefault(contrast.question_id, []).append(contrast)

    def lessons(_: int, random: Random) -> list[Example]:
        real = [*labelled, *random.sample(answers, min(len(answers), shares.model_answers))]
        widened = [strange_points(e, points, random) if random.random() < shares.strangers else e for e in real]
        mixed = [_mixed(contrasts, material.questions, random) for _ in range(shares.mixed if contrasts else 0)]
        whole = random.sample(scored, min(len(scored), shares.scored))
        return [reorder(example, random) for example in (*widened, *mixed, *whole)]

    return lessons


def _mixed(contrasts: Mapping[Slug, Sequence[Contrast]], questions: Mapping[Slug, Question], random: Random) -> Example:
    """Until something is said at all: an empty answer is told by rule."""
    while True:
        slug = random.choice(sorted(contrasts))
        example = mix(questions[slug], contrasts[slug], random)
        if example.answer:
            return example
