"""Disputed answers as cases: whose labels they are, what is passed on, and that the evals read them."""

from pathlib import Path

import pytest

from evals.datasets import Case, read_cases
from interviewer.cases import CaseExport, export_disputes
from interviewer.models import Finish, Probe
from knowledge.models import Question, Source
from tests.factories import INFO, Log, core, grade, misconception, point, question

OURS = frozenset({"q"})
ASKED = question(misconceptions=[misconception("m", ["one"])])
OPEN = Source(title="An open book", licence="CC BY 4.0", redistributable=True)
CLOSED = Source(title="A closed book")


def contested(asked: Question = ASKED) -> Log:
    log = Log().started().asked(asked)
    log.replied("Half of one, I think.", {"one": "partial"}, asserted=["m"] if asked.misconceptions else [])
    return log.said(Finish(reason="completed")).finished().disputed(asked.points[0].id, "covered", graded="partial")


def exported(*logs: Log) -> CaseExport:
    return export_disputes([log.state for log in logs], OURS)


def test_the_labels_are_the_graders_but_for_those_contested_which_its_id_names() -> None:
    log = contested().disputed("q/m", "not_asserted", graded="asserted")
    [case] = exported(log).cases
    assert case.labels == {"p1": "covered", "p2": "missing", "p3": "missing", "m1": False}
    assert (case.style, case.intent, case.question, case.answer) == (
        "disputed",
        "answer",
        ASKED.text,
        "Half of one, I think.",
    )
    assert case.contested == ("p1", "m1")
    assert case.id.endswith("/p1+m1")
    assert "i1" not in case.id.split("/")
    assert "a1" not in case.id.split("/")


def test_the_evals_read_what_is_written(tmp_path: Path) -> None:
    [case] = exported(contested()).cases
    path = tmp_path / "disputes.jsonl"
    path.write_text(f"{case.model_dump_json()}\n", encoding="utf-8")
    [read] = read_cases(path)
    assert read == Case.model_validate(case.model_dump())
    assert isinstance(read, Case)
    assert read.contested == ("p1",)


def test_it_says_whose_labels_and_whose_words_they_are() -> None:
    notice = exported(contested()).notice
    assert "the candidate's own" in notice
    assert "before you pass them on" in notice


def test_an_answer_nobody_contests_is_no_case() -> None:
    log = Log().started().asked().replied(shown={"one": "partial"}).said(Finish(reason="completed")).finished()
    assert exported(log, contested().disputed("q/one", "partial", graded="partial")).cases == ()


def ingested(*sources: Source, of_point: Source | None = None) -> Question:
    asked = question("mine", (core("one", question="mine"), point("two", question="mine")))
    points = tuple(one.model_copy(update={"source": of_point}) for one in asked.points)
    return asked.model_copy(update={"sources": sources, "points": points})


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        pytest.param(ingested(OPEN, of_point=OPEN), None, id="redistributable"),
        pytest.param(ingested(OPEN, CLOSED, of_point=OPEN), "A closed book", id="one-is-not"),
        pytest.param(ingested(OPEN, of_point=CLOSED), "A closed book", id="a-points-is-not"),
        pytest.param(ingested(), "nobody stated", id="no-source"),
    ],
)
def test_only_what_may_be_passed_on_is(asked: Question, reason: str | None) -> None:
    found = exported(contested(asked))
    assert len(found.cases) == (reason is None)
    assert [left.question_id for left in found.left_out] == ([] if reason is None else ["mine"])
    assert all(reason is not None and reason in left.reason for left in found.left_out)


def test_a_draft_is_not_ours_though_it_bears_our_name() -> None:
    draft = ASKED.model_copy(update={"status": "draft"})
    assert exported(contested(draft)).cases == ()


def test_an_answer_with_a_point_that_nobody_has_judged_is_left_out_until_the_candidate_does() -> None:
    log = Log().started().asked().answered("Some words.")
    given = log.state.current.answers[0]
    log.marked(grade(log.state.current.points, {"one": "partial", "two": "unmarked"}, given=given))
    log.said(Finish(reason="completed")).finished().disputed("q/one", "covered", graded="partial")
    [left] = exported(log).left_out
    assert "q/two" in left.reason
    log.disputed("q/two", "contradicted")
    assert [case.labels["p2"] for case in exported(log).cases] == ["contradicted"]


def test_a_reply_stands_below_what_it_replies_to() -> None:
    log = Log().started().asked().replied("First.").said(Probe(point_id="q/one"), "And the index?")
    log.replied("It is read first.").said(Finish(reason="completed")).finished().disputed("q/one", "covered")
    [case] = exported(log).cases
    assert case.question == f"{log.state.current.question.text}\n\nAnd the index?"
    assert case.answer == "It is read first."
    assert INFO.name not in case.model_dump_json()
