"""What the joint reader learns from says what it is said to say."""

from random import Random

import pytest

from evals.curriculum import Material, Shares, plan_lessons
from evals.datasets import read_cases, read_rows
from evals.examples import Contrast, mix, of_case, of_model_answer, of_stray, reorder_claims, strange_points
from evals.tuning import CONTRASTS, DEV, EXAMS, TEST, TRAIN
from knowledge.bank import read_bank
from knowledge.models import Question

QUESTIONS = {question.id: question for question in read_bank().questions}


@pytest.fixture(scope="module")
def contrasts() -> tuple[Contrast, ...]:
    return read_rows(CONTRASTS, Contrast.model_validate_json)


def of(slug: str, contrasts: tuple[Contrast, ...]) -> tuple[Question, list[Contrast]]:
    return QUESTIONS[slug], [contrast for contrast in contrasts if contrast.question_id == slug]


def test_every_contrast_is_about_a_part_of_its_question(contrasts: tuple[Contrast, ...]) -> None:
    strays = [
        contrast.id
        for contrast in contrasts
        if not any(
            part.id == f"{contrast.question_id}/{contrast.part}"
            for part in (*QUESTIONS[contrast.question_id].points, *QUESTIONS[contrast.question_id].misconceptions)
        )
    ]
    assert not strays


def test_nothing_that_teaches_is_about_a_question_that_grades_the_grader(contrasts: tuple[Contrast, ...]) -> None:
    apart = {case.question_id for path in (DEV, TEST) for case in read_cases(path)}
    assert not apart & {contrast.question_id for contrast in contrasts}
    for taught in (TRAIN, EXAMS):
        assert not apart & {case.question_id for case in read_cases(taught)}


def test_a_mixed_answer_holds_the_sentence_that_each_verdict_rests_on(contrasts: tuple[Contrast, ...]) -> None:
    question, own = of(contrasts[0].question_id, contrasts)
    texts = {contrast.text: contrast for contrast in own}
    example = mix(question, own, Random(1))
    shown = [place for place in example.shown_in if place is not None]
    assert shown, "a seed that says something"
    for point, label, place in zip(question.points, example.labels, example.shown_in, strict=False):
        if place is None:
            assert label in ("missing", None)
            continue
        span = example.sentences[place]
        said = next(t for t in texts if t.startswith(example.answer[span.start : span.end][:20]))
        assert point.id.endswith(f"/{texts[said].part}")


def test_a_seed_gives_the_same_lessons(contrasts: tuple[Contrast, ...]) -> None:
    own = [contrast for contrast in contrasts if contrast.question_id == contrasts[0].question_id]
    material = Material(read_cases(TRAIN)[:5], own, QUESTIONS)
    lessons = plan_lessons(material, Shares(mixed=5, model_answers=2, scored=0))
    assert lessons(0, Random(3)) == lessons(0, Random(3))
    assert lessons(0, Random(3)) != lessons(0, Random(4))


def test_lessons_hold_answers_gone_astray_and_roughened_ones() -> None:
    """Of every topic a few cases: what is astray says nothing of its question, what is rough keeps its labels."""
    cases = [case for case in read_cases(TRAIN) if case.kind != "sql"][::40]
    material = Material(cases, [], QUESTIONS)
    shares = Shares(mixed=0, model_answers=0, scored=0, strays=5, strangers=0, reordered=0, padded=1, mistyped=1)
    lessons = plan_lessons(material, shares)(0, Random(1))
    astray = [example for example in lessons if example.intent == "off_topic" and set(example.labels) == {"missing"}]
    assert len(astray) >= 5
    whole = {case.answer for case in cases if case.intent == "answer"}
    assert sum(example.answer not in whole for example in lessons) >= len(whole)


def test_an_answer_gone_astray_is_another_questions() -> None:
    case, elsewhere = read_cases(TRAIN)[0], read_cases(TRAIN)[-1]
    example = of_stray(case, elsewhere)
    assert (example.question, example.answer, example.intent) == (case.question, elsewhere.answer, "off_topic")
    assert set(example.labels) == {"missing"}
    assert not any(example.held)


def test_reordering_keeps_each_claim_with_its_label() -> None:
    example = of_case(next(case for case in read_cases(TRAIN) if len(case.points) > 4))
    known = dict(zip(example.points, example.labels, strict=True))
    for seed in range(10):
        turned = reorder_claims(example, Random(seed))
        assert all(known[point] == label for point, label in zip(turned.points, turned.labels, strict=True))


def test_strange_points_are_not_said() -> None:
    example = of_case(read_cases(TRAIN)[0])
    wider = strange_points(example, ["Bread rises because of yeast."], Random(0))
    assert (wider.points[-1], wider.labels[-1]) == ("Bread rises because of yeast.", "missing")


def test_a_model_answer_covers_its_points_and_sql_has_none_to_read() -> None:
    learned = [of_model_answer(question) for question in QUESTIONS.values()]
    assert all(set(example.labels) == {"covered"} for example in learned if example)
    assert of_model_answer(next(q for q in QUESTIONS.values() if q.kind == "sql")) is None
