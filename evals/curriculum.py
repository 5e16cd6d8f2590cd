"""What the joint reader is shown in each epoch: labelled answers, some of them roughened, contrasts mixed into answers,
short answers of exams, model answers, scored answers, answers gone astray. Drawn by the generator that each epoch hands
in, so that a seed gives the same lessons."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from evals.datasets import Case
from evals.disturbances import mistype, pad, reorder
from evals.examples import Contrast, Example, mix, of_case, of_model_answer, of_stray, reorder_claims, strange_points
from knowledge.models import Question, Slug
from knowledge.spans import sentences

Lessons = Callable[[int, Random], Sequence[Example]]
MOST_ASIDES = 6
MOST_PADDED = 110
"""Words: with so many sentences more it still fits into the part of an answer that is read at once."""


class Aside(NamedTuple):
    """A sentence of an answer to a question on this topic."""

    topic: str
    text: str


class Material(NamedTuple):
    """All that may be learned from. `questions` are the bank's, without those that grade the grader."""

    cases: Sequence[Case]
    contrasts: Sequence[Contrast]
    questions: Mapping[Slug, Question]
    exams: Sequence[Case] = ()
    scored: Sequence[Case] = ()


class Shares(NamedTuple):
    """Examples an epoch of each sort; how often a labelled answer is shown beside points of other questions; and how
    often it is told in another order, amid talk of something else, or with slips of the fingers."""

    mixed: int = 1100
    model_answers: int = 80
    exams: int = 700
    scored: int = 450
    strays: int = 90
    strangers: float = 0.35
    reordered: float = 0.12
    padded: float = 0.15
    mistyped: float = 0.2


def plan_lessons(material: Material, shares: Shares) -> Lessons:
    """SQL answers are run, not read: they teach nothing here."""
    labelled = [case for case in material.cases if case.kind != "sql"]
    answers = [example for q in material.questions.values() if (example := of_model_answer(q))]
    points = [point.text for question in material.questions.values() for point in question.points]
    topics = {question.id: question.topic for question in material.questions.values()}
    asides = [
        Aside(topics[case.question_id], case.answer[span.start : span.end])
        for case in labelled
        if case.question_id in topics and case.intent == "answer" and case.style != "keyword_list"
        for span in sentences(case.answer)
    ]
    contrasts: dict[Slug, list[Contrast]] = {}
    for contrast in material.contrasts:
        contrasts.setdefault(contrast.question_id, []).append(contrast)

    def lessons(_: int, random: Random) -> list[Example]:
        exams = random.sample(material.exams, min(len(material.exams), shares.exams))
        rough = [
            of_case(_roughen(case, topics.get(case.question_id), shares, asides, random))
            for case in (*labelled, *exams)
        ]
        real = [*rough, *random.sample(answers, min(len(answers), shares.model_answers))]
        widened = [strange_points(e, points, random) if random.random() < shares.strangers else e for e in real]
        mixed = [_mixed(contrasts, material.questions, random) for _ in range(shares.mixed if contrasts else 0)]
        whole = map(of_case, random.sample(material.scored, min(len(material.scored), shares.scored)))
        astray = _astray([case for case in labelled if case.question_id in topics], topics, shares.strays, random)
        return [reorder_claims(example, random) for example in (*widened, *mixed, *whole, *astray)]

    return lessons


def _roughen(case: Case, topic: str | None, shares: Shares, asides: Sequence[Aside], random: Random) -> Case:
    """The same said less neatly: what it shows stays as it was. An order or an echo is left alone; so is what grows too
    long to be read in one part, since only the first is learned from."""
    if case.intent not in (None, "answer"):
        return case
    # The disturbances go by the id, which would be the same in each epoch.
    changed = case.model_copy(update={"id": f"{case.id} {random.random()}"})
    if random.random() < shares.reordered:
        changed = changed.model_copy(update={"answer": reorder(changed) or changed.answer})
    if random.random() < shares.padded and len(changed.answer.split()) <= MOST_PADDED:
        drawn = random.sample(asides, min(len(asides), 2 * MOST_ASIDES))
        elsewhere = [aside.text for aside in drawn if aside.topic != topic]
        changed = changed.model_copy(update={"answer": pad(changed, elsewhere[:MOST_ASIDES])})
    if random.random() < shares.mistyped:
        changed = changed.model_copy(update={"answer": mistype(changed)})
    return changed


def _astray(cases: Sequence[Case], topics: Mapping[str, str], count: int, random: Random) -> list[Example]:
    """Answers to questions of other topics, as many as asked for, if there are several topics."""
    answered = [case for case in cases if case.intent == "answer"]
    strays: list[Example] = []
    while len(strays) < count and len({topics[case.question_id] for case in answered}) > 1:
        case, elsewhere = random.choice(answered), random.choice(answered)
        if topics[case.question_id] != topics[elsewhere.question_id]:
            strays.append(of_stray(case, elsewhere))
    return strays


def _mixed(contrasts: Mapping[Slug, Sequence[Contrast]], questions: Mapping[Slug, Question], random: Random) -> Example:
    """Until something is said at all: an empty answer is told by rule."""
    while True:
        slug = random.choice(sorted(contrasts))
        example = mix(questions[slug], contrasts[slug], random)
        if example.answer:
            return example
