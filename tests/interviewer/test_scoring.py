"""Marks: points with and without help, groups, penalties, ranges, bands, the report and the view of one grade."""

import json
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.marks import band, variance
from interviewer.models import (
    Advance,
    Assert,
    Challenge,
    Correct,
    Deepen,
    Finish,
    Hint,
    Move,
    Probe,
    Prompt,
    Pump,
    QuestionMark,
    Report,
    VerdictName,
)
from interviewer.scoring import SKIPPED_UNMARKABLE, GradeView, build_report, grade_view, mark_question, progress
from interviewer.state import fold
from tests.factories import Log, answer, core, follow_up, grade, misconception, point, question, ungraded

ONE = question(points=[core("one", 1)])

Step = Move | VerdictName


def told(*steps: Step) -> Log:
    """One question with one point: verdicts are answers, moves are moves."""
    log = Log().started().asked(ONE)
    for step in steps:
        log = log.replied(shown={"one": step}) if isinstance(step, str) else log.said(step)
    return log


def mark(log: Log) -> QuestionMark:
    return mark_question(log.state.current)


PROBE, PUMP = Probe(point_id="q/one"), Pump()
HINT, PROMPT, ASSERT = Hint(point_id="q/one"), Prompt(point_id="q/one"), Assert(point_id="q/one")


@pytest.mark.parametrize(
    ("steps", "independent", "prompted"),
    [
        pytest.param(["covered"], 1, 1, id="covered"),
        pytest.param(["partial"], 0.5, 0.5, id="partial"),
        pytest.param(["missing"], 0, 0, id="missing"),
        pytest.param(["covered", "missing"], 1, 1, id="a later missing never lowers"),
        pytest.param(["covered", "partial"], 1, 1, id="nor does a later partial"),
        pytest.param(["covered", "contradicted"], 0, 0, id="a later contradiction supersedes"),
        pytest.param(["covered", "contradicted", "missing"], 0, 0, id="and stays"),
        pytest.param(["covered", "contradicted", "covered"], 1, 1, id="until it is shown again"),
        pytest.param(["missing", PUMP, "partial", PROBE, "covered"], 1, 1, id="pump and probe are no help"),
        pytest.param(["contradicted", Challenge(point_id="q/one"), "covered"], 1, 1, id="nor is a challenge"),
        pytest.param(["missing", HINT, "covered"], 0, 0.7, id="a hint"),
        pytest.param(["partial", HINT, "covered"], 0.5, 0.85, id="a hint on top of a half"),
        pytest.param(["missing", HINT, "partial", PROMPT, "covered"], 0, 0.55, id="a hint and then a prompt"),
        pytest.param(["missing", PROMPT, "covered"], 0, 0.4, id="a prompt"),
        pytest.param(["missing", ASSERT, "covered"], 0, 0, id="an assert"),
        pytest.param(["partial", ASSERT, "covered"], 0.5, 0.5, id="what was shown before an assert stays"),
        pytest.param(["contradicted", Correct(point_id="q/one"), "covered"], 0, 0, id="a correction tells"),
        pytest.param(["partial", HINT, "contradicted"], 0, 0, id="a contradiction after help supersedes all"),
        pytest.param([HINT, "covered"], 0, 0.7, id="a hint before the first answer"),
        pytest.param(["missing", Hint(point_id="q/other"), "covered"], 1, 1, id="help on another point"),
    ],
)
def test_a_point_counts_without_and_with_help(steps: list[Step], independent: float, prompted: float) -> None:
    shown = mark(told(*steps)).points[0]
    assert isclose(shown.independent, independent, abs_tol=1e-9)
    assert isclose(shown.prompted, prompted, abs_tol=1e-9)


def test_nothing_known_and_everything_told_is_worth_nothing() -> None:
    shown = mark(told("missing", HINT, "missing", PROMPT, "missing", ASSERT))
    assert (shown.outcome, shown.independent and shown.independent.score, shown.prompted) == ("marked", 0, 0)
    assert shown.points[0].help == "assert"


def test_a_mark_is_the_weighted_share() -> None:
    log = Log().started().asked().replied(shown={"one": "covered", "two": "partial"})
    found = mark(log)
    assert found.independent
    assert found.independent.score == round(4 / 6, 6)
    assert found.prompted == round(4 / 6, 6)


def test_evidence_is_the_candidates_own_words() -> None:
    log = Log().started().asked().replied("Ünïcode first.", {"one": "covered"})
    evidence = mark(log).points[0].evidence
    assert evidence
    assert evidence.quote == "Ünïcode first."
    assert log.state.current.answers[0].text[evidence.start : evidence.end] == evidence.quote


# ── Groups ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("shown", "score"),
    [
        pytest.param({"a": "covered", "b": "covered"}, 1.0, id="enough of them"),
        pytest.param({"a": "covered", "b": "covered", "c": "contradicted"}, 1.0, id="what is not needed cannot harm"),
        pytest.param({"c": "covered"}, 0.5, id="half of what is needed"),
        pytest.param({}, 0.0, id="none"),
        pytest.param({"a": "covered", "b": "unmarked", "c": "unmarked"}, 1.0, id="unmarked members leave"),
    ],
)
def test_any_two_of_three_are_enough(shown: dict[str, VerdictName], score: float) -> None:
    asked = question(points=[point("a"), point("b"), point("c")], groups=[(2, "abc")])
    found = mark(Log().started().asked(asked).replied(shown=shown)).independent
    assert found
    assert found.score == score


# ── Misconceptions ───────────────────────────────────────────────────────────────────────────────────────────

MISLED = question(
    points=[core("one", 2), point("two", weight=2)],
    misconceptions=[misconception("m", ["one"], penalty=1), misconception("free")],
)


@pytest.mark.parametrize(
    ("second", "independent", "prompted", "taken_back"),
    [
        pytest.param({"asserted": ["m"]}, 0.25, 0.25, False, id="asserted again"),
        pytest.param({"shown": {"one": "covered"}}, 0.75, 1.0, True, id="taken back lifts it after prompting only"),
        pytest.param({"shown": {"one": "partial"}}, 0.5, 0.5, False, id="half said is not taken back"),
        pytest.param({"shown": {}}, 0.25, 0.25, False, id="silence is not taken back"),
        pytest.param({"shown": {"one": "covered"}, "asserted": ["m"]}, 0.75, 0.75, False, id="both at once is not"),
    ],
)
def test_a_misconception_costs_its_penalty_until_taken_back(
    second: dict[str, object], independent: float, prompted: float, taken_back: bool
) -> None:
    log = Log().started().asked(MISLED).replied(shown={"two": "covered"}, asserted=["m"])
    log.said(Challenge(misconception_id="q/m")).replied(**second)  # pyright: ignore
    found = mark(log)
    assert found.independent
    assert (found.independent.score, found.prompted) == (independent, prompted)
    assert (found.beliefs[0].asserted, found.beliefs[0].taken_back) == (True, taken_back)


def test_a_belief_that_contradicts_no_point_is_taken_back_in_reply_to_its_challenge() -> None:
    log = Log().started().asked(MISLED).replied(asserted=["free"]).replied(shown={"two": "covered"})
    assert not mark(log).beliefs[1].taken_back
    log.said(Challenge(misconception_id="q/free")).replied("No idea.", intent="dont_know")
    assert not mark(log).beliefs[1].taken_back
    assert mark(log.replied("Then it would fail.")).beliefs[1].taken_back


def test_penalties_never_make_a_mark_negative() -> None:
    found = mark(Log().started().asked(MISLED).replied(asserted=["m", "free"]))
    assert found.independent
    assert (found.independent.score, found.prompted) == (0, 0)


# ── What is left out ─────────────────────────────────────────────────────────────────────────────────────────


def test_unmarked_points_leave_both_sides_and_an_unmarked_core_point_leaves_no_band() -> None:
    found = mark(Log().started().asked().replied(shown={"one": "unmarked", "two": "covered", "three": "covered"}))
    assert found.independent
    assert (found.independent.score, found.independent.band) == (1.0, None)


def test_a_question_without_any_markable_point_is_unmarked() -> None:
    log = Log().started().asked().replied(shown={"one": "unmarked", "two": "unmarked", "three": "unmarked"})
    assert (mark(log).outcome, mark(log).independent, mark(log).prompted) == ("unmarked", None, None)


def test_a_failed_grader_is_never_the_candidates_zero() -> None:
    log = Log().started().asked().replied(shown={"one": "covered"}).answered().marked(ungraded()).pressed("skip")
    assert (mark(log).outcome, mark(log).reason) == ("unmarked", "the grader did not answer")


@pytest.mark.parametrize(
    ("shown", "outcome", "score"),
    [pytest.param({}, "skipped", 0, id="nothing shown"), pytest.param({"one": "covered"}, "marked", 0.5, id="shown")],
)
def test_a_skipped_question_counts_what_was_shown_before(
    shown: dict[str, VerdictName], outcome: str, score: float
) -> None:
    found = mark(Log().started().asked().replied(shown=shown).pressed("skip"))
    assert found.independent
    assert (found.outcome, found.independent.score) == (outcome, score)


def test_a_question_skipped_unanswered_is_zero_for_both_and_poor() -> None:
    found = mark(Log().started().asked().pressed("skip"))
    assert found.independent
    assert (found.outcome, found.independent.score, found.independent.band, found.prompted) == ("skipped", 0, "Poor", 0)
    assert {shown.verdict for shown in found.points} == {"missing"}


def test_a_skipped_question_that_the_grader_could_not_have_marked_is_left_out() -> None:
    skipped = mark(Log().started().asked(markable=False).pressed("skip"))
    assert (skipped.outcome, skipped.reason, skipped.independent) == ("unmarked", SKIPPED_UNMARKABLE, None)
    assert {shown.verdict for shown in skipped.points} == {"unmarked"}


def test_what_was_marked_all_the_same_could_be_marked_and_skipping_it_counts() -> None:
    log = Log().started().asked(markable=False).replied(shown={}).pressed("skip")
    assert mark(log).outcome == "skipped"


def test_skipping_and_answering_what_cannot_be_marked_are_worth_the_same() -> None:
    def report(last: Log) -> Report:
        return build_report(last.said(Finish(reason="completed")).finished().state)

    def begun() -> Log:
        log = Log().started(length=2).asked(question("q")).replied(shown={"one": "covered"}).said(Advance())
        return log.asked(question("story", kind="behavioural"), markable=False)

    skipped, answered = report(begun().pressed("skip")), report(begun().answered().marked(ungraded("needs_model")))
    assert skipped.independent == answered.independent
    assert (skipped.prompted, skipped.topics, skipped.gaps) == (answered.prompted, answered.topics, answered.gaps)
    assert (skipped.skipped, skipped.unmarked) == (answered.skipped, answered.unmarked) == (0, 1)


def test_a_question_left_unanswered_at_the_end_is_left_out() -> None:
    assert mark(Log().started().asked().pressed("stop")).outcome == "unmarked"


def test_a_follow_up_counts_once_it_was_answered() -> None:
    asked = question(points=[core("one", 1)], kind="design", follow_ups=[follow_up("more", [core("deep", 1)])])
    log = Log().started().asked(asked).replied(shown={"one": "covered"})
    log.said(Deepen(follow_up_id="q/more"))
    skipped = mark_question(fold([*log.events]).current)
    assert skipped.independent
    assert (len(skipped.points), skipped.independent.score) == (1, 1.0)
    answered = mark(log.replied())
    assert answered.independent
    assert (len(answered.points), answered.independent.score) == (2, 0.5)


# ── Ranges and bands ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("score", "core_values", "expected"),
    [
        (0.85, (1, 1), "Excellent"),
        (0.849, (1, 1), "Good"),
        (0.95, (1, 0.5), "Good"),
        (0.65, (0.5, 1), "Good"),
        (0.95, (1, 0), "Mixed"),
        (0.649, (1, 1), "Mixed"),
        (0.40, (0,), "Mixed"),
        (0.399, (1,), "Poor"),
        (0.9, (), "Excellent"),
        (0.0, (0,), "Poor"),
    ],
)
def test_bands_ask_for_the_score_and_for_the_core(score: float, core_values: tuple[float, ...], expected: str) -> None:
    assert band(score, core_values) == expected


def test_a_certain_grader_leaves_no_range() -> None:
    found = mark(Log().started().asked().replied(shown={"one": "covered"}, confidence=1.0)).independent
    assert found
    assert (found.low, found.score, found.high, found.too_close) == (0.5, 0.5, 0.5, False)


def test_the_range_comes_from_the_confidence_by_the_formula() -> None:
    found = mark(Log().started().asked(ONE).replied(shown={"one": "partial"}, confidence=0.8)).independent
    assert found
    reach = 1.645 * (2 * 0.1 * 0.25) ** 0.5  # 0 and 1, each with probability 0.1, are half a point away
    assert isclose(found.low, 0.5 - reach, abs_tol=1e-5)
    assert isclose(found.high, 0.5 + reach, abs_tol=1e-5)
    assert found.too_close


@given(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1))
def test_a_verdicts_variance_is_none_when_certain_and_never_negative(value: float, confidence: float) -> None:
    assert variance(value, 1.0) == 0
    assert 0 <= variance(value, confidence) <= 0.25


verdicts = st.sampled_from(["covered", "partial", "missing", "contradicted", "unmarked"])


@given(st.lists(st.dictionaries(st.sampled_from(["one", "two", "three"]), verdicts), min_size=1), st.floats(0, 1))
def test_a_range_always_contains_its_score_and_help_never_costs(
    answers: list[dict[str, VerdictName]], confidence: float
) -> None:
    log = Log().started().asked(question(groups=[(1, ["two", "three"])]))
    for number, shown in enumerate(answers):
        log.replied(shown=shown, confidence=confidence)
        if number % 2:
            log.said(Hint(point_id="q/two"))
    found = mark(log)
    if found.independent and found.prompted is not None:
        assert 0 <= found.independent.low <= found.independent.score <= found.independent.high <= 1
        assert found.prompted >= found.independent.score


# ── The report ───────────────────────────────────────────────────────────────────────────────────────────────


def interview() -> Log:
    databases, security = question("q", topic="databases"), question("r", topic="security")
    log = Log().started("interview", length=4)
    log.asked(databases).replied(shown={"one": "covered", "two": "covered", "three": "covered"}).said(Advance())
    log.asked(security).pressed("skip").said(Advance())
    log.asked(question("s", topic="security")).answered().marked(ungraded("needs_model")).said(Advance())
    log.asked(question("t", topic="databases")).replied(shown={"one": "covered"}).said(Finish(reason="completed"))
    return log.finished()


def test_the_interviews_mark_is_the_mean_over_marked_questions_skipped_ones_counting_zero() -> None:
    report = build_report(interview().state)
    assert report.independent
    assert report.independent.score == 0.5
    assert report.independent.band == "Mixed"
    assert report.prompted == 0.5
    assert (report.unmarked, report.skipped, len(report.questions)) == (1, 1, 4)
    assert (report.reason, report.finished_at is not None) == ("completed", True)


def test_topics_are_means_of_their_own_questions() -> None:
    topics = build_report(interview().state).topics
    assert [(one.topic, one.questions, one.independent) for one in topics] == [
        ("databases", 2, 0.75),
        ("security", 1, 0),
    ]


def test_gaps_are_what_was_not_shown_heaviest_first() -> None:
    gaps = build_report(interview().state).gaps
    assert [gap.point.id for gap in gaps] == ["r/one", "r/two", "t/two", "r/three", "t/three"]


def test_a_report_on_nothing_marked_has_no_mark() -> None:
    report = build_report(Log().started().asked().state)
    assert (report.independent, report.prompted, report.topics, report.unmarked) == (None, None, (), 1)


def test_one_core_gap_anywhere_keeps_an_interview_from_the_upper_bands() -> None:
    log = Log().started().asked(question("q")).replied(shown={"one": "covered", "two": "covered", "three": "covered"})
    log.said(Advance()).asked(question("r", points=[core("one", 1, question="r"), point("x", question="r", weight=3)]))
    report = build_report(log.replied(shown={"x": "covered"}).state)
    assert report.independent
    assert (report.independent.score, report.independent.band) == (0.875, "Mixed")


def test_a_later_run_reports_its_own_marks() -> None:
    log = Log().started().asked(ONE).replied(shown={"one": "missing"}).said(Finish(reason="completed")).finished()
    log.marked(grade(ONE, {"one": "covered"}), run_id="run-2")
    first, second = build_report(log.state), build_report(fold(log.events, "run-2"))
    assert first.independent
    assert second.independent
    assert (first.independent.score, second.independent.score) == (0, 1)


def test_progress_counts_what_is_open_while_the_question_is() -> None:
    log = Log().started().asked().replied(shown={"one": "partial"})
    assert [standing.verdict for standing in progress(log.state.current)] == ["partial", "missing", "missing"]


# ── The view of one grade ────────────────────────────────────────────────────────────────────────────────────


def test_a_grade_is_seen_with_its_quotes_and_its_own_score() -> None:
    given = answer("Parameters, always.")
    asked = question(misconceptions=[misconception("m", ["one"])])
    view = grade_view(asked, asked.points, [given], grade(asked, {"one": "covered"}, asserted=["m"], given=given))
    assert isinstance(view, GradeView)
    assert view.score == round((3 - 1) / 6, 6)
    row = json.loads(view.model_dump_json())
    evidence = row["verdicts"][0]["evidence"]
    assert given.text[evidence["start"] : evidence["end"]] == evidence["quote"] == "Parameters, always."
    assert row["misconceptions"][0]["asserted"] is True


def test_a_grade_that_marks_nothing_is_seen_as_ungraded() -> None:
    asked = question()
    view = grade_view(asked, asked.points, [answer()], grade(asked, others="unmarked"))
    assert (view.kind, view.model_dump()["reason"]) == ("ungraded", "needs_model")


def test_an_ungraded_answer_is_seen_as_it_is() -> None:
    view = grade_view(question(), (), (), ungraded("no_rubric"))
    assert set(view.model_dump()) == {"kind", "reason", "detail"}
