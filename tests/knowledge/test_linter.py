"""What the linter finds in a question, rule by rule. That it finds nothing in the shipped bank is tested with the
command line, where the grader is at hand."""

from collections.abc import Mapping
from typing import Any

import pytest

from knowledge.embedding import OnnxEmbedder
from knowledge.lint_rules import DRAFT_RULES, RULES
from knowledge.linter import lint, lint_points
from knowledge.models import Check, Question, RubricPoint
from tests.factories import follow_up, misconception, question
from tests.factories import point as any_point

TEXTS = {
    "parameters": "Queries are parameterised, so input is sent as data and never parsed as SQL.",
    "concatenation": "User input is never concatenated into the statement.",
    "privilege": "The application's account may touch only the tables that it needs.",
    "allow-list": "Column names and sort directions are chosen from a fixed list.",
}
ANSWER = " ".join(TEXTS.values())


class Judge:
    """A grader that has its verdicts beforehand, by short slug; what it was given none for it cannot judge."""

    def __init__(self, **covered: bool) -> None:
        self._covered = covered

    def covers(self, question: Question, answer: str) -> Mapping[str, bool]:
        return {f"{question.id}/{slug}": covered for slug, covered in self._covered.items()}


SILENT = Judge()


def point(slug: str = "parameters", **changed: Any) -> RubricPoint:
    plain = any_point(slug, text=TEXTS[slug], core=slug in ("parameters", "concatenation"))
    return plain.model_copy(update={"probe": "What would you do first?", **changed})


def asked(*points: RubricPoint, **changed: Any) -> Question:
    """A question with nothing to mend, but for what is changed."""
    clean: dict[str, Any] = {
        "text": "How do you prevent SQL injection?",
        "topic": "security",
        "misconceptions": (misconception("escaping"),),
        "model_answer": ANSWER,
    }
    return question("q", points or tuple(map(point, TEXTS)), **{**clean, **changed})


def rules(embedder: OnnxEmbedder, *questions: Question) -> list[str]:
    return [finding.rule for finding in lint(questions, embedder, SILENT)]


def with_point(**changed: Any) -> Question:
    return asked(point(**changed), *(point(slug) for slug in TEXTS if slug != "parameters"))


def sql_task(*checks: Check) -> Question:
    return asked(kind="sql", ddl="CREATE TABLE t (id INTEGER);", datasets=("",), reference="SELECT 1", checks=checks)


def check(slug: str, runs: bool = False) -> Check:
    finds = {"finds": "SELECT 1 FROM answer", "told": "It is wrong.", "wrong": ("SELECT 2",)} if runs else {}
    return Check(point=f"q/{slug}", **finds)


def test_every_point_of_a_task_in_sql_says_how_a_statement_shows_it(embedder: OnnxEmbedder) -> None:
    first, *others = TEXTS
    whole = sql_task(check(first, runs=True), *map(check, others))
    assert rules(embedder, whole) == []
    assert rules(embedder, sql_task(check(first, runs=True), *map(check, others[1:]))) == ["check"]
    assert rules(embedder, sql_task(*map(check, TEXTS))) == ["check"], "nothing is run"


def test_a_good_question_has_nothing_to_mend(embedder: OnnxEmbedder) -> None:
    assert lint([asked()], embedder, SILENT) == ()


@pytest.mark.parametrize(
    ("faulty", "rule"),
    [
        pytest.param(with_point(text="Understands parameterised queries and data."), "vague_point", id="understands"),
        pytest.param(with_point(text="Demonstrates parameterised queries."), "vague_point", id="demonstrates"),
        pytest.param(with_point(text="Queries are parameterised. Input is data."), "two_claims", id="sentences"),
        pytest.param(with_point(text="Queries are parameterised; input is data."), "two_claims", id="semicolon"),
        pytest.param(with_point(text=f"Queries are {'safely ' * 30}bound, input is data."), "two_claims", id="long"),
        pytest.param(with_point(probe="Tell me more."), "spoken", id="no question"),
        pytest.param(with_point(hint="What first? And then?"), "spoken", id="two questions"),
        pytest.param(with_point(prompt=f"What {'really ' * 30}comes first?"), "spoken", id="31 words"),
        pytest.param(with_point(hint="Are queries sent apart from input that is data?"), "leaked_words", id="words"),
        pytest.param(
            with_point(text=TEXTS["privilege"], prompt="Should an app login reach just its required table?"),
            "leaked_meaning",
            id="paraphrase",
        ),
        pytest.param(with_point(source=None), "source", id="a point without source"),
        pytest.param(asked(sources=()), "source", id="a question without source"),
        pytest.param(with_point(hint=None), "help", id="no hint"),
        pytest.param(with_point(probe=" "), "help", id="an empty probe"),
        pytest.param(asked(*(point(slug) for slug in list(TEXTS)[:3])), "point_count", id="three points"),
        pytest.param(asked(*(point(slug, core=True) for slug in TEXTS), point(id="q/fifth", core=True)), "point_count"),
        pytest.param(asked(misconceptions=()), "misconception", id="no misconception"),
        pytest.param(
            asked(misconceptions=(misconception("escaping").model_copy(update={"challenge": "That is wrong."}),)),
            "misconception",
            id="a challenge that asks nothing",
        ),
        pytest.param(
            asked(misconceptions=(misconception("escaping").model_copy(update={"correction": ""}),)),
            "misconception",
            id="no correction",
        ),
        pytest.param(asked(model_answer=None), "model_answer", id="no model answer"),
        pytest.param(asked(model_answer=ANSWER + " And more." * 60), "model_answer", id="too long a model answer"),
        pytest.param(asked(model_answer=ANSWER.replace(TEXTS["privilege"], "")), "support", id="unsupported"),
    ],
)  # fmt: skip
def test_a_rule_finds(embedder: OnnxEmbedder, faulty: Question, rule: str) -> None:
    assert rule in rules(embedder, faulty)


UNSAID = ANSWER.replace(TEXTS["privilege"], "")


@pytest.mark.parametrize(
    ("answer", "judge", "found"),
    [
        pytest.param(UNSAID, Judge(privilege=False), ["covered"], id="not there for the grader"),
        pytest.param(f"{UNSAID} The account has few rights.", Judge(privilege=False), ["covered"], id="hinted at"),
        pytest.param(ANSWER, Judge(privilege=False), [], id="the very words are there: the grader is wrong"),
        pytest.param(UNSAID, Judge(privilege=True), [], id="there for the grader, in whatever words"),
        pytest.param(UNSAID, Judge(parameters=True), ["support"], id="a point that it cannot judge goes by its words"),
    ],
)
def test_the_grader_decides_what_a_model_answer_covers(
    embedder: OnnxEmbedder, answer: str, judge: Judge, found: list[str]
) -> None:
    assert [finding.rule for finding in lint([asked(model_answer=answer)], embedder, judge)] == found


def test_progress_is_told_question_by_question(embedder: OnnxEmbedder) -> None:
    told: list[tuple[str, int, int]] = []
    lint([asked(), asked().model_copy(update={"id": "r"})], embedder, SILENT, progress=lambda *step: told.append(step))
    assert told == [("checking", 1, 2), ("checking", 2, 2)]


def test_points_that_say_the_same_are_found(embedder: OnnxEmbedder) -> None:
    twin = point(id="q/twin", text="Input is sent as data, never parsed as SQL, since queries are parameterised.")
    (finding,) = lint([asked(*map(point, TEXTS), twin)], embedder, SILENT)
    assert (finding.rule, finding.point_id) == ("overlap", "q/twin")
    assert finding.measured is not None
    assert finding.measured > 0.75


def test_follow_up_points_are_measured_too(embedder: OnnxEmbedder) -> None:
    deeper = follow_up("ten-times", [any_point("scale", question="q/ten-times", text="Understands replication.")])
    (finding,) = lint([asked(kind="debugging", follow_ups=[deeper])], embedder, SILENT)
    assert (finding.rule, finding.point_id) == ("vague_point", "q/ten-times/scale")


def test_questions_about_the_person_need_no_misconception(embedder: OnnxEmbedder) -> None:
    assert "misconception" not in rules(embedder, asked(kind="behavioural", misconceptions=()))


def test_a_question_asked_twice_is_found(embedder: OnnxEmbedder) -> None:
    twin = asked().model_copy(update={"id": "twin", "text": "How to prevent SQL injections?"})
    (finding,) = (found for found in lint([asked(), twin], embedder, SILENT) if found.rule == "duplicate")
    assert (finding.question_id, finding.message) == ("twin", "asks what q asks")


OTHERS = {
    "queues": "A queue takes up bursts that a service could not serve at once.",
    "replicas": "Copies of the data serve reads that need not be fresh.",
    "caches": "Results that are wanted often are kept in memory.",
    "stateless": "Servers keep no session, so that any of them can answer.",
}


def other_question(text: str, points: dict[str, str] = OTHERS, **changed: Any) -> Question:
    rubric = tuple(
        any_point(slug, question="r", text=said, core=number < 2).model_copy(update={"probe": "What comes next?"})
        for number, (slug, said) in enumerate(points.items())
    )
    plain = asked(model_answer=" ".join(points.values()), **{"text": text, **changed})
    belief = misconception("escaping", question="r")
    return plain.model_copy(update={"id": "r", "points": rubric, "misconceptions": (belief,)})


@pytest.mark.parametrize(
    ("other", "found"),
    [
        pytest.param(other_question("How do you design for many users?"), [], id="about something else"),
        pytest.param(other_question("How would an attacker try SQL injection?"), ["near"], id="nearly the same asked"),
        pytest.param(other_question("What protects a login form?", TEXTS), ["near"], id="the same points"),
        pytest.param(other_question("What protects a login form?", TEXTS, near=("q",)), [], id="and says so"),
        pytest.param(other_question("How do you serve many?", near=("s",)), ["near"], id="near to nobody known"),
        pytest.param(other_question("How do you serve many?", near=("r",)), ["near"], id="near to itself"),
    ],
)
def test_questions_that_ask_much_of_the_same_must_say_so(
    embedder: OnnxEmbedder, other: Question, found: list[str]
) -> None:
    assert rules(embedder, asked(), other) == found


def test_the_words_of_the_question_are_no_secret(embedder: OnnxEmbedder) -> None:
    repeated = with_point(
        text="SQL injection is prevented by parameterised queries.", probe="What else prevents SQL injection?"
    )
    assert not {"leaked_words", "leaked_meaning"} & set(rules(embedder, repeated))


def test_a_draft_is_measured_by_the_rules_for_drafts_only(embedder: OnnxEmbedder) -> None:
    bare = point(hint=None, prompt=None, source=None, text="Understands queries.")
    draft = asked(bare, status="draft", misconceptions=(), sources=(), model_answer=None)
    assert [finding.rule for finding in lint_points(draft, embedder)] == ["vague_point"]
    assert lint([draft], embedder, SILENT) == lint_points(draft, embedder)


def test_rules_have_names_of_their_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert set(DRAFT_RULES) < set(RULES)
